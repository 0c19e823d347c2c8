//! The sorted index, as bytes.

use std::collections::BTreeMap;

use kona_preimage::{KEY_BYTES, PreimageKey};

use super::{INDEX_MAGIC, PackError, VERSION, check_start};

/// Magic, version and checksum, which the checksum does not cover.
const UNCHECKED_BYTES: usize = 16;
/// With the two numbers that follow.
const HEADER_BYTES: usize = UNCHECKED_BYTES + 16;
const ENTRY_BYTES: usize = KEY_BYTES + 8 + 4;

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Location {
    /// First byte of the record.
    pub(super) offset: u64,
    /// Bytes of the value.
    pub(super) length: u32,
}

/// An index whose checksum and size are right. Entries are read off its bytes.
#[derive(Debug)]
pub(super) struct Index {
    bytes: Vec<u8>,
    /// Bytes of the file of values that count.
    pub(super) committed: u64,
}

impl Index {
    /// Takes the bytes of an index file.
    ///
    /// # Errors
    /// [`PackError`] if they are not exactly what a writer wrote.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Result<Self, PackError> {
        check_start(&bytes, INDEX_MAGIC)?;
        let length = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        let Some((header, entries)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            let (expected, actual) = (length(HEADER_BYTES), length(bytes.len()));
            return Err(PackError::IndexLength { expected, actual });
        };

        let expected = u32::from_be_bytes(array(&header[12..16]));
        let actual = crc32fast::hash(&bytes[UNCHECKED_BYTES..]);
        if expected != actual {
            return Err(PackError::IndexChecksum { expected, actual });
        }
        let committed = u64::from_be_bytes(array(&header[16..24]));
        let count = u64::from_be_bytes(array(&header[24..32]));
        let expected = count.saturating_mul(length(ENTRY_BYTES));
        if expected != length(entries.len()) {
            return Err(PackError::IndexLength { expected, actual: length(entries.len()) });
        }
        Ok(Self { bytes, committed })
    }

    /// Writes an index file.
    pub(super) fn encode(entries: &BTreeMap<PreimageKey, Location>, committed: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + entries.len() * ENTRY_BYTES);
        bytes.extend_from_slice(&INDEX_MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&committed.to_be_bytes());
        bytes.extend_from_slice(&u64::try_from(entries.len()).unwrap_or(u64::MAX).to_be_bytes());
        for (key, location) in entries {
            bytes.extend_from_slice(key.as_bytes());
            bytes.extend_from_slice(&location.offset.to_be_bytes());
            bytes.extend_from_slice(&location.length.to_be_bytes());
        }
        let checksum = crc32fast::hash(&bytes[UNCHECKED_BYTES..]);
        bytes[12..16].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }

    /// Where the value of `key` is.
    pub(super) fn find(&self, key: PreimageKey) -> Option<Location> {
        let entries = self.entries();
        let at = entries.binary_search_by(|entry| entry[..KEY_BYTES].cmp(key.as_bytes())).ok()?;
        entries.get(at).map(location)
    }

    /// All keys with the places of their values, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = (PreimageKey, Location)> {
        self.entries().iter().filter_map(|entry| {
            let key = PreimageKey::from_bytes(array(&entry[..KEY_BYTES])).ok()?;
            Some((key, location(entry)))
        })
    }

    fn entries(&self) -> &[[u8; ENTRY_BYTES]] {
        self.bytes.get(HEADER_BYTES..).unwrap_or_default().as_chunks().0
    }
}

fn location(entry: &[u8; ENTRY_BYTES]) -> Location {
    Location {
        offset: u64::from_be_bytes(array(&entry[32..40])),
        length: u32::from_be_bytes(array(&entry[40..44])),
    }
}

/// Bytes at fixed places of a fixed-size array.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

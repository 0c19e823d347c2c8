//! Archives: all pre-images of a run in one compressed file.
//!
//! A Zstandard stream of records, ascending by key:
//!
//! | bytes | field |
//! |---|---|
//! | 32 | key |
//! | 4 | length of the value, big-endian |
//! | length | value |

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, Write},
    path::Path,
};

use bumpalo::Bump;
use hashbrown::HashTable;
use kona_preimage::{KEY_BYTES, KeyError, PREIMAGE_BYTES_MAX, PreimageKey};
use zstd::zstd_safe;

use super::{Store, StoreError};

/// Largest archive that is read, in bytes after decompression.
pub const ARCHIVE_BYTES_MAX: usize = 2 << 30;

const RECORD_HEADER_BYTES: usize = KEY_BYTES + 4;

/// How the keys of an archive are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// Typed pre-image keys of any kind.
    Typed,
    /// keccak-256 hashes, all 32 bytes of them.
    PlainKeccak,
}

/// Why bytes are no archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The compressed stream is broken, or none at all.
    #[error("the archive is not a Zstandard stream, or is damaged")]
    Compression(#[source] io::Error),
    /// The compressed stream ends too early.
    #[error("the archive's compressed stream ends too early")]
    StreamTruncated,
    /// More than [`ARCHIVE_BYTES_MAX`].
    #[error("the archive has more than {max} bytes after decompression")]
    TooLarge {
        /// Bytes allowed.
        max: usize,
    },
    /// There is no memory for it.
    #[error("no memory for the archive's {bytes} bytes")]
    OutOfMemory {
        /// Bytes wanted.
        bytes: usize,
    },
    /// The last record is not complete.
    #[error(
        "record {record} of the archive, at byte {offset}, is cut off: {actual} of {expected} bytes"
    )]
    RecordTruncated {
        /// Number of the record, from 0.
        record: usize,
        /// Where it starts, after decompression.
        offset: usize,
        /// Bytes it must have.
        expected: usize,
        /// Bytes left.
        actual: usize,
    },
    /// A key of no kind.
    #[error("record {record} of the archive, at byte {offset}, has a bad key")]
    Key {
        /// Number of the record, from 0.
        record: usize,
        /// Where it starts, after decompression.
        offset: usize,
        /// What is wrong with the key.
        #[source]
        source: KeyError,
    },
    /// The same key twice.
    #[error("record {record} of the archive repeats key 0x{}", alloy_primitives::hex::encode(key))]
    DuplicateKey {
        /// Number of the record, from 0.
        record: usize,
        /// Its key as written.
        key: [u8; KEY_BYTES],
    },
    /// A key below the one before it.
    #[error(
        "record {record} of the archive is out of order: key 0x{} comes after 0x{}",
        alloy_primitives::hex::encode(key),
        alloy_primitives::hex::encode(previous)
    )]
    KeyOrder {
        /// Number of the record, from 0.
        record: usize,
        /// Key of the record before, as written.
        previous: [u8; KEY_BYTES],
        /// Its key as written.
        key: [u8; KEY_BYTES],
    },
    /// A value longer than any pre-image may be.
    #[error("record {record} of the archive has a value of {length} bytes, above {max}")]
    ValueTooLong {
        /// Number of the record, from 0.
        record: usize,
        /// Bytes of the value.
        length: u32,
        /// Bytes allowed.
        max: u64,
    },
}

/// An archive in memory: one buffer, and an index into it. Values are borrowed from the buffer.
pub struct Archive {
    bytes: Vec<u8>,
    /// Offsets of all records, by the hash of their key.
    index: HashTable<u32>,
    form: KeyForm,
}

impl Archive {
    /// Reads an archive file.
    ///
    /// # Errors
    /// [`StoreError::Open`] and [`StoreError::Io`] if the file can't be read,
    /// [`StoreError::Archive`] if it is no archive.
    pub fn open(path: &Path, form: KeyForm) -> Result<Self, StoreError> {
        let io_error = |source| StoreError::Io { path: path.to_owned(), source };
        let archive_error = |source| StoreError::Archive { path: path.to_owned(), source };

        let mut file = StoreError::open_file(path)?;
        let compressed = file.metadata().map_err(io_error)?.len();
        if compressed == 0 {
            return Err(archive_error(ArchiveError::StreamTruncated));
        }
        let capacity = expected_size(&mut file, compressed).map_err(io_error)?;
        Self::from_records(decompress(path, file, capacity)?, form).map_err(archive_error)
    }

    /// Takes the decompressed records of an archive.
    ///
    /// # Errors
    /// [`ArchiveError`] if the records are not complete, ascending and of allowed sizes.
    pub fn from_records(bytes: Vec<u8>, form: KeyForm) -> Result<Self, ArchiveError> {
        if bytes.len() > ARCHIVE_BYTES_MAX {
            return Err(ArchiveError::TooLarge { max: ARCHIVE_BYTES_MAX });
        }
        let offsets = check_records(&bytes, form)?;
        let mut index = HashTable::with_capacity(offsets.len());
        for offset in offsets {
            // Keys ascend, so each is there once.
            let hash = |offset: &u32| key_hash(record_key(&bytes, *offset));
            index.insert_unique(hash(&offset), offset, hash);
        }
        Ok(Self { bytes, index, form })
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The value of `key`.
    pub fn value(&self, key: PreimageKey) -> Option<&[u8]> {
        let wanted = key.as_bytes();
        let is_match = |offset: &u32| {
            let found = record_key(&self.bytes, *offset);
            match self.form {
                KeyForm::Typed => found == wanted,
                // A typed key lacks the first byte of the hash, and has only 248 bits to give.
                KeyForm::PlainKeccak => key == PreimageKey::keccak256((*found).into()),
            }
        };
        let offset = self.index.find(key_hash(wanted), is_match)?;
        Some(record_value(&self.bytes, *offset))
    }

    /// The key of a record as pre-image key.
    fn typed_key(&self, offset: u32) -> Option<PreimageKey> {
        let key = *record_key(&self.bytes, offset);
        match self.form {
            KeyForm::Typed => PreimageKey::from_bytes(key).ok(),
            KeyForm::PlainKeccak => Some(PreimageKey::keccak256(key.into())),
        }
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Archive");
        out.field("bytes", &self.bytes.len()).field("records", &self.len());
        out.field("form", &self.form).finish()
    }
}

impl Store for Archive {
    fn get<'a>(
        &'a self,
        key: PreimageKey,
        _arena: &'a Bump,
    ) -> Result<Option<&'a [u8]>, StoreError> {
        Ok(self.value(key))
    }

    fn keys(&self) -> Result<Vec<PreimageKey>, StoreError> {
        let mut keys: Vec<_> =
            self.index.iter().filter_map(|offset| self.typed_key(*offset)).collect();
        keys.sort_unstable();
        Ok(keys)
    }
}

/// Bytes to make room for: what the stream announces, as far as its size makes that credible.
fn expected_size(file: &mut File, compressed: u64) -> io::Result<usize> {
    const CREDIBLE_RATIO: u64 = 64;
    let mut header = Vec::new();
    file.take(18).read_to_end(&mut header)?;
    file.rewind()?;
    let announced = zstd_safe::get_frame_content_size(&header).ok().flatten().unwrap_or(0);
    let credible = compressed.saturating_mul(CREDIBLE_RATIO);
    Ok(usize::try_from(announced.min(credible)).unwrap_or(usize::MAX).min(ARCHIVE_BYTES_MAX))
}

fn decompress(path: &Path, file: File, capacity: usize) -> Result<Vec<u8>, StoreError> {
    let archive_error = |source| StoreError::Archive { path: path.to_owned(), source };
    let io_error = |source| StoreError::Io { path: path.to_owned(), source };

    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(capacity).is_err() {
        return Err(archive_error(ArchiveError::OutOfMemory { bytes: capacity }));
    }
    // One byte above the limit tells a larger archive.
    let limit = u64::try_from(ARCHIVE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let stream = zstd::Decoder::new(file).map_err(io_error)?;
    if let Err(error) = stream.take(limit).read_to_end(&mut bytes) {
        return Err(match error.kind() {
            io::ErrorKind::UnexpectedEof => archive_error(ArchiveError::StreamTruncated),
            // The decoder's own complaints, which have no kind.
            io::ErrorKind::Other => archive_error(ArchiveError::Compression(error)),
            io::ErrorKind::OutOfMemory => {
                archive_error(ArchiveError::OutOfMemory { bytes: bytes.len() })
            }
            _ => io_error(error),
        });
    }
    Ok(bytes)
}

/// Walks over all records and returns where they start.
fn check_records(bytes: &[u8], form: KeyForm) -> Result<Vec<u32>, ArchiveError> {
    let mut offsets = Vec::new();
    let mut offset = 0;
    let mut previous: Option<&[u8; KEY_BYTES]> = None;
    while offset < bytes.len() {
        let record = offsets.len();
        let rest = &bytes[offset..];
        let truncated = |expected| ArchiveError::RecordTruncated {
            record,
            offset,
            expected,
            actual: rest.len(),
        };
        let (key, length) = split_header(rest).ok_or(truncated(RECORD_HEADER_BYTES))?;
        if u64::from(length) > PREIMAGE_BYTES_MAX {
            return Err(ArchiveError::ValueTooLong { record, length, max: PREIMAGE_BYTES_MAX });
        }
        check_key(key, previous, form, record, offset)?;

        let size =
            usize::try_from(length).unwrap_or(usize::MAX).saturating_add(RECORD_HEADER_BYTES);
        if rest.len() < size {
            return Err(truncated(size));
        }
        offsets.push(to_offset(offset)?);
        previous = Some(key);
        offset += size;
    }
    Ok(offsets)
}

fn check_key(
    key: &[u8; KEY_BYTES],
    previous: Option<&[u8; KEY_BYTES]>,
    form: KeyForm,
    record: usize,
    offset: usize,
) -> Result<(), ArchiveError> {
    match previous {
        Some(previous) if key == previous => {
            return Err(ArchiveError::DuplicateKey { record, key: *key });
        }
        Some(previous) if key < previous => {
            return Err(ArchiveError::KeyOrder { record, previous: *previous, key: *key });
        }
        _ => {}
    }
    if form == KeyForm::Typed {
        PreimageKey::from_bytes(*key).map_err(|source| ArchiveError::Key {
            record,
            offset,
            source,
        })?;
    }
    Ok(())
}

/// Offsets stay below [`ARCHIVE_BYTES_MAX`].
fn to_offset(offset: usize) -> Result<u32, ArchiveError> {
    u32::try_from(offset).map_err(|_| ArchiveError::TooLarge { max: ARCHIVE_BYTES_MAX })
}

fn split_header(record: &[u8]) -> Option<(&[u8; KEY_BYTES], u32)> {
    let (key, rest) = record.split_first_chunk()?;
    let (length, _) = rest.split_first_chunk()?;
    Some((key, u32::from_be_bytes(*length)))
}

/// The key of the record at an offset that was checked.
fn record_key(bytes: &[u8], offset: u32) -> &[u8; KEY_BYTES] {
    split_header(from_offset(bytes, offset)).map_or(&[0; KEY_BYTES], |(key, _)| key)
}

/// The value of the record at an offset that was checked.
fn record_value(bytes: &[u8], offset: u32) -> &[u8] {
    let record = from_offset(bytes, offset);
    let length = split_header(record).map_or(0, |(_, length)| length);
    let value = record.get(RECORD_HEADER_BYTES..).unwrap_or_default();
    value.get(..usize::try_from(length).unwrap_or_default()).unwrap_or_default()
}

fn from_offset(bytes: &[u8], offset: u32) -> &[u8] {
    bytes.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default()
}

/// The last eight bytes of a key: they are a hash already, or tell local keys apart.
fn key_hash(key: &[u8; KEY_BYTES]) -> u64 {
    key.last_chunk().map_or(0, |tail| u64::from_be_bytes(*tail))
}

/// Writes an archive, record by record.
pub struct ArchiveWriter<W: Write> {
    out: zstd::Encoder<'static, W>,
    last: Option<PreimageKey>,
}

impl<W: Write> ArchiveWriter<W> {
    /// Starts an archive on `out`.
    ///
    /// # Errors
    /// If the compressor can't be set up.
    pub fn new(out: W) -> io::Result<Self> {
        const LEVEL: i32 = 9;
        let mut out = zstd::Encoder::new(out, LEVEL)?;
        out.include_checksum(true)?;
        Ok(Self { out, last: None })
    }

    /// Appends a record. Keys must ascend.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] if the key does not ascend or the value is too long, and
    /// whatever `out` gives.
    pub fn append(&mut self, key: PreimageKey, value: &[u8]) -> io::Result<()> {
        let invalid = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
        if self.last.is_some_and(|last| last >= key) {
            return Err(invalid("keys of an archive ascend"));
        }
        let length = u32::try_from(value.len()).map_err(|_| invalid("the value is too long"))?;
        self.out.write_all(key.as_bytes())?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(value)?;
        self.last = Some(key);
        Ok(())
    }

    /// Ends the archive and gives `out` back.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn finish(self) -> io::Result<W> {
        self.out.finish()
    }
}

#[cfg(test)]
mod tests;

//! The pack store: one append-only file of values and a sorted index over it.
//!
//! Both files start with eight bytes of magic and a version. All numbers are big-endian.
//!
//! `values.pack`, after its header of 16 bytes, holds records:
//!
//! | bytes | field |
//! |---|---|
//! | 32 | key |
//! | 4 | length of the value |
//! | length | value |
//! | 4 | CRC-32 of the three before |
//!
//! `index.pack` says which of them count:
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 8 | magic |
//! | 8 | 4 | version |
//! | 12 | 4 | CRC-32 of everything from offset 16 on |
//! | 16 | 8 | committed bytes of `values.pack`, header included |
//! | 24 | 8 | number of entries |
//! | 32 | 44 each | key 32, offset of the record 8, length of the value 4; ascending by key |
//!
//! A writer appends to `values.pack`, flushes it to disk, writes the new index beside the old one,
//! flushes that, and renames it into place. Whatever happens in between, the old index and the
//! records it speaks of are whole; what follows the committed bytes was never promised, and the
//! next writer cuts it off. Readers change nothing and need no lock.

mod index;

mod reader;
pub use reader::PackStore;

mod writer;
pub use writer::PackWriter;

#[cfg(test)]
mod tests;

use std::io;

use kona_preimage::KEY_BYTES;

const VALUES_FILE: &str = "values.pack";
const INDEX_FILE: &str = "index.pack";
const INDEX_FILE_NEW: &str = "index.pack.new";

const VALUES_MAGIC: [u8; 8] = *b"KONAPACK";
const INDEX_MAGIC: [u8; 8] = *b"KONAPIDX";
const VERSION: u32 = 1;

/// Magic, version, four zero bytes.
const VALUES_HEADER_BYTES: usize = 16;
const RECORD_HEADER_BYTES: usize = KEY_BYTES + 4;
const RECORD_CHECKSUM_BYTES: usize = 4;

/// Why a pack store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The file is something else.
    #[error("the file is not part of a pack store")]
    Magic,
    /// The file was written by a newer program.
    #[error("the file has version {actual} of the format, not {expected}")]
    Version {
        /// The version this code knows.
        expected: u32,
        /// The version found.
        actual: u32,
    },
    /// The index is not what was written.
    #[error("the index is damaged: its checksum is {actual:#010x}, not {expected:#010x}")]
    IndexChecksum {
        /// The checksum it was written with.
        expected: u32,
        /// The checksum it has.
        actual: u32,
    },
    /// The index is too short or too long for what it says.
    #[error("the index has {actual} bytes instead of {expected}")]
    IndexLength {
        /// Bytes it must have.
        expected: u64,
        /// Bytes it has.
        actual: u64,
    },
    /// The file of values is shorter than the index says.
    #[error("the file has {actual} bytes, but {expected} are committed")]
    ValuesTruncated {
        /// Bytes committed.
        expected: u64,
        /// Bytes there.
        actual: u64,
    },
    /// A record is not what was written.
    #[error("the record at byte {offset} is damaged")]
    Record {
        /// Where it starts.
        offset: u64,
    },
    /// Another program writes to the store.
    #[error("another program is writing to the store")]
    Locked,
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Io(#[from] io::Error),
}

const fn values_header() -> [u8; VALUES_HEADER_BYTES] {
    let mut header = [0; VALUES_HEADER_BYTES];
    let version = VERSION.to_be_bytes();
    let mut i = 0;
    while i < 8 {
        header[i] = VALUES_MAGIC[i];
        if i < 4 {
            header[8 + i] = version[i];
        }
        i += 1;
    }
    header
}

fn check_start(file: &[u8], magic: [u8; 8]) -> Result<(), PackError> {
    let (found, rest) = file.split_first_chunk::<8>().ok_or(PackError::Magic)?;
    let (version, _) = rest.split_first_chunk::<4>().ok_or(PackError::Magic)?;
    if *found != magic {
        return Err(PackError::Magic);
    }
    match u32::from_be_bytes(*version) {
        VERSION => Ok(()),
        actual => Err(PackError::Version { expected: VERSION, actual }),
    }
}

/// CRC-32 of a record without its checksum.
fn record_checksum(record: &[u8]) -> u32 {
    crc32fast::hash(record)
}

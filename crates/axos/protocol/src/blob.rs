//! Batcher data inside an EIP-4844 blob.
//!
//! Spec: protocol/ecotone/derivation.md#blob-encoding

use alloc::vec::Vec;

/// Bytes of a blob: 4096 field elements of 32 bytes.
pub const BLOB_BYTES: usize = 4096 * 32;
/// Most data bytes a blob can carry.
pub const BLOB_DATA_BYTES_MAX: usize = (4 * 31 + 3) * 1024 - 4;

/// Why a blob does not carry batcher data. Such a blob is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Another version of the encoding.
    #[error("blob has encoding version {actual}, expected {expected}")]
    Version {
        /// The only known version.
        expected: u8,
        /// The version met.
        actual: u8,
    },
    /// More data is declared than fits in.
    #[error("blob declares {actual} bytes of data, the limit is {limit}")]
    Length {
        /// [`BLOB_DATA_BYTES_MAX`].
        limit: usize,
        /// The length met.
        actual: usize,
    },
    /// A field element has one of its two highest bits set.
    #[error("field element {index} has one of its two highest bits set")]
    HighBits {
        /// Number of the field element, from 0.
        index: usize,
    },
    /// A bit behind the data is set.
    #[error("blob is not zero behind its {length} bytes of data")]
    NotZeroBehindData {
        /// Bytes of data.
        length: usize,
    },
}

/// Reads the data of a blob.
///
/// # Errors
/// [`BlobError`] if the blob is not encoded as it must be.
///
/// Spec: protocol/ecotone/derivation.md#blob-encoding
pub fn decode_blob(_blob: &[u8; BLOB_BYTES]) -> Result<Vec<u8>, BlobError> {
    unimplemented!("follows")
}

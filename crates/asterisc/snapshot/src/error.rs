//! What can be wrong in a state.

use std::io;

/// Why bytes are no state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The source failed.
    #[error("reading or writing failed")]
    Io(#[from] io::Error),
    /// The binary form ends early.
    #[error("the state ends at offset {offset}, inside {field}")]
    Truncated {
        /// Bytes read before.
        offset: u64,
        /// What was being read.
        field: &'static str,
    },
    /// A page number that no address has.
    #[error("page {index:#x} at offset {offset} is above the last one (2^52 - 1)")]
    PageIndex {
        /// Offset of the number.
        offset: u64,
        /// The number.
        index: u64,
    },
    /// A page stands twice in the state.
    #[error("page {index:#x} at offset {offset} stands in the state twice")]
    DuplicatePage {
        /// Offset of the number.
        offset: u64,
        /// The number.
        index: u64,
    },
    /// The exited byte is neither 0 nor 1.
    #[error("the exited byte at offset {offset} must be 0 or 1, not {actual}")]
    Exited {
        /// Offset of the byte.
        offset: u64,
        /// The byte.
        actual: u8,
    },
    /// Register x0 is not zero.
    #[error("register x0 must be 0, not {actual:#x}")]
    ZeroRegister {
        /// The value.
        actual: u64,
    },
    /// A list of bytes is longer than any state has.
    #[error("{field} at offset {offset} has {actual} bytes, above the limit of {max}")]
    TooLong {
        /// What is too long.
        field: &'static str,
        /// Offset of the length.
        offset: u64,
        /// Bytes announced.
        actual: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// The JSON form is broken; the message names line and column.
    #[error("malformed JSON state")]
    Json(#[from] serde_json::Error),
}

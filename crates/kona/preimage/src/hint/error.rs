use alloc::string::String;

use super::{HintDialect, HintKind, dialect::PayloadSize};

/// Why a hint can't be written in, or read from, a dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// Not of the form `name 0xhex`.
    #[error("a hint has the form `name 0xhex`")]
    NotNameAndHex,
    /// No hint of that name.
    #[error("hosts of the {dialect} dialect have no hint named {name:?}")]
    UnknownName {
        /// The name, cut off at a sensible length.
        name: String,
        /// The dialect it was read in.
        dialect: HintDialect,
    },
    /// The dialect has no such hint.
    #[error("hosts of the {dialect} dialect have no {kind} hint")]
    NotInDialect {
        /// The hint.
        kind: HintKind,
        /// The dialect it was to be written in.
        dialect: HintDialect,
    },
    /// A payload of the wrong size.
    #[error("the payload of {kind} has {expected} bytes in the {dialect} dialect, not {actual}")]
    WrongSize {
        /// The hint.
        kind: HintKind,
        /// The dialect.
        dialect: HintDialect,
        /// Sizes the dialect allows.
        expected: ExpectedSize,
        /// Size found.
        actual: usize,
    },
    /// A blob hint that must tell the blob's index, and does not know it.
    #[error("the {dialect} dialect wants the index of the blob, which is not known")]
    BlobIndexUnknown {
        /// The dialect it was to be written in.
        dialect: HintDialect,
    },
    /// The dialect names the block by hash or number, and only the other is known.
    #[error("the {dialect} dialect names the block in {kind} in another way than is known here")]
    BlockUnknown {
        /// The hint.
        kind: HintKind,
        /// The dialect it was to be written in.
        dialect: HintDialect,
    },
    /// A payload witness hint whose JSON can't be read.
    #[error("the JSON of l2-payload-witness is broken at line {line}, column {column}")]
    BrokenWitnessJson {
        /// Line, from 1; 0 if unknown.
        line: usize,
        /// Column, from 1; 0 if unknown.
        column: usize,
    },
}

/// Payload sizes that would have been right; printed in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedSize(pub(crate) PayloadSize);

impl core::fmt::Display for ExpectedSize {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

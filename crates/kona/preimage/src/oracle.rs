//! The trait every reader of pre-images is written against.

use crate::{Hint, PreimageKey};

/// Why a pre-image could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// The source holds no value for the key.
    #[error("no pre-image for key {key:?}")]
    Missing {
        /// The key asked for.
        key: PreimageKey,
    },
}

/// A source of pre-images.
///
/// A read borrows from the oracle for as long as the oracle itself is borrowed: values are kept in
/// an append-only buffer, so that tries and decoders can hold slices of them without a copy.
pub trait PreimageOracle {
    /// The value of `key`.
    ///
    /// # Errors
    /// Whatever keeps the source from answering; see [`OracleError`].
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError>;

    /// Sends a hint at once. Sources that need no hints ignore it.
    ///
    /// # Errors
    /// Only where a channel to the host fails.
    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError>;

    /// The value of `key`; where it is not at hand yet, `hint` goes out first.
    ///
    /// # Errors
    /// As [`Self::read`] and [`Self::hint`].
    fn read_hinted(&self, key: PreimageKey, hint: &Hint<'_>) -> Result<&[u8], OracleError> {
        self.hint(hint)?;
        self.read(key)
    }
}

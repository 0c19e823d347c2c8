//! The trait every reader of pre-images is written against.

use crate::{ChannelError, Hint, PreimageKey};

/// Why a pre-image could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// The source holds no value for the key.
    #[error("no pre-image for {} key {key}", key.kind())]
    Missing {
        /// The key asked for.
        key: PreimageKey,
    },
    /// The source kept failing to find a value, however often it was told to.
    #[error("no pre-image for {} key {key} after {attempts} attempts", key.kind())]
    RetriesExhausted {
        /// The key asked for.
        key: PreimageKey,
        /// How often the source tried.
        attempts: u32,
    },
    /// The source itself failed, for a reason it reports on its own.
    #[error("the source of pre-images failed at {} key {key}", key.kind())]
    SourceFailed {
        /// The key asked for.
        key: PreimageKey,
    },
    /// The value is not what its key commits to.
    #[error("the value at {} key {key} belongs to key {computed}", key.kind())]
    HashMismatch {
        /// The key asked for.
        key: PreimageKey,
        /// The key that the value would have.
        computed: PreimageKey,
    },
    /// The value has another size than its use demands.
    #[error("the value at {} key {key} has {actual} bytes instead of {expected}", key.kind())]
    WrongLength {
        /// The key asked for.
        key: PreimageKey,
        /// Bytes wanted.
        expected: usize,
        /// Bytes found.
        actual: usize,
    },
    /// The value is longer than any pre-image may be.
    #[error("the value at {} key {key} has {length} bytes, above the limit of {max}", key.kind())]
    TooLong {
        /// The key asked for.
        key: PreimageKey,
        /// Bytes announced.
        length: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// There is no memory left to hold the value.
    #[error("no memory for the {length} bytes at {} key {key}", key.kind())]
    OutOfMemory {
        /// The key asked for.
        key: PreimageKey,
        /// Bytes announced.
        length: u64,
    },
    /// A blob's field element is not below the order of the field.
    #[error("the value at blob key {key} is no field element")]
    NotAFieldElement {
        /// The key asked for.
        key: PreimageKey,
    },
    /// A precompile result starts with a byte other than 0 and 1.
    #[error("the result at precompile key {key} has status {status} instead of 0 or 1")]
    PrecompileStatus {
        /// The key asked for.
        key: PreimageKey,
        /// The first byte.
        status: u8,
    },
    /// A precompile result is not what the contract returns.
    #[error("the result at precompile key {key} is not what the contract returns")]
    WrongPrecompileResult {
        /// The key asked for.
        key: PreimageKey,
    },
    /// A hint longer than any may be.
    #[error("a hint of {length} bytes is above the limit of {max}")]
    HintTooLong {
        /// Bytes of the hint's text.
        length: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// The host answered a hint with something else than the zero byte.
    #[error("the host answered a hint with {ack} instead of 0")]
    HintRejected {
        /// The byte received.
        ack: u8,
    },
    /// The channel to the host failed.
    #[error("the channel to the host failed")]
    Channel(#[from] ChannelError),
}

/// A source of pre-images.
///
/// A read borrows from the oracle for as long as the oracle itself is borrowed: values are kept in
/// an append-only buffer, so that tries and decoders can hold slices of them without a copy.
///
/// Spec: fault-proof/index.md#pre-image-oracle
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

    /// The value of `key`, which must have `N` bytes.
    ///
    /// # Errors
    /// As [`Self::read`], and [`OracleError::WrongLength`].
    fn read_array<const N: usize>(&self, key: PreimageKey) -> Result<&[u8; N], OracleError>
    where
        Self: Sized,
    {
        let value = self.read(key)?;
        value.try_into().map_err(|_| OracleError::WrongLength {
            key,
            expected: N,
            actual: value.len(),
        })
    }

    /// As [`Self::read_array`], for a value that will not be read again: the oracle need not keep
    /// it. Blobs come in thousands of such values.
    ///
    /// # Errors
    /// As [`Self::read_array`].
    fn read_array_once<const N: usize>(&self, key: PreimageKey) -> Result<[u8; N], OracleError>
    where
        Self: Sized,
    {
        self.read_array(key).copied()
    }
}

impl<T: PreimageOracle + ?Sized> PreimageOracle for &T {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        (**self).read(key)
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        (**self).hint(hint)
    }

    fn read_hinted(&self, key: PreimageKey, hint: &Hint<'_>) -> Result<&[u8], OracleError> {
        (**self).read_hinted(key, hint)
    }
}

//! Typed 32-byte keys.
//!
//! | byte | field |
//! |---|---|
//! | 0 | the kind, [`PreimageKeyKind`] |
//! | 1..32 | the last 31 bytes of what the kind commits with |

use core::{fmt, hash::Hash, str::FromStr};

use alloy_primitives::{Address, B256, hex, keccak256};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// The first byte of a key: how the rest commits to the value.
///
/// Spec: fault-proof/index.md#pre-image-key-types
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PreimageKeyKind {
    /// Boot values of this dispute; trusted by the game, not by the key.
    Local = 1,
    /// keccak-256 of the value.
    Keccak256 = 2,
    /// Reserved for contracts that vouch for a value by a scheme of their own.
    GlobalGeneric = 3,
    /// SHA-256 of the value.
    Sha256 = 4,
    /// A field element of a blob.
    Blob = 5,
    /// The result of an L1 precompile.
    Precompile = 6,
}

impl PreimageKeyKind {
    /// All kinds, ascending by type byte.
    pub const ALL: [Self; 6] = [
        Self::Local,
        Self::Keccak256,
        Self::GlobalGeneric,
        Self::Sha256,
        Self::Blob,
        Self::Precompile,
    ];

    /// The kind with this type byte. 0 is illegal, 7 and above are reserved or of other programs.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Local),
            2 => Some(Self::Keccak256),
            3 => Some(Self::GlobalGeneric),
            4 => Some(Self::Sha256),
            5 => Some(Self::Blob),
            6 => Some(Self::Precompile),
            _ => None,
        }
    }

    /// The type byte.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// A short name for reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Keccak256 => "keccak256",
            Self::GlobalGeneric => "generic",
            Self::Sha256 => "sha256",
            Self::Blob => "blob",
            Self::Precompile => "precompile",
        }
    }
}

impl fmt::Display for PreimageKeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a precompile key commits to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PrecompileKeyStyle {
    /// Address, gas and input.
    #[default]
    V2,
    /// Address and input, as programs up to 2024 did.
    V1,
}

/// Why 32 bytes, or a text, are no pre-image key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The first byte names no kind of key.
    #[error("pre-image key type {byte} is not one of 1 to 6 (key {})", hex::encode_prefixed(key))]
    UnknownKind {
        /// The first byte.
        byte: u8,
        /// The whole key.
        key: [u8; KEY_BYTES],
    },
    /// A text of another size than 32 bytes of hex.
    #[error("a pre-image key has {expected} hex digits, not {actual}")]
    Length {
        /// Hex digits wanted, without a prefix.
        expected: usize,
        /// Hex digits found, without a prefix.
        actual: usize,
    },
    /// A text that is not hex.
    #[error("a pre-image key is written in hex digits only")]
    NotHex,
}

/// A typed pre-image key: one type byte and 31 bytes of commitment.
///
/// Only valid kinds can be held, so every key has a [`Self::kind`].
///
/// ```
/// use kona_preimage::{PreimageKey, PreimageKeyKind, local_index};
///
/// let key = PreimageKey::local(local_index::L1_HEAD);
/// assert_eq!(key.kind(), PreimageKeyKind::Local);
/// assert_eq!(key.to_string().parse(), Ok(key));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PreimageKey([u8; KEY_BYTES]);

impl PreimageKey {
    /// Key of the boot value `index`, see [`crate::local_index`].
    ///
    /// Spec: fault-proof/index.md#type-1-local-key
    pub const fn local(index: u64) -> Self {
        let mut key = [0; KEY_BYTES];
        let index = index.to_be_bytes();
        let mut i = 0;
        while i < index.len() {
            key[KEY_BYTES - index.len() + i] = index[i];
            i += 1;
        }
        Self::with_kind(PreimageKeyKind::Local, key)
    }

    /// Key of the value whose keccak-256 is `hash`.
    ///
    /// Spec: fault-proof/index.md#type-2-global-keccak256-key
    pub const fn keccak256(hash: B256) -> Self {
        Self::with_kind(PreimageKeyKind::Keccak256, hash.0)
    }

    /// Key of a value that a contract vouches for; `hash` is keccak-256 of its own commitment and
    /// the contract's address.
    ///
    /// Spec: fault-proof/index.md#type-3-global-generic-key
    pub const fn generic(hash: B256) -> Self {
        Self::with_kind(PreimageKeyKind::GlobalGeneric, hash.0)
    }

    /// Key of the value whose SHA-256 is `hash`. A blob's versioned hash serves as well, since it
    /// differs from the SHA-256 of the KZG commitment in byte 0 alone.
    ///
    /// Spec: fault-proof/index.md#type-4-global-sha2-256-key
    pub const fn sha256(hash: B256) -> Self {
        Self::with_kind(PreimageKeyKind::Sha256, hash.0)
    }

    /// Key of the blob field element whose key input (see [`crate::BlobKeys`]) hashes to `hash`.
    ///
    /// Spec: fault-proof/index.md#type-5-global-eip-4844-point-evaluation-key
    pub const fn blob_from_hash(hash: B256) -> Self {
        Self::with_kind(PreimageKeyKind::Blob, hash.0)
    }

    /// Key of the result of an L1 precompile.
    ///
    /// [`PrecompileKeyStyle::V1`] leaves `gas` out.
    ///
    /// Spec: fault-proof/index.md#type-6-global-precompile-key
    pub fn precompile(style: PrecompileKeyStyle, address: Address, gas: u64, input: &[u8]) -> Self {
        let gas = gas.to_be_bytes();
        let gas: &[u8] = match style {
            PrecompileKeyStyle::V2 => &gas,
            PrecompileKeyStyle::V1 => &[],
        };
        // In one piece: machines have a fast hash for that.
        Self::precompile_from_hash(keccak256([address.as_slice(), gas, input].concat()))
    }

    /// Key of the precompile result whose key input, address ‖ gas ‖ input or address ‖ input,
    /// hashes to `hash`.
    pub const fn precompile_from_hash(hash: B256) -> Self {
        Self::with_kind(PreimageKeyKind::Precompile, hash.0)
    }

    /// Reads a key as it stands on the wire.
    ///
    /// # Errors
    /// [`KeyError::UnknownKind`] if the first byte is 0 or above 6.
    pub const fn from_bytes(key: [u8; KEY_BYTES]) -> Result<Self, KeyError> {
        match PreimageKeyKind::from_byte(key[0]) {
            Some(_) => Ok(Self(key)),
            None => Err(KeyError::UnknownKind { byte: key[0], key }),
        }
    }

    /// The key as it stands on the wire.
    pub const fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The kind that the first byte names.
    pub const fn kind(&self) -> PreimageKeyKind {
        match PreimageKeyKind::from_byte(self.0[0]) {
            Some(kind) => kind,
            // Every constructor sets or checks the first byte.
            None => unreachable!(),
        }
    }

    /// The index of a local key whose upper bytes are zero.
    pub fn local_index(&self) -> Option<u64> {
        let (head, tail) = self.0.split_last_chunk::<8>()?;
        let is_index =
            head[0] == PreimageKeyKind::Local.byte() && head[1..].iter().all(|b| *b == 0);
        is_index.then(|| u64::from_be_bytes(*tail))
    }

    const fn with_kind(kind: PreimageKeyKind, mut key: [u8; KEY_BYTES]) -> Self {
        key[0] = kind.byte();
        Self(key)
    }

    /// The last eight bytes: of a hash, or the index of a local key.
    const fn tail(&self) -> u64 {
        let k = &self.0;
        u64::from_le_bytes([k[31], k[30], k[29], k[28], k[27], k[26], k[25], k[24]])
    }
}

impl Hash for PreimageKey {
    /// Hands on the last eight bytes only: they are a hash already, or tell local keys apart.
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(self.tail());
    }
}

impl TryFrom<[u8; KEY_BYTES]> for PreimageKey {
    type Error = KeyError;

    fn try_from(key: [u8; KEY_BYTES]) -> Result<Self, KeyError> {
        Self::from_bytes(key)
    }
}

impl From<PreimageKey> for B256 {
    fn from(key: PreimageKey) -> Self {
        Self(key.0)
    }
}

impl fmt::Display for PreimageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::display(&self.0))
    }
}

impl fmt::Debug for PreimageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PreimageKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if digits.len() != 2 * KEY_BYTES {
            return Err(KeyError::Length { expected: 2 * KEY_BYTES, actual: digits.len() });
        }
        let mut key = [0; KEY_BYTES];
        // `decode_to_slice` drops a prefix of its own, which would leave the size wrong.
        hex::decode_to_slice(digits, &mut key).map_err(|_| KeyError::NotHex)?;
        Self::from_bytes(key)
    }
}

#[cfg(test)]
mod tests;

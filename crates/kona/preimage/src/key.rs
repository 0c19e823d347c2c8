//! Typed 32-byte keys.

use alloy_primitives::B256;

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
    /// Reserved.
    GlobalGeneric = 3,
    /// SHA-256 of the value.
    Sha256 = 4,
    /// A field element of a blob.
    Blob = 5,
    /// The result of an L1 precompile.
    Precompile = 6,
}

/// How a blob key names the evaluation point of a field element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlobKeyStyle {
    /// The bit-reversed 4096th root of unity, as the specification says.
    #[default]
    RootOfUnity,
    /// The plain index of the field element, as programs up to 2024 did.
    Index,
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

/// A typed pre-image key: one type byte and 31 bytes of commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PreimageKey([u8; 32]);

impl PreimageKey {
    /// Key of the value whose keccak-256 is `hash`.
    pub const fn keccak256(hash: B256) -> Self {
        let mut key = hash.0;
        key[0] = PreimageKeyKind::Keccak256 as u8;
        Self(key)
    }
}

//! Names of blocks: numbers, identifiers, and the references derivation works on.
//!
//! L1 and L2 have types of their own, so that a number of one layer can't be used for the other.

use alloy_primitives::B256;

/// Height of an L1 block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct L1Number(pub u64);

/// Height of an L2 block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct L2Number(pub u64);

macro_rules! number {
    ($name:ident) => {
        impl $name {
            /// The height above this one; saturates at the largest.
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
number!(L1Number);
number!(L2Number);

/// Hash and height of an L1 block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct L1BlockId {
    /// Block hash.
    pub hash: B256,
    /// Block number.
    pub number: L1Number,
}

/// Hash and height of an L2 block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct L2BlockId {
    /// Block hash.
    pub hash: B256,
    /// Block number.
    pub number: L2Number,
}

/// What derivation must know of an L1 block to use it as an origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct L1BlockRef {
    /// Block hash.
    pub hash: B256,
    /// Block number.
    pub number: L1Number,
    /// Hash of the block below.
    pub parent_hash: B256,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
}

impl L1BlockRef {
    /// Hash and number alone.
    pub const fn id(&self) -> L1BlockId {
        L1BlockId { hash: self.hash, number: self.number }
    }
}

/// What derivation must know of an L2 block to build on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct L2BlockRef {
    /// Block hash.
    pub hash: B256,
    /// Block number.
    pub number: L2Number,
    /// Hash of the block below.
    pub parent_hash: B256,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
    /// The L1 block this block takes its L1 attributes from.
    pub l1_origin: L1BlockId,
    /// Distance to the first block of the epoch, which has 0.
    pub sequence_number: u64,
}

impl L2BlockRef {
    /// Hash and number alone.
    pub const fn id(&self) -> L2BlockId {
        L2BlockId { hash: self.hash, number: self.number }
    }
}

//! The prologue: the inputs of one dispute, read from local keys.
//!
//! Spec: fault-proof/index.md#prologue

use alloy_primitives::B256;
use axos_genesis::L2Number;
use kona_preimage::{OracleError, PreimageKey, PreimageOracle, local_index};

/// The inputs of one dispute. The game vouches for them on chain.
///
/// | local key | bytes | value |
/// |---|---|---|
/// | 1 | 32 | hash of the L1 head |
/// | 2 | 32 | agreed output root |
/// | 3 | 32 | claimed output root |
/// | 4 | 8 | claimed L2 block number, big-endian |
/// | 5 | 8 | L2 chain id, big-endian |
///
/// Spec: fault-proof/index.md#bootstrapping
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootInfo {
    /// The last L1 block there is, as far as this dispute is concerned.
    pub l1_head: B256,
    /// The output root both sides agree on.
    pub agreed_output_root: B256,
    /// The output root in dispute.
    pub claimed_output_root: B256,
    /// The L2 block that the claim is about.
    pub claimed_block_number: L2Number,
    /// Chain id of L2.
    pub chain_id: u64,
}

/// One of the values read at boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootValue {
    /// Index of its local key.
    pub index: u64,
    /// What it is, in words.
    pub name: &'static str,
}

/// Why the inputs of a dispute could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BootError {
    /// The host has no such value.
    #[error("boot value {value} cannot be read")]
    Unread {
        /// The value asked for.
        value: BootValue,
        /// What the oracle said.
        #[source]
        source: OracleError,
    },
    /// The value has another size than it must have.
    #[error("boot value {value} has {actual} bytes instead of {expected}")]
    Length {
        /// The value asked for.
        value: BootValue,
        /// Bytes it must have.
        expected: usize,
        /// Bytes it has.
        actual: usize,
    },
}

impl BootInfo {
    /// Reads the boot values.
    ///
    /// # Errors
    /// [`BootError`] names the value that is absent or of the wrong size.
    pub fn load(oracle: &impl PreimageOracle) -> Result<Self, BootError> {
        Ok(Self {
            l1_head: read(oracle, BootValue::L1_HEAD)?.into(),
            agreed_output_root: read(oracle, BootValue::AGREED_OUTPUT_ROOT)?.into(),
            claimed_output_root: read(oracle, BootValue::CLAIMED_OUTPUT_ROOT)?.into(),
            claimed_block_number: L2Number(u64::from_be_bytes(read(
                oracle,
                BootValue::CLAIMED_BLOCK_NUMBER,
            )?)),
            chain_id: u64::from_be_bytes(read(oracle, BootValue::L2_CHAIN_ID)?),
        })
    }
}

impl BootValue {
    /// Hash of the L1 head.
    pub const L1_HEAD: Self = Self { index: local_index::L1_HEAD, name: "L1 head" };
    /// The output root both sides agree on.
    pub const AGREED_OUTPUT_ROOT: Self =
        Self { index: local_index::AGREED_OUTPUT_ROOT, name: "agreed output root" };
    /// The output root in dispute.
    pub const CLAIMED_OUTPUT_ROOT: Self =
        Self { index: local_index::CLAIMED_OUTPUT_ROOT, name: "claimed output root" };
    /// The block in dispute.
    pub const CLAIMED_BLOCK_NUMBER: Self =
        Self { index: local_index::CLAIMED_BLOCK_NUMBER, name: "claimed L2 block number" };
    /// Chain id of L2.
    pub const L2_CHAIN_ID: Self = Self { index: local_index::L2_CHAIN_ID, name: "L2 chain id" };

    /// The values that every dispute has, in the order they are read.
    pub const ALL: [Self; 5] = [
        Self::L1_HEAD,
        Self::AGREED_OUTPUT_ROOT,
        Self::CLAIMED_OUTPUT_ROOT,
        Self::CLAIMED_BLOCK_NUMBER,
        Self::L2_CHAIN_ID,
    ];

    /// The key the value is read by.
    pub const fn key(self) -> PreimageKey {
        PreimageKey::local(self.index)
    }
}

impl core::fmt::Display for BootValue {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} (local key {})", self.name, self.index)
    }
}

fn read<const N: usize>(
    oracle: &impl PreimageOracle,
    value: BootValue,
) -> Result<[u8; N], BootError> {
    let bytes = oracle.read(value.key()).map_err(|source| BootError::Unread { value, source })?;
    bytes.try_into().map_err(|_| BootError::Length { value, expected: N, actual: bytes.len() })
}

#[cfg(test)]
mod tests;

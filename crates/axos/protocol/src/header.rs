//! The fields of L1 and L2 block headers that derivation reads.

use alloy_primitives::{B256, Bloom, Bytes, U256};
use axos_genesis::{L1BlockRef, L1Number};

/// What derivation reads from an L1 header.
///
/// Fields that later forks put behind the known ones are ignored, and the hash is always taken
/// over the bytes as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct L1Header {
    /// Block hash.
    pub hash: B256,
    /// Hash of the block below.
    pub parent_hash: B256,
    /// Root of the transactions trie.
    pub transactions_root: B256,
    /// Root of the receipts trie.
    pub receipts_root: B256,
    /// Filter over addresses and topics of all logs of the block.
    pub logs_bloom: Bloom,
    /// Block number.
    pub number: L1Number,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
    /// Randomness of the beacon chain.
    pub mix_hash: B256,
    /// Base fee per gas in wei; 0 before London.
    pub base_fee: U256,
    /// Excess blob gas; `None` before Cancun.
    pub excess_blob_gas: Option<u64>,
    /// Root of the parent beacon block; `None` before Cancun.
    pub parent_beacon_block_root: Option<B256>,
}

/// What derivation reads from an L2 header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct L2Header {
    /// Block hash.
    pub hash: B256,
    /// Hash of the block below.
    pub parent_hash: B256,
    /// Root of the state trie.
    pub state_root: B256,
    /// Root of the transactions trie.
    pub transactions_root: B256,
    /// Block number.
    pub number: axos_genesis::L2Number,
    /// Gas limit.
    pub gas_limit: u64,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
    /// Extra data; base fee parameters from Holocene on.
    pub extra_data: Bytes,
}

/// Why bytes are not a block header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not a list, or a field is missing or malformed.
    #[error("field `{field}` of the block header is malformed")]
    Field {
        /// Name of the field.
        field: &'static str,
    },
}

impl L1Header {
    /// Reads a header whose hash the caller has checked.
    ///
    /// # Errors
    /// [`HeaderError`] if a field is missing or malformed.
    pub fn decode(_hash: B256, _rlp: &[u8]) -> Result<Self, HeaderError> {
        unimplemented!("follows")
    }

    /// Reads a header and hashes it.
    ///
    /// # Errors
    /// As for [`L1Header::decode`].
    pub fn decode_and_hash(rlp: &[u8]) -> Result<Self, HeaderError> {
        Self::decode(alloy_primitives::keccak256(rlp), rlp)
    }

    /// The block's reference.
    pub const fn block_ref(&self) -> L1BlockRef {
        L1BlockRef {
            hash: self.hash,
            number: self.number,
            parent_hash: self.parent_hash,
            timestamp: self.timestamp,
        }
    }
}

impl L2Header {
    /// Reads a header whose hash the caller has checked.
    ///
    /// # Errors
    /// [`HeaderError`] if a field is missing or malformed.
    pub fn decode(_hash: B256, _rlp: &[u8]) -> Result<Self, HeaderError> {
        unimplemented!("follows")
    }
}

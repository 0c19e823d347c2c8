//! Batcher transactions among the transactions of an L1 block.
//!
//! Spec: protocol/derivation.md#l1-retrieval

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};

/// The parts of an L1 transaction that tell whether it is of interest, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct L1Transaction<'a> {
    /// EIP-2718 type; 0 for a legacy transaction.
    pub tx_type: u8,
    /// Recipient; `None` creates a contract.
    pub to: Option<Address>,
    /// Call data.
    pub input: &'a [u8],
    /// RLP items of the blob hashes, 33 bytes each.
    blob_hashes: &'a [u8],
    raw: &'a [u8],
}

/// Why bytes are not an L1 transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum L1TransactionError {
    /// A known type with other fields than it must have.
    #[error("L1 transaction of type {tx_type} is malformed")]
    Malformed {
        /// EIP-2718 type.
        tx_type: u8,
    },
}

impl<'a> L1Transaction<'a> {
    /// Looks at the EIP-2718 bytes of a transaction. Of a type that is not known, nothing but the
    /// type is read.
    ///
    /// # Errors
    /// [`L1TransactionError`] if a transaction of a known type is malformed.
    pub fn decode(_raw: &'a [u8]) -> Result<Self, L1TransactionError> {
        unimplemented!("follows")
    }

    /// How many blobs the transaction has.
    pub const fn blob_count(&self) -> usize {
        self.blob_hashes.len() / 33
    }

    /// Versioned hashes of the transaction's blobs.
    pub fn blob_hashes(&self) -> impl Iterator<Item = B256> + 'a {
        self.blob_hashes.chunks_exact(33).map(|item| B256::from_slice(&item[1..]))
    }

    /// Whether this is a batcher transaction: of a permitted type, to `inbox`, signed by `batcher`
    /// for the chain `l1_chain_id`. The signature is looked at last.
    ///
    /// Spec: protocol/derivation.md#l1-retrieval
    pub fn is_from_batcher(&self, _inbox: Address, _batcher: Address, _l1_chain_id: u64) -> bool {
        let _ = (self.raw, Vec::<u8>::new());
        unimplemented!("follows")
    }
}

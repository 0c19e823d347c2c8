//! What a program says it will ask for next.
//!
//! On the wire a hint is the text `name 0xhex`. Names and payloads differ between families of
//! hosts; a [`Hint`] holds what is meant, a [`HintDialect`] says how it is written.
//!
//! Spec: fault-proof/index.md#pre-image-hinting-routes

use alloy_primitives::{Address, B256};

mod decode;

mod dialect;
pub use dialect::{HintDialect, HintKind};

mod encode;

mod error;
pub use error::HintError;

#[cfg(test)]
mod tests;

/// The L2 block whose state a proof hint is about.
///
/// Families of hosts disagree on how to name it. A program gives [`Self::Full`] and leaves the
/// choice to the dialect; decoding gives what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintBlock {
    /// By height alone.
    Number(u64),
    /// By hash alone.
    Hash(B256),
    /// By both.
    Full {
        /// Block hash.
        hash: B256,
        /// Block number.
        number: u64,
    },
}

/// A word to the host on what will be asked next; it has no effect on the result.
///
/// `chain_id` is there in interop programs only, which have more than one L2.
///
/// Spec: fault-proof/index.md#hinting
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint<'a> {
    /// The RLP header of an L1 block.
    L1BlockHeader {
        /// Block hash.
        hash: B256,
    },
    /// The transactions trie of an L1 block.
    L1Transactions {
        /// Block hash.
        hash: B256,
    },
    /// The receipts trie of an L1 block.
    L1Receipts {
        /// Block hash.
        hash: B256,
    },
    /// KZG commitment and field elements of a blob.
    L1Blob {
        /// Versioned hash.
        hash: B256,
        /// Index among the blobs of its block. Newer hosts do without; `None` if the hint read
        /// does not tell.
        index: Option<u64>,
        /// Timestamp of the L1 block, in seconds.
        timestamp: u64,
    },
    /// The result of an L1 precompile at a given gas.
    L1Precompile {
        /// Address of the precompile.
        address: Address,
        /// Gas that the call needs.
        gas: u64,
        /// Input of the call.
        input: &'a [u8],
    },
    /// The result of an L1 precompile, for keys of [`crate::PrecompileKeyStyle::V1`].
    L1PrecompileV1 {
        /// Address of the precompile.
        address: Address,
        /// Input of the call.
        input: &'a [u8],
    },
    /// The RLP header of an L2 block.
    L2BlockHeader {
        /// Block hash.
        hash: B256,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// The transactions trie of an L2 block.
    L2Transactions {
        /// Block hash.
        hash: B256,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// The receipts trie of an L2 block; interop only.
    L2Receipts {
        /// Block hash.
        hash: B256,
        /// The L2 meant.
        chain_id: u64,
    },
    /// The code of an L2 contract.
    L2Code {
        /// keccak-256 of the code.
        hash: B256,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// A node of an L2 state or storage trie.
    L2StateNode {
        /// keccak-256 of the node.
        hash: B256,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// The pre-image of the agreed output root.
    StartingOutput {
        /// The output root.
        root: B256,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// The pre-image of the agreed interop state.
    AgreedPreState {
        /// keccak-256 of the state.
        commitment: B256,
    },
    /// The pre-image of an output root within the agreed interop state.
    L2OutputRoot {
        /// The output root.
        root: B256,
        /// The L2 meant.
        chain_id: u64,
    },
    /// All trie nodes on the way to an account.
    L2AccountProof {
        /// The block whose state is meant.
        block: HintBlock,
        /// The account.
        address: Address,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// All trie nodes on the way to an account and to one storage slot of it.
    L2AccountStorageProof {
        /// The block whose state is meant.
        block: HintBlock,
        /// The account.
        address: Address,
        /// The slot, before hashing.
        slot: B256,
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// Everything that building a payload will touch.
    L2PayloadWitness {
        /// Hash of the block to build on.
        parent_hash: B256,
        /// Payload attributes as JSON, in the form of the engine API.
        attributes: &'a [u8],
        /// The L2 meant.
        chain_id: Option<u64>,
    },
    /// Everything that executing a block again will touch; interop only.
    L2BlockData {
        /// Hash of the agreed block to build on.
        agreed_hash: B256,
        /// Hash of the block to execute.
        hash: B256,
        /// The L2 meant.
        chain_id: u64,
    },
}

impl Hint<'_> {
    /// The kind alone.
    pub const fn kind(&self) -> HintKind {
        match self {
            Self::L1BlockHeader { .. } => HintKind::L1BlockHeader,
            Self::L1Transactions { .. } => HintKind::L1Transactions,
            Self::L1Receipts { .. } => HintKind::L1Receipts,
            Self::L1Blob { .. } => HintKind::L1Blob,
            Self::L1Precompile { .. } => HintKind::L1Precompile,
            Self::L1PrecompileV1 { .. } => HintKind::L1PrecompileV1,
            Self::L2BlockHeader { .. } => HintKind::L2BlockHeader,
            Self::L2Transactions { .. } => HintKind::L2Transactions,
            Self::L2Receipts { .. } => HintKind::L2Receipts,
            Self::L2Code { .. } => HintKind::L2Code,
            Self::L2StateNode { .. } => HintKind::L2StateNode,
            Self::StartingOutput { .. } => HintKind::StartingOutput,
            Self::AgreedPreState { .. } => HintKind::AgreedPreState,
            Self::L2OutputRoot { .. } => HintKind::L2OutputRoot,
            Self::L2AccountProof { .. } => HintKind::L2AccountProof,
            Self::L2AccountStorageProof { .. } => HintKind::L2AccountStorageProof,
            Self::L2PayloadWitness { .. } => HintKind::L2PayloadWitness,
            Self::L2BlockData { .. } => HintKind::L2BlockData,
        }
    }
}

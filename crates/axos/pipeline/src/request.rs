//! What the pipeline asks for, and the answers it takes.
//!
//! The pipeline never fetches anything. When it lacks data it names it in a [`Request`] and stands
//! still until [`Pipeline::provide`](crate::Pipeline::provide) brings the [`Input`] that answers
//! it. Block contents cross this boundary as the raw bytes the L1 trie commits to, so that a caller
//! with the bytes in hand copies nothing.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, b256};
use axos_genesis::{Fork, L1BlockRef, L1Number, L2BlockRef, L2Number, SystemConfig};
use axos_protocol::{BLOB_BYTES, SignedHash};

/// Keccak-256 of the bundle with the upgrade transactions of Karst.
///
/// Spec: protocol/l2-upgrades-1-execution.md#network-upgrade-transaction-bundle
pub const KARST_BUNDLE_HASH: B256 =
    b256!("f5b3df617804110f98c1dc67159ac1d1f3eab7b0fb2874db51be2d56a90a8c27");

/// The bytes of one blob, field element by field element, each big-endian.
pub type Blob = [u8; BLOB_BYTES];

/// An L2 block together with the system configuration as of that block.
///
/// Both can be read from the block's header and its first transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct L2BlockInfo {
    /// The block.
    pub block: L2BlockRef,
    /// The system configuration that was in force when the block was built.
    ///
    /// Spec: protocol/derivation.md#payload-attributes-derivation
    pub system_config: SystemConfig,
}

impl From<(L2BlockRef, SystemConfig)> for L2BlockInfo {
    fn from((block, system_config): (L2BlockRef, SystemConfig)) -> Self {
        Self { block, system_config }
    }
}

/// One blob a batcher transaction refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexedBlobHash {
    /// Position among *all* blobs of the L1 block, those of foreign transactions included.
    pub index: u64,
    /// Versioned hash (EIP-4844).
    pub hash: B256,
}

/// Data the pipeline cannot go on without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// An L2 block of the safe chain by hash, with its system configuration. Asked while walking
    /// back to a starting point. Header and first transaction are enough to answer it.
    L2BlockInfo {
        /// Block hash.
        hash: B256,
    },
    /// A reference to a block of the safe chain that ends in the current parent. Asked when a span
    /// batch starts below the next block.
    L2BlockRef {
        /// Block number, never below L2 genesis.
        number: L2Number,
    },
    /// A block of the safe chain with all its transactions. Asked when a span batch contains
    /// blocks that are already safe.
    L2Block {
        /// Block number, above L2 genesis.
        number: L2Number,
    },
    /// An L1 header by hash. Asked while walking back to a starting point.
    L1Header {
        /// Block hash.
        hash: B256,
    },
    /// The header of the L1 block derivation goes on with. The answer may be that the L1 chain, as
    /// far as the caller is willing to go, ends before it.
    L1HeaderByNumber {
        /// Block number.
        number: L1Number,
    },
    /// All receipts of an L1 block. Asked only if the header's bloom filter admits a deposit or an
    /// update of the system configuration.
    L1Receipts {
        /// The block.
        block: L1BlockRef,
    },
    /// All transactions of an L1 block.
    L1Transactions {
        /// The block.
        block: L1BlockRef,
    },
    /// Who made signatures on L1. Asked about transactions to the batch inbox, which anybody may
    /// send. [`SignedHash::signer`] computes an answer; some callers have a cheaper one.
    L1Signers {
        /// The block whose transactions these are.
        block: L1BlockRef,
        /// The signatures in the order the answer must have. Never empty.
        signed: Vec<SignedHash>,
    },
    /// Blobs of an L1 block.
    L1Blobs {
        /// The block.
        block: L1BlockRef,
        /// The blobs in the order the answer must have. Never empty.
        blobs: Vec<IndexedBlobHash>,
    },
    /// The bundle of upgrade transactions a fork's first block contains.
    ///
    /// Spec: protocol/l2-upgrades-1-execution.md#bundle-format
    UpgradeBundle {
        /// The fork.
        fork: Fork,
        /// Keccak-256 of the bundle's bytes.
        hash: B256,
    },
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Answers [`Request::L2BlockInfo`].
    L2BlockInfo(L2BlockInfo),
    /// Answers [`Request::L2BlockRef`].
    L2BlockRef(L2BlockRef),
    /// Answers [`Request::L2Block`].
    L2Block {
        /// The block.
        block: L2BlockRef,
        /// EIP-2718 bytes of every transaction in order, deposits included.
        transactions: &'a [&'a [u8]],
    },
    /// Answers [`Request::L1Header`] and [`Request::L1HeaderByNumber`]. The caller vouches that the
    /// bytes hash to `hash`.
    L1Header {
        /// Block hash.
        hash: B256,
        /// RLP of the header.
        rlp: &'a [u8],
    },
    /// Answers [`Request::L1HeaderByNumber`]: the L1 chain ends below that number, for now or for
    /// good.
    L1BeyondHead,
    /// Answers [`Request::L1Receipts`]: EIP-2718 bytes of every receipt in order.
    L1Receipts(&'a [&'a [u8]]),
    /// Answers [`Request::L1Transactions`]: EIP-2718 bytes of every transaction in order.
    L1Transactions(&'a [&'a [u8]]),
    /// Answers [`Request::L1Signers`]: the account behind each signature, in the order they were
    /// asked about, or `None` where nobody can have made it or s is in the upper half of its range.
    L1Signers(&'a [Option<Address>]),
    /// Answers [`Request::L1Blobs`]: the blobs in the order they were asked for.
    L1Blobs(&'a [&'a Blob]),
    /// Answers [`Request::UpgradeBundle`]. The pipeline checks the hash.
    UpgradeBundle(&'a [u8]),
    /// Answers any request for L1 data by hash: the block is no longer part of the L1 chain, or
    /// its blobs are gone. Leads to [`Outcome::Reset`](crate::Outcome::Reset).
    Missing,
}

impl Request {
    /// The name of the variant.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::L2BlockInfo { .. } => "L2BlockInfo",
            Self::L2BlockRef { .. } => "L2BlockRef",
            Self::L2Block { .. } => "L2Block",
            Self::L1Header { .. } => "L1Header",
            Self::L1HeaderByNumber { .. } => "L1HeaderByNumber",
            Self::L1Receipts { .. } => "L1Receipts",
            Self::L1Transactions { .. } => "L1Transactions",
            Self::L1Signers { .. } => "L1Signers",
            Self::L1Blobs { .. } => "L1Blobs",
            Self::UpgradeBundle { .. } => "UpgradeBundle",
        }
    }
}

impl Input<'_> {
    /// The name of the variant.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::L2BlockInfo(_) => "L2BlockInfo",
            Self::L2BlockRef(_) => "L2BlockRef",
            Self::L2Block { .. } => "L2Block",
            Self::L1Header { .. } => "L1Header",
            Self::L1BeyondHead => "L1BeyondHead",
            Self::L1Receipts(_) => "L1Receipts",
            Self::L1Transactions(_) => "L1Transactions",
            Self::L1Signers(_) => "L1Signers",
            Self::L1Blobs(_) => "L1Blobs",
            Self::UpgradeBundle(_) => "UpgradeBundle",
            Self::Missing => "Missing",
        }
    }
}

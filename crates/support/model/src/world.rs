//! The world that L2 is derived from, as plain data.

use crate::{
    config::{BlockId, Config},
    receipt::logs,
    rule::Hits,
};
use alloy_consensus::Header;
use alloy_primitives::{Address, B256, BloomInput, Bytes, U256, keccak256};
use std::{collections::BTreeSet, sync::Arc};

/// Size of a blob in bytes.
pub const BLOB_BYTES: usize = 4096 * 32;

/// An L1 block with all that derivation may look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct L1Block {
    /// Its header, which fixes the hash.
    pub header: Header,
    /// Hash of the header.
    pub hash: B256,
    /// Transactions in their EIP-2718 form.
    pub transactions: Vec<Bytes>,
    /// Receipts in their EIP-2718 form, one a transaction.
    pub receipts: Vec<Bytes>,
    /// Every blob of the block in the order of its transactions, each [`BLOB_BYTES`] long.
    pub blobs: Vec<Bytes>,
}

impl L1Block {
    /// Seals the header over the contents and computes the hash.
    ///
    /// The roots are plain hashes of what they stand for: nothing here opens a trie. The bloom
    /// filter has the logs that count, and no others.
    pub fn seal(mut self) -> Self {
        for log in logs(&self, &mut Hits::default()) {
            let mut accrue = |bytes: &[u8]| self.header.logs_bloom.accrue(BloomInput::Raw(bytes));
            accrue(log.address.as_slice());
            log.topics.iter().for_each(|topic| accrue(topic.as_slice()));
        }
        self.header.transactions_root = keccak256(self.transactions.concat());
        self.header.receipts_root = keccak256(self.receipts.concat());
        self.hash = self.header.hash_slow();
        self
    }

    /// The block in short.
    pub fn to_ref(&self) -> L1Ref {
        L1Ref {
            number: self.header.number,
            hash: self.hash,
            parent_hash: self.header.parent_hash,
            time: self.header.timestamp,
        }
    }

    /// Base fee in wei.
    pub fn base_fee(&self) -> U256 {
        U256::from(self.header.base_fee_per_gas.unwrap_or_default())
    }
}

/// An L1 block in short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1Ref {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// Hash of the block before.
    pub parent_hash: B256,
    /// Time in seconds.
    pub time: u64,
}

impl L1Ref {
    /// Number and hash.
    pub fn id(&self) -> BlockId {
        BlockId { number: self.number, hash: self.hash }
    }
}

/// An L2 block as far as derivation reads it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct L2Block {
    /// Its header, which fixes the hash unless the caller gives hashes of its own.
    pub header: Header,
    /// Hash of the block.
    pub hash: B256,
    /// Transactions in their EIP-2718 form, deposits first.
    pub transactions: Vec<Bytes>,
}

/// An L2 block in short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L2Ref {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// Hash of the block before.
    pub parent_hash: B256,
    /// Time in seconds.
    pub time: u64,
    /// The L1 block that it takes its L1 attributes from.
    pub l1_origin: BlockId,
    /// Distance from the first L2 block with that origin.
    pub sequence_number: u64,
}

/// What the engine is asked to build.
///
/// Spec: protocol/derivation.md#building-individual-payload-attributes
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Hash of the L2 block to build on.
    pub parent_hash: B256,
    /// The L1 block that the L1 attributes are taken from.
    pub l1_origin: BlockId,
    /// Time in seconds.
    pub timestamp: u64,
    /// Randomness of L1.
    pub prev_randao: B256,
    /// Receiver of priority fees.
    pub fee_recipient: Address,
    /// Gas limit of the block.
    pub gas_limit: u64,
    /// Transactions in their EIP-2718 form, in order.
    pub transactions: Vec<Bytes>,
    /// Whether there is a list of withdrawals, which is then empty.
    pub has_withdrawals: bool,
    /// Beacon block root of L1.
    pub parent_beacon_block_root: Option<B256>,
    /// EIP-1559 denominator and elasticity, four bytes each.
    pub eip1559_params: Option<[u8; 8]>,
    /// Lowest base fee in wei.
    pub min_base_fee: Option<u64>,
}

/// Names the L2 block that comes of its parent's number and some attributes.
pub type BlockHasher = fn(&Header) -> B256;

/// The L2 block that an engine would build of `attributes`, as far as derivation reads it back.
///
/// State is out of scope, so the state root stays empty and the transactions root is a plain
/// hash; the block's hash is what `hasher` makes of that header.
pub fn build_block(
    config: &Config,
    parent: &L2Block,
    attributes: &Attributes,
    hasher: BlockHasher,
) -> L2Block {
    let header = Header {
        parent_hash: attributes.parent_hash,
        number: parent.header.number + 1,
        timestamp: attributes.timestamp,
        gas_limit: attributes.gas_limit,
        mix_hash: attributes.prev_randao,
        beneficiary: attributes.fee_recipient,
        // A header has its later fields only behind all earlier ones.
        base_fee_per_gas: Some(0),
        withdrawals_root: attributes.has_withdrawals.then_some(B256::ZERO),
        blob_gas_used: attributes.parent_beacon_block_root.map(|_| 0),
        excess_blob_gas: attributes.parent_beacon_block_root.map(|_| 0),
        parent_beacon_block_root: attributes.parent_beacon_block_root,
        extra_data: config.extra_data(
            attributes.timestamp,
            attributes.eip1559_params,
            attributes.min_base_fee,
        ),
        transactions_root: keccak256(attributes.transactions.concat()),
        ..Header::default()
    };
    L2Block { hash: hasher(&header), header, transactions: attributes.transactions.clone() }
}

/// All that a derivation depends on.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// What is fixed for the chain.
    pub config: Config,
    /// L1 from the origin of L2's genesis on, without gaps.
    pub l1: Vec<Arc<L1Block>>,
    /// L2 from genesis to the safe head that derivation starts from, without gaps.
    pub l2: Vec<L2Block>,
    /// Hashes of transactions that make a payload invalid.
    pub invalid_transactions: BTreeSet<B256>,
}

impl World {
    /// Whether the engine refuses a payload of these transactions.
    pub fn is_invalid(&self, transactions: &[Bytes]) -> bool {
        is_invalid(&self.invalid_transactions, transactions)
    }
}

/// Whether one of `transactions` is among the hashes that make a payload invalid.
pub fn is_invalid(invalid: &BTreeSet<B256>, transactions: &[Bytes]) -> bool {
    !invalid.is_empty() && transactions.iter().any(|bytes| invalid.contains(&keccak256(bytes)))
}

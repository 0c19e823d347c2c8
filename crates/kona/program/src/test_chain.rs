//! Made-up chains for tests.

use std::vec::Vec;

use alloy_consensus::{Eip658Value, Header, Receipt};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, LogData, U256, keccak256, logs_bloom};
use axos_genesis::{CONFIG_UPDATE_TOPIC, L1BlockId, L1Number};
use kona_preimage::{MemoryOracle, PreimageKey};

/// Seconds from one L1 block to the next; block 0 is at time 0, so that a number tells the time.
pub(crate) const L1_BLOCK_SECS: u64 = 12;

/// An L1 chain in an oracle.
pub(crate) struct TestL1 {
    pub(crate) oracle: MemoryOracle,
    first: u64,
    pub(crate) hashes: Vec<B256>,
}

impl TestL1 {
    /// Blocks `first` to `last`; `edit` may change each before it is sealed.
    pub(crate) fn new(
        first: u64,
        last: u64,
        mut edit: impl FnMut(&mut Header, &mut MemoryOracle),
    ) -> Self {
        let mut oracle = MemoryOracle::default();
        let mut hashes = Vec::new();
        let mut parent_hash = B256::ZERO;
        for number in first..=last {
            let timestamp = number * L1_BLOCK_SECS;
            let mut header = Header { parent_hash, number, timestamp, ..Header::default() };
            edit(&mut header, &mut oracle);
            let rlp = alloy_rlp::encode(&header);
            parent_hash = keccak256(&rlp);
            oracle.insert_keccak256(rlp);
            hashes.push(parent_hash);
        }
        Self { oracle, first, hashes }
    }

    /// The block at `number`.
    pub(crate) fn id(&self, number: u64) -> L1BlockId {
        let position = usize::try_from(number - self.first).unwrap();
        L1BlockId { hash: self.hashes[position], number: L1Number(number) }
    }

    /// Hash of the last block.
    pub(crate) fn head(&self) -> B256 {
        self.hashes[self.hashes.len() - 1]
    }

    /// Key of the header at `number`.
    pub(crate) fn key(&self, number: u64) -> PreimageKey {
        PreimageKey::keccak256(self.id(number).hash)
    }
}

/// Puts a list of one item into the oracle, and returns its root.
pub(crate) fn insert_list_of_one(oracle: &mut MemoryOracle, item: &[u8]) -> B256 {
    // A leaf whose path is the key of item 0, which is `80`.
    let leaf: [Bytes; 2] = [Bytes::from_static(&[0x20, 0x80]), Bytes::copy_from_slice(item)];
    let mut node = Vec::new();
    alloy_rlp::encode_list::<_, Bytes>(&leaf, &mut node);
    let root = keccak256(&node);
    oracle.insert_keccak256(node);
    root
}

/// An update of the system configuration of type `kind` to `value`.
pub(crate) fn config_update(contract: Address, kind: u8, value: U256) -> Log {
    let topics = [CONFIG_UPDATE_TOPIC, B256::ZERO, B256::with_last_byte(kind)];
    let words = [U256::from(32), U256::from(32), value];
    let data: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
    Log { address: contract, data: LogData::new_unchecked(topics.to_vec(), data.into()) }
}

/// Gives a block one receipt with these logs, and the bloom filter of them.
pub(crate) fn set_receipt(header: &mut Header, oracle: &mut MemoryOracle, logs: Vec<Log>) {
    header.logs_bloom = logs_bloom(&logs);
    let receipt = Receipt { status: Eip658Value::Eip658(true), cumulative_gas_used: 21_000, logs };
    let mut bytes = Vec::new();
    alloy_rlp::Encodable::encode(&receipt.with_bloom(), &mut bytes);
    header.receipts_root = insert_list_of_one(oracle, &bytes);
}

/// A bloom filter that admits everything.
pub(crate) fn full_bloom() -> Bloom {
    Bloom::repeat_byte(0xff)
}

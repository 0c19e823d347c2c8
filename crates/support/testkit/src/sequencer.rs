//! The sequencer's view of L2: which block comes next, and as which batch.

use alloy_consensus::{TxEip1559, TxEip7702};
use alloy_primitives::{Address, B256, Bytes, TxKind, keccak256};
use axos_genesis::{L1Number, L2BlockRef};
use axos_protocol::{SingularBatch, SpanBatch, SpanBatchBlock};

use crate::{L1Block, Wallet, World};

/// Hash of an L2 block, which in this world depends on nothing that only derivation knows.
pub fn hash_of_l2_block(
    parent_hash: B256,
    timestamp: u64,
    epoch: u64,
    batch_transactions: &[Bytes],
) -> B256 {
    let numbers = [timestamp, epoch].map(u64::to_be_bytes).concat();
    keccak256([&parent_hash[..], &numbers, &batch_transactions.concat()].concat())
}

/// A signed L2 transaction with a number to tell it apart.
pub fn transaction(number: u64) -> Bytes {
    Wallet(100).sign_transaction(TxEip1559 {
        chain_id: 10,
        nonce: number,
        gas_limit: 21_000,
        to: TxKind::Call(Address::ZERO),
        ..TxEip1559::default()
    })
}

/// A signed L2 transaction that Isthmus brought.
pub fn set_code_transaction() -> Bytes {
    Wallet(100).sign_transaction(TxEip7702 { chain_id: 10, ..TxEip7702::default() })
}

/// Builds L2 blocks on a head, without knowing what derivation makes of them.
#[derive(Debug, Clone)]
pub struct Sequencer {
    /// Hash of the head.
    pub hash: B256,
    /// Time of the head, in seconds.
    pub timestamp: u64,
    /// Number of its L1 origin.
    pub epoch: u64,
    block_time: u64,
    l1_hashes: Vec<B256>,
}

impl Sequencer {
    /// A sequencer at the block `head`, that sees the L1 blocks there are now.
    pub fn new(world: &World, head: &L2BlockRef) -> Self {
        Self {
            hash: head.hash,
            timestamp: head.timestamp,
            epoch: head.l1_origin.number.0,
            block_time: world.config.block_time,
            l1_hashes: world.l1.iter().map(|it: &L1Block| it.block.hash).collect(),
        }
    }

    /// Sees the L1 blocks there are now.
    pub fn follow(&mut self, world: &World) {
        self.l1_hashes = world.l1.iter().map(|it| it.block.hash).collect();
    }

    /// The batch of the next block.
    pub fn next(&mut self, epoch: u64, transactions: &[Bytes]) -> SingularBatch {
        let batch = SingularBatch {
            parent_hash: self.hash,
            epoch_number: L1Number(epoch),
            epoch_hash: self.l1_hashes[usize::try_from(epoch).unwrap()],
            timestamp: self.timestamp + self.block_time,
            transactions: transactions.to_vec(),
        };
        self.hash = hash_of_l2_block(self.hash, batch.timestamp, epoch, transactions);
        self.timestamp = batch.timestamp;
        self.epoch = epoch;
        batch
    }

    /// The span batch of the next blocks, each given by its epoch and its transactions.
    pub fn span(&mut self, blocks: &[(u64, Vec<Bytes>)]) -> SpanBatch {
        let parent_check = *self.hash.first_chunk().unwrap();
        let blocks: Vec<_> = blocks
            .iter()
            .map(|(epoch, transactions)| {
                let batch = self.next(*epoch, transactions);
                SpanBatchBlock {
                    timestamp: batch.timestamp,
                    epoch_number: batch.epoch_number,
                    transactions: batch.transactions,
                }
            })
            .collect();
        let origin = self.l1_hashes[usize::try_from(self.epoch).unwrap()];
        SpanBatch { parent_check, l1_origin_check: *origin.first_chunk().unwrap(), blocks }
    }
}

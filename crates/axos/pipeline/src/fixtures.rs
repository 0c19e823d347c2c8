//! Small makers of test data that the stages' tests share.

use alloc::{collections::VecDeque, vec, vec::Vec};
use core::ops::ControlFlow;

use alloy_primitives::{B256, Bytes, U256};
use axos_genesis::{
    ChainGenesis, Fork, ForkSchedule, L1BlockId, L1BlockRef, L1Number, L2BlockId, L2BlockRef,
    L2Number, RollupConfig,
};
use axos_protocol::{ChannelId, L1Header, SharedFrame, SingularBatch, SpanBatch, SpanBatchBlock};

use crate::{
    batch_queue::BatchSource,
    channel_reader::DecodedBatch,
    l1_window::{Epoch, EpochLogs, L1Window},
    pull::{Pause, Pull},
};

/// Seconds between L1 blocks.
pub(crate) const L1_BLOCK_SECS: u64 = 12;
/// Seconds between L2 blocks.
pub(crate) const L2_BLOCK_SECS: u64 = 2;

/// A chain on which `fork` and all forks before it are active from the start, and none after it.
pub(crate) fn config(fork: Fork) -> RollupConfig {
    let time = |other: Fork| (other <= fork).then_some(0);
    RollupConfig {
        genesis: ChainGenesis {
            l1: l1(0).id(),
            l2: L2BlockId { hash: l2_hash(0), number: L2Number(0) },
            ..ChainGenesis::default()
        },
        block_time: L2_BLOCK_SECS,
        max_sequencer_drift: 600,
        seq_window_size: 10,
        channel_timeout: 5,
        l1_chain_id: 1,
        l2_chain_id: 10,
        forks: ForkSchedule {
            regolith_time: time(Fork::Regolith),
            canyon_time: time(Fork::Canyon),
            delta_time: time(Fork::Delta),
            ecotone_time: time(Fork::Ecotone),
            fjord_time: time(Fork::Fjord),
            granite_time: time(Fork::Granite),
            holocene_time: time(Fork::Holocene),
            isthmus_time: time(Fork::Isthmus),
            jovian_time: time(Fork::Jovian),
            karst_time: time(Fork::Karst),
            ..ForkSchedule::default()
        },
        ..RollupConfig::default()
    }
}

/// Hash of the L1 block at a height.
pub(crate) fn l1_hash(number: u64) -> B256 {
    hash(0x11, number)
}

/// Hash of the L2 block at a height.
pub(crate) fn l2_hash(number: u64) -> B256 {
    hash(0x22, number)
}

/// Differs within its first 20 bytes already, which is all that span batches look at.
fn hash(layer: u8, number: u64) -> B256 {
    let mut hash = B256::ZERO;
    hash[0] = layer;
    hash[1..9].copy_from_slice(&number.to_be_bytes());
    hash
}

/// The L1 block at a height, 12 seconds after the one below.
pub(crate) fn l1(number: u64) -> L1BlockRef {
    L1BlockRef {
        hash: l1_hash(number),
        number: L1Number(number),
        parent_hash: l1_hash(number.wrapping_sub(1)),
        timestamp: number * L1_BLOCK_SECS,
    }
}

/// The same at another time.
pub(crate) fn l1_at(number: u64, timestamp: u64) -> L1BlockRef {
    L1BlockRef { timestamp, ..l1(number) }
}

/// The L2 block at a height, 2 seconds after the one below, with an L1 origin.
pub(crate) fn l2(number: u64, origin: u64) -> L2BlockRef {
    L2BlockRef {
        hash: l2_hash(number),
        number: L2Number(number),
        parent_hash: l2_hash(number.wrapping_sub(1)),
        timestamp: number * L2_BLOCK_SECS,
        l1_origin: L1BlockId { hash: l1_hash(origin), number: L1Number(origin) },
        sequence_number: 0,
    }
}

/// A header with the given reference and nothing else of interest.
pub(crate) fn header(block: &L1BlockRef) -> L1Header {
    L1Header {
        hash: block.hash,
        parent_hash: block.parent_hash,
        transactions_root: B256::ZERO,
        receipts_root: B256::ZERO,
        logs_bloom: alloy_primitives::Bloom::ZERO,
        number: block.number,
        timestamp: block.timestamp,
        mix_hash: B256::ZERO,
        base_fee: U256::ZERO,
        excess_blob_gas: None,
        parent_beacon_block_root: None,
    }
}

/// An L1 block without logs.
pub(crate) fn epoch(block: L1BlockRef) -> Epoch {
    Epoch { block, header: header(&block), logs: EpochLogs::default() }
}

/// A window of these L1 blocks; the last one is read now.
pub(crate) fn window(blocks: &[L1BlockRef]) -> L1Window {
    let mut window = L1Window::new(epoch(blocks[0]));
    for block in &blocks[1..] {
        window.advance(epoch(*block), &L2BlockRef::default());
    }
    window
}

/// A window of the L1 blocks at these heights.
pub(crate) fn window_of(numbers: core::ops::RangeInclusive<u64>) -> L1Window {
    window(&numbers.map(l1).collect::<Vec<_>>())
}

/// A batch for the L2 block at a height, without transactions.
pub(crate) fn single(number: u64, origin: u64) -> SingularBatch {
    SingularBatch {
        parent_hash: l2_hash(number.wrapping_sub(1)),
        epoch_number: L1Number(origin),
        epoch_hash: l1_hash(origin),
        timestamp: number * L2_BLOCK_SECS,
        transactions: Vec::new(),
    }
}

/// A transaction that a batch may carry, as far as its first byte tells.
pub(crate) fn transaction(content: u8) -> Bytes {
    Bytes::from(vec![0x02, content])
}

/// A span batch that starts with the L2 block at height `first`, and has these L1 origins.
pub(crate) fn span(first: u64, origins: &[u64]) -> SpanBatch {
    let blocks = origins.iter().zip(first..).map(|(origin, number)| SpanBatchBlock {
        timestamp: number * L2_BLOCK_SECS,
        epoch_number: L1Number(*origin),
        transactions: Vec::new(),
    });
    let check = |hash: B256| *hash.first_chunk().expect("a hash has more than 20 bytes");
    SpanBatch {
        parent_check: check(l2_hash(first.wrapping_sub(1))),
        l1_origin_check: check(l1_hash(*origins.last().expect("a span has blocks"))),
        blocks: blocks.collect(),
    }
}

/// Frames in a short notation: channel, number, a dot if it is the last, as in `a0 a1. b0`.
pub(crate) fn frames(notation: &str) -> Vec<SharedFrame> {
    notation.split_whitespace().map(frame).collect()
}

/// One frame in that notation. Its payload is the notation itself.
pub(crate) fn frame(notation: &str) -> SharedFrame {
    let (name, number) = notation.split_at(1);
    let mut id = [0; 16];
    id[0] = name.as_bytes()[0];
    SharedFrame {
        channel_id: ChannelId(id),
        number: number.trim_end_matches('.').parse().expect("a frame has a number"),
        data: Bytes::copy_from_slice(notation.as_bytes()),
        is_last: notation.ends_with('.'),
    }
}

/// The data of a batcher transaction with these frames.
pub(crate) fn batcher_data(frames: &[SharedFrame]) -> Bytes {
    let mut data = vec![0];
    for frame in frames {
        frame.as_frame().encode(&mut data).expect("the frame is small");
    }
    data.into()
}

/// Stages that bring these batches, and then say that the L1 block is done.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) batches: VecDeque<DecodedBatch>,
    pub(crate) flushes: usize,
}

impl Script {
    pub(crate) fn single(mut self, batch: SingularBatch) -> Self {
        self.batches.push_back(DecodedBatch::Singular(batch));
        self
    }

    pub(crate) fn span(mut self, batch: SpanBatch) -> Self {
        self.batches.push_back(DecodedBatch::Span(batch));
        self
    }
}

impl BatchSource for Script {
    fn next_batch(&mut self, _: &RollupConfig) -> Pull<DecodedBatch> {
        match self.batches.pop_front() {
            Some(batch) => ControlFlow::Continue(batch),
            None => Pause::BlockDone.stop(),
        }
    }

    fn flush_channel(&mut self) {
        self.flushes += 1;
        self.batches.clear();
    }
}

//! The batcher: it posts what the sequencer builds, with the mistakes that its plan asks for.

use super::{
    batches::{Truth, Users, bad_content, bad_singular, bad_span, singular, span},
    channels::{bad_channel, bad_data, bad_frames, batcher_data, compress, cut},
    plan::Plan,
    rng::Rng,
};
use crate::{
    batch::encode_singular,
    config::{Config, Fork},
    frame::Frame,
    l2_chain::L2Chain,
    span_batch::encode_raw_span,
    world::L2Block,
};

/// What the batcher still has to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Batcher {
    /// Number of the first L2 block that was not posted yet.
    cursor: u64,
    /// Frames that wait for a transaction.
    frames: Vec<Frame>,
    /// Batcher data and the L1 block that it is for.
    outbox: Vec<(u64, Vec<u8>)>,
    /// Ids of channels so far.
    ids: Vec<[u8; 16]>,
    /// Safe head when it was last seen to move, and the L1 block of that time.
    progress: (u64, u64),
    /// Whether the newest channel repeats blocks.
    is_overlap: bool,
}

/// The L1 block that is to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct NextL1 {
    /// Its number.
    pub(super) number: u64,
    /// About when it comes, in seconds.
    pub(super) time: u64,
    /// L1 blocks until the batcher speaks again after it.
    pub(super) silence: u64,
}

impl Batcher {
    /// A batcher that begins with the L2 block of that number.
    pub(super) fn new(cursor: u64) -> Self {
        Self { cursor, ..Self::default() }
    }

    /// Begins again behind the safe head: the chain is another one than thought.
    pub(super) fn restart(&mut self, safe: u64) {
        self.cursor = safe + 1;
        self.frames.clear();
    }

    /// Posts again what has not become safe for a while.
    pub(super) fn check_progress(&mut self, plan: &Plan, safe: u64, l1_number: u64) {
        if safe > self.progress.0 {
            self.progress = (safe, l1_number);
        }
        if l1_number > self.progress.1 + plan.patience {
            self.progress.1 = l1_number;
            self.restart(safe);
        }
    }

    /// Batcher data to go into the L1 block of that number.
    pub(super) fn take_due(&mut self, l1_number: u64) -> Vec<Vec<u8>> {
        let is_due = |(number, _): &(u64, Vec<u8>)| *number <= l1_number;
        let outbox = std::mem::take(&mut self.outbox);
        let (due, later): (Vec<_>, Vec<_>) = outbox.into_iter().partition(is_due);
        self.outbox = later;
        due.into_iter().map(|(_, data)| data).collect()
    }

    /// Turns new blocks into batcher data for the next L1 block and some after it.
    pub(super) fn post(
        &mut self,
        rng: &mut Rng,
        truth: Truth<'_>,
        plan: &Plan,
        users: &mut Users,
        chain: &L2Chain,
        next: NextL1,
    ) {
        for _ in 0..rng.range(1, plan.channels_max) {
            let blocks = self.next_blocks(rng, plan, chain);
            if blocks.is_empty() {
                break;
            }
            let frames = self.open_channel(rng, truth, plan, users, &blocks, next.time);
            self.frames.extend(frames);
        }
        if rng.chance(plan.shuffle_percent) {
            rng.shuffle(&mut self.frames);
        }
        // Now and then some frames stay behind and mix with those of the next channel.
        let has_rest = rng.chance(plan.shuffle_percent) && !self.frames.is_empty();
        let kept = if has_rest { rng.index(self.frames.len()) } else { 0 };
        while self.frames.len() > kept {
            let count = rng.size(1, self.frames.len() - kept);
            let frames: Vec<Frame> = self.frames.drain(..count).collect();
            let mut data = batcher_data(&frames);
            if rng.rarely(plan.fault_permille) {
                bad_data(rng, &mut data);
            }
            let delay = rng.range(0, plan.delay_max);
            // What is left of a channel may come only after a long silence.
            let delay = if self.frames.len() > kept { delay } else { delay.max(next.silence) };
            self.outbox.push((next.number + delay, data));
        }
    }

    /// Blocks for one channel; now and then some that were posted before or will be later.
    fn next_blocks(&mut self, rng: &mut Rng, plan: &Plan, chain: &L2Chain) -> Vec<L2Block> {
        let first_number = chain.blocks()[0].header.number + 1;
        let mut start = self.cursor;
        self.is_overlap = rng.chance(plan.overlap_percent);
        if self.is_overlap {
            start = start.saturating_sub(rng.range(1, 4)).max(first_number);
        }
        if rng.rarely(plan.fault_permille) {
            start += rng.range(1, 3);
        }
        let newer = chain.blocks().iter().filter(|block| block.header.number >= start);
        let count = rng.size(1, plan.channel_blocks_max);
        let blocks: Vec<L2Block> = newer.take(count).cloned().collect();
        if let Some(last) = blocks.last() {
            self.cursor = self.cursor.max(last.header.number + 1);
        }
        blocks
    }

    fn open_channel(
        &mut self,
        rng: &mut Rng,
        truth: Truth<'_>,
        plan: &Plan,
        users: &mut Users,
        blocks: &[L2Block],
        l1_time: u64,
    ) -> Vec<Frame> {
        // A careless batcher does not mind which forks are active.
        let is_careless = rng.rarely(2 * plan.fault_permille);
        let is_possible = |fork: Fork| is_careless || truth.config.is_active(fork, l1_time);
        let is_brotli = is_possible(Fork::Fjord) && rng.chance(plan.brotli_percent);
        let span_percent = if is_possible(Fork::Delta) { plan.span_percent } else { 0 };
        let mut batches = encode_batches(rng, truth, plan, users, blocks, span_percent);
        // A batch that repeats blocks is a chance to get one of them wrong.
        if self.is_overlap
            && span_percent > 0
            && rng.rarely(2 * plan.fault_permille)
            && let Some(mut raw) = span(truth.config, users, blocks)
        {
            bad_content(rng, truth.config, users, &mut raw);
            batches.insert(0, encode_raw_span(&raw));
        }
        let channel = if rng.rarely(plan.fault_permille) {
            let limit = truth.config.channel_limit_at(l1_time);
            bad_channel(rng, &batches, is_brotli, limit)
        } else {
            compress(rng, &batches, is_brotli)
        };
        let id = rng.array();
        self.ids.push(id);
        let mut frames = cut(rng, id, &channel, plan.frames_max);
        if rng.rarely(plan.fault_permille) {
            let older = rng.pick(&self.ids);
            bad_frames(rng, &mut frames, older);
        }
        frames
    }
}

/// Batches for some blocks, in runs of either kind.
fn encode_batches(
    rng: &mut Rng,
    truth: Truth<'_>,
    plan: &Plan,
    users: &mut Users,
    mut blocks: &[L2Block],
    span_percent: u64,
) -> Vec<Vec<u8>> {
    let config: &Config = truth.config;
    let mut batches = Vec::new();
    while !blocks.is_empty() {
        let is_bad = rng.rarely(plan.fault_permille);
        let count = rng.size(1, blocks.len());
        let raw = rng.chance(span_percent).then(|| span(config, users, &blocks[..count]));
        let (batch, used) = match raw.flatten() {
            Some(raw) if is_bad => (bad_span(rng, config, users, raw), count),
            Some(raw) => (encode_raw_span(&raw), count),
            None if is_bad => (bad_singular(rng, truth, users, singular(config, &blocks[0])), 1),
            None => (encode_singular(&singular(config, &blocks[0])), 1),
        };
        batches.push(batch);
        if is_bad && rng.chance(40) {
            // The right one behind the wrong one.
            batches.push(encode_singular(&singular(config, &blocks[0])));
        }
        blocks = &blocks[used..];
    }
    batches
}

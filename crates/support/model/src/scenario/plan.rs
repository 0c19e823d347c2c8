//! What kind of world is to be generated.

use super::{
    batches::guess,
    channels::{batcher_data, compress, cut},
    keys::batcher_address,
    l1::{Carrier, L1Transaction, carry},
    rng::Rng,
};
use crate::{
    config::{BlockId, Config, FeeMarket, Fork, Genesis, Limits, SystemConfig},
    upgrade::UpgradeTransaction,
    world::{L1Block, L2Block},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, U256};

/// Habits of the people in a world, chosen once.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// L1 blocks after genesis.
    pub l1_blocks: u64,
    /// Usual time between them, in seconds.
    pub l1_block_time: u64,
    /// How often an L1 block comes very late, of a thousand.
    pub late_permille: u64,
    /// How often somebody makes a mistake, of a thousand decisions.
    pub fault_permille: u64,
    /// How often the batcher uses span batches, of a hundred.
    pub span_percent: u64,
    /// How often it repeats blocks at the front of a span, of a hundred.
    pub overlap_percent: u64,
    /// How often it uses brotli, of a hundred.
    pub brotli_percent: u64,
    /// How often it uses blobs, of a hundred.
    pub blob_percent: u64,
    /// How often it posts in an L1 block, of a hundred.
    pub post_percent: u64,
    /// Most channels that are opened at once.
    pub channels_max: u64,
    /// Most blocks in one channel.
    pub channel_blocks_max: usize,
    /// Most frames of one channel.
    pub frames_max: usize,
    /// How often frames are put into any order, of a hundred.
    pub shuffle_percent: u64,
    /// Most L1 blocks that a batcher transaction waits.
    pub delay_max: u64,
    /// First and last L1 block, counted from genesis, in which the batcher is silent.
    pub silence: (u64, u64),
    /// Whether the last transaction before a silence comes only after it.
    pub is_late_after_silence: bool,
    /// How often an L1 block has deposits, of a hundred.
    pub deposit_percent: u64,
    /// How often an L1 block has configuration updates, of a hundred.
    pub update_percent: u64,
    /// Most user transactions in an L2 block.
    pub user_transactions_max: usize,
    /// How far the sequencer runs ahead of the newest L1 block, in seconds.
    pub lead: u64,
    /// How often the sequencer takes the next L1 origin when it may, of a hundred.
    pub adopt_percent: u64,
    /// L1 blocks without progress after which the batcher posts again.
    pub patience: u64,
    /// Index of the first L1 block with blob gas in its header.
    pub blobs_from: u64,
}

/// Karst's upgrade transactions, if worlds may have the fork.
pub type Bundle<'a> = Option<&'a [UpgradeTransaction]>;

/// Chooses a chain and the habits of its people.
pub(super) fn choose(rng: &mut Rng, bundle: Bundle<'_>) -> (Config, Plan) {
    let block_time = rng.pick(&[1, 2, 2, 2, 2, 3, 12, 600]);
    let l1_block_time = block_time * rng.range(1, 4);
    let is_long = rng.chance(5);
    let l1_blocks = if is_long { rng.range(80, 110) } else { rng.range(8, 30) };
    let plan = Plan {
        l1_blocks,
        l1_block_time,
        late_permille: rng.pick(&[0, 0, 0, 30, 150]),
        fault_permille: rng.pick(&[0, 30, 80, 150, 250]),
        span_percent: rng.pick(&[0, 30, 60, 90, 100]),
        overlap_percent: rng.pick(&[0, 0, 20, 60]),
        brotli_percent: rng.pick(&[0, 0, 30, 100]),
        blob_percent: rng.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 40]),
        post_percent: rng.pick(if is_long { &[20, 40][..] } else { &[30, 60, 90, 100][..] }),
        channels_max: rng.pick(&[1, 1, 2, 4]),
        channel_blocks_max: rng.pick(&[3, 8, 20, 60]),
        frames_max: rng.pick(if is_long { &[3, 6][..] } else { &[1, 1, 2, 3, 6][..] }),
        shuffle_percent: rng.pick(&[0, 0, 20, 60]),
        delay_max: rng.pick(&[0, 0, 0, 1, 2]),
        silence: silence(rng, l1_blocks, is_long),
        is_late_after_silence: is_long || rng.chance(60),
        deposit_percent: rng.pick(&[0, 10, 40]),
        update_percent: rng.pick(&[0, 0, 10, 30]),
        user_transactions_max: rng.pick(&[0, 1, 2, 4]),
        lead: rng.pick(&[0, 0, l1_block_time, 6 * l1_block_time]),
        adopt_percent: rng.pick(&[30, 80, 100, 100]),
        patience: rng.range(2, 6),
        blobs_from: rng.pick(&[0, 0, 0, 5, u64::MAX]),
    };
    let config = choose_config(rng, block_time, &plan, bundle);
    (config, plan)
}

/// Mostly none; else about as long as the sequencing window, or as a channel may stay open.
fn silence(rng: &mut Rng, l1_blocks: u64, is_long: bool) -> (u64, u64) {
    if is_long {
        let first = rng.range(1, 15);
        return (first, first + rng.range(48, 56));
    }
    if rng.chance(65) {
        return (u64::MAX, u64::MAX);
    }
    let first = rng.range(0, l1_blocks);
    (first, first + rng.range(3, 14))
}

fn choose_config(rng: &mut Rng, block_time: u64, plan: &Plan, bundle: Bundle<'_>) -> Config {
    let l1_time = 1_700_000_000 + rng.range(0, 1000);
    let duration = plan.l1_blocks * plan.l1_block_time;
    let second_schedule = l1_time + rng.range(0, duration);
    let mut config = Config {
        l1_chain_id: rng.pick(&[1, 11_155_111, 900]),
        l2_chain_id: rng.pick(&[10, 901, 1 << 40]),
        block_time,
        seq_window_size: rng.pick(&[3, 4, 6, 8, 12, 12, 30, 90]),
        max_sequencer_drift: rng.range(1, 8) * plan.l1_block_time,
        channel_timeout: rng.pick(&[1, 2, 3, 6, 6, 12]),
        channel_timeout_granite: 50,
        batch_inbox: rng.address(),
        deposit_contract: rng.address(),
        system_config_contract: rng.address(),
        fee_market: FeeMarket { elasticity: 6, denominator: 50, denominator_canyon: 250 },
        blob_schedule: vec![
            (l1_time, 3_338_477),
            (second_schedule, 5_007_716),
            (second_schedule + rng.range(0, duration), 8_346_193),
        ],
        pectra_blob_schedule_time: rng.chance(20).then(|| l1_time + rng.range(0, duration)),
        keep_karst_upgrade_gas: rng.chance(40),
        karst_bundle: bundle.map(<[_]>::to_vec).unwrap_or_default(),
        limits: Limits::default(),
        ..Config::default()
    };
    let l2_time = l1_time + rng.range(0, plan.l1_block_time);
    config.fork_times = fork_times(rng, block_time, l2_time, duration, bundle.is_some());
    config.genesis = Genesis {
        l1: BlockId::default(),
        l2: BlockId::default(),
        l2_time,
        system_config: genesis_system_config(rng),
    };
    config
}

fn genesis_system_config(rng: &mut Rng) -> SystemConfig {
    let mut scalar = B256::ZERO;
    match rng.range(0, 2) {
        0 => scalar = U256::from(rng.range(0, u64::from(u32::MAX))).into(),
        // Too large for version 0, so that its padding is not empty.
        1 => scalar = U256::from(rng.number()).into(),
        _ => {
            scalar[0] = 1;
            scalar[24..].copy_from_slice(&rng.array::<8>());
        }
    }
    SystemConfig {
        batcher: batcher_address(0),
        overhead: U256::from(rng.range(0, 5000)).into(),
        scalar,
        gas_limit: 30_000_000,
        eip1559: rng.pick(&[[0; 8], [0, 0, 0, 50, 0, 0, 0, 10]]),
        ..SystemConfig::default()
    }
}

/// Some forks from the start, some in the time at hand, the others never.
fn fork_times(
    rng: &mut Rng,
    block_time: u64,
    l2_time: u64,
    duration: u64,
    may_have_karst: bool,
) -> [Option<u64>; 10] {
    let known = if may_have_karst { Fork::ALL.len() } else { Fork::Karst.index() };
    let mut times = [None; 10];
    let from_start = rng.size(0, known).max(rng.size(0, known / 2));
    let coming = if from_start == known || rng.chance(25) { 0 } else { rng.size(1, 4) };
    let from_zero = rng.size(0, from_start);
    let mut earliest = l2_time + 1;
    for (fork, slot) in Fork::ALL.iter().zip(&mut times).take(known) {
        if fork.index() < from_start {
            *slot = Some(if fork.index() < from_zero { 0 } else { l2_time });
        } else if fork.index() < from_start + coming {
            // The next one comes soon enough for all to fit in.
            let time = earliest + rng.range(0, duration / 3);
            *slot = Some(time);
            let may_share = matches!(
                fork,
                Fork::Regolith | Fork::Canyon | Fork::Delta | Fork::Granite | Fork::Holocene
            );
            earliest = time + if may_share && rng.chance(40) { 0 } else { 2 * block_time };
            if may_share && rng.chance(20) {
                continue;
            }
        }
    }
    times
}

/// The first blocks of both layers; their hashes go into the configuration.
pub(super) fn genesis_blocks(
    rng: &mut Rng,
    config: &mut Config,
    plan: &Plan,
) -> (L1Block, L2Block) {
    let l2 = genesis_l2_block(rng, config);
    config.genesis.l2 = BlockId { number: l2.header.number, hash: l2.hash };
    let number = rng.pick(&[0, 77, 17_422_590]);
    config.genesis.l1.number = number;
    let mut first_transactions = Vec::new();
    if rng.rarely(plan.fault_permille) {
        first_transactions.push(early_transaction(rng, config));
    }
    let has_blobs = plan.blobs_from == 0;
    let l1 = L1Block {
        header: Header {
            parent_hash: rng.hash(),
            number,
            timestamp: config.blob_schedule[0].0,
            mix_hash: rng.hash(),
            base_fee_per_gas: Some(rng.range(1, 1 << 35)),
            withdrawals_root: has_blobs.then_some(B256::ZERO),
            excess_blob_gas: has_blobs.then_some(0),
            blob_gas_used: has_blobs.then_some(0),
            parent_beacon_block_root: has_blobs.then(|| rng.hash()),
            ..Header::default()
        },
        transactions: first_transactions.iter().map(|tx| tx.bytes.clone()).collect(),
        receipts: first_transactions.iter().map(|tx| tx.receipt.clone()).collect(),
        ..L1Block::default()
    }
    .seal();
    config.genesis.l1 = l1.to_ref().id();
    (l1, l2)
}

fn genesis_l2_block(rng: &mut Rng, config: &Config) -> L2Block {
    let system_config = &config.genesis.system_config;
    let header = Header {
        number: rng.pick(&[0, 105_235_063]),
        timestamp: config.genesis.l2_time,
        gas_limit: system_config.gas_limit,
        base_fee_per_gas: Some(0),
        extra_data: config.extra_data(
            config.genesis.l2_time,
            Some(system_config.eip1559),
            Some(system_config.min_base_fee),
        ),
        ..Header::default()
    };
    L2Block { hash: header.hash_slow(), header, transactions: Vec::new() }
}

/// A batcher transaction in the very first L1 block, about the one after it.
fn early_transaction(rng: &mut Rng, config: &Config) -> L1Transaction {
    let batch = guess(rng, config);
    let id = rng.array();
    let channel = compress(rng, &[batch], false);
    let data = batcher_data(&cut(rng, id, &channel, 1));
    carry(rng, config, Carrier::DynamicFee, 0, config.batch_inbox, data.into())
}

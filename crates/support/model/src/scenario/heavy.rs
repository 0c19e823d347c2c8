//! Worlds with as much batcher data as the limits on it allow, or a bit more.

use super::{
    HASHER, Scenario,
    channels::{batcher_data, compress, cut},
    l1::{Carrier, carry},
    plan::{Plan, genesis_blocks},
    rng::Rng,
    user::user_transaction,
};
use crate::{
    batch::{SingularBatch, encode_singular},
    config::{Config, Fork, Genesis, SystemConfig},
    derivation::derive,
    frame::Frame,
    rule::Hits,
    scenario::keys::batcher_address,
    span_transaction::rebuild,
    world::{L1Block, World},
};
use alloy_consensus::Header;
use alloy_primitives::Bytes;
use std::{collections::BTreeSet, sync::Arc};

/// Data of one of the frames that fill a channel.
const FRAME_BYTES: usize = 1_000_000;

/// A world with a channel that is exactly as large as it may be, or larger by one frame.
///
/// Before Holocene the limit is that of the channel bank, from then on that of a channel. The
/// large channel has one version of the first L2 block, a small channel after it another.
pub fn large_channel(is_holocene: bool, is_too_large: bool) -> Scenario {
    let mut rng = Rng::new(0);
    let mut config = config(is_holocene);
    let plan = Plan { blobs_from: u64::MAX, ..Plan::default() };
    let (l1_genesis, l2_genesis) = genesis_blocks(&mut rng, &mut config, &plan);
    let limit = if is_holocene {
        config.limits.channel_fjord
    } else {
        usize::try_from(config.limits.channel_bank).expect("it fits")
    };
    // What is on account for a frame is a bit more than its data.
    let frames_allowed = limit / (FRAME_BYTES + 200);
    let frame_count = if is_too_large { frames_allowed + 1 } else { frames_allowed };
    let large = large_frames(&mut rng, &config, frame_count);
    let small = cut(&mut rng, [2; 16], &first_block(&mut Rng::new(2), &config), 1);
    let mut l1 = vec![Arc::new(l1_genesis)];
    for frames in [&[], &large[..frame_count], &large[frame_count..], &small, &[]] {
        let block = l1_block(&mut rng, &config, &l1[l1.len() - 1], frames);
        l1.push(Arc::new(block));
    }
    let world = World { config, l1, l2: vec![l2_genesis], invalid_transactions: BTreeSet::new() };
    let mut hits = Hits::default();
    let derived = derive(&world, HASHER, &mut hits);
    Scenario { world, plan, derived, hits }
}

fn config(is_holocene: bool) -> Config {
    let last_fork = if is_holocene { Fork::Holocene } else { Fork::Ecotone };
    let time = |fork: Fork| (fork <= last_fork).then_some(0);
    Config {
        l1_chain_id: 1,
        l2_chain_id: 10,
        block_time: 2,
        seq_window_size: 100,
        max_sequencer_drift: 600,
        channel_timeout: 50,
        channel_timeout_granite: 50,
        fork_times: Fork::ALL.map(time),
        blob_schedule: vec![(1_700_000_000, 3_338_477)],
        genesis: Genesis {
            l2_time: 1_700_000_000,
            system_config: SystemConfig {
                batcher: batcher_address(0),
                gas_limit: 30_000_000,
                ..SystemConfig::default()
            },
            ..Genesis::default()
        },
        ..Config::default()
    }
}

/// A channel with a batch for the first L2 block. Its transaction is another one each time.
fn first_block(rng: &mut Rng, config: &Config) -> Vec<u8> {
    let transaction = user_transaction(rng, false);
    let transaction = rebuild(&transaction, config.l2_chain_id, &mut Hits::default());
    let batch = encode_singular(&SingularBatch {
        parent_hash: config.genesis.l2.hash,
        epoch_number: config.genesis.l1.number,
        epoch_hash: config.genesis.l1.hash,
        timestamp: config.genesis.l2_time + config.block_time,
        transactions: vec![transaction.expect("it is well formed")],
    });
    compress(rng, &[batch], false)
}

/// So many full frames of a channel, and a last one without data. The stream in it ends early;
/// what follows is not read.
fn large_frames(rng: &mut Rng, config: &Config, frame_count: usize) -> Vec<Frame> {
    let mut channel = first_block(rng, config);
    channel.resize(frame_count * FRAME_BYTES, 0);
    let numbers = 0..=u16::try_from(frame_count).expect("few frames");
    let data = channel.chunks(FRAME_BYTES).chain([&[][..]]);
    let frame = |(number, data): (u16, &[u8])| Frame {
        id: [1; 16],
        number,
        data: data.to_vec(),
        is_last: usize::from(number) == frame_count,
    };
    numbers.zip(data).map(frame).collect()
}

/// The next L1 block, with each frame in a transaction of its own.
fn l1_block(rng: &mut Rng, config: &Config, parent: &L1Block, frames: &[Frame]) -> L1Block {
    let mut block = L1Block {
        header: Header {
            parent_hash: parent.hash,
            number: parent.header.number + 1,
            timestamp: parent.header.timestamp + 12,
            base_fee_per_gas: Some(7),
            ..Header::default()
        },
        ..L1Block::default()
    };
    for frame in frames {
        let data = Bytes::from(batcher_data(std::slice::from_ref(frame)));
        let inbox = config.batch_inbox;
        let transaction = carry(rng, config, Carrier::DynamicFee, 0, inbox, data);
        block.transactions.push(transaction.bytes);
        block.receipts.push(transaction.receipt);
    }
    block.seal()
}

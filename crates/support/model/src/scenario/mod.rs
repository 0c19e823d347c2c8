//! Worlds that are hard to derive, each from a seed.

mod batcher;
mod batches;
mod channels;
mod heavy;
mod keys;
mod l1;
mod plan;
mod rng;
mod sequencer;
mod user;

pub use heavy::large_channel;
pub use plan::{Bundle, Plan};
pub use rng::Rng;

use crate::{
    config::{Config, SystemConfig},
    config_update::apply_updates,
    derivation::{Derivation, Derived, derive},
    receipt::Log,
    rule::Hits,
    world::{BlockHasher, L1Block, World},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, U256};
use batcher::{Batcher, NextL1};
use batches::{Truth, Users};
use keys::key_of;
use l1::{
    Carrier, L1Transaction, STRANGER, bad_deposit_log, blob_transaction, carry, deposit_log, noise,
    update_log,
};
use sequencer::Sequencer;
use std::sync::Arc;

/// A world, what its people are like, and what the model derives from it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The world.
    pub world: World,
    /// The habits of its people.
    pub plan: Plan,
    /// What the model derives.
    pub derived: Derived,
    /// The rules that it used for that.
    pub hits: Hits,
}

/// The scenario of that seed. Karst is part of it only with its upgrade transactions.
pub fn generate(seed: u64, bundle: Bundle<'_>) -> Scenario {
    let mut rng = Rng::new(seed);
    let (mut config, plan) = plan::choose(&mut rng, bundle);
    let (l1_genesis, l2_genesis) = plan::genesis_blocks(&mut rng, &mut config, &plan);
    let mut l1 = vec![Arc::new(l1_genesis)];
    let mut hits = Hits::default();
    let derivation = Derivation::new(&config, &l1, vec![l2_genesis.clone()], HASHER, &mut hits);
    let mut scene = Scene {
        sequencer: Sequencer::new(derivation.l2().clone(), HASHER),
        batcher: Batcher::new(l2_genesis.header.number + 1),
        users: Users::default(),
        derivation,
        config,
        plan,
        rng,
    };
    let mut derived = Derived::default();
    for index in 0..=scene.plan.l1_blocks {
        if index > 0 {
            let block = scene.next_l1_block(index, &l1);
            l1.push(Arc::new(block));
        }
        let (newest, invalid) = (&l1[l1.len() - 1], &scene.users.invalid);
        let result = scene.derivation.advance(newest, invalid, &mut derived.steps, &mut hits);
        if let Err(halt) = result {
            derived.halt = Some(halt);
            break;
        }
        scene.act_on_l2(index, &l1);
    }
    scene.finish(l1, derived, hits)
}

/// L2 blocks are named by their headers.
pub const HASHER: BlockHasher = Header::hash_slow;

/// Everybody who takes part.
struct Scene {
    rng: Rng,
    config: Config,
    plan: Plan,
    users: Users,
    sequencer: Sequencer,
    batcher: Batcher,
    derivation: Derivation,
}

impl Scene {
    /// Lets sequencer and batcher work on what L1 has now.
    fn act_on_l2(&mut self, index: u64, l1: &[Arc<L1Block>]) {
        let Self { rng, config, plan, users, sequencer, batcher, derivation } = self;
        let safe = derivation.l2().head().header.number;
        if sequencer.follow(derivation.l2()) {
            batcher.restart(safe);
        }
        sequencer.extend(rng, config, plan, users, l1);
        let newest = &l1[l1.len() - 1].header;
        batcher.check_progress(plan, safe, newest.number);
        let is_silent = (plan.silence.0..=plan.silence.1).contains(&index);
        if !is_silent && rng.chance(plan.post_percent) {
            let is_last = plan.is_late_after_silence && index + 1 == plan.silence.0;
            let next = NextL1 {
                number: newest.number + 1,
                time: newest.timestamp + plan.l1_block_time,
                silence: if is_last { plan.silence.1 - plan.silence.0 } else { 0 },
            };
            batcher.post(rng, Truth { config, l1 }, plan, users, &sequencer.chain, next);
        }
    }

    fn next_l1_block(&mut self, index: u64, l1: &[Arc<L1Block>]) -> L1Block {
        let parent = &l1[l1.len() - 1];
        let has_blobs = index >= self.plan.blobs_from;
        let delay = if self.rng.rarely(self.plan.late_permille) {
            self.plan.l1_block_time * self.rng.range(5, 25)
        } else {
            self.plan.l1_block_time
        };
        let header = Header {
            parent_hash: parent.hash,
            number: parent.header.number + 1,
            timestamp: parent.header.timestamp + delay,
            mix_hash: self.rng.hash(),
            base_fee_per_gas: Some(self.rng.range(1, 1 << 35)),
            withdrawals_root: has_blobs.then_some(B256::ZERO),
            excess_blob_gas: has_blobs.then(|| self.rng.range(0, 150_000_000)),
            blob_gas_used: has_blobs.then_some(0),
            parent_beacon_block_root: has_blobs.then(|| self.rng.hash()),
            ..Header::default()
        };
        let mut transactions = self.log_transactions();
        let batcher = self.batcher_after(header.timestamp, &transactions);
        transactions.extend(self.batcher_transactions(header.number, &batcher));
        let block = L1Block {
            header,
            transactions: transactions.iter().map(|(tx, _)| tx.bytes.clone()).collect(),
            receipts: transactions.iter().map(|(tx, _)| tx.receipt.clone()).collect(),
            blobs: transactions.iter().flat_map(|(tx, _)| tx.blobs.clone()).collect(),
            ..L1Block::default()
        };
        block.seal()
    }

    /// Transactions with logs, and the logs that count.
    fn log_transactions(&mut self) -> Vec<(L1Transaction, Vec<Log>)> {
        let Self { rng, config, plan, .. } = self;
        let mut transactions = Vec::new();
        while rng.chance(plan.deposit_percent.max(plan.update_percent)) && transactions.len() < 5 {
            let mut logs = Vec::new();
            for _ in 0..rng.range(1, 3) {
                logs.extend(any_logs(rng, config, plan));
            }
            let kind = rng.pick(&[0, 2, 2, 2, 0x0a]);
            let is_success = !rng.chance(15);
            let mut transaction = noise(rng, kind, is_success, &logs);
            // A receipt of a future type that nobody can read; no logs are counted in it.
            if kind == 0x0a && rng.chance(30) {
                transaction.receipt = vec![kind, 0xc3, 1, 2, 3].into();
                logs.clear();
            }
            if !is_success {
                logs.clear();
            }
            transactions.push((transaction, logs));
        }
        // Of another type than its transaction. Nothing with logs comes after it.
        if rng.chance(plan.update_percent / 3) {
            let mut transaction = noise(rng, 0x0b, true, &[]);
            transaction.receipt = [&[0x0c], &transaction.receipt[1..]].concat().into();
            transactions.push((transaction, Vec::new()));
        }
        transactions
    }

    /// The system configuration once the logs of a new L1 block are applied.
    fn batcher_after(
        &self,
        l1_time: u64,
        transactions: &[(L1Transaction, Vec<Log>)],
    ) -> SystemConfig {
        let mut system_config = *self.derivation.system_config();
        let logs: Vec<Log> = transactions.iter().flat_map(|(_, logs)| logs.clone()).collect();
        apply_updates(&self.config, l1_time, &logs, &mut system_config, &mut Hits::default());
        system_config
    }

    /// The batcher's transactions in an L1 block, and some that only look like it.
    fn batcher_transactions(
        &mut self,
        l1_number: u64,
        system_config: &SystemConfig,
    ) -> Vec<(L1Transaction, Vec<Log>)> {
        let key = key_of(system_config.batcher).unwrap_or(STRANGER);
        let mut transactions = Vec::new();
        let mut due = self.batcher.take_due(l1_number).into_iter().peekable();
        while let Some(data) = due.next() {
            let Self { rng, config, plan, .. } = self;
            if rng.rarely(plan.fault_permille) {
                transactions.push(misplaced(rng, config, key, data.clone().into()));
            }
            if rng.chance(plan.blob_percent) && data.len() <= crate::blob::BLOB_DATA_BYTES {
                let is_bad = rng.rarely(plan.fault_permille);
                let mut blobs = vec![channels::blob(rng, &data, is_bad)];
                if let Some(next) = due.next_if(|next| next.len() < 1000) {
                    blobs.push(channels::blob(rng, &next, false));
                }
                let calldata = rng.bytes(3).into();
                let inbox = config.batch_inbox;
                transactions.push(blob_transaction(rng, config, key, inbox, &blobs, calldata));
                continue;
            }
            let carrier = any_carrier(rng, plan);
            transactions.push(carry(rng, config, carrier, key, config.batch_inbox, data.into()));
        }
        transactions.into_iter().map(|transaction| (transaction, Vec::new())).collect()
    }

    /// Begins at genesis or at some block that was derived.
    fn finish(mut self, l1: Vec<Arc<L1Block>>, derived: Derived, hits: Hits) -> Scenario {
        let blocks = self.derivation.l2().blocks();
        let is_midway = self.rng.chance(25);
        let count = if is_midway { self.rng.size(1, blocks.len() / 2 + 1) } else { 1 };
        let l2 = blocks[..count].to_vec();
        let (config, invalid_transactions) = (self.config, self.users.invalid);
        let world = World { config, l1, l2, invalid_transactions };
        if count == 1 {
            return Scenario { world, plan: self.plan, derived, hits };
        }
        let mut hits = Hits::default();
        let derived = derive(&world, HASHER, &mut hits);
        Scenario { world, plan: self.plan, derived, hits }
    }
}

fn any_carrier(rng: &mut Rng, plan: &Plan) -> Carrier {
    let usual = [
        Carrier::DynamicFee,
        Carrier::DynamicFee,
        Carrier::Legacy,
        Carrier::Unprotected,
        Carrier::AccessList,
    ];
    if rng.rarely(plan.fault_permille) {
        return rng.pick(&[Carrier::SetCode, Carrier::Deposit, Carrier::BlobCalldata]);
    }
    rng.pick(&usual)
}

/// Batcher data where it does not count.
fn misplaced(rng: &mut Rng, config: &Config, key: u8, data: Bytes) -> L1Transaction {
    let inbox = config.batch_inbox;
    match rng.range(0, 3) {
        0 => carry(rng, config, Carrier::DynamicFee, STRANGER, inbox, data),
        1 => {
            let other = rng.address();
            carry(rng, config, Carrier::Legacy, key, other, data)
        }
        2 => carry(rng, config, Carrier::SetCode, key, inbox, data),
        // Its blob must be counted, but not read.
        _ => carry(rng, config, Carrier::BlobCalldata, STRANGER, inbox, data),
    }
}

/// A log or two of the kinds that the plan asks for.
fn any_logs(rng: &mut Rng, config: &Config, plan: &Plan) -> Vec<Log> {
    let mut logs = Vec::new();
    if rng.chance(plan.deposit_percent) {
        let is_bad = rng.rarely(plan.fault_permille / 50);
        let mut log = if is_bad { bad_deposit_log(rng, config) } else { deposit_log(rng, config) };
        if rng.chance(10) {
            log.address = rng.address();
        }
        logs.push(log);
    }
    if rng.chance(plan.update_percent) {
        let is_bad = rng.chance(30);
        logs.push(update_log(rng, config, is_bad));
    }
    if rng.chance(10) {
        let topic = B256::from(U256::from(rng.number()));
        logs.push(Log { address: config.deposit_contract, topics: vec![topic], ..Log::default() });
    }
    logs
}

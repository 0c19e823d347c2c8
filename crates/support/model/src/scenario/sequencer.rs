//! The honest sequencer: it builds the L2 chain that batches are about.

use super::{batches::Users, plan::Plan, rng::Rng};
use crate::{
    attributes::build_attributes,
    batch::SingularBatch,
    config::{Config, Fork},
    l2_chain::{L2Chain, to_ref},
    rule::Hits,
    world::{BlockHasher, L1Block, build_block},
};
use alloy_primitives::Bytes;
use std::sync::Arc;

/// The chain that the sequencer has built so far.
#[derive(Clone, Debug)]
pub(super) struct Sequencer {
    /// All of it, genesis first.
    pub(super) chain: L2Chain,
    hasher: BlockHasher,
}

impl Sequencer {
    /// A sequencer with a chain to continue.
    pub(super) fn new(chain: L2Chain, hasher: BlockHasher) -> Self {
        Self { chain, hasher }
    }

    /// Takes over the safe chain if its own chain is another one. True if it was.
    pub(super) fn follow(&mut self, safe: &L2Chain) -> bool {
        let number = safe.head().header.number;
        if self.chain.block(number).is_some_and(|own| own.hash == safe.head().hash) {
            return false;
        }
        self.chain = safe.clone();
        true
    }

    /// Builds blocks up to a bit beyond the newest L1 block's time.
    pub(super) fn extend(
        &mut self,
        rng: &mut Rng,
        config: &Config,
        plan: &Plan,
        users: &mut Users,
        l1: &[Arc<L1Block>],
    ) {
        let newest = l1.last().expect("L1 has blocks").header.timestamp;
        // The safe chain may be far behind after a silence; catching up takes some blocks.
        for _ in 0..60 {
            let time = self.chain.head().header.timestamp + config.block_time;
            if time > newest + plan.lead || !self.build(rng, config, plan, users, l1) {
                return;
            }
        }
    }

    /// Builds a block; false if no L1 origin allows one.
    fn build(
        &mut self,
        rng: &mut Rng,
        config: &Config,
        plan: &Plan,
        users: &mut Users,
        l1: &[Arc<L1Block>],
    ) -> bool {
        let parent = to_ref(config, self.chain.head());
        let timestamp = parent.time + config.block_time;
        let find = |number: u64| l1.iter().find(|block| block.header.number == number);
        let current = find(parent.l1_origin.number).expect("it was an origin before");
        let next =
            find(parent.l1_origin.number + 1).filter(|next| next.header.timestamp <= timestamp);
        let has_drifted = |origin: &L1Block| {
            timestamp > origin.header.timestamp + config.drift_at(origin.header.timestamp)
        };
        let newest = l1.last().expect("L1 has blocks").header.number;
        let is_late = newest > parent.l1_origin.number + config.seq_window_size / 3;
        let must_adopt = has_drifted(current) || is_late;
        let origin = match next {
            Some(next) if must_adopt || rng.chance(plan.adopt_percent) => next,
            _ => current,
        };
        let is_full = config.is_activation_block(Fork::Jovian, timestamp) || has_drifted(origin);
        let count = if is_full { 0 } else { rng.size(0, plan.user_transactions_max) };
        let may_set_code = config.is_active(Fork::Isthmus, timestamp);
        let transactions: Vec<Bytes> =
            (0..count).map(|_| users.transaction(rng, config, may_set_code)).collect();
        let batch = SingularBatch {
            parent_hash: parent.hash,
            epoch_number: origin.header.number,
            epoch_hash: origin.hash,
            timestamp,
            transactions,
        };
        let head = self.chain.head();
        match build_attributes(config, head, origin, &batch, &mut Hits::default()) {
            Ok(attributes) => {
                let block = build_block(config, head, &attributes, self.hasher);
                self.chain.push(block);
                true
            }
            Err(_) => false,
        }
    }
}

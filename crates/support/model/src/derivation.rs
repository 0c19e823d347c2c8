//! The whole way from L1 blocks to L2 blocks.

use crate::{
    assembler::Assembler,
    attributes::{Halt, build_attributes, deposits_only},
    batch::Batch,
    batch_stage::{BatchStage, Channels, Surroundings},
    channel::read_channel,
    channel_bank::ChannelBank,
    config::{BlockId, Config, Fork, SystemConfig},
    config_update::apply_updates,
    frame::{Frame, decode_frames, prune_frame_queue},
    l2_chain::{L2Chain, system_config, to_ref},
    receipt::logs,
    retrieval::batcher_data,
    rule::{Hits, Rule},
    world::{Attributes, BlockHasher, L1Block, L2Block, L2Ref, World, build_block, is_invalid},
};
use alloy_primitives::B256;
use std::{collections::BTreeSet, sync::Arc};

/// What became of some attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They were built into a block.
    Accepted,
    /// The engine refused them, and the safe chain was cut back to its last block that is safe
    /// for good.
    Dropped {
        /// Number of that block.
        safe_number: u64,
    },
    /// The engine refused them and got these instead.
    DepositsOnly(Box<Attributes>),
}

/// One round of derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelStep {
    /// The L1 block that had to be read for it.
    pub derived_from: BlockId,
    /// What was derived.
    pub attributes: Attributes,
    /// Whether the span that it comes from ends with it. Of meaning before Holocene only.
    pub is_last_in_span: bool,
    /// What became of it.
    pub outcome: Outcome,
    /// The block that was built, if any.
    pub block: Option<L2Block>,
}

/// All rounds up to the end of L1 or to an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// The rounds in order.
    pub steps: Vec<ModelStep>,
    /// The error that ended it.
    pub halt: Option<Halt>,
}

/// Derives all that the world holds.
pub fn derive(world: &World, hasher: BlockHasher, hits: &mut Hits) -> Derived {
    let mut steps = Vec::new();
    let mut derivation = Derivation::new(&world.config, &world.l1, world.l2.clone(), hasher, hits);
    let base = derivation.base();
    for block in world.l1.iter().filter(|block| block.header.number >= base) {
        let halt = derivation.advance(block, &world.invalid_transactions, &mut steps, hits).err();
        if halt.is_some() {
            return Derived { steps, halt };
        }
    }
    Derived { steps, halt: None }
}

/// A derivation that is given one L1 block after the other.
#[derive(Clone, Debug)]
pub struct Derivation {
    config: Config,
    hasher: BlockHasher,
    base: u64,
    /// L1 blocks from the base on.
    l1: Vec<Arc<L1Block>>,
    l2: L2Chain,
    /// Up to here the L2 chain is not rolled back when a payload is refused.
    safe_number: u64,
    /// As of the newest L1 block; says who the batcher is.
    system_config: SystemConfig,
    bank: ChannelBank,
    assembler: Assembler,
    batches: BatchStage,
    is_holocene: bool,
}

impl Derivation {
    /// A derivation on top of the last of the `l2` blocks; `l1` holds at least all origins.
    ///
    /// Spec: protocol/derivation.md#resetting-the-pipeline
    pub fn new(
        config: &Config,
        l1: &[Arc<L1Block>],
        l2: Vec<L2Block>,
        hasher: BlockHasher,
        hits: &mut Hits,
    ) -> Self {
        let l2 = L2Chain::new(l2);
        let start = find_start(config, l1, &l2, hits);
        let base = l1_block(l1, start.l1_origin.number);
        let start = l2.block(start.number).expect("it was found in the chain");
        Self {
            config: config.clone(),
            hasher,
            base: base.header.number,
            l1: Vec::new(),
            safe_number: l2.head().header.number,
            system_config: system_config(config, start, hits),
            bank: ChannelBank::default(),
            assembler: Assembler::default(),
            batches: BatchStage::new(base.to_ref()),
            is_holocene: config.is_active(Fork::Holocene, base.header.timestamp),
            l2,
        }
    }

    /// Number of the first L1 block to be given.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The chain derived so far.
    pub fn l2(&self) -> &L2Chain {
        &self.l2
    }

    /// The sender of batcher transactions as of the newest L1 block.
    pub fn system_config(&self) -> &SystemConfig {
        &self.system_config
    }

    /// Derives all that can be derived with one more L1 block.
    ///
    /// # Errors
    /// If derivation can't go on; what was derived before is in `steps`.
    pub fn advance(
        &mut self,
        block: &Arc<L1Block>,
        invalid: &BTreeSet<B256>,
        steps: &mut Vec<ModelStep>,
        hits: &mut Hits,
    ) -> Result<(), Halt> {
        let origin = block.to_ref();
        assert_eq!(origin.number, self.base + len(&self.l1), "L1 blocks have no gaps");
        // The configuration of the base is in the L2 block that derivation starts from.
        // Spec: protocol/derivation.md#l1-traversal
        if origin.number > self.base {
            let logs = logs(block, hits);
            apply_updates(&self.config, origin.time, &logs, &mut self.system_config, hits);
        }
        self.l1.push(Arc::clone(block));
        self.enter_holocene(origin.time, hits);
        let mut channels = Channels::new(self.read_batches(block, hits));
        loop {
            let parent = to_ref(&self.config, self.l2.head());
            let around = Surroundings { config: &self.config, origin, l2: &self.l2, parent };
            let next = if self.is_holocene {
                self.batches.next_in_order(&around, &mut channels, hits)?
            } else {
                self.batches.next_from_queue(&around, &mut channels, hits)?
            };
            let Some((batch, is_last_in_span)) = next else {
                return Ok(());
            };
            let batch_origin = l1_block(&self.l1, batch.epoch_number);
            let attributes =
                build_attributes(&self.config, self.l2.head(), batch_origin, &batch, hits)?;
            let mut step = ModelStep {
                derived_from: origin.id(),
                attributes,
                is_last_in_span,
                outcome: Outcome::Accepted,
                block: None,
            };
            let result = self.execute(&mut step, invalid, &mut channels, hits);
            steps.push(step);
            result?;
        }
    }

    /// Drops all that was read but not used when L1 reaches the fork.
    ///
    /// Spec: protocol/holocene/derivation.md#activation
    fn enter_holocene(&mut self, l1_time: u64, hits: &mut Hits) {
        if self.is_holocene || !self.config.is_active(Fork::Holocene, l1_time) {
            return;
        }
        hits.hit(Rule::HoloceneDrops);
        self.is_holocene = true;
        self.bank = ChannelBank::default();
        self.batches.drop_batches();
    }

    /// The batches of an L1 block, channel by channel.
    fn read_batches(&mut self, block: &L1Block, hits: &mut Hits) -> Vec<Vec<Batch>> {
        let origin = block.to_ref();
        let mut frames: Vec<Frame> = Vec::new();
        for data in batcher_data(&self.config, block, self.system_config.batcher, hits) {
            let of_transaction = decode_frames(&data, &self.config.limits, hits);
            // [Holocene] Frames of a transaction must be in order.
            frames.extend(if self.is_holocene {
                prune_frame_queue(of_transaction, hits)
            } else {
                of_transaction
            });
        }
        let channels = if self.is_holocene {
            self.assembler.take_block(&self.config, &origin, &frames, hits)
        } else {
            self.bank.take_block(&self.config, &origin, &frames, hits)
        };
        channels.iter().map(|channel| read_channel(&self.config, &origin, channel, hits)).collect()
    }

    /// Gives attributes to the engine and does what its answer asks for.
    ///
    /// Spec: protocol/holocene/derivation.md#engine-queue
    fn execute(
        &mut self,
        step: &mut ModelStep,
        invalid: &BTreeSet<B256>,
        channels: &mut Channels,
        hits: &mut Hits,
    ) -> Result<(), Halt> {
        let mut attributes = step.attributes.clone();
        if is_invalid(invalid, &attributes.transactions) {
            let trimmed = deposits_only(&attributes);
            if trimmed == attributes || is_invalid(invalid, &trimmed.transactions) {
                return Err(Halt::Critical("a payload of deposits only was refused"));
            }
            if !self.is_holocene {
                return self.drop_payload(step, hits);
            }
            // [Holocene] The deposits are executed nevertheless.
            hits.hit(Rule::PayloadDepositsOnly);
            self.batches.flush(channels);
            step.outcome = Outcome::DepositsOnly(Box::new(trimmed.clone()));
            attributes = trimmed;
        }
        let block = build_block(&self.config, self.l2.head(), &attributes, self.hasher);
        step.block = Some(block.clone());
        self.l2.push(block);
        if step.is_last_in_span || self.is_holocene {
            self.safe_number = self.l2.head().header.number;
        }
        Ok(())
    }

    /// Before Holocene a span batch is valid as a whole or not at all: its blocks are undone.
    ///
    /// Spec: protocol/derivation.md#l1-sync-payload-attributes-processing
    fn drop_payload(&mut self, step: &mut ModelStep, hits: &mut Hits) -> Result<(), Halt> {
        let is_in_span = self.l2.head().header.number > self.safe_number;
        hits.hit(if is_in_span { Rule::PayloadRollback } else { Rule::PayloadDropped });
        self.l2.truncate_to(self.safe_number);
        step.outcome = Outcome::Dropped { safe_number: self.safe_number };
        Ok(())
    }
}

/// The L2 block whose origin is the first L1 block to read.
///
/// A channel that was open at the safe head's origin must be read from its first frame on.
/// Spec: protocol/derivation.md#finding-the-sync-starting-point
fn find_start(config: &Config, l1: &[Arc<L1Block>], l2: &L2Chain, hits: &mut Hits) -> L2Ref {
    let safe_origin = to_ref(config, l2.head()).l1_origin.number;
    for block in l2.blocks().iter().rev() {
        let candidate = to_ref(config, block);
        let origin = l1_block(l1, candidate.l1_origin.number).to_ref();
        let is_genesis = candidate.number <= config.genesis.l2.number
            || origin.number <= config.genesis.l1.number;
        if is_genesis {
            hits.hit(Rule::StartAtGenesis);
            return candidate;
        }
        if origin.number + config.channel_timeout_at(origin.time) <= safe_origin {
            hits.hit(Rule::StartAfterTimeout);
            return candidate;
        }
    }
    unreachable!("the chain begins with genesis")
}

fn l1_block(l1: &[Arc<L1Block>], number: u64) -> &L1Block {
    let found = l1.iter().find(|block| block.header.number == number);
    found.expect("L1 holds all origins")
}

fn len<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).expect("a length fits 64 bits")
}

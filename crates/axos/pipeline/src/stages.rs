//! All stages in a row, from L1 blocks to payload attributes.
//!
//! Spec: protocol/derivation.md#l2-chain-derivation-pipeline

use alloc::boxed::Box;
use core::ops::ControlFlow;

use axos_genesis::{Fork, L1BlockRef, L1ChainConfig, RollupConfig};

use crate::{
    DerivedAttributes, L2BlockInfo,
    attributes_queue::AttributesQueue,
    batch_queue::{BatchQueue, NextBatch},
    batch_stage::BatchStage,
    channel_stages::{ChannelStages, FrameStages},
    l1_traversal::L1Traversal,
    l1_window::{Epoch, EpochLogs, L1Window},
    pull::{Pause, Pull},
    span_rules::SpanCheck,
    walk::StartingPoint,
};

/// The stages, and how far the current L1 block is used up.
#[derive(Debug)]
pub(crate) struct Stages {
    channels: ChannelStages,
    batches: Batches,
    window: L1Window,
    pub(crate) attributes: AttributesQueue,
    /// Nothing more comes from the current L1 block.
    block_done: bool,
}

/// The stage that Holocene replaces.
#[derive(Debug)]
enum Batches {
    /// Batches in any order.
    Queue(BatchQueue),
    /// \[Holocene\] Batches in order.
    Stage(BatchStage),
}

/// What a run of the stages brought.
#[derive(Debug)]
pub(crate) enum Progress {
    /// The next block to build.
    Attributes(Box<DerivedAttributes>),
    /// The next L1 block was entered.
    Advanced(L1BlockRef),
    /// There is no next L1 block yet.
    Exhausted,
}

impl Stages {
    /// Empty stages at a starting point.
    ///
    /// Spec: protocol/derivation.md#resetting-derivation-stages
    pub(crate) fn new(
        start: StartingPoint,
        safe_head: &L2BlockInfo,
        config: &RollupConfig,
    ) -> Self {
        let StartingPoint { origin, system_config } = start;
        let reference = origin.block_ref();
        let first_epoch = safe_head.block.l1_origin.number.next();
        let traversal = L1Traversal::new(&origin, system_config, first_epoch);
        // [Holocene] The L1 block decides.
        let batches = if config.is_active(Fork::Holocene, reference.timestamp) {
            Batches::Stage(BatchStage::default())
        } else {
            Batches::Queue(BatchQueue::default())
        };
        let logs = EpochLogs::default();
        Self {
            channels: ChannelStages::new(traversal, config),
            batches,
            window: L1Window::new(Epoch { block: reference, header: origin, logs }),
            attributes: AttributesQueue::default(),
            block_done: false,
        }
    }

    /// Goes on until there is something to tell.
    pub(crate) fn run(
        &mut self,
        config: &RollupConfig,
        l1_config: &L1ChainConfig,
        parent: &L2BlockInfo,
    ) -> Pull<Progress> {
        if !self.block_done {
            match self.next_attributes(config, l1_config, parent) {
                ControlFlow::Continue(attributes) => {
                    return ControlFlow::Continue(Progress::Attributes(Box::new(attributes)));
                }
                ControlFlow::Break(Pause::BlockDone) => self.block_done = true,
                ControlFlow::Break(pause) => return pause.stop(),
            }
        }
        let next = self.l1().traversal.advance(config)?;
        ControlFlow::Continue(match next {
            Some(next) => Progress::Advanced(self.enter_block(next, config, parent)),
            None => Progress::Exhausted,
        })
    }

    /// The L1 block that is read now.
    pub(crate) const fn origin(&self) -> L1BlockRef {
        self.window.origin()
    }

    /// \[Holocene\] Drops the rest of the span batch and of the channel that the last attributes
    /// came from.
    ///
    /// Spec: protocol/holocene/derivation.md#engine-queue
    pub(crate) fn flush_channel(&mut self) {
        if let Batches::Stage(stage) = &mut self.batches {
            stage.flush_channel(&mut self.channels);
        }
    }

    /// The stages that ask for L1 data.
    pub(crate) const fn l1(&mut self) -> &mut FrameStages {
        &mut self.channels.frames
    }

    /// Where answers about L2 blocks go.
    pub(crate) const fn span_check(&mut self) -> &mut SpanCheck {
        match &mut self.batches {
            Batches::Queue(queue) => queue.span_check(),
            Batches::Stage(stage) => stage.span_check(),
        }
    }

    fn next_attributes(
        &mut self,
        config: &RollupConfig,
        l1_config: &L1ChainConfig,
        parent: &L2BlockInfo,
    ) -> Pull<DerivedAttributes> {
        if self.attributes.is_idle() {
            let batch = self.next_batch(config, parent)?;
            self.attributes.push(batch);
        }
        self.attributes.next(config, l1_config, &self.window, parent)
    }

    fn next_batch(&mut self, config: &RollupConfig, parent: &L2BlockInfo) -> Pull<NextBatch> {
        let (window, parent) = (&mut self.window, &parent.block);
        match &mut self.batches {
            Batches::Queue(queue) => queue.next(config, window, parent, &mut self.channels),
            Batches::Stage(stage) => stage.next(config, window, parent, &mut self.channels),
        }
    }

    fn enter_block(
        &mut self,
        next: Epoch,
        config: &RollupConfig,
        parent: &L2BlockInfo,
    ) -> L1BlockRef {
        let (previous, block) = (self.window.origin(), next.block);
        let was_holocene = config.is_active(Fork::Holocene, previous.timestamp);
        if !was_holocene && config.is_active(Fork::Holocene, block.timestamp) {
            // [Holocene] Frames, channels and batches from before are gone. The window of L1 blocks
            // stays: the first channel contains batches with L1 origins from before.
            self.channels.activate_holocene();
            self.batches = Batches::Stage(BatchStage::default());
        }
        self.l1().retrieval.close();
        self.window.advance(next, &parent.block);
        self.block_done = false;
        block
    }
}

//! The stages from an L1 block to batches, in a row.
//!
//! Each `next_…` pulls from the one before it and returns when it has a value, or a reason to stop.
//!
//! Spec: protocol/derivation.md#l2-chain-derivation-pipeline

use core::ops::ControlFlow;

use alloy_primitives::{Address, Bytes};
use axos_genesis::{Fork, L1BlockRef, RollupConfig};
use axos_protocol::SharedFrame;

use crate::{
    Blob, Dropped, Error, ResetReason,
    batch_queue::BatchSource,
    channel_assembler::ChannelAssembler,
    channel_bank::{ChannelBank, Read},
    channel_reader::{ChannelReader, DecodedBatch},
    frame_queue::FrameQueue,
    l1_retrieval::L1Retrieval,
    l1_traversal::L1Traversal,
    pull::{Pause, Pull},
};

/// All stages up to the channel reader.
#[derive(Debug)]
pub(crate) struct ChannelStages {
    pub(crate) frames: FrameStages,
    channels: Channels,
    reader: ChannelReader,
}

/// All stages up to the frame queue.
#[derive(Debug)]
pub(crate) struct FrameStages {
    pub(crate) traversal: L1Traversal,
    pub(crate) retrieval: L1Retrieval,
    queue: FrameQueue,
}

/// The stage that Holocene replaces.
#[derive(Debug)]
enum Channels {
    /// Several channels, frames in any order.
    Bank(ChannelBank),
    /// \[Holocene\] One channel, frames in order.
    Assembler(ChannelAssembler),
}

impl ChannelStages {
    /// Empty stages behind `traversal`.
    ///
    /// Spec: protocol/derivation.md#resetting-derivation-stages
    pub(crate) fn new(traversal: L1Traversal, config: &RollupConfig) -> Self {
        // [Holocene] The L1 block decides.
        let channels = if config.is_active(Fork::Holocene, traversal.origin().timestamp) {
            Channels::Assembler(ChannelAssembler::default())
        } else {
            Channels::Bank(ChannelBank::default())
        };
        let (retrieval, queue) = (L1Retrieval::default(), FrameQueue::default());
        let frames = FrameStages { traversal, retrieval, queue };
        Self { frames, channels, reader: ChannelReader::default() }
    }

    /// \[Holocene\] Drops frames and channels, and puts the assembler in the place of the bank.
    ///
    /// Spec: protocol/holocene/derivation.md#activation
    pub(crate) fn activate_holocene(&mut self) {
        self.frames.queue.clear();
        self.reader.close();
        self.channels = Channels::Assembler(ChannelAssembler::default());
    }

    /// The L1 block that is read now.
    const fn origin(&self) -> L1BlockRef {
        self.frames.traversal.origin()
    }
}

impl BatchSource for ChannelStages {
    fn next_batch(&mut self, config: &RollupConfig) -> Pull<DecodedBatch> {
        let origin = self.origin();
        loop {
            if self.reader.is_idle() {
                let channel = self.channels.next_channel(config, &mut self.frames)?;
                if let Err(dropped) = self.reader.open(channel, config, &origin) {
                    return Pause::from(dropped).stop();
                }
            }
            match self.reader.next_batch(config, &origin) {
                Ok(Some(batch)) => return ControlFlow::Continue(batch),
                Ok(None) => {}
                Err(dropped) => return Pause::from(dropped).stop(),
            }
        }
    }

    fn flush_channel(&mut self) {
        self.reader.close();
        if let Channels::Assembler(assembler) = &mut self.channels {
            assembler.clear();
        }
    }
}

impl Channels {
    /// The data of the next complete channel.
    fn next_channel(&mut self, config: &RollupConfig, frames: &mut FrameStages) -> Pull<Bytes> {
        let origin = frames.traversal.origin();
        match self {
            Self::Bank(bank) => next_banked(bank, config, &origin, frames),
            Self::Assembler(assembler) => next_assembled(assembler, config, &origin, frames),
        }
    }
}

/// Reads before it adds a frame, because what the bank drops depends on that order.
fn next_banked(
    bank: &mut ChannelBank,
    config: &RollupConfig,
    origin: &L1BlockRef,
    frames: &mut FrameStages,
) -> Pull<Bytes> {
    loop {
        match bank.read(config, origin) {
            Read::Channel(data) => return ControlFlow::Continue(data),
            Read::Dropped(reason) => return Pause::from(Dropped::Channel(reason)).stop(),
            Read::Nothing => {}
        }
        let frame = frames.next_frame(config)?;
        if let Err(reason) = bank.ingest(frame, config, origin) {
            return Pause::from(Dropped::Frame(reason)).stop();
        }
    }
}

fn next_assembled(
    assembler: &mut ChannelAssembler,
    config: &RollupConfig,
    origin: &L1BlockRef,
    frames: &mut FrameStages,
) -> Pull<Bytes> {
    if let Some(reason) = assembler.expire(config, origin) {
        return Pause::from(Dropped::Channel(reason)).stop();
    }
    loop {
        let frame = frames.next_frame(config)?;
        if let Some(reason) = assembler.make_room(&frame) {
            frames.queue.push_front(frame);
            return Pause::from(Dropped::Channel(reason)).stop();
        }
        match assembler.ingest(frame, config, origin) {
            Ok(Some(data)) => return ControlFlow::Continue(data),
            Ok(None) => {}
            Err(dropped) => return Pause::from(dropped).stop(),
        }
    }
}

impl FrameStages {
    /// Hands the transactions of the current L1 block to the retrieval.
    /// Takes the signers that were asked for.
    pub(crate) fn provide_signers(&mut self, signers: &[Option<Address>]) -> Result<(), Error> {
        self.retrieval.provide_signers(&self.traversal, signers)
    }

    pub(crate) fn provide_transactions(
        &mut self,
        config: &RollupConfig,
        transactions: &[&[u8]],
    ) -> Result<(), Error> {
        self.retrieval.provide_transactions(config, &self.traversal, transactions)
    }

    /// Hands the blobs of the current L1 block to the retrieval.
    pub(crate) fn provide_blobs(&mut self, blobs: &[&Blob]) -> Result<(), ResetReason> {
        self.retrieval.provide_blobs(&self.traversal, blobs)
    }

    fn next_frame(&mut self, config: &RollupConfig) -> Pull<SharedFrame> {
        // [Holocene] Frames must be in order. The L1 block decides.
        let is_holocene = config.is_active(Fork::Holocene, self.traversal.origin().timestamp);
        loop {
            if let Some(frame) = self.queue.pop() {
                return ControlFlow::Continue(frame);
            }
            let data = self.retrieval.next(&self.traversal)?;
            match self.queue.ingest(&data, is_holocene) {
                Ok(0) => {}
                Ok(count) => return Pause::from(Dropped::Frames { count }).stop(),
                Err(_) => return Pause::from(Dropped::BatcherTransaction).stop(),
            }
        }
    }
}

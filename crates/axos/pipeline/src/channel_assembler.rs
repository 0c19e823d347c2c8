//! \[Holocene\] Puts the frames of one channel together, in order.
//!
//! One tiny picture: `A0 A2 A1.` gives the channel `A0 A1.`, because `A2` comes too early; from
//! `A0 B0 B1.` comes `B` alone.
//!
//! Spec: protocol/holocene/derivation.md#channel-bank

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use axos_genesis::{Fork, L1BlockRef, L1Number, RollupConfig};
use axos_protocol::{ChannelId, SharedFrame, channel_bytes_max};

use crate::{ChannelDrop, Dropped, FrameDrop, channel};

/// The one channel that is being put together.
#[derive(Debug, Default)]
pub(crate) struct ChannelAssembler {
    staged: Option<Staged>,
}

#[derive(Debug)]
struct Staged {
    id: ChannelId,
    /// The L1 block with the first frame.
    opened_in: L1Number,
    /// Payloads so far. As many as the number the next frame must have.
    frames: Vec<Bytes>,
    /// Size by the accounting of frames.
    bytes: u64,
}

impl ChannelAssembler {
    /// Drops the channel if it is too old. To be called before frames are asked for.
    ///
    /// Spec: protocol/holocene/derivation.md#timeout
    pub(crate) fn expire(
        &mut self,
        config: &RollupConfig,
        origin: &L1BlockRef,
    ) -> Option<ChannelDrop> {
        let opened_in = self.staged.as_ref()?.opened_in;
        channel::is_timed_out(config, opened_in, origin).then(|| {
            self.clear();
            ChannelDrop::TimedOut
        })
    }

    /// Takes a frame, and gives the data of the channel if that is complete.
    ///
    /// # Errors
    /// What is ignored, the frame or the channel.
    ///
    /// Spec: protocol/holocene/derivation.md#reading--frame-loading
    pub(crate) fn ingest(
        &mut self,
        frame: SharedFrame,
        config: &RollupConfig,
        origin: &L1BlockRef,
    ) -> Result<Option<Bytes>, Dropped> {
        if frame.number == 0 {
            self.staged = Some(Staged::new(frame.channel_id, origin.number));
        }
        let Some(staged) = &mut self.staged else {
            return Err(Dropped::Frame(FrameDrop::NoChannel));
        };
        let is_last = frame.is_last;
        staged.add(frame).map_err(Dropped::Frame)?;

        if staged.bytes > channel_bytes_max(config.is_active(Fork::Fjord, origin.timestamp)) {
            self.clear();
            return Err(Dropped::Channel(ChannelDrop::TooLarge));
        }
        let complete = if is_last { self.staged.take() } else { None };
        Ok(complete.map(|staged| channel::concat(staged.frames)))
    }

    /// Drops the channel if this frame starts another one. To be called before the frame is taken.
    pub(crate) fn make_room(&mut self, frame: &SharedFrame) -> Option<ChannelDrop> {
        if frame.number != 0 || self.staged.is_none() {
            return None;
        }
        self.clear();
        Some(ChannelDrop::Replaced)
    }

    /// Drops the channel.
    pub(crate) fn clear(&mut self) {
        self.staged = None;
    }
}

impl Staged {
    const fn new(id: ChannelId, opened_in: L1Number) -> Self {
        Self { id, opened_in, frames: Vec::new(), bytes: 0 }
    }

    /// The frame queue orders the frames of one L1 transaction. Across transactions only this
    /// check does.
    fn add(&mut self, frame: SharedFrame) -> Result<(), FrameDrop> {
        if frame.channel_id != self.id {
            return Err(FrameDrop::OtherChannel);
        }
        if usize::from(frame.number) != self.frames.len() {
            return Err(FrameDrop::OutOfOrder);
        }
        self.bytes = self.bytes.saturating_add(frame.accounted_bytes());
        self.frames.push(frame.data);
        Ok(())
    }
}

#[cfg(test)]
mod tests;

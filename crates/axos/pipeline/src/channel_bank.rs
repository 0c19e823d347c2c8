//! Collects frames into channels, several at a time and in any order, until Holocene.
//!
//! One tiny picture: from `A0 B0 B1. A1.` (the dot closes a channel) come `A`, then `B` before
//! Canyon, since only the oldest channel is read; and `B`, then `A` from Canyon on.
//!
//! Spec: protocol/derivation.md#channel-bank

use alloc::collections::{BTreeMap, VecDeque};

use alloy_primitives::Bytes;
use axos_genesis::{Fork, L1BlockRef, L1Number, RollupConfig};
use axos_protocol::{ChannelId, SharedFrame};

use crate::{ChannelDrop, FrameDrop, channel};

/// Most bytes the bank holds before Fjord, by the accounting of frames.
///
/// Spec: protocol/derivation.md#protocol-parameters
pub const CHANNEL_BANK_BYTES_MAX: u64 = 100_000_000;
/// \[Fjord\] Most bytes the bank holds, by the accounting of frames.
///
/// Spec: protocol/fjord/derivation.md#increasing-max_rlp_bytes_per_channel-and-max_channel_bank_size
pub const CHANNEL_BANK_BYTES_MAX_FJORD: u64 = 1_000_000_000;

/// Channels that are not read yet, by age.
#[derive(Debug, Default)]
pub(crate) struct ChannelBank {
    channels: BTreeMap<ChannelId, Channel>,
    /// The keys of `channels`, oldest first.
    queue: VecDeque<ChannelId>,
    /// Sum of the channels' sizes.
    bytes: u64,
}

/// What reading from the bank brought.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// The data of a complete channel, which leaves the bank.
    Channel(Bytes),
    /// The oldest channel was dropped. More can follow.
    Dropped(ChannelDrop),
    /// No channel can be read: the next frame is needed.
    Nothing,
}

impl ChannelBank {
    /// Drops the oldest channel if the bank is over its limit or the channel timed out, else takes
    /// out a channel that is complete. To be repeated until it brings nothing.
    ///
    /// Spec: protocol/derivation.md#reading
    pub(crate) fn read(&mut self, config: &RollupConfig, origin: &L1BlockRef) -> Read {
        let Some(oldest) = self.queue.front().and_then(|id| self.channels.get(id)) else {
            return Read::Nothing;
        };
        let is_timed_out = channel::is_timed_out(config, oldest.opened_in, origin);
        if self.bytes > bytes_max(config, origin) {
            self.remove(0);
            return Read::Dropped(ChannelDrop::BankFull);
        }
        if is_timed_out {
            self.remove(0);
            return Read::Dropped(ChannelDrop::TimedOut);
        }
        // [Canyon] Any complete channel can be read, not only the oldest one. The L1 block decides.
        let is_canyon = config.is_active(Fork::Canyon, origin.timestamp);
        let candidates = if is_canyon { self.queue.len() } else { 1 };
        let complete = self.queue.iter().take(candidates).position(|id| {
            self.channels.get(id).is_some_and(|channel| {
                channel.is_complete() && !channel::is_timed_out(config, channel.opened_in, origin)
            })
        });
        match complete.and_then(|position| self.remove(position)) {
            Some(channel) => Read::Channel(channel.into_data()),
            None => Read::Nothing,
        }
    }

    /// Adds a frame, and a channel if the frame is the first one seen of it.
    ///
    /// To be called only when [`read`](Self::read) brings nothing.
    ///
    /// # Errors
    /// Why the frame is ignored.
    ///
    /// Spec: protocol/derivation.md#loading-frames
    pub(crate) fn ingest(
        &mut self,
        frame: SharedFrame,
        config: &RollupConfig,
        origin: &L1BlockRef,
    ) -> Result<(), FrameDrop> {
        let id = frame.channel_id;
        let channel = self.channels.entry(id).or_insert_with(|| {
            self.queue.push_back(id);
            Channel::new(origin.number)
        });
        if channel::is_timed_out(config, channel.opened_in, origin) {
            return Err(FrameDrop::ChannelTimedOut);
        }
        let before = channel.bytes;
        channel.add(frame)?;
        self.bytes = self.bytes.saturating_sub(before).saturating_add(channel.bytes);
        Ok(())
    }

    fn remove(&mut self, position: usize) -> Option<Channel> {
        let channel = self.channels.remove(&self.queue.remove(position)?)?;
        self.bytes = self.bytes.saturating_sub(channel.bytes);
        Some(channel)
    }
}

/// Spec: protocol/derivation.md#pruning
const fn bytes_max(config: &RollupConfig, origin: &L1BlockRef) -> u64 {
    // [Fjord] Ten times as much. The L1 block decides.
    if config.is_active(Fork::Fjord, origin.timestamp) {
        CHANNEL_BANK_BYTES_MAX_FJORD
    } else {
        CHANNEL_BANK_BYTES_MAX
    }
}

/// Frames of one channel, in any order.
#[derive(Debug)]
struct Channel {
    /// The L1 block with the first frame seen.
    opened_in: L1Number,
    frames: BTreeMap<u16, Bytes>,
    /// Number of the closing frame, once it is seen.
    end: Option<u16>,
    /// Size by the accounting of frames.
    bytes: u64,
}

impl Channel {
    const fn new(opened_in: L1Number) -> Self {
        Self { opened_in, frames: BTreeMap::new(), end: None, bytes: 0 }
    }

    fn add(&mut self, frame: SharedFrame) -> Result<(), FrameDrop> {
        if frame.is_last && self.end.is_some() {
            return Err(FrameDrop::SecondClosingFrame);
        }
        if self.frames.contains_key(&frame.number) {
            return Err(FrameDrop::DuplicateNumber);
        }
        if self.end.is_some_and(|end| frame.number >= end) {
            return Err(FrameDrop::AfterClosingFrame);
        }
        if frame.is_last {
            self.close(frame.number);
        }
        self.bytes = self.bytes.saturating_add(frame.accounted_bytes());
        self.frames.insert(frame.number, frame.data);
        Ok(())
    }

    /// Notes the number of the closing frame and drops the frames behind it.
    fn close(&mut self, end: u16) {
        self.end = Some(end);
        let behind = self.frames.split_off(&end);
        if !behind.is_empty() {
            // Known quirk of the reference: once there is anything to drop, the size of *every*
            // frame so far is taken off, kept or not. The limit of the bank sees this.
            self.bytes = 0;
        }
    }

    fn is_complete(&self) -> bool {
        // Numbers are distinct and none is above the end, so that counting them is enough.
        self.end.is_some_and(|end| self.frames.len() == usize::from(end) + 1)
    }

    fn into_data(self) -> Bytes {
        channel::concat(self.frames.into_values().collect())
    }
}

#[cfg(test)]
mod tests;

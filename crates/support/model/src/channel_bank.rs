//! The channel bank before Holocene: channels in any order, frames in any order.

use crate::{
    config::{Config, Fork},
    frame::Frame,
    rule::{Hits, Rule},
    world::L1Ref,
};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Channel {
    id: [u8; 16],
    open_block: u64,
    frames: BTreeMap<u16, Frame>,
    last: Option<u16>,
    /// Bytes on account. Not always those of `frames`: see [`Channel::close`].
    size: u64,
}

/// Open channels, oldest first.
#[derive(Clone, Debug, Default)]
pub struct ChannelBank {
    channels: Vec<Channel>,
}

impl ChannelBank {
    /// Takes the frames of one L1 block and returns the channels that can be read there.
    ///
    /// Reading comes before each frame and after the last one.
    /// Spec: protocol/derivation.md#channel-bank
    pub fn take_block(
        &mut self,
        config: &Config,
        origin: &L1Ref,
        frames: &[Frame],
        hits: &mut Hits,
    ) -> Vec<Vec<u8>> {
        let mut ready = Vec::new();
        self.read_all(config, origin, &mut ready, hits);
        for frame in frames {
            self.load(config, origin, frame, hits);
            self.read_all(config, origin, &mut ready, hits);
        }
        ready
    }

    /// Spec: protocol/derivation.md#reading
    fn read_all(
        &mut self,
        config: &Config,
        origin: &L1Ref,
        ready: &mut Vec<Vec<u8>>,
        hits: &mut Hits,
    ) {
        loop {
            while self.channels.first().is_some_and(|first| first.is_timed_out(config, origin)) {
                hits.hit(Rule::BankTimedOut);
                self.channels.remove(0);
            }
            let is_readable =
                |channel: &Channel| channel.is_ready() && !channel.is_timed_out(config, origin);
            let found = self.channels.iter().position(is_readable);
            // [Canyon] Any channel may be read, not just the first.
            let place = match found {
                None => return,
                Some(0) => 0,
                Some(place) if config.is_active(Fork::Canyon, origin.time) => place,
                Some(_) => {
                    hits.hit(Rule::BankWaits);
                    return;
                }
            };
            hits.hit(if place == 0 { Rule::BankReadFirst } else { Rule::BankReadLater });
            ready.push(self.channels.remove(place).data());
        }
    }

    /// Spec: protocol/derivation.md#loading-frames
    fn load(&mut self, config: &Config, origin: &L1Ref, frame: &Frame, hits: &mut Hits) {
        if !self.channels.iter().any(|channel| channel.id == frame.id) {
            hits.hit(Rule::BankOpen);
            self.channels.push(Channel {
                id: frame.id,
                open_block: origin.number,
                frames: BTreeMap::new(),
                last: None,
                size: 0,
            });
        }
        let channel = self
            .channels
            .iter_mut()
            .find(|channel| channel.id == frame.id)
            .expect("it was opened just now if it was not there");
        // Reading comes first and has removed all such channels, so this never holds.
        if channel.is_timed_out(config, origin) {
            return;
        }
        match channel.add(config, frame, hits) {
            Ok(()) => hits.hit(Rule::BankFrame),
            Err(rule) => return hits.hit(rule),
        }
        self.prune(config, origin, hits);
    }

    /// Spec: protocol/derivation.md#pruning
    fn prune(&mut self, config: &Config, origin: &L1Ref, hits: &mut Hits) {
        let limit = config.channel_bank_limit_at(origin.time);
        while self.channels.iter().map(|channel| channel.size).sum::<u64>() > limit {
            hits.hit(Rule::BankPruned);
            self.channels.remove(0);
        }
    }
}

impl Channel {
    /// Spec: protocol/derivation.md#timeouts
    fn is_timed_out(&self, config: &Config, origin: &L1Ref) -> bool {
        origin.number > self.open_block + config.channel_timeout_at(origin.time)
    }

    fn is_ready(&self) -> bool {
        self.last.is_some_and(|last| (0..=last).all(|number| self.frames.contains_key(&number)))
    }

    fn data(&self) -> Vec<u8> {
        self.frames.values().flat_map(|frame| frame.data.iter().copied()).collect()
    }

    fn add(&mut self, config: &Config, frame: &Frame, hits: &mut Hits) -> Result<(), Rule> {
        if frame.is_last && self.last.is_some() {
            return Err(Rule::BankSecondClose);
        }
        if self.frames.contains_key(&frame.number) {
            return Err(Rule::BankDuplicate);
        }
        if self.last.is_some_and(|last| frame.number >= last) {
            return Err(Rule::BankBeyondEnd);
        }
        if frame.is_last {
            self.close(frame.number, hits);
        }
        let data = u64::try_from(frame.data.len()).expect("a length fits 64 bits");
        self.size += data + config.limits.frame_overhead;
        self.frames.insert(frame.number, frame.clone());
        Ok(())
    }

    /// Removes the frames behind the closing one.
    ///
    /// If there are any, op-node takes the size of every stored frame off the account, also of
    /// those that stay. Which channels are pruned depends on it, so it is part of the protocol.
    fn close(&mut self, last: u16, hits: &mut Hits) {
        self.last = Some(last);
        if self.frames.keys().any(|number| *number > last) {
            hits.hit(Rule::BankCloseRemoves);
            self.frames.retain(|number, _| *number < last);
            self.size = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config { channel_timeout: 3, channel_timeout_granite: 2, ..Config::default() }
    }

    fn frame(id: u8, number: u16, is_last: bool) -> Frame {
        Frame { id: [id; 16], number, data: vec![id, number.to_be_bytes()[1]], is_last }
    }

    fn take(
        bank: &mut ChannelBank,
        config: &Config,
        number: u64,
        frames: &[Frame],
    ) -> Vec<Vec<u8>> {
        let origin = L1Ref { number, time: number, ..L1Ref::default() };
        bank.take_block(config, &origin, frames, &mut Hits::default())
    }

    #[test]
    fn frames_of_a_channel_come_in_any_order() {
        let mut bank = ChannelBank::default();
        let frames = [frame(1, 2, true), frame(1, 0, false), frame(1, 1, false)];
        assert_eq!(take(&mut bank, &config(), 1, &frames), [vec![1, 0, 1, 1, 1, 2]]);
    }

    #[test]
    fn only_the_first_channel_is_read_before_canyon() {
        let mut bank = ChannelBank::default();
        let mut config = config();
        config.fork_times[Fork::Canyon.index()] = Some(3);
        let frames = [frame(1, 0, false), frame(2, 0, true)];
        assert_eq!(take(&mut bank, &config, 1, &frames), Vec::<Vec<u8>>::new());
        assert_eq!(take(&mut bank, &config, 2, &[]), Vec::<Vec<u8>>::new());
        assert_eq!(take(&mut bank, &config, 3, &[]), [vec![2, 0]]);
    }

    #[test]
    fn a_channel_times_out_one_block_after_its_last() {
        let mut bank = ChannelBank::default();
        take(&mut bank, &config(), 1, &[frame(1, 0, false)]);
        assert_eq!(take(&mut bank.clone(), &config(), 4, &[frame(1, 1, true)]).len(), 1);
        assert_eq!(take(&mut bank, &config(), 5, &[frame(1, 1, true)]).len(), 0);
    }

    #[test]
    fn closing_frame_removes_higher_numbers() {
        let mut bank = ChannelBank::default();
        let frames = [frame(1, 5, false), frame(1, 1, true), frame(1, 0, false)];
        assert_eq!(take(&mut bank, &config(), 1, &frames), [vec![1, 0, 1, 1]]);
    }
}

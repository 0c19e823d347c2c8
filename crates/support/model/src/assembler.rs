//! The channel bank from Holocene on: one channel, frames in order.

use crate::{
    config::Config,
    frame::Frame,
    rule::{Hits, Rule},
    world::L1Ref,
};

/// The channel that is being put together, if any.
#[derive(Clone, Debug, Default)]
pub struct Assembler {
    channel: Option<Staging>,
}

#[derive(Clone, Debug)]
struct Staging {
    id: [u8; 16],
    open_block: u64,
    frames: Vec<Frame>,
}

impl Assembler {
    /// Takes the frames of one L1 block and returns the channels that were completed.
    ///
    /// Spec: protocol/holocene/derivation.md#channel-bank
    pub fn take_block(
        &mut self,
        config: &Config,
        origin: &L1Ref,
        frames: &[Frame],
        hits: &mut Hits,
    ) -> Vec<Vec<u8>> {
        // Spec: protocol/holocene/derivation.md#timeout
        let timeout = config.channel_timeout_at(origin.time);
        if self.channel.as_ref().is_some_and(|open| origin.number > open.open_block + timeout) {
            hits.hit(Rule::AssemblerTimedOut);
            self.channel = None;
        }
        frames.iter().filter_map(|frame| self.load(config, origin, frame, hits)).collect()
    }

    /// Spec: protocol/holocene/derivation.md#reading--frame-loading
    fn load(
        &mut self,
        config: &Config,
        origin: &L1Ref,
        frame: &Frame,
        hits: &mut Hits,
    ) -> Option<Vec<u8>> {
        if frame.number == 0 {
            let is_new = self.channel.is_none();
            hits.hit(if is_new { Rule::AssemblerOpen } else { Rule::AssemblerReplace });
            let open_block = origin.number;
            self.channel = Some(Staging { id: frame.id, open_block, frames: Vec::new() });
        }
        let Some(channel) = &mut self.channel else {
            hits.hit(Rule::AssemblerNoChannel);
            return None;
        };
        if channel.id != frame.id {
            hits.hit(Rule::AssemblerOtherChannel);
            return None;
        }
        if usize::from(frame.number) != channel.frames.len() {
            hits.hit(Rule::AssemblerWrongNumber);
            return None;
        }
        channel.frames.push(frame.clone());
        // Spec: protocol/holocene/derivation.md#pruning
        if channel.size(config) > config.channel_limit_at(origin.time) {
            hits.hit(Rule::AssemblerTooLarge);
            self.channel = None;
            return None;
        }
        if !frame.is_last {
            return None;
        }
        hits.hit(Rule::AssemblerComplete);
        let complete = self.channel.take()?;
        Some(complete.frames.into_iter().flat_map(|frame| frame.data).collect())
    }
}

impl Staging {
    fn size(&self, config: &Config) -> usize {
        let overhead = usize::try_from(config.limits.frame_overhead).expect("it is small");
        self.frames.iter().map(|frame| frame.data.len() + overhead).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(id: u8, number: u16, is_last: bool) -> Frame {
        Frame { id: [id; 16], number, data: vec![id, number.to_be_bytes()[1]], is_last }
    }

    fn take(assembler: &mut Assembler, number: u64, frames: &[Frame]) -> Vec<Vec<u8>> {
        let config = Config { channel_timeout: 2, ..Config::default() };
        let origin = L1Ref { number, ..L1Ref::default() };
        assembler.take_block(&config, &origin, frames, &mut Hits::default())
    }

    #[test]
    fn frames_must_come_in_order_across_transactions() {
        let mut assembler = Assembler::default();
        take(&mut assembler, 1, &[frame(1, 0, false), frame(1, 2, true)]);
        assert_eq!(take(&mut assembler, 2, &[frame(1, 1, true)]), [vec![1, 0, 1, 1]]);
    }

    #[test]
    fn first_frame_replaces_an_open_channel_even_its_own() {
        let mut assembler = Assembler::default();
        take(&mut assembler, 1, &[frame(1, 0, false), frame(1, 0, false)]);
        assert_eq!(take(&mut assembler, 3, &[frame(1, 1, true)]), [vec![1, 0, 1, 1]]);
        take(&mut assembler, 3, &[frame(1, 0, false), frame(2, 0, false)]);
        assert_eq!(take(&mut assembler, 3, &[frame(1, 1, true)]).len(), 0);
    }

    #[test]
    fn a_channel_times_out_one_block_after_its_last() {
        let mut assembler = Assembler::default();
        take(&mut assembler, 1, &[frame(1, 0, false)]);
        assert_eq!(take(&mut assembler, 4, &[frame(1, 1, true)]).len(), 0);
    }
}

use alloc::{string::String, vec, vec::Vec};

use axos_genesis::Fork;

use super::*;
use crate::fixtures::{config, frame, frames, l1, l1_at};

/// A bank that is read after every frame, as the stage does.
struct Bank {
    bank: ChannelBank,
    config: RollupConfig,
    origin: L1BlockRef,
    /// Data of the channels that came out.
    channels: Vec<String>,
    drops: Vec<ChannelDrop>,
    frame_drops: Vec<FrameDrop>,
}

impl Bank {
    fn new(fork: Fork) -> Self {
        Self {
            bank: ChannelBank::default(),
            config: config(fork),
            origin: l1(10),
            channels: Vec::new(),
            drops: Vec::new(),
            frame_drops: Vec::new(),
        }
    }

    fn read(&mut self) {
        loop {
            match self.bank.read(&self.config, &self.origin) {
                Read::Channel(data) => {
                    self.channels.push(String::from_utf8(data.to_vec()).unwrap());
                }
                Read::Dropped(reason) => self.drops.push(reason),
                Read::Nothing => return,
            }
        }
    }

    fn ingest(&mut self, notation: &str) -> &mut Self {
        for frame in frames(notation) {
            self.ingest_frame(frame);
        }
        self
    }

    fn ingest_frame(&mut self, frame: SharedFrame) {
        self.read();
        self.frame_drops.extend(self.bank.ingest(frame, &self.config, &self.origin).err());
        self.read();
    }

    fn at(&mut self, number: u64) -> &mut Self {
        self.origin = l1(number);
        self.read();
        self
    }
}

#[track_caller]
fn check(fork: Fork, input: &str, expect: &[&str]) {
    let mut bank = Bank::new(fork);
    bank.ingest(input);
    assert_eq!(bank.channels, expect);
}

#[test]
fn frames_of_a_channel_come_in_any_order() {
    for input in ["a0 a1 a2.", "a2. a1 a0", "a1 a2. a0", "a2. a0 a1"] {
        check(Fork::Bedrock, input, &["a0a1a2."]);
    }
}

#[test]
fn only_the_oldest_channel_is_read_before_canyon() {
    check(Fork::Regolith, "a0 b0.", &[]);
    check(Fork::Regolith, "a0 b0. a1.", &["a0a1.", "b0."]);
}

#[test]
fn any_complete_channel_is_read_from_canyon_on() {
    check(Fork::Canyon, "a0 b0. a1.", &["b0.", "a0a1."]);
    check(Fork::Canyon, "a0 b0 c0 c1. b1.", &["c0c1.", "b0b1."]);
}

#[test]
fn canyon_is_decided_by_the_l1_block() {
    let mut bank = Bank::new(Fork::Regolith);
    bank.config.forks.canyon_time = Some(l1(11).timestamp);
    bank.ingest("a0 b0.");
    assert_eq!(bank.channels, [""; 0]);
    assert_eq!(bank.at(11).channels, ["b0."]);
}

#[test]
fn second_closing_frame_is_dropped() {
    let mut bank = Bank::new(Fork::Bedrock);
    bank.ingest("a1. a3. a0");
    assert_eq!(bank.frame_drops, [FrameDrop::SecondClosingFrame]);
    assert_eq!(bank.channels, ["a0a1."]);
}

#[test]
fn frame_of_a_number_that_is_there_is_dropped() {
    let mut bank = Bank::new(Fork::Bedrock);
    let mut other = frame("a0");
    other.data = vec![b'x'].into();
    bank.ingest("a0").ingest_frame(other);
    bank.ingest("a1.");
    assert_eq!(bank.frame_drops, [FrameDrop::DuplicateNumber]);
    assert_eq!(bank.channels, ["a0a1."]);
}

#[test]
fn frame_behind_the_closing_one_is_dropped() {
    let mut bank = Bank::new(Fork::Bedrock);
    bank.ingest("a1. a2 a0");
    assert_eq!(bank.frame_drops, [FrameDrop::AfterClosingFrame]);
    assert_eq!(bank.channels, ["a0a1."]);
}

#[test]
fn closing_frame_drops_those_behind_it() {
    let mut bank = Bank::new(Fork::Bedrock);
    bank.ingest("a3 a2 a1. a0");
    assert_eq!(bank.frame_drops, []);
    assert_eq!(bank.channels, ["a0a1."]);
}

#[test]
fn channel_is_timed_out_only_after_the_last_block_of_its_time() {
    // The timeout is 5 L1 blocks: open in 10, 15 is in time, 16 is not.
    let mut in_time = Bank::new(Fork::Canyon);
    in_time.ingest("a0").at(15).ingest("a1.");
    assert_eq!(in_time.channels, ["a0a1."]);

    let mut late = Bank::new(Fork::Canyon);
    late.ingest("a0").at(16).ingest("a1.");
    assert_eq!(late.channels, [""; 0]);
    assert_eq!(late.drops, [ChannelDrop::TimedOut]);
}

#[test]
fn granite_timeout_is_decided_by_the_l1_block() {
    let mut bank = Bank::new(Fork::Fjord);
    bank.config.channel_timeout = 300;
    bank.config.forks.granite_time = Some(l1(61).timestamp);
    bank.ingest("a0").at(60);
    assert_eq!(bank.drops, []);
    assert_eq!(bank.at(61).drops, [ChannelDrop::TimedOut]);
}

#[test]
fn frame_of_a_timed_out_channel_that_is_not_the_oldest_is_dropped() {
    // The clock can only make `a` older than `b`, unless the timeout shrinks between them: it is
    // the block that counts, so both are at their end, but only the head of the queue is dropped.
    let mut bank = Bank::new(Fork::Canyon);
    bank.ingest("a0 b0");
    bank.origin = l1(16);
    assert_eq!(
        bank.bank.ingest(frame("b1."), &bank.config, &bank.origin),
        Err(FrameDrop::ChannelTimedOut)
    );
    bank.read();
    assert_eq!(bank.drops, [ChannelDrop::TimedOut; 2]);
}

#[test]
fn timed_out_channels_are_dropped_from_the_front_only() {
    let mut bank = Bank::new(Fork::Canyon);
    bank.ingest("a0").at(12).ingest("b0").at(16).ingest("b1.");
    assert_eq!(bank.drops, [ChannelDrop::TimedOut]);
    assert_eq!(bank.channels, ["b0b1."]);
}

#[test]
fn id_can_be_reused_once_the_channel_is_gone() {
    check(Fork::Bedrock, "a0. a0 a1.", &["a0.", "a0a1."]);
}

/// A frame that counts `bytes` in the size of the bank.
fn sized(notation: &str, bytes: u64) -> SharedFrame {
    let payload = usize::try_from(bytes - 200).unwrap();
    SharedFrame { data: vec![0; payload].into(), ..frame(notation) }
}

#[test]
fn oldest_channels_are_dropped_until_the_bank_fits() {
    let mut bank = Bank::new(Fork::Ecotone);
    let third = CHANNEL_BANK_BYTES_MAX / 4;
    bank.ingest_frame(sized("a0", third));
    bank.ingest_frame(sized("b0", third));
    bank.ingest_frame(sized("c0", 2 * third));
    assert_eq!(bank.drops, []);
    bank.ingest_frame(sized("d0", third + 1));
    assert_eq!(bank.drops, [ChannelDrop::BankFull; 2]);
    bank.ingest("b1. d1.");
    // What came of `b` before is gone, so that its end opens it anew.
    assert_eq!(bank.channels.len(), 1);
}

#[test]
fn fjord_raises_the_limit_of_the_bank() {
    let mut bank = Bank::new(Fork::Ecotone);
    bank.config.forks.fjord_time = Some(1_000);
    bank.origin = l1_at(10, 1_000);
    bank.ingest_frame(sized("a0", CHANNEL_BANK_BYTES_MAX));
    bank.ingest_frame(sized("b0", CHANNEL_BANK_BYTES_MAX));
    assert_eq!(bank.drops, []);
    bank.origin = l1_at(10, 999);
    bank.read();
    assert_eq!(bank.drops, [ChannelDrop::BankFull]);
}

#[test]
fn size_starts_over_when_a_closing_frame_drops_others() {
    let mut bank = Bank::new(Fork::Ecotone);
    bank.ingest_frame(sized("a0", 1_000));
    bank.ingest_frame(sized("a2", 1_000));
    assert_eq!(bank.bank.bytes, 2_000);
    bank.ingest_frame(sized("a1.", 300));
    // The channel is complete and read, but the frame of number 0 was not counted any more.
    assert_eq!(bank.bank.bytes, 0);
    assert_eq!(bank.channels.len(), 1);

    bank.ingest_frame(sized("b0", 1_000));
    bank.ingest_frame(sized("b3", 1_000));
    bank.ingest_frame(sized("b2.", 300));
    assert_eq!(bank.bank.bytes, 300);
}

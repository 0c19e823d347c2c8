//! Batcher transactions to frames, and the frame queue of Holocene.

use crate::{
    bytes::Cursor,
    config::Limits,
    rule::{Hits, Rule},
};

/// A piece of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Channel that it belongs to.
    pub id: [u8; 16],
    /// Its place in the channel.
    pub number: u16,
    /// Its part of the channel's bytes.
    pub data: Vec<u8>,
    /// Whether the channel ends here.
    pub is_last: bool,
}

impl Frame {
    /// Appends the frame as it stands in a batcher transaction.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.id);
        out.extend(self.number.to_be_bytes());
        out.extend(u32::try_from(self.data.len()).expect("frames are small").to_be_bytes());
        out.extend(&self.data);
        out.push(u8::from(self.is_last));
    }
}

/// All frames of one piece of batcher data, or none if anything about it is wrong.
///
/// Spec: protocol/derivation.md#batcher-transaction-format
pub fn decode_frames(data: &[u8], limits: &Limits, hits: &mut Hits) -> Vec<Frame> {
    match try_decode_frames(data, limits) {
        Ok(frames) => {
            hits.hit(Rule::FramesGood);
            frames
        }
        Err(rule) => {
            hits.hit(rule);
            Vec::new()
        }
    }
}

fn try_decode_frames(data: &[u8], limits: &Limits) -> Result<Vec<Frame>, Rule> {
    let mut cursor = Cursor::new(data);
    let version = cursor.byte().ok_or(Rule::DataEmpty)?;
    if version != 0 {
        return Err(Rule::DataVersion);
    }
    if cursor.is_empty() {
        return Err(Rule::DataNoFrames);
    }
    let mut frames = Vec::new();
    while !cursor.is_empty() {
        frames.push(decode_frame(&mut cursor, limits)?);
    }
    Ok(frames)
}

/// Spec: protocol/derivation.md#frame-format
fn decode_frame(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<Frame, Rule> {
    let id = cursor.array().ok_or(Rule::FrameShort)?;
    let number = u16::from_be_bytes(cursor.array().ok_or(Rule::FrameShort)?);
    let length = u32::from_be_bytes(cursor.array().ok_or(Rule::FrameShort)?);
    let length = usize::try_from(length).expect("a pointer has 32 bits at least");
    if length > limits.frame_data {
        return Err(Rule::FrameTooLong);
    }
    let data = cursor.take(length).ok_or(Rule::FrameShort)?.to_vec();
    let is_last = match cursor.byte().ok_or(Rule::FrameShort)? {
        0 => false,
        1 => true,
        _ => return Err(Rule::FrameIsLast),
    };
    Ok(Frame { id, number, data, is_last })
}

/// Throws out frames until each follows the one before it as Holocene wants it.
///
/// Neighbours are compared from the front; each time one of the pair is thrown out, the
/// comparison is taken up again where it changed something.
/// Spec: protocol/holocene/derivation.md#frame-queue
pub fn prune_frame_queue(mut frames: Vec<Frame>, hits: &mut Hits) -> Vec<Frame> {
    let mut at = 0;
    while at + 1 < frames.len() {
        let (current, next) = (&frames[at], &frames[at + 1]);
        if current.id == next.id {
            if current.is_last {
                hits.hit(Rule::QueueAfterLast);
                frames.remove(at + 1);
            } else if u32::from(next.number) != u32::from(current.number) + 1 {
                hits.hit(Rule::QueueWrongNumber);
                frames.remove(at + 1);
            } else {
                at += 1;
            }
        } else if next.number == 0 && !current.is_last {
            hits.hit(Rule::QueueUnfinished);
            frames.remove(at);
            at = at.saturating_sub(1);
        } else if next.number != 0 {
            hits.hit(Rule::QueueOtherChannel);
            frames.remove(at + 1);
        } else {
            at += 1;
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(id: u8, number: u16, is_last: bool) -> Frame {
        Frame { id: [id; 16], number, data: vec![id], is_last }
    }

    fn prune(frames: &[(u8, u16, bool)]) -> Vec<(u8, u16)> {
        let frames = frames.iter().map(|(id, number, last)| frame(*id, *number, *last)).collect();
        let pruned = prune_frame_queue(frames, &mut Hits::default());
        pruned.iter().map(|frame| (frame.id[0], frame.number)).collect()
    }

    #[test]
    fn one_bad_frame_rejects_the_whole_transaction() {
        let mut data = vec![0];
        frame(1, 0, false).encode(&mut data);
        frame(1, 1, true).encode(&mut data);
        let decode = |data: &[u8]| decode_frames(data, &Limits::default(), &mut Hits::default());
        assert_eq!(decode(&data).len(), 2);
        *data.last_mut().unwrap() = 2;
        assert_eq!(decode(&data), []);
        assert_eq!(decode(&[]), []);
        assert_eq!(decode(&[0]), []);
        data[0] = 1;
        assert_eq!(decode(&data), []);
    }

    #[test]
    fn first_frame_throws_out_the_unfinished_channel_before_it() {
        assert_eq!(prune(&[(1, 0, false), (1, 1, false), (2, 0, true)]), [(2, 0)]);
        assert_eq!(prune(&[(1, 0, true), (2, 0, false), (2, 1, true)]), [(1, 0), (2, 0), (2, 1)]);
    }

    #[test]
    fn later_frames_must_follow_on() {
        assert_eq!(prune(&[(1, 0, false), (1, 2, true)]), [(1, 0)]);
        assert_eq!(prune(&[(1, 0, true), (1, 1, false)]), [(1, 0)]);
        assert_eq!(prune(&[(1, 0, true), (2, 1, false)]), [(1, 0)]);
        assert_eq!(prune(&[(1, 7, false)]), [(1, 7)]);
    }

    #[test]
    fn a_repeated_first_frame_of_one_channel_is_out_of_order() {
        assert_eq!(prune(&[(1, 0, false), (1, 0, false), (1, 1, true)]), [(1, 0), (1, 1)]);
    }
}

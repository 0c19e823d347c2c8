//! Cuts the data of batcher transactions into frames and hands them on in order.
//!
//! One tiny picture: `00 | frame a | frame b` becomes `a`, then `b`.
//!
//! Spec: protocol/derivation.md#frame-queue

use alloc::collections::VecDeque;

use alloy_primitives::Bytes;
use axos_protocol::{FrameError, SharedFrame, decode_shared_frames};

/// Frames of the batcher transaction read last that the channel stage has not taken yet.
#[derive(Debug, Default)]
pub(crate) struct FrameQueue {
    frames: VecDeque<SharedFrame>,
}

impl FrameQueue {
    /// Adds all frames of one batcher transaction or blob, or none of them, and gives the number
    /// of frames dropped because they are out of order, which happens from Holocene on.
    ///
    /// # Errors
    /// The first [`FrameError`] met. The queue is then unchanged.
    pub(crate) fn ingest(&mut self, data: &Bytes, is_holocene: bool) -> Result<usize, FrameError> {
        self.frames.extend(decode_shared_frames(data)?);
        // [Holocene] Frames must be in order.
        Ok(if is_holocene { self.prune() } else { 0 })
    }

    /// The next frame, `None` when more data has to be ingested.
    pub(crate) fn pop(&mut self) -> Option<SharedFrame> {
        self.frames.pop_front()
    }

    /// Takes back a frame that was handed on.
    pub(crate) fn push_front(&mut self, frame: SharedFrame) {
        self.frames.push_front(frame);
    }

    /// Drops all frames.
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
    }

    /// Drops frames until each follows from the one before it; gives how many.
    ///
    /// The rules look at two neighbours at a time and drop one of them. The queue left of the
    /// pair fits together already, so it serves as a stack: its top is the left neighbour, and
    /// when that is dropped, the frame below it is.
    ///
    /// Spec: protocol/holocene/derivation.md#frame-queue
    fn prune(&mut self) -> usize {
        let count = self.frames.len();
        let mut kept = VecDeque::with_capacity(count);
        for next in self.frames.drain(..) {
            let keeps_next = loop {
                match kept.back().map_or(Pair::InOrder, |current| compare(current, &next)) {
                    Pair::InOrder => break true,
                    Pair::DropNext => break false,
                    Pair::DropCurrent => kept.pop_back(),
                };
            };
            if keeps_next {
                kept.push_back(next);
            }
        }
        self.frames = kept;
        count - self.frames.len()
    }
}

/// What becomes of two neighbours in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pair {
    InOrder,
    DropCurrent,
    DropNext,
}

fn compare(current: &SharedFrame, next: &SharedFrame) -> Pair {
    if current.channel_id == next.channel_id {
        // The number is 16 bits wide everywhere, and wraps: 0 follows 65,535.
        if current.is_last || next.number != current.number.wrapping_add(1) {
            return Pair::DropNext;
        }
    } else if next.number != 0 {
        return Pair::DropNext;
    } else if !current.is_last {
        // A first frame ends the channel before it, frame by frame.
        return Pair::DropCurrent;
    }
    Pair::InOrder
}

#[cfg(test)]
mod tests;

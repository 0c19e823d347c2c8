//! Frames: the pieces a channel is cut into to fit batcher transactions.
//!
//! Spec: protocol/derivation.md#frame-format

use alloc::vec::Vec;
use core::fmt;

use alloy_primitives::{Bytes, hex};

/// Largest payload of one frame, in bytes.
///
/// Spec: protocol/derivation.md#frame-format
pub const FRAME_DATA_BYTES_MAX: usize = 1_000_000;
/// Bytes of an encoded frame that are not payload.
pub const FRAME_OVERHEAD_BYTES: usize = 23;
/// What a frame costs in the size accounting of channels, on top of its payload, in bytes.
///
/// Spec: protocol/derivation.md#pruning
pub const FRAME_ACCOUNTING_BYTES: u64 = 200;
/// Version byte of a batcher transaction that carries frames.
///
/// Spec: protocol/derivation.md#batcher-transaction-format
pub const DERIVATION_VERSION_0: u8 = 0;

/// Opaque name of a channel.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub [u8; 16]);

impl fmt::Debug for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// One piece of a channel, borrowed from the batcher transaction that carries it.
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 16 | channel id |
/// | 16 | 2 | frame number, big-endian |
/// | 18 | 4 | payload length `n`, big-endian |
/// | 22 | `n` | payload |
/// | 22 + `n` | 1 | 1 if this is the last frame of its channel, else 0 |
///
/// Spec: protocol/derivation.md#frame-format
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The channel this is a piece of.
    pub channel_id: ChannelId,
    /// Position in the channel, from 0.
    pub number: u16,
    /// Payload.
    pub data: &'a [u8],
    /// Whether no further frame follows in this channel.
    pub is_last: bool,
}

/// A [`Frame`] that owns a share of the buffer it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFrame {
    /// The channel this is a piece of.
    pub channel_id: ChannelId,
    /// Position in the channel, from 0.
    pub number: u16,
    /// Payload.
    pub data: Bytes,
    /// Whether no further frame follows in this channel.
    pub is_last: bool,
}

/// Why the data of a batcher transaction is not a sequence of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The transaction has no data at all.
    #[error("batcher transaction has no data")]
    Empty,
    /// The version byte is not [`DERIVATION_VERSION_0`].
    #[error("batcher transaction has version {actual}, expected {expected}")]
    Version {
        /// The only known version.
        expected: u8,
        /// The version met.
        actual: u8,
    },
    /// The version byte is followed by nothing.
    #[error("batcher transaction has no frame")]
    NoFrames,
    /// The data ends inside a frame.
    #[error("frame {index} needs {expected} more bytes, {actual} are left")]
    Truncated {
        /// Position of the frame in the transaction.
        index: usize,
        /// Bytes the next part of the frame takes.
        expected: usize,
        /// Bytes left.
        actual: usize,
    },
    /// A payload is longer than [`FRAME_DATA_BYTES_MAX`].
    #[error("frame {index} declares {actual} bytes, the limit is {limit}")]
    TooLarge {
        /// Position of the frame in the transaction.
        index: usize,
        /// The limit in bytes.
        limit: usize,
        /// The length met.
        actual: u32,
    },
    /// The closing flag is neither 0 nor 1.
    #[error("frame {index} has the closing flag {actual}, expected 0 or 1")]
    IsLast {
        /// Position of the frame in the transaction.
        index: usize,
        /// The byte met.
        actual: u8,
    },
}

/// Reads all frames of a batcher transaction, or none: one bad frame rejects them all.
///
/// # Errors
/// The first [`FrameError`] met.
///
/// Spec: protocol/derivation.md#batcher-transaction-format
pub fn decode_frames(data: &[u8]) -> Result<Vec<Frame<'_>>, FrameError> {
    let (version, mut rest) = data.split_first().ok_or(FrameError::Empty)?;
    if *version != DERIVATION_VERSION_0 {
        return Err(FrameError::Version { expected: DERIVATION_VERSION_0, actual: *version });
    }
    if rest.is_empty() {
        return Err(FrameError::NoFrames);
    }
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let (frame, tail) = Frame::decode(rest, frames.len())?;
        frames.push(frame);
        rest = tail;
    }
    Ok(frames)
}

/// [`decode_frames`] for data that is shared: the payloads are slices of the same buffer.
///
/// # Errors
/// The first [`FrameError`] met.
pub fn decode_shared_frames(data: &Bytes) -> Result<Vec<SharedFrame>, FrameError> {
    let frames = decode_frames(data)?;
    Ok(frames.into_iter().map(|frame| frame.share(data)).collect())
}

impl<'a> Frame<'a> {
    /// Reads the frame at the start of `data`, the `index`-th of its transaction; also gives the
    /// bytes behind it.
    fn decode(data: &'a [u8], index: usize) -> Result<(Self, &'a [u8]), FrameError> {
        let (id, rest) = take::<16>(data, index)?;
        let (number, rest) = take::<2>(rest, index)?;
        let (length, rest) = take::<4>(rest, index)?;
        let declared = u32::from_be_bytes(*length);
        let length = usize::try_from(declared).unwrap_or(usize::MAX);
        if length > FRAME_DATA_BYTES_MAX {
            let limit = FRAME_DATA_BYTES_MAX;
            return Err(FrameError::TooLarge { index, limit, actual: declared });
        }
        let truncated = FrameError::Truncated { index, expected: length, actual: rest.len() };
        let (data, rest) = rest.split_at_checked(length).ok_or(truncated)?;
        let ([is_last], rest) = take::<1>(rest, index)?;
        let is_last = match *is_last {
            0 => false,
            1 => true,
            actual => return Err(FrameError::IsLast { index, actual }),
        };
        let number = u16::from_be_bytes(*number);
        Ok((Self { channel_id: ChannelId(*id), number, data, is_last }, rest))
    }

    /// Appends the encoded frame to `out`.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] if the payload is longer than [`FRAME_DATA_BYTES_MAX`]; `out` is
    /// then unchanged.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), FrameError> {
        let length = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        if self.data.len() > FRAME_DATA_BYTES_MAX {
            let limit = FRAME_DATA_BYTES_MAX;
            return Err(FrameError::TooLarge { index: 0, limit, actual: length });
        }
        out.reserve(FRAME_OVERHEAD_BYTES + self.data.len());
        out.extend_from_slice(&self.channel_id.0);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(self.data);
        out.push(u8::from(self.is_last));
        Ok(())
    }

    /// The same frame with a share of `owner`, the buffer the frame was read from.
    fn share(&self, owner: &Bytes) -> SharedFrame {
        SharedFrame {
            channel_id: self.channel_id,
            number: self.number,
            data: owner.slice_ref(self.data),
            is_last: self.is_last,
        }
    }

    /// What the frame counts in the size accounting of channels, in bytes.
    ///
    /// Spec: protocol/derivation.md#pruning
    pub fn accounted_bytes(&self) -> u64 {
        accounted_bytes(self.data.len())
    }
}

impl SharedFrame {
    /// The frame without its share of the buffer.
    pub fn as_frame(&self) -> Frame<'_> {
        Frame {
            channel_id: self.channel_id,
            number: self.number,
            data: &self.data,
            is_last: self.is_last,
        }
    }

    /// What the frame counts in the size accounting of channels, in bytes.
    ///
    /// Spec: protocol/derivation.md#pruning
    pub fn accounted_bytes(&self) -> u64 {
        accounted_bytes(self.data.len())
    }
}

fn accounted_bytes(data_bytes: usize) -> u64 {
    u64::try_from(data_bytes).unwrap_or(u64::MAX).saturating_add(FRAME_ACCOUNTING_BYTES)
}

/// The next `N` bytes, and those behind them.
fn take<const N: usize>(data: &[u8], index: usize) -> Result<(&[u8; N], &[u8]), FrameError> {
    let truncated = FrameError::Truncated { index, expected: N, actual: data.len() };
    data.split_first_chunk::<N>().ok_or(truncated)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn frame(data: &[u8]) -> Frame<'_> {
        Frame { channel_id: ChannelId([7; 16]), number: 0x0102, data, is_last: true }
    }

    /// A batcher transaction with these frames.
    fn transaction(frames: &[Frame<'_>]) -> Vec<u8> {
        let mut out = vec![DERIVATION_VERSION_0];
        for frame in frames {
            frame.encode(&mut out).unwrap();
        }
        out
    }

    #[test]
    fn frame_has_its_layout() {
        let mut expect = vec![7; 16];
        expect.extend([1, 2, 0, 0, 0, 3, b'a', b'b', b'c', 1]);
        assert_eq!(transaction(&[frame(b"abc")])[1..], expect);
        assert_eq!(expect.len(), FRAME_OVERHEAD_BYTES + 3);
    }

    #[test]
    fn transaction_has_a_version_and_at_least_one_frame() {
        assert_eq!(decode_frames(&[]), Err(FrameError::Empty));
        assert_eq!(decode_frames(&[0]), Err(FrameError::NoFrames));
        let mut other = transaction(&[frame(b"abc")]);
        other[0] = 1;
        let version = FrameError::Version { expected: 0, actual: 1 };
        assert_eq!(decode_frames(&other), Err(version));
    }

    #[test]
    fn frame_is_last_must_be_zero_or_one() {
        let mut bytes = transaction(&[frame(b"abc")]);
        let at = bytes.len() - 1;
        for actual in 2..=u8::MAX {
            bytes[at] = actual;
            assert_eq!(decode_frames(&bytes), Err(FrameError::IsLast { index: 0, actual }));
        }
        for (byte, is_last) in [(0, false), (1, true)] {
            bytes[at] = byte;
            assert_eq!(decode_frames(&bytes).unwrap()[0].is_last, is_last);
        }
    }

    #[test]
    fn one_bad_frame_rejects_the_whole_transaction() {
        let good = transaction(&[frame(b"abc"), frame(b"")]);
        assert_eq!(decode_frames(&good).map(|frames| frames.len()), Ok(2));
        for length in 1 + FRAME_OVERHEAD_BYTES + 3 + 1..good.len() {
            let error = decode_frames(&good[..length]).unwrap_err();
            assert!(matches!(error, FrameError::Truncated { index: 1, .. }), "{error}");
        }
        let junk = [good, vec![0]].concat();
        let truncated = FrameError::Truncated { index: 2, expected: 16, actual: 1 };
        assert_eq!(decode_frames(&junk), Err(truncated));
    }

    #[test]
    fn frame_data_is_limited() {
        let limit = FRAME_DATA_BYTES_MAX;
        let data = vec![0; limit + 1];
        let largest = transaction(&[frame(&data[1..])]);
        assert_eq!(decode_frames(&largest).unwrap()[0].data.len(), limit);

        let actual = u32::try_from(limit + 1).unwrap();
        let too_large = FrameError::TooLarge { index: 0, limit, actual };
        assert_eq!(frame(&data).encode(&mut vec![]), Err(too_large));
        let mut bytes = largest;
        bytes[19..23].copy_from_slice(&actual.to_be_bytes());
        bytes.push(0);
        assert_eq!(decode_frames(&bytes), Err(too_large));
    }

    #[test]
    fn shared_frames_lie_in_the_transaction() {
        let bytes = Bytes::from(transaction(&[frame(b"abc"), frame(b"")]));
        let frames = decode_shared_frames(&bytes).unwrap();
        let borrowed: Vec<_> = frames.iter().map(SharedFrame::as_frame).collect();
        assert_eq!(borrowed, decode_frames(&bytes).unwrap());
        assert!(bytes.as_ptr_range().contains(&frames[0].data.as_ptr()));
        assert_eq!((frames[0].accounted_bytes(), frames[1].accounted_bytes()), (203, 200));
    }

    proptest! {
        #[test]
        fn frames_come_back(
            parts in prop::collection::vec(
                (any::<[u8; 16]>(), any::<u16>(), any::<Vec<u8>>(), any::<bool>()),
                1..5,
            ),
        ) {
            let frames: Vec<_> = parts
                .iter()
                .map(|(id, number, data, is_last)| Frame {
                    channel_id: ChannelId(*id),
                    number: *number,
                    data,
                    is_last: *is_last,
                })
                .collect();
            let data = transaction(&frames);
            prop_assert_eq!(decode_frames(&data), Ok(frames));
        }

        #[test]
        fn arbitrary_transactions_never_panic(data: Vec<u8>) {
            let _ = decode_frames(&data);
        }
    }
}

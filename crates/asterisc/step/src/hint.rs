//! Hints as a program writes them: a stream of messages, each after its length.

use alloc::vec::Vec;

/// Longest hint that is passed on, in bytes; nothing a program has to say is near it.
pub const HINT_BYTES_MAX: usize = 1 << 26;

/// Bytes of hints that a state holds, at most: the longest one and its length.
pub const HINT_BUFFER_BYTES_MAX: usize = HINT_BYTES_MAX + 4;

/// Cuts the stream of bytes a program writes into hints.
///
/// `00 00 00 02 | a b | 00 00 00 01 | c` holds the hints `ab` and `c`. Lengths are 4 bytes,
/// big-endian.
#[derive(Debug)]
pub struct HintBuffer<'a>(pub &'a mut Vec<u8>);

impl HintBuffer<'_> {
    /// Takes the first hint off the buffer, if it is complete.
    pub fn next_hint(&mut self) -> Option<Vec<u8>> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let hint = rest.get(..length)?.to_vec();
        self.0.drain(..4 + length);
        Some(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn hints_are_cut_off_the_stream_once_they_are_complete() {
        let mut bytes = vec![0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 9];
        let mut buffer = HintBuffer(&mut bytes);
        assert_eq!(buffer.next_hint(), Some(vec![1, 2]));
        assert_eq!(buffer.next_hint(), Some(vec![]));
        assert_eq!(buffer.next_hint(), None);
        assert_eq!(bytes, [0, 0, 0, 3, 9]);
    }
}

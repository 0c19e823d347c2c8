//! Hints as a program writes them: a stream of messages, each after its length.

use alloc::vec::Vec;

/// Longest hint that is passed on, in bytes; nothing a program has to say is near it.
pub const HINT_BYTES_MAX: usize = 1 << 26;

/// Bytes of hints that a state holds, at most: the longest one and its length.
pub const HINT_BUFFER_BYTES_MAX: usize = HINT_BYTES_MAX + 4;

/// Takes the complete hints off the stream of bytes a program writes, and sends them one by one.
///
/// `00 00 00 02 | a b | 00 00 00 01 | c` holds the hints `ab` and `c`. Lengths are 4 bytes,
/// big-endian.
///
/// # Errors
/// The first one of `send`; that hint and those before it are taken off.
pub fn send_hints<E>(
    buffer: &mut Vec<u8>,
    mut send: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut sent = 0;
    let mut result = Ok(());
    // Taken off in one go: a program may write millions of empty ones.
    while let (Ok(()), Some(hint)) = (&result, first_hint(&buffer[sent..])) {
        sent += 4 + hint.len();
        result = send(hint);
    }
    buffer.drain(..sent);
    result
}

/// The first hint, if it is complete.
fn first_hint(stream: &[u8]) -> Option<&[u8]> {
    let (length, rest) = stream.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn sent(buffer: &mut Vec<u8>) -> Vec<Vec<u8>> {
        let mut hints = Vec::new();
        send_hints(buffer, |hint| {
            hints.push(hint.to_vec());
            Ok::<_, core::convert::Infallible>(())
        })
        .unwrap();
        hints
    }

    #[test]
    fn hints_are_cut_off_the_stream_once_they_are_complete() {
        let mut bytes = vec![0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 9];
        assert_eq!(sent(&mut bytes), [vec![1, 2], vec![]]);
        assert_eq!(bytes, [0, 0, 0, 3, 9]);
        assert!(sent(&mut bytes).is_empty());
    }

    #[test]
    fn a_hint_that_can_not_be_sent_is_the_last_one() {
        let mut bytes = vec![0, 0, 0, 1, 7, 0, 0, 0, 1, 8];
        assert_eq!(send_hints(&mut bytes, |hint| Err(hint[0])), Err(7));
        assert_eq!(bytes, [0, 0, 0, 1, 8]);
    }

    #[test]
    fn millions_of_empty_hints_do_not_take_the_square_of_their_number() {
        let mut bytes = vec![0; 4 << 22];
        assert_eq!(sent(&mut bytes).len(), 1 << 22);
        assert!(bytes.is_empty());
    }
}

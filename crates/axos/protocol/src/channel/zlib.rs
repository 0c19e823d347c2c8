//! zlib streams (RFC 1950), exactly as Go's `compress/zlib` reads them.

use alloc::vec::Vec;

use alloy_primitives::Bytes;

use super::{
    ChannelError,
    adler32::Adler32,
    inflate::Inflate,
    source::{End, Read, Source},
};

/// Compression method DEFLATE, in the low half of the first byte.
const METHOD_DEFLATE: u8 = 8;
/// Largest window size, in the high half of the first byte.
const WINDOW_MAX: u8 = 7;
/// Bit of the second byte: a dictionary is needed, and its checksum follows.
const HAS_DICTIONARY: u8 = 0x20;
/// Checksum of the empty dictionary. Go's reader has that one, so that it accepts it.
const EMPTY_DICTIONARY: [u8; 4] = [0, 0, 0, 1];

/// A zlib stream.
#[derive(Debug)]
pub(super) struct Zlib {
    inflate: Inflate,
    checksum: Adler32,
    /// Bytes that have been read.
    position: usize,
}

impl Zlib {
    /// Reads the header of the stream.
    ///
    /// # Errors
    /// [`ChannelError::ZlibHeader`] if the header breaks a rule.
    pub(super) fn new(input: Bytes) -> Result<Self, ChannelError> {
        let start = match *input.as_ref() {
            [method, flags, ..] if !is_header(method, flags) => None,
            [_, flags, ..] if flags & HAS_DICTIONARY == 0 => Some(2),
            [_, _, a, b, c, d, ..] if [a, b, c, d] == EMPTY_DICTIONARY => Some(6),
            _ => None,
        };
        let start = start.ok_or(ChannelError::ZlibHeader)?;
        let inflate = Inflate::new(input, start);
        Ok(Self { inflate, checksum: Adler32::new(), position: 0 })
    }

    /// How the stream ended, `None` if it has not.
    fn end(&self) -> Option<End> {
        let end = self.inflate.end()?;
        let expected = self.inflate.rest().first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        let is_good = end.is_ok() && expected == Some(self.checksum.finish());
        Some(if is_good { End::Complete } else { End::Damaged })
    }
}

/// Whether these are the first two bytes of a stream: method, window size, and a check of both.
fn is_header(method: u8, flags: u8) -> bool {
    method & 0xf == METHOD_DEFLATE
        && method >> 4 <= WINDOW_MAX
        && u16::from_be_bytes([method, flags]).is_multiple_of(31)
}

impl Source for Zlib {
    fn read(&mut self, wanted: usize, into: &mut Vec<u8>) -> Read {
        if self.position == self.inflate.written() {
            self.inflate.run();
            for piece in self.inflate.output(self.position, self.inflate.written()) {
                self.checksum.update(piece);
            }
        }
        if self.position == self.inflate.written() {
            return Read { count: 0, end: Some(self.end().unwrap_or(End::Damaged)) };
        }
        let boundary = self.inflate.next_boundary(self.position);
        let count = wanted.min(boundary - self.position);
        for piece in self.inflate.output(self.position, self.position + count) {
            into.extend_from_slice(piece);
        }
        self.position += count;
        // The end is told with the last byte, unless that was handed out for another reason.
        let is_last = self.position == self.inflate.written() && !self.inflate.is_at_boundary();
        Read { count, end: if is_last { self.end() } else { None } }
    }

    fn input_left(&self) -> usize {
        self.inflate.input_left()
    }
}

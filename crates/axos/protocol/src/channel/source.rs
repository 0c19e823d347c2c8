//! Decompressed data, handed out in the portions that the reference implementation gets it in.
//!
//! Go's readers may give data and the reason that there is no more in one call. Whether they do
//! depends on how much is asked for. Go's RLP stream, which reads from them through a buffer of
//! 4096 bytes, throws data away that comes together with an error, even if it is all there is to
//! be read. So whether the last batch in front of a damage counts depends on such portions, and
//! they are followed here to the byte.

use alloc::vec::Vec;

/// Size of the buffer of Go's `bufio.Reader`.
const BUFFER_BYTES: usize = 4096;

/// Why there is no more data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The stream is complete.
    Complete,
    /// The stream is damaged, or has something behind its end.
    Damaged,
}

/// What one call to [`Source::read`] gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// Number of bytes.
    pub(super) count: usize,
    /// Why there will be no more, if that is known already.
    pub(super) end: Option<End>,
}

/// A stream of bytes, such as Go's `io.Reader`.
pub(super) trait Source {
    /// Appends up to `wanted` bytes, which is not 0. No byte and no end can come, but not twice in
    /// a row. Not called again after an end.
    fn read(&mut self, wanted: usize, into: &mut Vec<u8>) -> Read;

    /// Bytes of input left, for an estimate of how much can come.
    fn input_left(&self) -> usize;
}

/// A source with a buffer in front of it, such as Go's `bufio.Reader`.
#[derive(Debug)]
pub(super) struct Buffered<S> {
    source: S,
    buffer: Vec<u8>,
    /// Bytes of the buffer that have been read.
    read: usize,
    /// How the source ended, while the buffer is not empty.
    end: Option<End>,
}

impl<S: Source> Buffered<S> {
    /// Puts an empty buffer in front of a source.
    pub(super) fn new(source: S) -> Self {
        Self { source, buffer: Vec::with_capacity(BUFFER_BYTES), read: 0, end: None }
    }

    /// Bytes of input left.
    pub(super) fn input_left(&self) -> usize {
        self.source.input_left()
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`End`] if there is none.
    pub(super) fn read_byte(&mut self) -> Result<u8, End> {
        loop {
            if let Some(byte) = self.buffer.get(self.read) {
                self.read += 1;
                return Ok(*byte);
            }
            self.refill()?;
        }
    }

    /// Appends exactly `wanted` bytes.
    ///
    /// # Errors
    /// [`End`] if there are fewer, or if all are there, but the last of them came together with
    /// the news that the stream is damaged.
    pub(super) fn read_exact(&mut self, mut wanted: usize, into: &mut Vec<u8>) -> Result<(), End> {
        while wanted > 0 {
            let buffered = self.buffer.get(self.read..).unwrap_or_default();
            if !buffered.is_empty() {
                let taken = buffered.get(..wanted).unwrap_or(buffered);
                into.extend_from_slice(taken);
                self.read += taken.len();
                wanted -= taken.len();
            } else if wanted >= BUFFER_BYTES && self.end.is_none() {
                // A large read bypasses the empty buffer.
                let Read { count, end } = self.source.read(wanted, into);
                wanted -= count;
                match end {
                    // What was wanted is there. The buffer forgets the end; it comes again.
                    Some(End::Complete) if wanted == 0 => self.end = end,
                    Some(end) => return Err(end),
                    None => {}
                }
            } else {
                self.refill()?;
            }
        }
        Ok(())
    }

    /// Reads once into the buffer, which is empty.
    fn refill(&mut self) -> Result<(), End> {
        if let Some(end) = self.end {
            return Err(end);
        }
        self.buffer.clear();
        self.read = 0;
        let Read { count, end } = self.source.read(BUFFER_BYTES, &mut self.buffer);
        self.end = end;
        match end {
            Some(end) if count == 0 => Err(end),
            _ => Ok(()),
        }
    }
}

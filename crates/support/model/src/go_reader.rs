//! How op-node reads a compressed channel: through the readers of Go's standard library.
//!
//! Go's readers may give bytes and an error in one call. The RLP decoder then throws the bytes
//! away, unless they went through its buffer. So it depends on the sizes of reads whether the last
//! batch before a damaged place counts, and these readers have to be followed call by call.

use crate::inflate::{Inflated, inflate_zlib};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, enc::StandardAlloc};

/// Why no more bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The stream ends as it should.
    Good,
    /// It is cut short, damaged, or something follows it.
    Bad,
}

/// Some bytes, and the end if it is known already.
pub type Portion = (Vec<u8>, Option<End>);

/// A stream of decompressed bytes.
pub trait Source {
    /// Reads once; up to `wanted` bytes come.
    fn read(&mut self, wanted: usize) -> Portion;
}

/// A zlib stream as `compress/zlib` reads it.
#[derive(Clone, Debug)]
pub struct Zlib {
    inflated: Inflated,
    position: usize,
}

impl Zlib {
    /// The stream in a channel, decoded a good deal farther than `limit`; none without its header.
    pub fn new(channel: &[u8], limit: usize) -> Option<Self> {
        let inflated = inflate_zlib(channel, limit.saturating_add(1 << 16))?;
        Some(Self { inflated, position: 0 })
    }
}

impl Source for Zlib {
    fn read(&mut self, wanted: usize) -> Portion {
        let Inflated { output, is_whole, handed_out } = &self.inflated;
        let end = Some(if *is_whole { End::Good } else { End::Bad });
        if self.position == output.len() {
            return (Vec::new(), end);
        }
        let portion_end = handed_out.iter().find(|place| **place > self.position);
        let portion_end = *portion_end.unwrap_or(&output.len());
        let start = self.position;
        self.position = portion_end.min(start + wanted);
        // The end comes with the last bytes, unless those were handed out for another reason.
        let is_last = self.position == output.len() && !handed_out.contains(&output.len());
        (output[start..self.position].to_vec(), end.filter(|_| is_last))
    }
}

/// A brotli stream as `andybalholm/brotli` reads it, behind the version byte of its channel.
pub struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    input: Vec<u8>,
    /// Bytes of input that were used.
    used: usize,
    /// Bytes of input that were read.
    read: usize,
}

impl Brotli {
    /// The stream in a channel. Windows beyond those of RFC 7932 are an error.
    pub fn new(channel: &[u8]) -> Self {
        let alloc = StandardAlloc::default;
        let state = BrotliState::new_strict(alloc(), alloc(), alloc());
        Self { state, input: channel.to_vec(), used: 1, read: 1 }
    }

    /// Reads more input: first what is left in a buffer of 4096 bytes after a look at the version
    /// byte, then 32 KiB at a time. False at its end.
    fn read_input(&mut self) -> bool {
        let before = self.read;
        let next = if before == 1 { 4096 } else { before + (32 << 10) };
        self.read = next.min(self.input.len());
        self.read > before
    }

    fn decompress(&mut self, wanted: usize) -> (BrotliResult, Vec<u8>) {
        let mut output = vec![0; wanted];
        let (mut left, mut room) = (self.read - self.used, wanted);
        let (mut written, mut total) = (0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut self.used,
            &self.input[..self.read],
            &mut room,
            &mut written,
            &mut output,
            &mut total,
            &mut self.state,
        );
        output.truncate(written);
        (result, output)
    }
}

impl Source for Brotli {
    fn read(&mut self, wanted: usize) -> Portion {
        let has_output = brotli_decompressor::BrotliDecoderHasMoreOutput(&self.state);
        if !has_output && self.used == self.read && !self.read_input() {
            return (Vec::new(), Some(End::Good));
        }
        loop {
            let (result, mut output) = self.decompress(wanted);
            let is_input_left = self.used < self.read;
            match result {
                BrotliResult::ResultSuccess => return (output, is_input_left.then_some(End::Bad)),
                BrotliResult::ResultFailure => {
                    // Go's window has 1024 bytes at least, so it was not full and gave nothing.
                    if self.state.ringbuffer_size < 1024 {
                        output.clear();
                    }
                    return (output, Some(End::Bad));
                }
                BrotliResult::NeedsMoreOutput => {
                    let is_stuck = output.is_empty();
                    return (output, is_stuck.then_some(End::Bad));
                }
                BrotliResult::NeedsMoreInput if is_input_left => {
                    return (output, Some(End::Bad));
                }
                BrotliResult::NeedsMoreInput if !output.is_empty() => return (output, None),
                BrotliResult::NeedsMoreInput if self.read_input() => {}
                BrotliResult::NeedsMoreInput => return (Vec::new(), Some(End::Bad)),
            }
        }
    }
}

/// A stream behind a buffer of 4096 bytes, as `bufio` has it.
pub struct Buffered {
    source: Box<dyn Source>,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were taken.
    taken: usize,
    /// The end, if it came with the bytes in the buffer.
    end: Option<End>,
}

const BUFFER_BYTES: usize = 4096;

impl Buffered {
    /// Puts an empty buffer before a stream.
    pub fn new(source: Box<dyn Source>) -> Self {
        Self { source, buffer: Vec::new(), taken: 0, end: None }
    }

    /// The next byte.
    ///
    /// # Errors
    /// The end, if there is none.
    pub fn byte(&mut self) -> Result<u8, End> {
        while self.taken == self.buffer.len() {
            if let Some(end) = self.end.take() {
                return Err(end);
            }
            (self.buffer, self.end) = self.source.read(BUFFER_BYTES);
            self.taken = 0;
        }
        self.taken += 1;
        Ok(self.buffer[self.taken - 1])
    }

    /// Exactly `count` bytes.
    ///
    /// # Errors
    /// The end, if fewer are left, or if they came in one call with the news that the stream is
    /// damaged.
    pub fn exactly(&mut self, count: usize) -> Result<Vec<u8>, End> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let (some, end) = self.read(count - bytes.len());
            bytes.extend(some);
            match end {
                Some(End::Good) if bytes.len() == count => {}
                Some(end) => return Err(end),
                None => {}
            }
        }
        Ok(bytes)
    }

    /// Reads once: from the buffer, or past it if it is empty and as much is wanted as it holds.
    fn read(&mut self, wanted: usize) -> Portion {
        if self.taken == self.buffer.len() {
            if let Some(end) = self.end.take() {
                return (Vec::new(), Some(end));
            }
            if wanted >= BUFFER_BYTES {
                return self.source.read(wanted);
            }
            (self.buffer, self.end) = self.source.read(BUFFER_BYTES);
            self.taken = 0;
            if self.buffer.is_empty() {
                return (Vec::new(), self.end.take());
            }
        }
        let end = self.buffer.len().min(self.taken + wanted);
        let bytes = self.buffer[self.taken..end].to_vec();
        self.taken = end;
        (bytes, None)
    }
}

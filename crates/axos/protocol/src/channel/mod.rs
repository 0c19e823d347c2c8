//! Channels: compressed sequences of batches.
//!
//! ```text
//! zlib( 83 'a' 'b' 'c' | 82 'd' 'e' | .. )   becomes   "abc", "de", ..
//! ```
//!
//! A channel is read no further than asked for. Where it is damaged, or longer than permitted, the
//! batches in front of that place count. Which ones those are depends on how the reference
//! implementation reads, and is followed to the byte: see the modules below this one.
//!
//! Spec: protocol/derivation.md#channel-format

use alloc::{boxed::Box, vec::Vec};

use alloy_primitives::Bytes;

use crate::{Batch, rlp};

mod adler32;

mod brotli;
use brotli::Brotli;

mod huffman;

mod inflate;

mod source;
use source::{Buffered, End};

mod zlib;
use zlib::Zlib;

#[cfg(test)]
mod tests;

/// Most decompressed bytes of a channel that are read, before Fjord.
///
/// Spec: protocol/derivation.md#protocol-parameters
pub const CHANNEL_DECOMPRESSED_BYTES_MAX: u64 = 10_000_000;
/// \[Fjord\] Most decompressed bytes of a channel that are read.
///
/// Spec: protocol/fjord/derivation.md#increasing-max_rlp_bytes_per_channel-and-max_channel_bank_size
pub const CHANNEL_DECOMPRESSED_BYTES_MAX_FJORD: u64 = 100_000_000;

/// First byte of a channel that is compressed with Brotli.
const VERSION_BROTLI: u8 = 1;
/// Low halves of the first byte that are left to zlib. Of the second, no valid stream is known.
const ZLIB_METHODS: [u8; 2] = [8, 15];
/// How much longer than its compressed form a batch is thought to be, when memory is set aside.
const EXPANSION_GUESS: usize = 4;

/// Most decompressed bytes of a channel that are read, by whether Fjord is active at the L1 block
/// that completed the channel. From Holocene on the same number limits the compressed size.
pub const fn channel_bytes_max(is_fjord: bool) -> u64 {
    // [Fjord] Ten times as much.
    if is_fjord { CHANNEL_DECOMPRESSED_BYTES_MAX_FJORD } else { CHANNEL_DECOMPRESSED_BYTES_MAX }
}

/// Why nothing at all can be read from a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// No bytes.
    #[error("channel is empty")]
    Empty,
    /// The first byte names no compression.
    #[error("channel starts with {actual:#04x}, which names no compression")]
    UnknownCompression {
        /// The byte met.
        actual: u8,
    },
    /// Brotli, but Fjord is not active at the L1 block that completed the channel.
    #[error("channel is compressed with Brotli before Fjord")]
    BrotliBeforeFjord,
    /// The zlib header breaks a rule of RFC 1950, or asks for a dictionary.
    #[error("channel has a bad zlib header")]
    ZlibHeader,
}

/// Decompresses a channel and cuts it into batches, no further than asked for.
#[derive(Debug)]
pub struct ChannelReader {
    stream: Stream,
    /// Decompressed bytes that may still be read.
    limit: u64,
    progress: Progress,
}

/// How far a channel has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// There may be more.
    Open,
    /// There is no further batch.
    Ended,
    /// There is something that is not a batch.
    Malformed,
}

/// The batches can't be read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Malformed;

impl From<End> for Malformed {
    fn from(_: End) -> Self {
        Self
    }
}

/// Decompressed bytes.
#[derive(Debug)]
enum Stream {
    Zlib(Box<Buffered<Zlib>>),
    Brotli(Box<Buffered<Brotli>>),
}

impl ChannelReader {
    /// Opens the channel made of `data`, the payloads of its frames in order.
    ///
    /// `is_fjord` by the time of the L1 block that completed the channel: it permits Brotli and
    /// raises the limit on decompressed bytes.
    ///
    /// # Errors
    /// [`ChannelError`] if nothing can be read. The channel is then dropped.
    pub fn new(data: Bytes, is_fjord: bool) -> Result<Self, ChannelError> {
        Self::with_limit(data, is_fjord, channel_bytes_max(is_fjord))
    }

    /// [`ChannelReader::new`] with another limit on decompressed bytes.
    ///
    /// # Errors
    /// As for [`ChannelReader::new`].
    ///
    /// Spec: protocol/fjord/derivation.md#brotli-channel-compression
    pub fn with_limit(data: Bytes, is_fjord: bool, limit: u64) -> Result<Self, ChannelError> {
        let first = *data.first().ok_or(ChannelError::Empty)?;
        let stream = if ZLIB_METHODS.contains(&(first & 0xf)) {
            Stream::Zlib(Box::new(Buffered::new(Zlib::new(data)?)))
        } else if first != VERSION_BROTLI {
            return Err(ChannelError::UnknownCompression { actual: first });
        } else if is_fjord {
            // [Fjord] Compression by version byte.
            Stream::Brotli(Box::new(Buffered::new(Brotli::new(data))))
        } else {
            return Err(ChannelError::BrotliBeforeFjord);
        };
        Ok(Self { stream, limit, progress: Progress::Open })
    }

    /// The next batch. `None` when the channel has ended: for good, in a damaged place, at the
    /// limit, or because the last batch was malformed.
    ///
    /// Whether a span batch may be used yet, and whether it expands (which does not end the
    /// channel), is for the caller to see.
    ///
    /// Spec: protocol/derivation.md#channel-reader-batch-decoding
    pub fn next_batch(&mut self) -> Option<Batch> {
        let bytes = self.next_batch_bytes()?;
        let batch = Batch::decode(&bytes);
        if batch.is_err() {
            self.progress = Progress::Malformed;
        }
        batch.ok()
    }

    /// The bytes of the next batch, unread. See [`ChannelReader::next_batch`].
    pub fn next_batch_bytes(&mut self) -> Option<Bytes> {
        if self.progress != Progress::Open {
            return None;
        }
        match self.read_string() {
            Ok(Some(bytes)) => return Some(bytes),
            Ok(None) => self.progress = Progress::Ended,
            Err(Malformed) => self.progress = Progress::Malformed,
        }
        None
    }

    /// Whether the channel ended in something that is not a batch, rather than at its end.
    pub const fn is_malformed(&self) -> bool {
        matches!(self.progress, Progress::Malformed)
    }

    /// The next RLP string; `None` at the end of the stream, and at the limit.
    fn read_string(&mut self) -> Result<Option<Bytes>, Malformed> {
        if self.limit == 0 {
            return Ok(None);
        }
        let first = match self.stream.read_byte() {
            Ok(first) => first,
            Err(End::Complete) => return Ok(None),
            Err(End::Damaged) => return Err(Malformed),
        };
        self.limit -= 1;
        let size = match first {
            ..0x80 => return Ok(Some(Bytes::copy_from_slice(&[first]))),
            0x80..=0xb7 => u64::from(first - 0x80),
            0xb8..=0xbf => self.read_size(first - 0xb7)?,
            // A list.
            0xc0.. => return Err(Malformed),
        };
        let string = self.read_exact(size)?;
        match string.as_ref() {
            // A byte below 0x80 must stand for itself.
            [..0x80] => Err(Malformed),
            _ => Ok(Some(string)),
        }
    }

    /// Reads the size of a long string.
    fn read_size(&mut self, size_bytes: u8) -> Result<u64, Malformed> {
        let size = self.read_exact(size_bytes.into())?;
        let size = rlp::be_u64(&size).map_err(|rlp::Malformed| Malformed)?;
        // A shorter string has a shorter form.
        if size < 56 { Err(Malformed) } else { Ok(size) }
    }

    /// Reads exactly so many bytes, if the limit permits.
    fn read_exact(&mut self, size: u64) -> Result<Bytes, Malformed> {
        self.limit = self.limit.checked_sub(size).ok_or(Malformed)?;
        let size = usize::try_from(size).map_err(|_| Malformed)?;
        // What is set aside is bounded by the input, whatever size is declared.
        let guess = EXPANSION_GUESS.saturating_mul(self.stream.input_left());
        let mut bytes = Vec::with_capacity(size.min(guess));
        self.stream.read_exact(size, &mut bytes)?;
        Ok(bytes.into())
    }
}

impl Stream {
    fn read_byte(&mut self) -> Result<u8, End> {
        match self {
            Self::Zlib(source) => source.read_byte(),
            Self::Brotli(source) => source.read_byte(),
        }
    }

    fn read_exact(&mut self, wanted: usize, into: &mut Vec<u8>) -> Result<(), End> {
        match self {
            Self::Zlib(source) => source.read_exact(wanted, into),
            Self::Brotli(source) => source.read_exact(wanted, into),
        }
    }

    fn input_left(&self) -> usize {
        match self {
            Self::Zlib(source) => source.input_left(),
            Self::Brotli(source) => source.input_left(),
        }
    }
}

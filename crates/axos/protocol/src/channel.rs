//! Channels: compressed sequences of batches.
//!
//! Spec: protocol/derivation.md#channel-format

use alloy_primitives::Bytes;

use crate::Batch;

/// Most decompressed bytes of a channel that are read, before Fjord.
///
/// Spec: protocol/derivation.md#protocol-parameters
pub const CHANNEL_DECOMPRESSED_BYTES_MAX: u64 = 10_000_000;
/// [Fjord] Most decompressed bytes of a channel that are read.
///
/// Spec: protocol/fjord/derivation.md#increasing-max_rlp_bytes_per_channel-and-max_channel_bank_size
pub const CHANNEL_DECOMPRESSED_BYTES_MAX_FJORD: u64 = 100_000_000;

/// Most decompressed bytes of a channel that are read, by whether Fjord is active at the L1 block
/// that completed the channel. From Holocene on the same number limits the compressed size.
pub const fn channel_bytes_max(is_fjord: bool) -> u64 {
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
    _data: Bytes,
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
    pub fn with_limit(_data: Bytes, _is_fjord: bool, _limit: u64) -> Result<Self, ChannelError> {
        unimplemented!("follows")
    }

    /// The next batch, `None` when the channel has ended: for good, in a damaged place, at the
    /// limit, or because the last batch was malformed.
    ///
    /// Whether a span batch may be used yet, and whether it expands (which does not end the
    /// channel), is for the caller to see.
    pub fn next_batch(&mut self) -> Option<Batch> {
        unimplemented!("follows")
    }

    /// The bytes of the next batch, unread. See [`ChannelReader::next_batch`].
    pub fn next_batch_bytes(&mut self) -> Option<Bytes> {
        unimplemented!("follows")
    }

    /// Whether the channel ended in something that is not a batch, rather than at its end.
    pub const fn is_malformed(&self) -> bool {
        false
    }
}

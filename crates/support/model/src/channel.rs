//! Channels to batches: the stream of RLP strings in a channel.

use crate::{
    batch::{Batch, decode_singular},
    config::{Config, Fork},
    go_reader::{Brotli, Buffered, End, Source, Zlib},
    rule::{Hits, Rule},
    span_batch::{decode_raw_span, derive_span},
    world::L1Ref,
};

/// The batches of one channel that was completed in the L1 block `origin`, up to the first that
/// can't be read.
///
/// Spec: protocol/derivation.md#channel-reader-batch-decoding
/// Spec: protocol/derivation.md#batch-format
pub fn read_channel(
    config: &Config,
    origin: &L1Ref,
    channel: &[u8],
    hits: &mut Hits,
) -> Vec<Batch> {
    let is_fjord = config.is_active(Fork::Fjord, origin.time);
    let limit = config.channel_limit_at(origin.time);
    let Some(mut strings) = open(channel, limit, is_fjord, hits) else {
        return Vec::new();
    };
    let mut batches = Vec::new();
    let reason = loop {
        let bytes = match strings.next() {
            Ok(Some(bytes)) => bytes,
            Ok(None) => break Rule::BatchesEnd,
            Err(rule) => break rule,
        };
        match decode_batch(config, origin, &bytes, hits) {
            Ok(batch) => batches.extend(batch),
            Err(rule) => break rule,
        }
    };
    hits.hit(reason);
    batches
}

/// Opens a channel, or none if nothing of it can be read.
///
/// Spec: protocol/derivation.md#channel-format
/// Spec: protocol/fjord/derivation.md#brotli-channel-compression
pub fn open(channel: &[u8], limit: usize, is_fjord: bool, hits: &mut Hits) -> Option<Strings> {
    let source: Result<Box<dyn Source>, Rule> = match channel.first() {
        None => Err(Rule::ChannelEmpty),
        Some(first) if matches!(first & 0x0f, 8 | 15) => match Zlib::new(channel, limit) {
            Some(zlib) => Ok(Box::new(zlib)),
            None => Err(Rule::ChannelZlibHeader),
        },
        // [Fjord] Brotli behind a version byte.
        Some(1) if !is_fjord => Err(Rule::ChannelBrotliEarly),
        Some(1) => Ok(Box::new(Brotli::new(channel))),
        Some(_) => Err(Rule::ChannelUnknownCompression),
    };
    match source {
        Ok(source) => {
            let is_zlib = channel[0] != 1;
            hits.hit(if is_zlib { Rule::ChannelZlib } else { Rule::ChannelBrotli });
            Some(Strings { stream: Buffered::new(source), room: limit })
        }
        Err(rule) => {
            hits.hit(rule);
            None
        }
    }
}

/// The RLP strings of a decompressed channel.
pub struct Strings {
    stream: Buffered,
    /// Bytes that may still be read.
    room: usize,
}

impl Strings {
    /// The next string, or none at the end.
    ///
    /// # Errors
    /// The rule because of which the channel ends here.
    // It can fail, so it is no iterator.
    #[allow(clippy::should_implement_trait, reason = "it can fail, so it is no iterator")]
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, Rule> {
        // Nothing more may be read: as if the channel ended here.
        if self.room == 0 {
            return Ok(None);
        }
        let first = match self.stream.byte() {
            Ok(first) => first,
            Err(End::Good) => return Ok(None),
            Err(End::Bad) => return Err(Rule::ChannelDamaged),
        };
        self.room -= 1;
        let length = match first {
            0..0x80 => return Ok(Some(vec![first])),
            0x80..0xb8 => usize::from(first - 0x80),
            0xb8..0xc0 => self.long_length(usize::from(first - 0xb7))?,
            0xc0.. => return Err(Rule::BatchNotString),
        };
        let bytes = self.take(length)?;
        if matches!(bytes[..], [0..0x80]) {
            return Err(Rule::BatchNotString);
        }
        Ok(Some(bytes))
    }

    fn long_length(&mut self, count: usize) -> Result<usize, Rule> {
        let bytes = self.take(count)?;
        let length = bytes.iter().fold(0u64, |length, byte| length << 8 | u64::from(*byte));
        if bytes[0] == 0 || length < 56 {
            return Err(Rule::BatchNotString);
        }
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn take(&mut self, count: usize) -> Result<Vec<u8>, Rule> {
        // Spec: protocol/derivation.md#channel-format
        self.room = self.room.checked_sub(count).ok_or(Rule::ChannelClipped)?;
        self.stream.exactly(count).map_err(|_| Rule::ChannelDamaged)
    }
}

/// One batch; none if it is to be skipped; the reason if the channel ends with it.
fn decode_batch(
    config: &Config,
    origin: &L1Ref,
    bytes: &[u8],
    hits: &mut Hits,
) -> Result<Option<Batch>, Rule> {
    match bytes.split_first() {
        None => Err(Rule::BatchEmpty),
        Some((0, content)) => {
            let batch = decode_singular(content).ok_or(Rule::SingularMalformed)?;
            hits.hit(Rule::SingularDecoded);
            Ok(Some(Batch::Singular(batch)))
        }
        Some((1, content)) => {
            let raw = decode_raw_span(content, &config.limits, hits).ok_or(Rule::SpanMalformed)?;
            // [Delta] Counts from the L1 block that completed the channel.
            if !config.is_active(Fork::Delta, origin.time) {
                hits.hit(Rule::SpanEarly);
                return Ok(None);
            }
            let Some(span) = derive_span(config, &raw, hits) else {
                hits.hit(Rule::SpanTransaction);
                return Ok(None);
            };
            hits.hit(Rule::SpanDecoded);
            Ok(Some(Batch::Span(span)))
        }
        Some(_) => Err(Rule::BatchVersion),
    }
}

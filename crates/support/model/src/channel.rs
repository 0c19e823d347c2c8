//! Channels to batches: decompression and the stream of RLP strings.

use crate::{
    batch::{Batch, decode_singular},
    config::{Config, Fork},
    inflate::{Inflated, inflate_zlib},
    rlp,
    rule::{Hits, Rule},
    span_batch::{decode_raw_span, derive_span},
    world::L1Ref,
};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, enc::StandardAlloc};

/// The batches of one channel that was completed in the L1 block `origin`.
///
/// Spec: protocol/derivation.md#channel-reader-batch-decoding
pub fn read_channel(
    config: &Config,
    origin: &L1Ref,
    channel: &[u8],
    hits: &mut Hits,
) -> Vec<Batch> {
    let is_fjord = config.is_active(Fork::Fjord, origin.time);
    let limit = config.channel_limit_at(origin.time);
    let Some(data) = decompress(channel, limit, is_fjord, hits) else {
        return Vec::new();
    };
    decode_batches(config, origin, &data, hits)
}

/// The decompressed channel as far as it can be read and the limit allows, or none if it can't be
/// read at all.
///
/// Spec: protocol/derivation.md#channel-format
/// Spec: protocol/fjord/derivation.md#brotli-channel-compression
pub fn decompress(
    channel: &[u8],
    limit: usize,
    is_fjord: bool,
    hits: &mut Hits,
) -> Option<Vec<u8>> {
    let (rule, data) = match channel.first() {
        None => (Rule::ChannelEmpty, None),
        Some(first) if matches!(first & 0x0f, 8 | 15) => match inflate_zlib(channel, limit) {
            Inflated::BadHeader => (Rule::ChannelZlibHeader, None),
            Inflated::Whole(data) => (Rule::ChannelZlib, Some(data)),
            Inflated::Partial(data) => (Rule::ChannelZlibPartial, Some(data)),
        },
        // [Fjord] Brotli behind a version byte.
        Some(1) if !is_fjord => (Rule::ChannelBrotliEarly, None),
        Some(1) => match decompress_brotli(&channel[1..], limit) {
            (data, true) => (Rule::ChannelBrotli, Some(data)),
            (data, false) => (Rule::ChannelBrotliPartial, Some(data)),
        },
        Some(_) => (Rule::ChannelUnknownCompression, None),
    };
    hits.hit(rule);
    let mut data = data?;
    if data.len() > limit {
        hits.hit(Rule::ChannelClipped);
        data.truncate(limit);
    }
    Some(data)
}

/// What a brotli stream holds before its end or first error, and whether it was the end.
///
/// Windows beyond those of RFC 7932 are an error.
fn decompress_brotli(input: &[u8], enough: usize) -> (Vec<u8>, bool) {
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let (mut left, mut read, mut total) = (input.len(), 0, 0);
    let mut output = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let (mut room, mut written) = (buffer.len(), 0);
        let result = BrotliDecompressStream(
            &mut left, &mut read, input, &mut room, &mut written, &mut buffer, &mut total,
            &mut state,
        );
        output.extend(&buffer[..written]);
        match result {
            BrotliResult::NeedsMoreOutput if output.len() <= enough => {}
            BrotliResult::NeedsMoreOutput => return (output, true),
            BrotliResult::ResultSuccess => return (output, true),
            BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => return (output, false),
        }
    }
}

/// The batches in a decompressed channel up to the first that can't be read.
///
/// Spec: protocol/derivation.md#batch-format
pub fn decode_batches(
    config: &Config,
    origin: &L1Ref,
    mut data: &[u8],
    hits: &mut Hits,
) -> Vec<Batch> {
    let mut batches = Vec::new();
    let reason = loop {
        if data.is_empty() {
            break Rule::BatchesEnd;
        }
        let Some((item, rest)) = rlp::split(data) else {
            break Rule::BatchNotString;
        };
        let Some(bytes) = item.bytes() else {
            break Rule::BatchNotString;
        };
        data = rest;
        match decode_batch(config, origin, bytes, hits) {
            Ok(batch) => batches.extend(batch),
            Err(rule) => break rule,
        }
    };
    hits.hit(reason);
    batches
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

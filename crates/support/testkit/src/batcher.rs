//! What the batcher does: batches into channels, channels into frames, frames into data.

use alloy_primitives::Bytes;
use axos_genesis::{L1Number, RollupConfig};
use axos_protocol::{Batch, ChannelId, Frame, RawSpanBatch, SingularBatch, SpanBatch};

/// A channel, compressed and named.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its name.
    pub id: ChannelId,
    /// What the frames carry, all together.
    pub data: Vec<u8>,
}

impl Channel {
    /// A zlib channel of these batches.
    pub fn new(id: u8, batches: &[Batch]) -> Self {
        Self::of_data(id, zlib(&encode(batches)))
    }

    /// A channel of singular batches.
    pub fn of_singles(id: u8, batches: &[SingularBatch]) -> Self {
        let batches: Vec<_> = batches.iter().cloned().map(Batch::Singular).collect();
        Self::new(id, &batches)
    }

    /// A channel of this data, compressed or not.
    pub fn of_data(id: u8, data: Vec<u8>) -> Self {
        Self { id: ChannelId([id; 16]), data }
    }

    /// A channel with other data behind its batches.
    pub fn with_tail(id: u8, batches: &[Batch], tail: &[u8]) -> Self {
        Self::of_data(id, zlib(&[encode(batches), tail.to_vec()].concat()))
    }

    /// The channel cut into `count` frames of about the same size, without the version byte.
    pub fn frames(&self, count: usize) -> Vec<Vec<u8>> {
        let size = self.data.len().div_ceil(count).max(1);
        let mut chunks: Vec<&[u8]> = self.data.chunks(size).collect();
        chunks.resize(count, &[]);
        let last = count - 1;
        let frames = chunks.into_iter().enumerate().map(|(number, data)| {
            let mut frame = Vec::new();
            let channel_id = self.id;
            let number_16 = u16::try_from(number).unwrap();
            let is_last = number == last;
            Frame { channel_id, number: number_16, data, is_last }.encode(&mut frame).unwrap();
            frame
        });
        frames.collect()
    }

    /// The data of a batcher transaction with the whole channel in one frame.
    pub fn calldata(&self) -> Bytes {
        calldata(&self.frames(1))
    }
}

/// The data of a batcher transaction with these frames.
pub fn calldata<F: AsRef<[u8]>>(frames: &[F]) -> Bytes {
    let mut data = vec![0];
    frames.iter().for_each(|frame| data.extend_from_slice(frame.as_ref()));
    data.into()
}

/// A span batch, packed.
pub fn span_batch(batch: &SpanBatch, parent_epoch: u64, config: &RollupConfig) -> Batch {
    Batch::Span(RawSpanBatch::pack(batch, L1Number(parent_epoch), config).unwrap())
}

fn encode(batches: &[Batch]) -> Vec<u8> {
    let mut out = Vec::new();
    batches.iter().for_each(|batch| batch.encode_for_channel(&mut out));
    out
}

/// Compresses as zlib.
pub fn zlib(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 6)
}

/// Compresses as Brotli, behind the byte that says so.
pub fn brotli(data: &[u8]) -> Vec<u8> {
    let mut out = vec![1];
    let params = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut &data[..], &mut out, &params).unwrap();
    out
}

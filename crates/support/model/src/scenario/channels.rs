//! Batches to channels, frames and batcher data, good and bad.

use super::rng::Rng;
use crate::{blob::encode_blob, frame::Frame, rlp};
use brotli::enc::BrotliEncoderParams;
use miniz_oxide::deflate::compress_to_vec_zlib;

/// Compresses a list of batches.
pub(super) fn compress(rng: &mut Rng, batches: &[Vec<u8>], is_brotli: bool) -> Vec<u8> {
    let mut stream = Vec::new();
    for batch in batches {
        rlp::put_bytes(&mut stream, batch);
    }
    if is_brotli {
        return [&[1], &brotli_stream(rng, &stream, false)[..]].concat();
    }
    compress_to_vec_zlib(&stream, rng.pick(&[0, 1, 6, 9]))
}

fn brotli_stream(rng: &mut Rng, mut data: &[u8], is_large_window: bool) -> Vec<u8> {
    let params = BrotliEncoderParams {
        quality: rng.pick(&[0, 2, 5]),
        lgwin: if is_large_window { 26 } else { 18 },
        large_window: is_large_window,
        ..BrotliEncoderParams::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut data, &mut out, &params).expect("memory does not fail");
    out
}

/// Makes one mistake in a list of batches and compresses it. Once in a while the channel's data is
/// just about as long as `limit`, if that is not more than some megabytes.
pub(super) fn bad_channel(
    rng: &mut Rng,
    batches: &[Vec<u8>],
    is_brotli: bool,
    limit: usize,
) -> Vec<u8> {
    if limit <= 10_000_000 && rng.chance(3) {
        return channel_at_limit(rng, batches, limit);
    }
    let mut stream = Vec::new();
    for batch in batches {
        rlp::put_bytes(&mut stream, batch);
    }
    let mut channel = compress(rng, batches, is_brotli);
    match rng.range(0, 11) {
        0 => return Vec::new(),
        1 => channel[0] = rng.pick(&[0, 2, 3, 0x7f, 0x88, 0x1f]),
        2 => {
            let cut = rng.index(channel.len());
            channel.truncate(cut);
        }
        3 => channel.extend([7; 9]),
        4 if !is_brotli => {
            let checksum = channel.len() - 1;
            channel[checksum] ^= 1;
        }
        5 => {
            rlp::put_list(&mut stream, &[0x80]);
            channel = compress_to_vec_zlib(&stream, 6);
        }
        6 => {
            let at = rng.index(stream.len() + 1);
            stream.truncate(at);
            channel = compress_to_vec_zlib(&stream, 6);
        }
        7 => {
            stream.extend(rng.bytes(5));
            channel = compress_to_vec_zlib(&stream, 6);
        }
        8 if !is_brotli => {
            // The checksum of the empty dictionary, or of some other.
            let flags = if channel[0] == 0x78 { 0xbb } else { 0x20 };
            let id = [0, 0, 0, rng.pick(&[1, 1, 2])];
            channel = [&[channel[0], flags], &id[..], &channel[2..]].concat();
        }
        9 => channel = [&[1], &brotli_stream(rng, &stream, true)[..]].concat(),
        10 => {
            // All zeros after the batches: it is big, and packs well.
            stream.extend(vec![0; 70_000]);
            channel = compress_to_vec_zlib(&stream, 6);
        }
        _ => rng.damage(&mut channel),
    }
    channel
}

/// The batches, the last of them with a tail of zeros that ends about where reading does.
fn channel_at_limit(rng: &mut Rng, batches: &[Vec<u8>], limit: usize) -> Vec<u8> {
    let Some((last, others)) = batches.split_last() else {
        return Vec::new();
    };
    let mut stream = Vec::new();
    for batch in others {
        rlp::put_bytes(&mut stream, batch);
    }
    // A string of that size has four bytes before it.
    let room = (limit - stream.len() - 4).saturating_add_signed(rng.pick(&[-1, 0, 1, 1000]));
    let mut padded = last.clone();
    padded.resize(room, 0);
    rlp::put_bytes(&mut stream, &padded);
    compress_to_vec_zlib(&stream, 1)
}

/// Cuts a channel into frames, in order.
pub(super) fn cut(rng: &mut Rng, id: [u8; 16], channel: &[u8], frames_max: usize) -> Vec<Frame> {
    let count = rng.size(1, frames_max);
    let mut cuts: Vec<usize> = (1..count).map(|_| rng.index(channel.len() + 1)).collect();
    cuts.sort_unstable();
    cuts.push(channel.len());
    let mut frames = Vec::new();
    let mut start = 0;
    for (number, end) in cuts.into_iter().enumerate() {
        frames.push(Frame {
            id,
            number: u16::try_from(number).expect("few frames"),
            data: channel[start..end].to_vec(),
            is_last: number + 1 == count,
        });
        start = end;
    }
    frames
}

/// Makes one mistake with the frames of a channel.
pub(super) fn bad_frames(rng: &mut Rng, frames: &mut Vec<Frame>, older_id: [u8; 16]) {
    let at = rng.index(frames.len());
    let copy = frames[at].clone();
    match rng.range(0, 9) {
        0 => {
            frames.remove(at);
        }
        1 => frames.insert(at, copy),
        2 => frames.push(copy),
        3 => frames[at].is_last ^= true,
        4 => frames[at].number = rng.pick(&[0, 1, 7, u16::MAX]),
        5 => frames[at].id = older_id,
        6 => {
            // A frame behind the end, before or after the end itself.
            let number = copy.number + rng.pick(&[1, 2, 3]);
            let late = Frame { number, is_last: rng.chance(30), ..copy };
            let place = rng.index(frames.len() + 1);
            frames.insert(place, late);
        }
        // A hole, and a frame behind the end.
        9 => {
            frames.remove(0);
            let number = copy.number + 3;
            frames.push(Frame { number, is_last: false, ..copy });
        }
        7 => frames.iter_mut().for_each(|frame| frame.id = older_id),
        _ => rng.damage(&mut frames[at].data),
    }
}

/// Batcher data with these frames.
pub(super) fn batcher_data(frames: &[Frame]) -> Vec<u8> {
    let mut data = vec![0];
    for frame in frames {
        frame.encode(&mut data);
    }
    data
}

/// Makes one mistake in batcher data.
pub(super) fn bad_data(rng: &mut Rng, data: &mut Vec<u8>) {
    match rng.range(0, 6) {
        0 => data.clear(),
        1 => data.truncate(1),
        2 => data[0] = rng.pick(&[1, 2, 255]),
        3 => *data.last_mut().expect("it has a version") = rng.pick(&[2, 0x7f, 255]),
        4 => data.extend(rng.bytes(4)),
        // The length of the first frame.
        5 if data.len() > 23 => data[19..23].copy_from_slice(&1_000_001u32.to_be_bytes()),
        _ => rng.damage(data),
    }
}

/// Makes one mistake in a blob, if it is to be one.
pub(super) fn blob(rng: &mut Rng, data: &[u8], is_bad: bool) -> Vec<u8> {
    let mut blob = encode_blob(data);
    if !is_bad {
        return blob;
    }
    let last = blob.len() - 1;
    match rng.range(0, 5) {
        0 => blob.fill(0),
        1 => blob[1] = 1,
        2 => blob[2] = 0xff,
        3 => blob[32] |= 0x40,
        4 => blob[last] = 1,
        _ => blob[0] |= 0x40,
    }
    blob
}

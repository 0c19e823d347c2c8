use alloc::{vec, vec::Vec};
use std::{format, string::String};

use alloy_primitives::{hex, keccak256};
use proptest::prelude::*;

use super::*;

/// Opens a channel and says what is read from it, in the words of the vectors.
fn read(is_fjord: bool, limit: u64, data: Vec<u8>) -> String {
    let Ok(mut reader) = ChannelReader::with_limit(data.into(), is_fjord, limit) else {
        return String::from("closed");
    };
    let mut words = vec![];
    while let Some(bytes) = reader.next_batch_bytes() {
        words.push(format!("{}:{}", bytes.len(), hex::encode(&keccak256(&bytes)[..4])));
    }
    words.push(String::from("end"));
    words.join(" ")
}

/// Compares with what the reference implementation read.
fn check_vectors(lines: &str) {
    let mut count = 0;
    for line in lines.lines() {
        let [name, is_fjord, limit, rest] =
            line.splitn(4, ' ').collect::<Vec<_>>().try_into().expect("four words");
        let (data, expect) = rest.split_once(' ').expect("a channel and what is in it");
        let data = hex::decode(data).expect("a channel");
        let actual = read(is_fjord == "1", limit.parse().expect("a limit"), data);
        assert_eq!(actual, expect, "{name}");
        count += 1;
    }
    assert!(count > 100, "{count} vectors");
}

/// Batches of these sizes as they lie in a decompressed channel.
fn batches(sizes: &[usize]) -> Vec<u8> {
    let mut out = vec![];
    for size in sizes {
        rlp::put_string(&mut out, &vec![0xaa; *size]);
    }
    out
}

fn zlib(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 6)
}

fn brotli(data: &[u8]) -> Vec<u8> {
    let mut out = vec![1];
    let mut writer = ::brotli::CompressorWriter::new(&mut out, 4096, 5, 18);
    std::io::Write::write_all(&mut writer, data).unwrap();
    drop(writer);
    out
}

/// Sizes of the batches that are read within a limit, and whether the channel was malformed.
fn sizes(channel: Vec<u8>, limit: u64) -> (Vec<usize>, bool) {
    let mut reader = ChannelReader::with_limit(channel.into(), true, limit).unwrap();
    let mut sizes = vec![];
    while let Some(bytes) = reader.next_batch_bytes() {
        sizes.push(bytes.len());
    }
    assert!(reader.next_batch_bytes().is_none(), "an ended channel stays so");
    (sizes, reader.is_malformed())
}

#[test]
fn channels_are_read_as_the_reference_implementation_reads_them() {
    check_vectors(include_str!("../../tests/channels/vectors.txt"));
    if let Ok(path) = std::env::var("CHANNEL_VECTORS") {
        check_vectors(&std::fs::read_to_string(path).unwrap());
    }
}

#[test]
fn channel_names_its_compression() {
    let open = |data: &[u8], is_fjord| {
        ChannelReader::new(Bytes::copy_from_slice(data), is_fjord).map(|_| ())
    };
    assert_eq!(open(&[], true), Err(ChannelError::Empty));
    for first in [0, 2, 3, 7, 9, 0x11, 0xff ^ 0xf] {
        let unknown = ChannelError::UnknownCompression { actual: first };
        assert_eq!(open(&[first, 0, 0], true), Err(unknown));
    }
    for first in [0x08, 0x0f, 0x78, 0xff] {
        assert_eq!(open(&[first, 0xff], true), Err(ChannelError::ZlibHeader));
    }
}

#[test]
fn brotli_needs_fjord_at_the_l1_block_of_the_channel() {
    let channel = Bytes::from(brotli(&batches(&[5])));
    let before = ChannelReader::new(channel.clone(), false);
    assert_eq!(before.map(|_| ()), Err(ChannelError::BrotliBeforeFjord));
    let mut reader = ChannelReader::new(channel, true).unwrap();
    assert_eq!(reader.next_batch_bytes().map(|bytes| bytes.len()), Some(5));
}

#[test]
fn limit_depends_on_fjord() {
    assert_eq!((channel_bytes_max(false), channel_bytes_max(true)), (10_000_000, 100_000_000));
    let size = 10_000_000 - 4;
    let largest = Bytes::from(zlib(&batches(&[size])));
    let too_large = Bytes::from(zlib(&batches(&[size + 1])));
    let read = |channel: &Bytes, is_fjord| {
        let mut reader = ChannelReader::new(channel.clone(), is_fjord).unwrap();
        reader.next_batch_bytes().map(|bytes| bytes.len())
    };
    assert_eq!(read(&largest, false), Some(size));
    assert_eq!(read(&too_large, false), None);
    assert_eq!(read(&too_large, true), Some(size + 1));
}

#[test]
fn channel_beyond_the_limit_is_clipped_not_rejected() {
    let data = batches(&[10, 60, 3]);
    for pack in [zlib, brotli] {
        for limit in 0..=u64::try_from(data.len()).unwrap() + 1 {
            let expect: &[usize] = match limit {
                ..11 => &[],
                11..73 => &[10],
                73..77 => &[10, 60],
                _ => &[10, 60, 3],
            };
            assert_eq!(sizes(pack(&data), limit).0, expect, "limit {limit}");
        }
    }
}

#[test]
fn batches_before_damage_count() {
    let data = batches(&[100, 100, 100]);
    let mut channel = zlib(&data);
    let checksum = channel.len() - 1;
    channel[checksum] ^= 1;
    assert_eq!(sizes(channel, 1000), (vec![100, 100, 100], true));
    // A stored block for each batch, so that the cut is in the second one.
    let stored = miniz_oxide::deflate::compress_to_vec_zlib(&data, 0);
    assert_eq!(sizes(stored[..stored.len() - 150].to_vec(), 1000), (vec![100], true));
    let junk = [zlib(&data), vec![1, 2, 3]].concat();
    assert_eq!(sizes(junk, 1000), (vec![100, 100, 100], false));
}

#[test]
fn brotli_is_drained_when_input_and_output_end_together() {
    for size in [4096, 32 * 1024, 64 * 1024, 300_000] {
        let header = batches(&[size]).len() - size;
        let data = batches(&[size - header, 7]);
        assert_eq!(sizes(brotli(&data), 1_000_000), (vec![size - header, 7], false));
    }
}

#[test]
fn bomb_is_read_no_further_than_the_limit() {
    // A batch that declares more than there may be is not begun.
    let bomb = zlib(&vec![0x80; 30_000_000]);
    assert!(bomb.len() < 100_000);
    let (sizes, _) = sizes(bomb, 1_000);
    assert_eq!(sizes, vec![0; 1_000]);
}

#[test]
fn what_is_set_aside_is_bounded_by_the_input() {
    let channel = zlib(&[0xbb, 0x05, 0xf5, 0xe0, 0x00, 1, 2, 3]);
    let mut reader = ChannelReader::new(channel.into(), true).unwrap();
    // Declares 99,999,744 bytes, of which three are there. Asking for them all at once would show
    // in the memory of the test, not in its result.
    assert_eq!(reader.next_batch_bytes(), None);
    assert!(reader.is_malformed());
}

#[test]
fn bad_batch_ends_only_its_channel() {
    let good = Batch::Singular(crate::SingularBatch::default());
    let mut data = vec![];
    good.encode_for_channel(&mut data);
    rlp::put_string(&mut data, &[2, 0xc0]);
    good.encode_for_channel(&mut data);
    let mut reader = ChannelReader::new(zlib(&data).into(), false).unwrap();
    assert_eq!(reader.next_batch(), Some(good));
    assert_eq!(reader.next_batch(), None);
    assert!(reader.is_malformed());
    assert_eq!(reader.next_batch(), None);
}

proptest! {
    #[test]
    fn batches_come_back(
        strings in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5_000), 0..8),
        level in 0..10_u8,
        is_brotli: bool,
    ) {
        let mut data = vec![];
        for string in &strings {
            // A single byte below 0x80 is its own encoding, and is read as such.
            rlp::put_string(&mut data, string);
        }
        let channel = if is_brotli {
            brotli(&data)
        } else {
            miniz_oxide::deflate::compress_to_vec_zlib(&data, level)
        };
        let mut reader = ChannelReader::new(channel.into(), true).unwrap();
        for string in &strings {
            prop_assert_eq!(reader.next_batch_bytes(), Some(Bytes::from(string.clone())));
        }
        prop_assert_eq!(reader.next_batch_bytes(), None);
        prop_assert!(!reader.is_malformed());
    }

    #[test]
    fn inflated_data_matches_miniz(
        runs in prop::collection::vec((any::<u8>(), 1..700_usize, 0..40_usize), 0..400),
        level in 0..10_u8,
    ) {
        // Runs and repeats, so that matches of every distance and length appear.
        let mut data = vec![];
        for (byte, length, back) in runs {
            let start = data.len().saturating_sub(back * 900);
            let repeated: Vec<u8> = data.iter().skip(start).take(length).copied().collect();
            data.extend(repeated);
            data.extend(vec![byte; length % 7]);
        }
        let mut string = vec![];
        rlp::put_string(&mut string, &data);
        let channel = miniz_oxide::deflate::compress_to_vec_zlib(&string, level);
        let mut reader = ChannelReader::new(channel.into(), false).unwrap();
        prop_assert_eq!(reader.next_batch_bytes(), Some(Bytes::from(data)));
    }

    #[test]
    fn damaged_channels_never_panic(
        at in any::<prop::sample::Index>(), bit in 0..8_u8, is_brotli: bool,
    ) {
        let data = batches(&[70, 3, 600]);
        let mut channel = if is_brotli { brotli(&data) } else { zlib(&data) };
        let at = at.index(channel.len());
        channel[at] ^= 1_u8 << bit;
        let _ = read(true, 10_000, channel);
    }
}

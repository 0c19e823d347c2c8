//! Channels: decompression, and all the way to the blocks of a span batch.
//!
//! The channel is one that comes with the published crate: 615,361 bytes of zlib that hold one span
//! batch of 1,409,463. It is also timed with Brotli, which it is packed anew with.

use crate::{Pair, Work};
use alloy_primitives::{Bytes, hex};
use axos_genesis::{L1BlockRef, L1Number, RollupConfig};
use axos_protocol::{Batch, ChannelReader};
use kona_genesis_published::{HardForkConfig, RollupConfig as PublishedConfig};
use kona_protocol_published::{Batch as PublishedBatch, BatchReader, BlockInfo, L2BlockInfo};
use std::{fs, path::PathBuf, process::Command};

/// Decompressed bytes that both sides may read.
const LIMIT: usize = 100_000_000;

/// How one side prepares its work.
type Prepare<I> = fn(I) -> Work;

/// What is timed, with either compression.
const WORK: [(&str, &str, Prepare<Bytes>, Prepare<Vec<u8>>); 3] = [
    (
        "channel/zlib: decompress",
        "channel/brotli: decompress",
        ours_decompress,
        published_decompress,
    ),
    (
        "channel/zlib: span batch",
        "channel/brotli: span batch",
        ours_span_batch,
        published_span_batch,
    ),
    (
        "channel/zlib: single batches",
        "channel/brotli: single batches",
        ours_blocks,
        published_blocks,
    ),
];

/// The pairs of this area whose name contains `filter`.
pub fn pairs(filter: &str) -> Vec<Pair> {
    let is_wanted = |name: &&str| name.contains(filter);
    let mut pairs = Vec::new();
    if !WORK.iter().any(|(zlib, brotli, ..)| is_wanted(zlib) || is_wanted(brotli)) {
        return pairs;
    }
    let zlib = Bytes::from(channel());
    for (name, _, ours, published) in WORK.iter().filter(|(name, ..)| is_wanted(name)) {
        pairs.push(pair(name, &zlib, *ours, *published));
    }
    if WORK.iter().any(|(_, name, ..)| is_wanted(name)) {
        let brotli = Bytes::from(brotli(&zlib));
        for (_, name, ours, published) in WORK.iter().filter(|(_, name, ..)| is_wanted(name)) {
            pairs.push(pair(name, &brotli, *ours, *published));
        }
    }
    pairs
}

fn pair(
    name: &'static str,
    channel: &Bytes,
    ours: Prepare<Bytes>,
    published: Prepare<Vec<u8>>,
) -> Pair {
    let (for_ours, for_published) = (channel.clone(), channel.clone());
    Pair {
        name,
        ours: Box::new(move || ours(for_ours.clone())),
        published: Box::new(move || published(for_published.to_vec())),
    }
}

/// The channel of the published crate, wherever cargo put it.
fn channel() -> Vec<u8> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--format-version", "1", "--manifest-path", manifest])
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let package = packages
        .iter()
        .find(|package| package["name"] == "kona-protocol" && package["version"] == "0.4.5");
    let manifest = package.expect("the package is a dependency")["manifest_path"].as_str();
    let folder = PathBuf::from(manifest.expect("the package has a manifest"));
    let text = fs::read_to_string(folder.with_file_name("testdata/batch.hex"));
    hex::decode(text.expect("the package has the file").trim()).expect("the file is hexadecimal")
}

/// The same batches, compressed with Brotli.
fn brotli(zlib: &Bytes) -> Vec<u8> {
    let mut reader = ChannelReader::new(zlib.clone(), true).expect("the channel opens");
    let mut out = vec![1];
    let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 5, 22);
    while let Some(batch) = reader.next_batch_bytes() {
        let mut string = Vec::new();
        alloy_rlp::Encodable::encode(&batch, &mut string);
        std::io::Write::write_all(&mut writer, &string).expect("memory takes it");
    }
    drop(writer);
    out
}

fn ours_decompress(channel: Bytes) -> Work {
    Box::new(move || {
        let mut reader = ChannelReader::new(channel, true).expect("the channel opens");
        let bytes = reader.next_batch_bytes().expect("there is a batch");
        assert_eq!(bytes.len(), 1_409_459);
        assert!(reader.next_batch_bytes().is_none() && !reader.is_malformed());
        Box::new(bytes)
    })
}

fn published_decompress(channel: Vec<u8>) -> Work {
    Box::new(move || {
        let mut reader = BatchReader::new(channel, LIMIT);
        reader.decompress().expect("the channel opens");
        assert_eq!(reader.decompressed.len(), 1_409_463);
        Box::new(reader)
    })
}

fn ours_expand(channel: Bytes) -> axos_protocol::SpanBatch {
    let mut reader = ChannelReader::new(channel, true).expect("the channel opens");
    let Some(Batch::Span(batch)) = reader.next_batch() else { panic!("there is a span batch") };
    batch.derive(&RollupConfig::default()).expect("the batch expands")
}

fn published_expand(channel: Vec<u8>) -> kona_protocol_published::SpanBatch {
    let mut reader = BatchReader::new(channel, LIMIT);
    let hardforks = HardForkConfig { fjord_time: Some(0), ..HardForkConfig::default() };
    let config = PublishedConfig { hardforks, ..PublishedConfig::default() };
    let Some(PublishedBatch::Span(batch)) = reader.next_batch(&config) else {
        panic!("there is a span batch")
    };
    batch
}

fn ours_span_batch(channel: Bytes) -> Work {
    Box::new(move || Box::new(ours_expand(channel)))
}

fn published_span_batch(channel: Vec<u8>) -> Work {
    Box::new(move || Box::new(published_expand(channel)))
}

fn ours_blocks(channel: Bytes) -> Work {
    let epochs = epochs(channel.clone());
    let origins: Vec<_> = epochs
        .map(|number| L1BlockRef { number: L1Number(number), ..L1BlockRef::default() })
        .collect();
    Box::new(move || {
        Box::new(ours_expand(channel).into_singular(0, &origins).expect("origins are known"))
    })
}

fn published_blocks(channel: Vec<u8>) -> Work {
    let epochs = epochs(channel.clone().into());
    let origins: Vec<_> =
        epochs.map(|number| BlockInfo { number, ..BlockInfo::default() }).collect();
    Box::new(move || {
        let batch = published_expand(channel);
        Box::new(
            batch
                .get_singular_batches(&origins, L2BlockInfo::default())
                .expect("origins are known"),
        )
    })
}

/// Numbers of the L1 origins of the batch.
fn epochs(channel: Bytes) -> std::ops::RangeInclusive<u64> {
    let batch = ours_expand(channel);
    let number = |block: Option<&axos_protocol::SpanBatchBlock>| {
        block.expect("there is a block").epoch_number.0
    };
    number(batch.blocks.first())..=number(batch.blocks.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_read_the_same_transactions() {
        let channel = channel();
        let ours = ours_expand(channel.clone().into());
        let published = published_expand(channel);
        assert_eq!(ours.blocks.len(), published.batches.len());
        for (ours, published) in ours.blocks.iter().zip(&published.batches) {
            assert_eq!(ours.transactions, published.transactions);
            assert_eq!(ours.timestamp, published.timestamp);
            assert_eq!(ours.epoch_number.0, published.epoch_num);
        }
    }
}

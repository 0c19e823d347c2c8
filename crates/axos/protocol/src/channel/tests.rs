use alloc::{vec, vec::Vec};
use std::{format, string::String};

use alloy_primitives::{hex, keccak256};

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

#[test]
fn channels_are_read_as_the_reference_implementation_reads_them() {
    check_vectors(include_str!("../../tests/channels/vectors.txt"));
    if let Ok(path) = std::env::var("CHANNEL_VECTORS") {
        check_vectors(&std::fs::read_to_string(path).unwrap());
    }
}

//! Data in blobs.

use crate::{
    rule::{Hits, Rule},
    world::BLOB_BYTES,
};
use alloy_primitives::Bytes;

/// Bytes that a blob can hold.
pub const BLOB_DATA_BYTES: usize = 130_044;

const ELEMENT: usize = 32;

/// The data in a blob, or none if its encoding is wrong.
///
/// Four field elements hold 127 bytes: 31 in each but for its first byte, and three more in the
/// low six bits of the four first bytes. Spec: protocol/ecotone/derivation.md#blob-encoding
///
/// op-node does not look at the high bits of the very first element, so neither does this.
pub fn decode_blob(blob: &[u8], hits: &mut Hits) -> Option<Bytes> {
    assert_eq!(blob.len(), BLOB_BYTES, "a blob has its size");
    match try_decode_blob(blob) {
        Ok(data) => {
            hits.hit(if data.is_empty() { Rule::BlobZero } else { Rule::BlobData });
            Some(data.into())
        }
        Err(rule) => {
            hits.hit(rule);
            None
        }
    }
}

fn try_decode_blob(blob: &[u8]) -> Result<Vec<u8>, Rule> {
    if blob[1] != 0 {
        return Err(Rule::BlobVersion);
    }
    let length = u32::from_be_bytes([0, blob[2], blob[3], blob[4]]);
    let length = usize::try_from(length).expect("24 bits");
    if length > BLOB_DATA_BYTES {
        return Err(Rule::BlobLength);
    }
    // Version and length stand before the data in the first of all those bytes.
    let end = length + 4;
    let groups_used = end.div_ceil(127);
    let mut content = Vec::new();
    for (index, group) in blob.chunks(4 * ELEMENT).enumerate() {
        if index >= groups_used {
            if group.iter().any(|byte| *byte != 0) {
                return Err(Rule::BlobTrailing);
            }
            continue;
        }
        content.extend(decode_group(group, index == 0)?);
    }
    if content[end..].iter().any(|byte| *byte != 0) {
        return Err(Rule::BlobTrailing);
    }
    Ok(content[4..end].to_vec())
}

fn decode_group(group: &[u8], is_first: bool) -> Result<Vec<u8>, Rule> {
    let element = |at: usize| &group[at * ELEMENT..(at + 1) * ELEMENT];
    let high = [element(0)[0], element(1)[0], element(2)[0], element(3)[0]];
    let checked = if is_first { &high[1..] } else { &high[..] };
    if checked.iter().any(|byte| byte & 0b1100_0000 != 0) {
        return Err(Rule::BlobHighBits);
    }
    let [a, b, c, d] = high.map(|byte| byte & 0b0011_1111);
    let x = a | (b & 0b0011_0000) << 2;
    let y = b & 0b0000_1111 | (d & 0b0000_1111) << 4;
    let z = c | (d & 0b0011_0000) << 2;
    Ok([&element(0)[1..], &[x], &element(1)[1..], &[y], &element(2)[1..], &[z], &element(3)[1..]]
        .concat())
}

/// A blob with that data. At most [`BLOB_DATA_BYTES`] bytes fit.
pub fn encode_blob(data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("data of a blob is small").to_be_bytes();
    let mut content = vec![0, length[1], length[2], length[3]];
    content.extend(data);
    let mut blob = Vec::new();
    for group in content.chunks(127) {
        let mut full = [0; 127];
        full[..group.len()].copy_from_slice(group);
        let (x, y, z) = (full[31], full[63], full[95]);
        let high =
            [x & 0x3f, y & 0x0f | (x & 0xc0) >> 2, z & 0x3f, (z & 0xc0) >> 2 | (y & 0xf0) >> 4];
        for (at, byte) in high.into_iter().enumerate() {
            blob.push(byte);
            blob.extend(&full[at * 32..at * 32 + 31]);
        }
    }
    blob.resize(BLOB_BYTES, 0);
    blob
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(blob: &[u8]) -> Option<Bytes> {
        decode_blob(blob, &mut Hits::default())
    }

    #[test]
    fn blob_is_read_back() {
        for length in [0, 1, 27, 28, 122, 123, 124, 250, 10_000, BLOB_DATA_BYTES] {
            let data: Vec<u8> = (0..length).map(|at| (at * 7 + 1).to_le_bytes()[0]).collect();
            assert_eq!(decode(&encode_blob(&data)), Some(data.into()), "{length}");
        }
    }

    #[test]
    fn blob_has_one_form_only() {
        let good = encode_blob(&[7; 200]);
        let check = |at: usize, byte: u8| {
            let mut blob = good.clone();
            blob[at] = byte;
            decode(&blob).is_some()
        };
        assert!(check(40, 1), "other data");
        assert!(!check(1, 1), "version");
        assert!(!check(2, 255), "length");
        assert!(!check(32, 0x40) && !check(160, 0x80), "high bits");
        assert!(!check(255, 1) && !check(BLOB_BYTES - 1, 1), "data behind the end");
        assert!(check(0, 0x40 | good[0]), "high bits of the first element");
    }
}

//! Batcher data inside an EIP-4844 blob.
//!
//! A blob is a sequence of field elements of 32 bytes whose two highest bits can't be used. Four
//! of them carry 127 bytes: 31 each, and three more (`x`, `y`, `z`) spread over the six usable bits
//! of each of the four first bytes.
//!
//! ```text
//! blob   | A 31 bytes | B 31 bytes | C 31 bytes | D 31 bytes |
//! data   |   31 bytes | x 31 bytes | y 31 bytes | z 31 bytes |
//!
//! A = x[0..6]    B = y[0..4] x[6..8]    C = z[0..6]    D = y[4..8] z[6..8]    (low bits first)
//! ```
//!
//! The first four bytes of data are version and length, so that the first round has 123 left.
//!
//! Spec: protocol/ecotone/derivation.md#blob-encoding

use alloc::{boxed::Box, vec::Vec};

/// Bytes of a blob: 4096 field elements of 32 bytes.
pub const BLOB_BYTES: usize = 4096 * ELEMENT_BYTES;
/// Most data bytes a blob can carry.
pub const BLOB_DATA_BYTES_MAX: usize = ROUNDS * ROUND_DATA_BYTES - HEADER_BYTES;

/// Bytes of a field element.
const ELEMENT_BYTES: usize = 32;
/// Field elements that are encoded together.
const ROUND_ELEMENTS: usize = 4;
/// Bytes of the field elements of one round.
const ROUND_BYTES: usize = ROUND_ELEMENTS * ELEMENT_BYTES;
/// Bytes that one round carries.
const ROUND_DATA_BYTES: usize = ROUND_BYTES - 1;
/// Rounds of a blob.
const ROUNDS: usize = BLOB_BYTES / ROUND_BYTES;
/// Bytes that version (1) and length (3) take.
const HEADER_BYTES: usize = 4;
/// The only version of the encoding.
const ENCODING_VERSION: u8 = 0;
/// Bits of a field element's first byte that must be zero.
const HIGH_BITS: u8 = 0b1100_0000;

const _: () = assert!(BLOB_BYTES == 131_072 && BLOB_DATA_BYTES_MAX == 130_044);

/// Why a blob does not carry batcher data. Such a blob is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Another version of the encoding.
    #[error("blob has encoding version {actual}, expected {expected}")]
    Version {
        /// The only known version.
        expected: u8,
        /// The version met.
        actual: u8,
    },
    /// More data than fits in.
    #[error("blob data is {actual} bytes long, the limit is {limit}")]
    Length {
        /// [`BLOB_DATA_BYTES_MAX`].
        limit: usize,
        /// The length met.
        actual: usize,
    },
    /// A field element has one of its two highest bits set.
    #[error("field element {index} has one of its two highest bits set")]
    HighBits {
        /// Number of the field element, from 0.
        index: usize,
    },
    /// A bit behind the data is set.
    #[error("blob is not zero behind its {length} bytes of data")]
    NotZeroBehindData {
        /// Bytes of data.
        length: usize,
    },
}

/// Reads the data of a blob.
///
/// The two highest bits of the very first byte are ignored instead of checked. The text of the
/// specification wants every field element checked, but its reference implementation never looked
/// at these two, and what is posted already is judged by that.
///
/// # Errors
/// [`BlobError`] if the blob is not encoded as it must be.
///
/// Spec: protocol/ecotone/derivation.md#blob-encoding
pub fn decode_blob(blob: &[u8; BLOB_BYTES]) -> Result<Vec<u8>, BlobError> {
    let &[_, version, high, middle, low, ..] = blob;
    if version != ENCODING_VERSION {
        return Err(BlobError::Version { expected: ENCODING_VERSION, actual: version });
    }
    let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
    if length > BLOB_DATA_BYTES_MAX {
        return Err(BlobError::Length { limit: BLOB_DATA_BYTES_MAX, actual: length });
    }

    let (rounds, _) = blob.as_chunks::<ROUND_BYTES>();
    let used = (HEADER_BYTES + length).div_ceil(ROUND_DATA_BYTES);
    let (used, unused) = rounds.split_at_checked(used).unwrap_or((rounds, &[]));
    let mut data = Vec::with_capacity(used.len() * ROUND_DATA_BYTES);
    for (index, round) in used.iter().enumerate() {
        decode_round(round, index, &mut data)?;
    }

    let padding = data.get(length..).unwrap_or_default();
    if !is_zero(padding) || !is_zero(unused.as_flattened()) {
        return Err(BlobError::NotZeroBehindData { length });
    }
    data.truncate(length);
    Ok(data)
}

/// Appends the data of the `index`-th round.
fn decode_round(
    round: &[u8; ROUND_BYTES],
    index: usize,
    data: &mut Vec<u8>,
) -> Result<(), BlobError> {
    let ([a, b, c, d], _) = round.as_chunks::<ELEMENT_BYTES>() else {
        return Ok(());
    };
    let is_first = index == 0;
    let checked = if is_first { a[0] & !HIGH_BITS } else { a[0] };
    if (checked | b[0] | c[0] | d[0]) & HIGH_BITS != 0 {
        let heads = [checked, b[0], c[0], d[0]];
        let at = heads.iter().position(|head| head & HIGH_BITS != 0).unwrap_or_default();
        return Err(BlobError::HighBits { index: index * ROUND_ELEMENTS + at });
    }
    let header = if is_first { HEADER_BYTES } else { 0 };
    data.extend_from_slice(a.get(1 + header..).unwrap_or_default());
    data.push((a[0] & 0b0011_1111) | ((b[0] & 0b0011_0000) << 2));
    data.extend_from_slice(&b[1..]);
    data.push((b[0] & 0b0000_1111) | ((d[0] & 0b0000_1111) << 4));
    data.extend_from_slice(&c[1..]);
    data.push((c[0] & 0b0011_1111) | ((d[0] & 0b0011_0000) << 2));
    data.extend_from_slice(&d[1..]);
    Ok(())
}

/// Whether all bytes are zero, without stopping at the first that is not: that is faster.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

/// Puts data into a blob.
///
/// # Errors
/// [`BlobError::Length`] if there are more than [`BLOB_DATA_BYTES_MAX`] bytes.
///
/// Spec: protocol/ecotone/derivation.md#blob-encoding
pub fn encode_blob(data: &[u8]) -> Result<Box<[u8; BLOB_BYTES]>, BlobError> {
    let too_long = BlobError::Length { limit: BLOB_DATA_BYTES_MAX, actual: data.len() };
    if data.len() > BLOB_DATA_BYTES_MAX {
        return Err(too_long);
    }
    let [_, length @ ..] = u32::try_from(data.len()).map_err(|_| too_long)?.to_be_bytes();
    let [high, middle, low] = length;

    // Version, length and data in one piece, so that all rounds are alike.
    let mut payload = Vec::with_capacity(HEADER_BYTES + data.len() + ROUND_DATA_BYTES);
    payload.extend_from_slice(&[ENCODING_VERSION, high, middle, low]);
    payload.extend_from_slice(data);
    payload.resize(payload.len().next_multiple_of(ROUND_DATA_BYTES), 0);

    let mut blob = Vec::with_capacity(BLOB_BYTES);
    for round in payload.as_chunks::<ROUND_DATA_BYTES>().0 {
        encode_round(round, &mut blob);
    }
    blob.resize(BLOB_BYTES, 0);
    blob.into_boxed_slice().try_into().map_err(|_| too_long)
}

/// Appends the field elements of one round.
fn encode_round(data: &[u8; ROUND_DATA_BYTES], blob: &mut Vec<u8>) {
    let (tail_a, x) = (&data[..31], data[31]);
    let (tail_b, y) = (&data[32..63], data[63]);
    let (tail_c, z) = (&data[64..95], data[95]);
    let tail_d = &data[96..];
    blob.push(x & 0b0011_1111);
    blob.extend_from_slice(tail_a);
    blob.push((y & 0b0000_1111) | ((x & HIGH_BITS) >> 2));
    blob.extend_from_slice(tail_b);
    blob.push(z & 0b0011_1111);
    blob.extend_from_slice(tail_c);
    blob.push(((z & HIGH_BITS) >> 2) | (y >> 4));
    blob.extend_from_slice(tail_d);
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    const LENGTHS: [usize; 12] = [
        0,
        1,
        27,
        28,
        122,
        123,
        124,
        250,
        251,
        130_043,
        BLOB_DATA_BYTES_MAX - 127,
        BLOB_DATA_BYTES_MAX,
    ];

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at % 251).unwrap() | 0b1100_0001).collect()
    }

    fn check_change(length: usize, at: usize, byte: u8, expect: Result<usize, BlobError>) {
        let mut blob = encode_blob(&pattern(length)).unwrap();
        blob[at] = byte;
        assert_eq!(decode_blob(&blob).map(|data| data.len()), expect, "{at} = {byte}");
    }

    #[test]
    fn data_comes_back() {
        for length in LENGTHS {
            let data = pattern(length);
            let blob = encode_blob(&data).unwrap();
            assert!(blob.iter().step_by(32).all(|head| head & HIGH_BITS == 0));
            assert_eq!(decode_blob(&blob), Ok(data), "{length} bytes");
        }
    }

    #[test]
    fn zero_blob_is_empty_data() {
        assert_eq!(decode_blob(&[0; BLOB_BYTES]), Ok(vec![]));
    }

    #[test]
    fn limit_is_exact() {
        let limit = BLOB_DATA_BYTES_MAX;
        let too_long = BlobError::Length { limit, actual: limit + 1 };
        assert_eq!(encode_blob(&vec![0; limit + 1]), Err(too_long));
        let mut blob = encode_blob(&pattern(limit)).unwrap();
        blob[4] += 1;
        assert_eq!(decode_blob(&blob), Err(too_long));
    }

    #[test]
    fn version_must_be_zero() {
        check_change(10, 1, 1, Err(BlobError::Version { expected: 0, actual: 1 }));
    }

    #[test]
    fn high_bits_are_checked_but_in_the_first_element() {
        for bit in [0x40, 0x80] {
            check_change(200, 0, bit, Ok(200));
            for index in 1..8 {
                check_change(200, index * 32, bit, Err(BlobError::HighBits { index }));
            }
            check_change(200, 8 * 32, bit, Err(BlobError::NotZeroBehindData { length: 200 }));
        }
    }

    #[test]
    fn bits_behind_the_data_must_be_zero() {
        // 27 bytes of data end with the first field element. Its six bits belong to byte 27.
        check_change(27, 0, 1, Err(BlobError::NotZeroBehindData { length: 27 }));
        check_change(27, 33, 1, Err(BlobError::NotZeroBehindData { length: 27 }));
        check_change(27, BLOB_BYTES - 1, 1, Err(BlobError::NotZeroBehindData { length: 27 }));
    }

    proptest! {
        #[test]
        fn random_data_comes_back(data in prop::collection::vec(any::<u8>(), 0..2000)) {
            let blob = encode_blob(&data).unwrap();
            prop_assert_eq!(decode_blob(&blob), Ok(data));
        }

        #[test]
        fn decoding_is_one_to_one(
            data in prop::collection::vec(any::<u8>(), 0..600),
            at in 1..1024_usize,
            change in 1..=u8::MAX,
        ) {
            let mut blob = encode_blob(&data).unwrap();
            blob[at] ^= change;
            if let Ok(other) = decode_blob(&blob) {
                prop_assert_ne!(&other, &data);
                prop_assert_eq!(encode_blob(&other), Ok(blob));
            }
        }
    }
}

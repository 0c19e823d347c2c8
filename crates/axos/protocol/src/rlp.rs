//! Strict RLP over slices, without copies.
//!
//! Accepts what go-ethereum's decoder accepts, which is the reference of the protocol: sizes and
//! integers must be in their shortest form, a byte below 0x80 stands for itself.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};

/// Header byte of the empty string.
const EMPTY_STRING: u8 = 0x80;
/// Header byte of the empty list.
const EMPTY_LIST: u8 = 0xc0;
/// Longest payload whose length is part of the header byte, in bytes.
const SHORT_PAYLOAD_BYTES_MAX: usize = 55;

/// Something is not the canonical RLP it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// One item: a string or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item<'a> {
    /// Whether it is a list.
    pub(crate) is_list: bool,
    /// The item without its header.
    pub(crate) payload: &'a [u8],
    /// The item with its header.
    pub(crate) raw: &'a [u8],
}

/// The items of a list that have not been read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Item<'a> {
    /// The item at the start of `data`, and what is behind it.
    pub(crate) fn split(data: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        let (&first, behind) = data.split_first().ok_or(Malformed)?;
        let (is_list, payload, rest) = match first {
            ..EMPTY_STRING => {
                let (payload, rest) = data.split_at_checked(1).ok_or(Malformed)?;
                (false, payload, rest)
            }
            EMPTY_STRING..=0xb7 => {
                let size = usize::from(first - EMPTY_STRING);
                let (payload, rest) = behind.split_at_checked(size).ok_or(Malformed)?;
                // A byte below 0x80 must stand for itself.
                if let [byte] = payload
                    && *byte < EMPTY_STRING
                {
                    return Err(Malformed);
                }
                (false, payload, rest)
            }
            0xb8..=0xbf => {
                let (payload, rest) = split_long(behind, usize::from(first - 0xb7))?;
                (false, payload, rest)
            }
            EMPTY_LIST..=0xf7 => {
                let size = usize::from(first - EMPTY_LIST);
                let (payload, rest) = behind.split_at_checked(size).ok_or(Malformed)?;
                (true, payload, rest)
            }
            0xf8.. => {
                let (payload, rest) = split_long(behind, usize::from(first - 0xf7))?;
                (true, payload, rest)
            }
        };
        let (raw, _) = data.split_at_checked(data.len() - rest.len()).ok_or(Malformed)?;
        Ok((Self { is_list, payload, raw }, rest))
    }
}

/// Splits a payload whose length is in the first `size_bytes` of `data`.
fn split_long(data: &[u8], size_bytes: usize) -> Result<(&[u8], &[u8]), Malformed> {
    let (size, behind) = data.split_at_checked(size_bytes).ok_or(Malformed)?;
    let size = usize::try_from(be_u64(size)?).map_err(|_| Malformed)?;
    if size <= SHORT_PAYLOAD_BYTES_MAX {
        return Err(Malformed);
    }
    behind.split_at_checked(size).ok_or(Malformed)
}

/// Reads an integer of up to 8 big-endian bytes without leading zeros; no bytes are 0.
pub(crate) fn be_u64(bytes: &[u8]) -> Result<u64, Malformed> {
    if bytes.len() > 8 || bytes.first() == Some(&0) {
        return Err(Malformed);
    }
    Ok(bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)))
}

impl<'a> Items<'a> {
    /// The items of the list at the start of `data`, and what is behind it.
    pub(crate) fn split(data: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        let (item, rest) = Item::split(data)?;
        if !item.is_list {
            return Err(Malformed);
        }
        Ok((Self { rest: item.payload }, rest))
    }

    /// The items of the one list that `data` is.
    pub(crate) fn of(data: &'a [u8]) -> Result<Self, Malformed> {
        let (items, rest) = Self::split(data)?;
        if rest.is_empty() { Ok(items) } else { Err(Malformed) }
    }

    /// What has not been read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all items have been read.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Fails if an item has not been read.
    pub(crate) const fn finish(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    /// The next item.
    pub(crate) fn next(&mut self) -> Result<Item<'a>, Malformed> {
        let (item, rest) = Item::split(self.rest)?;
        self.rest = rest;
        Ok(item)
    }

    /// The next item, which must be a string.
    pub(crate) fn string(&mut self) -> Result<&'a [u8], Malformed> {
        let item = self.next()?;
        if item.is_list { Err(Malformed) } else { Ok(item.payload) }
    }

    /// The next item, which must be a list.
    pub(crate) fn list(&mut self) -> Result<Items<'a>, Malformed> {
        let item = self.next()?;
        if item.is_list { Ok(Self { rest: item.payload }) } else { Err(Malformed) }
    }

    /// The next item, which must be a string of `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Malformed> {
        self.string()?.try_into().map_err(|_| Malformed)
    }

    /// The next item, which must be a hash.
    pub(crate) fn hash(&mut self) -> Result<B256, Malformed> {
        self.array().copied().map(B256::new)
    }

    /// The next item, which must be an address.
    pub(crate) fn address(&mut self) -> Result<Address, Malformed> {
        self.array().copied().map(Address::new)
    }

    /// The next item, which must be an address, or empty.
    pub(crate) fn optional_address(&mut self) -> Result<Option<Address>, Malformed> {
        match self.string()? {
            [] => Ok(None),
            bytes => Address::try_from(bytes).map(Some).map_err(|_| Malformed),
        }
    }

    /// The next item, which must be an integer of up to 64 bits.
    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        be_u64(self.string()?)
    }

    /// The next item, which must be an integer of any size. Gives its bytes, big-endian.
    pub(crate) fn integer(&mut self) -> Result<&'a [u8], Malformed> {
        let bytes = self.string()?;
        if bytes.first() == Some(&0) { Err(Malformed) } else { Ok(bytes) }
    }
}

/// Bytes that the header of a list, or of a string that is not a single byte below 0x80, takes.
pub(crate) const fn header_len(payload_len: usize) -> usize {
    if payload_len <= SHORT_PAYLOAD_BYTES_MAX { 1 } else { 1 + size_len(payload_len) }
}

/// Bytes of the shortest form of a size.
const fn size_len(size: usize) -> usize {
    size_of::<usize>() - leading_zero_bytes(size)
}

const fn leading_zero_bytes(size: usize) -> usize {
    size.leading_zeros() as usize / 8
}

/// Appends the header of a list.
pub(crate) fn put_list_header(out: &mut Vec<u8>, payload_len: usize) {
    put_header(out, EMPTY_LIST, payload_len);
}

/// Appends a string.
pub(crate) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    if !matches!(bytes, [..EMPTY_STRING]) {
        put_header(out, EMPTY_STRING, bytes.len());
    }
    out.extend_from_slice(bytes);
}

/// Appends an integer given by its big-endian bytes, which may have leading zeros.
pub(crate) fn put_integer(out: &mut Vec<u8>, bytes: &[u8]) {
    put_string(out, trim(bytes));
}

/// Appends an integer.
pub(crate) fn put_u64(out: &mut Vec<u8>, value: u64) {
    put_integer(out, &value.to_be_bytes());
}

/// Bytes of an encoded string.
pub(crate) const fn string_len(bytes: &[u8]) -> usize {
    if matches!(bytes, [..EMPTY_STRING]) { 1 } else { header_len(bytes.len()) + bytes.len() }
}

/// Bytes of an encoded integer given by its big-endian bytes, which may have leading zeros.
pub(crate) fn integer_len(bytes: &[u8]) -> usize {
    string_len(trim(bytes))
}

/// The bytes of an integer without leading zeros.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn put_header(out: &mut Vec<u8>, empty: u8, payload_len: usize) {
    match u8::try_from(payload_len) {
        Ok(len) if payload_len <= SHORT_PAYLOAD_BYTES_MAX => out.push(empty + len),
        _ => {
            let size = payload_len.to_be_bytes();
            let size = trim(&size);
            let size_len = u8::try_from(size.len()).unwrap_or(u8::MAX);
            out.push((empty + 55).saturating_add(size_len));
            out.extend_from_slice(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy_rlp::{Decodable, Encodable};
    use proptest::prelude::*;

    use super::*;

    /// Splits `data` and says what is in it: list or string, payload, number of bytes behind.
    fn check(data: &[u8], expect: Option<(bool, &[u8], usize)>) {
        let actual = Item::split(data);
        let actual = actual.ok().map(|(item, rest)| (item.is_list, item.payload, rest.len()));
        assert_eq!(actual, expect, "{data:02x?}");
    }

    #[test]
    fn splits_items() {
        check(&[0x00], Some((false, &[0], 0)));
        check(&[0x7f, 1], Some((false, &[0x7f], 1)));
        check(&[0x80], Some((false, &[], 0)));
        check(&[0x81, 0x80], Some((false, &[0x80], 0)));
        check(&[0xc0, 0xc0], Some((true, &[], 1)));
        check(&[0xc1, 0x05], Some((true, &[5], 0)));
    }

    #[test]
    fn only_shortest_forms_are_canonical() {
        check(&[0x81, 0x7f], None);
        let mut long = [7; 2 + 56];
        long[0] = 0xb8;
        long[1] = 56;
        check(&long, Some((false, &[7; 56], 0)));
        long[1] = 55;
        check(&long, None);
        let mut long = [7; 3 + 56];
        long[..3].copy_from_slice(&[0xb9, 0, 56]);
        check(&long, None);
        long[..3].copy_from_slice(&[0xf9, 0, 56]);
        check(&long, None);
        assert_eq!(be_u64(&[]), Ok(0));
        assert_eq!(be_u64(&[0]), Err(Malformed));
        assert_eq!(be_u64(&[1, 0]), Ok(256));
        assert_eq!(be_u64(&[0xff; 8]), Ok(u64::MAX));
        assert_eq!(be_u64(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), Err(Malformed));
    }

    #[test]
    fn truncated_or_huge_sizes_are_malformed() {
        for data in [&[][..], &[0x81], &[0xb8], &[0xb9, 1], &[0xbf, 255, 255, 255, 255], &[0xc1]] {
            check(data, None);
        }
        check(&[0xff; 9], None);
        check(&[0xbf; 9], None);
    }

    proptest! {
        #[test]
        fn strings_match_alloy(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut out = Vec::new();
            put_string(&mut out, &bytes);
            let mut expect = Vec::new();
            bytes.as_slice().encode(&mut expect);
            prop_assert_eq!(&out, &expect);
            prop_assert_eq!(string_len(&bytes), out.len());
            let (item, rest) = Item::split(&out).unwrap();
            prop_assert_eq!((item.is_list, item.payload, item.raw), (false, &*bytes, &*out));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn integers_match_alloy(value: u64) {
            let mut out = Vec::new();
            put_u64(&mut out, value);
            prop_assert_eq!(u64::decode(&mut out.as_slice()), Ok(value));
            prop_assert_eq!(integer_len(&value.to_be_bytes()), out.len());
            prop_assert_eq!(Items { rest: &out }.u64(), Ok(value));
        }

        #[test]
        fn list_headers_match_alloy(payload_len in 0..100_000_usize) {
            let mut out = Vec::new();
            put_list_header(&mut out, payload_len);
            let mut expect = Vec::new();
            alloy_rlp::Header { list: true, payload_length: payload_len }.encode(&mut expect);
            prop_assert_eq!(&out, &expect);
            prop_assert_eq!(header_len(payload_len), out.len());
        }

        #[test]
        fn arbitrary_bytes_never_panic(data: Vec<u8>) {
            if let Ok((item, rest)) = Item::split(&data) {
                prop_assert_eq!([item.raw, rest].concat(), data);
            }
        }
    }
}

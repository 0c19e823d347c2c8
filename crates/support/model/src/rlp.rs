//! Strict RLP, one item at a time.

use alloy_primitives::{Address, B256, U256};

/// One RLP item: the bytes of a string, or the encoded items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A byte string.
    Bytes(&'a [u8]),
    /// A list; the payload is the concatenation of its items.
    List(&'a [u8]),
}

/// Splits the first item off `input`; none if it is cut short or not in its only valid form.
pub fn split(input: &[u8]) -> Option<(Item<'_>, &[u8])> {
    let (&first, rest) = input.split_first()?;
    if first < 0x80 {
        return Some((Item::Bytes(&input[..1]), rest));
    }
    let is_list = first >= 0xc0;
    let short = first - if is_list { 0xc0 } else { 0x80 };
    let (length, rest) = match short {
        0..=55 => (usize::from(short), rest),
        _ => long_length(usize::from(short) - 55, rest)?,
    };
    let (payload, rest) = rest.split_at_checked(length)?;
    let is_longer_than_needed = !is_list && length == 1 && payload[0] < 0x80;
    if is_longer_than_needed {
        return None;
    }
    Some((if is_list { Item::List(payload) } else { Item::Bytes(payload) }, rest))
}

/// A length of `count` bytes, which must need all of them and be too large for the short form.
fn long_length(count: usize, rest: &[u8]) -> Option<(usize, &[u8])> {
    let (bytes, rest) = rest.split_at_checked(count)?;
    if bytes[0] == 0 {
        return None;
    }
    let length = bytes.iter().fold(0u64, |length, byte| length << 8 | u64::from(*byte));
    (length > 55).then_some((usize::try_from(length).ok()?, rest))
}

/// The items of a list's payload, if all are valid.
pub fn items(mut payload: &[u8]) -> Option<Vec<Item<'_>>> {
    let mut found = Vec::new();
    while !payload.is_empty() {
        let (item, rest) = split(payload)?;
        found.push(item);
        payload = rest;
    }
    Some(found)
}

impl<'a> Item<'a> {
    /// The bytes of a string.
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::List(_) => None,
        }
    }

    /// The items of a list.
    pub fn list(self) -> Option<Vec<Item<'a>>> {
        match self {
            Self::Bytes(_) => None,
            Self::List(payload) => items(payload),
        }
    }

    /// A string of exactly `N` bytes.
    pub fn array<const N: usize>(self) -> Option<[u8; N]> {
        self.bytes()?.try_into().ok()
    }

    /// A hash.
    pub fn hash(self) -> Option<B256> {
        self.array().map(B256::new)
    }

    /// An address.
    pub fn address(self) -> Option<Address> {
        self.array().map(Address::new)
    }

    /// A number of any size as big-endian bytes without a leading zero.
    pub fn number(self) -> Option<&'a [u8]> {
        self.bytes().filter(|bytes| bytes.first() != Some(&0))
    }

    /// A number below 2⁶⁴.
    pub fn u64(self) -> Option<u64> {
        let bytes = self.number()?;
        (bytes.len() <= 8)
            .then(|| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// A number below 2²⁵⁶.
    pub fn u256(self) -> Option<U256> {
        U256::try_from_be_slice(self.number()?)
    }
}

/// Appends a byte string.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    match bytes {
        [byte] if *byte < 0x80 => {}
        _ => put_length(out, 0x80, bytes.len()),
    }
    out.extend(bytes);
}

/// Appends a number given as big-endian bytes; leading zeros are left out.
pub fn put_number(out: &mut Vec<u8>, bytes: &[u8]) {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    put_bytes(out, &bytes[zeros..]);
}

/// Appends a number.
pub fn put_u64(out: &mut Vec<u8>, value: u64) {
    put_number(out, &value.to_be_bytes());
}

/// Appends a list whose items are already encoded.
pub fn put_list(out: &mut Vec<u8>, payload: &[u8]) {
    put_length(out, 0xc0, payload.len());
    out.extend(payload);
}

fn put_length(out: &mut Vec<u8>, base: u8, length: usize) {
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let significant = &bytes[zeros..];
    if length <= 55 {
        out.push(base + significant.first().copied().unwrap_or(0));
    } else {
        out.push(base + 55 + significant.len().to_le_bytes()[0]);
        out.extend(significant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_refuses_every_form_but_the_shortest() {
        assert_eq!(split(&[0x05]), Some((Item::Bytes(&[5]), &[][..])));
        assert_eq!(split(&[0x81, 0x05]), None);
        assert_eq!(split(&[0x81, 0x85]), Some((Item::Bytes(&[0x85]), &[][..])));
        assert_eq!(split(&[0xb8, 0x01, 0x85]), None);
        assert_eq!(split(&[0x82, 0x05]), None);
        assert_eq!(split(&[0xc1, 0x80, 0x07]), Some((Item::List(&[0x80]), &[7][..])));
        assert_eq!(split(&[]), None);
        let mut long = vec![0xb8, 56];
        long.extend([7; 56]);
        assert_eq!(split(&long), Some((Item::Bytes(&[7; 56]), &[][..])));
        let mut padded = vec![0xb9, 0, 56];
        padded.extend([7; 56]);
        assert_eq!(split(&padded), None);
    }

    #[test]
    fn numbers_have_no_leading_zero() {
        assert_eq!(Item::Bytes(&[0]).u64(), None);
        assert_eq!(Item::Bytes(&[]).u64(), Some(0));
        assert_eq!(Item::Bytes(&[1; 9]).u64(), None);
        assert_eq!(Item::Bytes(&[1, 0]).u64(), Some(256));
    }

    #[test]
    fn what_is_put_can_be_split() {
        for length in [0, 1, 55, 56, 255, 256, 70_000] {
            let mut out = Vec::new();
            put_bytes(&mut out, &vec![0x90; length]);
            assert_eq!(split(&out), Some((Item::Bytes(&vec![0x90; length]), &[][..])));
        }
    }
}

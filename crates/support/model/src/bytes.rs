//! Reading bytes from the front of a slice.

/// What is left of some input.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// The bytes that were not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// True once everything was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `count` bytes, or none if there are fewer.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|taken| taken[0])
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A protobuf varint, seven bits a byte, lowest first.
    ///
    /// Longer forms than needed are accepted; more than 64 bits are not.
    /// Spec: protocol/delta/span-batches.md#span-batch-format
    pub fn uvarint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for index in 0..10 {
            let byte = self.byte()?;
            if index == 9 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A list of `count` bits, lowest bit first in the answer.
    ///
    /// On the wire it is one big-endian number of as few bytes as hold it; bits beyond `count`
    /// must be zero. Spec: protocol/delta/span-batches.md#span-batch-format
    pub fn bit_list(&mut self, count: usize) -> Option<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        let all: Vec<bool> = bytes
            .iter()
            .rev()
            .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1))
            .collect();
        let (bits, surplus) = all.split_at(count);
        (!surplus.contains(&true)).then(|| bits.to_vec())
    }
}

/// Appends `value` as a varint.
pub fn put_uvarint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Appends a list of bits in the form that [`Cursor::bit_list`] reads.
pub fn put_bit_list(out: &mut Vec<u8>, bits: &[bool]) {
    let mut bytes = vec![0u8; bits.len().div_ceil(8)];
    let last = bytes.len().saturating_sub(1);
    for (index, _) in bits.iter().enumerate().filter(|(_, bit)| **bit) {
        bytes[last - index / 8] |= 1 << (index % 8);
    }
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uvarint(bytes: &[u8]) -> Option<u64> {
        Cursor::new(bytes).uvarint()
    }

    #[test]
    fn uvarint_takes_longer_forms_but_no_65th_bit() {
        assert_eq!(uvarint(&[0x80, 0x80, 0x00]), Some(0));
        assert_eq!(uvarint(&[0xac, 0x02]), Some(300));
        let mut widest = [0xff; 10];
        widest[9] = 1;
        assert_eq!(uvarint(&widest), Some(u64::MAX));
        widest[9] = 2;
        assert_eq!(uvarint(&widest), None);
        assert_eq!(uvarint(&[0x80; 11]), None);
        assert_eq!(uvarint(&[0x80]), None);
    }

    #[test]
    fn bit_list_is_one_big_endian_number() {
        let mut out = Vec::new();
        put_bit_list(&mut out, &[true, false, false, false, false, false, false, false, true]);
        assert_eq!(out, [1, 1]);
        assert_eq!(Cursor::new(&[0b10]).bit_list(2), Some(vec![false, true]));
        assert_eq!(Cursor::new(&[0b100]).bit_list(2), None);
        assert_eq!(Cursor::new(&[]).bit_list(1), None);
        assert_eq!(Cursor::new(&[]).bit_list(0), Some(vec![]));
    }
}

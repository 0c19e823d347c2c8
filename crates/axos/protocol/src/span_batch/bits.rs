//! Bit lists: big-endian integers of one bit an element.

use alloy_primitives::Bytes;

/// One bit an element, the first element in the lowest bit of the last byte.
///
/// Spec: protocol/delta/span-batches.md#span-batch-format
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BitList {
    bytes: Bytes,
}

impl BitList {
    /// Bytes of a list of `length` bits.
    pub(super) const fn byte_len(length: usize) -> usize {
        length.div_ceil(8)
    }

    /// The list of `length` bits in `bytes`; `None` if a bit beyond the length is set.
    pub(super) fn new(bytes: Bytes, length: usize) -> Option<Self> {
        let unused = match length % 8 {
            0 => 0,
            used => u8::MAX << used,
        };
        let first = bytes.first().copied().unwrap_or_default();
        (first & unused == 0).then_some(Self { bytes })
    }

    /// The list of these bits.
    pub(super) fn from_bits(bits: &[bool]) -> Self {
        let bytes = bits.rchunks(8).map(|_| 0);
        let mut bytes: alloc::vec::Vec<u8> = bytes.collect();
        for (byte, bits) in bytes.iter_mut().rev().zip(bits.chunks(8)) {
            *byte = bits.iter().rev().fold(0, |byte, bit| (byte << 1) | u8::from(*bit));
        }
        Self { bytes: bytes.into() }
    }

    /// The bit of element `at`; `false` beyond the length.
    pub(super) fn get(&self, at: usize) -> bool {
        let byte = self.bytes.len().checked_sub(1 + at / 8).and_then(|at| self.bytes.get(at));
        byte.is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    }

    /// Number of set bits.
    pub(super) fn count_ones(&self) -> usize {
        self.bytes.iter().map(|byte| usize::try_from(byte.count_ones()).unwrap_or(0)).sum()
    }

    /// The encoded list.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn first_element_is_the_lowest_bit_of_the_last_byte() {
        let list = BitList::new(Bytes::from_static(&[0b10, 0b1000_0001]), 10).unwrap();
        let set: Vec<usize> = (0..20).filter(|at| list.get(*at)).collect();
        assert_eq!(set, vec![0, 7, 9]);
        assert_eq!(list.count_ones(), 3);
    }

    #[test]
    fn bits_beyond_the_length_must_be_zero() {
        for (bytes, length, is_good) in [
            (&[][..], 0, true),
            (&[0x80], 8, true),
            (&[0x80], 7, false),
            (&[0x40], 7, true),
            (&[0x02], 1, false),
            (&[0x01, 0xff], 9, true),
            (&[0x02, 0xff], 9, false),
        ] {
            let list = BitList::new(Bytes::copy_from_slice(bytes), length);
            assert_eq!(list.is_some(), is_good, "{bytes:x?} of {length}");
        }
    }

    proptest! {
        #[test]
        fn bits_come_back(bits in prop::collection::vec(any::<bool>(), 0..100)) {
            let list = BitList::from_bits(&bits);
            prop_assert_eq!(list.as_bytes().len(), BitList::byte_len(bits.len()));
            let list = BitList::new(Bytes::copy_from_slice(list.as_bytes()), bits.len()).unwrap();
            prop_assert_eq!(list.count_ones(), bits.iter().filter(|bit| **bit).count());
            let actual: Vec<bool> = (0..bits.len()).map(|at| list.get(at)).collect();
            prop_assert_eq!(actual, bits);
        }
    }
}

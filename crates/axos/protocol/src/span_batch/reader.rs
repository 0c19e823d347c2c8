//! Reads the columns of a span batch one after the other.

use alloc::vec::Vec;

use alloy_primitives::Bytes;

use super::{BitList, SPAN_BATCH_ELEMENTS_MAX, SpanBatchError};

/// Bytes of the longest `uvarint`: nine of seven bits and one bit.
const UVARINT_BYTES_MAX: usize = 10;

/// What is left of a batch.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    owner: &'a Bytes,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `owner`.
    pub(super) fn new(owner: &'a Bytes) -> Self {
        Self { owner, rest: owner }
    }

    /// Bytes left.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `size` bytes.
    pub(super) fn take(
        &mut self,
        field: &'static str,
        size: usize,
    ) -> Result<&'a [u8], SpanBatchError> {
        let truncated =
            SpanBatchError::Truncated { field, expected: size, actual: self.rest.len() };
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `size` bytes, sharing the buffer.
    pub(super) fn share(
        &mut self,
        field: &'static str,
        size: usize,
    ) -> Result<Bytes, SpanBatchError> {
        self.take(field, size).map(|bytes| self.owner.slice_ref(bytes))
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], SpanBatchError> {
        let truncated = SpanBatchError::Truncated { field, expected: N, actual: self.rest.len() };
        let (taken, rest) = self.rest.split_first_chunk().ok_or(truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// The next number: seven bits a byte, lowest first, the highest bit set in all bytes but the
    /// last. Forms that are longer than they need to be are fine.
    ///
    /// Spec: protocol/delta/span-batches.md#span-batch-format
    pub(super) fn uvarint(&mut self, field: &'static str) -> Result<u64, SpanBatchError> {
        let mut value = 0;
        let mut shift = 0;
        for (at, byte) in self.rest.iter().enumerate().take(UVARINT_BYTES_MAX) {
            // The tenth byte has room for one bit.
            if at == UVARINT_BYTES_MAX - 1 && *byte > 1 {
                return Err(SpanBatchError::Overflow { field });
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(value);
            }
            shift += 7;
        }
        Err(SpanBatchError::Truncated {
            field,
            expected: self.rest.len() + 1,
            actual: self.rest.len(),
        })
    }

    /// The next number, of blocks or transactions.
    pub(super) fn count(&mut self, field: &'static str) -> Result<usize, SpanBatchError> {
        let too_many = SpanBatchError::TooManyElements { field, limit: SPAN_BATCH_ELEMENTS_MAX };
        let count = self.uvarint(field)?;
        if count > SPAN_BATCH_ELEMENTS_MAX {
            return Err(too_many);
        }
        usize::try_from(count).map_err(|_| too_many)
    }

    /// The next `length` numbers of transactions.
    pub(super) fn counts(
        &mut self,
        field: &'static str,
        length: usize,
    ) -> Result<Vec<usize>, SpanBatchError> {
        // A count takes a byte at least, so that the input bounds what is allocated.
        let mut counts = Vec::with_capacity(length.min(self.rest.len()));
        for _ in 0..length {
            counts.push(self.count(field)?);
        }
        Ok(counts)
    }

    /// The next `length` numbers.
    pub(super) fn uvarints(
        &mut self,
        field: &'static str,
        length: usize,
    ) -> Result<Vec<u64>, SpanBatchError> {
        let mut numbers = Vec::with_capacity(length.min(self.rest.len()));
        for _ in 0..length {
            numbers.push(self.uvarint(field)?);
        }
        Ok(numbers)
    }

    /// The next bit list, of `length` bits.
    pub(super) fn bits(
        &mut self,
        field: &'static str,
        length: usize,
    ) -> Result<BitList, SpanBatchError> {
        let bytes = self.share(field, BitList::byte_len(length))?;
        BitList::new(bytes, length).ok_or(SpanBatchError::SurplusBits { field, length })
    }
}

/// Appends a number in its shortest form.
pub(super) fn put_uvarint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], expect: Result<(u64, usize), SpanBatchError>) {
        let bytes = Bytes::copy_from_slice(bytes);
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.uvarint("x").map(|value| (value, reader.rest.len())), expect);
    }

    #[test]
    fn uvarint_may_be_longer_than_it_needs_to_be() {
        check(&[0x05, 9], Ok((5, 1)));
        check(&[0x85, 0x00], Ok((5, 0)));
        check(&[0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Ok((5, 0)));
    }

    #[test]
    fn uvarint_tenth_byte_has_one_bit() {
        let mut bytes = vec![0xff; 10];
        bytes[9] = 1;
        check(&bytes, Ok((u64::MAX, 0)));
        bytes[9] = 2;
        check(&bytes, Err(SpanBatchError::Overflow { field: "x" }));
        bytes[9] = 0x80;
        bytes.push(0);
        check(&bytes, Err(SpanBatchError::Overflow { field: "x" }));
    }

    #[test]
    fn uvarint_must_end() {
        let truncated =
            |actual| SpanBatchError::Truncated { field: "x", expected: actual + 1, actual };
        check(&[], Err(truncated(0)));
        check(&[0x80, 0x80], Err(truncated(2)));
    }

    proptest! {
        #[test]
        fn uvarints_come_back(value: u64) {
            let mut bytes = vec![];
            put_uvarint(&mut bytes, value);
            prop_assert!(bytes.len() <= UVARINT_BYTES_MAX);
            check(&bytes, Ok((value, 0)));
        }
    }
}

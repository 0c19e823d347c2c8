//! How a step reaches the state: the seam between one semantics and several engines.

use alloy_primitives::B256;
use asterisc_isa::{RevertCode, is_compressed};
use asterisc_state::{Hart, LEAF_BYTES, Leaf};

/// Where a program's output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputStream {
    /// File descriptor 1.
    Stdout,
    /// File descriptor 2.
    Stderr,
}

/// The bytes of a pre-image from an offset on, as the on-chain oracle hands them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreimagePart {
    /// The bytes, padded with zeros.
    pub bytes: [u8; 32],
    /// How many of them there are: 1 to 32.
    pub length: u8,
}

impl PreimagePart {
    /// At most 32 bytes of `length ‖ data` from `offset` on; `None` at or past the end.
    pub fn of(data: &[u8], offset: u64) -> Option<Self> {
        let prefix = (data.len() as u64).to_be_bytes();
        let offset = usize::try_from(offset).ok()?;
        // From inside the length on, or from inside the data.
        let (head, tail) = match prefix.get(offset..) {
            Some(head) => (head, data),
            None => (&[][..], data.get(offset - prefix.len()..)?),
        };
        let tail = &tail[..tail.len().min(32 - head.len())];
        let length = head.len() + tail.len();
        let mut bytes = [0; 32];
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..length].copy_from_slice(tail);
        let length = u8::try_from(length).ok().filter(|length| *length > 0)?;
        Some(Self { bytes, length })
    }
}

/// How a step reaches the state.
///
/// A step touches memory by leaves. Each [`Self::read_leaf`] stands for one Merkle proof, in the
/// order of the calls: the leaf of pc first, a second one where the instruction straddles two,
/// then those of the data. An engine that works on the state directly does just the reads; one
/// that records takes a proof at each; one that replays checks the next proof at each.
pub trait StateAccess {
    /// What keeps a step from having a next state.
    type Error: From<RevertCode>;

    /// All of the state but memory.
    fn hart(&mut self) -> &mut Hart;

    /// The leaf that holds `address`.
    ///
    /// # Errors
    /// Where it can't be proven.
    fn read_leaf(&mut self, address: u64) -> Result<Leaf, Self::Error>;

    /// Replaces the leaf that was read last, the one that holds `address`.
    ///
    /// # Errors
    /// Where it can't be proven.
    fn write_leaf(&mut self, address: u64, leaf: &Leaf) -> Result<(), Self::Error>;

    /// Bytes of the pre-image of `key` (its 8-byte length, then its data) from `offset` on.
    ///
    /// # Errors
    /// Where there is no such pre-image, or it ends before `offset`.
    fn read_preimage(&mut self, key: B256, offset: u64) -> Result<PreimagePart, Self::Error>;

    /// `count` bytes at `address` are output of the program. No effect on the state.
    ///
    /// # Errors
    /// Where the output can't be written.
    fn write_output(
        &mut self,
        stream: OutputStream,
        address: u64,
        count: u64,
    ) -> Result<(), Self::Error>;

    /// `count` bytes at `address` continue the stream of hints. No effect on the witness.
    ///
    /// # Errors
    /// Where a hint can't be passed on.
    fn write_hint(&mut self, address: u64, count: u64) -> Result<(), Self::Error>;

    /// The bytes an instruction at `pc` may have, little-endian; only the low half matters where
    /// that is a compressed instruction.
    ///
    /// # Errors
    /// Where a leaf can't be proven, or an instruction at an odd pc crosses a leaf's end.
    fn fetch(&mut self, pc: u64) -> Result<u32, Self::Error> {
        let leaf = self.read_leaf(pc)?;
        let at = leaf_offset(pc);
        if let Some(word) = leaf.get(at..at + 4) {
            return Ok(little_endian_32(word));
        }
        let [.., low, high] = leaf;
        if at != LEAF_BYTES - 2 {
            return Err(RevertCode::FetchStraddles.into());
        }
        if is_compressed(u16::from_le_bytes([low, high])) {
            return Ok(little_endian_32(&[low, high, 0, 0]));
        }
        let [first, second, ..] = self.read_leaf(pc.wrapping_add(2))?;
        Ok(u32::from_le_bytes([low, high, first, second]))
    }

    /// `N` bytes (at most 8) at `address`, which may lie in two leaves.
    ///
    /// # Errors
    /// Where a leaf can't be proven.
    fn load<const N: usize>(&mut self, address: u64) -> Result<[u8; N], Self::Error> {
        let mut bytes = [0; N];
        let (left, right) = bytes.split_at_mut(left_part(address, N));
        let leaf = self.read_leaf(address)?;
        let at = leaf_offset(address);
        left.copy_from_slice(&leaf[at..at + left.len()]);
        if !right.is_empty() {
            let leaf = self.read_leaf(last_byte(address, N))?;
            right.copy_from_slice(&leaf[..right.len()]);
        }
        Ok(bytes)
    }

    /// Stores at most 32 bytes at `address`, which may lie in two leaves. The second leaf is read
    /// once the first one is written.
    ///
    /// # Errors
    /// Where a leaf can't be proven.
    fn store(&mut self, address: u64, bytes: &[u8]) -> Result<(), Self::Error> {
        let (left, right) = bytes.split_at(left_part(address, bytes.len()));
        let mut leaf = self.read_leaf(address)?;
        let at = leaf_offset(address);
        leaf[at..at + left.len()].copy_from_slice(left);
        self.write_leaf(address, &leaf)?;
        if !right.is_empty() {
            let last = last_byte(address, bytes.len());
            let mut leaf = self.read_leaf(last)?;
            leaf[..right.len()].copy_from_slice(right);
            self.write_leaf(last, &leaf)?;
        }
        Ok(())
    }
}

/// Where in its leaf `address` lies.
pub(crate) const fn leaf_offset(address: u64) -> usize {
    address.to_le_bytes()[0] as usize % LEAF_BYTES
}

/// How many of `count` bytes at `address` lie in the first leaf.
fn left_part(address: u64, count: usize) -> usize {
    count.min(LEAF_BYTES - leaf_offset(address))
}

/// Address of the last of `count` bytes; wraps around at the top.
const fn last_byte(address: u64, count: usize) -> u64 {
    address.wrapping_add(count as u64).wrapping_sub(1)
}

/// The number in four bytes, the lowest first.
fn little_endian_32(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pre_image_is_its_length_and_its_data_and_then_nothing() {
        let data: [u8; 40] = core::array::from_fn(|index| u8::try_from(index).unwrap() + 1);
        let mut whole = [0; 48];
        whole[7] = 40;
        whole[8..].copy_from_slice(&data);
        for offset in 0..48 {
            let part = PreimagePart::of(&data, offset as u64).unwrap();
            let expected = &whole[offset..whole.len().min(offset + 32)];
            assert_eq!(&part.bytes[..usize::from(part.length)], expected, "offset {offset}");
        }
        assert_eq!(PreimagePart::of(&data, 48), None);
        assert_eq!(PreimagePart::of(&[], 8), None);
        assert_eq!(PreimagePart::of(&[], u64::MAX), None);
    }
}

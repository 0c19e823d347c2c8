//! Keys of an ordered list.

use crate::{Nibbles, nibbles::Path};
use alloy_rlp::EMPTY_STRING_CODE;

/// In ascending order of keys, item 0 comes behind the 127 items whose index is its own RLP.
pub(super) const FIRST_ITEM_POSITION: usize = 0x7f;

/// The RLP of an index.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexKey {
    bytes: [u8; 1 + INDEX_BYTES],
    start: usize,
}

/// Bytes of an index before its leading zeros are taken off.
const INDEX_BYTES: usize = size_of::<usize>();

impl IndexKey {
    pub(super) fn new(index: usize) -> Self {
        let mut bytes = [0; 1 + INDEX_BYTES];
        bytes[1..].copy_from_slice(&index.to_be_bytes());
        let mut start = bytes.iter().take_while(|byte| **byte == 0).count();
        if index == 0 || index > FIRST_ITEM_POSITION {
            // A string header takes the place of the last leading zero.
            start -= 1;
            bytes[start] = (start + 1..bytes.len()).fold(EMPTY_STRING_CODE, |code, _| code + 1);
        }
        Self { bytes, start }
    }

    pub(super) fn as_path(&self) -> Path<'_> {
        Path::of_key(&self.bytes[self.start..])
    }
}

impl PartialEq<Nibbles> for IndexKey {
    fn eq(&self, other: &Nibbles) -> bool {
        self.as_path() == other.as_path()
    }
}

/// The index of the item at `position` in ascending order of keys, in a list of `count` items.
pub(super) const fn index_at(position: usize, count: usize) -> usize {
    if position > FIRST_ITEM_POSITION {
        position
    } else if position == FIRST_ITEM_POSITION || position + 1 == count {
        0
    } else {
        position + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_the_rlp_of_the_index() {
        for index in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, usize::MAX] {
            let key = IndexKey::new(index);
            assert_eq!(&key.bytes[key.start..], alloy_rlp::encode(index), "{index:#x}");
        }
    }

    #[test]
    fn positions_are_in_the_order_of_keys() {
        for count in [1, 2, 127, 128, 129, 300] {
            let key = |position| alloy_rlp::encode(index_at(position, count));
            assert!((1..count).all(|position| key(position - 1) < key(position)), "{count}");
        }
    }
}

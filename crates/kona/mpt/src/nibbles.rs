//! Runs of nibbles, borrowed and owned, and their hex-prefix encoding.
//!
//! Nibbles stay packed, two to a byte and the high one first, as keys and node paths come; a run is
//! cut by moving its ends. A key's tail and a leaf's path end on the same byte boundary, so that they
//! are compared byte by byte.

use crate::NodeError;
use core::fmt;

/// Longest key of a trie in bytes: a keccak-256 hash.
pub const KEY_BYTES_MAX: usize = 32;

/// Longest key of a trie in nibbles.
pub(crate) const KEY_NIBBLES_MAX: usize = 2 * KEY_BYTES_MAX;

/// The nibble of `key` that `depth` others come before.
pub(crate) fn nibble_at(key: &[u8], depth: usize) -> Option<u8> {
    let byte = key.get(depth / 2)?;
    Some(if depth.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f })
}

/// Whether a path in hex-prefix encoding is what is left of `key` below its first `depth` nibbles.
/// Both end on a byte boundary, so that but for one nibble whole bytes are compared.
pub(crate) fn is_rest_of_key(encoded_path: &[u8], key: &[u8], depth: usize) -> bool {
    let Some((first, path)) = encoded_path.split_first() else { return false };
    let is_odd = first & ODD_FLAG != 0;
    let is_first_alike = if is_odd {
        nibble_at(key, depth) == Some(first & 0x0f) && depth % 2 == 1
    } else {
        depth.is_multiple_of(2)
    };
    is_first_alike && key.get(depth.div_ceil(2)..) == Some(path)
}

/// A borrowed run of nibbles.
///
/// `start <= end <= 2 * bytes.len()` holds by construction, which is why nothing here can index out
/// of bounds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Path<'b> {
    bytes: &'b [u8],
    start: usize,
    end: usize,
}

impl<'b> Path<'b> {
    /// All nibbles of `key`.
    pub(crate) const fn of_key(key: &'b [u8]) -> Self {
        Self { bytes: key, start: 0, end: 2 * key.len() }
    }

    /// The path in a hex-prefix encoding, and whether it is a leaf's.
    pub(crate) fn from_hex_prefix(bytes: &'b [u8]) -> Result<(Self, bool), NodeError> {
        let first = bytes.first().copied().unwrap_or_default();
        let is_canonical = matches!(first, 0x00 | 0x10..=0x1f | 0x20 | 0x30..=0x3f);
        if bytes.is_empty() || !is_canonical {
            return Err(NodeError::PathFlag { first });
        }
        Ok((Self::in_hex_prefix(bytes), first & LEAF_FLAG != 0))
    }

    /// The path in a hex-prefix encoding that is known to be good.
    pub(crate) fn in_hex_prefix(bytes: &'b [u8]) -> Self {
        let is_odd = bytes.first().is_some_and(|first| first & ODD_FLAG != 0);
        let start = if is_odd { 1 } else { 2 };
        Self { bytes, start, end: (2 * bytes.len()).max(start) }
    }

    pub(crate) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The nibble at `index`, which must be below [`Self::len`].
    pub(crate) const fn nibble(&self, index: usize) -> u8 {
        let position = self.start + index;
        let byte = self.bytes[position / 2];
        if position.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f }
    }

    /// The first nibble and the run behind it.
    pub(crate) const fn split_first(self) -> Option<(u8, Self)> {
        if self.is_empty() { None } else { Some((self.nibble(0), self.skip(1))) }
    }

    /// The run without its first `count` nibbles, of which there must be as many.
    pub(crate) const fn skip(self, count: usize) -> Self {
        Self { start: self.start + count, ..self }
    }

    /// The first `count` nibbles, of which there must be as many.
    pub(crate) const fn take(self, count: usize) -> Self {
        Self { end: self.start + count, ..self }
    }

    /// How many nibbles both runs begin with alike.
    pub(crate) fn shared(self, other: Self) -> usize {
        let limit = self.len().min(other.len());
        (0..limit).find(|&index| self.nibble(index) != other.nibble(index)).unwrap_or(limit)
    }

    /// The run behind `prefix`, where it begins with that.
    pub(crate) fn strip_prefix(self, prefix: Path<'_>) -> Option<Self> {
        (self.shared(prefix) == prefix.len()).then(|| self.skip(prefix.len()))
    }

    /// Whole bytes of a run that starts and ends on byte boundaries.
    fn aligned_bytes(self) -> Option<&'b [u8]> {
        let is_aligned = self.start.is_multiple_of(2) && self.end.is_multiple_of(2);
        is_aligned.then(|| &self.bytes[self.start / 2..self.end / 2])
    }
}

impl PartialEq for Path<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        let (mut left, mut right) = (*self, *other);
        if self.start % 2 == 1 && other.start % 2 == 1 && !self.is_empty() {
            if left.nibble(0) != right.nibble(0) {
                return false;
            }
            (left, right) = (left.skip(1), right.skip(1));
        }
        match (left.aligned_bytes(), right.aligned_bytes()) {
            (Some(left), Some(right)) => left == right,
            _ => left.shared(right) == left.len(),
        }
    }
}

/// Set in the first byte of a hex-prefix encoding where the path is a leaf's.
const LEAF_FLAG: u8 = 0x20;
/// Set in the first byte of a hex-prefix encoding where its low nibble is the first of the path.
const ODD_FLAG: u8 = 0x10;

/// A path in hex-prefix encoding: a flag nibble, one nibble of padding for an even count, the path.
pub(crate) struct HexPrefix {
    bytes: [u8; 1 + KEY_BYTES_MAX],
    len: usize,
}

impl HexPrefix {
    /// Encodes a path of no more than [`KEY_NIBBLES_MAX`] nibbles.
    pub(crate) fn new(path: Path<'_>, is_leaf: bool) -> Self {
        let flag = if is_leaf { LEAF_FLAG } else { 0 };
        let (first, rest) = match path.split_first() {
            Some((nibble, rest)) if path.len() % 2 == 1 => (flag | ODD_FLAG | nibble, rest),
            _ => (flag, path),
        };
        let mut bytes = [0; 1 + KEY_BYTES_MAX];
        bytes[0] = first;
        let len = 1 + rest.len() / 2;
        let packed = &mut bytes[1..len];
        if let Some(aligned) = rest.aligned_bytes() {
            packed.copy_from_slice(aligned);
        } else {
            for (index, byte) in packed.iter_mut().enumerate() {
                *byte = rest.nibble(2 * index) << 4 | rest.nibble(2 * index + 1);
            }
        }
        Self { bytes, len }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A key or a part of one: up to 64 nibbles.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Nibbles {
    /// Two nibbles a byte, zero behind the last.
    bytes: [u8; KEY_BYTES_MAX],
    len: usize,
}

impl Nibbles {
    /// Appends one nibble; where [`KEY_NIBBLES_MAX`] are there already, nothing happens.
    pub(crate) fn push(&mut self, nibble: u8) {
        if let Some(byte) = self.bytes.get_mut(self.len / 2) {
            *byte |= if self.len.is_multiple_of(2) { nibble << 4 } else { nibble };
            self.len += 1;
        }
    }

    /// Appends a run.
    pub(crate) fn extend(&mut self, path: Path<'_>) {
        for index in 0..path.len() {
            self.push(path.nibble(index));
        }
    }

    pub(crate) const fn as_path(&self) -> Path<'_> {
        Path { bytes: &self.bytes, start: 0, end: self.len }
    }

    /// How many nibbles there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no nibble.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The nibbles one by one, each 0 to 15.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..self.len).map(|index| self.as_path().nibble(index))
    }
}

impl From<Path<'_>> for Nibbles {
    fn from(path: Path<'_>) -> Self {
        let mut nibbles = Self::default();
        nibbles.extend(path);
        nibbles
    }
}

impl fmt::Display for Nibbles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.iter().try_for_each(|nibble| write!(f, "{nibble:x}"))
    }
}

impl fmt::Debug for Nibbles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};
    use proptest::prelude::*;

    const KEY: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

    fn nibbles(path: Path<'_>) -> Vec<u8> {
        Nibbles::from(path).iter().collect()
    }

    #[test]
    fn hex_prefix_vectors() {
        let check = |path: Path<'_>, is_leaf, expected: &[u8]| {
            let encoded = HexPrefix::new(path, is_leaf);
            assert_eq!(encoded.as_bytes(), expected);
            let (decoded, is_leaf_again) = Path::from_hex_prefix(expected).unwrap();
            assert!(decoded == path && is_leaf_again == is_leaf);
        };
        let key = Path::of_key(&KEY);
        check(key, true, &[0x20, 0x12, 0x34, 0x56, 0x78]);
        check(key, false, &[0x00, 0x12, 0x34, 0x56, 0x78]);
        check(key.skip(1), true, &[0x32, 0x34, 0x56, 0x78]);
        check(key.skip(1).take(2), false, &[0x00, 0x23]);
        check(key.skip(2).take(3), false, &[0x13, 0x45]);
        check(key.take(0), true, &[0x20]);
        check(key.take(1), true, &[0x31]);
    }

    #[test]
    fn shared_nibbles_are_counted_across_alignments() {
        let key = Path::of_key(&KEY);
        let other = Path::of_key(&[0x23, 0x45, 0x99]);
        assert_eq!(key.skip(1).shared(other), 4);
        assert_eq!(key.shared(other), 0);
        assert_eq!(key.shared(key.take(3)), 3);
        assert_eq!(nibbles(key.strip_prefix(key.take(5)).unwrap()), [6, 7, 8]);
        assert!(key.take(3).strip_prefix(key).is_none());
    }

    #[test]
    fn nibbles_stop_at_the_longest_key() {
        let mut run = Nibbles::default();
        run.extend(Path::of_key(&[0xab; 40]));
        assert_eq!(run.len(), KEY_NIBBLES_MAX);
        assert_eq!(format!("{}", Nibbles::from(Path::of_key(&KEY).skip(1))), "0x2345678");
    }

    proptest! {
        #[test]
        fn hex_prefix_round_trip(
            key in prop::collection::vec(any::<u8>(), 0..=KEY_BYTES_MAX),
            cut in any::<(prop::sample::Index, prop::sample::Index)>(),
            is_leaf in any::<bool>(),
        ) {
            let path = Path::of_key(&key);
            let start = cut.0.index(path.len() + 1);
            let path = path.skip(start).take(cut.1.index(path.len() - start + 1));
            let encoded = HexPrefix::new(path, is_leaf);
            let (decoded, is_leaf_again) = Path::from_hex_prefix(encoded.as_bytes()).unwrap();
            prop_assert!(decoded == path);
            prop_assert_eq!(nibbles(decoded), nibbles(path));
            prop_assert_eq!(is_leaf_again, is_leaf);
        }

        #[test]
        fn equality_is_that_of_nibbles(
            left in prop::collection::vec(0..2u8, 0..3), right in prop::collection::vec(0..2u8, 0..3),
            cuts in (0..3usize, 0..3usize),
        ) {
            let left = Path::of_key(&left);
            let right = Path::of_key(&right);
            let left = left.skip(cuts.0.min(left.len()));
            let right = right.skip(cuts.1.min(right.len()));
            prop_assert_eq!(left == right, nibbles(left) == nibbles(right));
        }
    }
}

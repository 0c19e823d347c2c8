//! Keys of the field elements of a blob.

use alloy_primitives::keccak256;

use crate::{FIELD_ELEMENTS_PER_BLOB, PreimageKey, roots_of_unity::ROOTS_OF_UNITY};

/// Bytes of a KZG commitment.
pub const COMMITMENT_BYTES: usize = 48;
/// Bytes a blob key is the hash of: commitment, then `z`.
pub const BLOB_KEY_INPUT_BYTES: usize = COMMITMENT_BYTES + 32;
const _: () = assert!(BLOB_KEY_INPUT_BYTES == 80);

/// How a blob key names the evaluation point of a field element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlobKeyStyle {
    /// The bit-reversed 4096th root of unity, as the specification says.
    #[default]
    RootOfUnity,
    /// The plain index of the field element, as programs up to 2024 did.
    Index,
}

impl BlobKeyStyle {
    /// The evaluation point of field element `index` as a big-endian word; `None` above 4095.
    fn z(self, index: usize) -> Option<[u8; 32]> {
        let root = ROOTS_OF_UNITY.get(index)?;
        match self {
            Self::RootOfUnity => Some(*root),
            Self::Index => {
                let mut z = [0; 32];
                z[24..].copy_from_slice(&u64::try_from(index).ok()?.to_be_bytes());
                Some(z)
            }
        }
    }
}

/// Makes the 4096 keys of one blob, in the order of its field elements, without allocation.
///
/// ```
/// use kona_preimage::{BlobKeyStyle, BlobKeys, PreimageKey};
///
/// let commitment = [0xc0; 48];
/// let keys: Vec<PreimageKey> = BlobKeys::new(BlobKeyStyle::RootOfUnity, &commitment).collect();
/// assert_eq!(keys.len(), 4096);
/// assert_eq!(Some(keys[7]), PreimageKey::blob(BlobKeyStyle::RootOfUnity, &commitment, 7));
/// ```
///
/// Spec: fault-proof/index.md#type-5-global-eip-4844-point-evaluation-key
#[derive(Debug, Clone)]
pub struct BlobKeys {
    style: BlobKeyStyle,
    /// Commitment and the last `z`.
    input: [u8; BLOB_KEY_INPUT_BYTES],
    next: usize,
}

impl BlobKeys {
    /// Keys of the blob with this KZG commitment.
    pub fn new(style: BlobKeyStyle, commitment: &[u8; COMMITMENT_BYTES]) -> Self {
        let mut input = [0; BLOB_KEY_INPUT_BYTES];
        input[..COMMITMENT_BYTES].copy_from_slice(commitment);
        Self { style, input, next: 0 }
    }

    /// Key of field element `index`; `None` above 4095.
    pub fn key(&mut self, index: usize) -> Option<PreimageKey> {
        self.input[COMMITMENT_BYTES..].copy_from_slice(&self.style.z(index)?);
        Some(PreimageKey::blob_from_hash(keccak256(self.input)))
    }
}

impl Iterator for BlobKeys {
    type Item = PreimageKey;

    fn next(&mut self) -> Option<PreimageKey> {
        let key = self.key(self.next)?;
        self.next += 1;
        Some(key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = FIELD_ELEMENTS_PER_BLOB.saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for BlobKeys {}

impl PreimageKey {
    /// Key of field element `index` of the blob with this KZG commitment; `None` above 4095. For
    /// more than a few of one blob see [`BlobKeys`].
    pub fn blob(
        style: BlobKeyStyle,
        commitment: &[u8; COMMITMENT_BYTES],
        index: usize,
    ) -> Option<Self> {
        BlobKeys::new(style, commitment).key(index)
    }

    /// The bytes whose hash is the key of a field element; `None` above 4095. Hosts store them as
    /// a keccak-256 pre-image of their own.
    pub fn blob_key_input(
        style: BlobKeyStyle,
        commitment: &[u8; COMMITMENT_BYTES],
        index: usize,
    ) -> Option<[u8; BLOB_KEY_INPUT_BYTES]> {
        let mut keys = BlobKeys::new(style, commitment);
        keys.input[COMMITMENT_BYTES..].copy_from_slice(&style.z(index)?);
        Some(keys.input)
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, U256, b256};

    use super::*;
    use crate::PreimageKeyKind;

    const COMMITMENT: [u8; 48] = [0x11; 48];

    #[test]
    fn blob_key_z_is_the_root_of_unity_unless_the_index_style_is_set() {
        let minus_one = b256!("0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000");
        let index = B256::from(U256::from(1));
        for (style, z) in [(BlobKeyStyle::RootOfUnity, minus_one), (BlobKeyStyle::Index, index)] {
            let mut input = [0x11; 80];
            input[48..].copy_from_slice(z.as_slice());
            let mut expected = keccak256(input);
            expected.0[0] = PreimageKeyKind::Blob.byte();

            let key = PreimageKey::blob(style, &COMMITMENT, 1).unwrap();
            assert_eq!(B256::from(key), expected);
            assert_eq!(PreimageKey::blob_key_input(style, &COMMITMENT, 1), Some(input));
        }
        assert_eq!(BlobKeyStyle::default(), BlobKeyStyle::RootOfUnity);
    }

    #[test]
    fn there_are_4096_distinct_keys_and_no_more() {
        for style in [BlobKeyStyle::RootOfUnity, BlobKeyStyle::Index] {
            let keys: alloc::collections::BTreeSet<_> = BlobKeys::new(style, &COMMITMENT).collect();
            assert_eq!(keys.len(), FIELD_ELEMENTS_PER_BLOB);
            assert!(keys.iter().all(|key| key.kind() == PreimageKeyKind::Blob));
            assert_eq!(PreimageKey::blob(style, &COMMITMENT, FIELD_ELEMENTS_PER_BLOB), None);
            assert_eq!(BlobKeys::new(style, &COMMITMENT).len(), FIELD_ELEMENTS_PER_BLOB);
        }
    }
}

//! Checking values against their keys, where no chain does it.

use alloy_primitives::{B256, keccak256};
use sha2::{Digest, Sha256};

use crate::{OracleError, PreimageKey, PreimageKeyKind, is_canonical_field_element};

/// What [`verify`] could find out about a value that it did not reject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// The key commits to exactly this value.
    Content,
    /// Only the form is right. The value itself is trusted (local and generic keys), or needs what
    /// the key does not hold: a KZG proof (blobs), the call (precompiles).
    Form,
}

/// Checks what a key tells about its value.
///
/// # Errors
/// - [`OracleError::HashMismatch`] for keccak-256 and SHA-256 keys.
/// - [`OracleError::WrongLength`] and [`OracleError::NotAFieldElement`] for blob keys.
/// - [`OracleError::WrongLength`] and [`OracleError::PrecompileStatus`] for precompile keys.
///
/// Spec: fault-proof/index.md#pre-image-key-types
pub fn verify(key: PreimageKey, value: &[u8]) -> Result<Verified, OracleError> {
    match key.kind() {
        PreimageKeyKind::Local | PreimageKeyKind::GlobalGeneric => Ok(Verified::Form),
        PreimageKeyKind::Keccak256 => check_hash(key, PreimageKey::keccak256(keccak256(value))),
        PreimageKeyKind::Sha256 => {
            check_hash(key, PreimageKey::sha256(B256::new(Sha256::digest(value).into())))
        }
        PreimageKeyKind::Blob => check_field_element(key, value),
        PreimageKeyKind::Precompile => check_precompile_status(key, value),
    }
}

fn check_hash(key: PreimageKey, computed: PreimageKey) -> Result<Verified, OracleError> {
    if key == computed {
        Ok(Verified::Content)
    } else {
        Err(OracleError::HashMismatch { key, computed })
    }
}

fn check_field_element(key: PreimageKey, value: &[u8]) -> Result<Verified, OracleError> {
    let element = value.try_into().map_err(|_| OracleError::WrongLength {
        key,
        expected: 32,
        actual: value.len(),
    })?;
    if is_canonical_field_element(element) {
        Ok(Verified::Form)
    } else {
        Err(OracleError::NotAFieldElement { key })
    }
}

/// The status comes first: 0 for a failed call, 1 for a good one, whose output follows.
fn check_precompile_status(key: PreimageKey, value: &[u8]) -> Result<Verified, OracleError> {
    match value {
        [0 | 1, ..] => Ok(Verified::Form),
        [status, ..] => Err(OracleError::PrecompileStatus { key, status: *status }),
        [] => Err(OracleError::WrongLength { key, expected: 1, actual: 0 }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sha256(value: &[u8]) -> B256 {
        B256::new(Sha256::digest(value).into())
    }

    #[test]
    fn field_elements_at_the_order_or_of_another_size_are_rejected() {
        let key = PreimageKey::blob_from_hash(B256::ZERO);
        assert_eq!(verify(key, &[0; 32]), Ok(Verified::Form));
        assert_eq!(verify(key, &[0xff; 32]), Err(OracleError::NotAFieldElement { key }));
        for actual in [0, 31, 33] {
            let expected = Err(OracleError::WrongLength { key, expected: 32, actual });
            assert_eq!(verify(key, &[0; 33][..actual]), expected);
        }
    }

    #[test]
    fn precompile_results_start_with_zero_or_one() {
        let key = PreimageKey::precompile_from_hash(B256::ZERO);
        assert_eq!(verify(key, &[0]), Ok(Verified::Form));
        assert_eq!(verify(key, &[1, 2]), Ok(Verified::Form));
        assert_eq!(verify(key, &[2]), Err(OracleError::PrecompileStatus { key, status: 2 }));
        assert_eq!(verify(key, &[]), Err(OracleError::WrongLength { key, expected: 1, actual: 0 }));
    }

    proptest! {
        #[test]
        fn a_changed_value_fails_under_its_hash_key(
            value in proptest::collection::vec(any::<u8>(), 1..300),
            at: prop::sample::Index,
            flip in 1..=u8::MAX,
        ) {
            let keys =
                [PreimageKey::keccak256(keccak256(&value)), PreimageKey::sha256(sha256(&value))];
            let mut changed = value.clone();
            changed[at.index(value.len())] ^= flip;
            for key in keys {
                prop_assert_eq!(verify(key, &value), Ok(Verified::Content));
                for wrong in [&changed[..], &value[1..]] {
                    let result = verify(key, wrong);
                    let is_mismatch = matches!(result, Err(OracleError::HashMismatch { .. }));
                    prop_assert!(is_mismatch, "{result:?}");
                }
            }
        }
    }
}

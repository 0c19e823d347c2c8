//! An oracle over values that are all in memory.

use alloc::vec::Vec;

use alloy_primitives::{B256, keccak256};
use hashbrown::HashMap;
use sha2::{Digest, Sha256};

use crate::{Hint, KeyHashBuilder, OracleError, PreimageKey, PreimageOracle};

/// Holds values and hands them out; hints are ignored.
///
/// For tests and small tools: each value is an allocation of its own.
///
/// ```
/// use kona_preimage::{MemoryOracle, PreimageOracle};
///
/// let mut oracle = MemoryOracle::default();
/// let key = oracle.insert_keccak256(b"value");
/// assert_eq!(oracle.read(key), Ok(&b"value"[..]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryOracle {
    values: HashMap<PreimageKey, Vec<u8>, KeyHashBuilder>,
}

impl MemoryOracle {
    /// Holds `value` under `key`, in place of an earlier one. Nothing is checked.
    pub fn insert(&mut self, key: PreimageKey, value: impl Into<Vec<u8>>) {
        self.values.insert(key, value.into());
    }

    /// Holds `value` under its keccak-256 key.
    pub fn insert_keccak256(&mut self, value: impl Into<Vec<u8>>) -> PreimageKey {
        let value = value.into();
        let key = PreimageKey::keccak256(keccak256(&value));
        self.insert(key, value);
        key
    }

    /// Holds `value` under its SHA-256 key.
    pub fn insert_sha256(&mut self, value: impl Into<Vec<u8>>) -> PreimageKey {
        let value = value.into();
        let key = PreimageKey::sha256(B256::new(Sha256::digest(&value).into()));
        self.insert(key, value);
        key
    }

    /// Drops the value of `key` and returns it.
    pub fn remove(&mut self, key: PreimageKey) -> Option<Vec<u8>> {
        self.values.remove(&key)
    }
}

impl PreimageOracle for MemoryOracle {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        self.values.get(&key).map(Vec::as_slice).ok_or(OracleError::Missing { key })
    }

    fn hint(&self, _hint: &Hint<'_>) -> Result<(), OracleError> {
        Ok(())
    }
}

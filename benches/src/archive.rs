//! Pre-images by their keccak-256 hash, for both sides alike.

use alloy_primitives::{B256, Bytes, map::B256Map};
use alloy_rlp::Decodable;
use kona_mpt::NodeSource;
use kona_mpt_published::{TrieHinter, TrieNode, TrieProvider};
use kona_preimage::{OracleError, PreimageKey};
use std::{fs, path::Path};

/// Values by hash.
#[derive(Debug, Default)]
pub struct Archive {
    values: B256Map<Bytes>,
}

impl Archive {
    /// Reads an archive of the fixtures: `key (32) | length (4, big-endian) | value`, compressed.
    pub fn open(path: &Path) -> Self {
        let file = fs::File::open(path).expect("the archive is there");
        let bytes = Bytes::from(zstd::decode_all(file).expect("the archive is zstd"));
        let mut archive = Self::default();
        let mut at = 0;
        while at < bytes.len() {
            let length = bytes[at + 32..at + 36].try_into().expect("four bytes");
            let end = at + 36 + u32::from_be_bytes(length) as usize;
            archive.values.insert(B256::from_slice(&bytes[at..at + 32]), bytes.slice(at + 36..end));
            at = end;
        }
        archive
    }

    /// The value of a hash.
    pub fn value(&self, hash: B256) -> Option<&Bytes> {
        self.values.get(&hash)
    }
}

impl FromIterator<(B256, Bytes)> for Archive {
    fn from_iter<I: IntoIterator<Item = (B256, Bytes)>>(values: I) -> Self {
        Self { values: values.into_iter().collect() }
    }
}

/// Nodes for this project's trie, borrowed from the archive.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a>(pub &'a Archive);

impl<'a> NodeSource<'a> for Source<'a> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        let missing = || OracleError::Missing { key: PreimageKey::keccak256(hash) };
        self.0.value(hash).map(|value| &value[..]).ok_or_else(missing)
    }
}

/// Nodes for the published trie, which wants them decoded. It is spared the copy of the bytes that
/// its own oracle makes first.
impl TrieProvider for Archive {
    type Error = String;

    fn trie_node_by_hash(&self, hash: B256) -> Result<TrieNode, String> {
        let value = self.value(hash).ok_or_else(|| format!("no node {hash}"))?;
        TrieNode::decode(&mut &value[..]).map_err(|error| error.to_string())
    }
}

/// Hints are free on both sides.
#[derive(Debug, Clone, Copy)]
pub struct NoHints;

impl TrieHinter for NoHints {
    type Error = String;

    fn hint_trie_node(&self, _: B256) -> Result<(), String> {
        Ok(())
    }

    fn hint_account_proof(&self, _: alloy_primitives::Address, _: u64) -> Result<(), String> {
        Ok(())
    }

    fn hint_storage_proof(
        &self,
        _: alloy_primitives::Address,
        _: alloy_primitives::U256,
        _: u64,
    ) -> Result<(), String> {
        Ok(())
    }

    fn hint_execution_witness(
        &self,
        _: B256,
        _: &op_alloy_rpc_types_engine::OpPayloadAttributes,
    ) -> Result<(), String> {
        Ok(())
    }
}

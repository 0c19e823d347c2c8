//! Pre-images by plain keccak-256 hash, as a provider.

use alloy_primitives::{B256, keccak256};
use kona_executor::L2StateProvider;
use kona_mpt::NodeSource;
use kona_preimage::{OracleError, PreimageKey};
use std::{collections::HashMap, fs::File, io::Read, path::Path};

/// Pre-images in memory.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    preimages: HashMap<B256, Vec<u8>>,
}

impl Archive {
    /// Reads a zstandard-compressed archive of `key | length | value` records.
    pub(crate) fn open(path: &Path) -> Self {
        let mut bytes = Vec::new();
        let mut decoder = zstd::Decoder::new(File::open(path).unwrap()).unwrap();
        decoder.read_to_end(&mut bytes).unwrap();
        let mut archive = Self::default();
        let mut rest = bytes.as_slice();
        while let Some((key, after_key)) = rest.split_first_chunk::<32>() {
            let (length, after_length) = after_key.split_first_chunk::<4>().unwrap();
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
            let (value, after_value) = after_length.split_at(length);
            assert_eq!(archive.insert(value), *key, "a pre-image under a foreign key");
            rest = after_value;
        }
        assert!(rest.is_empty());
        archive
    }

    /// Adds a pre-image; returns its hash.
    pub(crate) fn insert(&mut self, preimage: &[u8]) -> B256 {
        let hash = keccak256(preimage);
        self.preimages.insert(hash, preimage.to_vec());
        hash
    }

    /// Takes a pre-image out.
    pub(crate) fn remove(&mut self, hash: B256) {
        self.preimages.remove(&hash);
    }

    /// Takes out all pre-images that end in some bytes; returns how many there were.
    pub(crate) fn remove_ending_in(&mut self, tail: &[u8]) -> usize {
        let before = self.preimages.len();
        self.preimages.retain(|_, preimage| !preimage.ends_with(tail));
        before - self.preimages.len()
    }

    fn read(&self, hash: B256) -> Result<&[u8], OracleError> {
        let key = PreimageKey::keccak256(hash);
        self.preimages.get(&hash).map(Vec::as_slice).ok_or(OracleError::Missing { key })
    }
}

impl<'a> NodeSource<'a> for &'a Archive {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash)
    }
}

impl<'a> L2StateProvider<'a> for &'a Archive {
    fn code(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash)
    }

    fn header(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash)
    }
}

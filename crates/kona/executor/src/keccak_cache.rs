//! keccak-256 of addresses and words, each computed once.
//!
//! A block hashes the same few values over and over: account keys and storage keys of the tries,
//! addresses and topics of the logs' bloom filters. In a proof program a hash costs thousands of
//! instructions and a look-up here less than a hundred.

use alloy_primitives::{Address, B256, keccak256};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Hashes computed so far. It grows with what the executed blocks touch, which gas bounds.
#[derive(Debug, Default)]
pub(crate) struct KeccakCache {
    addresses: HashMap<Address, B256, FixedState>,
    words: HashMap<B256, B256, FixedState>,
}

impl KeccakCache {
    /// keccak-256 of the 20 bytes of an address.
    pub(crate) fn address(&mut self, address: Address) -> B256 {
        *self.addresses.entry(address).or_insert_with(|| keccak256(address))
    }

    /// keccak-256 of 32 bytes.
    pub(crate) fn word(&mut self, word: B256) -> B256 {
        *self.words.entry(word).or_insert_with(|| keccak256(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_the_word_it_pads_to_have_different_hashes() {
        let mut cache = KeccakCache::default();
        let address = Address::repeat_byte(7);
        for _ in 0..2 {
            assert_eq!(cache.address(address), keccak256(address));
            assert_eq!(cache.word(address.into_word()), keccak256(address.into_word()));
        }
        assert_ne!(cache.address(address), cache.word(address.into_word()));
    }
}

//! States made by hand: all accounts with all their slots, in plain maps.

use super::{archive::Archive, naive_trie::NaiveTrie};
use alloy_consensus::TrieAccount;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use std::collections::BTreeMap;

/// A whole state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct World {
    /// Every account there is.
    pub(crate) accounts: BTreeMap<Address, WorldAccount>,
}

/// An account with all its slots; those that are zero do not stand here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WorldAccount {
    pub(crate) balance: U256,
    pub(crate) nonce: u64,
    pub(crate) code: Bytes,
    pub(crate) storage: BTreeMap<U256, U256>,
}

impl WorldAccount {
    /// An account with a balance in wei.
    pub(crate) fn rich(balance: u128) -> Self {
        Self { balance: U256::from(balance), ..Default::default() }
    }

    /// A contract without a balance.
    pub(crate) fn contract(code: impl Into<Bytes>) -> Self {
        Self { nonce: 1, code: code.into(), ..Default::default() }
    }

    /// The same with a slot.
    pub(crate) fn slot(mut self, slot: u64, value: U256) -> Self {
        self.storage.insert(U256::from(slot), value);
        self
    }

    /// keccak-256 of the code.
    pub(crate) fn code_hash(&self) -> B256 {
        if self.code.is_empty() { KECCAK256_EMPTY } else { keccak256(&self.code) }
    }

    fn storage_trie(&self) -> NaiveTrie {
        let entries = self.storage.iter().map(|(slot, value)| {
            assert!(!value.is_zero());
            (keccak256(B256::from(*slot)), alloy_rlp::encode(value))
        });
        NaiveTrie::build(&entries.collect())
    }
}

impl World {
    /// The same with an account.
    pub(crate) fn with(mut self, address: Address, account: WorldAccount) -> Self {
        self.accounts.insert(address, account);
        self
    }

    /// An account, which is made if it is not there.
    pub(crate) fn account(&mut self, address: Address) -> &mut WorldAccount {
        self.accounts.entry(address).or_default()
    }

    /// Storage root of an account; of no account, the empty root.
    pub(crate) fn storage_root(&self, address: Address) -> B256 {
        self.accounts.get(&address).cloned().unwrap_or_default().storage_trie().root
    }

    /// The state root.
    pub(crate) fn root(&self) -> B256 {
        self.state_trie().root
    }

    /// Puts all nodes and code into an archive and returns the state root.
    pub(crate) fn store(&self, archive: &mut Archive) -> B256 {
        for account in self.accounts.values() {
            archive.insert(&account.code);
            account.storage_trie().nodes.iter().for_each(|node| {
                archive.insert(node);
            });
        }
        let trie = self.state_trie();
        trie.nodes.iter().for_each(|node| {
            archive.insert(node);
        });
        trie.root
    }

    fn state_trie(&self) -> NaiveTrie {
        let entries = self.accounts.iter().map(|(address, account)| {
            let account = TrieAccount {
                nonce: account.nonce,
                balance: account.balance,
                storage_root: account.storage_trie().root,
                code_hash: account.code_hash(),
            };
            (keccak256(address), alloy_rlp::encode(account))
        });
        NaiveTrie::build(&entries.collect())
    }
}

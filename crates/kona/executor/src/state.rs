//! The L2 state: what a block reads comes from the tries of its parent, what it writes goes back
//! into them once the whole block stands.
//!
//! Everything read stays at hand for the blocks that follow: accounts, slots, open trie nodes, and
//! analysed code. Changes of the block in the making lie on top and are either sealed into the
//! tries or dropped together.

mod account;
mod block_hashes;
mod commit;
mod database;
mod error;
mod provider;

#[cfg(test)]
mod tests;

pub use error::StateError;
pub use provider::L2StateProvider;

use account::CachedAccount;
use alloc::vec::Vec;
use alloy_consensus::TrieAccount;
use alloy_primitives::{Address, B256};
use block_hashes::BlockHashes;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, hash_map::Entry};
use kona_mpt::{EMPTY_ROOT, Trie};
use revm::state::Bytecode;

use crate::keccak_cache::KeccakCache;

/// The state after one block, and the changes of the next one.
#[derive(Debug)]
pub(crate) struct StateDb<'a, P> {
    provider: P,
    /// Root of the state below the changes.
    root: B256,
    /// The account trie at `root`.
    trie: Trie<'a>,
    accounts: HashMap<Address, CachedAccount<'a>, FixedState>,
    code: HashMap<B256, Bytecode, FixedState>,
    block_hashes: BlockHashes,
    keccak: KeccakCache,
    /// Accounts with changes, in no particular order.
    changed: Vec<Address>,
}

impl<'a, P: L2StateProvider<'a>> StateDb<'a, P> {
    /// The state that a block left: `root` is its state root, `number` and `hash` are its own.
    pub(crate) fn new(provider: P, root: B256, number: u64, hash: B256) -> Self {
        Self {
            provider,
            root,
            trie: Trie::new(root),
            accounts: HashMap::default(),
            code: HashMap::default(),
            block_hashes: BlockHashes::new(number, hash),
            keccak: KeccakCache::default(),
            changed: Vec::new(),
        }
    }

    /// The hashes computed so far, for others that hash addresses and words.
    pub(crate) const fn keccak(&mut self) -> &mut KeccakCache {
        &mut self.keccak
    }

    /// The nonce of an account as the block has left it so far; 0 if there is no such account.
    pub(crate) fn nonce(&mut self, address: Address) -> Result<u64, StateError> {
        Ok(self.account(address)?.info().map_or(0, |info| info.nonce))
    }

    /// Storage root of an account below the changes; the empty root if there is no such account.
    pub(crate) fn storage_root(&mut self, address: Address) -> Result<B256, StateError> {
        let committed = self.account(address)?.committed;
        Ok(committed.map_or(EMPTY_ROOT, |account| account.storage_root))
    }

    fn account(&mut self, address: Address) -> Result<&mut CachedAccount<'a>, StateError> {
        let Self { provider, trie, accounts, keccak, .. } = self;
        open_account(accounts, trie, keccak, provider, address)
    }
}

/// The cached account, read from the trie if it is not cached yet.
fn open_account<'a, 'c, P: L2StateProvider<'a>>(
    accounts: &'c mut HashMap<Address, CachedAccount<'a>, FixedState>,
    trie: &mut Trie<'a>,
    keccak: &mut KeccakCache,
    provider: &P,
    address: Address,
) -> Result<&'c mut CachedAccount<'a>, StateError> {
    match accounts.entry(address) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => {
            let key = keccak.address(address);
            let committed = match trie.get(key.as_slice(), provider)? {
                Some(rlp) => Some(decode_account(rlp, address)?),
                None => None,
            };
            Ok(entry.insert(CachedAccount::new(committed)))
        }
    }
}

fn decode_account(rlp: &[u8], address: Address) -> Result<TrieAccount, StateError> {
    alloy_rlp::decode_exact(rlp).map_err(|source| StateError::Account { address, source })
}

//! Changes of a block: gathered from its transactions, then sealed into the tries or dropped.
//!
//! Trie keys are set in ascending order and deleted afterwards, as the reference client does. A
//! deletion that empties a branch but for one child has to read that child, which a witness need
//! not hold where an insertion fills the branch again.

use alloc::vec::Vec;
use alloy_consensus::TrieAccount;
use alloy_primitives::{Address, B256, U256};
use kona_mpt::{NodeSource, Trie};
use revm::state::{AccountInfo, Bytecode, EvmState};

use super::{
    L2StateProvider, StateDb, StateError,
    account::{CachedAccount, Changes, Slots},
};
use crate::keccak_cache::KeccakCache;

impl<'a, P: L2StateProvider<'a>> StateDb<'a, P> {
    /// Takes over what one transaction changed.
    pub(crate) fn apply(&mut self, changes: EvmState) -> Result<(), StateError> {
        for (address, account) in changes {
            if !account.is_touched() {
                continue;
            }
            // New code is not known to the provider.
            let is_code_new = account.info.code_hash != account.original_info.code_hash;
            if let Some(code) = account.info.code.as_ref().filter(|_| is_code_new) {
                self.code.entry(account.info.code_hash).or_insert_with(|| code.clone());
            }
            self.open_changed(address)?.apply(account);
        }
        Ok(())
    }

    /// Gives an account code outside any transaction, and leaves the rest of it as it is.
    pub(crate) fn set_code(
        &mut self,
        address: Address,
        code_hash: B256,
        code: Bytecode,
    ) -> Result<(), StateError> {
        self.code.entry(code_hash).or_insert_with(|| code.clone());
        let account = self.open_changed(address)?;
        let info = account.info().unwrap_or_default();
        let changes = account.changes.get_or_insert_default();
        changes.info = Some(AccountInfo { code_hash, code: Some(code), ..info });
        Ok(())
    }

    /// Raises the nonce of an account by one outside any transaction.
    pub(crate) fn raise_nonce(&mut self, address: Address) -> Result<(), StateError> {
        let account = self.open_changed(address)?;
        let info = account.info().unwrap_or_default();
        let nonce = info.nonce.saturating_add(1);
        account.changes.get_or_insert_default().info = Some(AccountInfo { nonce, ..info });
        Ok(())
    }

    /// Drops all changes.
    pub(crate) fn discard(&mut self) {
        for address in self.changed.drain(..) {
            if let Some(account) = self.accounts.get_mut(&address) {
                account.changes = None;
            }
        }
    }

    /// Seals all changes into the tries and returns the new state root.
    ///
    /// # Errors
    /// [`StateError`], where a trie can't be read. The state is then that of the old root again,
    /// and what was read of it is forgotten.
    pub(crate) fn commit(&mut self) -> Result<B256, StateError> {
        let sealed = self.seal_changes();
        match &sealed {
            Ok(root) => self.root = *root,
            Err(_) => {
                self.trie = Trie::new(self.root);
                self.accounts.clear();
                self.changed.clear();
            }
        }
        sealed
    }

    /// Adds the hash of the block whose changes were committed.
    pub(crate) fn push_block_hash(&mut self, hash: B256) {
        self.block_hashes.push(hash);
    }

    fn open_changed(&mut self, address: Address) -> Result<&mut CachedAccount<'a>, StateError> {
        let Self { provider, trie, accounts, keccak, changed, .. } = self;
        let account = super::open_account(accounts, trie, keccak, provider, address)?;
        if account.changes.is_none() {
            changed.push(address);
            account.changes =
                Some(Changes { info: account.info(), is_wiped: false, slots: Slots::default() });
        }
        Ok(account)
    }

    fn seal_changes(&mut self) -> Result<B256, StateError> {
        let Self { provider, trie, accounts, keccak, changed, .. } = self;
        let mut changed: Vec<_> =
            changed.drain(..).map(|address| (keccak.address(address), address)).collect();
        changed.sort_unstable();

        let mut removed = Vec::new();
        let mut rlp = Vec::new();
        for (key, address) in changed {
            let Some(account) = accounts.get_mut(&address) else { continue };
            let before = account.committed;
            account.committed = seal_account(account, keccak, provider)?;
            match &account.committed {
                after if *after == before => {}
                Some(after) => {
                    rlp.clear();
                    alloy_rlp::Encodable::encode(after, &mut rlp);
                    trie.insert(key.as_slice(), &rlp, provider)?;
                }
                None => removed.push(key),
            }
        }
        for key in removed {
            trie.delete(key.as_slice(), provider)?;
        }
        Ok(trie.root())
    }
}

/// Seals the changes of one account into its storage trie, and returns what stands for it in the
/// state trie.
fn seal_account<'a>(
    account: &mut CachedAccount<'a>,
    keccak: &mut KeccakCache,
    provider: &impl NodeSource<'a>,
) -> Result<Option<TrieAccount>, StateError> {
    let Some(changes) = account.changes.take() else { return Ok(account.committed) };
    if changes.is_wiped {
        account.storage = Trie::empty();
        account.slots.clear();
    }
    let Some(info) = changes.info else { return Ok(None) };
    seal_slots(account, changes.slots, keccak, provider)?;
    Ok(Some(TrieAccount {
        nonce: info.nonce,
        balance: info.balance,
        storage_root: account.storage.root(),
        code_hash: info.code_hash,
    }))
}

fn seal_slots<'a>(
    account: &mut CachedAccount<'a>,
    written: Slots,
    keccak: &mut KeccakCache,
    provider: &impl NodeSource<'a>,
) -> Result<(), StateError> {
    let mut writes = Vec::with_capacity(written.len());
    for (slot, value) in written {
        // A slot that was not read before is one of a new account, and empty.
        let before = account.slots.insert(slot, value).unwrap_or_default();
        if before != value {
            writes.push((keccak.word(slot.into()), value));
        }
    }
    writes.sort_unstable();

    let mut rlp = [0; U256_RLP_BYTES_MAX];
    for (key, value) in writes.iter().filter(|(_, value)| !value.is_zero()) {
        let mut free = rlp.as_mut_slice();
        alloy_rlp::Encodable::encode(value, &mut free);
        let free_bytes = free.len();
        account.storage.insert(
            key.as_slice(),
            &rlp[..U256_RLP_BYTES_MAX - free_bytes],
            provider,
        )?;
    }
    for (key, _) in writes.iter().filter(|(_, value)| value.is_zero()) {
        account.storage.delete(key.as_slice(), provider)?;
    }
    Ok(())
}

/// Bytes of the longest RLP of a word.
const U256_RLP_BYTES_MAX: usize = 1 + U256::BYTES;

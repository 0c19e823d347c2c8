//! One account: what its tries hold, and what the block makes of it.

use alloy_consensus::TrieAccount;
use alloy_primitives::U256;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use kona_mpt::{EMPTY_ROOT, Trie};
use revm::state::{Account, AccountInfo};

/// Values by slot.
pub(super) type Slots = HashMap<U256, U256, FixedState>;

/// An account that was read at least once.
#[derive(Debug)]
pub(super) struct CachedAccount<'a> {
    /// The account in the state trie; none if it is not there.
    pub(super) committed: Option<TrieAccount>,
    /// Its storage trie.
    pub(super) storage: Trie<'a>,
    /// Slots of the storage trie that are known, those that are absent as zero.
    pub(super) slots: Slots,
    /// Changes of the block in the making.
    pub(super) changes: Option<Changes>,
}

/// What the block in the making has changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The account itself; none if it is gone.
    pub(super) info: Option<AccountInfo>,
    /// Whether the account lost what its storage trie holds: it was destroyed, or made anew, and
    /// `slots` is all there is.
    pub(super) is_wiped: bool,
    /// Slots written.
    pub(super) slots: Slots,
}

impl CachedAccount<'_> {
    pub(super) fn new(committed: Option<TrieAccount>) -> Self {
        let storage_root = committed.as_ref().map_or(EMPTY_ROOT, |account| account.storage_root);
        Self { committed, storage: Trie::new(storage_root), slots: Slots::default(), changes: None }
    }

    /// The account as the block has left it so far.
    pub(super) fn info(&self) -> Option<AccountInfo> {
        match &self.changes {
            Some(changes) => changes.info.clone(),
            None => self.committed.map(|account| AccountInfo {
                balance: account.balance,
                nonce: account.nonce,
                code_hash: account.code_hash,
                account_id: None,
                code: None,
            }),
        }
    }

    /// A slot as the block has left it so far, if that can be told without the storage trie.
    pub(super) fn known_slot(&self, slot: &U256) -> Option<U256> {
        if let Some(changes) = &self.changes {
            if let Some(value) = changes.slots.get(slot) {
                return Some(*value);
            }
            if changes.is_wiped {
                return Some(U256::ZERO);
            }
        }
        self.slots.get(slot).copied()
    }

    /// Takes over what one transaction did to the account, which it must have touched.
    ///
    /// An account that is gone keeps [`Changes::is_wiped`] when it comes back.
    pub(super) fn apply(&mut self, account: Account) {
        let changes = self.changes.get_or_insert_default();
        // An account that a transaction creates and destroys carries both marks.
        let is_gone = account.is_selfdestructed();
        if is_gone || account.is_created() || account.is_empty() {
            changes.is_wiped = true;
            changes.slots.clear();
        }
        // EIP-161: a touched account that is empty is removed.
        if is_gone || account.is_empty() {
            changes.info = None;
            return;
        }
        changes.info = Some(account.info);
        let written = account.storage.into_iter().filter(|(_, slot)| slot.is_changed());
        changes.slots.extend(written.map(|(slot, value)| (slot, value.present_value)));
    }
}

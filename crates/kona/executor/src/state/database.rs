//! The state as the EVM reads it.

use alloy_primitives::{Address, B256, Bytes, U256};
use hashbrown::hash_map::Entry;
use revm::{
    Database,
    state::{AccountInfo, Bytecode},
};

use super::{L2StateProvider, StateDb, StateError, open_account};

impl<'a, P: L2StateProvider<'a>> Database for StateDb<'a, P> {
    type Error = StateError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, StateError> {
        Ok(self.account(address)?.info())
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, StateError> {
        match self.code.entry(code_hash) {
            Entry::Occupied(entry) => Ok(entry.get().clone()),
            Entry::Vacant(entry) => {
                let code = self.provider.code(code_hash)?;
                Ok(entry.insert(analyse(code)).clone())
            }
        }
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, StateError> {
        let Self { provider, trie, accounts, keccak, .. } = self;
        let account = open_account(accounts, trie, keccak, provider, address)?;
        if let Some(value) = account.known_slot(&slot) {
            return Ok(value);
        }
        // Contracts without storage are common, and their slots need no hash.
        let value = if account.storage.is_empty() {
            U256::ZERO
        } else {
            let key = keccak.word(slot.into());
            match account.storage.get(key.as_slice(), provider)? {
                Some(rlp) => decode_slot(rlp, address, slot)?,
                None => U256::ZERO,
            }
        };
        account.slots.insert(slot, value);
        Ok(value)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, StateError> {
        self.block_hashes.hash(number, &self.provider)
    }
}

/// Code with its jump table. What looks like an EIP-7702 delegation without being one can only be
/// code older than EIP-3541, which runs into an invalid opcode.
fn analyse(code: &[u8]) -> Bytecode {
    let code = Bytes::copy_from_slice(code);
    Bytecode::new_raw_checked(code.clone()).unwrap_or_else(|_| Bytecode::new_legacy(code))
}

fn decode_slot(rlp: &[u8], address: Address, slot: U256) -> Result<U256, StateError> {
    alloy_rlp::decode_exact(rlp).map_err(|source| StateError::Slot { address, slot, source })
}

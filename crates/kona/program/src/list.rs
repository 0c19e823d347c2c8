//! Lists of transactions and receipts, read off their tries.

use alloy_primitives::B256;
use kona_mpt::NodeSource;
use kona_preimage::{Hint, OracleError, PreimageKey, PreimageOracle};

/// Trie nodes of a list. A hint for the whole list has gone out before.
pub(crate) struct ListNodes<'a, O>(&'a O);

impl<'a, O: PreimageOracle> ListNodes<'a, O> {
    /// Tells the host which list is about to be read.
    ///
    /// The hint goes out once a list and even if its root is at hand: other nodes of it may not be.
    ///
    /// # Errors
    /// [`OracleError`] if the channel to the host fails.
    pub(crate) fn announce(oracle: &'a O, hint: &Hint<'_>) -> Result<Self, OracleError> {
        oracle.hint(hint)?;
        Ok(Self(oracle))
    }
}

impl<'a, O: PreimageOracle> NodeSource<'a> for ListNodes<'a, O> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.0.read(PreimageKey::keccak256(hash))
    }
}

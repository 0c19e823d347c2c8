//! What can be wrong with the state.

use alloy_primitives::{Address, B256, U256};
use kona_mpt::TrieError;
use kona_preimage::OracleError;
use revm::database_interface::DBErrorMarker;

/// Why the state could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Code or a header could not be had.
    #[error("a pre-image could not be had")]
    Oracle(
        #[from]
        #[source]
        OracleError,
    ),
    /// A trie could not be read or written.
    #[error("a trie failed")]
    Trie(
        #[from]
        #[source]
        TrieError,
    ),
    /// The value of an account in the state trie is not an account.
    #[error("account {address} is malformed")]
    Account {
        /// The account.
        address: Address,
        /// What the decoder said.
        #[source]
        source: alloy_rlp::Error,
    },
    /// The value of a slot in a storage trie is not a word.
    #[error("slot {slot} of account {address} is malformed")]
    Slot {
        /// The account.
        address: Address,
        /// The slot.
        slot: U256,
        /// What the decoder said.
        #[source]
        source: alloy_rlp::Error,
    },
    /// An ancestor's header is not one.
    #[error("the header of block {hash} is malformed")]
    Header {
        /// Hash of the block.
        hash: B256,
        /// What the decoder said.
        #[source]
        source: alloy_rlp::Error,
    },
}

impl DBErrorMarker for StateError {}

//! What can go wrong in a block, and whose fault it is.

use kona_mpt::TrieError;
use kona_preimage::OracleError;

use crate::{BaseFeeError, InvalidTransaction, StateError};

/// Why a block could not be executed. The executor stays at the parent, ready for another try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// Input: the batch holds a transaction that no block may have. The caller tries again with
    /// the deposits alone.
    ///
    /// Spec: protocol/exec-engine.md#extended-payloadattributesv2
    #[error("transaction {tx_index} makes the payload invalid")]
    InvalidPayload {
        /// Index of the transaction in the attributes, from 0.
        tx_index: usize,
        /// The rule it breaks.
        #[source]
        reason: InvalidTransaction,
    },
    /// Bug: the attributes are not those of the block's fork.
    #[error("the payload attributes do not fit the block's fork")]
    Attributes(#[from] AttributeError),
    /// Bug: the parent header is not one of this chain.
    #[error("the parent header yields no base fee")]
    BaseFee(#[from] BaseFeeError),
    /// Infrastructure: a pre-image could not be had.
    #[error("a pre-image could not be had")]
    Oracle(#[source] OracleError),
    /// Infrastructure: a trie of the agreed state is broken.
    #[error("a trie of the state is broken")]
    Trie(#[source] TrieError),
    /// Infrastructure: what the agreed state holds can't be decoded.
    #[error("the state is broken")]
    State(#[source] StateError),
    /// Bug: the EVM refused what it was given, for a reason that is none of the above.
    #[error("the EVM failed at {stage}")]
    Evm {
        /// What was running.
        stage: &'static str,
    },
}

/// Which attribute a fork forbids or demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The fork demands an attribute that is absent.
    #[error("{field} is missing")]
    Missing {
        /// Name of the attribute.
        field: &'static str,
    },
    /// The fork does not know an attribute that is there.
    #[error("{field} is there before its fork")]
    Unexpected {
        /// Name of the attribute.
        field: &'static str,
    },
    /// Only one of the EIP-1559 parameters is zero.
    #[error("denominator {denominator} and elasticity {elasticity} can't make a base fee")]
    ZeroFeeParameter {
        /// Base fee change denominator.
        denominator: u32,
        /// Gas limit divided by gas target.
        elasticity: u32,
    },
    /// The block is not newer than its parent.
    #[error("a block at {timestamp} can't follow one at {parent_timestamp}")]
    Timestamp {
        /// Time of the parent, in seconds.
        parent_timestamp: u64,
        /// Time of the block, in seconds.
        timestamp: u64,
    },
}

impl From<StateError> for ExecutorError {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Oracle(error)
            | StateError::Trie(TrieError::Unread { source: error, .. }) => Self::Oracle(error),
            StateError::Trie(error) => Self::Trie(error),
            error => Self::State(error),
        }
    }
}

impl From<TrieError> for ExecutorError {
    fn from(error: TrieError) -> Self {
        StateError::Trie(error).into()
    }
}

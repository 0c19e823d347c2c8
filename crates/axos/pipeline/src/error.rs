//! What must not happen.
//!
//! Neither "not yet" nor malformed batcher data is an error: see [`Outcome`](crate::Outcome).

use alloc::boxed::Box;

use alloy_primitives::B256;
use axos_genesis::{L1Number, L2BlockRef, L2Number};
use axos_protocol::{
    AttributesError, HeaderError, L1TransactionError, ReceiptsError, UpgradeError,
};

/// Why the pipeline can't go on.
///
/// [`Error::is_critical`] tells whose fault it is: the chain's, and derivation is at its end, or the
/// caller's, whose call had no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller provided something else than what was asked for.
    #[error("provided {actual}, but the pipeline waits for {expected}")]
    UnexpectedInput {
        /// Name of the outstanding request, or "nothing".
        expected: &'static str,
        /// Name of the input.
        actual: &'static str,
    },
    /// The caller provided a block of another hash than the one asked for.
    #[error("provided the block {actual}, but the pipeline waits for {expected}")]
    WrongHash {
        /// Hash asked for.
        expected: B256,
        /// Hash provided.
        actual: B256,
    },
    /// The caller provided a block of another number than the one asked for.
    #[error("provided the block of number {actual}, but the pipeline waits for {expected}")]
    WrongNumber {
        /// Number asked for.
        expected: u64,
        /// Number provided.
        actual: u64,
    },
    /// The caller provided more or fewer values than were asked for.
    #[error("provided {actual} values, but the pipeline waits for {expected}")]
    WrongCount {
        /// How many were asked for.
        expected: usize,
        /// How many were provided.
        actual: usize,
    },
    /// The caller stepped without having said what became of the last attributes.
    #[error("the last attributes are neither accepted nor rejected")]
    AttributesInFlight,
    /// The caller accepted or rejected attributes, but there are none.
    #[error("there are no attributes to accept or reject")]
    NoAttributesInFlight,
    /// The caller accepted a block that does not follow from the last attributes.
    #[error("accepted {actual:?}, but the attributes lead to {expected:?}")]
    WrongBlock {
        /// What the attributes lead to, with the hash of the accepted block.
        expected: Box<L2BlockRef>,
        /// The accepted block.
        actual: Box<L2BlockRef>,
    },
    /// The caller provided an L1 header that is none.
    #[error("the L1 header is malformed")]
    Header(#[from] HeaderError),
    /// The caller provided an L1 transaction that is none.
    #[error("transaction {index} of L1 block {number} is malformed")]
    L1Transaction {
        /// Number of the L1 block.
        number: L1Number,
        /// Position in the block.
        index: usize,
        /// What is wrong with it.
        #[source]
        source: L1TransactionError,
    },
    /// The caller provided an L1 receipt that is none, or the portal emitted a malformed deposit.
    /// Deposits may never be ignored.
    #[error("the receipts of L1 block {number} can't be used")]
    Receipts {
        /// Number of the L1 block.
        number: L1Number,
        /// What is wrong with them.
        #[source]
        source: ReceiptsError,
    },
    /// The caller provided a bundle of upgrade transactions that is none.
    #[error("the bundle of upgrade transactions is malformed")]
    UpgradeBundle(#[from] UpgradeError),
    /// Attributes can't be put together from what the L1 chain says.
    #[error("the attributes can't be built")]
    Attributes(#[source] AttributesError),
    /// A payload of deposits alone was rejected, which a correct engine never does.
    ///
    /// Spec: protocol/holocene/derivation.md#engine-queue
    #[error("the engine rejected block {number}, which has no transactions but deposits")]
    DepositsOnlyRejected {
        /// Number of the block.
        number: L2Number,
    },
    /// The L1 window lost a block that the parent needs: the pipeline was not started at a safe
    /// head of this L1 chain.
    #[error("L1 block {number} is not in the L1 window")]
    OriginUnknown {
        /// Number of the L1 block.
        number: L1Number,
    },
}

impl Error {
    /// Whether derivation of this chain is at its end. All other errors are the caller's.
    pub const fn is_critical(&self) -> bool {
        matches!(
            self,
            Self::Attributes(_)
                | Self::DepositsOnlyRejected { .. }
                | Self::OriginUnknown { .. }
                | Self::Receipts { source: ReceiptsError::Deposit { .. }, .. }
        )
    }
}

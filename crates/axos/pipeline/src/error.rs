//! What must not happen.
//!
//! Neither "not yet" nor malformed batcher data is an error: see [`Outcome`](crate::Outcome).

use alloy_primitives::B256;
use axos_genesis::{L1Number, L2BlockId};

/// Why the pipeline can't go on.
///
/// [`Error::is_critical`] tells apart whose fault it is: the chain's, which stops derivation for
/// good, or the caller's, whose call had no effect.
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
    /// The caller stepped without having said what became of the last attributes.
    #[error("the last attributes are neither accepted nor rejected")]
    AttributesInFlight,
    /// The caller accepted or rejected attributes, but there are none.
    #[error("there are no attributes to accept or reject")]
    NoAttributesInFlight,
    /// The caller accepted a block that does not follow from the last attributes.
    #[error("accepted {actual:?}, but the attributes lead to {expected:?}")]
    WrongBlock {
        /// Number and parent hash the attributes lead to.
        expected: L2BlockId,
        /// Number and parent hash of the accepted block.
        actual: L2BlockId,
    },
    /// A payload of deposits alone was rejected, which a correct engine never does.
    ///
    /// Spec: protocol/holocene/derivation.md#engine-queue
    #[error("the engine rejected block {number}, which has no transactions but deposits")]
    DepositsOnlyRejected {
        /// Number of the block.
        number: axos_genesis::L2Number,
    },
    /// The L1 window lost a block that the parent needs: the pipeline was not started at a safe
    /// head of this L1 chain.
    #[error("L1 block {number} is not in the L1 window")]
    OriginUnknown {
        /// Number of the L1 block.
        number: L1Number,
    },
}

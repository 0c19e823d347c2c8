//! What the driver needs of its surroundings.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use axos_genesis::{Fork, L1BlockRef, L1Number, L2BlockRef, L2Number};
use axos_pipeline::{Blob, DerivedAttributes, IndexedBlobHash, L2BlockInfo};
use axos_protocol::SignedHash;

/// The L1 chain up to a fixed head.
///
/// All answers must belong to that one chain: the driver does not ask twice. What it gets is raw
/// bytes, as the L1 chain commits to them.
pub trait L1Source {
    /// Why an answer failed. Ends the run.
    type Error;

    /// RLP of the header of the block with this hash.
    ///
    /// # Errors
    /// If the header can't be had.
    fn header(&mut self, hash: B256) -> Result<&[u8], Self::Error>;

    /// Hash and RLP of the header at this height, or `None` above the head.
    ///
    /// # Errors
    /// If the header can't be had.
    fn header_by_number(&mut self, number: L1Number) -> Result<Option<(B256, &[u8])>, Self::Error>;

    /// EIP-2718 bytes of all receipts of a block, in order.
    ///
    /// # Errors
    /// If the receipts can't be had.
    fn receipts(&mut self, block: L1BlockRef) -> Result<Vec<&[u8]>, Self::Error>;

    /// EIP-2718 bytes of all transactions of a block, in order.
    ///
    /// # Errors
    /// If the transactions can't be had.
    fn transactions(&mut self, block: L1BlockRef) -> Result<Vec<&[u8]>, Self::Error>;

    /// Who made the signatures, in order; `None` where nobody can have made one, or s is in the
    /// upper half of its range. Computed, unless the source knows a cheaper way.
    ///
    /// # Errors
    /// If that can't be known.
    fn signers(&mut self, signed: &[SignedHash]) -> Result<Vec<Option<Address>>, Self::Error> {
        Ok(signed.iter().map(SignedHash::signer).collect())
    }

    /// Blobs of a block, in the order asked for.
    ///
    /// # Errors
    /// If a blob can't be had.
    fn blobs(
        &mut self,
        block: L1BlockRef,
        blobs: &[IndexedBlobHash],
    ) -> Result<Vec<&Blob>, Self::Error>;
}

/// The L2 chain up to the block the driver started from, and data that no block contains.
pub trait L2Source {
    /// Why an answer failed. Ends the run.
    type Error;

    /// The block with this hash, with its system configuration. Header and first transaction are
    /// enough to answer.
    ///
    /// # Errors
    /// If the block can't be had.
    fn block_info(&mut self, hash: B256) -> Result<L2BlockInfo, Self::Error>;

    /// The block at this height, at or below the block the driver started from.
    ///
    /// # Errors
    /// If the block can't be had.
    fn block_ref(&mut self, number: L2Number) -> Result<L2BlockRef, Self::Error>;

    /// The block at this height, at or below the block the driver started from, with the EIP-2718
    /// bytes of all its transactions in order.
    ///
    /// # Errors
    /// If the block can't be had.
    fn block(&mut self, number: L2Number) -> Result<(L2BlockRef, Vec<&[u8]>), Self::Error>;

    /// The bundle of upgrade transactions of a fork, by the Keccak-256 of its bytes.
    ///
    /// # Errors
    /// If the bundle can't be had.
    fn upgrade_bundle(&mut self, fork: Fork, hash: B256) -> Result<&[u8], Self::Error>;
}

/// Executes L2 blocks.
pub trait Engine {
    /// Why execution failed for a reason other than the payload. Ends the run.
    type Error;

    /// Builds and executes the block that `attributes` describe on top of `attributes.parent`.
    ///
    /// The parent is the last block executed, except that before Holocene it may be an ancestor of
    /// it, after an invalid payload took back a whole span batch.
    ///
    /// # Errors
    /// If the block can't be executed for a reason other than the payload, such as missing state.
    fn execute(&mut self, attributes: &DerivedAttributes) -> Result<Execution, Self::Error>;
}

/// What became of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one value a block, moved once")]
pub enum Execution {
    /// The block is sealed, and is the new head of the engine.
    Sealed(L2BlockInfo),
    /// The payload breaks a rule of execution: a transaction does not decode canonically, can't
    /// pay, exceeds the block's gas. The state is as it was before.
    InvalidPayload,
}

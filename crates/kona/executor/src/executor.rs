//! Executes L2 blocks one on top of the other.

use alloy_consensus::{Header, Sealable, Sealed};
use alloy_primitives::B256;
use axos_genesis::{Fork, RollupConfig};
use axos_protocol::PayloadAttributes;
use core::fmt;

use crate::{
    ExecutorError, L2StateProvider, OutputRoot, PrecompileOracle,
    block::{BlockOutcome, run_block},
    environment::Environment,
    output_root::MESSAGE_PASSER,
    seal::seal_header,
    state::StateDb,
};

/// Executes the blocks of one chain, each on the one before.
///
/// What is read of the state stays in memory from block to block. After any error the executor is
/// where it was before, at the parent, so that the caller can try other attributes.
pub struct Executor<'a, P> {
    config: &'a RollupConfig,
    head: Sealed<Header>,
    state: StateDb<'a, P>,
    precompile_oracle: Option<&'a dyn PrecompileOracle>,
}

/// A block that was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedBlock {
    /// The header.
    pub header: Header,
    /// Hash of the block.
    pub hash: B256,
    /// How many transactions the block has, deposits included.
    pub transaction_count: usize,
}

impl<'a, P: L2StateProvider<'a>> Executor<'a, P> {
    /// An executor for the blocks on `parent`, whose state `provider` has.
    ///
    /// With `precompile_oracle`, costly precompiled contracts are answered by L1; without, all are
    /// computed here.
    pub fn new(
        config: &'a RollupConfig,
        provider: P,
        parent: Sealed<Header>,
        precompile_oracle: Option<&'a dyn PrecompileOracle>,
    ) -> Self {
        let state = StateDb::new(provider, parent.state_root, parent.number, parent.hash());
        Self { config, head: parent, state, precompile_oracle }
    }

    /// The newest block: the parent of the one that is executed next.
    pub const fn head(&self) -> &Sealed<Header> {
        &self.head
    }

    /// Executes the block that `attributes` ask for, and seals its header.
    ///
    /// Leading deposits are trusted to be those of L1. Whether the header has a withdrawals root
    /// follows from the fork alone, whatever [`PayloadAttributes::has_withdrawals`] says.
    ///
    /// # Errors
    /// [`ExecutorError::InvalidPayload`] if no block may have these transactions, and other errors
    /// if the executor can't tell.
    ///
    /// Spec: protocol/exec-engine.md#extended-payloadattributesv2
    pub fn execute(
        &mut self,
        attributes: &PayloadAttributes,
    ) -> Result<ExecutedBlock, ExecutorError> {
        let environment = Environment::new(self.config, &self.head, attributes)?;
        let outcome = run_block(&environment, &mut self.state, self.precompile_oracle)
            .inspect_err(|_| self.state.discard())?;
        let header = Self::seal(&mut self.state, &environment, &outcome)?;

        self.head = header.seal_slow();
        self.state.push_block_hash(self.head.hash());
        Ok(ExecutedBlock {
            header: self.head.inner().clone(),
            hash: self.head.hash(),
            transaction_count: attributes.transactions.len(),
        })
    }

    /// The output root of the newest block.
    ///
    /// # Errors
    /// [`ExecutorError`], where the account of the `L2ToL1MessagePasser` can't be read.
    ///
    /// Spec: protocol/proposals.md#l2-output-commitment-construction
    pub fn output_root(&mut self) -> Result<OutputRoot, ExecutorError> {
        Ok(OutputRoot {
            state_root: self.head.state_root,
            message_passer_storage_root: self.state.storage_root(MESSAGE_PASSER)?,
            block_hash: self.head.hash(),
        })
    }

    /// Commits the changes of a block and makes its header.
    fn seal(
        state: &mut StateDb<'a, P>,
        environment: &Environment<'_>,
        outcome: &BlockOutcome,
    ) -> Result<Header, ExecutorError> {
        // [Isthmus] The header names a storage root. It is read before anything is committed, so
        // that a failure leaves the state as it was; the account is cached from then on.
        let is_isthmus = environment.is_active(Fork::Isthmus);
        if is_isthmus {
            state.storage_root(MESSAGE_PASSER).inspect_err(|_| state.discard())?;
        }
        let state_root = state.commit()?;
        let message_passer_storage_root =
            if is_isthmus { Some(state.storage_root(MESSAGE_PASSER)?) } else { None };
        Ok(seal_header(environment, outcome, state_root, message_passer_storage_root))
    }
}

impl<P: fmt::Debug> fmt::Debug for Executor<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("head", &self.head)
            .field("state", &self.state)
            .field("is_accelerated", &self.precompile_oracle.is_some())
            .finish_non_exhaustive()
    }
}

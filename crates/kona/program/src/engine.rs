//! The execution engine behind derivation: builds blocks on the agreed one, in memory.

use alloc::{boxed::Box, vec::Vec};

use alloy_consensus::{Header, Sealed};
use alloy_primitives::B256;
use alloy_rlp::Decodable;
use axos_driver::Execution;
use axos_genesis::{L2BlockId, L2Number, RollupConfig};
use axos_pipeline::{DerivedAttributes, L2BlockInfo};
use axos_protocol::{L2Header, PayloadAttributes, read_l2_block};
use kona_executor::{ExecutedBlock, Executor, ExecutorError};
use kona_preimage::{Hint, PreimageKey, PreimageOracle};

use crate::{
    ProgramError, SourceError, Stats,
    l2_state::{L1Precompiles, L2State},
    trace::Trace,
};

/// Builds L2 blocks on the agreed block, and knows their output roots.
#[derive(Debug)]
pub(crate) struct Engine<'a, O, T> {
    config: &'a RollupConfig,
    oracle: &'a O,
    precompiles: &'a L1Precompiles<'a, O>,
    agreed: AgreedBlock,
    executor: Executor<'a, L2State<'a, O>>,
    /// What was built on the agreed block, lowest first.
    built: Vec<Built>,
    /// What the run took so far, apart from reads of L1.
    pub(crate) stats: Stats,
    /// Who is told what happens.
    pub(crate) trace: T,
}

/// The block to start from.
#[derive(Debug, Clone)]
pub(crate) struct AgreedBlock {
    /// Its header.
    pub(crate) header: Sealed<Header>,
    /// Its output root, on which both sides agree.
    pub(crate) output_root: B256,
}

/// A block, and what it takes to build it again.
#[derive(Debug)]
struct Built {
    hash: B256,
    attributes: PayloadAttributes,
}

impl<'a, O: PreimageOracle, T: Trace> Engine<'a, O, T> {
    /// An engine that builds on `agreed`.
    pub(crate) fn new(
        config: &'a RollupConfig,
        oracle: &'a O,
        precompiles: &'a L1Precompiles<'a, O>,
        agreed: AgreedBlock,
        trace: T,
    ) -> Self {
        let executor = new_executor(config, oracle, precompiles, &agreed);
        let (built, stats) = (Vec::new(), Stats::default());
        Self { config, oracle, precompiles, agreed, executor, built, stats, trace }
    }

    /// Output root of `block`, which is the agreed one or one built on it. Nothing is built on
    /// `block` any more after that.
    ///
    /// # Errors
    /// [`ProgramError`] if the state of the block can't be read.
    pub(crate) fn output_root(&mut self, block: L2BlockId) -> Result<B256, ProgramError> {
        if block.hash == self.agreed.header.hash() {
            return Ok(self.agreed.output_root);
        }
        self.rewind(block)?;
        let output = self.executor.output_root();
        let number = block.number;
        Ok(output
            .map_err(|source| ProgramError::OutputRoot { number, source: Box::new(source) })?
            .hash())
    }

    /// Makes `block`, the agreed one or one built on it, the one to build on.
    ///
    /// Executors only go forward, so the blocks up to there are built once more. That is rare: only
    /// before Holocene, and only after an invalid payload in a span batch, are blocks taken back.
    fn rewind(&mut self, block: L2BlockId) -> Result<(), ProgramError> {
        if self.executor.head().hash() == block.hash {
            return Ok(());
        }
        let kept = match self.built.iter().position(|built| built.hash == block.hash) {
            Some(position) => position + 1,
            None if block.hash == self.agreed.header.hash() => 0,
            None => return Err(ProgramError::UnknownParent { block }),
        };
        self.built.truncate(kept);
        self.executor = new_executor(self.config, self.oracle, self.precompiles, &self.agreed);
        for built in &self.built {
            let number = L2Number(self.executor.head().number).next();
            self.executor
                .execute(&built.attributes)
                .map_err(|source| ProgramError::Execution { number, source: Box::new(source) })?;
        }
        Ok(())
    }

    fn seal(
        &mut self,
        attributes: &DerivedAttributes,
        executed: &ExecutedBlock,
    ) -> Result<L2BlockInfo, ProgramError> {
        let ExecutedBlock { header, hash, transaction_count } = executed;
        let count = u64::try_from(*transaction_count).unwrap_or(u64::MAX);
        self.stats.blocks_executed += 1;
        self.stats.transactions_executed = self.stats.transactions_executed.saturating_add(count);
        self.stats.gas_used = self.stats.gas_used.saturating_add(header.gas_used);
        self.built.push(Built { hash: *hash, attributes: attributes.attributes.clone() });

        let first = attributes.attributes.transactions.first().map(AsRef::as_ref);
        let (block, system_config) =
            read_l2_block(self.config, &l2_header(header, *hash), first)
                .map_err(|source| SourceError::L2Block { hash: *hash, source })?;
        self.trace.executed(&block, *transaction_count, header.gas_used);
        Ok(L2BlockInfo { block, system_config })
    }
}

impl<O: PreimageOracle, T: Trace> axos_driver::Engine for Engine<'_, O, T> {
    type Error = ProgramError;

    fn execute(&mut self, attributes: &DerivedAttributes) -> Result<Execution, ProgramError> {
        self.rewind(attributes.parent.id())?;
        match self.executor.execute(&attributes.attributes) {
            Ok(executed) => Ok(Execution::Sealed(self.seal(attributes, &executed)?)),
            Err(reason @ ExecutorError::InvalidPayload { .. }) => {
                self.stats.payloads_rejected += 1;
                self.trace.payload_rejected(attributes, &reason);
                Ok(Execution::InvalidPayload)
            }
            Err(source) => {
                let number = attributes.parent.number.next();
                Err(ProgramError::Execution { number, source: Box::new(source) })
            }
        }
    }
}

impl AgreedBlock {
    /// Reads the header behind the agreed output root.
    ///
    /// # Errors
    /// [`SourceError`] if it is absent or malformed.
    pub(crate) fn read(
        oracle: &impl PreimageOracle,
        hash: B256,
        output_root: B256,
    ) -> Result<Self, SourceError> {
        let hint = Hint::L2BlockHeader { hash, chain_id: None };
        let rlp = oracle.read_hinted(PreimageKey::keccak256(hash), &hint)?;
        let header = Header::decode(&mut &*rlp)
            .map_err(|source| SourceError::ParentHeader { hash, source })?;
        Ok(Self { header: Sealed::new_unchecked(header, hash), output_root })
    }

    /// What derivation reads of its header.
    pub(crate) fn l2_header(&self) -> L2Header {
        l2_header(&self.header, self.header.hash())
    }

    /// Hash and number.
    pub(crate) fn id(&self) -> L2BlockId {
        L2BlockId { hash: self.header.hash(), number: L2Number(self.header.number) }
    }
}

fn new_executor<'a, O: PreimageOracle>(
    config: &'a RollupConfig,
    oracle: &'a O,
    precompiles: &'a L1Precompiles<'a, O>,
    agreed: &AgreedBlock,
) -> Executor<'a, L2State<'a, O>> {
    Executor::new(config, L2State(oracle), agreed.header.clone(), Some(precompiles))
}

/// What derivation reads of a header, without a detour over its RLP.
fn l2_header(header: &Header, hash: B256) -> L2Header {
    L2Header {
        hash,
        parent_hash: header.parent_hash,
        state_root: header.state_root,
        transactions_root: header.transactions_root,
        number: L2Number(header.number),
        gas_limit: header.gas_limit,
        timestamp: header.timestamp,
        extra_data: header.extra_data.clone(),
    }
}

#[cfg(test)]
mod tests;

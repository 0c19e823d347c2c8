//! Derivation and execution in a loop.

use alloc::{sync::Arc, vec::Vec};

use alloy_primitives::Bytes;
use axos_genesis::{L1BlockRef, L1ChainConfig, L2BlockRef, L2Number, RollupConfig};
use axos_pipeline::{
    DerivedAttributes, Dropped, Input, L2BlockInfo, Outcome, Pipeline, Request, ResetReason,
};

use crate::{Engine, Execution, L1Source, L2Source};

/// Derives and executes L2 blocks from an L1 chain that is known in full.
///
/// That is the situation of a fault proof program: all data is there, or can't be had at all.
/// Hence nothing is tried twice, and an L1 chain that does not fit together is an error.
#[derive(Debug)]
pub struct Driver<L1, L2, E> {
    pipeline: Pipeline,
    l1: L1,
    l2: L2,
    engine: E,
    /// The block the driver started from.
    start: L2Number,
    /// The blocks built since, lowest first. Span batches that overlap them are compared with them.
    built: Vec<BuiltBlock>,
}

#[derive(Debug)]
struct BuiltBlock {
    block: L2BlockRef,
    transactions: Vec<Bytes>,
}

/// Where a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriverOutcome {
    /// At the block that was asked for.
    ReachedTarget(L2BlockInfo),
    /// Below it, at the last block that the L1 chain up to its head determines.
    L1Exhausted(L2BlockInfo),
}

/// What one step of the driver did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Data was fetched.
    Fetched,
    /// A block was built and executed.
    Built(L2BlockInfo),
    /// A payload was invalid.
    RejectedPayload {
        /// Number of the block.
        number: L2Number,
    },
    /// Derivation moved on to this L1 block.
    Advanced(L1BlockRef),
    /// Batcher data was ignored.
    Dropped(Dropped),
    /// The L1 chain is used up.
    Exhausted,
}

/// Why a run failed. None of these says anything about the L2 chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriverError<L1, L2, E> {
    /// L1 data can't be had.
    #[error("L1 data can't be had")]
    L1(#[source] L1),
    /// L2 data can't be had.
    #[error("L2 data can't be had")]
    L2(#[source] L2),
    /// A block can't be executed, for a reason other than its payload.
    #[error("the engine failed")]
    Engine(#[source] E),
    /// Derivation can't go on.
    #[error("derivation failed")]
    Pipeline(#[from] axos_pipeline::Error),
    /// The L1 chain does not fit together, or not to the starting block.
    #[error("the L1 chain does not fit")]
    Reset(#[source] ResetReason),
}

/// The [`DriverError`] of a [`Driver`] over these sources.
pub type ErrorOf<L1, L2, E> =
    DriverError<<L1 as L1Source>::Error, <L2 as L2Source>::Error, <E as Engine>::Error>;

impl<L1: L1Source, L2: L2Source, E: Engine> Driver<L1, L2, E> {
    /// A driver that goes on from `safe_head`, a block of the safe chain.
    pub fn new(
        config: impl Into<Arc<RollupConfig>>,
        l1_config: impl Into<Arc<L1ChainConfig>>,
        safe_head: L2BlockInfo,
        l1: L1,
        l2: L2,
        engine: E,
    ) -> Self {
        let pipeline = Pipeline::new(config, l1_config, safe_head);
        Self::with_pipeline(pipeline, l1, l2, engine)
    }

    /// A driver of a pipeline that has not been stepped yet.
    pub fn with_pipeline(pipeline: Pipeline, l1: L1, l2: L2, engine: E) -> Self {
        let start = pipeline.safe_head().block.number;
        Self { pipeline, l1, l2, engine, start, built: Vec::new() }
    }

    /// Goes on until block `target` is built, or the L1 chain is used up: then the safe head reached
    /// is what counts.
    ///
    /// Before Holocene, an invalid block further up in the same span batch would take the target
    /// back; that is not looked for.
    ///
    /// # Errors
    /// [`DriverError`] if anything but the payload of a block is wrong.
    pub fn advance_to(&mut self, target: L2Number) -> Result<DriverOutcome, ErrorOf<L1, L2, E>> {
        loop {
            let head = *self.pipeline.parent();
            if head.block.number >= target {
                return Ok(DriverOutcome::ReachedTarget(head));
            }
            if self.step()? == Step::Exhausted {
                return Ok(DriverOutcome::L1Exhausted(*self.pipeline.safe_head()));
            }
        }
    }

    /// Does one thing, and tells which. For callers that report progress.
    ///
    /// # Errors
    /// As for [`advance_to`](Self::advance_to).
    pub fn step(&mut self) -> Result<Step, ErrorOf<L1, L2, E>> {
        match self.pipeline.step()? {
            Outcome::Needs(request) => self.fetch(&request),
            Outcome::Attributes(attributes) => self.build(&attributes),
            Outcome::Advanced(block) => Ok(Step::Advanced(block)),
            Outcome::Dropped(dropped) => Ok(Step::Dropped(dropped)),
            Outcome::Exhausted => Ok(Step::Exhausted),
            Outcome::Reset(reason) => Err(DriverError::Reset(reason)),
        }
    }

    /// The pipeline, for its heads and its L1 origin.
    pub const fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The source of L1 data.
    pub const fn l1(&self) -> &L1 {
        &self.l1
    }

    /// The engine.
    pub const fn engine(&self) -> &E {
        &self.engine
    }

    /// The engine, to ask it for the state of the last block.
    pub const fn engine_mut(&mut self) -> &mut E {
        &mut self.engine
    }

    fn build(&mut self, attributes: &DerivedAttributes) -> Result<Step, ErrorOf<L1, L2, E>> {
        match self.engine.execute(attributes).map_err(DriverError::Engine)? {
            Execution::Sealed(sealed) => {
                self.pipeline.accept(sealed)?;
                self.record(sealed.block, attributes);
                Ok(Step::Built(sealed))
            }
            Execution::InvalidPayload => {
                self.pipeline.reject_payload()?;
                Ok(Step::RejectedPayload { number: attributes.parent.number.next() })
            }
        }
    }

    fn record(&mut self, block: L2BlockRef, attributes: &DerivedAttributes) {
        // A rejected payload before Holocene can have taken back blocks.
        self.built.truncate(self.position(block.number).unwrap_or(0));
        let transactions = attributes.attributes.transactions.clone();
        self.built.push(BuiltBlock { block, transactions });
    }

    /// Where a block above the start is in `built`.
    fn position(&self, number: L2Number) -> Option<usize> {
        usize::try_from(number.0.checked_sub(self.start.0.checked_add(1)?)?).ok()
    }

    fn built(&self, number: L2Number) -> Option<&BuiltBlock> {
        self.built.get(self.position(number)?)
    }

    fn fetch(&mut self, request: &Request) -> Result<Step, ErrorOf<L1, L2, E>> {
        match request {
            Request::L2BlockInfo { hash } => {
                let block = self.l2.block_info(*hash).map_err(DriverError::L2)?;
                self.pipeline.provide(Input::L2BlockInfo(block))?;
            }
            Request::L2BlockRef { number } => {
                let block = match self.built(*number) {
                    Some(built) => built.block,
                    None => self.l2.block_ref(*number).map_err(DriverError::L2)?,
                };
                self.pipeline.provide(Input::L2BlockRef(block))?;
            }
            Request::L2Block { number } => self.fetch_l2_block(*number)?,
            Request::L1Header { hash } => {
                let rlp = self.l1.header(*hash).map_err(DriverError::L1)?;
                self.pipeline.provide(Input::L1Header { hash: *hash, rlp })?;
            }
            Request::L1HeaderByNumber { number } => {
                let header = self.l1.header_by_number(*number).map_err(DriverError::L1)?;
                self.pipeline.provide(match header {
                    Some((hash, rlp)) => Input::L1Header { hash, rlp },
                    None => Input::L1BeyondHead,
                })?;
            }
            Request::L1Receipts { block } => {
                let receipts = self.l1.receipts(*block).map_err(DriverError::L1)?;
                self.pipeline.provide(Input::L1Receipts(&receipts))?;
            }
            Request::L1Transactions { block } => {
                let transactions = self.l1.transactions(*block).map_err(DriverError::L1)?;
                self.pipeline.provide(Input::L1Transactions(&transactions))?;
            }
            Request::L1Signers { signed, .. } => {
                let signers = self.l1.signers(signed).map_err(DriverError::L1)?;
                self.pipeline.provide(Input::L1Signers(&signers))?;
            }
            Request::L1Blobs { block, blobs } => {
                let blobs = self.l1.blobs(*block, blobs).map_err(DriverError::L1)?;
                self.pipeline.provide(Input::L1Blobs(&blobs))?;
            }
            Request::UpgradeBundle { fork, hash } => {
                let bundle = self.l2.upgrade_bundle(*fork, *hash).map_err(DriverError::L2)?;
                self.pipeline.provide(Input::UpgradeBundle(bundle))?;
            }
        }
        Ok(Step::Fetched)
    }

    fn fetch_l2_block(&mut self, number: L2Number) -> Result<(), ErrorOf<L1, L2, E>> {
        let position = self.position(number);
        if let Some(built) = position.and_then(|position| self.built.get(position)) {
            let transactions: Vec<&[u8]> = built.transactions.iter().map(AsRef::as_ref).collect();
            let (block, transactions) = (built.block, transactions.as_slice());
            self.pipeline.provide(Input::L2Block { block, transactions })?;
        } else {
            let (block, transactions) = self.l2.block(number).map_err(DriverError::L2)?;
            self.pipeline.provide(Input::L2Block { block, transactions: &transactions })?;
        }
        Ok(())
    }
}

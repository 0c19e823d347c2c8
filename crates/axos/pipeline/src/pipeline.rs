//! The state machine around the stages: what was asked for, and what became of the attributes.

use alloc::{boxed::Box, sync::Arc};
use core::ops::ControlFlow;

use alloy_primitives::B256;
use axos_genesis::{Fork, L1BlockRef, L1ChainConfig, RollupConfig};
use axos_protocol::L1Header;

use crate::{
    DerivedAttributes, Error, Input, L2BlockInfo, Outcome, Request, ResetReason,
    pull::{Pause, Pull},
    stages::{Progress, Stages},
    walk::{StartingPoint, Walk},
};

/// Derives the blocks of an L2 chain from L1 data.
///
/// It does no I/O and never waits. [`step`](Self::step) says what it ended in, and the caller
/// answers:
///
/// | outcome | answer |
/// |---|---|
/// | [`Outcome::Needs`] | [`provide`](Self::provide) |
/// | [`Outcome::Attributes`] | [`accept`](Self::accept) or [`reject_payload`](Self::reject_payload) |
/// | [`Outcome::Reset`] | [`reset`](Self::reset) |
/// | others | none |
///
/// The same calls with the same data give the same outcomes on any machine.
#[derive(Debug)]
pub struct Pipeline {
    config: Arc<RollupConfig>,
    l1_config: Arc<L1ChainConfig>,
    /// The newest block that nothing but an L1 reorg can take back.
    safe_head: L2BlockInfo,
    /// The block to build on: the safe head, or before Holocene a block of a span batch that is not
    /// complete yet.
    parent: L2BlockInfo,
    state: State,
    /// What the caller has to provide.
    request: Option<Request>,
    handover: Handover,
}

#[derive(Debug)]
enum State {
    /// A starting point is looked for.
    Walking(Box<Walk>),
    /// The stages are at work.
    Deriving(Box<Stages>),
    /// Nothing goes on before a reset.
    Stopped(ResetReason),
}

/// What became of the last attributes.
#[derive(Debug)]
enum Handover {
    /// They are done with.
    Idle,
    /// They were handed out.
    InFlight {
        /// The same attributes with the deposits alone.
        deposits_only: Box<DerivedAttributes>,
        /// Whether that is what was handed out.
        is_deposits_only: bool,
    },
    /// \[Holocene\] They were rejected, and these take their place.
    Retry(Box<DerivedAttributes>),
}

impl Pipeline {
    /// A pipeline that goes on from `safe_head`, a block of the safe chain.
    ///
    /// It first walks back to where derivation has to start, which takes L2 and L1 blocks below
    /// the safe head.
    pub fn new(
        config: impl Into<Arc<RollupConfig>>,
        l1_config: impl Into<Arc<L1ChainConfig>>,
        safe_head: L2BlockInfo,
    ) -> Self {
        Self {
            config: config.into(),
            l1_config: l1_config.into(),
            safe_head,
            parent: safe_head,
            state: State::Walking(Box::new(Walk::new(safe_head))),
            request: None,
            handover: Handover::Idle,
        }
    }

    /// A pipeline that goes on from `safe_head` and starts to read L1 at `start`, without walking
    /// back. It is up to the caller that this is where the walk of [`new`](Self::new) would end.
    pub fn starting_at(
        config: impl Into<Arc<RollupConfig>>,
        l1_config: impl Into<Arc<L1ChainConfig>>,
        safe_head: L2BlockInfo,
        start: StartingPoint,
    ) -> Self {
        let mut pipeline = Self::new(config, l1_config, safe_head);
        let stages = Stages::new(start, &pipeline.safe_head, &pipeline.config);
        pipeline.state = State::Deriving(Box::new(stages));
        pipeline
    }

    /// Does what can be done with the data at hand.
    ///
    /// # Errors
    /// [`Error::AttributesInFlight`] if the last attributes are neither accepted nor rejected, and
    /// otherwise what makes it impossible to go on with this chain.
    pub fn step(&mut self) -> Result<Outcome, Error> {
        match core::mem::replace(&mut self.handover, Handover::Idle) {
            Handover::Idle => {}
            Handover::Retry(attributes) => return Ok(self.hand_out(attributes)),
            in_flight @ Handover::InFlight { .. } => {
                self.handover = in_flight;
                return Err(Error::AttributesInFlight);
            }
        }
        if let Some(request) = &self.request {
            return Ok(Outcome::Needs(request.clone()));
        }
        match self.run() {
            ControlFlow::Continue(Progress::Attributes(attributes)) => {
                Ok(self.hand_out(attributes))
            }
            ControlFlow::Continue(Progress::Advanced(block)) => Ok(Outcome::Advanced(block)),
            ControlFlow::Continue(Progress::Exhausted) => Ok(Outcome::Exhausted),
            ControlFlow::Break(pause) => self.pause(pause),
        }
    }

    /// Takes what the last [`Outcome::Needs`] asked for.
    ///
    /// # Errors
    /// If it is something else, or can't be decoded. The request then still stands.
    pub fn provide(&mut self, input: Input<'_>) -> Result<(), Error> {
        let Some(request) = self.request.take() else {
            return Err(Error::UnexpectedInput { expected: "nothing", actual: input.name() });
        };
        let result = self.answer(&request, input);
        if result.is_err() {
            self.request = Some(request);
        }
        result
    }

    /// Says that the last attributes were built, and made `block`.
    ///
    /// # Errors
    /// If there are none, or the block is not what they lead to. The call then had no effect.
    pub fn accept(&mut self, block: L2BlockInfo) -> Result<(), Error> {
        let Handover::InFlight { deposits_only: attributes, .. } = &self.handover else {
            return Err(Error::NoAttributesInFlight);
        };
        let expected = attributes.block_ref(block.block.hash);
        if block.block != expected {
            let (expected, actual) = (Box::new(expected), Box::new(block.block));
            return Err(Error::WrongBlock { expected, actual });
        }
        // [Holocene] Each block of a span batch stands for itself.
        if attributes.is_last_in_span || self.is_holocene(&attributes.derived_from) {
            self.safe_head = block;
        }
        self.parent = block;
        self.handover = Handover::Idle;
        Ok(())
    }

    /// Says that the last attributes make no valid block.
    ///
    /// From Holocene on the next step brings the same attributes with the deposits alone, and the
    /// rest of the span batch and channel is dropped. Before that, the blocks of the same span
    /// batch are taken back, and other batches get their turn.
    ///
    /// # Errors
    /// [`Error::DepositsOnlyRejected`] if the block has no other transactions: derivation can't go
    /// on. [`Error::NoAttributesInFlight`] if there are none; the call then had no effect.
    ///
    /// Spec: protocol/holocene/derivation.md#engine-queue
    pub fn reject_payload(&mut self) -> Result<(), Error> {
        let (attributes, is_deposits_only) =
            match core::mem::replace(&mut self.handover, Handover::Idle) {
                Handover::InFlight { deposits_only, is_deposits_only } => {
                    (deposits_only, is_deposits_only)
                }
                other => {
                    self.handover = other;
                    return Err(Error::NoAttributesInFlight);
                }
            };
        if is_deposits_only {
            let number = attributes.parent.number.next();
            self.handover = Handover::InFlight { deposits_only: attributes, is_deposits_only };
            return Err(Error::DepositsOnlyRejected { number });
        }
        // [Holocene] Deposits only, at once. The L1 block the batch came from decides.
        if self.is_holocene(&attributes.derived_from) {
            if let State::Deriving(stages) = &mut self.state {
                stages.flush_channel();
            }
            self.handover = Handover::Retry(attributes);
        } else {
            self.parent = self.safe_head;
        }
        Ok(())
    }

    /// Starts over from `safe_head`, as [`new`](Self::new) does. Everything else is forgotten.
    pub fn reset(&mut self, safe_head: L2BlockInfo) {
        *self = Self::new(Arc::clone(&self.config), Arc::clone(&self.l1_config), safe_head);
    }

    /// The newest block that nothing but an L1 reorg can take back.
    pub const fn safe_head(&self) -> &L2BlockInfo {
        &self.safe_head
    }

    /// The block that the next attributes build on: the safe head, except that before Holocene it
    /// can be a block of a span batch that is not complete yet.
    pub const fn parent(&self) -> &L2BlockInfo {
        &self.parent
    }

    /// The L1 block that is read now, `None` while a starting point is looked for.
    pub fn origin(&self) -> Option<L1BlockRef> {
        match &self.state {
            State::Deriving(stages) => Some(stages.origin()),
            State::Walking(_) | State::Stopped(_) => None,
        }
    }

    /// The chain's constants.
    pub fn config(&self) -> &RollupConfig {
        &self.config
    }

    fn run(&mut self) -> Pull<Progress> {
        if let State::Walking(walk) = &mut self.state {
            let start = walk.run(&self.config)?;
            let stages = Stages::new(start, &self.safe_head, &self.config);
            self.state = State::Deriving(Box::new(stages));
        }
        match &mut self.state {
            State::Deriving(stages) => stages.run(&self.config, &self.l1_config, &self.parent),
            State::Stopped(reason) => Pause::Reset(*reason).stop(),
            State::Walking(_) => Pause::BlockDone.stop(),
        }
    }

    fn pause(&mut self, pause: Pause) -> Result<Outcome, Error> {
        match pause {
            Pause::Needs(request) => {
                self.request = Some(request.clone());
                Ok(Outcome::Needs(request))
            }
            Pause::Dropped(dropped) => Ok(Outcome::Dropped(dropped)),
            Pause::Reset(reason) => {
                self.state = State::Stopped(reason);
                Ok(Outcome::Reset(reason))
            }
            // The stages answer this with the next L1 block.
            Pause::BlockDone => Ok(Outcome::Exhausted),
            Pause::Failed(error) => Err(error),
        }
    }

    fn hand_out(&mut self, attributes: Box<DerivedAttributes>) -> Outcome {
        let is_deposits_only = attributes.is_deposits_only();
        let deposits_only = Box::new(attributes.to_deposits_only());
        self.handover = Handover::InFlight { deposits_only, is_deposits_only };
        Outcome::Attributes(attributes)
    }

    fn answer(&mut self, request: &Request, input: Input<'_>) -> Result<(), Error> {
        match &mut self.state {
            State::Walking(walk) => answer_walk(walk, request, input),
            State::Deriving(stages) => answer_stages(stages, &self.config, request, input),
            State::Stopped(_) => Ok(None),
        }
        .map(|reset| {
            if let Some(reason) = reset {
                self.state = State::Stopped(reason);
            }
        })
    }

    fn is_holocene(&self, block: &L1BlockRef) -> bool {
        self.config.is_active(Fork::Holocene, block.timestamp)
    }
}

/// Hands an answer to the walk. `Some`: it means that the L1 chain changed.
fn answer_walk(
    walk: &mut Walk,
    request: &Request,
    input: Input<'_>,
) -> Result<Option<ResetReason>, Error> {
    match (request, input) {
        (Request::L2BlockInfo { .. }, Input::L2BlockInfo(block)) => walk.provide_block(block)?,
        (Request::L1Header { hash }, Input::L1Header { hash: actual, rlp }) => {
            require_hash(*hash, actual)?;
            walk.provide_origin(L1Header::decode(actual, rlp)?)?;
        }
        (Request::L1Header { hash }, Input::Missing) => {
            return Ok(Some(ResetReason::L1DataMissing { hash: *hash }));
        }
        (_, input) => return Err(unexpected(request, input)),
    }
    Ok(None)
}

/// Hands an answer to the stage that asked. `Some`: it means that the L1 chain changed.
fn answer_stages(
    stages: &mut Stages,
    config: &RollupConfig,
    request: &Request,
    input: Input<'_>,
) -> Result<Option<ResetReason>, Error> {
    match (request, input) {
        (Request::L1HeaderByNumber { .. }, Input::L1BeyondHead) => {
            stages.l1().traversal.provide_header(None)?;
        }
        (Request::L1HeaderByNumber { .. }, Input::L1Header { hash, rlp }) => {
            stages.l1().traversal.provide_header(Some(L1Header::decode(hash, rlp)?))?;
        }
        (Request::L1Receipts { .. }, Input::L1Receipts(receipts)) => {
            stages.l1().traversal.provide_receipts(config, receipts)?;
        }
        (Request::L1Transactions { .. }, Input::L1Transactions(transactions)) => {
            stages.l1().provide_transactions(config, transactions)?;
        }
        (Request::L1Signers { .. }, Input::L1Signers(signers)) => {
            stages.l1().provide_signers(signers)?;
        }
        (Request::L1Blobs { .. }, Input::L1Blobs(blobs)) => {
            return Ok(stages.l1().provide_blobs(blobs).err());
        }
        (
            Request::L1Receipts { block }
            | Request::L1Transactions { block }
            | Request::L1Signers { block, .. }
            | Request::L1Blobs { block, .. },
            Input::Missing,
        ) => return Ok(Some(ResetReason::L1DataMissing { hash: block.hash })),
        (Request::L2BlockRef { number }, Input::L2BlockRef(block)) => {
            require_number(number.0, block.number.0)?;
            stages.span_check().provide_parent(block);
        }
        (Request::L2Block { number }, Input::L2Block { block, transactions }) => {
            require_number(number.0, block.number.0)?;
            stages.span_check().provide_block(block, transactions);
        }
        (Request::UpgradeBundle { hash, .. }, Input::UpgradeBundle(bundle)) => {
            stages.attributes.provide_bundle(bundle, *hash)?;
        }
        (_, input) => return Err(unexpected(request, input)),
    }
    Ok(None)
}

fn unexpected(request: &Request, input: Input<'_>) -> Error {
    Error::UnexpectedInput { expected: request.name(), actual: input.name() }
}

fn require_hash(expected: B256, actual: B256) -> Result<(), Error> {
    if expected == actual { Ok(()) } else { Err(Error::WrongHash { expected, actual }) }
}

const fn require_number(expected: u64, actual: u64) -> Result<(), Error> {
    if expected == actual { Ok(()) } else { Err(Error::WrongNumber { expected, actual }) }
}

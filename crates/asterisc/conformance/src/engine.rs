//! All engines behind one face: each is given the step the reference recorded, and says what state
//! follows.

use std::{fmt, sync::OnceLock};

use alloy_primitives::B256;
use asterisc_evm::{EvmError, EvmStep, StepCall};
use asterisc_fast::{FastVm, LaneHasher};
use asterisc_isa::RevertCode;
use asterisc_slow::{PreimageParts, ReplayError, replay};
use asterisc_state::{PortableHasher, StateHash, StateWitness, VmState};
use asterisc_step::{LiveAccess, PreimagePart, PreimageRead, RecordingAccess, StepError, step};

use crate::oracle::{Preimages, TestHost, recorded_part};

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The state after it.
    State(StateHash),
    /// The code it reverts with.
    Revert(u64),
    /// A hint that is longer than a live machine takes; the provable ones do not look at hints.
    HintTooLong,
    /// The engine failed in a way no step does.
    Failed(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(hash) => hash.fmt(f),
            Self::Revert(code) => write!(f, "revert {code:#x}"),
            Self::HintTooLong => f.write_str("a hint that is too long"),
            Self::Failed(why) => write!(f, "a failure: {why}"),
        }
    }
}

impl Outcome {
    /// Of a step on a live state.
    pub(crate) fn of(
        result: &Result<(), StepError<B256>>,
        hash: impl FnOnce() -> StateHash,
    ) -> Self {
        match result {
            Ok(()) => Self::State(hash()),
            Err(StepError::Revert(code)) => Self::Revert(code.code()),
            Err(StepError::PreimageEnd { .. } | StepError::Host(_)) => {
                Self::Revert(RevertCode::PreimageRead.code())
            }
            Err(StepError::HintLength { .. }) => Self::HintTooLong,
        }
    }
}

/// One step of the reference.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The state before it.
    pub prestate: StateWitness,
    /// Proofs of the leaves it touched, also where it reverted.
    pub proof: Vec<u8>,
    /// The pre-image it read of.
    pub preimage: Option<PreimageRead>,
    /// What it came to.
    pub outcome: Outcome,
}

impl Recorded {
    /// Takes a step of the reference: the step all engines share, on portable memory. The hasher is
    /// the quick one, since engines that check proofs have their own.
    pub fn step(state: &mut VmState, host: &mut TestHost) -> Self {
        let prestate = state.witness(hasher());
        let mut access = RecordingAccess::new(LiveAccess { state, host }, hasher());
        let result = step(&mut access);
        let (proof, preimage) = access.finish();
        let outcome = Outcome::of(&result, || state.hash(hasher()));
        Self { prestate, proof, preimage, outcome }
    }

    /// Bytes of the pre-image that was read, as an oracle on chain hands them out.
    pub fn preimage_part(&self, key: B256, offset: u64) -> Option<PreimagePart> {
        recorded_part(self.preimage.as_ref(), key, offset)
    }
}

/// An engine that takes the steps of the reference.
pub trait Engine {
    /// Takes the step that was recorded.
    fn step(&mut self, recorded: &Recorded) -> Outcome;
}

/// Makes an engine at a state.
#[derive(Debug, Clone, Copy)]
pub struct EngineFactory {
    /// Name of the engine.
    pub name: &'static str,
    /// Makes it.
    pub make: fn(&VmState, &Preimages) -> Box<dyn Engine>,
}

/// The engine with this name.
///
/// # Panics
/// Where there is none.
pub fn engine(name: &str) -> EngineFactory {
    *engines().iter().find(|engine| engine.name == name).expect("there is such an engine")
}

/// All engines that are compared with the reference.
pub const fn engines() -> &'static [EngineFactory] {
    &[
        EngineFactory { name: "live", make: |state, oracle| Box::new(Live::new(state, oracle)) },
        EngineFactory { name: "fast", make: |state, oracle| Box::new(Fast::new(state, oracle)) },
        EngineFactory { name: "slow", make: |_, _| Box::new(Slow) },
        EngineFactory { name: "evm", make: |_, _| Box::new(Evm(EvmStep::new())) },
    ]
}

/// The hasher of this machine, looked for once.
pub(crate) fn hasher() -> &'static LaneHasher {
    static HASHER: OnceLock<LaneHasher> = OnceLock::new();
    HASHER.get_or_init(|| LaneHasher::detect().with_threads(1))
}

/// The shared step, without recording anything, and the portable hasher.
struct Live {
    state: VmState,
    host: TestHost,
}

impl Live {
    fn new(state: &VmState, preimages: &Preimages) -> Self {
        Self { state: state.clone(), host: TestHost::new(preimages.clone()) }
    }
}

impl Engine for Live {
    fn step(&mut self, _: &Recorded) -> Outcome {
        let Self { state, host } = self;
        let result = step(&mut LiveAccess { state, host });
        Outcome::of(&result, || self.state.hash(&PortableHasher))
    }
}

/// The fast engine, stopped after each step.
struct Fast {
    vm: FastVm,
    host: TestHost,
}

impl Fast {
    fn new(state: &VmState, preimages: &Preimages) -> Self {
        let host = TestHost::new(preimages.clone());
        Self { vm: FastVm::new(state), host }
    }
}

impl Engine for Fast {
    fn step(&mut self, _: &Recorded) -> Outcome {
        let result = self.vm.run(1, &mut self.host);
        Outcome::of(&result, || self.vm.witness(hasher()).hash())
    }
}

/// The provable machine, which has nothing but what was recorded.
struct Slow;

impl Engine for Slow {
    fn step(&mut self, recorded: &Recorded) -> Outcome {
        match replay(recorded.prestate.as_bytes(), &recorded.proof, &mut Parts(recorded)) {
            Ok(witness) => Outcome::State(witness.hash()),
            Err(ReplayError::Revert(code)) => Outcome::Revert(code.code()),
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}

struct Parts<'a>(&'a Recorded);

impl PreimageParts for Parts<'_> {
    fn part(&mut self, key: B256, offset: u64) -> Option<PreimagePart> {
        self.0.preimage_part(key, offset)
    }
}

/// The Solidity VM in an EVM, which has no more than the provable machine.
struct Evm(EvmStep);

impl Engine for Evm {
    fn step(&mut self, recorded: &Recorded) -> Outcome {
        let call = StepCall {
            prestate: recorded.prestate.as_bytes(),
            proof: &recorded.proof,
            local_context: B256::ZERO,
        };
        match self.0.step_with(call, recorded.preimage.as_ref()) {
            Ok(outcome) => Outcome::State(StateHash(outcome.state_hash)),
            Err(EvmError::Revert(code)) => Outcome::Revert(code.code()),
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}

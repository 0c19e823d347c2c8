//! Engines against the reference on random programs, for as many steps as one likes.
//!
//! A program is known by its seed, and the programs of a run have seeds that follow each other: a
//! run that starts with the seed a divergence names meets it at once.

use std::fmt;

use alloy_primitives::B256;
use asterisc_fast::FastVm;
use asterisc_state::VmState;
use asterisc_step::{LiveAccess, StepError, StepWitness, step};

use crate::{
    engine::{EngineFactory, Outcome, Recorded, hasher},
    oracle::{Preimages, TestHost},
    random::{Random, random_state},
};

/// Steps of one program without proofs, at most.
const PROGRAM_STEPS_MAX: u64 = 40_000;
/// Steps of one program before proofs are taken, at most.
const AHEAD_STEPS_MAX: u64 = 4_000;
/// Steps of one program with proofs, at most.
const PROVEN_STEPS_MAX: u64 = 300;

/// Of so many programs, the fast engine records the steps of one too.
const RECORDED_BY_FAST: u64 = 4;

/// How far a run has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Programs.
    pub programs: u64,
    /// Steps that were compared.
    pub steps: u64,
    /// Programs that ended in a revert.
    pub reverts: u64,
    /// Programs that exited.
    pub exits: u64,
}

/// Two engines that do not agree.
#[derive(Debug, Clone)]
pub struct Divergence {
    /// Seed of the program.
    pub seed: u64,
    /// Steps both took before.
    pub step: u64,
    /// What differs.
    pub what: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, step, what } = self;
        write!(f, "program of seed {seed}, about step {step}: {what}")
    }
}

impl std::error::Error for Divergence {}

/// Runs programs from this seed on until `steps` steps are compared; `progress` sees each program's
/// end.
fn run_programs(
    seed: u64,
    steps: u64,
    progress: &mut dyn FnMut(&Tally),
    mut compare: impl FnMut(u64, &mut Tally) -> Result<(), Divergence>,
) -> Result<Tally, Divergence> {
    let mut tally = Tally::default();
    while tally.steps < steps {
        compare(seed.wrapping_add(tally.programs), &mut tally)?;
        tally.programs += 1;
        progress(&tally);
    }
    Ok(tally)
}

/// The fast engine against the step all engines share: at random stops all but memory is compared,
/// at some and at the end memory too.
///
/// # Errors
/// The first divergence.
pub fn fast_against_reference(
    seed: u64,
    steps: u64,
    progress: &mut dyn FnMut(&Tally),
) -> Result<Tally, Divergence> {
    run_programs(seed, steps, progress, |seed, tally| {
        let mut pair = Pair::new(seed);
        let result = pair.run(tally);
        let step = pair.reference.hart.step;
        tally.steps += step;
        result.map_err(|what| Divergence { seed, step, what })
    })
}

/// One program in both.
struct Pair {
    random: Random,
    reference: VmState,
    reference_host: TestHost,
    fast: FastVm,
    fast_host: TestHost,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let reference = random_state(&mut random);
        let host = TestHost::new(Preimages::OfKey);
        Self {
            random,
            fast: FastVm::new(&reference),
            reference,
            reference_host: host.clone(),
            fast_host: host,
        }
    }

    fn run(&mut self, tally: &mut Tally) -> Result<(), String> {
        while self.reference.hart.step < PROGRAM_STEPS_MAX && !self.reference.hart.exited {
            let longest = *self.random.pick(&[1, 10, 100, 1000, 10_000]);
            let stop = 1 + self.random.below(longest);
            let expected = self.run_reference(stop);
            let actual = self.fast.run(stop, &mut self.fast_host);
            if actual != expected {
                return Err(format!("fast has {actual:?}, reference {expected:?}"));
            }
            self.compare_all_but_memory()?;
            if expected.is_err() {
                tally.reverts += 1;
                return Ok(());
            }
            if self.random.percent(10) {
                self.compare_witness()?;
            }
        }
        tally.exits += u64::from(self.reference.hart.exited);
        self.compare_witness()?;
        let copy = self.fast.to_state();
        if !copy.memory.pages().eq(self.reference.memory.pages()) {
            return Err("pages differ".to_owned());
        }
        Ok(())
    }

    fn run_reference(&mut self, steps: u64) -> Result<(), StepError<B256>> {
        for _ in 0..steps {
            let Self { reference: state, reference_host: host, .. } = self;
            step(&mut LiveAccess { state, host })?;
            if self.reference.hart.exited {
                break;
            }
        }
        Ok(())
    }

    fn compare_all_but_memory(&self) -> Result<(), String> {
        let (fast, reference) = (self.fast.hart(), &self.reference.hart);
        if fast != reference {
            return Err(format!("fast has {fast:x?}, reference {reference:x?}"));
        }
        if self.fast_host.said != self.reference_host.said {
            return Err("the program said other things".to_owned());
        }
        Ok(())
    }

    fn compare_witness(&mut self) -> Result<(), String> {
        let fast = self.fast.witness(hasher());
        if fast == self.reference.witness(hasher()) {
            return Ok(());
        }
        Err("memory roots differ".to_owned())
    }
}

/// Engines against the recorded steps of the reference: the state hash, or the revert, of every one.
/// In some programs the fast engine records the same steps, and its proofs have to be the same.
///
/// # Errors
/// The first divergence.
pub fn engines_against_reference(
    engines: &[EngineFactory],
    seed: u64,
    steps: u64,
    progress: &mut dyn FnMut(&Tally),
) -> Result<Tally, Divergence> {
    run_programs(seed, steps, progress, |seed, tally| {
        let mut random = Random::new(seed);
        let mut state = random_state(&mut random);
        let mut host = TestHost::new(Preimages::OfKey);
        // A state further on; a program that ends before is taken from its start.
        let (start, ahead) = (state.clone(), random.below(AHEAD_STEPS_MAX));
        for _ in 0..ahead {
            let access = &mut LiveAccess { state: &mut state, host: &mut host };
            if step(access).is_err() || state.hart.exited {
                (state, host) = (start, TestHost::new(Preimages::OfKey));
                break;
            }
        }
        let first = state.hart.step;
        let result = prove(engines, state, host, tally);
        result.map_err(|(step, what)| Divergence { seed, step: first + step, what })
    })
}

/// Compares steps from a state on.
fn prove(
    engines: &[EngineFactory],
    mut state: VmState,
    mut host: TestHost,
    tally: &mut Tally,
) -> Result<(), (u64, String)> {
    let mut engines: Vec<_> = engines
        .iter()
        .map(|engine| (engine.name, (engine.make)(&state, &Preimages::OfKey)))
        .collect();
    let mut fast = tally
        .programs
        .is_multiple_of(RECORDED_BY_FAST)
        .then(|| (FastVm::new(&state), host.clone()));
    for number in 0..PROVEN_STEPS_MAX {
        let recorded = Recorded::step(&mut state, &mut host);
        if recorded.outcome == Outcome::HintTooLong {
            return Ok(());
        }
        for (name, engine) in &mut engines {
            let actual = engine.step(&recorded);
            if actual != recorded.outcome {
                let what = format!("{name} has {actual}, reference {}", recorded.outcome);
                return Err((number, what));
            }
        }
        tally.steps += 1;
        let Outcome::State(poststate) = recorded.outcome else {
            tally.reverts += 1;
            return Ok(());
        };
        let Recorded { prestate, proof, preimage, .. } = recorded;
        let expected = StepWitness { prestate, proof, preimage, poststate };
        if let Some((vm, host)) = &mut fast
            && vm.record_step(host, hasher()) != Ok(expected)
        {
            return Err((number, "fast records another witness".to_owned()));
        }
        if state.hart.exited {
            tally.exits += 1;
            return Ok(());
        }
    }
    Ok(())
}

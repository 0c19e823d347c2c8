//! Runs one case: model and reference side by side, every engine after every step, and the fast
//! engine once more without stops.

use alloy_primitives::B256;
use asterisc_fast::FastVm;
use asterisc_isa::Register;
use asterisc_state::{Hart, PAGE_BYTES, SparseMemory, VmState};

use crate::{
    case::Case,
    engine::{EngineFactory, Outcome, Recorded, hasher},
    model::Model,
    oracle::{Preimages, TestHost},
};

/// Steps a case takes at most, if it does not say how many.
const STEPS_MAX: u64 = 1000;
/// Up to so many steps, the fast engine is stopped at each of them in a run of its own.
const EVERY_STOP_MAX: usize = 6;

/// Runs a case; gives the number of its steps.
///
/// # Errors
/// What differs, in words.
pub fn check_case(case: &Case, engines: &[EngineFactory]) -> Result<u64, String> {
    let mut model = case.model();
    let dictionary = case.dictionary();
    let mut state = vm_state(&model);
    let preimages = preimages(&model);
    let mut engines: Vec<_> =
        engines.iter().map(|engine| (engine.name, (engine.make)(&state, &preimages))).collect();
    let mut host = TestHost::new(preimages.clone());
    let start = state.clone();
    let mut outcomes = Vec::new();

    while !is_over(case, &model)? {
        let (step, pc) = (model.step, model.pc);
        let at = |what: String| format!("step {step}, pc {pc:#x}: {what}");
        let expected = model.step(&dictionary);
        let recorded = Recorded::step(&mut state, &mut host);
        compare_with_model(expected, &model, &state.hart, &recorded.outcome).map_err(at)?;
        for (name, engine) in &mut engines {
            let actual = engine.step(&recorded);
            if actual != recorded.outcome {
                return Err(at(format!("{name} has {actual}, reference {}", recorded.outcome)));
            }
        }
        outcomes.push(recorded.outcome);
        if let Err(code) = expected {
            if case.revert != Some(code) {
                return Err(at(format!("reverts with {code:#x}")));
            }
            run_fast(&start, &preimages, &outcomes)?;
            return Ok(model.step);
        }
    }
    if let Some(code) = case.revert {
        return Err(format!("ends without the revert {code:#x}"));
    }
    compare_memory(&model, &state)?;
    run_fast(&start, &preimages, &outcomes)?;
    Ok(model.step)
}

/// Whether the case has come to its end.
fn is_over(case: &Case, model: &Model) -> Result<bool, String> {
    let is_last = case.steps.is_some_and(|steps| model.step >= steps);
    let is_over = is_last || model.pc == case.end || model.exit.is_some();
    if !is_over && model.step >= STEPS_MAX {
        return Err(format!("does not end, and is at {:#x}", model.pc));
    }
    Ok(is_over)
}

/// The state a model is in.
pub(crate) fn vm_state(model: &Model) -> VmState {
    let mut state: VmState = VmState { hart: hart(model), ..VmState::default() };
    for (address, byte) in &model.memory {
        state.memory.write_bytes(*address, &[*byte]);
    }
    state
}

fn hart(model: &Model) -> Hart {
    let mut hart = Hart {
        preimage_key: B256::new(model.preimage_key),
        preimage_offset: model.preimage_offset,
        pc: model.pc,
        exit_code: model.exit.unwrap_or(0),
        exited: model.exit.is_some(),
        step: model.step,
        heap: model.heap,
        load_reservation: model.reservation,
        registers: [0; Register::COUNT],
    };
    hart.registers.copy_from_slice(&model.registers);
    hart
}

/// The one pre-image of the model, by the key it starts with.
fn preimages(model: &Model) -> Preimages {
    let data = model.preimage.get(8..).unwrap_or_default().to_vec();
    Preimages::one(B256::new(model.preimage_key), data)
}

fn compare_with_model(
    expected: Result<(), u64>,
    model: &Model,
    actual: &Hart,
    outcome: &Outcome,
) -> Result<(), String> {
    match (expected, outcome) {
        (Ok(()), Outcome::State(_)) if hart(model) == *actual => Ok(()),
        (Ok(()), Outcome::State(_)) => Err(difference(&hart(model), actual)),
        (Err(code), Outcome::Revert(actual)) if code == *actual => Ok(()),
        (Err(code), _) => Err(format!("model reverts {code:#x}, reference has {outcome}")),
        (Ok(()), _) => Err(format!("model goes on, reference has {outcome}")),
    }
}

/// The first register that differs, or all of both.
fn difference(model: &Hart, actual: &Hart) -> String {
    let pairs = model.registers.iter().zip(&actual.registers).enumerate();
    match pairs.into_iter().find(|(_, (expected, actual))| expected != actual) {
        Some((number, (expected, actual))) => {
            format!("model has {expected:#x} in x{number}, reference {actual:#x}")
        }
        None => format!("model has {model:?}, reference {actual:?}"),
    }
}

fn compare_memory(model: &Model, state: &VmState) -> Result<(), String> {
    let differs = |address: u64, actual: u8| {
        let expected = model.byte(address);
        let words = || format!("at {address:#x} model has {expected:#x}, reference {actual:#x}");
        (expected != actual).then(words)
    };
    for (index, page) in state.memory.pages() {
        let found = (0..PAGE_BYTES)
            .find_map(|at| differs(index.address().wrapping_add(at as u64), page[at]));
        found.map_or(Ok(()), Err)?;
    }
    let missing = model.memory.keys().find_map(|address| {
        let mut byte = [0];
        state.memory.read_bytes(*address, &mut byte);
        differs(*address, byte[0])
    });
    missing.map_or(Ok(()), Err)
}

/// Runs the fast engine from the start to several stops: stopped after each step, it never gets to
/// run the code it translates.
fn run_fast(start: &VmState, preimages: &Preimages, outcomes: &[Outcome]) -> Result<(), String> {
    let all = outcomes.len();
    let stops: Vec<usize> =
        if all <= EVERY_STOP_MAX { (1..=all).collect() } else { vec![all / 3, all - 1, all] };
    for stop in stops {
        let mut vm = FastVm::new(start);
        let mut host = TestHost::new(preimages.clone());
        let result = vm.run(stop as u64, &mut host);
        let actual = Outcome::of(&result, || vm.witness(hasher()).hash());
        let expected = &outcomes[stop - 1];
        if actual != *expected {
            return Err(format!("fast in one run to step {stop} has {actual}, not {expected}"));
        }
    }
    Ok(())
}

//! Every single step of the reference vectors, through every engine.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{env, fs, path::PathBuf, rc::Rc};

use alloy_primitives::{B256, hex};
use asterisc_conformance::{Outcome, Preimages, Recorded, TestHost, engines};
use asterisc_evm::{EvmStep, StepCall};
use asterisc_isa::Register;
use asterisc_state::{SparseMemory, StateHash, VmState};
use serde_json::Value;

/// How many of the vectors revert in the reference for want of compressed instructions, and execute
/// here.
const EXTENDED_STEPS: usize = 26;

/// The vectors, or `None` with a word on it where they are not on this machine.
fn vectors() -> Option<Value> {
    let fixtures = env::var_os("FIXTURES_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures"),
        PathBuf::from,
    );
    let file = fixtures.join("../reference/asterisc-vectors.json");
    let Ok(text) = fs::read(&file) else {
        eprintln!("skipped: {} is not there", file.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn number(value: &Value) -> u64 {
    match value {
        Value::String(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap(),
        other => other.as_u64().unwrap(),
    }
}

fn prestate(pre: &Value) -> VmState {
    let mut state: VmState = VmState::default();
    let hart = &mut state.hart;
    hart.pc = number(&pre["pc"]);
    hart.step = number(&pre["step"]);
    hart.heap = number(&pre["heap"]);
    hart.load_reservation = number(&pre["loadReservation"]);
    hart.preimage_key = B256::from_slice(&bytes(&pre["preimageKey"]));
    hart.preimage_offset = number(&pre["preimageOffset"]);
    hart.exit_code = u8::try_from(number(&pre["exitCode"])).unwrap();
    hart.exited = pre["exited"].as_bool().unwrap();
    for (register, value) in pre["registers"].as_object().unwrap() {
        let register = Register::from_low_bits(register.parse().unwrap());
        hart.write_register(register, number(value));
    }
    for write in pre["memory"].as_array().unwrap() {
        state.memory.write_bytes(number(&write[0]), &bytes(&write[1]));
    }
    if let Some(hint) = pre.get("lastHint") {
        state.last_hint = bytes(hint);
    }
    state
}

fn preimages(vector: &Value) -> Preimages {
    let preimages = vector["preimages"].as_object().into_iter().flatten();
    let preimages = preimages.map(|(key, data)| (key.parse().unwrap(), bytes(data)));
    Preimages::Listed(Rc::new(preimages.collect()))
}

/// What the reference says of a vector.
fn expected(vector: &Value) -> Outcome {
    match vector.get("revert") {
        Some(revert) => Outcome::Revert(number(&revert["onchain"])),
        None => Outcome::State(StateHash(B256::from_slice(&bytes(&vector["post"]["stateHash"])))),
    }
}

/// The contract logs the witness of the reference, and takes less gas for it.
fn check_on_chain(name: &str, post: &Value, recorded: &Recorded, evm: &mut EvmStep) {
    let call = StepCall {
        prestate: recorded.prestate.as_bytes(),
        proof: &recorded.proof,
        local_context: B256::repeat_byte(0xc0),
    };
    let outcome = evm.step_with(call, recorded.preimage.as_ref()).unwrap();
    assert_eq!(outcome.poststate.as_slice(), bytes(&post["witness"]), "{name}");
    let gas_of_reference = number(&post["upstreamEvmGas"]);
    assert!(outcome.gas_used < gas_of_reference, "{name}: {}", outcome.gas_used);
}

#[test]
fn every_engine_gives_the_reference_result_on_every_step_of_the_vectors() {
    let Some(vectors) = vectors() else { return };
    let steps = vectors["steps"].as_array().unwrap();
    let (mut extended, mut evm) = (0, EvmStep::new());
    for vector in steps {
        let name = vector["name"].as_str().unwrap();
        let state = prestate(&vector["pre"]);
        let preimages = preimages(vector);
        let mut host = TestHost::new(preimages.clone());
        let recorded = Recorded::step(&mut state.clone(), &mut host);
        match (expected(vector), &recorded.outcome) {
            // The C extension gives a meaning to what the reference reverts.
            (Outcome::Revert(_), Outcome::State(_)) => extended += 1,
            (expected, actual) => assert_eq!(*actual, expected, "{name}"),
        }
        if let Some(post) = vector.get("post") {
            check_on_chain(name, post, &recorded, &mut evm);
        }
        for engine in engines() {
            let actual = (engine.make)(&state, &preimages).step(&recorded);
            assert_eq!(actual, recorded.outcome, "{name} in {}", engine.name);
        }
    }
    assert_eq!(extended, EXTENDED_STEPS);
    assert_eq!(steps.len(), 488);
}

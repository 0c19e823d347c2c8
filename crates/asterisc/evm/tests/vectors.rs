//! Every single step of the reference vectors, through the contract.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod steps;

use std::{env, fs, path::PathBuf};

use alloy_primitives::{B256, hex};
use asterisc_evm::EvmStep;
use asterisc_isa::Register;
use asterisc_state::{SparseMemory, VmState};
use serde_json::Value;

use steps::{Preimages, Recorded};

/// How many of the vectors revert in the reference for want of compressed instructions, and execute
/// here.
const EXTENDED_STEPS: usize = 26;
/// How many of the vectors execute in the reference.
const EXECUTED_STEPS: usize = 372;

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
    state
}

fn preimages(vector: &Value) -> Preimages {
    let preimages = vector["preimages"].as_object().into_iter().flatten();
    Preimages(preimages.map(|(key, data)| (key.parse().unwrap(), bytes(data))).collect())
}

#[test]
fn every_step_of_the_vectors_gives_the_reference_result_on_chain() {
    let Some(vectors) = vectors() else { return };
    let steps = vectors["steps"].as_array().unwrap();
    let mut evm = EvmStep::new();
    let (mut extended, mut executed) = (0, 0);
    for vector in steps {
        let name = vector["name"].as_str().unwrap();
        let mut state = prestate(&vector["pre"]);
        let recorded = Recorded::of(&mut state, &mut preimages(vector));
        let on_chain = recorded.on_chain(&mut evm, B256::repeat_byte(0xc0));
        recorded.assert_is(&on_chain, name);
        match (vector.get("revert"), on_chain) {
            (None, Ok(outcome)) => {
                let post = &vector["post"];
                assert_eq!(outcome.poststate.as_slice(), bytes(&post["witness"]), "{name}");
                assert_eq!(outcome.state_hash.as_slice(), bytes(&post["stateHash"]), "{name}");
                let gas_of_reference = number(&post["upstreamEvmGas"]);
                assert!(outcome.gas_used < gas_of_reference, "{name}: {}", outcome.gas_used);
                executed += 1;
            }
            // The C extension gives a meaning to what the reference reverts.
            (Some(_), Ok(_)) => extended += 1,
            (Some(revert), Err(_)) => {
                let code = recorded.outcome.unwrap_err().code();
                assert_eq!(code, number(&revert["onchain"]), "{name}");
            }
            (None, Err(error)) => panic!("{name}: {error}"),
        }
    }
    assert_eq!(extended, EXTENDED_STEPS);
    assert_eq!(steps.len(), 488);
    assert_eq!(executed, EXECUTED_STEPS);
}

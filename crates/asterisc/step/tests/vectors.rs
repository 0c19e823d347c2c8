//! Every single step of the reference vectors.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{collections::HashMap, env, fs, path::PathBuf};

use alloy_primitives::{B256, hex, keccak256};
use asterisc_isa::{Op, Register, RevertCode, decode};
use asterisc_state::{PortableHasher, SparseMemory, VmState};
use asterisc_step::{Host, OutputStream, StepError, StepWitness};
use serde_json::Value;

/// How many of the vectors revert in the reference for want of compressed instructions, and execute
/// here.
const EXTENDED_STEPS: usize = 26;

struct Vectors(Value);

impl Vectors {
    /// The vectors, or `None` with a word on it where they are not on this machine.
    fn load() -> Option<Self> {
        let fixtures = env::var_os("FIXTURES_DIR").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures"),
            PathBuf::from,
        );
        let file = fixtures.join("../reference/asterisc-vectors.json");
        let Ok(text) = fs::read(&file) else {
            eprintln!("skipped: {} is not there", file.display());
            return None;
        };
        Some(Self(serde_json::from_slice(&text).unwrap()))
    }
}

/// Pre-images of one vector, and the hints that were sent.
#[derive(Default)]
struct TestHost {
    preimages: HashMap<B256, Vec<u8>>,
    hints: Vec<Vec<u8>>,
}

impl Host for TestHost {
    type Error = String;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], String> {
        self.preimages.get(&key).map(Vec::as_slice).ok_or_else(|| format!("no pre-image {key}"))
    }

    fn hint(&mut self, hint: &[u8]) -> Result<(), String> {
        self.hints.push(hint.to_vec());
        Ok(())
    }

    fn output(&mut self, _stream: OutputStream, _bytes: &[u8]) {}
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn word(value: &Value) -> B256 {
    B256::from_slice(&bytes(value))
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
    hart.preimage_key = word(&pre["preimageKey"]);
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

fn host(vector: &Value) -> TestHost {
    let mut host = TestHost::default();
    for (key, value) in vector["preimages"].as_object().into_iter().flatten() {
        host.preimages.insert(key.parse().unwrap(), bytes(value));
    }
    host
}

/// Compares with what the reference does after the step.
fn check_post(name: &str, post: &Value, mut state: VmState, host: &TestHost, step: &StepWitness) {
    let witness = state.witness(&PortableHasher);
    assert_eq!(hex::encode(witness.as_bytes()), hex::encode(bytes(&post["witness"])), "{name}");
    assert_eq!(step.poststate.0, word(&post["stateHash"]), "{name}");
    assert_eq!(step.proof.len() as u64, number(&post["proofDataLength"]), "{name}");
    assert_eq!(keccak256(&step.proof), word(&post["proofDataKeccak256"]), "{name}");
    if let Some(key) = post.get("oracleKey") {
        let read = step.preimage.as_ref().unwrap();
        let length = (read.data.len() as u64).to_be_bytes();
        assert_eq!(read.key, word(key), "{name}");
        assert_eq!([&length, read.data.as_slice()].concat(), bytes(&post["oracleValue"]), "{name}");
        assert_eq!(read.offset, post.get("oracleOffset").map_or(0, number), "{name}");
    } else {
        assert_eq!(step.preimage, None, "{name}");
    }
    let hints: Vec<_> =
        post.get("hints").and_then(Value::as_array).into_iter().flatten().map(bytes).collect();
    assert_eq!(host.hints, hints, "{name}");
    assert_eq!(state.last_hint, post.get("lastHint").map(bytes).unwrap_or_default(), "{name}");
}

#[test]
fn every_step_of_the_vectors_gives_the_reference_result() {
    let Some(Vectors(vectors)) = Vectors::load() else { return };
    let steps = vectors["steps"].as_array().unwrap();
    let mut extended = 0;
    for vector in steps {
        let name = vector["name"].as_str().unwrap();
        let mut state = prestate(&vector["pre"]);
        let mut host = host(vector);
        assert_eq!(state.hash(&PortableHasher).0, word(&vector["preStateHash"]), "{name}");
        let step = StepWitness::record(&mut state, &mut host, &PortableHasher);
        let Some(revert) = vector.get("revert") else {
            let step = step.unwrap_or_else(|error| panic!("{name}: {error}"));
            check_post(name, &vector["post"], state, &host, &step);
            continue;
        };
        let code = number(&revert["onchain"]);
        let word = memory_word(&vector["pre"]);
        match step {
            Err(StepError::Revert(ours)) => assert_eq!(ours.code(), code, "{name}"),
            Err(StepError::PreimageEnd { .. } | StepError::Host(_)) => {
                assert_eq!(code, 0xbadf_00d0, "{name}");
            }
            Err(error @ StepError::HintLength { .. }) => panic!("{name}: {error}"),
            Ok(_) => {
                assert!(is_extended(code, word), "{name}: the reference reverts {code:#x}");
                extended += 1;
            }
        }
    }
    assert_eq!(extended, EXTENDED_STEPS);
    assert_eq!(steps.len(), 488);
}

/// Whether the C extension gives a meaning to a step the reference reverts with `code`: jumps to
/// even addresses, instructions across the end of a leaf, compressed instructions.
fn is_extended(code: u64, word: u32) -> bool {
    match code {
        code if code == RevertCode::Misaligned.code() => {
            matches!(decode(word).op, Op::Jal | Op::Jalr | Op::Beq | Op::Bne | Op::Blt | Op::Bge)
                || matches!(decode(word).op, Op::Bltu | Op::Bgeu | Op::BranchNever)
        }
        code if code == RevertCode::FetchStraddles.code() => true,
        code if code == RevertCode::UnknownOpcode.code() => word & 0b11 != 0b11,
        _ => false,
    }
}

/// The instruction of a vector.
fn memory_word(pre: &Value) -> u32 {
    let state = prestate(pre);
    let mut word = [0; 4];
    state.memory.read_bytes(state.hart.pc, &mut word);
    u32::from_le_bytes(word)
}

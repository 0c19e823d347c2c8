//! State hashes, roots and proofs of the reference vectors.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{env, fs, path::PathBuf};

use alloy_primitives::{B256, hex, keccak256};
use asterisc_state::{LeafProof, Memory, PortableHasher, SparseMemory, StateWitness};
use serde_json::Value;

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
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

#[test]
fn state_hashes_carry_the_status_of_the_run() {
    let Some(vectors) = vectors() else { return };
    let cases = vectors["stateHashes"].as_array().unwrap();
    for case in cases {
        let witness = bytes(&case["witness"]);
        let (hart, root) = StateWitness::decode(&witness).unwrap();
        assert_eq!(hart.exited, case["exited"].as_bool().unwrap());
        assert_eq!(u64::from(hart.exit_code), case["exitCode"].as_u64().unwrap());
        let encoded = StateWitness::encode(&hart, root);
        assert_eq!(encoded.as_bytes().as_slice(), witness);
        assert_eq!(encoded.hash().0, B256::from_slice(&bytes(&case["stateHash"])));
    }
    assert_eq!(cases.len(), 6);
}

#[test]
fn roots_and_proofs_are_those_of_the_reference() {
    let Some(vectors) = vectors() else { return };
    let cases = vectors["memory"].as_array().unwrap();
    for case in cases {
        let mut memory = Memory::new();
        for write in case["writes"].as_array().unwrap() {
            memory.write_bytes(number(&write[0]), &bytes(&write[1]));
        }
        let root = memory.root(&PortableHasher);
        assert_eq!(root, B256::from_slice(&bytes(&case["root"])));
        for proof in case["proofs"].as_array().unwrap() {
            let address = number(&proof["addr"]);
            let ours = memory.prove(address, &PortableHasher);
            let mut encoded = Vec::new();
            ours.encode(&mut encoded);
            assert_eq!(ours.leaf.as_slice(), bytes(&proof["leaf"]));
            assert_eq!(keccak256(&encoded), B256::from_slice(&bytes(&proof["proofKeccak256"])));
            assert_eq!(ours.root(address), root);
            assert_eq!(LeafProof::decode(&encoded), Some(ours));
        }
    }
    assert_eq!(cases.len(), 3);
}

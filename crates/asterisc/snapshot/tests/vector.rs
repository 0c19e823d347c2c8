//! The ELF file of the reference vectors: every file made of it has the reference's bytes.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{env, fs, path::PathBuf};

use alloy_primitives::{B256, hex};
use asterisc_elf::load_elf;
use asterisc_snapshot::{
    read_binary, read_json, write_binary, write_json, write_meta, write_proof,
};
use asterisc_state::{Memory, PortableHasher};
use asterisc_step::{Host, OutputStream, StepWitness};
use serde_json::Value;
use sha2::{Digest, Sha256};

struct NoHost;

impl Host for NoHost {
    type Error = String;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], String> {
        Err(format!("no pre-image {key}"))
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

/// The vector, or `None` with a word on it where it is not on this machine.
fn vector() -> Option<Value> {
    let fixtures = env::var_os("FIXTURES_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures"),
        PathBuf::from,
    );
    let file = fixtures.join("../reference/asterisc-vectors.json");
    let Ok(text) = fs::read(&file) else {
        eprintln!("skipped: {} is not there", file.display());
        return None;
    };
    Some(serde_json::from_slice::<Value>(&text).unwrap()["elf"].clone())
}

fn sha256(bytes: &[u8]) -> Value {
    Value::String(hex::encode(Sha256::digest(bytes)))
}

#[test]
fn files_of_the_vector_have_the_reference_bytes() {
    let Some(vector) = vector() else { return };
    let elf = hex::decode(vector["elf"].as_str().unwrap()).unwrap();
    let program = load_elf(&elf).unwrap();
    let mut state = program.state;
    let pages: Vec<Value> = state
        .memory
        .pages()
        .map(|(index, _)| Value::String(format!("{:#x}", index.get())))
        .collect();
    assert_eq!(Value::Array(pages), vector["pageIndexes"]);

    let witness = state.witness(&PortableHasher);
    let hash = witness.hash();
    assert_eq!(Value::String(hash.to_string()), vector["stateHash"]);

    let mut meta = Vec::new();
    write_meta(&program.symbols, &mut meta).unwrap();
    assert_eq!(String::from_utf8(meta.clone()).unwrap(), vector["metaJson"].as_str().unwrap());
    assert_eq!(sha256(&meta), vector["metaJsonSha256"]);

    let (mut json, mut binary) = (Vec::new(), Vec::new());
    write_json(&state, &witness, hash, &mut json).unwrap();
    write_binary(&state, &witness, hash, &mut binary).unwrap();
    assert_eq!(sha256(&json), vector["stateJsonSha256"]);
    assert_eq!(sha256(&binary), vector["stateBinSortedPagesSha256"]);
    assert_eq!(binary.len() as u64, vector["stateBinLength"].as_u64().unwrap());
    for mut read in [
        read_json::<Memory>(json.as_slice()).unwrap(),
        read_binary::<Memory>(binary.as_slice()).unwrap(),
    ] {
        assert_eq!(read.witness(&PortableHasher), witness);
        assert!(read.memory.pages().eq(state.memory.pages()));
    }

    let step = StepWitness::record(&mut state, &mut NoHost, &PortableHasher).unwrap();
    let mut proof = Vec::new();
    write_proof(0, &step, &mut proof).unwrap();
    assert_eq!(sha256(&proof), vector["proofJsonStep0Sha256"]);
    assert_eq!(Value::String(step.poststate.to_string()), vector["poststateHashStep0"]);
}

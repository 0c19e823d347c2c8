//! Symbols, proofs and witnesses as JSON.

use std::io::{self, Write};

use alloy_primitives::{B256, hex};
use asterisc_elf::SymbolTable;
use asterisc_state::{Hart, StateWitness};
use asterisc_step::StepWitness;
use serde::Serialize;

use crate::json_format::write_document;

/// `meta.json`.
#[derive(Serialize)]
struct Meta<'a> {
    symbols: Vec<MetaSymbol<'a>>,
}

#[derive(Serialize)]
struct MetaSymbol<'a> {
    name: &'a str,
    start: u64,
    size: u64,
}

/// Writes the symbols of a program (`meta.json`).
///
/// # Errors
/// Where `out` fails.
pub fn write_meta(symbols: &SymbolTable, out: &mut dyn Write) -> io::Result<()> {
    let symbols = symbols
        .symbols()
        .iter()
        .map(|symbol| MetaSymbol { name: &symbol.name, start: symbol.start, size: symbol.size })
        .collect();
    write_document(&Meta { symbols }, out)
}

/// A proof file; hexadecimal strings begin with `0x`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Proof {
    step: u64,
    pre: B256,
    post: B256,
    state_data: String,
    proof_data: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle_key: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle_value: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    oracle_offset: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Writes the proof of the step that was numbered `step` before it was executed.
///
/// # Errors
/// Where `out` fails.
pub fn write_proof(step: u64, witness: &StepWitness, out: &mut dyn Write) -> io::Result<()> {
    // A key of zeros is one that was never written.
    let preimage = witness.preimage.as_ref().filter(|read| !read.key.is_zero());
    let proof = Proof {
        step,
        pre: witness.prestate.hash().0,
        post: witness.poststate.0,
        state_data: hex::encode_prefixed(witness.prestate.as_bytes()),
        proof_data: hex::encode_prefixed(&witness.proof),
        oracle_key: preimage.map(|read| read.key),
        oracle_value: preimage.map(|read| {
            let length = (read.data.len() as u64).to_be_bytes();
            format!("{}{}", hex::encode_prefixed(length), hex::encode(&read.data))
        }),
        oracle_offset: preimage.map_or(0, |read| read.offset),
    };
    write_document(&proof, out)
}

/// What the `witness` command prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Witness {
    witness: String,
    state_hash: B256,
    step: u64,
    exited: bool,
    exit_code: u8,
    pc: u64,
}

/// Writes a witness, its hash and what op-challenger wants to know of the state.
///
/// # Errors
/// Where `out` fails.
pub fn write_witness(hart: &Hart, witness: &StateWitness, out: &mut dyn Write) -> io::Result<()> {
    let document = Witness {
        witness: hex::encode_prefixed(witness.as_bytes()),
        state_hash: witness.hash().0,
        step: hart.step,
        exited: hart.exited,
        exit_code: hart.exit_code,
        pc: hart.pc,
    };
    write_document(&document, out)
}

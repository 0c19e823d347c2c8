//! Pages of steps of every kind, as they stand in `tests/pages`.
//!
//! `UPDATE_PAGES=1 cargo test -p asterisc-inspect` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{env, fs, path::Path};

use alloy_primitives::B256;
use asterisc_elf::{Symbol, SymbolTable};
use asterisc_inspect::{ExplainError, FunctionTable, explain};
use asterisc_isa::Register;
use asterisc_state::{PortableHasher, SparseMemory, VmState};
use asterisc_step::{Host, OutputStream, StepError};

const CODE: u64 = 0x1000;
const DATA: u64 = 0x2000;

const SP: u32 = 2;
const A0: u32 = 10;
const A1: u32 = 11;
const A2: u32 = 12;
const A3: u32 = 13;
const A4: u32 = 14;
const A7: u32 = 17;

const ECALL: [u8; 4] = 0x0000_0073_u32.to_le_bytes();

/// Knows one pre-image, for every key.
struct OnePreimage(Vec<u8>);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no host")]
struct NoHost;

impl Host for OnePreimage {
    type Error = NoHost;

    fn preimage(&mut self, _: B256, _: u64) -> Result<&[u8], NoHost> {
        if self.0.is_empty() { Err(NoHost) } else { Ok(&self.0) }
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), NoHost> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

fn functions() -> FunctionTable {
    let symbol = |name: &str, start, size| Symbol { name: name.to_owned(), start, size };
    FunctionTable::new(&SymbolTable::new(vec![
        symbol("_ZN5guest4main17h0123456789abcdefE", CODE, 0x40),
        symbol("_start", CODE - 0x10, 0x10),
    ]))
}

/// A state that is about to execute `code`, with counting bytes at [`DATA`].
fn state(pc: u64, code: &[u8], registers: &[(u32, u64)]) -> VmState {
    let mut state: VmState = VmState::default();
    state.hart.pc = pc;
    state.hart.step = 41;
    state.hart.heap = 0x7f00_0000_0000;
    for (register, value) in registers {
        state.hart.write_register(Register::from_low_bits(*register), *value);
    }
    state.memory.write_bytes(pc, code);
    let data: Vec<u8> = (1..=96).collect();
    state.memory.write_bytes(DATA, &data);
    state
}

fn word(word: u32) -> [u8; 4] {
    word.to_le_bytes()
}

/// Compares the page of a step with the one that is checked in.
fn check(name: &str, mut state: VmState) {
    let mut host = OnePreimage((0..50).collect());
    let explanation = explain(&mut state, &mut host, &PortableHasher, &functions()).unwrap();
    compare(&format!("{name}.txt"), &format!("{explanation}\n"));
    let json = serde_json::to_string_pretty(&explanation).unwrap();
    compare(&format!("{name}.json"), &format!("{json}\n"));
}

fn compare(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name);
    if env::var_os("UPDATE_PAGES").is_some() {
        fs::write(&path, page).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page, expected, "{name} is another; UPDATE_PAGES=1 writes it anew");
}

#[test]
fn arithmetic_shows_operands_and_result() {
    // addi a0, a1, -1
    check("addi", state(CODE, &word(0xfff5_8513), &[(A1, 1000)]));
    // c.addi sp, -16
    check("c_addi", state(CODE + 2, &0x1141_u16.to_le_bytes(), &[(SP, 0x8000)]));
}

#[test]
fn a_branch_shows_where_it_goes() {
    // bne a0, zero, -16
    check("bne", state(CODE, &word(0xfe05_18e3), &[(A0, 1)]));
}

#[test]
fn a_straddling_instruction_has_a_leaf_more() {
    // lw a0, 4(a1)
    check("straddling_lw", state(CODE + 30, &word(0x0045_a503), &[(A1, DATA)]));
}

#[test]
fn a_store_into_two_leaves_shows_both() {
    // sd a0, 28(a1)
    check("sd", state(CODE, &word(0x00a5_be23), &[(A0, u64::MAX), (A1, DATA)]));
}

#[test]
fn atomics_show_what_they_store() {
    // amoadd.w a0, a2, (a1)
    check("amoadd", state(CODE, &word(0x00c5_a52f), &[(A1, DATA + 8), (A2, 1)]));
    // lr.d a0, (a1)
    check("lr", state(CODE, &word(0x1005_b52f), &[(A1, DATA)]));
}

#[test]
fn system_calls_have_names_arguments_and_results() {
    check("exit", state(CODE, &ECALL, &[(A7, 93), (A0, 1)]));
    check("mmap", state(CODE, &ECALL, &[(A7, 222), (A1, 5000), (A3, 0x22), (A4, u64::MAX)]));
    check("clock_gettime", state(CODE, &ECALL, &[(A7, 113), (A0, 1), (A1, DATA)]));
    check("getrandom", state(CODE, &ECALL, &[(A7, 278), (A0, DATA), (A1, 8)]));
    let mut printing = state(CODE, &ECALL, &[(A7, 64), (A0, 1), (A1, DATA), (A2, 6)]);
    printing.memory.write_bytes(DATA, b"hello\n");
    check("write_stdout", printing);
}

#[test]
fn the_oracle_shows_keys_pre_images_and_hints() {
    check("write_key", state(CODE, &ECALL, &[(A7, 64), (A0, 6), (A1, DATA), (A2, 32)]));
    let mut reading = state(CODE, &ECALL, &[(A7, 63), (A0, 5), (A1, DATA + 4), (A2, 100)]);
    reading.hart.preimage_key.0[0] = 1;
    reading.hart.preimage_key.0[31] = 2;
    check("read_preimage", reading.clone());
    reading.hart.preimage_offset = 58;
    check("read_past_the_end", reading);
    let mut hinting = state(CODE, &ECALL, &[(A7, 64), (A0, 4), (A1, DATA), (A2, 14)]);
    hinting.memory.write_bytes(DATA, b"\0\0\0\x0al1-header ");
    check("write_hint", hinting);
}

#[test]
fn a_step_that_reverts_says_why() {
    check("unknown_opcode", state(CODE, &word(0xffff_ffff), &[]));
    check("forbidden_call", state(CODE, &ECALL, &[(A7, 101)]));
    // amoadd.w a0, a2, (a1)
    check("misaligned_atomic", state(CODE, &word(0x00c5_a52f), &[(A1, DATA + 2)]));
    // Nothing was ever written there.
    let mut lost = state(CODE, &[], &[]);
    lost.hart.pc = 0x9000;
    check("no_code", lost);
}

#[test]
fn after_the_exit_nothing_changes() {
    let mut exited = state(CODE, &ECALL, &[]);
    exited.hart.exited = true;
    exited.hart.exit_code = 2;
    check("exited", exited);
}

#[test]
fn a_pre_image_that_the_host_lacks_is_the_hosts_error() {
    let mut state = state(CODE, &ECALL, &[(A7, 63), (A0, 5), (A1, DATA), (A2, 8)]);
    let error = explain(&mut state, &mut OnePreimage(Vec::new()), &PortableHasher, &functions());
    assert!(matches!(error, Err(ExplainError::Step(StepError::Host(NoHost)))), "{error:?}");
}

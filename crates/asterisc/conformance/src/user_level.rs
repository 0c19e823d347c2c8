//! All cases an ordinary operating system can run, as one ELF file for an emulator of others.
//!
//! Each case has its block in the file. The program goes from block to block: it loads x1 to x30
//! from a table, jumps to the case, and where that ends, saves the registers and writes the whole
//! block to standard output. x31 holds the address of the block all the while.

use std::io::{self, Seek, SeekFrom, Write};

use crate::{
    assembly::{Inst, Reg, ecall, immediate, jal, jalr, load, lui, store},
    case::{BLOCK_BYTES, Case, HARNESS_REGISTER},
    model::Model,
};

/// In a block: what loads the registers.
const PROLOGUE: u64 = 0;
/// In a block: what saves them.
const EPILOGUE: u64 = 0x100;
/// In a block: where they are loaded from.
const LOADED: u64 = 0x400;
/// In a block: where they are saved.
const SAVED: u64 = 0x600;
/// In a block: where the part of the case begins.
const CASE: u64 = 0x1000;
/// Registers that are loaded and saved.
const REGISTERS: std::ops::Range<Reg> = 1..HARNESS_REGISTER;

/// Cases that run at user level, of all.
pub fn user_level_cases(cases: &[Case]) -> Vec<&Case> {
    cases.iter().filter(|case| case.is_user_level && case.steps.is_none()).collect()
}

/// Writes the ELF file of these cases. Most of it is a hole.
///
/// # Errors
/// Where it can't be written.
///
/// # Panics
/// On cases that do not run at user level.
pub fn write_elf(cases: &[&Case], out: &mut (impl Write + Seek)) -> io::Result<()> {
    let base = cases.first().expect("there are cases").block;
    let end = cases.last().expect("there are cases").block + BLOCK_BYTES;
    out.write_all(&elf_header(base, end - base))?;
    for (at, case) in cases.iter().enumerate() {
        let next = cases.get(at + 1).map(|next| next.block);
        for (address, bytes) in block_content(case, next) {
            out.seek(SeekFrom::Start(HEADER_BYTES + address - base))?;
            out.write_all(&bytes)?;
        }
    }
    // The file ends with the last block.
    out.seek(SeekFrom::Start(HEADER_BYTES + end - base - 1))?;
    out.write_all(&[0])
}

/// What the file has before the memory: headers, up to the end of a page.
const HEADER_BYTES: u64 = 0x1000;

/// Headers of an executable for RISC-V with one segment that may be read, written and executed.
fn elf_header(base: u64, bytes: u64) -> Vec<u8> {
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(16, 0);
    // Executable, RISC-V, version 1.
    header.extend([2, 0, 243, 0, 1, 0, 0, 0]);
    // Entry, program headers, no sections.
    header.extend([base + PROLOGUE, 64, 0].into_iter().flat_map(u64::to_le_bytes));
    // Flags (compressed instructions), sizes of headers, one program header.
    header.extend([1u32.to_le_bytes(), [64, 0, 56, 0], [1, 0, 64, 0], [0; 4]].concat());
    // The segment: loaded, all permissions.
    header.extend([1u32, 7].into_iter().flat_map(u32::to_le_bytes));
    let fields = [HEADER_BYTES, base, base, bytes, bytes, HEADER_BYTES];
    header.extend(fields.into_iter().flat_map(u64::to_le_bytes));
    header
}

/// Bytes of a case's block and their addresses.
fn block_content(case: &Case, next: Option<u64>) -> Vec<(u64, Vec<u8>)> {
    let (block, model) = (case.block, case.model());
    assert!(model.read(HARNESS_REGISTER) == block, "{}: x31 is taken", case.name);
    assert!(model.reservation == 0, "{}: something is reserved", case.name);
    let is_free = |address: u64, bytes: u64| address + bytes <= case.end || case.end + 4 <= address;
    let has_room = case.program.iter().all(|(address, inst)| is_free(*address, inst.length()));
    assert!(has_room, "{}: no room for a jump at the end", case.name);
    let mut content: Vec<_> = runs(&model)
        .inspect(|(address, _)| {
            let offset = address.wrapping_sub(block);
            assert!((CASE..BLOCK_BYTES).contains(&offset), "{}: {address:#x}", case.name);
        })
        .collect();
    let table = REGISTERS.flat_map(|register| model.read(register).to_le_bytes()).collect();
    content.push((block + LOADED, table));
    content.push((block + PROLOGUE, code(&prologue(case))));
    content.push((block + EPILOGUE, code(&epilogue(next))));
    content.push((case.end, code(&[jump(case.end, block + EPILOGUE)])));
    content
}

/// Memory as runs of bytes without holes.
fn runs(model: &Model) -> impl Iterator<Item = (u64, Vec<u8>)> {
    let mut runs: Vec<(u64, Vec<u8>)> = Vec::new();
    for (address, byte) in &model.memory {
        match runs.last_mut() {
            Some((start, bytes)) if *start + bytes.len() as u64 == *address => bytes.push(*byte),
            _ => runs.push((*address, vec![*byte])),
        }
    }
    runs.into_iter()
}

fn code(list: &[Inst]) -> Vec<u8> {
    list.iter().flat_map(Inst::encode).collect()
}

/// Offset of a register in its table.
fn slot(table: u64, register: Reg) -> i64 {
    table.cast_signed() + 8 * i64::from(register - REGISTERS.start)
}

fn prologue(case: &Case) -> Vec<Inst> {
    let mut list = load_address(case.block).to_vec();
    list.extend(
        REGISTERS.map(|register| load("ld", register, HARNESS_REGISTER, slot(LOADED, register))),
    );
    let here = case.block + PROLOGUE + 4 * list.len() as u64;
    list.push(jump(here, case.start.pc));
    list
}

fn epilogue(next: Option<u64>) -> Vec<Inst> {
    let mut list: Vec<_> = REGISTERS
        .map(|register| store("sd", register, HARNESS_REGISTER, slot(SAVED, register)))
        .collect();
    // write(1, block, BLOCK_BYTES)
    list.extend([
        immediate("addi", 10, 0, 1),
        immediate("addi", 11, HARNESS_REGISTER, 0),
        lui(12, 4),
        immediate("addi", 17, 0, 64),
        ecall(),
    ]);
    match next {
        Some(next) => {
            list.extend(load_address(next));
            list.push(jalr(0, HARNESS_REGISTER, 0));
        }
        // exit(0)
        None => {
            list.extend([immediate("addi", 10, 0, 0), immediate("addi", 17, 0, 93), ecall()]);
        }
    }
    list
}

/// x31 = the address of a block, which is a multiple of 4096.
fn load_address(block: u64) -> [Inst; 1] {
    [lui(HARNESS_REGISTER, i64::try_from(block / 4096).expect("blocks lie below 2 GiB"))]
}

fn jump(from: u64, to: u64) -> Inst {
    jal(0, to.cast_signed() - from.cast_signed())
}

/// Compares what the emulator wrote for a case with what the model makes of it.
///
/// # Errors
/// What differs, in words.
pub fn compare_block(case: &Case, block: &[u8]) -> Result<(), String> {
    let mut model = case.model();
    let dictionary = case.dictionary();
    while model.pc != case.end {
        model.step(&dictionary).map_err(|code| format!("the model reverts {code:#x}"))?;
    }
    let byte = |offset: u64| usize::try_from(offset).ok().and_then(|at| block.get(at)).copied();
    for register in REGISTERS {
        let from = slot(SAVED, register).cast_unsigned();
        let bytes = (0..8).map(|at| byte(from + at).unwrap_or(0));
        let actual = bytes.rev().fold(0, |value, byte| value << 8 | u64::from(byte));
        let expected = model.read(register);
        if actual != expected {
            return Err(format!("x{register}: model has {expected:#x}, emulator {actual:#x}"));
        }
    }
    let of_harness = case.end..case.end + 4;
    for address in
        (case.block + CASE..case.block + BLOCK_BYTES).filter(|at| !of_harness.contains(at))
    {
        let (expected, actual) = (model.byte(address), byte(address - case.block));
        if actual != Some(expected) {
            return Err(format!("at {address:#x}: model has {expected:#x}, emulator {actual:x?}"));
        }
    }
    Ok(())
}

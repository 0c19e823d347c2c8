//! Profiles of small programs, in which every step is accounted for.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::BTreeMap;

use alloy_primitives::B256;
use asterisc_elf::{Symbol, SymbolTable};
use asterisc_inspect::{
    FunctionTable,
    profile::{Profile, Profiler, Summary, write_firefox, write_folded},
};
use asterisc_isa::Register;
use asterisc_state::{SparseMemory, VmState};
use asterisc_step::{Host, LiveAccess, OutputStream, StepError, step};
use proptest::prelude::*;

/// A program asks nothing of it.
struct NoHost;

impl Host for NoHost {
    type Error = ();

    fn preimage(&mut self, _: B256, _: u64) -> Result<&[u8], ()> {
        Err(())
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), ()> {
        Err(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

const RA: u32 = 1;
const T0: u32 = 5;

/// Functions of instructions, each at a multiple of 256.
struct Program {
    state: VmState,
    symbols: Vec<Symbol>,
}

impl Program {
    fn new() -> Self {
        let mut state: VmState = VmState::default();
        state.hart.write_register(Register::SP, 0x10_0000);
        Self { state, symbols: Vec::new() }
    }

    /// Adds a function at `start`.
    fn function(mut self, name: &str, start: u64, code: &[u32]) -> Self {
        for (index, word) in (0..).zip(code) {
            self.state.memory.write_bytes(start + 4 * index, &word.to_le_bytes());
        }
        let size = 4 * code.len() as u64;
        self.symbols.push(Symbol { name: name.to_owned(), start, size });
        self
    }

    fn functions(&self) -> FunctionTable {
        FunctionTable::new(&SymbolTable::new(self.symbols.clone()))
    }

    /// Runs from the first function to the exit; folded stacks and their steps.
    fn profile(mut self) -> (BTreeMap<String, u64>, Profile, FunctionTable) {
        self.state.hart.pc = self.symbols[0].start;
        let functions = self.functions();
        let mut profiler = Profiler::new(&functions);
        profiler.run(&mut self.state, &mut NoHost, 100_000).unwrap();
        assert!(self.state.hart.exited, "still at {:#x}", self.state.hart.pc);
        let profile = profiler.finish();
        assert_eq!(profile.steps, self.state.hart.step);
        (folded(&profile, &functions), profile, functions)
    }
}

fn folded(profile: &Profile, functions: &FunctionTable) -> BTreeMap<String, u64> {
    let mut text = Vec::new();
    write_folded(&profile.tree, functions, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let mut stacks = BTreeMap::new();
    for line in text.lines() {
        let (stack, steps) = line.rsplit_once(' ').unwrap();
        assert!(stacks.insert(stack.to_owned(), steps.parse().unwrap()).is_none(), "{stack}");
    }
    assert_eq!(stacks.values().sum::<u64>(), profile.steps);
    stacks
}

fn check(program: Program, expect: &[(&str, u64)]) -> (Profile, FunctionTable) {
    let (stacks, profile, functions) = program.profile();
    let expected = expect.iter().map(|(stack, steps)| ((*stack).to_owned(), *steps)).collect();
    assert_eq!(stacks, expected);
    (profile, functions)
}

/// `jal rd, offset`.
fn jal(rd: u32, offset: i32) -> u32 {
    let bits = offset.cast_unsigned();
    let bit = |from: u32, count: u32, to: u32| (bits >> from & ((1 << count) - 1)) << to;
    bit(20, 1, 31) | bit(1, 10, 21) | bit(11, 1, 20) | bit(12, 8, 12) | rd << 7 | 0x6f
}

/// `jalr rd, 0(rs1)`.
const fn jalr(rd: u32, rs1: u32) -> u32 {
    rs1 << 15 | rd << 7 | 0x67
}

/// `addi rd, rs1, immediate`.
const fn addi(rd: u32, rs1: u32, immediate: i32) -> u32 {
    immediate.cast_unsigned() << 20 | rs1 << 15 | rd << 7 | 0x13
}

const RET: u32 = jalr(0, RA);
const NOP: u32 = addi(0, 0, 0);
/// `addi a7, zero, 93`, then `ecall`.
const EXIT: [u32; 2] = [addi(17, 0, 93), 0x73];
/// `sd ra, 0(sp)` and `ld ra, 0(sp)`.
const SAVE_RA: u32 = 0x0011_3023;
const LOAD_RA: u32 = 0x0001_3083;

#[test]
fn calls_and_returns_make_a_tree() {
    let program = Program::new()
        .function("main", 0x1000, &[jal(RA, 0x100), jal(RA, 0x1fc), EXIT[0], EXIT[1]])
        .function("a", 0x1100, &[addi(8, RA, 0), jal(RA, 0xfc), addi(RA, 8, 0), RET])
        .function("b", 0x1200, &[NOP, RET]);
    let (profile, functions) =
        check(program, &[("main", 4), ("main;a", 4), ("main;a;b", 2), ("main;b", 2)]);
    let summary = Summary::new(&profile, &functions, 10, Some(0));
    assert_eq!(summary.steps, 12);
    let b = summary.by_self.iter().find(|function| function.name == "b").unwrap();
    assert_eq!((b.self_steps, b.inclusive_steps, b.calls), (4, 4, 2));
    assert_eq!(summary.by_inclusive[0].name, "main");
    assert_eq!(summary.by_inclusive[0].inclusive_steps, 12);
    let lines: Vec<_> = summary.tree.iter().map(|line| (line.depth, &*line.name)).collect();
    assert_eq!(lines, [(0, "main"), (1, "a"), (2, "b"), (1, "b")]);
}

#[test]
fn a_recursion_counts_once_in_what_is_inclusive() {
    // a0 counts down; each call keeps ra on the stack.
    let recurse = [
        addi(2, 2, -16),
        SAVE_RA,
        addi(10, 10, -1),
        0x0005_0463, // beq a0, zero, +8
        jal(RA, -16),
        LOAD_RA,
        addi(2, 2, 16),
        RET,
    ];
    let program = Program::new()
        .function("main", 0x1000, &[addi(10, 0, 3), jal(RA, 0xfc), EXIT[0], EXIT[1]])
        .function("r", 0x1100, &recurse);
    let expect = [("main", 4), ("main;r", 8), ("main;r;r", 8), ("main;r;r;r", 7)];
    let (profile, functions) = check(program, &expect);
    let summary = Summary::new(&profile, &functions, 10, None);
    let r = summary.by_self.iter().find(|function| function.name == "r").unwrap();
    assert_eq!((r.self_steps, r.inclusive_steps, r.calls), (23, 23, 3));
}

#[test]
fn a_recursion_deeper_than_the_stack_of_the_profile_comes_back_right() {
    let recurse = [
        addi(2, 2, -16),
        SAVE_RA,
        addi(10, 10, -1),
        0x0005_0463, // beq a0, zero, +8
        jal(RA, -16),
        LOAD_RA,
        addi(2, 2, 16),
        RET,
    ];
    let main = [0x0000_1537 /* lui a0, 1 */, 0x0015_151b /* slliw a0, a0, 1 */];
    let main = [&main[..], &[jal(RA, 0xf8), jal(RA, 0x1f4), EXIT[0], EXIT[1]]].concat();
    let program = Program::new()
        .function("main", 0x1000, &main)
        .function("r", 0x1100, &recurse)
        .function("last", 0x1200, &[NOP, RET]);
    let (stacks, profile, functions) = program.profile();
    assert_eq!(stacks["main"], 6);
    assert_eq!(stacks["main;last"], 2);
    let summary = Summary::new(&profile, &functions, 10, None);
    let r = summary.by_self.iter().find(|function| function.name == "r").unwrap();
    assert_eq!(r.self_steps, 8192 * 8 - 1);
}

#[test]
fn a_tail_call_takes_the_place_of_its_caller() {
    let program = Program::new()
        .function("main", 0x1000, &[jal(RA, 0x100), EXIT[0], EXIT[1]])
        .function("a", 0x1100, &[NOP, jal(0, 0xfc)])
        .function(
            "b",
            0x1200,
            &[addi(7, RA, 0), 0x0000_0317 /* auipc t1, 0 */, addi(6, 6, 0xfc), jalr(0, 6)],
        )
        .function("c", 0x1300, &[NOP, RET]);
    check(program, &[("main", 3), ("main;a", 2), ("main;b", 4), ("main;c", 2)]);
}

#[test]
fn walking_into_the_next_function_is_a_tail_call_and_a_jump_inside_is_nothing() {
    let program = Program::new()
        .function("main", 0x1000, &[jal(RA, 0x100), EXIT[0], EXIT[1]])
        .function("a", 0x1100, &[jal(0, 8), NOP, NOP])
        .function("b", 0x110c, &[RET]);
    check(program, &[("main", 3), ("main;a", 2), ("main;b", 1)]);
}

#[test]
fn the_other_link_register_and_returns_by_other_registers_are_known() {
    // jal t0, save; and a return by t1 that restores the stack pointer.
    let program = Program::new()
        .function("main", 0x1000, &[jal(T0, 0x100), jal(RA, 0x1fc), EXIT[0], EXIT[1]])
        .function("save", 0x1100, &[jalr(0, T0)])
        .function("odd", 0x1200, &[addi(6, RA, 0), jalr(0, 6)]);
    check(program, &[("main", 4), ("main;save", 1), ("main;odd", 2)]);
}

#[test]
fn control_that_comes_back_further_out_ends_the_calls_inside() {
    // main keeps a place in s0; the innermost function jumps there, as longjmp does.
    let main = [0x0000_0417 /* auipc s0, 0 */, jal(RA, 0xfc), NOP, EXIT[0], EXIT[1]];
    let program = Program::new()
        .function("main", 0x1000, &main)
        .function("a", 0x1100, &[addi(2, 2, -16), jal(RA, 0xfc), RET])
        .function("b", 0x1200, &[NOP, addi(RA, 8, 8), addi(2, 2, 16), RET]);
    check(program, &[("main", 5), ("main;a", 2), ("main;a;b", 4)]);
}

#[test]
fn asking_for_the_pc_is_no_call() {
    let program = Program::new().function("main", 0x1000, &[jal(RA, 4), EXIT[0], EXIT[1]]);
    check(program, &[("main", 3)]);
}

#[test]
fn code_that_a_program_writes_is_executed_as_written() {
    // Stores `ret` over the second instruction of "a", which was executed before.
    let main = [
        jal(RA, 0x100),
        0x0000_82b7, // lui t0, 8
        addi(5, 5, 0x67),
        0x0000_1337, // lui t1, 1
        0x1053_2223, // sw t0, 260(t1)
        jal(RA, 0xec),
        EXIT[0],
        EXIT[1],
    ];
    let program =
        Program::new().function("main", 0x1000, &main).function("a", 0x1100, &[NOP, NOP, RET]);
    check(program, &[("main", 8), ("main;a", 5)]);
}

#[test]
fn a_step_that_fails_is_not_counted() {
    let program = Program::new().function("main", 0x1000, &[NOP, 0xffff_ffff]);
    let functions = program.functions();
    let mut state = program.state;
    state.hart.pc = 0x1000;
    let mut profiler = Profiler::new(&functions);
    let error = profiler.run(&mut state, &mut NoHost, 10);
    assert!(matches!(error, Err(StepError::Revert(_))), "{error:?}");
    assert_eq!(profiler.finish().steps, 1);
}

#[test]
fn code_without_symbols_is_unknown() {
    let mut state: VmState = VmState::default();
    state.memory.write_bytes(0, &[EXIT[0].to_le_bytes(), EXIT[1].to_le_bytes()].concat());
    let functions = FunctionTable::default();
    let mut profiler = Profiler::new(&functions);
    profiler.run(&mut state, &mut NoHost, 10).unwrap();
    let profile = profiler.finish();
    assert_eq!(folded(&profile, &functions), BTreeMap::from([("[unknown]".to_owned(), 2)]));
}

#[test]
fn the_firefox_form_has_one_entry_a_row_in_every_column_and_all_steps() {
    let program = Program::new()
        .function("main", 0x1000, &[jal(RA, 0x100), EXIT[0], EXIT[1]])
        .function("a", 0x1100, &[NOP, RET]);
    let (_, profile, functions) = program.profile();
    let mut text = Vec::new();
    write_firefox(&profile, &functions, "test", &mut text).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let thread = &document["threads"][0];
    for table in ["samples", "markers", "stackTable", "frameTable", "funcTable", "resourceTable"] {
        let columns = thread[table].as_object().unwrap();
        let length = columns["length"].as_u64().unwrap();
        for (name, column) in columns.iter().filter(|(_, column)| column.is_array()) {
            assert_eq!(column.as_array().unwrap().len() as u64, length, "{table}.{name}");
        }
    }
    let weights = thread["samples"]["weight"].as_array().unwrap();
    assert_eq!(weights.iter().map(|weight| weight.as_u64().unwrap()).sum::<u64>(), 5);
    assert_eq!(thread["stringArray"], serde_json::json!(["main", "a"]));
    assert_eq!(thread["stackTable"]["prefix"], serde_json::json!([null, 0]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever a program does, the state is that of the reference step, and no step is lost.
    #[test]
    fn random_programs_run_as_the_reference_does(
        code in proptest::collection::vec(any::<u32>(), 8..64),
        jumps in proptest::collection::vec((0..64usize, 0..4u8, any::<u16>()), 0..24),
        seed in any::<u64>(),
    ) {
        let mut code = code;
        let count = code.len();
        for (place, kind, offset) in jumps {
            // Within the code, so that runs are not over at once.
            let offset = i32::from(offset) % (2 * i32::try_from(count).unwrap());
            let word = match kind {
                0 => jal(RA, 2 * offset - 4),
                1 => jal(0, 2 * offset),
                2 => jalr(0, RA),
                _ => jalr(RA, 6),
            };
            code[place % count] = word;
        }
        let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut state: VmState = VmState::default();
        state.memory.write_bytes(0x1000, &bytes);
        state.hart.pc = 0x1000;
        for register in 1..32 {
            let value = if register % 2 == 0 { 0x1000 + (seed >> register & 0xff) } else { seed };
            state.hart.write_register(Register::from_low_bits(register), value);
        }
        let mut reference = state.clone();
        let symbols = (0..4u64)
            .map(|n| Symbol { name: format!("f{n}"), start: 0x1000 + 32 * n, size: 32 });
        let functions = FunctionTable::new(&SymbolTable::new(symbols.collect()));
        let mut profiler = Profiler::new(&functions);
        let profiled = profiler.run(&mut state, &mut NoHost, 300);
        let mut steps = 0;
        let mut expected = Ok(());
        while steps < 300 && expected.is_ok() && !reference.hart.exited {
            expected = step(&mut LiveAccess { state: &mut reference, host: &mut NoHost });
            steps += u64::from(expected.is_ok());
        }
        prop_assert_eq!(&profiled, &expected);
        let profile = profiler.finish();
        prop_assert_eq!(profile.steps, steps);
        folded(&profile, &functions);
        if expected.is_ok() {
            prop_assert_eq!(&state.hart, &reference.hart);
            let pages: Vec<_> = state.memory.pages().collect();
            prop_assert_eq!(pages, reference.memory.pages().collect::<Vec<_>>());
        }
    }
}

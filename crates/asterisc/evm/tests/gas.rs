//! What each instruction and system call costs on chain, exactly, against the checked-in figures.
//!
//! `cargo xtask contracts snapshot` writes them anew, by setting `GAS_SNAPSHOT=write`.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod steps;

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::PathBuf};

use alloy_primitives::B256;
use asterisc_evm::EvmStep;
use asterisc_isa::{COMPRESSED, Extension, Format, INSTRUCTIONS, Op, Register};
use asterisc_state::{LeafProof, VmState};

use steps::{Preimages, Recorded, state_with};

/// Where the instructions stand.
const PC: u64 = 0x1000;
/// Where data begins that lies in one leaf.
const ONE_LEAF: u64 = 0x2000;
/// Last byte of a leaf.
const LEAF_END: u64 = 0x201f;
/// The key of the pre-image that is read: keccak-256, local.
const KEYS: [B256; 2] = [B256::repeat_byte(2), B256::repeat_byte(1)];

/// Classes of the reference's measurements, and its gas in thousands, lowest and highest.
const CLASSES: [(Class, &str, &str); 15] = [
    (Class::Exited, "state that has exited", "4.6 k"),
    (Class::Plain, "arithmetic, branch, jump, no-op, most system calls", "36–40 k"),
    (Class::Load(1), "load, one leaf", "65–73 k"),
    (Class::Load(2), "load, two leaves", "92–98 k"),
    (Class::Store(1), "store, one leaf", "118–122 k"),
    (Class::Store(2), "store, two leaves", "169–173 k"),
    (Class::LoadReserved, "load-reserved", "68 k"),
    (Class::FailedConditional, "store-conditional that fails", "38 k"),
    (Class::Atomic, "atomic operation", "150–157 k"),
    (Class::StorePair(1), "`clock_gettime`, `getrlimit`, one leaf", "123–125 k"),
    (Class::StorePair(2), "`clock_gettime`, `getrlimit`, two leaves", "174–176 k"),
    (Class::KeyWrite, "write of a pre-image key", "65–66 k"),
    (Class::PreimageRead, "read of a pre-image", "92–95 k"),
    (Class::Straddling, "plain instruction across two leaves", "reverts"),
    (Class::FourLeaves, "store, two leaves, by an instruction across two more", "reverts"),
];

/// What the steps of a row have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Exited,
    Plain,
    Load(usize),
    Store(usize),
    LoadReserved,
    FailedConditional,
    Atomic,
    StorePair(usize),
    KeyWrite,
    PreimageRead,
    Straddling,
    FourLeaves,
}

impl Class {
    /// The highest gas of the reference, for steps it can take.
    fn gas_max_of_reference(self) -> u64 {
        let (_, _, figures) = CLASSES.iter().find(|(class, ..)| *class == self).unwrap();
        let highest = figures.trim_end_matches(" k").rsplit('–').next().unwrap();
        highest.parse::<f64>().map_or(u64::MAX, |thousands| {
            // A decimal of one digit.
            let hundreds = format!("{:.0}", thousands * 10.0);
            hundreds.parse::<u64>().unwrap() * 100
        })
    }
}

/// One measurement.
struct Case {
    class: Class,
    name: String,
    state: VmState,
}

impl Case {
    fn new(class: Class, name: impl Into<String>, state: VmState) -> Self {
        Self { class, name: name.into(), state }
    }

    /// Runs the step on chain and in Rust; gives its gas.
    fn measure(mut self, evm: &mut EvmStep) -> u64 {
        let data = b"a pre-image of more bytes than a leaf has".to_vec();
        let mut preimages = Preimages(KEYS.map(|key| (key, data.clone())).into());
        let recorded = Recorded::of(&mut self.state, &mut preimages);
        let outcome = recorded.on_chain(evm, B256::ZERO);
        recorded.assert_is(&outcome, &self.name);
        let leaves = recorded.proof.len() / LeafProof::BYTES;
        match self.class {
            Class::Load(count) | Class::Store(count) | Class::StorePair(count) => {
                assert_eq!(leaves, 1 + count, "{}", self.name);
            }
            Class::FourLeaves => assert_eq!(leaves, 4, "{}", self.name),
            _ => {}
        }
        outcome.unwrap().gas_used
    }
}

/// All 32-bit instructions that execute, with operands x5, x6 and x7 where they have some.
fn instructions() -> Vec<Case> {
    let mut cases = Vec::new();
    for row in INSTRUCTIONS {
        if matches!(row.op, Op::Illegal(_) | Op::AmoUnknownW | Op::AmoUnknownD | Op::Ecall) {
            continue;
        }
        let word = ((5 << 7 | 6 << 15 | 7 << 20) & !row.mask) | row.pattern;
        let with_base = |base: u64| {
            let mut state = state_with(PC, word);
            state.hart.registers[6] = base;
            state.hart.registers[7] = 0x0123_4567_89ab_cdef;
            state
        };
        let name = row.mnemonic;
        let is_load = row.format == Format::Load && row.op != Op::Jalr;
        // The immediates of these words are 7 and 5.
        if is_load {
            cases.push(Case::new(Class::Load(1), name, with_base(ONE_LEAF)));
            if !matches!(row.op, Op::Lb | Op::Lbu) {
                cases.push(Case::new(Class::Load(2), name, with_base(LEAF_END - 7)));
            }
        } else if row.format == Format::Store {
            cases.push(Case::new(Class::Store(1), name, with_base(ONE_LEAF)));
            if row.op != Op::Sb {
                cases.push(Case::new(Class::Store(2), name, with_base(LEAF_END - 5)));
                let mut state = state_with(PC + 30, word);
                state.hart.registers[6] = LEAF_END - 5;
                cases.push(Case::new(Class::FourLeaves, name, state));
            }
        } else if matches!(row.op, Op::ScW | Op::ScD) {
            cases.push(Case::new(Class::FailedConditional, name, with_base(ONE_LEAF)));
            let mut state = with_base(ONE_LEAF);
            state.hart.load_reservation = ONE_LEAF;
            cases.push(Case::new(Class::Store(1), name, state));
        } else if row.extension == Extension::A {
            let is_reserved = row.format == Format::LoadReserved;
            let class = if is_reserved { Class::LoadReserved } else { Class::Atomic };
            cases.push(Case::new(class, name, with_base(ONE_LEAF)));
        } else {
            cases.push(Case::new(Class::Plain, name, with_base(ONE_LEAF)));
            let mut state = state_with(PC + 30, word);
            state.hart.registers[6] = ONE_LEAF;
            cases.push(Case::new(Class::Straddling, name, state));
        }
    }
    cases
}

/// All 16-bit instructions that execute, with operands that are odd numbers of registers.
fn compressed() -> Vec<Case> {
    let mut cases = Vec::new();
    for row in COMPRESSED.iter().filter(|row| !matches!(row.op, Op::Illegal(_))) {
        // rd 5 or x13, rs2 x3 or x11; all immediates small and not zero.
        let half = ((5 << 7 | 3 << 2) & !row.mask) | row.pattern;
        let mut state = state_with(PC, u32::from(half));
        state.hart.registers[1..].fill(ONE_LEAF);
        let class = match row.op {
            Op::Lw | Op::Ld => Class::Load(1),
            Op::Sw | Op::Sd => Class::Store(1),
            _ => Class::Plain,
        };
        cases.push(Case::new(class, row.mnemonic, state));
    }
    cases
}

/// A system call with arguments.
fn call(class: Class, name: &str, number: u64, arguments: [u64; 5]) -> Case {
    let mut state = state_with(PC, 0x73);
    state.hart.write_register(Register::A7, number);
    state.hart.registers[10..15].copy_from_slice(&arguments);
    Case::new(class, name, state)
}

fn system_calls() -> Vec<Case> {
    const NONE: [u64; 5] = [0; 5];
    let at = |address: u64| [7, address, 0, 0, 0];
    let crossing = LEAF_END - 7;
    let mut cases = vec![
        call(Class::Plain, "exit", 93, NONE),
        call(Class::Plain, "exit_group", 94, NONE),
        call(Class::Plain, "brk", 214, NONE),
        call(Class::Plain, "mmap", 222, [0, 4097, 0, 0x20, u64::MAX]),
        call(Class::Plain, "mmap of a file", 222, NONE),
        call(Class::Plain, "fcntl, flags", 25, [0, 1, 0, 0, 0]),
        call(Class::Plain, "fcntl, mode", 25, [6, 3, 0, 0, 0]),
        call(Class::Plain, "openat", 56, NONE),
        call(Class::Plain, "clone", 220, NONE),
        call(Class::Plain, "unknown call", 98, NONE),
        call(Class::Plain, "read of stdin", 63, NONE),
        call(Class::Plain, "read of a hint", 63, [3, 0, 1, 0, 0]),
        call(Class::Plain, "write of output", 64, [1, ONE_LEAF, 9, 0, 0]),
        call(Class::Plain, "write of a hint", 64, [4, ONE_LEAF, 9, 0, 0]),
        call(Class::StorePair(1), "clock_gettime", 113, at(ONE_LEAF)),
        call(Class::StorePair(2), "clock_gettime", 113, at(crossing)),
        call(Class::StorePair(1), "getrlimit", 163, at(ONE_LEAF)),
        call(Class::StorePair(2), "getrlimit", 163, at(crossing)),
        call(Class::KeyWrite, "write of a whole key", 64, [6, ONE_LEAF, 32, 0, 0]),
        call(Class::KeyWrite, "write of a part of a key", 64, [6, ONE_LEAF + 3, 7, 0, 0]),
    ];
    for (key, kind) in KEYS.into_iter().zip(["global", "local"]) {
        for (count, offset) in [(8, 0), (32, 8), (32, 40)] {
            let name = format!("read of a {kind} pre-image at {offset}");
            let mut case = call(Class::PreimageRead, &name, 63, [5, ONE_LEAF, count, 0, 0]);
            (case.state.hart.preimage_key, case.state.hart.preimage_offset) = (key, offset);
            cases.push(case);
        }
    }
    cases
}

fn exited() -> Case {
    let mut state = state_with(PC, 0);
    state.hart.exited = true;
    Case::new(Class::Exited, "exited", state)
}

/// Gas by class, then by name.
fn measure_all() -> BTreeMap<Class, Vec<(String, u64)>> {
    let mut evm = EvmStep::new();
    let mut measured: BTreeMap<Class, Vec<(String, u64)>> = BTreeMap::new();
    let cases = [vec![exited()], instructions(), compressed(), system_calls()];
    for case in cases.into_iter().flatten() {
        let (class, name) = (case.class, case.name.clone());
        let gas = case.measure(&mut evm);
        measured.entry(class).or_default().push((name, gas));
    }
    measured
}

fn range(figures: &[(String, u64)]) -> (u64, u64) {
    let gas = || figures.iter().map(|(_, gas)| *gas);
    (gas().min().unwrap(), gas().max().unwrap())
}

/// Every measurement, one a line.
fn list(measured: &BTreeMap<Class, Vec<(String, u64)>>) -> String {
    let mut text = String::new();
    for (class, title, _) in CLASSES {
        writeln!(text, "# {title}").unwrap();
        for (name, gas) in &measured[&class] {
            writeln!(text, "{gas:>6} {name}").unwrap();
        }
    }
    text
}

/// The classes as a table of Markdown.
fn table(measured: &BTreeMap<Class, Vec<(String, u64)>>) -> String {
    let mut text = String::from("| step | gas | reference |\n|---|---|---|\n");
    for (class, title, reference) in CLASSES {
        let (low, high) = range(&measured[&class]);
        let figures = if low == high { format!("{low}") } else { format!("{low}–{high}") };
        writeln!(text, "| {title} | {figures} | {reference} |").unwrap();
    }
    text
}

/// Marks around the table in the README.
const MARKS: [&str; 2] = ["<!-- gas -->", "<!-- end of gas -->"];

/// Compares a file with what it should be, or writes it.
fn check(path: &str, fresh: impl FnOnce(&str) -> String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../contracts").join(path);
    let present = fs::read_to_string(&path).unwrap_or_default();
    let fresh = fresh(&present);
    if env::var("GAS_SNAPSHOT").is_ok_and(|mode| mode == "write") {
        fs::write(path, fresh).unwrap();
    } else {
        assert_eq!(present, fresh, "stale: run `cargo xtask contracts snapshot`");
    }
}

#[test]
fn gas_is_as_in_the_snapshot_and_below_the_reference() {
    let measured = measure_all();
    for (class, figures) in &measured {
        let (_, high) = range(figures);
        assert!(high <= class.gas_max_of_reference(), "{class:?}: {high}");
    }
    check("snapshots/gas.txt", |_| list(&measured));
    check("README.md", |present| {
        let (head, rest) = present.split_once(MARKS[0]).expect("the README has a mark");
        let (_, tail) = rest.split_once(MARKS[1]).expect("the README has an end mark");
        [head, MARKS[0], "\n\n", &table(&measured), "\n", MARKS[1], tail].concat()
    });
}

//! Writes the keccak-f\[1600\] permutation of `kona-guest` in assembly of RV64I.
//!
//! Hashing is the largest part of what the program does, and its machine has no rotation and no
//! and-not. What a compiler makes of the permutation takes about 7100 instructions, half of the
//! difference to the 4700 of the arithmetic being moves of lanes to the stack and back. Here all
//! 25 lanes stay in registers: the order of operations is such that never more than 30 values are
//! live, and the machine has 30 registers beside zero and the stack pointer.
//!
//! Six lanes are kept complemented throughout, which leaves one NOT for each row of chi instead of
//! five.

use std::{collections::VecDeque, fmt::Write as _};

use crate::{process::Failure, workspace::Workspace};

/// The file written.
pub(crate) const TARGET: &str = "crates/kona/guest/src/generated/keccak_f1600.s";

const ROUNDS: usize = 24;
const LANES: usize = 25;

/// Lanes kept complemented; lane `x + 5 * y`.
const COMPLEMENTED: [usize; 6] = [1, 2, 8, 12, 17, 20];

/// Registers that values may live in. The first is the argument, the address of the state.
const REGISTERS: [&str; 30] = [
    "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "s0",
    "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "ra", "gp", "tp",
];
/// Those the caller wants back.
const SAVED: std::ops::Range<usize> = 15..30;
/// Where the address of the state is kept meanwhile.
const STATE_SLOT: usize = 120;
const FRAME_BYTES: usize = 128;

const HEAD: &str = "\
# keccak-f[1600] for RV64I, written by `cargo xtask gen`; see xtask/src/generate/keccak.rs.
#
# void keccak_f1600(uint64_t state[25]), lane x + 5 * y being state[x + 5 * y].

    .section .text.keccak_f1600,\"ax\",@progbits
    .globl keccak_f1600
    .type keccak_f1600,@function
    # The global pointer holds a lane meanwhile, so that nothing may be addressed by it.
    .option push
    .option norelax
keccak_f1600:
";

/// The text of the file.
pub(crate) fn generate(_: &Workspace) -> Result<String, Failure> {
    let mut text = HEAD.to_owned();
    for instruction in instructions() {
        // Writing to a string never fails.
        let _ = writeln!(text, "    {}", instruction.text());
    }
    text.push_str("    .option pop\n    .size keccak_f1600, . - keccak_f1600\n\n");
    text.push_str("    .section .rodata.keccak_round_constants,\"a\",@progbits\n    .balign 8\n");
    text.push_str("keccak_round_constants:\n");
    for constant in round_constants() {
        let _ = writeln!(text, "    .dword {constant:#018x}");
    }
    Ok(text)
}

/// A number that names a register by its place in [`REGISTERS`].
type Register = usize;

/// One instruction, or two that are always together.
#[derive(Debug, Clone, Copy)]
enum Instruction {
    Xor(Register, Register, Register),
    And(Register, Register, Register),
    Or(Register, Register, Register),
    Not(Register, Register),
    Left(Register, Register, u32),
    Right(Register, Register, u32),
    /// The constant of a round.
    Constant(Register, usize),
    /// A lane of the state at the address in the second register.
    LoadLane(Register, Register, usize),
    StoreLane(Register, Register, usize),
    /// A slot of the frame.
    LoadSlot(Register, usize),
    StoreSlot(Register, usize),
    Enter,
    Leave,
}

impl Instruction {
    fn text(self) -> String {
        let name = |register: Register| REGISTERS[register];
        match self {
            Self::Xor(d, a, b) => format!("xor {}, {}, {}", name(d), name(a), name(b)),
            Self::And(d, a, b) => format!("and {}, {}, {}", name(d), name(a), name(b)),
            Self::Or(d, a, b) => format!("or {}, {}, {}", name(d), name(a), name(b)),
            Self::Not(d, a) => format!("not {}, {}", name(d), name(a)),
            Self::Left(d, a, by) => format!("slli {}, {}, {by}", name(d), name(a)),
            Self::Right(d, a, by) => format!("srli {}, {}, {by}", name(d), name(a)),
            Self::Constant(d, round) => format!(
                "lui {0}, %hi(keccak_round_constants + {1})\n    \
                 ld {0}, %lo(keccak_round_constants + {1})({0})",
                name(d),
                8 * round
            ),
            Self::LoadLane(d, state, lane) => {
                format!("ld {}, {}({})", name(d), 8 * lane, name(state))
            }
            Self::StoreLane(a, state, lane) => {
                format!("sd {}, {}({})", name(a), 8 * lane, name(state))
            }
            Self::LoadSlot(d, slot) => format!("ld {}, {slot}(sp)", name(d)),
            Self::StoreSlot(a, slot) => format!("sd {}, {slot}(sp)", name(a)),
            Self::Enter => format!("addi sp, sp, -{FRAME_BYTES}"),
            Self::Leave => format!("addi sp, sp, {FRAME_BYTES}\n    ret"),
        }
    }
}

fn instructions() -> Vec<Instruction> {
    let mut writer = Writer::enter();
    for round in 0..ROUNDS {
        writer.theta();
        writer.rho_pi_chi();
        writer.iota(round);
    }
    writer.leave()
}

/// Writes instructions, and knows where every lane is.
struct Writer {
    instructions: Vec<Instruction>,
    lanes: [Register; LANES],
    free: VecDeque<Register>,
}

impl Writer {
    fn enter() -> Self {
        let saves = SAVED.enumerate().map(|(i, register)| Instruction::StoreSlot(register, 8 * i));
        let mut instructions = vec![Instruction::Enter];
        instructions.extend(saves);
        instructions.push(Instruction::StoreSlot(0, STATE_SLOT));
        let mut lanes = [0; LANES];
        for (lane, place) in lanes.iter_mut().enumerate() {
            *place = lane + 1;
            instructions.push(Instruction::LoadLane(lane + 1, 0, lane));
        }
        for lane in COMPLEMENTED {
            instructions.push(Instruction::Not(lane + 1, lane + 1));
        }
        let free = (LANES + 1..REGISTERS.len()).chain([0]).collect();
        Self { instructions, lanes, free }
    }

    fn leave(mut self) -> Vec<Instruction> {
        for lane in COMPLEMENTED {
            self.push(Instruction::Not(self.lanes[lane], self.lanes[lane]));
        }
        let state = self.take();
        self.push(Instruction::LoadSlot(state, STATE_SLOT));
        for lane in 0..LANES {
            self.push(Instruction::StoreLane(self.lanes[lane], state, lane));
        }
        for (i, register) in SAVED.enumerate() {
            self.push(Instruction::LoadSlot(register, 8 * i));
        }
        self.push(Instruction::Leave);
        self.instructions
    }

    fn push(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
    }

    /// A register that holds nothing. The order of operations makes sure that there is one.
    fn take(&mut self) -> Register {
        self.free.pop_front().expect("at most 30 values are live")
    }

    fn release(&mut self, register: Register) {
        self.free.push_back(register);
    }

    /// XORs each lane with the parities of two columns.
    ///
    /// A column's parity is needed twice: by the column after it, and rotated by the one before
    /// it. In this order each is computed late and dropped early.
    fn theta(&mut self) {
        let c0 = self.parity(0);
        let c4 = self.parity(4);
        let c1 = self.parity(1);
        let d0 = self.column_difference(c4, c1, false);
        self.apply(0, d0);
        let c3 = self.parity(3);
        let d2 = self.column_difference(c1, c3, true);
        let c2 = self.parity(2);
        self.apply(2, d2);
        let d4 = self.column_difference(c3, c0, true);
        self.apply(4, d4);
        let d1 = self.column_difference(c0, c2, true);
        self.apply(1, d1);
        let d3 = self.column_difference(c2, c4, true);
        self.release(c4);
        self.apply(3, d3);
    }

    fn parity(&mut self, x: usize) -> Register {
        let parity = self.take();
        self.push(Instruction::Xor(parity, self.lanes[x], self.lanes[x + 5]));
        for y in 2..5 {
            self.push(Instruction::Xor(parity, parity, self.lanes[x + 5 * y]));
        }
        parity
    }

    /// `before ^ after.rotate_left(1)`; `before` may be of no more use.
    fn column_difference(
        &mut self,
        before: Register,
        after: Register,
        drops_before: bool,
    ) -> Register {
        let difference = self.take();
        self.push(Instruction::Left(difference, after, 1));
        self.push(Instruction::Xor(difference, difference, before));
        if drops_before {
            self.release(before);
        }
        let carry = self.take();
        self.push(Instruction::Right(carry, after, 63));
        self.push(Instruction::Xor(difference, difference, carry));
        self.release(carry);
        difference
    }

    fn apply(&mut self, x: usize, difference: Register) {
        for y in 0..5 {
            let lane = self.lanes[x + 5 * y];
            self.push(Instruction::Xor(lane, lane, difference));
        }
        self.release(difference);
    }

    /// Rotates the lanes, moves them, and mixes each row.
    fn rho_pi_chi(&mut self) {
        let mut moved = [0; LANES];
        for x in 0..5 {
            for y in 0..5 {
                let lane = self.lanes[x + 5 * y];
                self.rotate(lane, rotation(x, y));
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = lane;
            }
        }
        let flags = complemented_after_rotation();
        for y in 0..5 {
            let row: [Register; 5] = std::array::from_fn(|x| moved[x + 5 * y]);
            let flags: [bool; 5] = std::array::from_fn(|x| flags[x + 5 * y]);
            let wanted: [bool; 5] = std::array::from_fn(|x| is_complemented(x + 5 * y));
            self.chi(row, flags, wanted);
            self.lanes[5 * y..5 * y + 5].copy_from_slice(&row);
        }
    }

    fn rotate(&mut self, lane: Register, by: u32) {
        if by == 0 {
            return;
        }
        let high = self.take();
        self.push(Instruction::Left(high, lane, by));
        self.push(Instruction::Right(lane, lane, 64 - by));
        self.push(Instruction::Or(lane, lane, high));
        self.release(high);
    }

    /// `b[x] ^ (!b[x + 1] & b[x + 2])` for all of a row, of which some lanes are complemented, and
    /// some shall be.
    fn chi(&mut self, row: [Register; 5], flags: [bool; 5], wanted: [bool; 5]) {
        // Most rows take one NOT: for one of the terms, or of a lane in the middle of them.
        let plan = (0..=5).map(|lane| RowPlan::new(flags, wanted, lane)).min_by_key(RowPlan::cost);
        let plan = plan.expect("there are six to choose from");
        let mut terms = [0; 5];
        for is_after in [false, true] {
            if is_after && plan.flipped < 5 {
                self.push(Instruction::Not(row[plan.flipped], row[plan.flipped]));
            }
            for (x, term) in terms.iter_mut().enumerate() {
                if plan.is_after_flip[x] == is_after {
                    *term = self.chi_term(plan.forms[x], row[(x + 1) % 5], row[(x + 2) % 5]);
                }
            }
        }
        for (lane, term) in row.into_iter().zip(terms) {
            self.push(Instruction::Xor(lane, lane, term));
            self.release(term);
        }
    }

    fn chi_term(&mut self, form: Option<Form>, a: Register, b: Register) -> Register {
        let term = self.take();
        match form.expect("the set of complemented lanes is one that goes round") {
            Form::And => self.push(Instruction::And(term, a, b)),
            Form::Or => self.push(Instruction::Or(term, a, b)),
            Form::NotAndSecond => {
                self.push(Instruction::Not(term, a));
                self.push(Instruction::And(term, term, b));
            }
            Form::FirstAndNot => {
                self.push(Instruction::Not(term, b));
                self.push(Instruction::And(term, a, term));
            }
            Form::NotOrSecond => {
                self.push(Instruction::Not(term, a));
                self.push(Instruction::Or(term, term, b));
            }
            Form::FirstOrNot => {
                self.push(Instruction::Not(term, b));
                self.push(Instruction::Or(term, a, term));
            }
        }
        term
    }

    fn iota(&mut self, round: usize) {
        let constant = self.take();
        self.push(Instruction::Constant(constant, round));
        self.push(Instruction::Xor(self.lanes[0], self.lanes[0], constant));
        self.release(constant);
    }
}

/// How a term of chi is computed of what is at hand of its two lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    And,
    Or,
    NotAndSecond,
    FirstAndNot,
    NotOrSecond,
    FirstOrNot,
}

/// How to compute `!a & b`, or its complement if `flips`, of lanes that may be complemented. `None`
/// if that takes more than one NOT.
const fn term_form(a_flag: bool, b_flag: bool, flips: bool) -> Option<Form> {
    match (a_flag, b_flag, flips) {
        (true, false, false) => Some(Form::And),
        (false, true, true) => Some(Form::Or),
        (false, false, false) => Some(Form::NotAndSecond),
        (true, true, false) => Some(Form::FirstAndNot),
        (true, true, true) => Some(Form::NotOrSecond),
        (false, false, true) => Some(Form::FirstOrNot),
        (true, false, true) | (false, true, false) => None,
    }
}

/// In which order and how the terms of a row are computed.
struct RowPlan {
    forms: [Option<Form>; 5],
    /// The lane that is complemented where it is, before it is XORed with its term; 5 for none.
    flipped: usize,
    /// Which terms come after that.
    is_after_flip: [bool; 5],
}

impl RowPlan {
    fn new(flags: [bool; 5], wanted: [bool; 5], flipped: usize) -> Self {
        let mut after = flags;
        if let Some(flag) = after.get_mut(flipped) {
            *flag = !*flag;
        }
        let form = |x: usize, of: [bool; 5]| {
            term_form(of[(x + 1) % 5], of[(x + 2) % 5], wanted[x] != after[x])
        };
        let is_after_flip =
            std::array::from_fn(|x| form_cost(form(x, after)) < form_cost(form(x, flags)));
        let forms = std::array::from_fn(|x| form(x, if is_after_flip[x] { after } else { flags }));
        Self { forms, flipped, is_after_flip }
    }

    /// How many NOTs it takes; many if it can't be done.
    fn cost(&self) -> usize {
        let terms: usize = self.forms.iter().map(|form| form_cost(*form)).sum();
        terms + usize::from(self.flipped < 5)
    }
}

const fn form_cost(form: Option<Form>) -> usize {
    match form {
        Some(Form::And | Form::Or) => 0,
        Some(_) => 1,
        None => 100,
    }
}

fn is_complemented(lane: usize) -> bool {
    COMPLEMENTED.contains(&lane)
}

/// Which lanes are complemented once theta, rho and pi are done: XOR of two complements is none.
fn complemented_after_rotation() -> [bool; LANES] {
    let parity = |x: usize| (0..5).fold(false, |is, y| is ^ is_complemented(x + 5 * y));
    let mut moved = [false; LANES];
    for x in 0..5 {
        let difference = parity((x + 4) % 5) ^ parity((x + 1) % 5);
        for y in 0..5 {
            moved[y + 5 * ((2 * x + 3 * y) % 5)] = is_complemented(x + 5 * y) ^ difference;
        }
    }
    moved
}

/// By how many bits a lane is rotated.
fn rotation(x: usize, y: usize) -> u32 {
    let (mut at, mut by) = ((1, 0), 0);
    for t in 0..24 {
        by += t + 1;
        if at == (x, y) {
            return by % 64;
        }
        at = (at.1, (2 * at.0 + 3 * at.1) % 5);
    }
    0
}

/// The constants of all rounds, from the linear feedback shift register that defines them.
fn round_constants() -> [u64; ROUNDS] {
    let mut register = 1u8;
    std::array::from_fn(|_| {
        (0..7).fold(0, |constant, j| {
            let bit = u64::from(register & 1) << ((1u32 << j) - 1);
            register = (register << 1) ^ if register & 0x80 == 0 { 0 } else { 0x71 };
            constant | bit
        })
    })
}

#[cfg(test)]
mod tests;

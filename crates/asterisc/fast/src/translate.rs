//! From instructions to a block of operations.

use std::cell::Cell;

use asterisc_isa::{Instruction, Op, Register, decode, decode_compressed, is_compressed};
use asterisc_state::SparseMemory;

use crate::{
    code::{BLOCK_STEPS_MAX, Block, Handler, NO_BLOCK, Operation},
    fuse::{From, branch_handler, pair_handler, single_handler},
    handlers as h,
    machine::NOWHERE,
    mapped_memory::MappedMemory,
    parts::{FIRST, NONE, SECOND},
    windows::NO_WINDOW,
};

/// Translates from `pc`, an even address, to the first instruction that leaves for an address that
/// is not known, or to the largest block.
pub(crate) fn translate(memory: &mut MappedMemory, pc: u64) -> Block {
    let mut translation =
        Translation { pc, at: pc, steps: 0, last: None, operations: Vec::new(), parts: Vec::new() };
    while translation.steps < BLOCK_STEPS_MAX {
        let instruction = fetch(memory, translation.at);
        memory.note_code(translation.at, u64::from(instruction.length));
        if translation.add(instruction) {
            return translation.finish();
        }
    }
    translation.leave_for(translation.at);
    translation.finish()
}

/// The instruction at an even address.
fn fetch(memory: &MappedMemory, pc: u64) -> Instruction {
    let mut bytes = [0; 4];
    memory.read_bytes(pc, &mut bytes);
    let [low, high, ..] = bytes;
    let half = u16::from_le_bytes([low, high]);
    if is_compressed(half) { decode_compressed(half) } else { decode(u32::from_le_bytes(bytes)) }
}

/// A block in the making.
struct Translation {
    pc: u64,
    /// Address of the instruction being translated, or of the next one.
    at: u64,
    /// Steps before that instruction.
    steps: u16,
    /// The register whose value was written last.
    last: Option<Register>,
    /// Each with the steps before it in place of those to give back.
    operations: Vec<Operation>,
    /// What of each operation may be part of a pair.
    parts: Vec<(Op, From)>,
}

impl Translation {
    /// Adds an instruction; whether the block ends with it.
    fn add(&mut self, i: Instruction) -> bool {
        let value = i.imm_word();
        let next_pc = self.at.wrapping_add(u64::from(i.length));
        let target = self.at.wrapping_add(value);
        let from = self.origin(i);
        match i.op {
            Op::Lui => self.constant(i, value),
            Op::Auipc => self.constant(i, target),
            Op::CsrZero => self.constant(i, 0),
            Op::Addi if i.rs1 == Register::ZERO => self.constant(i, value),
            // The block goes on where the jump goes to.
            Op::Jal => {
                if i.rd != Register::ZERO {
                    self.constant(i, next_pc);
                }
                self.steps += 1;
                self.at = target;
                return false;
            }
            Op::Jalr => {
                self.jump_register(i, next_pc);
                return true;
            }
            Op::Beq | Op::Bne | Op::Blt | Op::Bge | Op::Bltu | Op::Bgeu => {
                self.push(branch_handler(i.op, from).unwrap_or(h::leave), i, from, target);
                if let Some(operation) = self.operations.last_mut() {
                    // The branch itself is taken where the block is left by it.
                    operation.steps_back += 1;
                }
            }
            _ => match single_handler(i.op, from) {
                Some(handler) => {
                    self.push(handler, i, from, value);
                    self.note_written(i);
                }
                // Rare, or the end of the run: the step that all engines share does it. It is no
                // step of the block.
                None => {
                    self.push(h::leave, i, NONE, 0);
                    return true;
                }
            },
        }
        self.steps += 1;
        self.at = next_pc;
        false
    }

    /// Which operand is the value written last.
    fn origin(&self, i: Instruction) -> From {
        match self.last {
            Some(last) if last == i.rs1 => FIRST,
            Some(last) if last == i.rs2 && reads_second(i.op) => SECOND,
            _ => NONE,
        }
    }

    /// The value written last is now in `i`'s destination.
    fn note_written(&mut self, i: Instruction) {
        match i.op {
            Op::Sb | Op::Sh | Op::Sw | Op::Sd | Op::BranchNever | Op::SystemNop | Op::Fence => {}
            Op::FloatLoad | Op::FloatStore | Op::FloatOp => {}
            _ => self.last = (i.rd != Register::ZERO).then_some(i.rd),
        }
    }

    /// `rd` gets a value known now.
    fn constant(&mut self, i: Instruction, value: u64) {
        if let Some(handler) = single_handler(Op::Lui, NONE) {
            self.push(handler, Instruction { op: Op::Lui, ..i }, NONE, value);
        }
        self.last = (i.rd != Register::ZERO).then_some(i.rd);
    }

    /// Leaves the block for a computed address.
    fn jump_register(&mut self, i: Instruction, next_pc: u64) {
        if i.rd == i.rs1 && i.rd != Register::ZERO {
            let handler = match self.origin(i) {
                FIRST => h::jump_register_link::<FIRST>,
                _ => h::jump_register_link::<NONE>,
            };
            self.push(handler, i, NONE, next_pc);
        } else {
            if i.rd != Register::ZERO {
                self.constant(i, next_pc);
            }
            let handler = match self.origin(i) {
                FIRST => h::jump_register::<FIRST>,
                _ => h::jump_register::<NONE>,
            };
            self.push(handler, i, NONE, 0);
        }
        self.steps += 1;
    }

    /// Leaves the block for a known address.
    fn leave_for(&mut self, target: u64) {
        self.push(h::jump, nop(), NONE, target);
    }

    fn push(&mut self, handler: Handler, i: Instruction, from: From, value: u64) {
        let offset = self.at.wrapping_sub(self.pc).cast_signed();
        let place = if is_memory(i.op) { NO_WINDOW } else { NO_BLOCK };
        self.operations.push(Operation {
            handler,
            value: Cell::new(value),
            place: Cell::new(place),
            // At most 128 jumps of 1 MiB each lie between.
            offset: i32::try_from(offset).unwrap_or(i32::MAX),
            imm: i.imm,
            steps_back: u8::try_from(self.steps).unwrap_or(u8::MAX),
            rd: if i.rd == Register::ZERO { NOWHERE } else { i.rd.number() },
            rs1: i.rs1.number(),
            rs2: i.rs2.number(),
        });
        self.parts.push((i.op, from));
    }

    fn finish(mut self) -> Block {
        let steps = u8::try_from(self.steps).unwrap_or(u8::MAX);
        for operation in &mut self.operations {
            operation.steps_back = steps - operation.steps_back;
        }
        let mut at = 0;
        while let Some([first, second]) = self.parts.get(at..at + 2).and_then(|p| p.as_array()) {
            match pair_handler(*first, *second) {
                Some(handler) => {
                    self.operations[at].handler = handler;
                    at += 2;
                }
                None => at += 1,
            }
        }
        let operations = self.operations.into_boxed_slice();
        Block { pc: self.pc, steps: u64::from(self.steps), operations }
    }
}

/// Whether an instruction loads or stores.
fn is_memory(op: Op) -> bool {
    use Op::*;
    matches!(op, Lb | Lh | Lw | Ld | Lbu | Lhu | Lwu | Sb | Sh | Sw | Sd)
}

/// Whether an instruction reads a second register.
fn reads_second(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        Add | Sub
            | Sll
            | Slt
            | Sltu
            | Xor
            | Srl
            | Sra
            | Or
            | And
            | Addw
            | Subw
            | Sllw
            | Srlw
            | Sraw
            | Mul
            | Mulh
            | Mulhsu
            | Mulhu
            | Div
            | Divu
            | Rem
            | Remu
            | Mulw
            | Divw
            | Divuw
            | Remw
            | Remuw
            | Sb
            | Sh
            | Sw
            | Sd
            | Beq
            | Bne
            | Blt
            | Bge
            | Bltu
            | Bgeu
    )
}

/// An instruction without operands.
fn nop() -> Instruction {
    decode(0x0000_000f)
}

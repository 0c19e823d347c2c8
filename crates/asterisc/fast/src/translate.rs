//! From instructions to a block of operations.

use std::cell::Cell;

use asterisc_isa::{Instruction, Op, Register, decode, decode_compressed, is_compressed};
use asterisc_state::SparseMemory;

use crate::{
    code::{BLOCK_STEPS_MAX, Block, Handler, NO_BLOCK, Operation},
    handlers as h,
    machine::NOWHERE,
    mapped_memory::MappedMemory,
};

/// Translates from `pc`, an even address, to the first instruction that always leaves.
pub(crate) fn translate(memory: &mut MappedMemory, pc: u64) -> Block {
    let mut translation = Translation { pc, offset: 0, steps: 0, operations: Vec::new() };
    loop {
        let at = pc.wrapping_add(u64::from(translation.offset));
        let instruction = fetch(memory, at);
        memory.note_code(at, u64::from(instruction.length));
        if translation.add(at, instruction) {
            break;
        }
        if translation.operations.len() >= BLOCK_STEPS_MAX {
            translation.jump(at.wrapping_add(u64::from(instruction.length)));
            break;
        }
    }
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
    /// Bytes translated so far.
    offset: u16,
    /// Steps translated so far.
    steps: u16,
    /// Each with the steps up to and with itself in place of those after it.
    operations: Vec<Operation>,
}

impl Translation {
    /// Adds an instruction; whether the block ends with it.
    fn add(&mut self, pc: u64, i: Instruction) -> bool {
        let value = i.imm_word();
        let next_pc = pc.wrapping_add(u64::from(i.length));
        let target = pc.wrapping_add(value);
        let handler: Handler = match i.op {
            Op::Lui => return self.constant(i, value),
            Op::Auipc => return self.constant(i, target),
            Op::Jal => {
                self.constant(i, next_pc);
                self.jump(target);
                return true;
            }
            Op::Jalr if i.rd == i.rs1 && i.rd != Register::ZERO => {
                self.count(i);
                self.push(h::jump_register_link, i, value);
                return true;
            }
            Op::Jalr => {
                self.constant(i, next_pc);
                self.push(h::jump_register, i, value);
                return true;
            }
            Op::Beq => return self.branch(h::beq, i, target),
            Op::Bne => return self.branch(h::bne, i, target),
            Op::Blt => return self.branch(h::blt, i, target),
            Op::Bge => return self.branch(h::bge, i, target),
            Op::Bltu => return self.branch(h::bltu, i, target),
            Op::Bgeu => return self.branch(h::bgeu, i, target),
            Op::Lb => h::lb,
            Op::Lh => h::lh,
            Op::Lw => h::lw,
            Op::Ld => h::ld,
            Op::Lbu => h::lbu,
            Op::Lhu => h::lhu,
            Op::Lwu => h::lwu,
            Op::Sb => h::sb,
            Op::Sh => h::sh,
            Op::Sw => h::sw,
            Op::Sd => h::sd,
            Op::Addi if i.rs1 == Register::ZERO => return self.constant(i, value),
            Op::Addi if value == 0 => h::copy,
            Op::Addi => h::addi,
            Op::Slli => h::slli,
            Op::Slti => h::slti,
            Op::Sltiu => h::sltiu,
            Op::Xori => h::xori,
            Op::Srli => h::srli,
            Op::Srai => h::srai,
            Op::Ori => h::ori,
            Op::Andi => h::andi,
            Op::Addiw => h::addiw,
            Op::Slliw => h::slliw,
            Op::Srliw => h::srliw,
            Op::Sraiw => h::sraiw,
            Op::Add => h::add,
            Op::Sub => h::sub,
            Op::Sll => h::sll,
            Op::Slt => h::slt,
            Op::Sltu => h::sltu,
            Op::Xor => h::xor,
            Op::Srl => h::srl,
            Op::Sra => h::sra,
            Op::Or => h::or,
            Op::And => h::and,
            Op::Addw => h::addw,
            Op::Subw => h::subw,
            Op::Sllw => h::sllw,
            Op::Srlw => h::srlw,
            Op::Sraw => h::sraw,
            Op::Mul => h::mul,
            Op::Mulh => h::mulh,
            Op::Mulhsu => h::mulhsu,
            Op::Mulhu => h::mulhu,
            Op::Div => h::div,
            Op::Divu => h::divu,
            Op::Rem => h::rem,
            Op::Remu => h::remu,
            Op::Mulw => h::mulw,
            Op::Divw => h::divw,
            Op::Divuw => h::divuw,
            Op::Remw => h::remw,
            Op::Remuw => h::remuw,
            Op::CsrZero => return self.constant(i, 0),
            Op::BranchNever
            | Op::SystemNop
            | Op::Fence
            | Op::FloatLoad
            | Op::FloatStore
            | Op::FloatOp => h::nothing,
            // Rare, or the end of the run: the step that all engines share does it.
            _ => {
                self.push(h::one_step, i, 0);
                return true;
            }
        };
        self.count(i);
        self.push(handler, i, value);
        false
    }

    /// `rd` gets a value known now; the block goes on.
    fn constant(&mut self, i: Instruction, value: u64) -> bool {
        self.count(i);
        if i.rd != Register::ZERO {
            self.push(h::constant, i, value);
        } else if !matches!(i.op, Op::Jal | Op::Jalr) {
            self.push(h::nothing, i, 0);
        }
        false
    }

    fn branch(&mut self, handler: Handler, i: Instruction, target: u64) -> bool {
        self.count(i);
        self.push(handler, i, target);
        false
    }

    /// Leaves the block for `target`.
    fn jump(&mut self, target: u64) {
        self.push(h::jump, Instruction { op: Op::Jal, ..nop() }, target);
    }

    /// The instruction is a step of this block.
    fn count(&mut self, i: Instruction) {
        self.steps += 1;
        self.offset += u16::from(i.length);
    }

    fn push(&mut self, handler: Handler, i: Instruction, value: u64) {
        let rd = if i.rd == Register::ZERO { NOWHERE } else { i.rd.number() };
        self.operations.push(Operation {
            handler,
            value,
            link: Cell::new(NO_BLOCK),
            steps_after: self.steps,
            offset: self.offset,
            rd,
            rs1: i.rs1.number(),
            rs2: i.rs2.number(),
        });
    }

    fn finish(mut self) -> Block {
        for operation in &mut self.operations {
            operation.steps_after = self.steps - operation.steps_after;
        }
        let operations = self.operations.into_boxed_slice();
        Block { pc: self.pc, steps: u64::from(self.steps), operations }
    }
}

/// An instruction without operands.
fn nop() -> Instruction {
    decode(0x0000_000f)
}

//! A small assembler: what an instruction looks like, and what the manual says it does.
//!
//! Nothing here comes from the tables of the machine, so that the two can disagree. A constructor
//! gives an [`Inst`]: its bits, for the engines, and its [`Effect`], for the
//! [model](crate::model).

mod base;
pub use base::{
    AMO_OPS, AmoOp, BRANCH_OPS, BranchOp, IMMEDIATE_OPS, ImmediateOp, LOAD_OPS, LoadOp, Order,
    REGISTER_OPS, RegisterOp, STORE_OPS, StoreOp, auipc, branch, csr, ebreak, ecall, fence,
    immediate, jal, jalr, load, load_reserved, lui, register, store, store_conditional,
};

mod compressed;
pub use compressed::{
    BRANCH_OPS_C, LOAD_OPS_C, REGISTER_OPS_C, SHIFT_OPS_C, STORE_OPS_C, c_add, c_addi, c_addi4spn,
    c_addi16sp, c_addiw, c_andi, c_branch, c_ebreak, c_j, c_jalr, c_jr, c_li, c_load, c_load_sp,
    c_lui, c_mv, c_nop, c_register, c_shift, c_slli, c_store, c_store_sp,
};

/// Number of a register, 0 to 31.
pub type Reg = u8;

/// What an arithmetic instruction computes of its two operands.
pub type Compute = fn(u64, u64) -> u64;

/// One instruction.
#[derive(Debug, Clone, Copy)]
pub struct Inst {
    /// The encoding; only the low half of a compressed one.
    pub bits: u32,
    /// What it does.
    pub effect: Effect,
}

/// What an instruction does, in the terms of the manual.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum Effect {
    /// rd = compute(rs1, rs2).
    Registers { rd: Reg, rs1: Reg, rs2: Reg, compute: Compute },
    /// rd = compute(rs1, value).
    Immediate { rd: Reg, rs1: Reg, value: u64, compute: Compute },
    /// rd = value.
    Constant { rd: Reg, value: u64 },
    /// rd = pc + value.
    PcRelative { rd: Reg, value: u64 },
    /// rd = bytes at rs1 + offset, sign-extended or not.
    Load { rd: Reg, rs1: Reg, offset: u64, bytes: u64, is_signed: bool },
    /// Bytes at rs1 + offset = rs2.
    Store { rs1: Reg, rs2: Reg, offset: u64, bytes: u64 },
    /// If compute(rs1, rs2) is not 0: pc = pc + offset.
    Branch { rs1: Reg, rs2: Reg, offset: u64, compute: Compute },
    /// rd = next pc; pc = pc + offset.
    Jump { rd: Reg, offset: u64 },
    /// rd = next pc; pc = rs1 + offset, its lowest bit cleared.
    JumpRegister { rd: Reg, rs1: Reg, offset: u64 },
    /// rd = bytes at rs1, which is reserved.
    LoadReserved { rd: Reg, rs1: Reg, bytes: u64 },
    /// If rs1 is reserved: bytes at rs1 = rs2; rd tells.
    StoreConditional { rd: Reg, rs1: Reg, rs2: Reg, bytes: u64 },
    /// rd = bytes at rs1, which become compute(old, rs2).
    Atomic { rd: Reg, rs1: Reg, rs2: Reg, bytes: u64, compute: Compute },
    /// Asks the environment.
    SystemCall,
    /// No effect.
    Nothing,
    /// No next state; the code is what the step reverts with.
    Revert(u64),
}

impl Inst {
    /// An encoding this machine has a rule of its own for.
    pub const fn with_effect(bits: u32, effect: Effect) -> Self {
        Self { bits, effect }
    }

    /// Bytes of the encoding.
    pub const fn length(&self) -> u64 {
        length(self.bits)
    }

    /// The encoding, the lowest byte first.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.bits.to_le_bytes().to_vec();
        bytes.truncate(if self.length() == 2 { 2 } else { 4 });
        bytes
    }
}

/// Bytes of the instruction that begins with these bits: all longer ones have both low bits set.
pub const fn length(bits: u32) -> u64 {
    if bits & 3 == 3 { 4 } else { 2 }
}

/// A number as a field of so many bits.
///
/// # Panics
/// Where it has no such encoding: that is a mistake in a test.
fn field(value: i64, bits: u32) -> u32 {
    let half = 1i64 << (bits - 1);
    assert!((-half..2 * half).contains(&value), "{value} has more than {bits} bits");
    u32::try_from(value.rem_euclid(2 * half)).expect("a field is part of a word")
}

/// Bits `from + count - 1` down to `from` of a value.
const fn slice(value: u32, from: u32, count: u32) -> u32 {
    value >> from & ((1 << count) - 1)
}

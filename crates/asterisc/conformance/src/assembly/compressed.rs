//! The 16-bit instructions, by the opcode listings of the manual.

use super::{Compute, Effect, Inst, Reg, field, slice};
use crate::model::arithmetic as a;

/// The stack pointer, which several instructions imply.
const SP: Reg = 2;

/// A register as a field of three bits.
fn prime(register: Reg) -> u32 {
    assert!((8..16).contains(&register), "x{register} has no field of three bits");
    u32::from(register) - 8
}

/// A register as a field of five bits.
fn full(register: Reg) -> u32 {
    assert!(register < 32, "there is no x{register}");
    u32::from(register)
}

fn immediate(bits: u32, rd: Reg, rs1: Reg, value: i64, compute: Compute) -> Inst {
    let value = value.cast_unsigned();
    Inst { bits, effect: Effect::Immediate { rd, rs1, value, compute } }
}

/// An immediate of six bits in two parts.
fn six(value: i64) -> u32 {
    let imm = field(value, 6);
    slice(imm, 5, 1) << 12 | slice(imm, 0, 5) << 2
}

/// rd' = sp + a multiple of 4, at most 1020.
pub fn c_addi4spn(rd: Reg, value: i64) -> Inst {
    let imm = field(value, 10);
    assert!(value % 4 == 0 && (0..1024).contains(&value), "{value} is no such immediate");
    let bits = slice(imm, 4, 2) << 11
        | slice(imm, 6, 4) << 7
        | slice(imm, 2, 1) << 6
        | slice(imm, 3, 1) << 5
        | prime(rd) << 2;
    immediate(bits, rd, SP, value, a::add)
}

/// Mnemonic, funct3, bytes of a load by a register.
pub const LOAD_OPS_C: [(&str, u32, u64); 2] = [("c.lw", 2, 4), ("c.ld", 3, 8)];
/// Mnemonic, funct3, bytes of a store by a register.
pub const STORE_OPS_C: [(&str, u32, u64); 2] = [("c.sw", 6, 4), ("c.sd", 7, 8)];

/// The offset of a load or store by a register, where it stands.
fn offset_of(bytes: u64, offset: i64) -> u32 {
    let imm = u32::try_from(offset).expect("the offset is not negative");
    assert!(u64::from(imm) % bytes == 0 && u64::from(imm) < 32 * bytes, "{offset} is no offset");
    let low = if bytes == 4 {
        slice(imm, 2, 1) << 6 | slice(imm, 6, 1) << 5
    } else {
        slice(imm, 6, 2) << 5
    };
    slice(imm, 3, 3) << 10 | low
}

/// rd' = memory at rs1' + offset.
pub fn c_load((_, funct3, bytes): (&str, u32, u64), rd: Reg, rs1: Reg, offset: i64) -> Inst {
    let bits = funct3 << 13 | offset_of(bytes, offset) | prime(rs1) << 7 | prime(rd) << 2;
    let offset = offset.cast_unsigned();
    Inst { bits, effect: Effect::Load { rd, rs1, offset, bytes, is_signed: true } }
}

/// Memory at rs1' + offset = rs2'.
pub fn c_store((_, funct3, bytes): (&str, u32, u64), rs2: Reg, rs1: Reg, offset: i64) -> Inst {
    let bits = funct3 << 13 | offset_of(bytes, offset) | prime(rs1) << 7 | prime(rs2) << 2;
    Inst { bits, effect: Effect::Store { rs1, rs2, offset: offset.cast_unsigned(), bytes } }
}

/// Nothing; a number makes a hint of it.
pub fn c_nop(value: i64) -> Inst {
    Inst { bits: six(value) | 0b01, effect: Effect::Nothing }
}

/// rd = rd + a number of six bits.
pub fn c_addi(rd: Reg, value: i64) -> Inst {
    immediate(six(value) | full(rd) << 7 | 0b01, rd, rd, value, a::add)
}

/// rd = the low word of rd + a number of six bits, sign-extended.
pub fn c_addiw(rd: Reg, value: i64) -> Inst {
    immediate(1 << 13 | six(value) | full(rd) << 7 | 0b01, rd, rd, value, a::addw)
}

/// rd = a number of six bits.
pub fn c_li(rd: Reg, value: i64) -> Inst {
    let bits = 2 << 13 | six(value) | full(rd) << 7 | 0b01;
    Inst { bits, effect: Effect::Constant { rd, value: value.cast_unsigned() } }
}

/// sp = sp + a multiple of 16, -512 to 496.
pub fn c_addi16sp(value: i64) -> Inst {
    let imm = field(value, 10);
    assert!(value % 16 == 0 && (-512..512).contains(&value), "{value} is no such immediate");
    let bits = 3 << 13
        | slice(imm, 9, 1) << 12
        | full(SP) << 7
        | slice(imm, 4, 1) << 6
        | slice(imm, 6, 1) << 5
        | slice(imm, 7, 2) << 3
        | slice(imm, 5, 1) << 2
        | 0b01;
    immediate(bits, SP, SP, value, a::add)
}

/// rd = a number of six bits, shifted left by 12.
pub fn c_lui(rd: Reg, number: i64) -> Inst {
    let bits = 3 << 13 | six(number) | full(rd) << 7 | 0b01;
    Inst { bits, effect: Effect::Constant { rd, value: (number * 4096).cast_unsigned() } }
}

/// Mnemonic, funct2 and effect of the right shifts.
pub const SHIFT_OPS_C: [(&str, u32, Compute); 2] = [("c.srli", 0, a::srl), ("c.srai", 1, a::sra)];

/// rd' = rd' shifted right.
pub fn c_shift((_, funct2, compute): (&str, u32, Compute), rd: Reg, amount: i64) -> Inst {
    assert!((0..64).contains(&amount), "{amount} is no shift amount");
    immediate(4 << 13 | six(amount) | funct2 << 10 | prime(rd) << 7 | 0b01, rd, rd, amount, compute)
}

/// rd' = rd' and a number of six bits.
pub fn c_andi(rd: Reg, value: i64) -> Inst {
    immediate(4 << 13 | six(value) | 2 << 10 | prime(rd) << 7 | 0b01, rd, rd, value, a::and)
}

/// Mnemonic, bit 12, funct2 and effect of the instructions on two of the eight registers.
pub const REGISTER_OPS_C: [(&str, u32, u32, Compute); 6] = [
    ("c.sub", 0, 0, a::sub),
    ("c.xor", 0, 1, a::xor),
    ("c.or", 0, 2, a::or),
    ("c.and", 0, 3, a::and),
    ("c.subw", 1, 0, a::subw),
    ("c.addw", 1, 1, a::addw),
];

/// rd' = rd' op rs2'.
pub fn c_register((_, bit, funct2, compute): (&str, u32, u32, Compute), rd: Reg, rs2: Reg) -> Inst {
    let bits =
        4 << 13 | bit << 12 | 3 << 10 | prime(rd) << 7 | funct2 << 5 | prime(rs2) << 2 | 0b01;
    Inst { bits, effect: Effect::Registers { rd, rs1: rd, rs2, compute } }
}

/// Jumps by an offset of 12 bits, in bytes.
pub fn c_j(offset: i64) -> Inst {
    let imm = field(offset, 12);
    assert!(imm & 1 == 0, "the offset of a jump is even");
    let bits = 5 << 13
        | slice(imm, 11, 1) << 12
        | slice(imm, 4, 1) << 11
        | slice(imm, 8, 2) << 9
        | slice(imm, 10, 1) << 8
        | slice(imm, 6, 1) << 7
        | slice(imm, 7, 1) << 6
        | slice(imm, 1, 3) << 3
        | slice(imm, 5, 1) << 2
        | 0b01;
    Inst { bits, effect: Effect::Jump { rd: 0, offset: offset.cast_unsigned() } }
}

/// Mnemonic, funct3 and condition of the branches that compare with zero.
pub const BRANCH_OPS_C: [(&str, u32, Compute); 2] =
    [("c.beqz", 6, a::is_equal), ("c.bnez", 7, a::is_not_equal)];

/// Branches by an offset of 9 bits, in bytes.
pub fn c_branch((_, funct3, compute): (&str, u32, Compute), rs1: Reg, offset: i64) -> Inst {
    let imm = field(offset, 9);
    assert!(imm & 1 == 0, "the offset of a branch is even");
    let bits = funct3 << 13
        | slice(imm, 8, 1) << 12
        | slice(imm, 3, 2) << 10
        | prime(rs1) << 7
        | slice(imm, 6, 2) << 5
        | slice(imm, 1, 2) << 3
        | slice(imm, 5, 1) << 2
        | 0b01;
    Inst { bits, effect: Effect::Branch { rs1, rs2: 0, offset: offset.cast_unsigned(), compute } }
}

/// rd = rd shifted left.
pub fn c_slli(rd: Reg, amount: i64) -> Inst {
    assert!((0..64).contains(&amount), "{amount} is no shift amount");
    immediate(six(amount) | full(rd) << 7 | 0b10, rd, rd, amount, a::sll)
}

/// rd = 4 or 8 bytes at sp + offset.
pub fn c_load_sp(bytes: u64, rd: Reg, offset: i64) -> Inst {
    let imm = u32::try_from(offset).expect("the offset is not negative");
    assert!(u64::from(imm) % bytes == 0 && u64::from(imm) < 64 * bytes, "{offset} is no offset");
    let (funct3, low) = if bytes == 4 {
        (2, slice(imm, 2, 3) << 4 | slice(imm, 6, 2) << 2)
    } else {
        (3, slice(imm, 3, 2) << 5 | slice(imm, 6, 3) << 2)
    };
    let bits = funct3 << 13 | slice(imm, 5, 1) << 12 | full(rd) << 7 | low | 0b10;
    let offset = offset.cast_unsigned();
    Inst { bits, effect: Effect::Load { rd, rs1: SP, offset, bytes, is_signed: true } }
}

/// 4 or 8 bytes at sp + offset = rs2.
pub fn c_store_sp(bytes: u64, rs2: Reg, offset: i64) -> Inst {
    let imm = u32::try_from(offset).expect("the offset is not negative");
    assert!(u64::from(imm) % bytes == 0 && u64::from(imm) < 64 * bytes, "{offset} is no offset");
    let (funct3, high) = if bytes == 4 {
        (6, slice(imm, 2, 4) << 9 | slice(imm, 6, 2) << 7)
    } else {
        (7, slice(imm, 3, 3) << 10 | slice(imm, 6, 3) << 7)
    };
    let bits = funct3 << 13 | high | full(rs2) << 2 | 0b10;
    Inst { bits, effect: Effect::Store { rs1: SP, rs2, offset: offset.cast_unsigned(), bytes } }
}

/// Quadrant 2, funct3 4, where the other fields tell five instructions apart.
fn of_registers(bit: u32, first: Reg, second: Reg) -> u32 {
    4 << 13 | bit << 12 | full(first) << 7 | full(second) << 2 | 0b10
}

/// Jumps to rs1.
pub fn c_jr(rs1: Reg) -> Inst {
    let bits = of_registers(0, rs1, 0);
    Inst { bits, effect: Effect::JumpRegister { rd: 0, rs1, offset: 0 } }
}

/// Jumps to rs1 and leaves the return address in ra.
pub fn c_jalr(rs1: Reg) -> Inst {
    let bits = of_registers(1, rs1, 0);
    Inst { bits, effect: Effect::JumpRegister { rd: 1, rs1, offset: 0 } }
}

/// rd = rs2.
pub fn c_mv(rd: Reg, rs2: Reg) -> Inst {
    let bits = of_registers(0, rd, rs2);
    Inst { bits, effect: Effect::Registers { rd, rs1: 0, rs2, compute: a::second } }
}

/// rd = rd + rs2.
pub fn c_add(rd: Reg, rs2: Reg) -> Inst {
    let bits = of_registers(1, rd, rs2);
    Inst { bits, effect: Effect::Registers { rd, rs1: rd, rs2, compute: a::add } }
}

/// A breakpoint, of which this machine makes nothing.
pub fn c_ebreak() -> Inst {
    Inst { bits: of_registers(1, 0, 0), effect: Effect::Nothing }
}

//! From a word to an operation and its operands, by the tables.

use crate::{
    COMPRESSED, CompressedFormat, CompressedSpec, Format, INSTRUCTIONS, InstructionSpec, Op,
    Register, RevertCode,
};

/// A decoded instruction. Operands its [`Op`] does not use are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// What it does.
    pub op: Op,
    /// Register written.
    pub rd: Register,
    /// First register read.
    pub rs1: Register,
    /// Second register read.
    pub rs2: Register,
    /// Immediate, offset from pc, or shift amount, sign-extended.
    pub imm: i32,
    /// Length in bytes: 2 or 4.
    pub length: u8,
}

impl Instruction {
    /// The immediate as a 64-bit word.
    pub const fn imm_word(&self) -> u64 {
        (self.imm as i64).cast_unsigned()
    }

    /// An encoding that reverts.
    const fn illegal(code: RevertCode, length: u8) -> Self {
        Self { op: Op::Illegal(code), length, ..Self::EMPTY }
    }

    const EMPTY: Self = Self {
        op: Op::Illegal(RevertCode::UnknownOpcode),
        rd: Register::ZERO,
        rs1: Register::ZERO,
        rs2: Register::ZERO,
        imm: 0,
        length: 4,
    };
}

/// Whether the instruction that starts with `half` is 16 bits long.
///
/// Spec: the low two bits are `11` in all longer ones.
pub const fn is_compressed(half: u16) -> bool {
    half & 0b11 != 0b11
}

/// Where the rows of one opcode begin and end in [`INSTRUCTIONS`].
#[derive(Clone, Copy)]
struct Bucket {
    start: usize,
    end: usize,
}

/// Rows by opcode bits 6:2. The table keeps the rows of an opcode together, which is checked here.
const BUCKETS: [Bucket; 32] = {
    let mut buckets = [Bucket { start: 0, end: 0 }; 32];
    let mut row = 0;
    while row < INSTRUCTIONS.len() {
        let bucket = (INSTRUCTIONS[row].pattern >> 2 & 0x1f) as usize;
        assert!(INSTRUCTIONS[row].mask & 0x7f == 0x7f, "a row leaves opcode bits open");
        if buckets[bucket].end == 0 {
            buckets[bucket].start = row;
        } else {
            assert!(buckets[bucket].end == row, "the rows of an opcode are not together");
        }
        buckets[bucket].end = row + 1;
        row += 1;
    }
    buckets
};

/// The row of a 32-bit instruction.
pub(crate) fn find(word: u32) -> Option<&'static InstructionSpec> {
    if word & 0b11 != 0b11 {
        return None;
    }
    let bucket = BUCKETS[(word >> 2 & 0x1f) as usize];
    INSTRUCTIONS[bucket.start..bucket.end].iter().find(|row| row.matches(word))
}

/// The row of a 16-bit instruction.
pub(crate) fn find_compressed(half: u16) -> Option<&'static CompressedSpec> {
    COMPRESSED.iter().find(|row| row.matches(half))
}

/// Decodes a 32-bit instruction.
pub fn decode(word: u32) -> Instruction {
    let Some(row) = find(word) else {
        return Instruction::illegal(RevertCode::UnknownOpcode, 4);
    };
    let rd = Register::from_low_bits(word >> 7);
    let rs1 = Register::from_low_bits(word >> 15);
    let rs2 = Register::from_low_bits(word >> 20);
    let base = Instruction { op: row.op, ..Instruction::EMPTY };
    match row.format {
        Format::R | Format::Atomic => Instruction { rd, rs1, rs2, ..base },
        Format::I | Format::Load => Instruction { rd, rs1, imm: imm_i(word), ..base },
        Format::Shift64 => Instruction { rd, rs1, imm: imm_i(word) & 0x3f, ..base },
        Format::Shift32 => Instruction { rd, rs1, imm: imm_i(word) & 0x1f, ..base },
        Format::Store => Instruction { rs1, rs2, imm: imm_s(word), ..base },
        Format::Branch => Instruction { rs1, rs2, imm: imm_b(word), ..base },
        Format::Upper => Instruction { rd, imm: (word & 0xffff_f000).cast_signed(), ..base },
        Format::Jump => Instruction { rd, imm: imm_j(word), ..base },
        Format::LoadReserved => Instruction { rd, rs1, ..base },
        Format::Destination => Instruction { rd, ..base },
        Format::None => base,
    }
}

/// Decodes a 16-bit instruction into the one it stands for.
pub fn decode_compressed(half: u16) -> Instruction {
    use CompressedFormat as F;

    let Some(row) = find_compressed(half) else {
        return Instruction::illegal(RevertCode::UnknownOpcode, 2);
    };
    let rd = Register::from_low_bits(u32::from(half >> 7));
    let rs2 = Register::from_low_bits(u32::from(half >> 2));
    // Three-bit fields: the upper one is rs1' and rd', the lower one rs2' or a load's rd'.
    let upper = Register::from_compressed_bits(half >> 7);
    let lower = Register::from_compressed_bits(half >> 2);
    let (sp, imm6) = (Register::SP, imm_ci(half));
    let base = Instruction { op: row.op, length: 2, ..Instruction::EMPTY };
    match row.format {
        F::Addi4Spn => Instruction { rd: lower, rs1: sp, imm: imm_addi4spn(half), ..base },
        F::LoadWord => Instruction { rd: lower, rs1: upper, imm: imm_word(half), ..base },
        F::LoadDouble => Instruction { rd: lower, rs1: upper, imm: imm_double(half), ..base },
        F::StoreWord => Instruction { rs1: upper, rs2: lower, imm: imm_word(half), ..base },
        F::StoreDouble => Instruction { rs1: upper, rs2: lower, imm: imm_double(half), ..base },
        F::Immediate => Instruction { rd, rs1: rd, imm: imm6, ..base },
        F::LoadImmediate => Instruction { rd, imm: imm6, ..base },
        F::Addi16Sp => Instruction { rd: sp, rs1: sp, imm: imm_addi16sp(half), ..base },
        F::LoadUpper => Instruction { rd, imm: imm6 << 12, ..base },
        F::ShiftPrime => Instruction { rd: upper, rs1: upper, imm: imm6 & 0x3f, ..base },
        F::Shift => Instruction { rd, rs1: rd, imm: imm6 & 0x3f, ..base },
        F::ImmediatePrime => Instruction { rd: upper, rs1: upper, imm: imm6, ..base },
        F::RegisterPrime => Instruction { rd: upper, rs1: upper, rs2: lower, ..base },
        F::Jump => Instruction { imm: imm_cj(half), ..base },
        F::Branch => Instruction { rs1: upper, imm: imm_cb(half), ..base },
        F::LoadWordSp => Instruction { rd, rs1: sp, imm: imm_lwsp(half), ..base },
        F::LoadDoubleSp => Instruction { rd, rs1: sp, imm: imm_ldsp(half), ..base },
        F::StoreWordSp => Instruction { rs1: sp, rs2, imm: imm_swsp(half), ..base },
        F::StoreDoubleSp => Instruction { rs1: sp, rs2, imm: imm_sdsp(half), ..base },
        F::JumpRegister => Instruction { rs1: rd, ..base },
        F::JumpRegisterLink => Instruction { rd: Register::RA, rs1: rd, ..base },
        F::Move => Instruction { rd, rs2, ..base },
        F::Register => Instruction { rd, rs1: rd, rs2, ..base },
        F::None => base,
    }
}

/// Bits 31:20, sign-extended.
const fn imm_i(word: u32) -> i32 {
    word.cast_signed() >> 20
}

/// Bits 31:25 and 11:7, sign-extended.
const fn imm_s(word: u32) -> i32 {
    (word.cast_signed() >> 25) << 5 | field(word, 7, 5, 0)
}

/// Bits 31, 7, 30:25 and 11:8 of a branch, in units of two bytes, sign-extended.
const fn imm_b(word: u32) -> i32 {
    (word.cast_signed() >> 31) << 12
        | field(word, 7, 1, 11)
        | field(word, 25, 6, 5)
        | field(word, 8, 4, 1)
}

/// Bits 31, 19:12, 20 and 30:21 of a jump, in units of two bytes, sign-extended.
const fn imm_j(word: u32) -> i32 {
    (word.cast_signed() >> 31) << 20
        | field(word, 12, 8, 12)
        | field(word, 20, 1, 11)
        | field(word, 21, 10, 1)
}

/// Takes `count` bits of `word` from bit `from` on and puts them at bit `to`.
const fn field(word: u32, from: u32, count: u32, to: u32) -> i32 {
    ((word >> from & ((1 << count) - 1)) << to).cast_signed()
}

/// [`field`] of a compressed instruction.
const fn half_field(half: u16, from: u32, count: u32, to: u32) -> i32 {
    field(half as u32, from, count, to)
}

/// The sign bit 12 of a compressed instruction, extended from bit `to` upwards.
const fn half_sign(half: u16, to: u32) -> i32 {
    -half_field(half, 12, 1, to)
}

/// imm[5] at 12, imm[4:0] at 6:2, sign-extended.
const fn imm_ci(half: u16) -> i32 {
    half_sign(half, 5) | half_field(half, 2, 5, 0)
}

/// nzuimm[5:4|9:6|2|3] at 12:5.
const fn imm_addi4spn(half: u16) -> i32 {
    half_field(half, 11, 2, 4)
        | half_field(half, 7, 4, 6)
        | half_field(half, 6, 1, 2)
        | half_field(half, 5, 1, 3)
}

/// uimm[5:3] at 12:10, uimm[2|6] at 6:5.
const fn imm_word(half: u16) -> i32 {
    half_field(half, 10, 3, 3) | half_field(half, 6, 1, 2) | half_field(half, 5, 1, 6)
}

/// uimm[5:3] at 12:10, uimm[7:6] at 6:5.
const fn imm_double(half: u16) -> i32 {
    half_field(half, 10, 3, 3) | half_field(half, 5, 2, 6)
}

/// nzimm[9] at 12, nzimm[4|6|8:7|5] at 6:2, sign-extended.
const fn imm_addi16sp(half: u16) -> i32 {
    half_sign(half, 9)
        | half_field(half, 6, 1, 4)
        | half_field(half, 5, 1, 6)
        | half_field(half, 3, 2, 7)
        | half_field(half, 2, 1, 5)
}

/// imm[11|4|9:8|10|6|7|3:1|5] at 12:2, sign-extended.
const fn imm_cj(half: u16) -> i32 {
    half_sign(half, 11)
        | half_field(half, 11, 1, 4)
        | half_field(half, 9, 2, 8)
        | half_field(half, 8, 1, 10)
        | half_field(half, 7, 1, 6)
        | half_field(half, 6, 1, 7)
        | half_field(half, 3, 3, 1)
        | half_field(half, 2, 1, 5)
}

/// imm[8|4:3] at 12:10, imm[7:6|2:1|5] at 6:2, sign-extended.
const fn imm_cb(half: u16) -> i32 {
    half_sign(half, 8)
        | half_field(half, 10, 2, 3)
        | half_field(half, 5, 2, 6)
        | half_field(half, 3, 2, 1)
        | half_field(half, 2, 1, 5)
}

/// uimm[5] at 12, uimm[4:2|7:6] at 6:2.
const fn imm_lwsp(half: u16) -> i32 {
    half_field(half, 12, 1, 5) | half_field(half, 4, 3, 2) | half_field(half, 2, 2, 6)
}

/// uimm[5] at 12, uimm[4:3|8:6] at 6:2.
const fn imm_ldsp(half: u16) -> i32 {
    half_field(half, 12, 1, 5) | half_field(half, 5, 2, 3) | half_field(half, 2, 3, 6)
}

/// uimm[5:2|7:6] at 12:7.
const fn imm_swsp(half: u16) -> i32 {
    half_field(half, 9, 4, 2) | half_field(half, 7, 2, 6)
}

/// uimm[5:3|8:6] at 12:7.
const fn imm_sdsp(half: u16) -> i32 {
    half_field(half, 10, 3, 3) | half_field(half, 7, 3, 6)
}

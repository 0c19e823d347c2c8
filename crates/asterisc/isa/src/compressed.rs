//! The one definition of the 16-bit instructions (RV64C without floating point).
//!
//! Each row names the 32-bit instruction it stands for; its format says how operands and immediate
//! are unpacked. Earlier rows win. What no row matches is an unknown opcode.

use crate::{Op, RevertCode};

/// How a compressed instruction's operands become those of the instruction it stands for.
///
/// Named after the formats of the RISC-V manual where one has a single immediate layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompressedFormat {
    /// rd' = sp + nzuimm: `c.addi4spn`.
    Addi4Spn,
    /// rd' = 4 bytes at rs1' + uimm.
    LoadWord,
    /// rd' = 8 bytes at rs1' + uimm.
    LoadDouble,
    /// 4 bytes at rs1' + uimm = rs2'.
    StoreWord,
    /// 8 bytes at rs1' + uimm = rs2'.
    StoreDouble,
    /// rd = rd op imm.
    Immediate,
    /// rd = 0 op imm: `c.li`.
    LoadImmediate,
    /// sp = sp + nzimm: `c.addi16sp`.
    Addi16Sp,
    /// rd = nzimm << 12: `c.lui`.
    LoadUpper,
    /// rd' = rd' shifted by shamt.
    ShiftPrime,
    /// rd = rd shifted by shamt.
    Shift,
    /// rd' = rd' op imm.
    ImmediatePrime,
    /// rd' = rd' op rs2'.
    RegisterPrime,
    /// pc = pc + imm.
    Jump,
    /// If rs1' compares with zero: pc = pc + imm.
    Branch,
    /// rd = 4 bytes at sp + uimm.
    LoadWordSp,
    /// rd = 8 bytes at sp + uimm.
    LoadDoubleSp,
    /// 4 bytes at sp + uimm = rs2.
    StoreWordSp,
    /// 8 bytes at sp + uimm = rs2.
    StoreDoubleSp,
    /// pc = rs1.
    JumpRegister,
    /// ra = next pc; pc = rs1.
    JumpRegisterLink,
    /// rd = rs2: `c.mv`.
    Move,
    /// rd = rd + rs2: `c.add`.
    Register,
    /// No operands.
    None,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct CompressedSpec {
    /// The instruction this one stands for.
    pub op: Op,
    /// Name in assembly.
    pub mnemonic: &'static str,
    /// Layout of the operands.
    pub format: CompressedFormat,
    /// Bits that must match.
    pub mask: u16,
    /// Value of those bits.
    pub pattern: u16,
}

impl CompressedSpec {
    /// Whether `half` is this instruction.
    pub const fn matches(&self, half: u16) -> bool {
        half & self.mask == self.pattern
    }
}

/// funct3 and quadrant.
const FUNCT3: u16 = 0xe003;
/// funct3, bits 11:10 and quadrant.
const FUNCT3_2: u16 = 0xec03;
/// funct3, bits 12:10, bits 6:5 and quadrant.
const ARITHMETIC: u16 = 0xfc63;
/// funct4 and quadrant.
const FUNCT4: u16 = 0xf003;
/// funct4, rs2 and quadrant.
const FUNCT4_RS2: u16 = 0xf07f;
/// The rd field.
const RD: u16 = 0x0f80;
/// The six-bit immediate field (bits 12 and 6:2).
const IMM6: u16 = 0x107c;
/// The eight-bit immediate field of `c.addi4spn`.
const IMM8: u16 = 0x1fe0;

/// Puts funct3 (or the upper bits of funct4) beside a quadrant.
const fn bits(funct3: u16, quadrant: u16) -> u16 {
    funct3 << 13 | quadrant
}

/// Builds a row.
const fn row(
    mnemonic: &'static str,
    op: Op,
    format: CompressedFormat,
    mask: u16,
    pattern: u16,
) -> CompressedSpec {
    CompressedSpec { op, mnemonic, format, mask, pattern }
}

/// Builds a row of an encoding that is reserved.
const fn reserved(mask: u16, pattern: u16) -> CompressedSpec {
    row(
        "c.reserved",
        Op::Illegal(RevertCode::IllegalEncoding),
        CompressedFormat::None,
        mask,
        pattern,
    )
}

/// Every 16-bit instruction; earlier rows win.
pub const COMPRESSED: &[CompressedSpec] = &{
    use CompressedFormat as F;
    [
        // Quadrant 0. The all-zero word is illegal by definition: it is what empty memory holds.
        row("c.unimp", Op::Illegal(RevertCode::UnknownOpcode), F::None, 0xffff, 0),
        reserved(FUNCT3 | IMM8, bits(0, 0)),
        row("c.addi4spn", Op::Addi, F::Addi4Spn, FUNCT3, bits(0, 0)),
        row("c.lw", Op::Lw, F::LoadWord, FUNCT3, bits(2, 0)),
        row("c.ld", Op::Ld, F::LoadDouble, FUNCT3, bits(3, 0)),
        reserved(FUNCT3, bits(4, 0)),
        row("c.sw", Op::Sw, F::StoreWord, FUNCT3, bits(6, 0)),
        row("c.sd", Op::Sd, F::StoreDouble, FUNCT3, bits(7, 0)),
        // Quadrant 1.
        row("c.addi", Op::Addi, F::Immediate, FUNCT3, bits(0, 1)),
        reserved(FUNCT3 | RD, bits(1, 1)),
        row("c.addiw", Op::Addiw, F::Immediate, FUNCT3, bits(1, 1)),
        row("c.li", Op::Addi, F::LoadImmediate, FUNCT3, bits(2, 1)),
        reserved(FUNCT3 | IMM6, bits(3, 1)),
        row("c.addi16sp", Op::Addi, F::Addi16Sp, FUNCT3 | RD, bits(3, 1) | 2 << 7),
        row("c.lui", Op::Lui, F::LoadUpper, FUNCT3, bits(3, 1)),
        row("c.srli", Op::Srli, F::ShiftPrime, FUNCT3_2, bits(4, 1)),
        row("c.srai", Op::Srai, F::ShiftPrime, FUNCT3_2, bits(4, 1) | 1 << 10),
        row("c.andi", Op::Andi, F::ImmediatePrime, FUNCT3_2, bits(4, 1) | 2 << 10),
        row("c.sub", Op::Sub, F::RegisterPrime, ARITHMETIC, bits(4, 1) | 3 << 10),
        row("c.xor", Op::Xor, F::RegisterPrime, ARITHMETIC, bits(4, 1) | 3 << 10 | 1 << 5),
        row("c.or", Op::Or, F::RegisterPrime, ARITHMETIC, bits(4, 1) | 3 << 10 | 2 << 5),
        row("c.and", Op::And, F::RegisterPrime, ARITHMETIC, bits(4, 1) | 3 << 10 | 3 << 5),
        row("c.subw", Op::Subw, F::RegisterPrime, ARITHMETIC, bits(4, 1) | 7 << 10),
        row("c.addw", Op::Addw, F::RegisterPrime, ARITHMETIC, bits(4, 1) | 7 << 10 | 1 << 5),
        reserved(FUNCT3_2, bits(4, 1) | 3 << 10),
        row("c.j", Op::Jal, F::Jump, FUNCT3, bits(5, 1)),
        row("c.beqz", Op::Beq, F::Branch, FUNCT3, bits(6, 1)),
        row("c.bnez", Op::Bne, F::Branch, FUNCT3, bits(7, 1)),
        // Quadrant 2.
        row("c.slli", Op::Slli, F::Shift, FUNCT3, bits(0, 2)),
        reserved(FUNCT3 | RD, bits(2, 2)),
        row("c.lwsp", Op::Lw, F::LoadWordSp, FUNCT3, bits(2, 2)),
        reserved(FUNCT3 | RD, bits(3, 2)),
        row("c.ldsp", Op::Ld, F::LoadDoubleSp, FUNCT3, bits(3, 2)),
        reserved(0xffff, bits(4, 2)),
        row("c.jr", Op::Jalr, F::JumpRegister, FUNCT4_RS2, bits(4, 2)),
        row("c.mv", Op::Add, F::Move, FUNCT4, bits(4, 2)),
        row("c.ebreak", Op::SystemNop, F::None, 0xffff, bits(4, 2) | 1 << 12),
        row("c.jalr", Op::Jalr, F::JumpRegisterLink, FUNCT4_RS2, bits(4, 2) | 1 << 12),
        row("c.add", Op::Add, F::Register, FUNCT4, bits(4, 2) | 1 << 12),
        row("c.swsp", Op::Sw, F::StoreWordSp, FUNCT3, bits(6, 2)),
        row("c.sdsp", Op::Sd, F::StoreDoubleSp, FUNCT3, bits(7, 2)),
    ]
};

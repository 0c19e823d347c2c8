//! Assembly text, by the tables.

use core::fmt;

use crate::{
    CompressedFormat, Format, Instruction, decode,
    decode::{find, find_compressed},
    decode_compressed, is_compressed,
};

/// Prints the instruction a word starts with; offsets are printed as absolute addresses.
///
/// Only the low half of the word matters where that is a compressed instruction.
#[derive(Debug, Clone, Copy)]
pub struct Disassembly {
    /// Bytes at `pc`, little-endian.
    pub word: u32,
    /// Address of the instruction.
    pub pc: u64,
}

impl Disassembly {
    /// The low half of the word.
    const fn half(&self) -> u16 {
        u16::from_le_bytes([self.word.to_le_bytes()[0], self.word.to_le_bytes()[1]])
    }

    /// Target of a jump or branch.
    const fn target(&self, instruction: &Instruction) -> u64 {
        self.pc.wrapping_add(instruction.imm_word())
    }

    fn fmt_word(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(row) = find(self.word) else {
            return write!(f, ".word {:#010x}", self.word);
        };
        let i = decode(self.word);
        let (rd, rs1, rs2, imm) = (i.rd, i.rs1, i.rs2, i.imm);
        f.write_str(row.mnemonic)?;
        match row.format {
            Format::R => write!(f, " {rd}, {rs1}, {rs2}"),
            Format::I => write!(f, " {rd}, {rs1}, {imm}"),
            Format::Shift64 | Format::Shift32 => write!(f, " {rd}, {rs1}, {imm:#x}"),
            Format::Load => write!(f, " {rd}, {imm}({rs1})"),
            Format::Store => write!(f, " {rs2}, {imm}({rs1})"),
            Format::Branch => write!(f, " {rs1}, {rs2}, {:#x}", self.target(&i)),
            Format::Upper => write!(f, " {rd}, {:#x}", imm.cast_unsigned() >> 12),
            Format::Jump => write!(f, " {rd}, {:#x}", self.target(&i)),
            Format::Atomic => write!(f, " {rd}, {rs2}, ({rs1})"),
            Format::LoadReserved => write!(f, " {rd}, ({rs1})"),
            Format::Destination => write!(f, " {rd}"),
            Format::None => Ok(()),
        }
    }

    fn fmt_compressed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use CompressedFormat as F;

        let half = self.half();
        let Some(row) = find_compressed(half) else {
            return write!(f, ".half {half:#06x}");
        };
        let i = decode_compressed(half);
        let (rd, rs1, rs2, imm) = (i.rd, i.rs1, i.rs2, i.imm);
        f.write_str(row.mnemonic)?;
        match row.format {
            F::Addi4Spn => write!(f, " {rd}, sp, {imm}"),
            F::LoadWord | F::LoadDouble => write!(f, " {rd}, {imm}({rs1})"),
            F::StoreWord | F::StoreDouble => write!(f, " {rs2}, {imm}({rs1})"),
            F::Immediate | F::LoadImmediate | F::ImmediatePrime => write!(f, " {rd}, {imm}"),
            F::ShiftPrime | F::Shift => write!(f, " {rd}, {imm:#x}"),
            F::Addi16Sp => write!(f, " sp, {imm}"),
            F::LoadUpper => write!(f, " {rd}, {:#x}", imm.cast_unsigned() >> 12),
            F::RegisterPrime | F::Register | F::Move => write!(f, " {rd}, {rs2}"),
            F::Jump => write!(f, " {:#x}", self.target(&i)),
            F::Branch => write!(f, " {rs1}, {:#x}", self.target(&i)),
            F::LoadWordSp | F::LoadDoubleSp => write!(f, " {rd}, {imm}(sp)"),
            F::StoreWordSp | F::StoreDoubleSp => write!(f, " {rs2}, {imm}(sp)"),
            F::JumpRegister | F::JumpRegisterLink => write!(f, " {rs1}"),
            F::None => Ok(()),
        }
    }
}

impl fmt::Display for Disassembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_compressed(self.half()) { self.fmt_compressed(f) } else { self.fmt_word(f) }
    }
}

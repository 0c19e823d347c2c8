//! The one definition of the 32-bit instructions.
//!
//! Each row says which words are this instruction (`word & mask == pattern`), how its operands are
//! laid out, and what it does in one line. Earlier rows win. Decoder, disassembler and the
//! generated documentation read this table; engines match on [`Op`], so that a row without an
//! implementation does not compile.
//!
//! A mask is as lenient as the machine: it leaves out bits the RISC-V manual fixes but this machine
//! ignores. Rows whose [`Op`] is [`Op::Illegal`] are the encodings inside a known opcode that
//! revert.

use crate::RevertCode;

/// Where the operands of an instruction stand in its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// rd, rs1, rs2.
    R,
    /// rd, rs1, 12-bit immediate.
    I,
    /// rd, rs1, 6-bit shift amount.
    Shift64,
    /// rd, rs1, 5-bit shift amount.
    Shift32,
    /// rd, 12-bit immediate (rs1): a load, or `jalr`.
    Load,
    /// rs2, 12-bit immediate (rs1).
    Store,
    /// rs1, rs2, 13-bit offset from pc.
    Branch,
    /// rd, upper 20 bits.
    Upper,
    /// rd, 21-bit offset from pc.
    Jump,
    /// rd, rs2, (rs1).
    Atomic,
    /// rd, (rs1).
    LoadReserved,
    /// rd alone.
    Destination,
    /// No operands.
    None,
}

/// The part of the instruction set an instruction belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// Base integer instructions.
    I,
    /// Multiplication and division.
    M,
    /// Atomics.
    A,
    /// Control and status registers, of which this machine has none.
    Zicsr,
    /// Floating point, which this machine ignores.
    FloatIgnored,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct InstructionSpec {
    /// What the instruction does.
    pub op: Op,
    /// Name in assembly.
    pub mnemonic: &'static str,
    /// Layout of the operands.
    pub format: Format,
    /// Bits that must match.
    pub mask: u32,
    /// Value of those bits.
    pub pattern: u32,
    /// Part of the instruction set.
    pub extension: Extension,
    /// Effect, in pseudo-code.
    pub effect: &'static str,
}

impl InstructionSpec {
    /// Whether `word` is this instruction.
    pub const fn matches(&self, word: u32) -> bool {
        word & self.mask == self.pattern
    }
}

/// Opcode alone.
const OPCODE: u32 = 0x0000_007f;
/// Opcode and funct3.
const FUNCT3: u32 = 0x0000_707f;
/// Opcode, funct3 and bits 31:26.
const FUNCT6: u32 = 0xfc00_707f;
/// Opcode, funct3 and bits 31:25.
const FUNCT7: u32 = 0xfe00_707f;
/// Opcode, funct3 and bits 31:27.
const FUNCT5: u32 = 0xf800_707f;
/// Opcode, funct3 and bit 25.
const FUNCT3_BIT25: u32 = 0x0200_707f;
/// Opcode, funct3 and bits 31:20.
const FUNCT12: u32 = 0xfff0_707f;
/// Opcode and funct7.
const OPCODE_FUNCT7: u32 = 0xfe00_007f;

/// Puts funct3 and funct7 beside an opcode.
const fn bits(opcode: u32, funct3: u32, funct7: u32) -> u32 {
    opcode | funct3 << 12 | funct7 << 25
}

/// Defines [`Op`] and [`INSTRUCTIONS`] from the same rows.
macro_rules! instructions {
    ($( $op:ident $(($code:ident))? $mnemonic:literal $format:ident $extension:ident
        $mask:expr, $pattern:expr; $effect:literal )*) => {
        instructions!(@ops [] $( $op $(($code))? $effect; )*);

        /// Every 32-bit instruction; earlier rows win.
        pub const INSTRUCTIONS: &[InstructionSpec] = &[
            $( InstructionSpec {
                op: Op::$op $((RevertCode::$code))?,
                mnemonic: $mnemonic,
                format: Format::$format,
                mask: $mask,
                pattern: $pattern,
                extension: Extension::$extension,
                effect: $effect,
            }, )*
        ];
    };
    // Rows that carry a code are all `Illegal`; the others become variants.
    (@ops [$($done:tt)*] $op:ident ($code:ident) $effect:literal; $($rest:tt)*) => {
        instructions!(@ops [$($done)*] $($rest)*);
    };
    (@ops [$($done:tt)*] $op:ident $effect:literal; $($rest:tt)*) => {
        instructions!(@ops [$($done)* #[doc = concat!("`", $effect, "`")] $op,] $($rest)*);
    };
    (@ops [$($done:tt)*]) => {
        /// What an instruction does; compressed instructions share these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Op {
            $($done)*
            /// Reverts with the code.
            Illegal(RevertCode),
        }
    };
}

instructions! {
    Lui "lui" Upper I OPCODE, 0x37; "rd = imm"
    Auipc "auipc" Upper I OPCODE, 0x17; "rd = pc + imm"
    Jal "jal" Jump I OPCODE, 0x6f; "rd = next pc; pc = pc + imm"
    Jalr "jalr" Load I OPCODE, 0x67; "rd = next pc; pc = (rs1 + imm) & !1"

    Beq "beq" Branch I FUNCT3, bits(0x63, 0, 0); "if rs1 == rs2: pc = pc + imm"
    Bne "bne" Branch I FUNCT3, bits(0x63, 1, 0); "if rs1 != rs2: pc = pc + imm"
    Blt "blt" Branch I FUNCT3, bits(0x63, 4, 0); "if rs1 < rs2 (signed): pc = pc + imm"
    Bge "bge" Branch I FUNCT3, bits(0x63, 5, 0); "if rs1 >= rs2 (signed): pc = pc + imm"
    Bltu "bltu" Branch I FUNCT3, bits(0x63, 6, 0); "if rs1 < rs2: pc = pc + imm"
    Bgeu "bgeu" Branch I FUNCT3, bits(0x63, 7, 0); "if rs1 >= rs2: pc = pc + imm"
    BranchNever "bnever" Branch I OPCODE, 0x63; "never taken (funct3 2 and 3)"

    Lb "lb" Load I FUNCT3, bits(0x03, 0, 0); "rd = sext8(memory[rs1 + imm])"
    Lh "lh" Load I FUNCT3, bits(0x03, 1, 0); "rd = sext16(memory[rs1 + imm])"
    Lw "lw" Load I FUNCT3, bits(0x03, 2, 0); "rd = sext32(memory[rs1 + imm])"
    Ld "ld" Load I FUNCT3, bits(0x03, 3, 0); "rd = memory[rs1 + imm], 8 bytes"
    Lbu "lbu" Load I FUNCT3, bits(0x03, 4, 0); "rd = memory[rs1 + imm], 1 byte"
    Lhu "lhu" Load I FUNCT3, bits(0x03, 5, 0); "rd = memory[rs1 + imm], 2 bytes"
    Lwu "lwu" Load I FUNCT3, bits(0x03, 6, 0); "rd = memory[rs1 + imm], 4 bytes"
    Illegal(IllegalEncoding) "illegal" None I FUNCT3, bits(0x03, 7, 0); "reserved load width"

    Sb "sb" Store I FUNCT3, bits(0x23, 0, 0); "memory[rs1 + imm] = rs2, 1 byte"
    Sh "sh" Store I FUNCT3, bits(0x23, 1, 0); "memory[rs1 + imm] = rs2, 2 bytes"
    Sw "sw" Store I FUNCT3, bits(0x23, 2, 0); "memory[rs1 + imm] = rs2, 4 bytes"
    Sd "sd" Store I FUNCT3, bits(0x23, 3, 0); "memory[rs1 + imm] = rs2, 8 bytes"
    Illegal(StoreWidth) "illegal" None I OPCODE, 0x23; "reserved store width"

    Addi "addi" I I FUNCT3, bits(0x13, 0, 0); "rd = rs1 + imm"
    Slli "slli" Shift64 I FUNCT3, bits(0x13, 1, 0); "rd = rs1 << imm"
    Slti "slti" I I FUNCT3, bits(0x13, 2, 0); "rd = rs1 < imm (signed)"
    Sltiu "sltiu" I I FUNCT3, bits(0x13, 3, 0); "rd = rs1 < imm"
    Xori "xori" I I FUNCT3, bits(0x13, 4, 0); "rd = rs1 ^ imm"
    Srli "srli" Shift64 I FUNCT6, bits(0x13, 5, 0); "rd = rs1 >> imm"
    Srai "srai" Shift64 I FUNCT6, bits(0x13, 5, 0x20); "rd = rs1 >> imm (signed)"
    Illegal(IllegalEncoding) "illegal" None I FUNCT3, bits(0x13, 5, 0); "reserved shift"
    Ori "ori" I I FUNCT3, bits(0x13, 6, 0); "rd = rs1 | imm"
    Andi "andi" I I FUNCT3, bits(0x13, 7, 0); "rd = rs1 & imm"

    Addiw "addiw" I I FUNCT3, bits(0x1b, 0, 0); "rd = sext32(rs1 + imm)"
    Slliw "slliw" Shift32 I FUNCT3_BIT25, bits(0x1b, 1, 0); "rd = sext32(rs1 << imm)"
    Srliw "srliw" Shift32 I FUNCT7, bits(0x1b, 5, 0); "rd = sext32(low32(rs1) >> imm)"
    Sraiw "sraiw" Shift32 I FUNCT7, bits(0x1b, 5, 0x20); "rd = sext32(rs1) >> imm (signed)"
    Illegal(IllegalEncoding) "illegal" None I OPCODE, 0x1b; "reserved word operation"

    Mul "mul" R M FUNCT7, bits(0x33, 0, 1); "rd = rs1 * rs2"
    Mulh "mulh" R M FUNCT7, bits(0x33, 1, 1); "rd = (rs1 * rs2) >> 64 (signed)"
    Mulhsu "mulhsu" R M FUNCT7, bits(0x33, 2, 1); "rd = (rs1 * rs2) >> 64 (signed, unsigned)"
    Mulhu "mulhu" R M FUNCT7, bits(0x33, 3, 1); "rd = (rs1 * rs2) >> 64"
    Div "div" R M FUNCT7, bits(0x33, 4, 1); "rd = rs1 / rs2 (signed)"
    Divu "divu" R M FUNCT7, bits(0x33, 5, 1); "rd = rs1 / rs2"
    Rem "rem" R M FUNCT7, bits(0x33, 6, 1); "rd = rs1 % rs2 (signed)"
    Remu "remu" R M FUNCT7, bits(0x33, 7, 1); "rd = rs1 % rs2"

    Add "add" R I FUNCT7, bits(0x33, 0, 0); "rd = rs1 + rs2"
    Sub "sub" R I FUNCT7, bits(0x33, 0, 0x20); "rd = rs1 - rs2"
    Illegal(IllegalEncoding) "illegal" None I FUNCT3, bits(0x33, 0, 0); "reserved addition"
    Sll "sll" R I FUNCT3, bits(0x33, 1, 0); "rd = rs1 << (rs2 & 63)"
    Slt "slt" R I FUNCT3, bits(0x33, 2, 0); "rd = rs1 < rs2 (signed)"
    Sltu "sltu" R I FUNCT3, bits(0x33, 3, 0); "rd = rs1 < rs2"
    Xor "xor" R I FUNCT3, bits(0x33, 4, 0); "rd = rs1 ^ rs2"
    Srl "srl" R I FUNCT7, bits(0x33, 5, 0); "rd = rs1 >> (rs2 & 63)"
    Sra "sra" R I FUNCT7, bits(0x33, 5, 0x20); "rd = rs1 >> (rs2 & 63) (signed)"
    Illegal(IllegalEncoding) "illegal" None I FUNCT3, bits(0x33, 5, 0); "reserved shift"
    Or "or" R I FUNCT3, bits(0x33, 6, 0); "rd = rs1 | rs2"
    And "and" R I FUNCT3, bits(0x33, 7, 0); "rd = rs1 & rs2"

    Mulw "mulw" R M FUNCT7, bits(0x3b, 0, 1); "rd = sext32(rs1 * rs2)"
    Divw "divw" R M FUNCT7, bits(0x3b, 4, 1); "rd = sext32(rs1) / sext32(rs2)"
    Divuw "divuw" R M FUNCT7, bits(0x3b, 5, 1); "rd = sext32(low32(rs1) / low32(rs2))"
    Remw "remw" R M FUNCT7, bits(0x3b, 6, 1); "rd = sext32(rs1) % sext32(rs2)"
    Remuw "remuw" R M FUNCT7, bits(0x3b, 7, 1); "rd = sext32(low32(rs1) % low32(rs2))"
    Illegal(IllegalEncoding) "illegal" None M OPCODE_FUNCT7, bits(0x3b, 0, 1); "reserved word product"

    Addw "addw" R I FUNCT7, bits(0x3b, 0, 0); "rd = sext32(rs1 + rs2)"
    Subw "subw" R I FUNCT7, bits(0x3b, 0, 0x20); "rd = sext32(rs1 - rs2)"
    Sllw "sllw" R I FUNCT3, bits(0x3b, 1, 0); "rd = sext32(rs1 << (rs2 & 31))"
    Srlw "srlw" R I FUNCT7, bits(0x3b, 5, 0); "rd = sext32(low32(rs1) >> (rs2 & 31))"
    Sraw "sraw" R I FUNCT7, bits(0x3b, 5, 0x20); "rd = sext32(rs1) >> (rs2 & 31) (signed)"
    Illegal(IllegalEncoding) "illegal" None I OPCODE, 0x3b; "reserved word operation"

    LrW "lr.w" LoadReserved A FUNCT5, bits(0x2f, 2, 0x08); "rd = sext32(memory[rs1]); reserve rs1"
    ScW "sc.w" Atomic A FUNCT5, bits(0x2f, 2, 0x0c); "if reserved: memory[rs1] = rs2; rd = 0, else rd = 1"
    AmoAddW "amoadd.w" Atomic A FUNCT5, bits(0x2f, 2, 0x00); "rd = old; memory[rs1] = old + rs2, 4 bytes"
    AmoSwapW "amoswap.w" Atomic A FUNCT5, bits(0x2f, 2, 0x04); "rd = old; memory[rs1] = rs2, 4 bytes"
    AmoXorW "amoxor.w" Atomic A FUNCT5, bits(0x2f, 2, 0x10); "rd = old; memory[rs1] = old ^ rs2, 4 bytes"
    AmoOrW "amoor.w" Atomic A FUNCT5, bits(0x2f, 2, 0x20); "rd = old; memory[rs1] = old | rs2, 4 bytes"
    AmoAndW "amoand.w" Atomic A FUNCT5, bits(0x2f, 2, 0x30); "rd = old; memory[rs1] = old & rs2, 4 bytes"
    AmoMinW "amomin.w" Atomic A FUNCT5, bits(0x2f, 2, 0x40); "rd = old; memory[rs1] = min(old, rs2), 4 bytes"
    AmoMaxW "amomax.w" Atomic A FUNCT5, bits(0x2f, 2, 0x50); "rd = old; memory[rs1] = max(old, rs2), 4 bytes"
    AmoMinuW "amominu.w" Atomic A FUNCT5, bits(0x2f, 2, 0x60); "rd = old; memory[rs1] = minu(old, rs2), 4 bytes"
    AmoMaxuW "amomaxu.w" Atomic A FUNCT5, bits(0x2f, 2, 0x70); "rd = old; memory[rs1] = maxu(old, rs2), 4 bytes"
    AmoUnknownW "amo?.w" Atomic A FUNCT3, bits(0x2f, 2, 0); "reads memory[rs1], then reverts"
    LrD "lr.d" LoadReserved A FUNCT5, bits(0x2f, 3, 0x08); "rd = memory[rs1]; reserve rs1"
    ScD "sc.d" Atomic A FUNCT5, bits(0x2f, 3, 0x0c); "if reserved: memory[rs1] = rs2; rd = 0, else rd = 1"
    AmoAddD "amoadd.d" Atomic A FUNCT5, bits(0x2f, 3, 0x00); "rd = old; memory[rs1] = old + rs2, 8 bytes"
    AmoSwapD "amoswap.d" Atomic A FUNCT5, bits(0x2f, 3, 0x04); "rd = old; memory[rs1] = rs2, 8 bytes"
    AmoXorD "amoxor.d" Atomic A FUNCT5, bits(0x2f, 3, 0x10); "rd = old; memory[rs1] = old ^ rs2, 8 bytes"
    AmoOrD "amoor.d" Atomic A FUNCT5, bits(0x2f, 3, 0x20); "rd = old; memory[rs1] = old | rs2, 8 bytes"
    AmoAndD "amoand.d" Atomic A FUNCT5, bits(0x2f, 3, 0x30); "rd = old; memory[rs1] = old & rs2, 8 bytes"
    AmoMinD "amomin.d" Atomic A FUNCT5, bits(0x2f, 3, 0x40); "rd = old; memory[rs1] = min(old, rs2), 8 bytes"
    AmoMaxD "amomax.d" Atomic A FUNCT5, bits(0x2f, 3, 0x50); "rd = old; memory[rs1] = max(old, rs2), 8 bytes"
    AmoMinuD "amominu.d" Atomic A FUNCT5, bits(0x2f, 3, 0x60); "rd = old; memory[rs1] = minu(old, rs2), 8 bytes"
    AmoMaxuD "amomaxu.d" Atomic A FUNCT5, bits(0x2f, 3, 0x70); "rd = old; memory[rs1] = maxu(old, rs2), 8 bytes"
    AmoUnknownD "amo?.d" Atomic A FUNCT3, bits(0x2f, 3, 0); "reads memory[rs1], then reverts"
    Illegal(AtomicWidth) "illegal" None A OPCODE, 0x2f; "atomic of another width"

    Ecall "ecall" None I FUNCT12, 0x73; "system call a7"
    SystemNop "system" None I FUNCT3, 0x73; "nothing: ebreak and the privileged instructions"
    CsrZero "csr" Destination Zicsr OPCODE, 0x73; "rd = 0: there are no such registers"
    Fence "fence" None I OPCODE, 0x0f; "nothing: memory is always coherent"

    FloatLoad "fload" None FloatIgnored OPCODE, 0x07; "nothing"
    FloatStore "fstore" None FloatIgnored OPCODE, 0x27; "nothing"
    FloatOp "fop" None FloatIgnored OPCODE, 0x53; "nothing"
}

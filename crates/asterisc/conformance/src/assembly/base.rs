//! The 32-bit instructions, by the opcode listings of the manual.

use super::{Compute, Effect, Inst, Reg, field, slice};
use crate::model::arithmetic as a;

/// An instruction on two registers.
#[derive(Debug)]
pub struct RegisterOp {
    /// Mnemonic.
    pub name: &'static str,
    opcode: u32,
    funct3: u32,
    funct7: u32,
    compute: Compute,
}

const fn on_registers(
    name: &'static str,
    [opcode, funct3, funct7]: [u32; 3],
    compute: Compute,
) -> RegisterOp {
    RegisterOp { name, opcode, funct3, funct7, compute }
}

/// Every instruction on two registers: opcode, funct3, funct7.
pub const REGISTER_OPS: &[RegisterOp] = &[
    on_registers("add", [0b011_0011, 0, 0], a::add),
    on_registers("sub", [0b011_0011, 0, 0b010_0000], a::sub),
    on_registers("sll", [0b011_0011, 1, 0], a::sll),
    on_registers("slt", [0b011_0011, 2, 0], a::slt),
    on_registers("sltu", [0b011_0011, 3, 0], a::sltu),
    on_registers("xor", [0b011_0011, 4, 0], a::xor),
    on_registers("srl", [0b011_0011, 5, 0], a::srl),
    on_registers("sra", [0b011_0011, 5, 0b010_0000], a::sra),
    on_registers("or", [0b011_0011, 6, 0], a::or),
    on_registers("and", [0b011_0011, 7, 0], a::and),
    on_registers("addw", [0b011_1011, 0, 0], a::addw),
    on_registers("subw", [0b011_1011, 0, 0b010_0000], a::subw),
    on_registers("sllw", [0b011_1011, 1, 0], a::sllw),
    on_registers("srlw", [0b011_1011, 5, 0], a::srlw),
    on_registers("sraw", [0b011_1011, 5, 0b010_0000], a::sraw),
    on_registers("mul", [0b011_0011, 0, 1], a::mul),
    on_registers("mulh", [0b011_0011, 1, 1], a::mulh),
    on_registers("mulhsu", [0b011_0011, 2, 1], a::mulhsu),
    on_registers("mulhu", [0b011_0011, 3, 1], a::mulhu),
    on_registers("div", [0b011_0011, 4, 1], a::div),
    on_registers("divu", [0b011_0011, 5, 1], a::divu),
    on_registers("rem", [0b011_0011, 6, 1], a::rem),
    on_registers("remu", [0b011_0011, 7, 1], a::remu),
    on_registers("mulw", [0b011_1011, 0, 1], a::mulw),
    on_registers("divw", [0b011_1011, 4, 1], a::divw),
    on_registers("divuw", [0b011_1011, 5, 1], a::divuw),
    on_registers("remw", [0b011_1011, 6, 1], a::remw),
    on_registers("remuw", [0b011_1011, 7, 1], a::remuw),
];

impl RegisterOp {
    /// Whether this is one of the M extension.
    pub const fn is_multiplication(&self) -> bool {
        self.funct7 == 1
    }

    /// The instruction with its operands.
    pub fn of(&self, rd: Reg, rs1: Reg, rs2: Reg) -> Inst {
        let bits = self.funct7 << 25
            | u32::from(rs2) << 20
            | u32::from(rs1) << 15
            | self.funct3 << 12
            | u32::from(rd) << 7
            | self.opcode;
        Inst { bits, effect: Effect::Registers { rd, rs1, rs2, compute: self.compute } }
    }
}

/// An instruction on a register and an immediate.
#[derive(Debug)]
pub struct ImmediateOp {
    /// Mnemonic.
    pub name: &'static str,
    opcode: u32,
    funct3: u32,
    /// What stands above the shift amount.
    upper: u32,
    /// Bits of the shift amount; 0 where the immediate is a number of 12 bits.
    pub shift_bits: u32,
    compute: Compute,
}

const fn on_immediate(
    name: &'static str,
    [opcode, funct3, upper, shift_bits]: [u32; 4],
    compute: Compute,
) -> ImmediateOp {
    ImmediateOp { name, opcode, funct3, upper, shift_bits, compute }
}

/// Every instruction on a register and an immediate: opcode, funct3, bits above the shift amount
/// in their place, bits of the shift amount.
pub const IMMEDIATE_OPS: &[ImmediateOp] = &[
    on_immediate("addi", [0b001_0011, 0, 0, 0], a::add),
    on_immediate("slti", [0b001_0011, 2, 0, 0], a::slt),
    on_immediate("sltiu", [0b001_0011, 3, 0, 0], a::sltu),
    on_immediate("xori", [0b001_0011, 4, 0, 0], a::xor),
    on_immediate("ori", [0b001_0011, 6, 0, 0], a::or),
    on_immediate("andi", [0b001_0011, 7, 0, 0], a::and),
    on_immediate("addiw", [0b001_1011, 0, 0, 0], a::addw),
    on_immediate("slli", [0b001_0011, 1, 0, 6], a::sll),
    on_immediate("srli", [0b001_0011, 5, 0, 6], a::srl),
    on_immediate("srai", [0b001_0011, 5, 1 << 30, 6], a::sra),
    on_immediate("slliw", [0b001_1011, 1, 0, 5], a::sllw),
    on_immediate("srliw", [0b001_1011, 5, 0, 5], a::srlw),
    on_immediate("sraiw", [0b001_1011, 5, 1 << 30, 5], a::sraw),
];

impl ImmediateOp {
    /// The instruction with its operands.
    pub fn of(&self, rd: Reg, rs1: Reg, value: i64) -> Inst {
        let bits = self.upper
            | field(value, 12) << 20
            | u32::from(rs1) << 15
            | self.funct3 << 12
            | u32::from(rd) << 7
            | self.opcode;
        let value = value.cast_unsigned();
        Inst { bits, effect: Effect::Immediate { rd, rs1, value, compute: self.compute } }
    }
}

/// A load.
#[derive(Debug)]
pub struct LoadOp {
    /// Mnemonic.
    pub name: &'static str,
    funct3: u32,
    /// Bytes it reads.
    pub bytes: u64,
    is_signed: bool,
}

/// Every load.
pub const LOAD_OPS: &[LoadOp] = &[
    LoadOp { name: "lb", funct3: 0, bytes: 1, is_signed: true },
    LoadOp { name: "lh", funct3: 1, bytes: 2, is_signed: true },
    LoadOp { name: "lw", funct3: 2, bytes: 4, is_signed: true },
    LoadOp { name: "ld", funct3: 3, bytes: 8, is_signed: true },
    LoadOp { name: "lbu", funct3: 4, bytes: 1, is_signed: false },
    LoadOp { name: "lhu", funct3: 5, bytes: 2, is_signed: false },
    LoadOp { name: "lwu", funct3: 6, bytes: 4, is_signed: false },
];

impl LoadOp {
    /// The instruction with its operands.
    pub fn of(&self, rd: Reg, rs1: Reg, offset: i64) -> Inst {
        let bits = field(offset, 12) << 20
            | u32::from(rs1) << 15
            | self.funct3 << 12
            | u32::from(rd) << 7
            | 0b000_0011;
        let Self { bytes, is_signed, .. } = *self;
        let offset = offset.cast_unsigned();
        Inst { bits, effect: Effect::Load { rd, rs1, offset, bytes, is_signed } }
    }
}

/// A store.
#[derive(Debug)]
pub struct StoreOp {
    /// Mnemonic.
    pub name: &'static str,
    funct3: u32,
    /// Bytes it writes.
    pub bytes: u64,
}

/// Every store.
pub const STORE_OPS: &[StoreOp] = &[
    StoreOp { name: "sb", funct3: 0, bytes: 1 },
    StoreOp { name: "sh", funct3: 1, bytes: 2 },
    StoreOp { name: "sw", funct3: 2, bytes: 4 },
    StoreOp { name: "sd", funct3: 3, bytes: 8 },
];

impl StoreOp {
    /// The instruction with its operands: `rs2` goes to `rs1 + offset`.
    pub fn of(&self, rs2: Reg, rs1: Reg, offset: i64) -> Inst {
        let imm = field(offset, 12);
        let bits = slice(imm, 5, 7) << 25
            | u32::from(rs2) << 20
            | u32::from(rs1) << 15
            | self.funct3 << 12
            | slice(imm, 0, 5) << 7
            | 0b010_0011;
        let offset = offset.cast_unsigned();
        Inst { bits, effect: Effect::Store { rs1, rs2, offset, bytes: self.bytes } }
    }
}

/// A conditional branch.
#[derive(Debug)]
pub struct BranchOp {
    /// Mnemonic.
    pub name: &'static str,
    funct3: u32,
    compute: Compute,
}

/// Every conditional branch.
pub const BRANCH_OPS: &[BranchOp] = &[
    BranchOp { name: "beq", funct3: 0, compute: a::is_equal },
    BranchOp { name: "bne", funct3: 1, compute: a::is_not_equal },
    BranchOp { name: "blt", funct3: 4, compute: a::slt },
    BranchOp { name: "bge", funct3: 5, compute: a::is_at_least },
    BranchOp { name: "bltu", funct3: 6, compute: a::sltu },
    BranchOp { name: "bgeu", funct3: 7, compute: a::is_at_least_unsigned },
];

impl BranchOp {
    /// The instruction with its operands; the offset is counted in bytes.
    pub fn of(&self, rs1: Reg, rs2: Reg, offset: i64) -> Inst {
        let imm = field(offset, 13);
        assert!(imm & 1 == 0, "the offset of a branch is even");
        let bits = slice(imm, 12, 1) << 31
            | slice(imm, 5, 6) << 25
            | u32::from(rs2) << 20
            | u32::from(rs1) << 15
            | self.funct3 << 12
            | slice(imm, 1, 4) << 8
            | slice(imm, 11, 1) << 7
            | 0b110_0011;
        let (offset, compute) = (offset.cast_unsigned(), self.compute);
        Inst { bits, effect: Effect::Branch { rs1, rs2, offset, compute } }
    }
}

/// The ordering bits of an atomic: without effect on one hart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Neither bit.
    Relaxed,
    /// `.aq`.
    Acquire,
    /// `.rl`.
    Release,
    /// `.aqrl`.
    Both,
}

impl Order {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Relaxed, Self::Acquire, Self::Release, Self::Both];

    const fn bits(self) -> u32 {
        match self {
            Self::Relaxed => 0,
            Self::Acquire => 1 << 26,
            Self::Release => 1 << 25,
            Self::Both => 1 << 26 | 1 << 25,
        }
    }
}

/// An instruction that reads, computes and writes.
#[derive(Debug)]
pub struct AmoOp {
    /// Mnemonic without its width.
    pub name: &'static str,
    funct5: u32,
    compute: Compute,
}

/// Every such instruction.
pub const AMO_OPS: &[AmoOp] = &[
    AmoOp { name: "amoadd", funct5: 0b00000, compute: a::add },
    AmoOp { name: "amoswap", funct5: 0b00001, compute: a::second },
    AmoOp { name: "amoxor", funct5: 0b00100, compute: a::xor },
    AmoOp { name: "amoor", funct5: 0b01000, compute: a::or },
    AmoOp { name: "amoand", funct5: 0b01100, compute: a::and },
    AmoOp { name: "amomin", funct5: 0b10000, compute: a::min },
    AmoOp { name: "amomax", funct5: 0b10100, compute: a::max },
    AmoOp { name: "amominu", funct5: 0b11000, compute: a::minu },
    AmoOp { name: "amomaxu", funct5: 0b11100, compute: a::maxu },
];

impl AmoOp {
    /// The instruction on `bytes` bytes (4 or 8) at `rs1`.
    pub fn of(&self, bytes: u64, rd: Reg, rs2: Reg, rs1: Reg, order: Order) -> Inst {
        let bits = atomic_bits(self.funct5, bytes, [rd, rs1, rs2], order);
        Inst { bits, effect: Effect::Atomic { rd, rs1, rs2, bytes, compute: self.compute } }
    }
}

/// Loads and reserves `bytes` bytes (4 or 8) at `rs1`.
pub fn load_reserved(bytes: u64, rd: Reg, rs1: Reg, order: Order) -> Inst {
    let bits = atomic_bits(0b00010, bytes, [rd, rs1, 0], order);
    Inst { bits, effect: Effect::LoadReserved { rd, rs1, bytes } }
}

/// Stores `rs2` at `rs1` if that is reserved.
pub fn store_conditional(bytes: u64, rd: Reg, rs2: Reg, rs1: Reg, order: Order) -> Inst {
    let bits = atomic_bits(0b00011, bytes, [rd, rs1, rs2], order);
    Inst { bits, effect: Effect::StoreConditional { rd, rs1, rs2, bytes } }
}

fn atomic_bits(funct5: u32, bytes: u64, [rd, rs1, rs2]: [Reg; 3], order: Order) -> u32 {
    funct5 << 27
        | order.bits()
        | u32::from(rs2) << 20
        | u32::from(rs1) << 15
        | bytes.ilog2() << 12
        | u32::from(rd) << 7
        | 0b010_1111
}

/// rd = the 20-bit number, shifted left by 12.
pub fn lui(rd: Reg, number: i64) -> Inst {
    let bits = field(number, 20) << 12 | u32::from(rd) << 7 | 0b011_0111;
    Inst { bits, effect: Effect::Constant { rd, value: upper(number) } }
}

/// rd = pc + the 20-bit number, shifted left by 12.
pub fn auipc(rd: Reg, number: i64) -> Inst {
    let bits = field(number, 20) << 12 | u32::from(rd) << 7 | 0b001_0111;
    Inst { bits, effect: Effect::PcRelative { rd, value: upper(number) } }
}

/// A signed number of 20 bits, shifted left by 12.
fn upper(number: i64) -> u64 {
    assert!((-(1 << 19)..1 << 19).contains(&number), "{number} has more than 20 bits");
    (number * 4096).cast_unsigned()
}

/// Jumps by an offset in bytes.
pub fn jal(rd: Reg, offset: i64) -> Inst {
    let imm = field(offset, 21);
    assert!(imm & 1 == 0, "the offset of a jump is even");
    let bits = slice(imm, 20, 1) << 31
        | slice(imm, 1, 10) << 21
        | slice(imm, 11, 1) << 20
        | slice(imm, 12, 8) << 12
        | u32::from(rd) << 7
        | 0b110_1111;
    Inst { bits, effect: Effect::Jump { rd, offset: offset.cast_unsigned() } }
}

/// Jumps to `rs1 + offset`.
pub fn jalr(rd: Reg, rs1: Reg, offset: i64) -> Inst {
    let bits = field(offset, 12) << 20 | u32::from(rs1) << 15 | u32::from(rd) << 7 | 0b110_0111;
    Inst { bits, effect: Effect::JumpRegister { rd, rs1, offset: offset.cast_unsigned() } }
}

/// Orders memory accesses, or fetches after stores where funct3 is 1: nothing on one hart.
pub const fn fence(funct3: u32, operands: u32) -> Inst {
    Inst { bits: operands << 20 | funct3 << 12 | 0b000_1111, effect: Effect::Nothing }
}

/// Asks the environment.
pub const fn ecall() -> Inst {
    Inst { bits: 0b111_0011, effect: Effect::SystemCall }
}

/// A breakpoint, of which this machine makes nothing.
pub const fn ebreak() -> Inst {
    Inst { bits: 1 << 20 | 0b111_0011, effect: Effect::Nothing }
}

/// Access to a control register, of which this machine has none: rd = 0.
pub fn csr(funct3: u32, rd: Reg, rs1: Reg, number: u32) -> Inst {
    let bits = number << 20 | u32::from(rs1) << 15 | funct3 << 12 | u32::from(rd) << 7 | 0b111_0011;
    Inst { bits, effect: Effect::Constant { rd, value: 0 } }
}

macro_rules! by_name {
    ($($function:ident $table:ident($($argument:ident: $kind:ty),*);)*) => {$(
        #[doc = concat!("The instruction of [`", stringify!($table), "`] with this name.")]
        ///
        /// # Panics
        /// Where there is none: that is a mistake in a test.
        pub fn $function(name: &str, $($argument: $kind),*) -> Inst {
            let op = $table.iter().find(|op| op.name == name).expect("the table has the name");
            op.of($($argument),*)
        }
    )*};
}

by_name! {
    register REGISTER_OPS(rd: Reg, rs1: Reg, rs2: Reg);
    immediate IMMEDIATE_OPS(rd: Reg, rs1: Reg, value: i64);
    load LOAD_OPS(rd: Reg, rs1: Reg, offset: i64);
    store STORE_OPS(rs2: Reg, rs1: Reg, offset: i64);
    branch BRANCH_OPS(rs1: Reg, rs2: Reg, offset: i64);
}

//! One instruction.

use asterisc_isa::{
    Instruction, Op, Register, RevertCode,
    alu::{self, sign_extend_8, sign_extend_16, sign_extend_32},
    decode, decode_compressed, is_compressed,
};

use crate::{StateAccess, access::leaf_offset, syscall::system_call};

/// Executes one instruction. An exited state stays as it is.
///
/// # Errors
/// The state has no next one; what was changed until then must not be used.
pub fn step<A: StateAccess>(access: &mut A) -> Result<(), A::Error> {
    let hart = access.hart();
    if hart.exited {
        return Ok(());
    }
    hart.step = hart.step.wrapping_add(1);
    let pc = hart.pc;
    let instruction = fetch_instruction(access, pc)?;
    let next_pc = execute(access, pc, instruction)?;
    access.hart().pc = next_pc;
    Ok(())
}

/// [`step`] for an engine that keeps what it fetched and decoded: executes `instruction`, which
/// must be what stands at pc.
///
/// # Errors
/// The state has no next one; what was changed until then must not be used.
pub fn step_decoded<A: StateAccess>(
    access: &mut A,
    instruction: Instruction,
) -> Result<(), A::Error> {
    let hart = access.hart();
    if hart.exited {
        return Ok(());
    }
    hart.step = hart.step.wrapping_add(1);
    let pc = hart.pc;
    let next_pc = execute(access, pc, instruction)?;
    access.hart().pc = next_pc;
    Ok(())
}

/// Fetches and decodes what stands at `pc`.
fn fetch_instruction<A: StateAccess>(access: &mut A, pc: u64) -> Result<Instruction, A::Error> {
    let word = access.fetch(pc)?;
    let [low, high, ..] = word.to_le_bytes();
    let half = u16::from_le_bytes([low, high]);
    if !is_compressed(half) {
        return Ok(decode(word));
    }
    // Only a 32-bit instruction inside one leaf may stand at an odd address.
    if pc & 1 == 1 {
        return Err(RevertCode::UnknownOpcode.into());
    }
    Ok(decode_compressed(half))
}

/// Executes `i` at `pc`; returns the next pc.
fn execute<A: StateAccess>(access: &mut A, pc: u64, i: Instruction) -> Result<u64, A::Error> {
    let hart = access.hart();
    let (a, b, imm) = (hart.register(i.rs1), hart.register(i.rs2), i.imm_word());
    let next_pc = pc.wrapping_add(u64::from(i.length));
    let address = a.wrapping_add(imm);
    let branch = |taken: bool| aligned::<A>(if taken { pc.wrapping_add(imm) } else { next_pc });
    let value = match i.op {
        Op::Jal => {
            let target = aligned::<A>(pc.wrapping_add(imm))?;
            hart.write_register(i.rd, next_pc);
            return Ok(target);
        }
        Op::Jalr => {
            hart.write_register(i.rd, next_pc);
            return Ok(address & !1);
        }
        Op::Beq => return branch(a == b),
        Op::Bne => return branch(a != b),
        Op::Blt => return branch(alu::slt(a, b) == 1),
        Op::Bge => return branch(alu::slt(a, b) == 0),
        Op::Bltu => return branch(a < b),
        Op::Bgeu => return branch(a >= b),
        Op::BranchNever => return branch(false),

        Op::Sb => return store::<A, 1>(access, address, b, next_pc),
        Op::Sh => return store::<A, 2>(access, address, b, next_pc),
        Op::Sw => return store::<A, 4>(access, address, b, next_pc),
        Op::Sd => return store::<A, 8>(access, address, b, next_pc),
        Op::Lb => sign_extend_8(load::<A, 1>(access, address)?),
        Op::Lh => sign_extend_16(load::<A, 2>(access, address)?),
        Op::Lw => sign_extend_32(load::<A, 4>(access, address)?),
        Op::Ld => load::<A, 8>(access, address)?,
        Op::Lbu => load::<A, 1>(access, address)?,
        Op::Lhu => load::<A, 2>(access, address)?,
        Op::Lwu => load::<A, 4>(access, address)?,

        Op::Lui => imm,
        Op::Auipc => pc.wrapping_add(imm),
        Op::Addi => alu::add(a, imm),
        Op::Slli => alu::sll(a, imm),
        Op::Slti => alu::slt(a, imm),
        Op::Sltiu => alu::sltu(a, imm),
        Op::Xori => alu::xor(a, imm),
        Op::Srli => alu::srl(a, imm),
        Op::Srai => alu::sra(a, imm),
        Op::Ori => alu::or(a, imm),
        Op::Andi => alu::and(a, imm),
        Op::Addiw => alu::addw(a, imm),
        Op::Slliw => alu::sllw(a, imm),
        Op::Srliw => alu::srlw(a, imm),
        Op::Sraiw => alu::sraw(a, imm),
        Op::Add => alu::add(a, b),
        Op::Sub => alu::sub(a, b),
        Op::Sll => alu::sll(a, b),
        Op::Slt => alu::slt(a, b),
        Op::Sltu => alu::sltu(a, b),
        Op::Xor => alu::xor(a, b),
        Op::Srl => alu::srl(a, b),
        Op::Sra => alu::sra(a, b),
        Op::Or => alu::or(a, b),
        Op::And => alu::and(a, b),
        Op::Addw => alu::addw(a, b),
        Op::Subw => alu::subw(a, b),
        Op::Sllw => alu::sllw(a, b),
        Op::Srlw => alu::srlw(a, b),
        Op::Sraw => alu::sraw(a, b),
        Op::Mul => alu::mul(a, b),
        Op::Mulh => alu::mulh(a, b),
        Op::Mulhsu => alu::mulhsu(a, b),
        Op::Mulhu => alu::mulhu(a, b),
        Op::Div => alu::div(a, b),
        Op::Divu => alu::divu(a, b),
        Op::Rem => alu::rem(a, b),
        Op::Remu => alu::remu(a, b),
        Op::Mulw => alu::mulw(a, b),
        Op::Divw => alu::divw(a, b),
        Op::Divuw => alu::divuw(a, b),
        Op::Remw => alu::remw(a, b),
        Op::Remuw => alu::remuw(a, b),

        Op::LrW => load_reserved::<A, 4>(access, a)?,
        Op::LrD => load_reserved::<A, 8>(access, a)?,
        Op::ScW => store_conditional::<A, 4>(access, a, b)?,
        Op::ScD => store_conditional::<A, 8>(access, a, b)?,
        Op::AmoAddW => atomic::<A, 4>(access, a, b, alu::add)?,
        Op::AmoSwapW => atomic::<A, 4>(access, a, b, swap)?,
        Op::AmoXorW => atomic::<A, 4>(access, a, b, alu::xor)?,
        Op::AmoOrW => atomic::<A, 4>(access, a, b, alu::or)?,
        Op::AmoAndW => atomic::<A, 4>(access, a, b, alu::and)?,
        Op::AmoMinW => atomic::<A, 4>(access, a, b, alu::min)?,
        Op::AmoMaxW => atomic::<A, 4>(access, a, b, alu::max)?,
        Op::AmoMinuW => atomic::<A, 4>(access, a, b, alu::minu)?,
        Op::AmoMaxuW => atomic::<A, 4>(access, a, b, alu::maxu)?,
        Op::AmoUnknownW => return unknown_atomic::<A, 4>(access, a),
        Op::AmoAddD => atomic::<A, 8>(access, a, b, alu::add)?,
        Op::AmoSwapD => atomic::<A, 8>(access, a, b, swap)?,
        Op::AmoXorD => atomic::<A, 8>(access, a, b, alu::xor)?,
        Op::AmoOrD => atomic::<A, 8>(access, a, b, alu::or)?,
        Op::AmoAndD => atomic::<A, 8>(access, a, b, alu::and)?,
        Op::AmoMinD => atomic::<A, 8>(access, a, b, alu::min)?,
        Op::AmoMaxD => atomic::<A, 8>(access, a, b, alu::max)?,
        Op::AmoMinuD => atomic::<A, 8>(access, a, b, alu::minu)?,
        Op::AmoMaxuD => atomic::<A, 8>(access, a, b, alu::maxu)?,
        Op::AmoUnknownD => return unknown_atomic::<A, 8>(access, a),

        Op::Ecall => {
            system_call(access)?;
            return Ok(next_pc);
        }
        Op::CsrZero => 0,
        Op::SystemNop | Op::Fence | Op::FloatLoad | Op::FloatStore | Op::FloatOp => {
            return Ok(next_pc);
        }
        Op::Illegal(code) => return Err(code.into()),
    };
    access.hart().write_register(i.rd, value);
    Ok(next_pc)
}

/// A branch or jump target must be even.
fn aligned<A: StateAccess>(target: u64) -> Result<u64, A::Error> {
    if target & 1 == 0 { Ok(target) } else { Err(RevertCode::Misaligned.into()) }
}

/// `N` bytes at `address` as a number.
fn load<A: StateAccess, const N: usize>(access: &mut A, address: u64) -> Result<u64, A::Error> {
    Ok(widen(&access.load::<N>(address)?))
}

/// The low `N` bytes of `value` go to `address`.
fn store<A: StateAccess, const N: usize>(
    access: &mut A,
    address: u64,
    value: u64,
    next_pc: u64,
) -> Result<u64, A::Error> {
    access.store(address, &value.to_le_bytes()[..N])?;
    Ok(next_pc)
}

/// At most 8 bytes as a number, the lowest first.
fn widen(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// [`widen`], sign-extended from four bytes.
fn widen_signed(bytes: &[u8]) -> u64 {
    if bytes.len() == 4 { sign_extend_32(widen(bytes)) } else { widen(bytes) }
}

/// The address of an atomic must be a multiple of its width.
fn check_atomic<A: StateAccess, const N: usize>(address: u64) -> Result<(), A::Error> {
    if leaf_offset(address).is_multiple_of(N) { Ok(()) } else { Err(RevertCode::Misaligned.into()) }
}

fn load_reserved<A: StateAccess, const N: usize>(
    access: &mut A,
    address: u64,
) -> Result<u64, A::Error> {
    check_atomic::<A, N>(address)?;
    let value = widen_signed(&access.load::<N>(address)?);
    access.hart().load_reservation = address;
    Ok(value)
}

/// The reservation is an address without a width, and nothing but a store-conditional ends it.
fn store_conditional<A: StateAccess, const N: usize>(
    access: &mut A,
    address: u64,
    value: u64,
) -> Result<u64, A::Error> {
    check_atomic::<A, N>(address)?;
    let is_reserved = access.hart().load_reservation == address;
    if is_reserved {
        access.store(address, &value.to_le_bytes()[..N])?;
    }
    access.hart().load_reservation = 0;
    Ok(u64::from(!is_reserved))
}

/// Reads, computes and writes by one leaf; returns the old value.
fn atomic<A: StateAccess, const N: usize>(
    access: &mut A,
    address: u64,
    operand: u64,
    compute: impl FnOnce(u64, u64) -> u64,
) -> Result<u64, A::Error> {
    check_atomic::<A, N>(address)?;
    let mut leaf = access.read_leaf(address)?;
    let at = leaf_offset(address);
    let old = widen_signed(&leaf[at..at + N]);
    let operand = widen_signed(&operand.to_le_bytes()[..N]);
    let new = compute(old, operand);
    leaf[at..at + N].copy_from_slice(&new.to_le_bytes()[..N]);
    access.write_leaf(address, &leaf)?;
    Ok(old)
}

/// What `amoswap` computes.
const fn swap(_old: u64, operand: u64) -> u64 {
    operand
}

/// The word is read, and has to be proven, before the operation turns out to be unknown.
fn unknown_atomic<A: StateAccess, const N: usize>(
    access: &mut A,
    address: u64,
) -> Result<u64, A::Error> {
    check_atomic::<A, N>(address)?;
    access.read_leaf(address)?;
    Err(RevertCode::UnknownAtomic.into())
}

/// Registers of a system call, by the calling convention.
pub(crate) const ARGUMENTS: [Register; 5] =
    [Register::A0, Register::A1, Register::A2, Register::A3, Register::A4];

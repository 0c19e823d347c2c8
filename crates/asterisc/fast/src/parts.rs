//! What each instruction does to registers and memory, without what comes next.
//!
//! Each is a type, so that handlers for one instruction and for two in a row are made of the same
//! parts by the compiler.

use asterisc_isa::alu;

use crate::{code::Operation, machine::Machine};

/// The part could not be done here; nothing was changed.
#[derive(Debug)]
pub(crate) struct Undone;

/// How to go on where a part was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Try again: the operation has learnt where its memory is.
    Again,
    /// It is done now.
    Done,
    /// Leave it to the step that all engines share.
    Leave,
}

/// Both operands come from registers.
pub(crate) const NONE: u8 = 0;
/// The first operand is the value that was written last.
pub(crate) const FIRST: u8 = 1;
/// The second operand is the value that was written last.
pub(crate) const SECOND: u8 = 2;

/// The effect of an instruction.
pub(crate) trait Part {
    /// Does it; `FROM` says which operand is `last`, the value that was written last. Gives the
    /// value that now is.
    fn run<const FROM: u8>(m: &mut Machine<'_>, op: &Operation, last: u64) -> Result<u64, Undone>;

    /// What to do where [`Self::run`] did nothing.
    fn retry(_: &mut Machine<'_>, _: &Operation) -> Retry {
        Retry::Leave
    }
}

#[inline(always)]
pub(crate) fn first<const FROM: u8>(m: &Machine<'_>, op: &Operation, last: u64) -> u64 {
    if FROM == FIRST { last } else { m.x[usize::from(op.rs1)] }
}

#[inline(always)]
pub(crate) fn second<const FROM: u8>(m: &Machine<'_>, op: &Operation, last: u64) -> u64 {
    if FROM == SECOND { last } else { m.x[usize::from(op.rs2)] }
}

#[inline(always)]
fn write(m: &mut Machine<'_>, op: &Operation, value: u64) -> Result<u64, Undone> {
    m.x[usize::from(op.rd)] = value;
    Ok(value)
}

/// Operations on two registers.
macro_rules! of_registers {
    ($($part:ident $function:ident)*) => {$(
        pub(crate) struct $part;

        impl Part for $part {
            #[inline(always)]
            fn run<const FROM: u8>(
                m: &mut Machine<'_>,
                op: &Operation,
                last: u64,
            ) -> Result<u64, Undone> {
                let value = alu::$function(first::<FROM>(m, op, last), second::<FROM>(m, op, last));
                write(m, op, value)
            }
        }
    )*};
}

of_registers! {
    Add add Sub sub Sll sll Slt slt Sltu sltu Xor xor Srl srl Sra sra Or or And and
    Addw addw Subw subw Sllw sllw Srlw srlw Sraw sraw
    Mul mul Mulh mulh Mulhsu mulhsu Mulhu mulhu Div div Divu divu Rem rem Remu remu
    Mulw mulw Divw divw Divuw divuw Remw remw Remuw remuw
}

/// Operations on a register and an immediate.
macro_rules! of_immediate {
    ($($part:ident $function:ident)*) => {$(
        pub(crate) struct $part;

        impl Part for $part {
            #[inline(always)]
            fn run<const FROM: u8>(
                m: &mut Machine<'_>,
                op: &Operation,
                last: u64,
            ) -> Result<u64, Undone> {
                write(m, op, alu::$function(first::<FROM>(m, op, last), op.value.get()))
            }
        }
    )*};
}

of_immediate! {
    Addi add Slli sll Slti slt Sltiu sltu Xori xor Srli srl Srai sra Ori or Andi and
    Addiw addw Slliw sllw Srliw srlw Sraiw sraw
}

/// A value known at translation.
pub(crate) struct Constant;

impl Part for Constant {
    #[inline(always)]
    fn run<const FROM: u8>(m: &mut Machine<'_>, op: &Operation, _: u64) -> Result<u64, Undone> {
        write(m, op, op.value.get())
    }
}

/// Nothing.
pub(crate) struct Nothing;

impl Part for Nothing {
    #[inline(always)]
    fn run<const FROM: u8>(_: &mut Machine<'_>, _: &Operation, last: u64) -> Result<u64, Undone> {
        Ok(last)
    }
}

/// Loads; `$widen` makes a word of the bytes.
macro_rules! loads {
    ($($part:ident $bytes:literal $widen:expr;)*) => {$(
        pub(crate) struct $part;

        impl Part for $part {
            #[inline(always)]
            fn run<const FROM: u8>(
                m: &mut Machine<'_>,
                op: &Operation,
                last: u64,
            ) -> Result<u64, Undone> {
                let offset = first::<FROM>(m, op, last).wrapping_add(op.value.get());
                let bytes = m.windows.load::<$bytes>(op.place.get(), offset).ok_or(Undone)?;
                write(m, op, $widen(bytes))
            }

            fn retry(m: &mut Machine<'_>, op: &Operation) -> Retry {
                look_again(m, op)
            }
        }
    )*};
}

loads! {
    Lb 1 |bytes| i64::from(i8::from_le_bytes(bytes)).cast_unsigned();
    Lh 2 |bytes| i64::from(i16::from_le_bytes(bytes)).cast_unsigned();
    Lw 4 |bytes| i64::from(i32::from_le_bytes(bytes)).cast_unsigned();
    Ld 8 u64::from_le_bytes;
    Lbu 1 |bytes| u64::from(u8::from_le_bytes(bytes));
    Lhu 2 |bytes| u64::from(u16::from_le_bytes(bytes));
    Lwu 4 |bytes| u64::from(u32::from_le_bytes(bytes));
}

/// Stores.
macro_rules! stores {
    ($($part:ident $bytes:literal;)*) => {$(
        pub(crate) struct $part;

        impl Part for $part {
            #[inline(always)]
            fn run<const FROM: u8>(
                m: &mut Machine<'_>,
                op: &Operation,
                last: u64,
            ) -> Result<u64, Undone> {
                let offset = first::<FROM>(m, op, last).wrapping_add(op.value.get());
                let bytes = low_bytes::<$bytes>(second::<FROM>(m, op, last));
                m.windows.store(op.place.get(), offset, bytes).then_some(last).ok_or(Undone)
            }

            fn retry(m: &mut Machine<'_>, op: &Operation) -> Retry {
                match look_again(m, op) {
                    Retry::Leave => {}
                    retry => return retry,
                }
                let offset = m.x[usize::from(op.rs1)].wrapping_add(op.value.get());
                let bytes = low_bytes::<$bytes>(m.x[usize::from(op.rs2)]);
                match m.windows.store_checked(op.place.get(), offset, bytes) {
                    true => Retry::Done,
                    false => Retry::Leave,
                }
            }
        }
    )*};
}

stores! {
    Sb 1;
    Sh 2;
    Sw 4;
    Sd 8;
}

/// The low `N` bytes, the lowest first.
#[inline(always)]
fn low_bytes<const N: usize>(value: u64) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&value.to_le_bytes()[..N]);
    bytes
}

/// Looks for the window of the address, unless it is the one that was tried.
fn look_again(m: &Machine<'_>, op: &Operation) -> Retry {
    let imm = i64::from(op.imm).cast_unsigned();
    let address = m.x[usize::from(op.rs1)].wrapping_add(imm);
    match m.windows.find(address) {
        Some((window, base)) if window != op.place.get() => {
            op.place.set(window);
            op.value.set(imm.wrapping_sub(base));
            Retry::Again
        }
        _ => Retry::Leave,
    }
}

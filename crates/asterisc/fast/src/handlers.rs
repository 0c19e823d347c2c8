//! What each operation does.
//!
//! Every handler ends with a call of the next one in tail position, which the compiler turns into a
//! jump; rare cases are functions of their own, called in the same way, so that the common ones
//! need no stack. Where it does not, the engine bounds how many steps nest.

use asterisc_isa::alu;
use asterisc_state::SparseMemory;

use crate::{
    code::{Code, Exit, NO_BLOCK, Operation},
    machine::Machine,
};

/// Goes on with the next operation of the block.
macro_rules! next {
    ($machine:ident, $code:ident, $rest:ident) => {
        match $rest.split_first() {
            Some((operation, rest)) => (operation.handler)($machine, $code, operation, rest),
            // The last operation of a block never gets here.
            None => Exit::Untranslated,
        }
    };
}

/// Goes on with a block.
macro_rules! enter {
    ($machine:ident, $code:ident, $id:expr) => {{
        let id: u32 = $id;
        match $code.blocks.get(id as usize) {
            Some(block) if $machine.steps_left >= block.steps => {
                $machine.steps_left -= block.steps;
                $machine.block = id;
                let operations: &[Operation] = &block.operations;
                next!($machine, $code, operations)
            }
            Some(block) => {
                $machine.pc = block.pc;
                Exit::StepsLeft
            }
            None => Exit::Untranslated,
        }
    }};
}

/// Operations on two registers.
macro_rules! register_register {
    ($($name:ident)*) => {$(
        pub(crate) fn $name(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            m.x[op.rd as usize] = alu::$name(m.x[op.rs1 as usize], m.x[op.rs2 as usize]);
            next!(m, code, rest)
        }
    )*};
}

register_register! {
    add sub sll slt sltu xor srl sra or and addw subw sllw srlw sraw
    mul mulh mulhsu mulhu div divu rem remu mulw divw divuw remw remuw
}

/// Operations on a register and an immediate.
macro_rules! register_immediate {
    ($($name:ident $function:ident)*) => {$(
        pub(crate) fn $name(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            m.x[op.rd as usize] = alu::$function(m.x[op.rs1 as usize], op.value);
            next!(m, code, rest)
        }
    )*};
}

register_immediate! {
    addi add slli sll slti slt sltiu sltu xori xor srli srl srai sra ori or andi and
    addiw addw slliw sllw srliw srlw sraiw sraw
}

/// A value known at translation.
pub(crate) fn constant(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
    m.x[op.rd as usize] = op.value;
    next!(m, code, rest)
}

/// A copy of a register.
pub(crate) fn copy(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
    m.x[op.rd as usize] = m.x[op.rs1 as usize];
    next!(m, code, rest)
}

/// Nothing.
pub(crate) fn nothing(m: &mut Machine, code: &Code, _: &Operation, rest: &[Operation]) -> Exit {
    next!(m, code, rest)
}

/// Loads; `$widen` makes a word of the bytes.
macro_rules! load {
    ($($name:ident $cold:ident $bytes:literal $widen:expr;)*) => {$(
        pub(crate) fn $name(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            let address = m.x[op.rs1 as usize].wrapping_add(op.value);
            let Some(bytes) = m.state.memory.load_fast::<$bytes>(address) else {
                return $cold(m, code, op, rest);
            };
            m.x[op.rd as usize] = $widen(bytes);
            next!(m, code, rest)
        }

        #[cold]
        #[inline(never)]
        fn $cold(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            load_slow::<$bytes>(m, op, |bytes| $widen(bytes));
            next!(m, code, rest)
        }
    )*};
}

load! {
    lb lb_slow 1 |bytes| i64::from(i8::from_le_bytes(bytes)).cast_unsigned();
    lh lh_slow 2 |bytes| i64::from(i16::from_le_bytes(bytes)).cast_unsigned();
    lw lw_slow 4 |bytes| i64::from(i32::from_le_bytes(bytes)).cast_unsigned();
    ld ld_slow 8 u64::from_le_bytes;
    lbu lbu_slow 1 |bytes| u64::from(u8::from_le_bytes(bytes));
    lhu lhu_slow 2 |bytes| u64::from(u16::from_le_bytes(bytes));
    lwu lwu_slow 4 |bytes| u64::from(u32::from_le_bytes(bytes));
}

#[inline(never)]
fn load_slow<const N: usize>(m: &mut Machine, op: &Operation, widen: fn([u8; N]) -> u64) {
    let address = m.x[op.rs1 as usize].wrapping_add(op.value);
    let mut bytes = [0; N];
    m.state.memory.read_bytes(address, &mut bytes);
    m.x[op.rd as usize] = widen(bytes);
}

/// Stores.
macro_rules! store {
    ($($name:ident $cold:ident $bytes:literal;)*) => {$(
        pub(crate) fn $name(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            let address = m.x[op.rs1 as usize].wrapping_add(op.value);
            if !m.state.memory.store_fast::<$bytes>(address, low_bytes(m.x[op.rs2 as usize])) {
                return $cold(m, code, op, rest);
            }
            next!(m, code, rest)
        }

        #[cold]
        #[inline(never)]
        fn $cold(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            if store_slow::<$bytes>(m, code, op) {
                return Exit::CodeChanged;
            }
            next!(m, code, rest)
        }
    )*};
}

store! {
    sb sb_slow 1;
    sh sh_slow 2;
    sw sw_slow 4;
    sd sd_slow 8;
}

/// Stores where that is not done at once; whether code was overwritten.
#[inline(never)]
fn store_slow<const N: usize>(m: &mut Machine, code: &Code, op: &Operation) -> bool {
    let address = m.x[op.rs1 as usize].wrapping_add(op.value);
    m.state.memory.write_bytes(address, &low_bytes::<N>(m.x[op.rs2 as usize]));
    if m.state.memory.code_changed {
        m.steps_left += u64::from(op.steps_after);
        m.pc = pc_of(m, code, op);
    }
    m.state.memory.code_changed
}

/// The low `N` bytes, the lowest first.
#[inline(always)]
fn low_bytes<const N: usize>(value: u64) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&value.to_le_bytes()[..N]);
    bytes
}

/// The address an operation's offset names.
#[inline(always)]
fn pc_of(m: &Machine, code: &Code, op: &Operation) -> u64 {
    let block = code.blocks.get(m.block as usize).map_or(0, |block| block.pc);
    block.wrapping_add(u64::from(op.offset))
}

/// Conditional branches: taken, they leave the block.
macro_rules! branch {
    ($($name:ident |$a:ident, $b:ident| $condition:expr;)*) => {$(
        pub(crate) fn $name(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
            let ($a, $b) = (m.x[op.rs1 as usize], m.x[op.rs2 as usize]);
            if $condition {
                m.steps_left += u64::from(op.steps_after);
                return jump(m, code, op, rest);
            }
            next!(m, code, rest)
        }
    )*};
}

branch! {
    beq |a, b| a == b;
    bne |a, b| a != b;
    blt |a, b| a.cast_signed() < b.cast_signed();
    bge |a, b| a.cast_signed() >= b.cast_signed();
    bltu |a, b| a < b;
    bgeu |a, b| a >= b;
}

/// Leaves the block for a known address.
#[inline(always)]
pub(crate) fn jump(m: &mut Machine, code: &Code, op: &Operation, rest: &[Operation]) -> Exit {
    let block = op.link.get();
    if block == NO_BLOCK {
        return jump_unlinked(m, code, op, rest);
    }
    enter!(m, code, block)
}

/// The first jump to a block looks it up.
#[cold]
#[inline(never)]
fn jump_unlinked(m: &mut Machine, code: &Code, op: &Operation, _: &[Operation]) -> Exit {
    let block = code.find(op.value);
    if block == NO_BLOCK {
        m.pc = op.value;
        return Exit::Untranslated;
    }
    op.link.set(block);
    enter!(m, code, block)
}

/// Leaves the block for a computed address.
pub(crate) fn jump_register(m: &mut Machine, code: &Code, op: &Operation, _: &[Operation]) -> Exit {
    let target = m.x[op.rs1 as usize].wrapping_add(op.value) & !1;
    let block = code.find_jump(target);
    if block == NO_BLOCK {
        m.pc = target;
        return Exit::Untranslated;
    }
    enter!(m, code, block)
}

/// [`jump_register`] by the register that takes the return address.
pub(crate) fn jump_register_link(
    m: &mut Machine,
    code: &Code,
    op: &Operation,
    rest: &[Operation],
) -> Exit {
    let target = m.x[op.rs1 as usize].wrapping_add(op.value);
    m.x[op.rd as usize] = pc_of(m, code, op);
    let target = target & !1;
    let block = code.find_jump(target);
    if block == NO_BLOCK {
        m.pc = target;
        return Exit::Untranslated;
    }
    let _ = rest;
    enter!(m, code, block)
}

/// Leaves the block before an instruction that is not translated.
pub(crate) fn one_step(m: &mut Machine, code: &Code, op: &Operation, _: &[Operation]) -> Exit {
    m.pc = pc_of(m, code, op);
    Exit::OneStep
}

/// Starts a block.
pub(crate) fn run(m: &mut Machine, code: &Code, block: u32) -> Exit {
    enter!(m, code, block)
}

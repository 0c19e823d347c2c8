//! From one operation to the next.
//!
//! Every handler ends with a call of the next one in tail position, which the compiler turns into a
//! jump; rare cases are functions of their own, called in the same way, so that the common ones
//! need no stack. Where it does not, the engine bounds how many steps nest.

use crate::{
    code::{Exit, NO_BLOCK, Operation},
    machine::Machine,
    parts::{Part, Retry, first, second},
};

/// An instruction, then the next operation.
pub(crate) fn single<P: Part, const FROM: u8>(
    m: &mut Machine<'_>,
    ops: &[Operation],
    last: u64,
) -> Exit {
    let [op, next, ..] = ops else { return Exit::Untranslated };
    match P::run::<FROM>(m, op, last) {
        Ok(last) => (next.handler)(m, &ops[1..], last),
        Err(_) => retry::<P>(m, ops, last),
    }
}

/// Two instructions, then the next operation.
pub(crate) fn pair<P: Part, const P_FROM: u8, Q: Part, const Q_FROM: u8>(
    m: &mut Machine<'_>,
    ops: &[Operation],
    last: u64,
) -> Exit {
    let [op, other, next, ..] = ops else { return Exit::Untranslated };
    let Ok(last) = P::run::<P_FROM>(m, op, last) else { return retry::<P>(m, ops, last) };
    match Q::run::<Q_FROM>(m, other, last) {
        Ok(last) => (next.handler)(m, &ops[2..], last),
        Err(_) => retry::<Q>(m, &ops[1..], last),
    }
}

/// A part that was not done: done in another way, or the block is left before it.
#[cold]
#[inline(never)]
fn retry<P: Part>(m: &mut Machine<'_>, ops: &[Operation], last: u64) -> Exit {
    let [op, next, ..] = ops else { return Exit::Untranslated };
    match P::retry(m, op) {
        Retry::Again => (op.handler)(m, ops, last),
        Retry::Done => (next.handler)(m, &ops[1..], last),
        Retry::Leave => leave(m, ops, last),
    }
}

/// Leaves the block before an instruction.
pub(crate) fn leave(m: &mut Machine<'_>, ops: &[Operation], _: u64) -> Exit {
    let [op, ..] = ops else { return Exit::Untranslated };
    m.steps_left += u64::from(op.steps_back);
    m.pc = m.block_pc.wrapping_add(i64::from(op.offset).cast_unsigned());
    Exit::OneStep
}

/// When a branch is taken.
pub(crate) trait Condition {
    fn holds(a: u64, b: u64) -> bool;
}

macro_rules! conditions {
    ($($name:ident |$a:ident, $b:ident| $condition:expr;)*) => {$(
        pub(crate) struct $name;

        impl Condition for $name {
            #[inline(always)]
            fn holds($a: u64, $b: u64) -> bool {
                $condition
            }
        }
    )*};
}

conditions! {
    Beq |a, b| a == b;
    Bne |a, b| a != b;
    Blt |a, b| a.cast_signed() < b.cast_signed();
    Bge |a, b| a.cast_signed() >= b.cast_signed();
    Bltu |a, b| a < b;
    Bgeu |a, b| a >= b;
}

/// A conditional branch: taken, it leaves the block.
pub(crate) fn branch<C: Condition, const FROM: u8>(
    m: &mut Machine<'_>,
    ops: &[Operation],
    last: u64,
) -> Exit {
    let [op, next, ..] = ops else { return Exit::Untranslated };
    if C::holds(first::<FROM>(m, op, last), second::<FROM>(m, op, last)) {
        return taken(m, ops, op, last);
    }
    (next.handler)(m, &ops[1..], last)
}

/// An instruction, then a conditional branch.
pub(crate) fn pair_branch<P: Part, const P_FROM: u8, C: Condition, const C_FROM: u8>(
    m: &mut Machine<'_>,
    ops: &[Operation],
    last: u64,
) -> Exit {
    let [op, other, next, ..] = ops else { return Exit::Untranslated };
    let Ok(last) = P::run::<P_FROM>(m, op, last) else { return retry::<P>(m, ops, last) };
    if C::holds(first::<C_FROM>(m, other, last), second::<C_FROM>(m, other, last)) {
        return taken(m, &ops[1..], other, last);
    }
    (next.handler)(m, &ops[2..], last)
}

/// The steps after a branch were not taken.
#[inline(always)]
fn taken(m: &mut Machine<'_>, ops: &[Operation], op: &Operation, last: u64) -> Exit {
    let block = op.place.get();
    if block == NO_BLOCK {
        return unlinked(m, ops, last);
    }
    m.steps_left += u64::from(op.steps_back);
    enter(m, block, last)
}

/// Leaves the block for a known address.
pub(crate) fn jump(m: &mut Machine<'_>, ops: &[Operation], last: u64) -> Exit {
    let [op, ..] = ops else { return Exit::Untranslated };
    taken(m, ops, op, last)
}

/// The first jump to a block looks it up.
#[cold]
#[inline(never)]
fn unlinked(m: &mut Machine<'_>, ops: &[Operation], last: u64) -> Exit {
    let [op, ..] = ops else { return Exit::Untranslated };
    m.steps_left += u64::from(op.steps_back);
    let block = m.code.find(op.value.get());
    if block == NO_BLOCK {
        m.pc = op.value.get();
        return Exit::Untranslated;
    }
    op.place.set(block);
    enter(m, block, last)
}

/// Leaves the block for a computed address.
pub(crate) fn jump_register<const FROM: u8>(
    m: &mut Machine<'_>,
    ops: &[Operation],
    last: u64,
) -> Exit {
    let [op, ..] = ops else { return Exit::Untranslated };
    let imm = i64::from(op.imm).cast_unsigned();
    jump_to(m, first::<FROM>(m, op, last).wrapping_add(imm) & !1, last)
}

/// [`jump_register`] by the register that takes the return address.
pub(crate) fn jump_register_link<const FROM: u8>(
    m: &mut Machine<'_>,
    ops: &[Operation],
    last: u64,
) -> Exit {
    let [op, ..] = ops else { return Exit::Untranslated };
    let imm = i64::from(op.imm).cast_unsigned();
    let target = first::<FROM>(m, op, last).wrapping_add(imm) & !1;
    m.x[usize::from(op.rd)] = op.value.get();
    jump_to(m, target, last)
}

#[inline(always)]
fn jump_to(m: &mut Machine<'_>, target: u64, last: u64) -> Exit {
    let block = m.code.find_jump(target);
    if block == NO_BLOCK {
        m.pc = target;
        return Exit::Untranslated;
    }
    enter(m, block, last)
}

/// Starts a block.
#[inline(always)]
pub(crate) fn enter(m: &mut Machine<'_>, block: u32, last: u64) -> Exit {
    let Some(block) = m.blocks.get(block as usize) else { return Exit::Untranslated };
    let Some(left) = m.steps_left.checked_sub(block.steps) else {
        m.pc = block.pc;
        return Exit::StepsLeft;
    };
    m.steps_left = left;
    m.block_pc = block.pc;
    let [op, ..] = &*block.operations else { return Exit::Untranslated };
    (op.handler)(m, &block.operations, last)
}

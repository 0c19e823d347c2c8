//! The machine while translated code runs.

use asterisc_isa::Register;
use asterisc_state::Hart;

use crate::{
    code::{Block, Code},
    windows::Windows,
};

/// Where writes to x0 go.
pub(crate) const NOWHERE: u8 = 32;

/// Registers, memory and code, laid out for translated code.
#[derive(Debug)]
pub(crate) struct Machine<'r> {
    /// x0 to x31, then [`NOWHERE`]; as many as an index can name, so that none is out of bounds.
    pub(crate) x: [u64; 256],
    /// Steps that may still be taken.
    pub(crate) steps_left: u64,
    /// Address of the next instruction, once code is left.
    pub(crate) pc: u64,
    /// Address of the block that runs.
    pub(crate) block_pc: u64,
    /// All blocks.
    pub(crate) blocks: &'r [Block],
    /// Where blocks are found.
    pub(crate) code: &'r Code,
    /// Memory.
    pub(crate) windows: Windows<'r>,
}

impl<'r> Machine<'r> {
    /// Takes the registers of `hart`.
    #[inline(always)]
    pub(crate) fn new(hart: &Hart, steps: u64, code: &'r Code, windows: Windows<'r>) -> Self {
        let mut x = [0; 256];
        x[..Register::COUNT].copy_from_slice(&hart.registers);
        let blocks = &code.blocks;
        Self { x, steps_left: steps, pc: hart.pc, block_pc: hart.pc, blocks, code, windows }
    }

    /// Puts registers and pc into `hart`, and counts the steps taken of `steps`; gives their number.
    #[inline]
    pub(crate) fn leave(&self, hart: &mut Hart, steps: u64) -> u64 {
        let taken = steps - self.steps_left;
        hart.registers.copy_from_slice(&self.x[..Register::COUNT]);
        hart.pc = self.pc;
        hart.step = hart.step.wrapping_add(taken);
        taken
    }
}

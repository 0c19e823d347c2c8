//! The state of the machine while translated code runs.

use asterisc_isa::Register;
use asterisc_state::VmState;

use crate::mapped_memory::MappedMemory;

/// Where writes to x0 go.
pub(crate) const NOWHERE: u8 = 32;

/// The state, laid out for translated code.
#[derive(Debug)]
pub(crate) struct Machine {
    /// x0 to x31, then [`NOWHERE`]; as many as an index can name, so that none is out of bounds.
    pub(crate) x: [u64; 256],
    /// Steps that may still be taken.
    pub(crate) steps_left: u64,
    /// Address of the next instruction, once code is left.
    pub(crate) pc: u64,
    /// The block that runs.
    pub(crate) block: u32,
    /// All the rest; its registers, pc and step counter are stale while code runs.
    pub(crate) state: VmState<MappedMemory>,
}

impl Machine {
    pub(crate) fn new(state: VmState<MappedMemory>) -> Self {
        Self { x: [0; 256], steps_left: 0, pc: 0, block: 0, state }
    }

    /// Takes registers and pc from the state.
    pub(crate) fn enter(&mut self) {
        self.x[..Register::COUNT].copy_from_slice(&self.state.hart.registers);
        self.pc = self.state.hart.pc;
    }

    /// Puts registers and pc into the state, and counts the steps taken of `budget`.
    pub(crate) fn leave(&mut self, budget: u64) {
        self.state.hart.registers.copy_from_slice(&self.x[..Register::COUNT]);
        self.state.hart.pc = self.pc;
        self.state.hart.step = self.state.hart.step.wrapping_add(budget - self.steps_left);
    }
}

//! Everything of the state but memory.

use alloy_primitives::B256;
use asterisc_isa::Register;

/// The state of the machine but for its memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hart {
    /// Typed key of the pre-image being read, or being written by the program.
    pub preimage_key: B256,
    /// Next byte to read of the pre-image's 8-byte length and data.
    pub preimage_offset: u64,
    /// Address of the next instruction.
    pub pc: u64,
    /// What the program passed to exit, low 8 bits.
    pub exit_code: u8,
    /// Whether the program has exited; then no step changes anything.
    pub exited: bool,
    /// Executed steps.
    pub step: u64,
    /// Address the next anonymous mapping gets.
    pub heap: u64,
    /// Address reserved by the last load-reserved; 0 is none.
    pub load_reservation: u64,
    /// x0 to x31; x0 stays 0.
    pub registers: [u64; Register::COUNT],
}

impl Default for Hart {
    fn default() -> Self {
        Self {
            preimage_key: B256::ZERO,
            preimage_offset: 0,
            pc: 0,
            exit_code: 0,
            exited: false,
            step: 0,
            heap: 0,
            load_reservation: 0,
            registers: [0; Register::COUNT],
        }
    }
}

impl Hart {
    /// Value of a register.
    pub const fn register(&self, register: Register) -> u64 {
        self.registers[register.index()]
    }

    /// Writes a register; a write to x0 is lost.
    pub const fn write_register(&mut self, register: Register, value: u64) {
        if register.index() != Register::ZERO.index() {
            self.registers[register.index()] = value;
        }
    }
}

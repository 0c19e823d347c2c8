//! The state, and one instruction of it.

use std::collections::{BTreeMap, HashMap};

use super::arithmetic::sign_extend;
use crate::assembly::{Effect, Inst, Reg, length};

/// Bytes that are proven together.
const LEAF_BYTES: u64 = 32;

/// A reserved encoding, or bytes that are none of the program's instructions.
const UNKNOWN_OPCODE: u64 = 0xf001_c0de;
/// A jump to an odd address, or an atomic at an address that is no multiple of its width.
const MISALIGNED: u64 = 0xbad1_0ad0;
/// An instruction at an odd address that does not end in its leaf.
const FETCH_STRADDLES: u64 = 0xbad2_2220;

/// What the encodings of a program stand for.
#[derive(Debug, Clone, Default)]
pub struct Dictionary(HashMap<u32, Effect>);

impl Dictionary {
    /// Of these instructions.
    pub fn of<'a>(instructions: impl IntoIterator<Item = &'a Inst>) -> Self {
        Self(instructions.into_iter().map(|inst| (inst.bits, inst.effect)).collect())
    }
}

/// The naive machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// x0 to x31.
    pub registers: [u64; 32],
    /// Address of the next instruction.
    pub pc: u64,
    /// Bytes that were ever written.
    pub memory: BTreeMap<u64, u8>,
    /// Reserved address, or 0.
    pub reservation: u64,
    /// Steps taken.
    pub step: u64,
    /// Next address of an anonymous mapping.
    pub heap: u64,
    /// What the program exited with.
    pub exit: Option<u8>,
    /// Key of the pre-image.
    pub preimage_key: [u8; 32],
    /// Where the pre-image is read next.
    pub preimage_offset: u64,
    /// Length and data of the one pre-image there is.
    pub preimage: Vec<u8>,
}

impl Model {
    /// Takes one step, or tells the code it reverts with.
    ///
    /// # Errors
    /// The code.
    ///
    /// # Panics
    /// Where the program comes to an instruction that is not in the dictionary.
    pub fn step(&mut self, dictionary: &Dictionary) -> Result<(), u64> {
        if self.exit.is_some() {
            return Ok(());
        }
        let bits = self.fetch()?;
        let Some(effect) = dictionary.0.get(&bits) else {
            panic!("{bits:#x} at {:#x} is not an instruction of the program", self.pc);
        };
        self.pc = self.execute(effect, self.pc.wrapping_add(length(bits)))?;
        self.step += 1;
        Ok(())
    }

    fn fetch(&self) -> Result<u32, u64> {
        let half = self.load(self.pc, 2);
        let bytes = if half & 3 == 3 { 4 } else { 2 };
        if self.pc % 2 == 1 {
            if self.pc % LEAF_BYTES + 4 > LEAF_BYTES {
                return Err(FETCH_STRADDLES);
            }
            if bytes == 2 {
                return Err(UNKNOWN_OPCODE);
            }
        }
        Ok(u32::try_from(self.load(self.pc, bytes)).expect("an instruction has at most 4 bytes"))
    }

    /// Gives the next pc.
    fn execute(&mut self, effect: &Effect, next_pc: u64) -> Result<u64, u64> {
        match *effect {
            Effect::Registers { rd, rs1, rs2, compute } => {
                self.write(rd, compute(self.read(rs1), self.read(rs2)));
            }
            Effect::Immediate { rd, rs1, value, compute } => {
                self.write(rd, compute(self.read(rs1), value));
            }
            Effect::Constant { rd, value } => self.write(rd, value),
            Effect::PcRelative { rd, value } => self.write(rd, self.pc.wrapping_add(value)),
            Effect::Load { rd, rs1, offset, bytes, is_signed } => {
                let value = self.load(self.read(rs1).wrapping_add(offset), bytes);
                self.write(rd, if is_signed { sign_extend(value, bytes) } else { value });
            }
            Effect::Store { rs1, rs2, offset, bytes } => {
                self.store(self.read(rs1).wrapping_add(offset), self.read(rs2), bytes);
            }
            Effect::Branch { rs1, rs2, offset, compute } => {
                let is_taken = compute(self.read(rs1), self.read(rs2)) != 0;
                return even(if is_taken { self.pc.wrapping_add(offset) } else { next_pc });
            }
            Effect::Jump { rd, offset } => {
                let target = even(self.pc.wrapping_add(offset))?;
                self.write(rd, next_pc);
                return Ok(target);
            }
            Effect::JumpRegister { rd, rs1, offset } => {
                let target = self.read(rs1).wrapping_add(offset);
                self.write(rd, next_pc);
                return Ok(target - target % 2);
            }
            Effect::LoadReserved { .. }
            | Effect::StoreConditional { .. }
            | Effect::Atomic { .. } => {
                self.execute_atomic(effect)?;
            }
            Effect::SystemCall => self.system_call()?,
            Effect::Nothing => {}
            Effect::Revert(code) => return Err(code),
        }
        Ok(next_pc)
    }

    fn execute_atomic(&mut self, effect: &Effect) -> Result<(), u64> {
        match *effect {
            Effect::LoadReserved { rd, rs1, bytes } => {
                let address = aligned(self.read(rs1), bytes)?;
                self.write(rd, sign_extend(self.load(address, bytes), bytes));
                self.reservation = address;
            }
            Effect::StoreConditional { rd, rs1, rs2, bytes } => {
                let address = aligned(self.read(rs1), bytes)?;
                let is_reserved = self.reservation == address;
                if is_reserved {
                    self.store(address, self.read(rs2), bytes);
                }
                self.write(rd, u64::from(!is_reserved));
                self.reservation = 0;
            }
            Effect::Atomic { rd, rs1, rs2, bytes, compute } => {
                let address = aligned(self.read(rs1), bytes)?;
                let old = sign_extend(self.load(address, bytes), bytes);
                let new = compute(old, sign_extend(self.read(rs2), bytes));
                self.store(address, new, bytes);
                self.write(rd, old);
            }
            _ => unreachable!("only atomics come here"),
        }
        Ok(())
    }

    /// Value of a register.
    pub fn read(&self, register: Reg) -> u64 {
        self.registers[usize::from(register)]
    }

    /// Writes a register; x0 stays zero.
    pub fn write(&mut self, register: Reg, value: u64) {
        if register != 0 {
            self.registers[usize::from(register)] = value;
        }
    }

    /// One byte of memory.
    pub fn byte(&self, address: u64) -> u8 {
        self.memory.get(&address).copied().unwrap_or(0)
    }

    /// Bytes of memory as a number, the lowest first; addresses wrap around at the top.
    pub fn load(&self, address: u64, bytes: u64) -> u64 {
        let byte = |at| u64::from(self.byte(address.wrapping_add(at)));
        (0..bytes).map(|at| byte(at) << (8 * at)).sum()
    }

    /// The low bytes of a number go to memory.
    pub fn store(&mut self, address: u64, value: u64, bytes: u64) {
        for (at, byte) in (0..bytes).zip(value.to_le_bytes()) {
            self.memory.insert(address.wrapping_add(at), byte);
        }
    }
}

/// An address an instruction may stand at.
fn even(address: u64) -> Result<u64, u64> {
    if address.is_multiple_of(2) { Ok(address) } else { Err(MISALIGNED) }
}

/// An address an atomic may access.
fn aligned(address: u64, bytes: u64) -> Result<u64, u64> {
    if address.is_multiple_of(bytes) { Ok(address) } else { Err(MISALIGNED) }
}

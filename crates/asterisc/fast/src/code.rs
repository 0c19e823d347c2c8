//! Translated code: blocks of operations, each a function and its operands.

use std::cell::Cell;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::machine::Machine;

/// Steps of a block, at most. An exact stop takes fewer than this many one by one.
pub(crate) const BLOCK_STEPS_MAX: u16 = 128;

/// No block.
pub(crate) const NO_BLOCK: u32 = u32::MAX;

/// What an operation does: its effect, then the next operation, as a call in tail position.
///
/// The first of the operations is the one to do; it may do the next ones as well. The last argument
/// is the value that was written to a register last.
pub(crate) type Handler = fn(&mut Machine<'_>, &[Operation], u64) -> Exit;

/// Why translated code was left. The pc is that of the next instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The next block has more steps than are left.
    StepsLeft,
    /// The next block is not translated yet.
    Untranslated,
    /// The next instruction is one that is not done here: a system call, an atomic, a revert, or an
    /// access that memory has to take note of.
    OneStep,
}

/// One instruction, ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// What it does.
    pub(crate) handler: Handler,
    /// A value known at translation; the target of a branch or jump. For loads and stores the
    /// immediate less the address at which the window at [`Self::place`] begins.
    pub(crate) value: Cell<u64>,
    /// For branches and jumps the block at the target, once it is known; for loads and stores the
    /// window that the last access was in.
    pub(crate) place: Cell<u32>,
    /// Distance of the instruction to the block's first, in bytes.
    pub(crate) offset: i32,
    /// The immediate.
    pub(crate) imm: i32,
    /// Steps to give back where the block is left here: those after a branch, else with this one.
    pub(crate) steps_back: u8,
    /// Register written; [`crate::machine::NOWHERE`] for x0.
    pub(crate) rd: u8,
    /// First register read.
    pub(crate) rs1: u8,
    /// Second register read.
    pub(crate) rs2: u8,
}

const _: () = assert!(size_of::<Operation>() == 32, "two operations fill a cache line");

/// Instructions that are entered at the first one.
#[derive(Debug)]
pub(crate) struct Block {
    /// Address of the first one.
    pub(crate) pc: u64,
    /// Steps, if it is not left by a branch.
    pub(crate) steps: u64,
    /// Never empty; the last one leaves the block.
    pub(crate) operations: Box<[Operation]>,
}

/// Operations that are kept, at most: 512 MiB of them. A program that jumps to every one of its
/// instructions has a thousand times its size translated.
const OPERATIONS_MAX: usize = 1 << 24;

/// Entries of the cache for jumps to computed addresses.
const JUMPS: usize = 4096;
/// The address of an entry that was never filled: blocks begin at even ones.
const NO_PC: u64 = 1;

/// All that is translated.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) blocks: Vec<Block>,
    /// Operations of all blocks, and how many there may be.
    operations: usize,
    operations_max: usize,
    by_pc: HashMap<u64, u32, FixedState>,
    jumps: Box<[Cell<(u64, u32)>; JUMPS]>,
}

impl Code {
    pub(crate) fn new() -> Self {
        Self::with_room_for(OPERATIONS_MAX)
    }

    pub(crate) fn with_room_for(operations_max: usize) -> Self {
        let jumps = Box::new([const { Cell::new((NO_PC, NO_BLOCK)) }; JUMPS]);
        let (blocks, by_pc) = (Vec::new(), HashMap::default());
        Self { blocks, operations: 0, operations_max, by_pc, jumps }
    }

    /// Forgets all blocks.
    pub(crate) fn clear(&mut self) {
        *self = Self::with_room_for(self.operations_max);
    }

    /// Adds a block; where there is no room, all others are forgotten.
    pub(crate) fn add(&mut self, block: Block) {
        if self.operations + block.operations.len() > self.operations_max {
            self.clear();
        }
        if let Ok(id) = u32::try_from(self.blocks.len()) {
            self.operations += block.operations.len();
            self.by_pc.insert(block.pc, id);
            self.blocks.push(block);
        }
    }

    /// The block at `pc`, or [`NO_BLOCK`].
    pub(crate) fn find(&self, pc: u64) -> u32 {
        self.by_pc.get(&pc).copied().unwrap_or(NO_BLOCK)
    }

    /// [`Self::find`] for jumps that go to many places.
    #[inline(always)]
    pub(crate) fn find_jump(&self, pc: u64) -> u32 {
        let [low, high, ..] = (pc >> 1).to_le_bytes();
        let slot = &self.jumps[usize::from(u16::from_le_bytes([low, high])) % JUMPS];
        match slot.get() {
            (cached, block) if cached == pc => block,
            _ => self.fill_jump(pc, slot),
        }
    }

    #[cold]
    #[inline(never)]
    fn fill_jump(&self, pc: u64, slot: &Cell<(u64, u32)>) -> u32 {
        let block = self.find(pc);
        if block != NO_BLOCK {
            slot.set((pc, block));
        }
        block
    }
}

//! Instructions that were decoded once, by their address.

use asterisc_isa::{Instruction, Op, Register};
use asterisc_state::{PAGE_BYTES, PageIndex, SparseMemory};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::{FunctionId, FunctionTable, listing::fetch};

/// Where an instruction may be in a page.
const HALVES: usize = PAGE_BYTES / 2;

/// An instruction, and what the call stack has to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded {
    pub(super) instruction: Instruction,
    pub(super) function: FunctionId,
    pub(super) transfer: Transfer,
}

/// What an instruction does to the call stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    /// Nothing, or no more than a jump to a fixed address does.
    None,
    /// It is a call.
    Call,
    /// It jumps to what may be a return address.
    Return,
    /// It jumps to any other computed address.
    Indirect,
}

impl Transfer {
    /// ra and t0 hold return addresses.
    fn of(instruction: &Instruction) -> Self {
        let is_link = |register: Register| matches!(register.number(), 1 | 5);
        match instruction.op {
            Op::Jal | Op::Jalr if is_link(instruction.rd) => Self::Call,
            Op::Jalr if instruction.rd == Register::ZERO && is_link(instruction.rs1) => {
                Self::Return
            }
            Op::Jalr => Self::Indirect,
            _ => Self::None,
        }
    }
}

/// Slots of a page, one of each even address.
type Slots = Box<[Option<Decoded>]>;

/// All that was decoded.
#[derive(Debug, Default)]
pub(super) struct DecodedCode {
    pages: Vec<Slots>,
    place_by_page: HashMap<PageIndex, usize, FixedState>,
    /// Page and place of the last instruction.
    last: Option<(PageIndex, usize)>,
    /// Lowest and highest page that has code, so that most stores need no look-up.
    bounds: Option<(PageIndex, PageIndex)>,
}

impl DecodedCode {
    /// The instruction at `pc`, an even address.
    #[inline]
    pub(super) fn at<M: SparseMemory>(
        &mut self,
        pc: u64,
        memory: &M,
        functions: &FunctionTable,
    ) -> Decoded {
        let place = self.place(PageIndex::of(pc));
        let half = half_of(pc);
        match self.pages[place][half] {
            Some(decoded) => decoded,
            None => {
                let (_, instruction) = fetch(memory, pc);
                let function = functions.find(pc);
                let transfer = Transfer::of(&instruction);
                let decoded = Decoded { instruction, function, transfer };
                self.pages[place][half] = Some(decoded);
                // A store into the next page may change it.
                let last = PageIndex::of(pc.wrapping_add(u64::from(instruction.length) - 1));
                self.place(last);
                decoded
            }
        }
    }

    /// `count` bytes at `address` are about to be written: what was decoded of them is forgotten.
    #[inline]
    pub(super) fn forget(&mut self, address: u64, count: u64) {
        let Some((lowest, highest)) = self.bounds else { return };
        let first = PageIndex::of(address);
        let last = PageIndex::of(address.wrapping_add(count));
        if (first <= highest && last >= lowest) || last < first {
            self.forget_halves(address, count);
        }
    }

    #[cold]
    fn forget_halves(&mut self, address: u64, count: u64) {
        // An instruction of four bytes may begin two before.
        let mut at = (address & !1).wrapping_sub(2);
        let end = address.wrapping_add(count);
        while at.wrapping_sub(end).cast_signed() < 0 {
            if let Some(place) = self.place_by_page.get(&PageIndex::of(at)) {
                self.pages[*place][half_of(at)] = None;
            }
            at = at.wrapping_add(2);
        }
    }

    #[inline]
    fn place(&mut self, page: PageIndex) -> usize {
        match self.last {
            Some((last, place)) if last == page => place,
            _ => self.find_place(page),
        }
    }

    fn find_place(&mut self, page: PageIndex) -> usize {
        let place = *self.place_by_page.entry(page).or_insert_with(|| {
            self.pages.push(vec![None; HALVES].into_boxed_slice());
            self.pages.len() - 1
        });
        let (lowest, highest) = self.bounds.unwrap_or((page, page));
        self.bounds = Some((lowest.min(page), highest.max(page)));
        self.last = Some((page, place));
        place
    }
}

/// Which slot of its page an address has.
#[inline]
fn half_of(address: u64) -> usize {
    let [low, high, ..] = address.to_le_bytes();
    usize::from(u16::from_le_bytes([low, high])) % PAGE_BYTES / 2
}

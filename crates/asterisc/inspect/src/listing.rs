//! Disassembly of a range of memory.

use std::fmt;

use asterisc_isa::{
    Disassembly, Instruction, Op, Register, decode, decode_compressed, is_compressed,
};
use asterisc_state::SparseMemory;
use serde::Serialize;

use crate::{FunctionTable, Hex};

/// Bytes of zeros that are left out of a listing, at least.
const ZEROS_MIN: u64 = 16;

/// The instruction at an even address; its length says how many of the four bytes it has.
pub(crate) fn fetch<M: SparseMemory>(memory: &M, pc: u64) -> ([u8; 4], Instruction) {
    let mut bytes = [0; 4];
    memory.read_bytes(pc, &mut bytes);
    let [low, high, ..] = bytes;
    let half = u16::from_le_bytes([low, high]);
    let instruction = if is_compressed(half) {
        decode_compressed(half)
    } else {
        decode(u32::from_le_bytes(bytes))
    };
    (bytes, instruction)
}

/// An instruction of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Address.
    pub address: Hex,
    /// Its bytes as one hexadecimal number, the highest first, as the manual writes encodings.
    pub bytes: String,
    /// Assembler text, without aliases; targets are absolute.
    pub text: String,
    /// The function the instruction lies in, and how far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// Where a jump or branch goes, or what a pair of instructions computes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// An address an instruction names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The address.
    pub address: Hex,
    /// The function it lies in, and how far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// Whether the text already shows the address.
    #[serde(skip)]
    is_in_text: bool,
}

impl Line {
    /// The instruction at `address`.
    pub fn at<M: SparseMemory>(memory: &M, address: u64, functions: &FunctionTable) -> Self {
        let (bytes, instruction) = fetch(memory, address);
        let word = u32::from_le_bytes(bytes);
        let is_relative = is_branch(&instruction) || instruction.op == Op::Jal;
        let target = is_relative.then(|| Target {
            address: Hex(address.wrapping_add(instruction.imm_word())),
            symbol: None,
            is_in_text: true,
        });
        let bytes = match instruction.length {
            2 => format!("{:04x}", word & 0xffff),
            _ => format!("{word:08x}"),
        };
        let text = Disassembly { word, pc: address }.to_string();
        let symbol = name(functions, address);
        Self { address: Hex(address), bytes, text, symbol, target }.with_target_name(functions)
    }

    fn with_target_name(mut self, functions: &FunctionTable) -> Self {
        if let Some(target) = &mut self.target {
            target.symbol = name(functions, target.address.0);
        }
        self
    }
}

/// `symbol+0x12`, if there is a symbol.
fn name(functions: &FunctionTable, address: u64) -> Option<String> {
    let location = functions.locate(address);
    location.function.is_some().then(|| location.to_string())
}

const fn is_branch(instruction: &Instruction) -> bool {
    matches!(instruction.op, Op::Beq | Op::Bne | Op::Blt | Op::Bge | Op::Bltu | Op::Bgeu)
}

impl fmt::Display for Line {
    /// Address, bytes and text in columns, then the target's symbol.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10x}:  {:<8}  {}", self.address.0, self.bytes, self.text)?;
        match &self.target {
            Some(Target { symbol: Some(symbol), is_in_text: true, .. }) => write!(f, " <{symbol}>"),
            Some(Target { symbol: Some(symbol), address, .. }) => {
                write!(f, "  # {address} <{symbol}>")
            }
            Some(Target { symbol: None, address, is_in_text: false }) => write!(f, "  # {address}"),
            _ => Ok(()),
        }
    }
}

/// What a listing gives, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingItem {
    /// A function begins here.
    Label {
        /// Its address.
        address: u64,
        /// Its name.
        name: String,
    },
    /// An instruction.
    Line(Line),
    /// Zeros, which are left out.
    Zeros {
        /// Address of the first one.
        address: u64,
        /// How many bytes.
        bytes: u64,
    },
}

impl fmt::Display for ListingItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label { address, name } => write!(f, "\n{address:016x} <{name}>:"),
            Self::Line(line) => line.fmt(f),
            Self::Zeros { address, bytes } => write!(f, "{address:>10x}:  ... {bytes} zero bytes"),
        }
    }
}

/// The instructions of a range of memory, one after the other from its beginning.
#[derive(Debug)]
pub struct Listing<'a, M> {
    memory: &'a M,
    functions: &'a FunctionTable,
    next: u64,
    /// Address behind the last byte.
    end: u64,
    /// Whether the label of `next` was given.
    is_labelled: bool,
    /// The `auipc` just before: the register it wrote, and the value.
    upper: Option<(Register, u64)>,
}

impl<'a, M: SparseMemory> Listing<'a, M> {
    /// Lists from `start` to before `end`; an odd start is taken as the even address below it.
    pub const fn new(memory: &'a M, functions: &'a FunctionTable, start: u64, end: u64) -> Self {
        Self { memory, functions, next: start & !1, end, is_labelled: false, upper: None }
    }

    fn label(&self) -> Option<ListingItem> {
        let function = self.functions.function(self.functions.find(self.next))?;
        (function.start == self.next)
            .then(|| ListingItem::Label { address: self.next, name: function.name.clone() })
    }

    /// Bytes of zeros from here to the end or the next label, if they are many.
    fn zeros(&self) -> Option<u64> {
        let mut count = 0;
        while self.next.saturating_add(count) < self.end {
            let at = self.next + count;
            let mut bytes = [0; 2];
            self.memory.read_bytes(at, &mut bytes);
            let is_label = count > 0 && self.functions.is_start(self.functions.find(at), at);
            if bytes != [0; 2] || is_label {
                break;
            }
            count += 2;
        }
        (count >= ZEROS_MIN).then_some(count)
    }

    fn line(&mut self) -> Line {
        let (_, instruction) = fetch(self.memory, self.next);
        let mut line = Line::at(self.memory, self.next, self.functions);
        if let Some((register, value)) = self.upper.take() {
            let is_use = matches!(instruction.op, Op::Addi | Op::Jalr | Op::Ld | Op::Lw | Op::Sd);
            if is_use && instruction.rs1 == register {
                let address = Hex(value.wrapping_add(instruction.imm_word()));
                line.target = Some(Target { address, symbol: None, is_in_text: false });
                line = line.with_target_name(self.functions);
            }
        }
        if instruction.op == Op::Auipc {
            let value = self.next.wrapping_add(instruction.imm_word());
            self.upper = Some((instruction.rd, value));
        }
        line
    }
}

impl<M: SparseMemory> Iterator for Listing<'_, M> {
    type Item = ListingItem;

    fn next(&mut self) -> Option<ListingItem> {
        if self.next >= self.end {
            return None;
        }
        if !std::mem::replace(&mut self.is_labelled, true)
            && let Some(label) = self.label()
        {
            return Some(label);
        }
        self.is_labelled = false;
        if let Some(bytes) = self.zeros() {
            let address = self.next;
            // The top of the address space ends every listing.
            self.next = self.next.saturating_add(bytes);
            self.upper = None;
            return Some(ListingItem::Zeros { address, bytes });
        }
        let (_, instruction) = fetch(self.memory, self.next);
        let line = self.line();
        self.next = self.next.saturating_add(u64::from(instruction.length));
        Some(ListingItem::Line(line))
    }
}

//! One test: a start, a program, and where it ends. What has to come out is what the model says.

use crate::{
    assembly::{Inst, Reg},
    model::{Dictionary, Model},
};

/// Room of one case in the address space, so that all of them fit into one ELF file.
///
/// | from | what |
/// |---|---|
/// | 0 | left to the [user-level harness](crate::user_level) |
/// | 0x1000 | code, with the end of a page at 0x2000 |
/// | 0x2800 | data, with the end of a page at 0x3000 |
/// | 0x4000 | the next case |
pub const BLOCK_BYTES: u64 = 0x4000;

/// Where the code of a case begins in its block.
const CODE: u64 = 0x1000;
/// Where the data of a case has the end of a page.
const DATA: u64 = 0x3000;
/// Block of the first case.
const FIRST_BLOCK: u64 = 0x1000_0000;

/// The register that holds the address of the block; a case that needs another value in it does not
/// run at user level.
pub const HARNESS_REGISTER: Reg = 31;

/// One test.
#[derive(Debug, Clone)]
pub struct Case {
    /// `extension/instruction/what`.
    pub name: String,
    /// Address of the block.
    pub block: u64,
    /// Blocks the case takes.
    pub blocks: u64,
    /// The state it starts in, but for the program.
    pub start: Model,
    /// Instructions and where they stand.
    pub program: Vec<(u64, Inst)>,
    /// Instructions the program itself may write.
    pub written: Vec<Inst>,
    /// The case is over once pc is here.
    pub end: u64,
    /// The case is over after that many steps, wherever it is then.
    pub steps: Option<u64>,
    /// The case is over with this revert.
    pub revert: Option<u64>,
    /// Whether a program of an ordinary operating system behaves so.
    pub is_user_level: bool,
}

impl Case {
    /// What the encodings of this case stand for.
    pub fn dictionary(&self) -> Dictionary {
        Dictionary::of(self.program.iter().map(|(_, inst)| inst).chain(&self.written))
    }

    /// The state it starts in.
    pub fn model(&self) -> Model {
        let mut model = self.start.clone();
        for (address, inst) in &self.program {
            for (at, byte) in (0..).zip(inst.encode()) {
                model.memory.insert(address.wrapping_add(at), byte);
            }
        }
        model
    }
}

/// Makes a case.
#[derive(Debug)]
pub struct CaseBuilder {
    case: Case,
    at: u64,
    is_end_set: bool,
}

impl CaseBuilder {
    /// The case with this name in the block with this number. Its registers all hold different
    /// values.
    pub fn new(name: String, number: u64) -> Self {
        let block = FIRST_BLOCK + number * BLOCK_BYTES;
        let mut start = Model { pc: block + CODE, heap: 0x7f00_0000_0000, ..Model::default() };
        for register in 1..32u8 {
            start.write(register, u64::from(register).wrapping_mul(0x0807_0605_0403_0201));
        }
        start.write(HARNESS_REGISTER, block);
        let case = Case {
            name,
            block,
            blocks: 1,
            start,
            program: Vec::new(),
            written: Vec::new(),
            end: 0,
            steps: None,
            revert: None,
            is_user_level: true,
        };
        Self { case, at: block + CODE, is_end_set: false }
    }

    /// Address of the first instruction, if it is not moved: the start of a page.
    pub const fn code(&self) -> u64 {
        self.case.block + CODE
    }

    /// Address in the middle of the data: the end of a page.
    pub const fn data(&self) -> u64 {
        self.case.block + DATA
    }

    /// Address of the next instruction.
    pub const fn here(&self) -> u64 {
        self.at
    }

    /// Address of the last instruction.
    pub fn last(&self) -> u64 {
        self.case.program.last().map_or(self.at, |(address, _)| *address)
    }

    /// Gives a register its value at the start.
    pub fn set(&mut self, register: Reg, value: u64) -> &mut Self {
        self.case.start.write(register, value);
        self
    }

    /// Gives registers from x1 on their values at the start.
    pub fn set_all(&mut self, values: &[u64]) -> &mut Self {
        for (register, value) in (1..).zip(values) {
            self.set(register, *value);
        }
        self
    }

    /// All of the state at the start.
    pub const fn start(&mut self) -> &mut Model {
        &mut self.case.start
    }

    /// Puts bytes into memory.
    pub fn bytes(&mut self, address: u64, bytes: &[u8]) -> &mut Self {
        for (at, byte) in (0..).zip(bytes) {
            self.case.start.memory.insert(address.wrapping_add(at), *byte);
        }
        self
    }

    /// Fills memory with bytes of which none equals its neighbours.
    pub fn pattern(&mut self, from: u64, count: u64) -> &mut Self {
        for at in 0..count {
            let address = from.wrapping_add(at);
            let mixed = address.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            self.case.start.memory.insert(address, mixed[0]);
        }
        self
    }

    /// The next instruction stands there; the first one is where the case starts.
    pub fn org(&mut self, address: u64) -> &mut Self {
        self.at = address;
        if self.case.program.is_empty() {
            self.case.start.pc = address;
        }
        self
    }

    /// The case starts at this pc.
    pub const fn start_at(&mut self, pc: u64) -> &mut Self {
        self.case.start.pc = pc;
        self
    }

    /// Adds an instruction.
    pub fn emit(&mut self, inst: Inst) -> &mut Self {
        self.case.program.push((self.at, inst));
        self.at = self.at.wrapping_add(inst.length());
        self
    }

    /// Adds an instruction that the program itself writes somewhere.
    pub fn writes(&mut self, inst: Inst) -> &mut Self {
        self.case.written.push(inst);
        self
    }

    /// The case ends there, and not behind the last instruction.
    pub const fn end_at(&mut self, address: u64) -> &mut Self {
        self.case.end = address;
        self.is_end_set = true;
        self
    }

    /// The case takes more blocks.
    pub fn blocks(&mut self, blocks: u64) -> &mut Self {
        self.case.blocks = blocks;
        self
    }

    /// The case ends after so many steps, if it has not before.
    pub const fn steps(&mut self, steps: u64) -> &mut Self {
        self.case.steps = Some(steps);
        self
    }

    /// The case ends with this revert.
    pub const fn reverts(&mut self, code: u64) -> &mut Self {
        self.case.revert = Some(code);
        self.case.is_user_level = false;
        self
    }

    /// This is a rule of our machine alone, or needs an environment of its own.
    pub const fn machine_only(&mut self) -> &mut Self {
        self.case.is_user_level = false;
        self
    }

    /// The case.
    pub fn finish(mut self) -> Case {
        if !self.is_end_set {
            self.case.end = self.at;
        }
        self.case
    }
}

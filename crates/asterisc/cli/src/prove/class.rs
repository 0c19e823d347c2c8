//! Kinds of steps that differ in how they are proven.

use std::fmt;

use asterisc_fast::FastVm;
use asterisc_inspect::{key_kind, syscall_name};
use asterisc_isa::{Instruction, Op, Register, decode, decode_compressed, is_compressed};
use asterisc_state::{Hart, LEAF_BYTES};
use asterisc_step::{FileDescriptor, Syscall};
use serde::{Serialize, Serializer};

/// A kind of step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StepClass {
    /// Works on registers alone.
    Arithmetic,
    /// Multiplies or divides.
    Product,
    /// Branches.
    Branch,
    /// Jumps.
    Jump,
    /// Loads out of one leaf.
    Load,
    /// Loads out of two leaves.
    LoadOfTwo,
    /// Stores to one leaf.
    Store,
    /// Stores to two leaves.
    StoreToTwo,
    /// Load-reserved.
    LoadReserved,
    /// Store-conditional.
    StoreConditional,
    /// Loads, computes and stores.
    Atomic,
    /// Fences, and other instructions that do nothing.
    Nothing,
    /// A 16-bit instruction.
    Compressed,
    /// An instruction in two leaves.
    Straddling,
    /// A system call, by its name and file.
    Call(String),
    /// Reads a pre-image with this kind of key.
    PreimageRead(&'static str),
    /// The last step of the run.
    Last,
}

impl fmt::Display for StepClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arithmetic => "arithmetic",
            Self::Product => "product",
            Self::Branch => "branch",
            Self::Jump => "jump",
            Self::Load => "load",
            Self::LoadOfTwo => "load, two leaves",
            Self::Store => "store",
            Self::StoreToTwo => "store, two leaves",
            Self::LoadReserved => "load-reserved",
            Self::StoreConditional => "store-conditional",
            Self::Atomic => "atomic",
            Self::Nothing => "no effect",
            Self::Compressed => "compressed",
            Self::Straddling => "straddling fetch",
            Self::Call(name) => return write!(f, "call {name}"),
            Self::PreimageRead(kind) => return write!(f, "pre-image {kind}"),
            Self::Last => "last step",
        })
    }
}

impl Serialize for StepClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The kinds of the step that comes next.
pub(super) fn classes_of(vm: &FastVm) -> Vec<StepClass> {
    let hart = vm.hart();
    let mut bytes = [0; 4];
    vm.read_bytes(hart.pc, &mut bytes);
    let [low, high, ..] = bytes;
    let half = u16::from_le_bytes([low, high]);
    let instruction = if is_compressed(half) {
        decode_compressed(half)
    } else {
        decode(u32::from_le_bytes(bytes))
    };
    let mut classes = Vec::with_capacity(2);
    if instruction.length == 2 {
        classes.push(StepClass::Compressed);
    } else if crosses_leaf(hart.pc, 4) {
        classes.push(StepClass::Straddling);
    }
    classes.push(class_of(hart, &instruction));
    if let Some(kind) = read_kind(hart, &instruction) {
        classes.push(StepClass::PreimageRead(kind));
    }
    classes
}

fn class_of(hart: &Hart, instruction: &Instruction) -> StepClass {
    let address = hart.register(instruction.rs1).wrapping_add(instruction.imm_word());
    let load = |size| match crosses_leaf(address, size) {
        true => StepClass::LoadOfTwo,
        false => StepClass::Load,
    };
    let store = |size| match crosses_leaf(address, size) {
        true => StepClass::StoreToTwo,
        false => StepClass::Store,
    };
    match instruction.op {
        Op::Lb | Op::Lbu => load(1),
        Op::Lh | Op::Lhu => load(2),
        Op::Lw | Op::Lwu => load(4),
        Op::Ld => load(8),
        Op::Sb => store(1),
        Op::Sh => store(2),
        Op::Sw => store(4),
        Op::Sd => store(8),
        Op::Beq | Op::Bne | Op::Blt | Op::Bge | Op::Bltu | Op::Bgeu | Op::BranchNever => {
            StepClass::Branch
        }
        Op::Jal | Op::Jalr => StepClass::Jump,
        Op::Mul | Op::Mulh | Op::Mulhsu | Op::Mulhu | Op::Mulw => StepClass::Product,
        Op::Div | Op::Divu | Op::Rem | Op::Remu => StepClass::Product,
        Op::Divw | Op::Divuw | Op::Remw | Op::Remuw => StepClass::Product,
        Op::LrW | Op::LrD => StepClass::LoadReserved,
        Op::ScW | Op::ScD => StepClass::StoreConditional,
        Op::AmoAddW | Op::AmoSwapW | Op::AmoXorW | Op::AmoOrW | Op::AmoAndW => StepClass::Atomic,
        Op::AmoMinW | Op::AmoMaxW | Op::AmoMinuW | Op::AmoMaxuW => StepClass::Atomic,
        Op::AmoAddD | Op::AmoSwapD | Op::AmoXorD | Op::AmoOrD | Op::AmoAndD => StepClass::Atomic,
        Op::AmoMinD | Op::AmoMaxD | Op::AmoMinuD | Op::AmoMaxuD => StepClass::Atomic,
        Op::Ecall => StepClass::Call(call_name(hart)),
        Op::Fence | Op::SystemNop | Op::CsrZero => StepClass::Nothing,
        Op::FloatLoad | Op::FloatStore | Op::FloatOp => StepClass::Nothing,
        _ => StepClass::Arithmetic,
    }
}

/// Name of the system call in the registers; of a file where it has one.
fn call_name(hart: &Hart) -> String {
    let number = hart.register(Register::A7);
    let name = syscall_name(number);
    match Syscall::from_number(number) {
        Some(Syscall::Read | Syscall::Write) => {
            let file = match FileDescriptor::from_number(hart.register(Register::A0)) {
                Some(FileDescriptor::Stdin) => "stdin",
                Some(FileDescriptor::Stdout) => "stdout",
                Some(FileDescriptor::Stderr) => "stderr",
                Some(FileDescriptor::HintRead | FileDescriptor::HintWrite) => "hint",
                Some(FileDescriptor::PreimageRead | FileDescriptor::PreimageWrite) => "pre-image",
                None => "closed file",
            };
            format!("{name} {file}")
        }
        _ => name.to_owned(),
    }
}

/// Kind of the key, if a pre-image is read.
fn read_kind(hart: &Hart, instruction: &Instruction) -> Option<&'static str> {
    let call = Syscall::from_number(hart.register(Register::A7));
    let file = FileDescriptor::from_number(hart.register(Register::A0));
    let is_read = (instruction.op, call, file)
        == (Op::Ecall, Some(Syscall::Read), Some(FileDescriptor::PreimageRead));
    is_read.then(|| key_kind(&hart.preimage_key))
}

/// Whether `size` bytes at `address` lie in two leaves.
const fn crosses_leaf(address: u64, size: u64) -> bool {
    let leaf = LEAF_BYTES as u64;
    address % leaf + size > leaf
}

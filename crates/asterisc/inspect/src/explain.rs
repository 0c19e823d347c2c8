//! One step, looked at from all sides.

use alloy_primitives::{B256, hex};
use asterisc_isa::{INSTRUCTIONS, Instruction, Op, Register, RevertCode};
use asterisc_slow::{PreimageParts, ReplayError, replay};
use asterisc_state::{Hart, PairHasher, SparseMemory, StateHash, StateWitness, VmState, VmStatus};
use asterisc_step::{
    Host, LiveAccess, PreimagePart, PreimageRead, RecordingAccess, StepError, step,
};
use serde::Serialize;

use crate::{
    FunctionTable, Hex, Line, SyscallView, key_kind,
    listing::fetch,
    observe::{LeafAccess, ObservingAccess, ObservingHost},
    preimage_key::local_meaning,
};

/// Bytes of a hint or of output that a page shows, at most.
const TEXT_BYTES_MAX: usize = 512;

/// Everything there is to know of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The step counter before the step.
    pub step: u64,
    /// The instruction; none where the program has exited, after which no step changes anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<InstructionView>,
    /// What changed besides memory; nothing where the step reverts.
    pub changes: Vec<Change>,
    /// Leaves of memory, in the order of their proofs.
    pub leaves: Vec<LeafView>,
    /// The system call, if the instruction is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syscall: Option<SyscallView>,
    /// The pre-image that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preimage: Option<PreimageView>,
    /// Hints that became complete, as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Output of the program, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The state before.
    pub prestate: StateView,
    /// What comes of the step.
    pub outcome: Outcome,
}

/// An instruction and what it works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstructionView {
    /// Address, bytes, text and symbol.
    #[serde(flatten)]
    pub line: Line,
    /// Its effect, in pseudo-code.
    pub effect: &'static str,
    /// Registers it reads.
    pub reads: Vec<Operand>,
}

/// A register that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operand {
    /// Its name.
    pub register: &'static str,
    /// Its value.
    pub value: Hex,
}

/// A field of the state that is another after the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// A register by its name, or another field of the state.
    pub field: &'static str,
    /// Before the step; numbers and keys in hexadecimal.
    pub before: String,
    /// After it.
    pub after: String,
}

/// A leaf that was read, and its proof's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeafView {
    /// Number of its proof: bytes 1920 · slot and on.
    pub slot: usize,
    /// Address of its first byte.
    pub address: Hex,
    /// What the step wants of it.
    pub purpose: &'static str,
    /// Its 32 bytes when it was read.
    pub before: String,
    /// Its 32 bytes after they were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A pre-image that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreimageView {
    /// The key.
    pub key: B256,
    /// Its kind.
    pub kind: &'static str,
    /// What a local key stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<&'static str>,
    /// Offset of the read, the 8 bytes of length included.
    pub offset: u64,
    /// Bytes of the data, without the length before it.
    pub length: usize,
    /// The bytes the oracle hands out at the offset, at most 32.
    pub part: String,
}

/// A state by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateView {
    /// Hash of the witness, with the status in the first byte.
    pub hash: B256,
    /// Root of the memory.
    pub memory_root: B256,
    /// The status.
    pub status: &'static str,
}

/// What comes of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Outcome {
    /// There is a next state, and replaying the step from its witness gives the same.
    Next {
        /// The state after.
        poststate: StateView,
    },
    /// The step reverts, and replaying it from its witness reverts in the same way.
    Revert {
        /// The code, as it is returned on chain.
        code: Hex,
        /// What it means.
        meaning: &'static str,
        /// What led to it, where the code alone does not say.
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
}

/// Why a step can't be explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError<E: std::error::Error + 'static> {
    /// The step could not be made, for a reason outside of the machine.
    #[error(transparent)]
    Step(StepError<E>),
    /// The step replayed from its witness ends otherwise. That is an error of the machine.
    #[error("the replay of the step from its witness gives {actual}, and not {expected}")]
    Replay {
        /// What the live step came to.
        expected: String,
        /// What the replay came to.
        actual: String,
    },
}

/// Makes one step, and says everything about it; the step is replayed from its witness alone, and
/// has to come to the same.
///
/// # Errors
/// [`ExplainError`]. A step that reverts is no error, but must be the last one of `state`.
pub fn explain<H: Host, M: SparseMemory>(
    state: &mut VmState<M>,
    host: &mut H,
    hasher: &impl PairHasher,
    functions: &FunctionTable,
) -> Result<Explanation, ExplainError<H::Error>>
where
    H::Error: std::error::Error + 'static,
{
    let before = state.hart.clone();
    let instruction = (!before.exited).then(|| InstructionView::new(state, functions));
    let is_call = instruction.as_ref().is_some_and(|view| view.line.text == "ecall");
    let mut syscall = is_call.then(|| SyscallView::of(&before));
    let prestate = state.witness(hasher);

    let mut host = ObservingHost::new(host);
    let live = LiveAccess { state: &mut *state, host: &mut host };
    let inner = RecordingAccess::new(live, hasher);
    let mut access = ObservingAccess { inner, leaves: Vec::new(), part: None };
    let result = step(&mut access);
    let ObservingAccess { inner, leaves, part } = access;
    let (proof, preimage) = inner.finish();

    let expected = match result {
        Ok(()) => Ok(state.witness(hasher)),
        Err(StepError::Revert(code)) => Err((code, None)),
        Err(error @ StepError::PreimageEnd { .. }) => {
            Err((RevertCode::PreimageRead, Some(error.to_string())))
        }
        Err(error) => return Err(ExplainError::Step(error)),
    };
    verify(&prestate, &proof, preimage.as_ref().zip(part), &expected)?;
    if let (Some(call), Ok(_)) = (&mut syscall, &expected) {
        call.returned(&state.hart);
    }
    let changes = if expected.is_ok() { changes(&before, &state.hart) } else { Vec::new() };
    Ok(Explanation {
        step: before.step,
        changes,
        leaves: leaf_views(before.pc, &leaves),
        syscall,
        preimage: preimage.zip(part).map(|(read, part)| PreimageView::new(&read, part)),
        hints: host.hints.iter().map(|hint| printable(hint)).collect(),
        output: (!host.output.is_empty()).then(|| printable(&host.output)),
        instruction,
        prestate: StateView::new(&before, &prestate),
        outcome: match expected {
            Ok(witness) => Outcome::Next { poststate: StateView::new(&state.hart, &witness) },
            Err((code, detail)) => {
                Outcome::Revert { code: Hex(code.code()), meaning: code.meaning(), detail }
            }
        },
    })
}

type Expected = Result<StateWitness, (RevertCode, Option<String>)>;

/// Replays the step from its witness alone.
fn verify<E: std::error::Error + 'static>(
    prestate: &StateWitness,
    proof: &[u8],
    read: Option<(&PreimageRead, PreimagePart)>,
    expected: &Expected,
) -> Result<(), ExplainError<E>> {
    let replayed = replay(prestate.as_bytes(), proof, &mut OnePart(read));
    let agrees = match (expected, &replayed) {
        (Ok(expected), Ok(actual)) => expected == actual,
        (Err((code, _)), Err(ReplayError::Revert(actual))) => code == actual,
        _ => false,
    };
    if agrees {
        return Ok(());
    }
    let hash = |witness: &StateWitness| format!("state {}", witness.hash());
    Err(ExplainError::Replay {
        expected: expected.as_ref().map_or_else(|(code, _)| format!("revert {code}"), hash),
        actual: replayed.as_ref().map_or_else(ToString::to_string, hash),
    })
}

/// An oracle that knows one part of one pre-image.
struct OnePart<'a>(Option<(&'a PreimageRead, PreimagePart)>);

impl PreimageParts for OnePart<'_> {
    fn part(&mut self, key: B256, offset: u64) -> Option<PreimagePart> {
        let (read, part) = self.0?;
        (read.key == key && read.offset == offset).then_some(part)
    }
}

impl InstructionView {
    fn new<M: SparseMemory>(state: &VmState<M>, functions: &FunctionTable) -> Self {
        let Hart { pc, .. } = state.hart;
        let (_, instruction) = fetch(&state.memory, pc);
        Self {
            line: Line::at(&state.memory, pc, functions),
            effect: effect(instruction.op),
            reads: reads(&instruction, &state.hart),
        }
    }
}

fn effect(op: Op) -> &'static str {
    let row = INSTRUCTIONS.iter().find(|row| row.op == op);
    row.map_or("reverts", |row| row.effect)
}

/// Registers an instruction reads, each once; those it does not use are x0.
fn reads(instruction: &Instruction, hart: &Hart) -> Vec<Operand> {
    let mut registers = vec![instruction.rs1, instruction.rs2];
    registers.dedup();
    registers.retain(|register| *register != Register::ZERO);
    registers
        .into_iter()
        .map(|register| Operand { register: register.name(), value: Hex(hart.register(register)) })
        .collect()
}

/// Fields of the state that differ.
fn changes(before: &Hart, after: &Hart) -> Vec<Change> {
    let number = |field, before: u64, after: u64| {
        (before != after).then(|| Change {
            field,
            before: Hex(before).to_string(),
            after: Hex(after).to_string(),
        })
    };
    let registers = (0..32).map(Register::from_low_bits).map(|register| {
        number(register.name(), before.register(register), after.register(register))
    });
    let key = (before.preimage_key != after.preimage_key).then(|| Change {
        field: "pre-image key",
        before: before.preimage_key.to_string(),
        after: format!("{} ({})", after.preimage_key, key_kind(&after.preimage_key)),
    });
    let exited = (before.exited != after.exited).then(|| Change {
        field: "exited",
        before: "no".to_owned(),
        after: format!("yes, with code {}", after.exit_code),
    });
    let fields = [
        number("pc", before.pc, after.pc),
        number("heap", before.heap, after.heap),
        number("reservation", before.load_reservation, after.load_reservation),
        key,
        number("pre-image offset", before.preimage_offset, after.preimage_offset),
        exited,
    ];
    registers.chain(fields).flatten().collect()
}

fn leaf_views(pc: u64, leaves: &[LeafAccess]) -> Vec<LeafView> {
    let views = leaves.iter().enumerate().map(|(slot, leaf)| LeafView {
        slot,
        address: Hex(leaf.address),
        purpose: purpose(slot, pc, leaves),
        before: hex::encode(leaf.before),
        after: leaf.after.map(hex::encode),
    });
    views.collect()
}

/// What a step wants of the leaf of a slot.
fn purpose(slot: usize, pc: u64, leaves: &[LeafAccess]) -> &'static str {
    let first = leaves.first().map_or([0; 32], |leaf| leaf.before);
    let straddles = pc % 32 == 30 && first[30] & 0b11 == 0b11;
    match slot {
        0 => "instruction",
        1 if straddles => "second half of the instruction",
        _ => "data",
    }
}

impl PreimageView {
    fn new(read: &PreimageRead, part: PreimagePart) -> Self {
        Self {
            key: read.key,
            kind: key_kind(&read.key),
            meaning: local_meaning(&read.key),
            offset: read.offset,
            length: read.data.len(),
            part: hex::encode(&part.bytes[..usize::from(part.length).min(32)]),
        }
    }
}

impl StateView {
    fn new(hart: &Hart, witness: &StateWitness) -> Self {
        let StateHash(hash) = witness.hash();
        let mut memory_root = B256::ZERO;
        memory_root.copy_from_slice(&witness.as_bytes()[..32]);
        let status = match VmStatus::of(hart) {
            VmStatus::Valid => "valid",
            VmStatus::Invalid => "invalid",
            VmStatus::Panic => "panic",
            VmStatus::Unfinished => "unfinished",
        };
        Self { hash, memory_root, status }
    }
}

/// Text as it is, all other bytes escaped, and not too much of it.
fn printable(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(TEXT_BYTES_MAX)];
    let text = shown.escape_ascii().to_string();
    match bytes.len() - shown.len() {
        0 => text,
        more => format!("{text}… and {more} more bytes"),
    }
}

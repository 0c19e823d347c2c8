//! Runs a program and counts its steps.

use alloy_primitives::B256;
use asterisc_isa::{Instruction, Op, Register};
use asterisc_state::{Hart, LEAF_BYTES, Leaf, SparseMemory, VmState, leaf_address};
use asterisc_step::{
    Host, LiveAccess, OutputStream, PreimagePart, StateAccess, StepError, step, step_decoded,
};

use crate::{
    FunctionTable,
    profile::{
        CallTree, NodeId, Timeline,
        call_stack::{Arrival, CallStack},
        decoded::{Decoded, DecodedCode, Transfer},
    },
};

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Steps by the way that leads to them.
    pub tree: CallTree,
    /// When they were made.
    pub timeline: Timeline,
    /// How many there are.
    pub steps: u64,
}

/// Runs a state, step by step, and counts.
///
/// It executes what the reference step executes, on instructions that are decoded once.
#[derive(Debug)]
pub struct Profiler<'a> {
    functions: &'a FunctionTable,
    profile: Profile,
    code: DecodedCode,
    stack: CallStack,
    /// How control comes to the next instruction.
    arrival: Arrival,
    /// Steps that are not counted for the current node yet.
    uncounted: u64,
}

impl<'a> Profiler<'a> {
    /// Starts with nothing counted.
    pub fn new(functions: &'a FunctionTable) -> Self {
        Self {
            functions,
            profile: Profile::default(),
            code: DecodedCode::default(),
            stack: CallStack::new(),
            arrival: Arrival::Direct,
            uncounted: 0,
        }
    }

    /// Executes at most `steps` steps, fewer only if the program exits or the host wants to stop.
    ///
    /// # Errors
    /// A step has no next state, which is not counted; the state must not be used any more.
    pub fn run<H: Host, M: SparseMemory>(
        &mut self,
        state: &mut VmState<M>,
        host: &mut H,
        steps: u64,
    ) -> Result<(), StepError<H::Error>> {
        let mut left = steps;
        let mut result = Ok(());
        while left > 0 && !state.hart.exited && result.is_ok() {
            let pc = state.hart.pc;
            let decoded = self.code.at(pc & !1, &state.memory, self.functions);
            let current = self.stack.current();
            if self.arrival != Arrival::Direct
                || current.is_none_or(|(function, _)| function != decoded.function)
            {
                self.arrive(pc, &state.hart, &decoded);
            }
            let live = LiveAccess { state: &mut *state, host: &mut *host };
            let mut access = TracingAccess { live, code: &mut self.code };
            result = if pc & 1 == 0 {
                step_decoded(&mut access, decoded.instruction)
            } else {
                step(&mut access)
            };
            if result.is_ok() {
                left -= 1;
                self.uncounted += 1;
                // At an odd address stands another instruction than at the even one before.
                let transfer = if pc & 1 == 0 { decoded.transfer } else { Transfer::None };
                self.arrival = arrival(transfer, pc, &decoded.instruction);
                if decoded.instruction.op == Op::Ecall && host.wants_stop() {
                    break;
                }
            }
        }
        self.flush();
        result
    }

    /// What was counted so far.
    pub fn finish(mut self) -> Profile {
        self.flush();
        self.profile.timeline.finish();
        self.profile
    }

    /// The call stack may change before the instruction at `pc`.
    #[inline(never)]
    fn arrive(&mut self, pc: u64, hart: &Hart, decoded: &Decoded) {
        self.flush();
        let stack_pointer = hart.register(Register::SP);
        let (functions, tree) = (self.functions, &mut self.profile.tree);
        self.stack.arrive(self.arrival, pc, stack_pointer, decoded.function, functions, tree);
        self.arrival = Arrival::Direct;
    }

    /// Counts the steps since the last change of the call stack.
    fn flush(&mut self) {
        let steps = std::mem::take(&mut self.uncounted);
        let node = self.stack.current().map_or(NodeId::ROOT, |(_, node)| node);
        if steps > 0 {
            self.profile.tree.count(node, steps);
            self.profile.timeline.count(node, steps);
            self.profile.steps += steps;
        }
    }
}

/// How control comes to the instruction after one at `pc`.
const fn arrival(transfer: Transfer, pc: u64, instruction: &Instruction) -> Arrival {
    match transfer {
        Transfer::None => Arrival::Direct,
        Transfer::Call => {
            Arrival::Call { return_address: pc.wrapping_add(instruction.length as u64) }
        }
        Transfer::Return => Arrival::Return,
        Transfer::Indirect => Arrival::Indirect,
    }
}

/// A live state whose decoded code follows what is written to memory.
struct TracingAccess<'a, 'h, H, M> {
    live: LiveAccess<'h, H, M>,
    code: &'a mut DecodedCode,
}

impl<H: Host, M: SparseMemory> StateAccess for TracingAccess<'_, '_, H, M> {
    type Error = StepError<H::Error>;

    #[inline]
    fn hart(&mut self) -> &mut Hart {
        self.live.hart()
    }

    fn read_leaf(&mut self, address: u64) -> Result<Leaf, Self::Error> {
        self.live.read_leaf(address)
    }

    fn write_leaf(&mut self, address: u64, leaf: &Leaf) -> Result<(), Self::Error> {
        self.code.forget(leaf_address(address), LEAF_BYTES as u64);
        self.live.write_leaf(address, leaf)
    }

    fn read_preimage(&mut self, key: B256, offset: u64) -> Result<PreimagePart, Self::Error> {
        self.live.read_preimage(key, offset)
    }

    fn write_output(
        &mut self,
        stream: OutputStream,
        address: u64,
        count: u64,
    ) -> Result<(), Self::Error> {
        self.live.write_output(stream, address, count)
    }

    fn write_hint(&mut self, address: u64, count: u64) -> Result<(), Self::Error> {
        self.live.write_hint(address, count)
    }

    #[inline]
    fn load<const N: usize>(&mut self, address: u64) -> Result<[u8; N], Self::Error> {
        self.live.load(address)
    }

    #[inline]
    fn store(&mut self, address: u64, bytes: &[u8]) -> Result<(), Self::Error> {
        self.code.forget(address, bytes.len() as u64);
        self.live.store(address, bytes)
    }
}

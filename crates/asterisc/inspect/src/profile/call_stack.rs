//! Which functions are being executed, told from calls and returns.
//!
//! A program is free to jump as it likes; compilers do so in few ways, and these are understood:
//!
//! | what happens | what it is taken for |
//! |---|---|
//! | a jump that keeps its return address in ra or t0 | a call |
//! | a jump to what is in ra or t0, where the innermost call returns to | its return |
//! | the same, where a call further out returns to | the return of all calls inside of it |
//! | any jump to, or walk into, the beginning of another function | a tail call: it takes the place of the innermost function |
//! | any jump to the middle of a function that is being executed | control is back there: all calls inside of it have ended (`longjmp`, an unwinder, a switch of stacks) |
//! | any other way into a function | a tail call |
//!
//! Several calls may return to one address, in a recursion for instance; then the stack pointer,
//! which a call must restore, tells which one it is.

use crate::{
    FunctionId, FunctionTable,
    profile::{CallTree, NodeId},
};

/// Calls inside of each other that are told apart, at most; those further in are counted for the
/// last one.
const FRAMES_MAX: usize = 4096;

/// A call under way.
#[derive(Debug, Clone, Copy)]
struct Frame {
    node: NodeId,
    function: FunctionId,
    /// Where it returns to; nothing for the outermost.
    return_address: Option<u64>,
    /// The stack pointer at the call.
    stack_pointer: u64,
}

/// How control came to an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// By a call from the instruction before the return address.
    Call {
        /// Where it returns to.
        return_address: u64,
    },
    /// By a jump to a return address.
    Return,
    /// By a jump to another computed address.
    Indirect,
    /// By any other way: the next instruction, a branch, a jump to a fixed address.
    Direct,
}

/// The functions that are being executed.
#[derive(Debug)]
pub(super) struct CallStack {
    frames: Vec<Frame>,
    /// Calls that were not put on the stack, since it is full.
    omitted: u64,
}

impl CallStack {
    pub(super) const fn new() -> Self {
        Self { frames: Vec::new(), omitted: 0 }
    }

    /// The innermost function, and its node.
    pub(super) fn current(&self) -> Option<(FunctionId, NodeId)> {
        self.frames.last().map(|frame| (frame.function, frame.node))
    }

    /// Control is at `pc`, in `function`, and `arrival` says how it got there.
    pub(super) fn arrive(
        &mut self,
        arrival: Arrival,
        pc: u64,
        stack_pointer: u64,
        function: FunctionId,
        functions: &FunctionTable,
        tree: &mut CallTree,
    ) {
        if let Arrival::Call { return_address } = arrival
            && !self.frames.is_empty()
        {
            // A call of what comes next only asks for the pc.
            if pc != return_address {
                self.call(return_address, stack_pointer, function, tree);
            }
        } else {
            let is_return = match arrival {
                Arrival::Return => self.finish_calls(pc, stack_pointer),
                Arrival::Indirect => self.finish_call_of(pc, stack_pointer),
                Arrival::Call { .. } | Arrival::Direct => false,
            };
            if self.current().map(|(current, _)| current) != Some(function) {
                let is_start = !is_return && functions.is_start(function, pc);
                self.land(is_start, stack_pointer, function, tree);
            }
        }
    }

    fn call(
        &mut self,
        return_address: u64,
        stack_pointer: u64,
        function: FunctionId,
        tree: &mut CallTree,
    ) {
        if self.frames.len() >= FRAMES_MAX {
            self.omitted += 1;
            return;
        }
        let parent = self.frames.last().map_or(NodeId::ROOT, |frame| frame.node);
        let node = tree.enter(parent, function);
        let return_address = Some(return_address);
        self.frames.push(Frame { node, function, return_address, stack_pointer });
    }

    /// Ends the calls that a jump to a return address ends; whether there are any.
    fn finish_calls(&mut self, pc: u64, stack_pointer: u64) -> bool {
        let returns_here = |frame: &Frame| frame.return_address == Some(pc);
        let is_same_stack = |frame: &Frame| frame.stack_pointer == stack_pointer;
        // The usual case first.
        let is_innermost = self.frames.last().is_some_and(|frame| {
            returns_here(frame) && (self.omitted == 0 || is_same_stack(frame))
        });
        let place = if is_innermost {
            Some(self.frames.len() - 1)
        } else {
            self.frames.iter().rposition(|frame| returns_here(frame) && is_same_stack(frame))
        };
        if place.is_none() && self.omitted > 0 {
            self.omitted -= 1;
            return true;
        }
        match place.or_else(|| self.frames.iter().rposition(returns_here)) {
            Some(place) => {
                self.cut_to(place);
                true
            }
            None => false,
        }
    }

    /// Ends the innermost call, if a jump by another register is its return.
    fn finish_call_of(&mut self, pc: u64, stack_pointer: u64) -> bool {
        let is_return = self.frames.last().is_some_and(|frame| {
            frame.return_address == Some(pc) && frame.stack_pointer == stack_pointer
        });
        if is_return {
            self.cut_to(self.frames.len() - 1);
        }
        is_return
    }

    /// Ends the call at `place` and all inside of it; the outermost function stays.
    fn cut_to(&mut self, place: usize) {
        self.frames.truncate(place.max(1));
        self.omitted = 0;
    }

    /// Control came into another function without a call or return that explains it.
    fn land(
        &mut self,
        is_start: bool,
        stack_pointer: u64,
        function: FunctionId,
        tree: &mut CallTree,
    ) {
        let is_meant = |frame: &Frame| frame.function == function;
        if !is_start && let Some(place) = self.frames.iter().rposition(is_meant) {
            self.cut_to(place + 1);
            return;
        }
        let frame = match self.frames.pop() {
            Some(Frame { node, return_address, stack_pointer, .. }) => {
                let node = tree.enter(tree.node(node).parent, function);
                Frame { node, function, return_address, stack_pointer }
            }
            None => {
                let node = tree.enter(NodeId::ROOT, function);
                Frame { node, function, return_address: None, stack_pointer }
            }
        };
        self.frames.push(frame);
    }
}

//! The engine: runs a state fast, and stops at exactly the step that was asked for.

use asterisc_state::{Hart, Memory, PairHasher, SparseMemory, StateWitness, VmState};
use asterisc_step::{Host, LiveAccess, StepError, StepWitness, step};

use crate::{
    code::{Code, Exit, NO_BLOCK},
    handlers::enter,
    machine::Machine,
    mapped_memory::MappedMemory,
    translate::translate,
};

/// Steps of translated code in one go, at most. Handlers call each other; where the compiler makes
/// no jumps of these calls, this bounds how deep they nest.
const NESTED_STEPS_MAX: u64 = 4096;

/// A state that runs fast.
#[derive(Debug)]
pub struct FastVm {
    state: VmState<MappedMemory>,
    code: Code,
}

impl FastVm {
    /// Copies a state; [`Self::from_state`] runs one without a copy.
    pub fn new(state: &VmState<Memory>) -> Self {
        let memory = MappedMemory::copy_of(&state.memory);
        Self::from_state(VmState {
            hart: state.hart.clone(),
            memory,
            last_hint: state.last_hint.clone(),
        })
    }

    /// Takes over a state, such as one that was read from a file straight into mapped memory.
    pub fn from_state(state: VmState<MappedMemory>) -> Self {
        Self { state, code: Code::new() }
    }

    /// The state as it is between two runs.
    pub const fn state(&self) -> &VmState<MappedMemory> {
        &self.state
    }

    /// The state as it is between two runs, to be changed, or to be saved: that computes the root of
    /// its memory.
    pub const fn state_mut(&mut self) -> &mut VmState<MappedMemory> {
        &mut self.state
    }

    /// All of the state but memory.
    pub const fn hart(&self) -> &Hart {
        &self.state.hart
    }

    /// How many pages of memory exist.
    pub fn page_count(&self) -> usize {
        self.state.memory.page_count()
    }

    /// Fills `buffer` with the bytes of memory from `address` on.
    pub fn read_bytes(&self, address: u64, buffer: &mut [u8]) {
        self.state.memory.read_bytes(address, buffer);
    }

    /// A copy of the state as portable memory.
    pub fn to_state(&self) -> VmState<Memory> {
        let state = &self.state;
        VmState {
            hart: state.hart.clone(),
            memory: state.memory.to_memory(),
            last_hint: state.last_hint.clone(),
        }
    }

    /// The witness of the state.
    pub fn witness(&mut self, hasher: &impl PairHasher) -> StateWitness {
        self.state.witness(hasher)
    }

    /// Executes one step and records it.
    ///
    /// # Errors
    /// The state has no next one, and must not be used any more.
    pub fn record_step<H: Host>(
        &mut self,
        host: &mut H,
        hasher: &impl PairHasher,
    ) -> Result<StepWitness, StepError<H::Error>> {
        let witness = StepWitness::record(&mut self.state, host, hasher)?;
        self.forget_changed_code();
        Ok(witness)
    }

    /// Executes at most `steps` steps, fewer only if the program exits or the host wants to stop.
    ///
    /// # Errors
    /// A step has no next state. The state is that before it, but for the step counter and what
    /// the step changed already; it must not be used any more.
    pub fn run<H: Host>(&mut self, steps: u64, host: &mut H) -> Result<(), StepError<H::Error>> {
        // Whoever had the state may have written to code.
        self.forget_changed_code();
        let mut left = steps;
        while left > 0 && !self.state.hart.exited {
            let budget = left.min(NESTED_STEPS_MAX);
            let (taken, exit) = self.run_translated(budget);
            left -= taken;
            let singly = match exit {
                // The block has more steps than were given, though not more than there are.
                Exit::StepsLeft if budget - taken < left => 0,
                Exit::StepsLeft => left,
                Exit::OneStep => left.min(1),
                Exit::Untranslated => 0,
            };
            for _ in 0..singly {
                if self.state.hart.exited {
                    break;
                }
                step(&mut LiveAccess { state: &mut self.state, host })?;
                left -= 1;
                if host.wants_stop() {
                    return Ok(());
                }
            }
            self.forget_changed_code();
        }
        Ok(())
    }

    /// Runs translated code for at most `budget` steps; gives the steps taken, and why it stopped.
    fn run_translated(&mut self, budget: u64) -> (u64, Exit) {
        let Self { state, code } = self;
        let pc = state.hart.pc;
        // Instructions at odd addresses are not translated.
        if pc & 1 == 1 {
            return (0, Exit::OneStep);
        }
        let mut block = code.find_jump(pc);
        if block == NO_BLOCK {
            code.add(translate(&mut state.memory, pc));
            block = code.find(pc);
        }
        let mut machine = Machine::new(&state.hart, budget, code, state.memory.windows());
        let exit = enter(&mut machine, block, 0);
        (machine.leave(&mut state.hart, budget), exit)
    }

    fn forget_changed_code(&mut self) {
        if self.state.memory.code_changed {
            self.state.memory.forget_code();
            self.code.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Programs here do not ask for anything.
    struct NoHost;

    impl Host for NoHost {
        type Error = ();

        fn preimage(&mut self, _: alloy_primitives::B256, _: u64) -> Result<&[u8], ()> {
            Err(())
        }

        fn hint(&mut self, _: &[u8]) -> Result<(), ()> {
            Ok(())
        }

        fn output(&mut self, _: asterisc_step::OutputStream, _: &[u8]) {}
    }

    #[test]
    fn code_at_address_zero_is_translated_once() {
        let mut state: VmState<MappedMemory> = VmState::default();
        // jalr zero, 0(zero)
        state.memory.write_bytes(0, &0x0000_0067u32.to_le_bytes());
        let mut vm = FastVm::from_state(state);
        vm.run(100_000, &mut NoHost).unwrap();
        assert_eq!((vm.hart().step, vm.hart().pc), (100_000, 0));
        assert_eq!(vm.code.blocks.len(), 1);
    }

    #[test]
    fn translated_code_is_bounded_whatever_the_program_jumps_to() {
        const CODE: u64 = 0x1_0000;
        /// 128 instructions, and the operation that leads on.
        const BLOCK: usize = 129;
        let mut state: VmState<MappedMemory> = VmState::default();
        // c.nop
        state.memory.write_bytes(CODE, &[1, 0].repeat(1000));
        let mut vm = FastVm::from_state(state);
        vm.code = Code::with_room_for(3 * BLOCK);
        for (start, blocks) in (0..).zip([1, 2, 3, 1, 2, 3, 1]) {
            vm.state_mut().hart.pc = CODE + 2 * start;
            vm.run(1, &mut NoHost).unwrap();
            assert_eq!(vm.code.blocks.len(), blocks, "started at {start} instructions");
        }
        vm.run(900, &mut NoHost).unwrap();
        assert_eq!(vm.hart().pc, CODE + 2 * (6 + 1 + 900));
    }
}

//! Single steps to compare the contract by: recorded from a live state, and random ones.

#![allow(dead_code, reason = "each test uses a part")]

use std::collections::BTreeMap;

use alloy_primitives::{B256, U256};
use asterisc_evm::{EvmError, EvmOutcome, EvmStep, StepCall};
use asterisc_isa::{
    COMPRESSED, INSTRUCTIONS, Register, RevertCode, decode, decode_compressed, is_compressed,
};
use asterisc_state::{Hart, PortableHasher, SparseMemory, StateWitness, VmState};
use asterisc_step::{
    Host, LiveAccess, OutputStream, PreimageRead, RecordingAccess, StepError, step,
};

/// Pre-images by key; hints and output lead nowhere.
#[derive(Debug, Default)]
pub(crate) struct Preimages(pub(crate) BTreeMap<B256, Vec<u8>>);

impl Host for Preimages {
    type Error = B256;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], B256> {
        self.0.get(&key).map(Vec::as_slice).ok_or(key)
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), B256> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

/// A step of a live state, with all it takes to repeat it; also one that reverts.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The state before.
    pub(crate) prestate: StateWitness,
    /// Proofs taken.
    pub(crate) proof: Vec<u8>,
    /// The pre-image that was read.
    pub(crate) preimage: Option<PreimageRead>,
    /// The state after.
    pub(crate) outcome: Result<StateWitness, RevertCode>,
}

impl Recorded {
    /// Executes one step of `state`.
    pub(crate) fn of(state: &mut VmState, preimages: &mut Preimages) -> Self {
        let prestate = state.witness(&PortableHasher);
        let live = LiveAccess { state, host: preimages };
        let mut access = RecordingAccess::new(live, &PortableHasher);
        let result = step(&mut access);
        let (proof, preimage) = access.finish();
        let outcome = match result {
            Ok(()) => Ok(state.witness(&PortableHasher)),
            Err(StepError::Revert(code)) => Err(code),
            Err(StepError::PreimageEnd { .. } | StepError::Host(_)) => {
                Err(RevertCode::PreimageRead)
            }
            Err(error @ StepError::HintLength { .. }) => panic!("{error}"),
        };
        Self { prestate, proof, preimage, outcome }
    }

    /// The same step on chain.
    pub(crate) fn on_chain(
        &self,
        evm: &mut EvmStep,
        local_context: B256,
    ) -> Result<EvmOutcome, EvmError> {
        let prestate = self.prestate.as_bytes();
        let call = StepCall { prestate, proof: &self.proof, local_context };
        evm.step_with(call, self.preimage.as_ref())
    }

    /// Asserts that the contract came to the same outcome.
    pub(crate) fn assert_is(&self, on_chain: &Result<EvmOutcome, EvmError>, name: &str) {
        match (&self.outcome, on_chain) {
            (Ok(witness), Ok(outcome)) => {
                assert_eq!(witness.as_bytes(), &outcome.poststate, "{name}: poststate");
                assert_eq!(witness.hash().0, outcome.state_hash, "{name}: hash");
            }
            (Err(code), Err(EvmError::Revert(actual))) => assert_eq!(code, actual, "{name}"),
            (expected, actual) => panic!("{name}: expected {expected:?}, got {actual:?}"),
        }
    }
}

/// A state at an address with a program of one word, and all registers zero.
pub(crate) fn state_with(pc: u64, word: u32) -> VmState {
    let mut state: VmState = VmState::default();
    state.hart.pc = pc;
    state.memory.write_bytes(pc, &word.to_le_bytes());
    state
}

/// A seeded generator (xorshift64*).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 8) % limit
    }

    /// An item of a slice.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).unwrap()]
    }

    /// 256 random bits.
    pub(crate) fn word(&mut self) -> B256 {
        let limbs = [self.next(), self.next(), self.next(), self.next()];
        U256::from_limbs(limbs).into()
    }

    fn low_32(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap()
    }

    /// A word that is likely an instruction: of the tables, with random operands, or random.
    fn instruction(&mut self) -> u32 {
        match self.below(13) {
            0 => self.low_32(),
            1 | 2 => 0x73,
            3..7 => {
                let row = self.pick(COMPRESSED);
                let [low, high, ..] = self.low_32().to_le_bytes();
                let half = (u16::from_le_bytes([low, high]) & !row.mask) | row.pattern;
                (self.low_32() & 0xffff_0000) | u32::from(half)
            }
            _ => {
                let row = self.pick(INSTRUCTIONS);
                (self.low_32() & !row.mask) | row.pattern
            }
        }
    }

    /// Values that meet: small numbers, calls, addresses near the code, ends of leaves and of the
    /// address space.
    fn value(&mut self, base: u64) -> u64 {
        const CALLS: [u64; 16] =
            [25, 56, 63, 64, 93, 94, 98, 101, 113, 163, 214, 220, 222, 261, 422, 1 << 32 | 63];
        match self.below(9) {
            0 | 1 => self.below(8),
            2 => *self.pick(&CALLS),
            3 | 4 => base.wrapping_add(self.below(0x80)),
            5 => u64::MAX - self.below(0x40),
            6 => 1 << self.below(64),
            7 => self.next() & 0xffff_ffff,
            _ => self.next(),
        }
    }

    /// A state before a random instruction.
    pub(crate) fn state(&mut self, preimages: &mut Preimages) -> VmState {
        let mut state: VmState = VmState::default();
        let base = *self.pick(&[0x1000, 0x1fc0, 0, 0u64.wrapping_sub(0x40), 1 << 63]);
        for at in (0..0x80).step_by(8) {
            state.memory.write_bytes(base.wrapping_add(at), &self.next().to_le_bytes());
        }
        // Mostly even, often at the end of a leaf.
        let offset = match self.below(8) {
            0 => self.below(0x40),
            1..4 => 30,
            _ => self.below(0x20) * 2,
        };
        let pc = base.wrapping_add(offset);
        let word = self.instruction();
        state.memory.write_bytes(pc, &word.to_le_bytes());
        let mut registers = [0; Register::COUNT];
        registers[1..].iter_mut().for_each(|register| *register = self.value(base));
        let is_at_zero = self.aim(word, base, &mut registers);
        if self.below(2) == 0 {
            self.arguments(base, &mut registers);
        }
        // Only the live machine minds how long a hint gets.
        if (registers[17], registers[10]) == (64, 4) {
            registers[12] %= 1 << 12;
        }
        let is_reserved = self.below(2) == 0;
        let reservation = if is_reserved { *self.pick(&registers) } else { self.value(base) };
        let reservation = if is_at_zero { 0 } else { reservation };
        let (preimage_key, preimage_offset) = self.preimage(preimages);
        state.hart = Hart {
            pc,
            registers,
            load_reservation: reservation,
            preimage_key,
            preimage_offset,
            heap: self.value(base),
            step: self.value(base),
            exited: self.below(50) == 0,
            exit_code: self.next().to_le_bytes()[0] % 4,
        };
        state
    }

    /// A system call whose arguments fit to it, more or less.
    fn arguments(&mut self, base: u64, registers: &mut [u64; Register::COUNT]) {
        match self.below(4) {
            0 => {
                registers[17] = 222;
                registers[10] = *self.pick(&[0, 0, base]);
                registers[13] = *self.pick(&[0x20, 0x22, 0x02]);
                registers[14] = *self.pick(&[u64::MAX, u64::MAX, 0, 3]);
            }
            1 => {
                registers[17] = 25;
                registers[10] = self.below(8);
                registers[11] = *self.pick(&[1, 3, 3, 2]);
            }
            _ => {
                let files = [[63, 5], [63, 5], [63, 3], [63, 0], [64, 6], [64, 4], [64, 1]];
                [registers[17], registers[10]] = *self.pick(&files);
                registers[12] = self.below(40);
            }
        }
    }

    /// Lets an instruction that has an address reach the last bytes of a leaf, often an aligned part
    /// of them; or else address zero, which counts as reserved where nothing is. Says if it is that.
    fn aim(&mut self, word: u32, base: u64, registers: &mut [u64; Register::COUNT]) -> bool {
        let [low, high, ..] = word.to_le_bytes();
        let half = u16::from_le_bytes([low, high]);
        let instruction = if is_compressed(half) { decode_compressed(half) } else { decode(word) };
        let target = base.wrapping_add(self.below(4) * 0x20 + 0x18);
        let past = self.below(16).saturating_sub(8);
        let is_at_zero = self.below(8) == 0;
        let address = if is_at_zero { 0 } else { target.wrapping_add(past) };
        if instruction.rs1 != Register::ZERO && self.below(4) != 0 {
            registers[instruction.rs1.index()] = address.wrapping_sub(instruction.imm_word());
        }
        is_at_zero
    }

    /// A key of any kind, mostly one whose pre-image there is, and where in it to read.
    fn preimage(&mut self, preimages: &mut Preimages) -> (B256, u64) {
        let mut key = self.word();
        key[0] %= 8;
        let length = self.below(80);
        let data = (0..length).map(|_| self.next().to_le_bytes()[0]).collect();
        if self.below(8) != 0 {
            preimages.0.insert(key, data);
        }
        let offset = match self.below(8) {
            0 => self.next(),
            1 => length + 8 - self.below(3),
            _ => self.below(length + 8),
        };
        (key, offset)
    }
}

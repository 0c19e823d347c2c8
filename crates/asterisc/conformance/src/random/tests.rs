//! What random programs meet, so that nobody compares engines on nothing.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use asterisc_isa::{COMPRESSED, INSTRUCTIONS, Op, Register};
use asterisc_state::{PAGE_BYTES, SparseMemory, VmState};
use asterisc_step::{LiveAccess, StepError, step};

use super::{Random, random_state};
use crate::oracle::{Preimages, TestHost};

/// Programs that are looked at, and steps of each.
const PROGRAMS: u64 = 400;
const STEPS: u64 = 3_000;

/// What was met.
#[derive(Default)]
struct Met {
    names: BTreeSet<&'static str>,
    calls: BTreeSet<u64>,
    straddling_fetches: u64,
    accesses_across_pages: u64,
    stores_into_code: u64,
    preimage_reads: u64,
    steps: u64,
}

impl Met {
    /// Notes the instruction at pc.
    fn look(&mut self, state: &VmState) {
        let mut bytes = [0; 4];
        state.memory.read_bytes(state.hart.pc, &mut bytes);
        let word = u32::from_le_bytes(bytes);
        let half = u16::from_le_bytes([bytes[0], bytes[1]]);
        self.steps += 1;
        if half & 3 != 3 {
            self.names
                .extend(COMPRESSED.iter().find(|row| row.matches(half)).map(|it| it.mnemonic));
            return;
        }
        self.straddling_fetches += u64::from(state.hart.pc % 32 == 30);
        let Some(row) = INSTRUCTIONS.iter().find(|row| row.matches(word)) else { return };
        self.names.insert(row.mnemonic);
        let decoded = asterisc_isa::decode(word);
        let address = state.hart.register(decoded.rs1).wrapping_add(decoded.imm_word());
        let offset = address % PAGE_BYTES as u64;
        match row.op {
            Op::Ld | Op::Sd => {
                self.accesses_across_pages += u64::from(offset > PAGE_BYTES as u64 - 8);
            }
            Op::Sw | Op::Sh => {
                let distance = address.wrapping_sub(super::operands::CODE);
                self.stores_into_code += u64::from(distance < super::operands::CODE_BYTES);
            }
            Op::Ecall => {
                let call = state.hart.register(Register::A7);
                let is_read = call == 63 && state.hart.register(Register::A0) == 5;
                self.preimage_reads += u64::from(is_read);
                self.calls.insert(call);
            }
            _ => {}
        }
    }

    /// Steps until the program ends.
    fn run(&mut self, seed: u64) -> Result<(), StepError<B256>> {
        let mut state = random_state(&mut Random::new(seed));
        let mut host = TestHost::new(Preimages::OfKey);
        for _ in 0..STEPS {
            self.look(&state);
            step(&mut LiveAccess { state: &mut state, host: &mut host })?;
            if state.hart.exited {
                break;
            }
        }
        Ok(())
    }
}

#[test]
fn programs_meet_every_instruction_and_whatever_is_hard() {
    let mut met = Met::default();
    let reverts = (0..PROGRAMS).filter(|seed| met.run(*seed).is_err()).count();
    let expected = INSTRUCTIONS
        .iter()
        .map(|row| (row.op, row.mnemonic))
        .chain(COMPRESSED.iter().map(|row| (row.op, row.mnemonic)))
        .filter(|(op, _)| !matches!(op, Op::Illegal(_) | Op::AmoUnknownW | Op::AmoUnknownD));
    let missing: Vec<_> =
        expected.map(|(_, name)| name).filter(|name| !met.names.contains(name)).collect();
    assert!(missing.is_empty(), "never met: {missing:?}");
    for call in [25, 63, 64, 93, 113, 163, 214, 222] {
        assert!(met.calls.contains(&call), "call {call} was never met");
    }
    let counts = [
        ("reverts", reverts as u64, 10),
        ("fetches across leaves", met.straddling_fetches, 1000),
        ("accesses across pages", met.accesses_across_pages, 100),
        ("stores into code", met.stores_into_code, 100),
        ("reads of pre-images", met.preimage_reads, 100),
        ("steps", met.steps, 300 * PROGRAMS),
    ];
    for (what, count, least) in counts {
        assert!(count >= least, "{what}: {count} of {counts:?}");
    }
}

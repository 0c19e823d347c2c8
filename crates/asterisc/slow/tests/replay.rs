//! Random single steps: what the live machine does, the provable one repeats; what was tampered
//! with, it rejects.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use alloy_primitives::B256;
use asterisc_isa::{COMPRESSED, INSTRUCTIONS, Register, RevertCode};
use asterisc_slow::{PreimageParts, ReplayError, replay};
use asterisc_state::{Hart, LeafProof, PortableHasher, SparseMemory, StateWitness, VmState};
use asterisc_step::{
    Host, LiveAccess, OutputStream, PreimagePart, PreimageRead, RecordingAccess, StepError, step,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// The one pre-image of every run.
const PREIMAGE: [u8; 45] = *b"forty-five bytes of a pre-image to be read of";

struct OnePreimage;

impl Host for OnePreimage {
    type Error = ();

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], ()> {
        if key == KEY { Ok(&PREIMAGE) } else { Err(()) }
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), ()> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

const KEY: B256 = B256::repeat_byte(2);

/// The part of the pre-image that was recorded, cut out anew.
struct Recorded(Option<PreimageRead>);

impl PreimageParts for Recorded {
    fn part(&mut self, key: B256, offset: u64) -> Option<PreimagePart> {
        let read = self.0.as_ref().filter(|read| read.key == key)?;
        let whole = [&(read.data.len() as u64).to_be_bytes(), read.data.as_slice()].concat();
        let rest = whole.get(usize::try_from(offset).ok()?..).filter(|rest| !rest.is_empty())?;
        let length = rest.len().min(32);
        let mut bytes = [0; 32];
        bytes[..length].copy_from_slice(&rest[..length]);
        Some(PreimagePart { bytes, length: u8::try_from(length).unwrap() })
    }
}

/// A word that is likely an instruction: of the tables, with random operands, or random.
fn word() -> impl Strategy<Value = u32> {
    let full = (select(INSTRUCTIONS), any::<u32>())
        .prop_map(|(row, operands)| (operands & !row.mask) | row.pattern);
    let half =
        (select(COMPRESSED), any::<u16>(), any::<u16>()).prop_map(|(row, operands, next)| {
            u32::from(next) << 16 | u32::from((operands & !row.mask) | row.pattern)
        });
    prop_oneof![6 => full, 4 => half, 2 => Just(0x0000_0073), 1 => any::<u32>()]
}

/// Values that meet: small numbers, addresses near the code, ends of leaves and of the space.
fn value() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..8u64,
        select(vec![25, 56, 63, 64, 93, 94, 98, 101, 113, 163, 214, 220, 222, 261, 422]),
        (0..0x80u64).prop_map(|offset| 0x1000 + offset),
        (0..0x40u64).prop_map(|offset| u64::MAX - offset),
        Just(1 << 63),
        any::<u64>(),
    ]
}

fn state() -> impl Strategy<Value = VmState> {
    let code = (0..0x40u64, word(), vec(any::<u8>(), 0x80));
    let hart = (vec(value(), 32), value(), prop_oneof![0..60u64, any::<u64>()], any::<bool>());
    (code, hart).prop_map(|((offset, word, data), (values, reservation, preimage, is_key))| {
        let mut state: VmState = VmState::default();
        let pc = 0x1000 + (offset & if offset < 0x3c { !1 } else { !0 });
        state.memory.write_bytes(0x1000, &data);
        state.memory.write_bytes(pc, &word.to_le_bytes());
        let mut registers = [0; Register::COUNT];
        registers[1..].copy_from_slice(&values[1..]);
        // Hints are no part of the witness; only the live machine minds how long one gets.
        if (registers[17], registers[10]) == (64, 4) {
            registers[12] %= 1 << 12;
        }
        state.hart = Hart {
            pc,
            registers,
            load_reservation: reservation,
            preimage_offset: preimage,
            preimage_key: if is_key { KEY } else { B256::repeat_byte(3) },
            ..Hart::default()
        };
        state
    })
}

/// What a step came to: its state hash, or the code it reverts with.
type Outcome = Result<B256, RevertCode>;

/// Executes and records; a step that fails has its proofs up to there.
fn record(state: &mut VmState) -> (Outcome, StateWitness, Vec<u8>, Option<PreimageRead>) {
    let prestate = state.witness(&PortableHasher);
    let live = LiveAccess { state, host: &mut OnePreimage };
    let mut access = RecordingAccess::new(live, &PortableHasher);
    let result = step(&mut access);
    let (proof, preimage) = access.finish();
    let outcome = match result {
        Ok(()) => Ok(state.hash(&PortableHasher).0),
        Err(StepError::Revert(code)) => Err(code),
        Err(StepError::PreimageEnd { .. } | StepError::Host(())) => Err(RevertCode::PreimageRead),
        Err(error @ StepError::HintLength { .. }) => unreachable!("no such hint here: {error:?}"),
    };
    (outcome, prestate, proof, preimage)
}

fn repeat(prestate: &[u8], proof: &[u8], preimage: Option<PreimageRead>) -> Outcome {
    match replay(prestate, proof, &mut Recorded(preimage)) {
        Ok(witness) => Ok(witness.hash().0),
        Err(ReplayError::Revert(code)) => Err(code),
        Err(error) => panic!("{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_provable_machine_repeats_every_step(mut state in state()) {
        let (outcome, prestate, proof, preimage) = record(&mut state);
        prop_assert_eq!(repeat(prestate.as_bytes(), &proof, preimage), outcome);
    }

    #[test]
    fn a_changed_proof_is_rejected(mut state in state(), at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let (outcome, prestate, mut proof, preimage) = record(&mut state);
        if outcome.is_err() {
            return Ok(());
        }
        let at = at.index(proof.len());
        proof[at] ^= flip;
        let repeated = repeat(prestate.as_bytes(), &proof, preimage);
        prop_assert_eq!(repeated, Err(RevertCode::MemoryProof), "byte {} of the proof", at);
    }

    #[test]
    fn a_missing_proof_is_rejected(mut state in state()) {
        let (outcome, prestate, proof, preimage) = record(&mut state);
        if outcome.is_err() {
            return Ok(());
        }
        let shorter = &proof[..proof.len() - LeafProof::BYTES];
        prop_assert_eq!(repeat(prestate.as_bytes(), shorter, preimage), Err(RevertCode::MemoryProof));
        let uneven = replay(prestate.as_bytes(), &proof[1..], &mut Recorded(None));
        let is_length = matches!(uneven, Err(ReplayError::ProofLength { .. }));
        prop_assert!(is_length);
    }

    #[test]
    fn a_changed_memory_root_is_rejected(mut state in state(), at in 0..32usize, flip in 1..=255u8) {
        let (outcome, prestate, proof, preimage) = record(&mut state);
        if outcome.is_ok() {
            let mut changed = *prestate.as_bytes();
            changed[at] ^= flip;
            prop_assert_eq!(repeat(&changed, &proof, preimage), Err(RevertCode::MemoryProof));
        }
    }

    /// Step counter and heap: what a step makes of them depends on what they were.
    #[test]
    fn a_changed_counter_changes_the_poststate(mut state in state(), at in 82..98usize, flip in 1..=255u8) {
        let (outcome, prestate, proof, preimage) = record(&mut state);
        if let Ok(poststate) = outcome {
            let mut changed = *prestate.as_bytes();
            changed[at] ^= flip;
            prop_assert_ne!(repeat(&changed, &proof, preimage), Ok(poststate));
        }
    }
}

#[test]
fn an_exited_state_needs_no_proof_and_stays() {
    let mut state: VmState = VmState::default();
    state.hart.exited = true;
    state.hart.exit_code = 1;
    let witness = state.witness(&PortableHasher);
    assert_eq!(replay(witness.as_bytes(), &[], &mut Recorded(None)), Ok(witness));
}

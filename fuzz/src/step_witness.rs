//! Steps from witnesses that nobody checked, and true ones that were tampered with.
//!
//! | first byte | the rest |
//! |---|---|
//! | even | a witness, then proofs, given to the provable VM as they are |
//! | odd | a state: 8 bytes for offsets and what to tamper with, 32 registers of 8 bytes, then 64 bytes of code, the rest data |

use alloy_primitives::B256;
use asterisc_isa::{Register, RevertCode};
use asterisc_slow::{PreimageParts, ReplayError, replay};
use asterisc_state::{LeafProof, PortableHasher, SparseMemory, StateWitness, VmState};
use asterisc_step::{
    Host, LiveAccess, OutputStream, PreimagePart, RecordingAccess, StepError, step,
};

/// Where the code is.
const CODE: u64 = 0x1000;
/// Proofs of a step, at most: two of the instruction, two of the data.
const PROOFS_MAX: usize = 4;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    match input.split_first() {
        Some((mode, rest)) if mode % 2 == 0 => malformed(rest),
        Some((_, rest)) => tampered(rest),
        None => {}
    }
}

/// Hands out the same pre-image for every key.
#[derive(Clone, Copy)]
struct Oracle([u8; 40]);

impl PreimageParts for Oracle {
    fn part(&mut self, _: B256, offset: u64) -> Option<PreimagePart> {
        let offset = usize::try_from(offset).ok()?;
        let whole: Vec<u8> =
            (self.0.len() as u64).to_be_bytes().into_iter().chain(self.0).collect();
        let part = whole.get(offset..).filter(|part| !part.is_empty())?;
        let part = &part[..part.len().min(32)];
        let mut bytes = [0; 32];
        bytes[..part.len()].copy_from_slice(part);
        Some(PreimagePart { bytes, length: u8::try_from(part.len()).ok()? })
    }
}

impl Host for Oracle {
    type Error = ();

    fn preimage(&mut self, _: B256, _: u64) -> Result<&[u8], ()> {
        Ok(&self.0)
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), ()> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

const ORACLE: Oracle = Oracle([0xa5; 40]);

fn malformed(input: &[u8]) {
    let (prestate, proofs) = input.split_at(input.len().min(StateWitness::BYTES));
    let Ok(poststate) = replay(prestate, proofs, &mut ORACLE.clone()) else { return };
    let (before, root) = StateWitness::decode(prestate).expect("it was accepted");
    let (after, _) = StateWitness::decode(poststate.as_bytes()).expect("a state follows a state");
    if before.exited {
        assert_eq!((&after, poststate.as_bytes().as_slice()), (&before, prestate));
    } else {
        assert_eq!(after.step, before.step.wrapping_add(1));
        let first = proofs.get(..LeafProof::BYTES).and_then(LeafProof::decode);
        assert_eq!(first.map(|proof| proof.root(before.pc)), Some(root), "the fetch is not proven");
    }
}

fn tampered(input: &[u8]) {
    let Some((control, rest)) = input.split_first_chunk::<8>() else { return };
    let mut state = build_state(control, rest);
    let prestate = state.witness(&PortableHasher);
    let mut host = ORACLE;
    let live = LiveAccess { state: &mut state, host: &mut host };
    let mut access = RecordingAccess::new(live, &PortableHasher);
    let result = step(&mut access);
    let (proofs, _) = access.finish();
    assert!(proofs.len() <= PROOFS_MAX * LeafProof::BYTES, "{} bytes of proofs", proofs.len());
    let expected = match result {
        Ok(()) => Ok(state.witness(&PortableHasher)),
        Err(StepError::Revert(code)) => Err(ReplayError::Revert(code)),
        Err(StepError::PreimageEnd { .. }) => Err(ReplayError::Revert(RevertCode::PreimageRead)),
        // A hint that is too long: the step has a next state nevertheless, which this host refuses.
        Err(StepError::HintLength { .. } | StepError::Host(())) => return,
    };
    let again = |prestate: &[u8], proofs: &[u8]| replay(prestate, proofs, &mut ORACLE.clone());
    assert_eq!(again(prestate.as_bytes(), &proofs), expected);

    // Proofs behind the last one are ignored, and none may be missing or other than it is.
    let mut more = proofs.clone();
    more.extend([control[0]; LeafProof::BYTES]);
    assert_eq!(again(prestate.as_bytes(), &more), expected);
    let refused = Err(ReplayError::Revert(RevertCode::MemoryProof));
    if let Some(cut) = proofs.len().checked_sub(LeafProof::BYTES) {
        assert_eq!(again(prestate.as_bytes(), &proofs[..cut]), refused);
        let at = usize::from(u16::from_le_bytes([control[0], control[1]])) % proofs.len();
        let mut other = proofs;
        other[at] ^= control[2] | 1;
        assert_eq!(again(prestate.as_bytes(), &other), refused);
        other[at] ^= control[2] | 1;
        // So is another root.
        let mut moved = *prestate.as_bytes();
        moved[usize::from(control[3] % 32)] ^= control[2] | 1;
        assert_eq!(again(&moved, &other), refused);
    }
}

/// Registers mostly point near the code, so that what is stored and loaded is there.
fn build_state(control: &[u8; 8], rest: &[u8]) -> VmState {
    let mut state: VmState = VmState::default();
    let (registers, memory) = rest.split_at(rest.len().min(8 * 32));
    for (number, bytes) in (0..).zip(registers.chunks_exact(8)) {
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        let value = u64::from_le_bytes(word);
        // The highest byte says whether the number is taken as it is.
        let value = if word[7] < 0x80 { CODE + value % 256 } else { value & (u64::MAX >> 8) };
        let is_number = number == Register::A7.number().into() || control[7] & 1 == 1;
        let value = if is_number { u64::from_le_bytes(word) } else { value };
        state.hart.write_register(Register::from_low_bits(number), value);
    }
    state.memory.write_bytes(CODE, memory);
    state.hart.pc = CODE + u64::from(control[4] % 64);
    state.hart.preimage_offset = u64::from(control[5]);
    state.hart.load_reservation = CODE + u64::from(control[6]);
    state.hart.exited = control[7] & 6 == 6;
    state
}

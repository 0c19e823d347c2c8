//! The contract against the provable VM in Rust, on random single steps: all instructions, fetches
//! across leaves, unaligned accesses, atomics, system calls, pre-images of all kinds, reverts.
//!
//! `EVM_STEPS` asks for more steps, `EVM_SEED` for others; a failure names its seed.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod steps;

use std::{
    collections::{BTreeSet, HashSet},
    env,
};

use alloy_primitives::B256;
use asterisc_evm::{EvmError, EvmStep};
use asterisc_isa::{INSTRUCTIONS, Op, RevertCode, decode, decode_compressed, is_compressed};
use asterisc_slow::{PreimageParts, ReplayError, replay};
use asterisc_state::{LeafProof, SparseMemory, StateWitness, VmState};
use asterisc_step::{PreimagePart, PreimageRead};

use steps::{Preimages, Random, Recorded, state_with};

/// Steps where nothing else is asked for.
const DEFAULT_STEPS: u64 = 3_000;

/// The part of the pre-image that was recorded, cut out anew.
struct Parts<'a>(Option<&'a PreimageRead>);

impl PreimageParts for Parts<'_> {
    fn part(&mut self, key: B256, offset: u64) -> Option<PreimagePart> {
        let read = self.0.filter(|read| read.key == key)?;
        let whole = [&(read.data.len() as u64).to_be_bytes(), read.data.as_slice()].concat();
        let rest = whole.get(usize::try_from(offset).ok()?..).filter(|rest| !rest.is_empty())?;
        let length = rest.len().min(32);
        let mut bytes = [0; 32];
        bytes[..length].copy_from_slice(&rest[..length]);
        Some(PreimagePart { bytes, length: u8::try_from(length).unwrap() })
    }
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn in_rust(
    prestate: &[u8],
    proof: &[u8],
    preimage: Option<&PreimageRead>,
) -> Result<StateWitness, RevertCode> {
    match replay(prestate, proof, &mut Parts(preimage)) {
        Ok(witness) => Ok(witness),
        Err(ReplayError::Revert(code)) => Err(code),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_contract_takes_the_steps_of_the_provable_machine() {
    let count = number("EVM_STEPS", DEFAULT_STEPS);
    let first = number("EVM_SEED", 1);
    let mut evm = EvmStep::new();
    let (mut executed, mut straddling) = (0, 0);
    let mut ops = HashSet::new();
    let mut codes = BTreeSet::new();
    for seed in (first..).take(usize::try_from(count).unwrap()) {
        let mut random = Random::new(seed);
        let mut preimages = Preimages::default();
        let mut state = random.state(&mut preimages);
        let op = op_at_pc(&state);
        let recorded = Recorded::of(&mut state, &mut preimages);
        let replayed =
            in_rust(recorded.prestate.as_bytes(), &recorded.proof, recorded.preimage.as_ref());
        assert_eq!(replayed, recorded.outcome, "seed {seed}");
        recorded.assert_is(&recorded.on_chain(&mut evm, random.word()), &format!("seed {seed}"));
        match recorded.outcome {
            Ok(_) => {
                executed += 1;
                ops.insert(op);
            }
            Err(code) => {
                codes.insert(code);
            }
        }
        straddling += u64::from(recorded.proof.len() > 3 * LeafProof::BYTES);
    }
    println!("{count} steps, {executed} of them executed, {straddling} with four proofs");
    if count >= DEFAULT_STEPS {
        assert!(straddling > 0, "some steps must take four proofs");
        for row in INSTRUCTIONS {
            let never_executes =
                matches!(row.op, Op::Illegal(_) | Op::AmoUnknownW | Op::AmoUnknownD);
            assert!(never_executes || ops.contains(&row.op), "{:?} was not executed", row.op);
        }
        // Honest proofs never fail.
        codes.insert(RevertCode::MemoryProof);
        assert_eq!(codes, BTreeSet::from(RevertCode::ALL), "some code was not met");
    }
}

/// What the instruction at pc does.
fn op_at_pc(state: &VmState) -> Op {
    let mut bytes = [0; 4];
    state.memory.read_bytes(state.hart.pc, &mut bytes);
    let half = u16::from_le_bytes([bytes[0], bytes[1]]);
    if is_compressed(half) {
        decode_compressed(half).op
    } else {
        decode(u32::from_le_bytes(bytes)).op
    }
}

#[test]
fn slow_every_half_word_decodes_on_chain_as_it_does_in_rust() {
    let mut evm = EvmStep::new();
    let registers: [u64; 32] = std::array::from_fn(|number| match number {
        0 => 0,
        number => 0x1_0000_0000_0000 * number as u64 + 0x2000 + 8 * number as u64,
    });
    for half in (0..=u16::MAX).filter(|half| is_compressed(*half)) {
        // Memory is all zeros but for the instruction, so that loads and stores are quick to prove;
        // what tells operands apart is the address proven and the register written.
        let mut state = state_with(0x1000, u32::from(half));
        state.hart.registers = registers;
        let recorded = Recorded::of(&mut state, &mut Preimages::default());
        let on_chain = recorded.on_chain(&mut evm, B256::ZERO);
        recorded.assert_is(&on_chain, &format!("{half:#06x}"));
        let is_illegal = matches!(decode_compressed(half).op, Op::Illegal(_));
        assert_eq!(on_chain.is_err(), is_illegal, "{half:#06x}");
    }
}

#[test]
fn a_changed_byte_of_a_proof_is_rejected() {
    let mut evm = EvmStep::new();
    let mut tampered = 0;
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let mut preimages = Preimages::default();
        let mut state = random.state(&mut preimages);
        let mut recorded = Recorded::of(&mut state, &mut preimages);
        if recorded.outcome.is_err() || recorded.proof.is_empty() {
            continue;
        }
        let at = usize::try_from(random.below(recorded.proof.len() as u64)).unwrap();
        recorded.proof[at] ^= 1 << random.below(8);
        let outcome = recorded.on_chain(&mut evm, B256::ZERO);
        let expected = Err(EvmError::Revert(RevertCode::MemoryProof));
        assert_eq!(outcome, expected, "seed {seed}, byte {at}");
        tampered += 1;
    }
    assert!(tampered > 200);
}

#[test]
fn a_missing_proof_is_rejected() {
    let mut evm = EvmStep::new();
    for seed in 0..100 {
        let mut random = Random::new(seed);
        let mut preimages = Preimages::default();
        let mut state = random.state(&mut preimages);
        let mut recorded = Recorded::of(&mut state, &mut preimages);
        if recorded.outcome.is_err() || recorded.proof.is_empty() {
            continue;
        }
        recorded.proof.truncate(recorded.proof.len() - LeafProof::BYTES);
        let outcome = recorded.on_chain(&mut evm, B256::ZERO);
        assert_eq!(outcome, Err(EvmError::Revert(RevertCode::MemoryProof)), "seed {seed}");
    }
}

#[test]
fn a_changed_byte_of_the_state_gives_what_the_provable_machine_makes_of_it() {
    let mut evm = EvmStep::new();
    let mut rejected = 0;
    for seed in 0..1_000 {
        let mut random = Random::new(seed);
        let mut preimages = Preimages::default();
        let mut state = random.state(&mut preimages);
        let mut recorded = Recorded::of(&mut state, &mut preimages);
        let mut prestate = *recorded.prestate.as_bytes();
        let at = usize::try_from(random.below(prestate.len() as u64)).unwrap();
        prestate[at] ^= 1 << random.below(8);
        let Ok((hart, root)) = StateWitness::decode(&prestate) else { continue };
        recorded.prestate = StateWitness::encode(&hart, root);
        recorded.outcome = in_rust(&prestate, &recorded.proof, recorded.preimage.as_ref());
        let outcome = recorded.on_chain(&mut evm, B256::ZERO);
        recorded.assert_is(&outcome, &format!("seed {seed}, byte {at}"));
        rejected += u64::from(recorded.outcome == Err(RevertCode::MemoryProof));
    }
    assert!(rejected > 50, "a changed root or pc must not fit to the proofs");
}

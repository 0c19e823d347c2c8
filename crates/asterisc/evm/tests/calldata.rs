//! Which calldata the contract takes: the one layout there is, and what is lenient about it.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod steps;

use alloy_primitives::{B256, U256};
use asterisc_evm::{EvmError, EvmOutcome, EvmStep, StepCall};
use asterisc_isa::RevertCode;
use asterisc_state::{LeafProof, StateWitness};

use steps::{Preimages, Recorded, state_with};

/// `addi x1, x0, 7`.
const ADDI: u32 = 0x0070_0093;

/// Calldata of a step that adds, and the hash it comes to.
fn addition() -> (Vec<u8>, B256) {
    let mut state = state_with(0x1000, ADDI);
    let recorded = Recorded::of(&mut state, &mut Preimages::default());
    let call = StepCall {
        prestate: recorded.prestate.as_bytes(),
        proof: &recorded.proof,
        local_context: B256::ZERO,
    };
    (call.encode(), recorded.outcome.unwrap().hash().0)
}

/// What the contract makes of the calldata of [`addition`] once it is changed.
fn outcome_of(change: impl FnOnce(&mut Vec<u8>)) -> Result<EvmOutcome, EvmError> {
    let (mut calldata, _) = addition();
    change(&mut calldata);
    EvmStep::new().call(calldata)
}

/// Replaces an ABI word.
fn put(calldata: &mut [u8], offset: usize, number: impl TryInto<U256>) {
    let number: U256 = number.try_into().ok().unwrap();
    calldata[offset..offset + 32].copy_from_slice(&number.to_be_bytes::<32>());
}

fn assert_taken(change: impl FnOnce(&mut Vec<u8>)) {
    assert_eq!(outcome_of(change).unwrap().state_hash, addition().1);
}

fn assert_refused(change: impl FnOnce(&mut Vec<u8>)) {
    assert_eq!(outcome_of(change), Err(EvmError::RevertEmpty));
}

#[test]
fn plain_calldata_is_taken() {
    assert_taken(|_| {});
}

#[test]
fn another_selector_is_refused() {
    for byte in 0..4 {
        assert_refused(|calldata| calldata[byte] ^= 1);
    }
    assert_refused(Vec::clear);
    assert_refused(|calldata| calldata.truncate(3));
}

#[test]
fn calldata_that_ends_early_is_refused() {
    for length in [4, 36, 99, 131, 132, 400, 515, 547, 548 + 1919] {
        assert_refused(|calldata| calldata.truncate(length));
    }
}

#[test]
fn offsets_must_be_those_of_the_layout() {
    for (place, offset) in [(4, 96), (36, 512)] {
        for other in [0, 32, offset - 32, offset - 1, offset + 1, offset + 32, usize::MAX] {
            assert_refused(|calldata| put(calldata, place, other));
        }
        assert_refused(|calldata| put(calldata, place, U256::MAX));
        assert_refused(|calldata| put(calldata, place, U256::from(1) << 64));
    }
}

#[test]
fn a_state_must_have_its_length() {
    for length in [0, 1, 361, 363, 384, 4096] {
        assert_refused(|calldata| put(calldata, 100, length));
    }
    assert_refused(|calldata| put(calldata, 100, U256::MAX));
}

#[test]
fn proofs_must_have_a_whole_number_of_leaf_proofs() {
    for length in [1, 10, 60, 1919, 1921, 3840, usize::MAX] {
        assert_refused(|calldata| put(calldata, 516, length));
    }
    assert_refused(|calldata| put(calldata, 516, U256::MAX));
}

#[test]
fn padding_of_the_state_is_not_looked_at() {
    assert_taken(|calldata| calldata[494..516].fill(0xee));
}

#[test]
fn bytes_behind_the_proofs_are_ignored() {
    assert_taken(|calldata| calldata.extend([0xee; 77]));
    assert_taken(|calldata| {
        calldata.extend([0xee; LeafProof::BYTES]);
        put(calldata, 516, 2 * LeafProof::BYTES);
    });
}

#[test]
fn proofs_may_follow_a_length_of_zero() {
    assert_taken(|calldata| put(calldata, 516, 0));
}

#[test]
fn proofs_that_are_not_there_read_as_zeros() {
    let outcome = outcome_of(|calldata| {
        put(calldata, 516, 0);
        calldata.truncate(StepCall::PROOF_OFFSET);
    });
    assert_eq!(outcome, Err(EvmError::Revert(RevertCode::MemoryProof)));
}

#[test]
fn a_proof_of_zeros_proves_nothing() {
    let outcome = outcome_of(|calldata| calldata[StepCall::PROOF_OFFSET..].fill(0));
    assert_eq!(outcome, Err(EvmError::Revert(RevertCode::MemoryProof)));
}

/// A witness with these two bytes, and the status its hash has afterwards.
fn status_of(exit_code: u8, exited: u8) -> u8 {
    let mut prestate = [0; StateWitness::BYTES];
    (prestate[80], prestate[81]) = (exit_code, exited);
    let call = StepCall { prestate: &prestate, proof: &[], local_context: B256::ZERO };
    let outcome = EvmStep::new().call(call.encode()).unwrap();
    assert_eq!(outcome.poststate, prestate, "nothing may change");
    outcome.state_hash[0]
}

#[test]
fn an_exited_state_stays_and_its_hash_has_the_status() {
    assert_eq!(status_of(0, 1), 0);
    assert_eq!(status_of(1, 1), 1);
    assert_eq!(status_of(2, 1), 2);
    assert_eq!(status_of(255, 1), 2);
}

#[test]
fn an_exited_byte_of_no_run_stops_the_machine_and_is_not_finished() {
    assert_eq!(status_of(0, 2), 3);
    assert_eq!(status_of(1, 255), 3);
}

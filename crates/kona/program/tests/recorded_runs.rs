//! Whole recorded runs, as they are and with other inputs.

mod support;

use alloy_primitives::B256;
use axos_genesis::L2Number;
use kona_program::{
    BootInfo, Fault, InvalidReason, Judgement, ProgramError, Verdict, exit_status, run,
};
use support::{RUNS, Run, Verifying};

/// A claim that is wrong for every block.
const WRONG: B256 = B256::repeat_byte(0x77);

#[test]
fn recorded_claims_are_valid() {
    for name in RUNS {
        let Some(recorded) = Run::load(name) else { return };
        let outcome = run(&Verifying(&recorded.oracle), &recorded.options);
        assert_eq!(exit_status(&outcome), 0, "{name}: {outcome:?}");
        let verdict = outcome.unwrap();
        assert_eq!(verdict.judgement, Judgement::Valid);
        assert_eq!(verdict.computed_output_root, Some(recorded.boot.claimed_output_root));
        assert_eq!(verdict.claimed_output_root, recorded.boot.claimed_output_root);
        assert_eq!(verdict.block.number, recorded.boot.claimed_block_number);
        assert_eq!(verdict.chain_id, recorded.boot.chain_id);
    }
}

#[test]
fn changed_claims_are_invalid_and_both_roots_are_told() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        let computed = recorded.boot.claimed_output_root;
        let mut claim = computed;
        claim.0[31] ^= 1;
        for claimed_output_root in [claim, WRONG] {
            recorded.set_boot(BootInfo { claimed_output_root, ..recorded.boot });
            let outcome = judge(&recorded);
            assert_eq!(exit_status(&outcome), 1, "{name}: {outcome:?}");
            let verdict = outcome.unwrap();
            assert_eq!(verdict.judgement, Judgement::Invalid(InvalidReason::RootMismatch));
            assert_eq!(verdict.computed_output_root, Some(computed));
            assert_eq!(verdict.claimed_output_root, claimed_output_root);
        }
    }
}

fn judge(recorded: &Run) -> Result<Verdict, ProgramError> {
    run(&recorded.oracle, &recorded.options)
}

//! Whole recorded runs, as they are and with other inputs.

mod support;

use alloy_primitives::B256;
use axos_genesis::{L1BlockId, L1BlockRef, L2BlockRef, L2Number};
use kona_preimage::PreimageKeyKind;
use kona_program::{
    BootInfo, ChainConfig, Fault, InvalidReason, Judgement, L1Reads, ProgramError, Trace, Verdict,
    exit_status, run, run_traced,
};
use support::{DEVNETS, RUNS, Recording, Run, Verifying};

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

/// Number of the agreed block of a run.
fn agreed_number(recorded: &Run) -> L2Number {
    let mut recorded = recorded.clone();
    recorded.set_boot(BootInfo { claimed_block_number: L2Number(0), ..recorded.boot });
    judge(&recorded).expect("a verdict").block.number
}

#[test]
fn claim_below_agreed_block_is_invalid_whatever_its_root() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        let agreed = agreed_number(&recorded);
        let BootInfo { agreed_output_root, claimed_output_root, .. } = recorded.boot;
        for number in [L2Number(0), L2Number(agreed.0 - 1)] {
            for claim in [agreed_output_root, claimed_output_root, B256::ZERO, WRONG] {
                recorded.set_claim(claim, number);
                let verdict = judge(&recorded).unwrap();
                let below = Judgement::Invalid(InvalidReason::BelowAgreedBlock);
                assert_eq!((verdict.judgement, verdict.block.number), (below, agreed), "{name}");
                assert_eq!(verdict.computed_output_root, None);
            }
        }
    }
}

#[test]
fn claim_at_agreed_block_is_valid_only_if_it_is_the_agreed_root() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        let agreed = agreed_number(&recorded);
        let agreed_root = recorded.boot.agreed_output_root;
        let mismatch = Judgement::Invalid(InvalidReason::RootMismatch);
        let cases = [
            (agreed_root, Judgement::Valid, Some(agreed_root)),
            (recorded.boot.claimed_output_root, mismatch, Some(agreed_root)),
            (B256::ZERO, Judgement::Invalid(InvalidReason::ZeroClaim), None),
        ];
        for (claim, judgement, computed) in cases {
            recorded.set_claim(claim, agreed);
            let verdict = judge(&recorded).unwrap();
            assert_eq!((verdict.judgement, verdict.computed_output_root), (judgement, computed));
            assert_eq!(verdict.block.number, agreed, "{name}");
        }
    }
}

#[test]
fn claim_equal_to_agreed_root_at_a_later_block_is_invalid() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        let BootInfo { agreed_output_root, claimed_block_number, .. } = recorded.boot;
        recorded.set_claim(agreed_output_root, claimed_block_number);
        let verdict = judge(&recorded).unwrap();
        assert_eq!(verdict.judgement, Judgement::Invalid(InvalidReason::RootMismatch), "{name}");
        assert_eq!(verdict.block.number, claimed_block_number);
    }
}

#[test]
fn zero_claim_is_invalid() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        for number in [recorded.boot.claimed_block_number, L2Number(u64::MAX)] {
            recorded.set_claim(B256::ZERO, number);
            let verdict = judge(&recorded).unwrap();
            assert_eq!(verdict.judgement, Judgement::Invalid(InvalidReason::ZeroClaim), "{name}");
        }
    }
}

/// The recorded run with every earlier L1 head, down to the L1 origin of the agreed block.
fn with_earlier_l1_heads(recorded: &Run) -> Vec<(Run, Verdict)> {
    let origin = recorded.agreed_l1_origin();
    let mut verdicts = Vec::new();
    let mut earlier = recorded.clone();
    loop {
        verdicts.push((earlier.clone(), judge(&earlier).expect("a verdict")));
        if earlier.boot.l1_head == origin.hash {
            return verdicts;
        }
        let l1_head = earlier.parent_of_l1_block(earlier.boot.l1_head);
        earlier.set_boot(BootInfo { l1_head, ..earlier.boot });
    }
}

#[test]
fn where_l1_ends_early_the_root_of_the_last_block_counts() {
    for name in DEVNETS {
        let Some(recorded) = Run::load(name) else { return };
        let target = recorded.boot.claimed_block_number;
        let mut reached = Vec::new();
        for (mut earlier, verdict) in with_earlier_l1_heads(&recorded) {
            assert_eq!(verdict.claimed_block_number, target);
            assert_eq!(verdict.is_valid(), verdict.block.number == target);
            reached.push(verdict.block.number);

            // The root reached is a valid claim for the block reached and for all above it.
            let computed = verdict.computed_output_root.unwrap();
            for number in [verdict.block.number, target] {
                earlier.set_claim(computed, number);
                let again = judge(&earlier).unwrap();
                assert_eq!((again.is_valid(), again.block), (true, verdict.block), "{name}");
            }
        }
        assert!(reached.is_sorted_by(|later, earlier| later >= earlier), "{name}: {reached:?}");
        // With the earliest L1 head nothing can be derived at all, and the agreed root counts.
        assert_eq!(reached.last(), Some(&agreed_number(&recorded)), "{name}");
    }
}

#[test]
fn l1_head_below_the_agreed_origin_is_an_input_error() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        let origin = recorded.agreed_l1_origin();
        let too_early = recorded.parent_of_l1_block(origin.hash);
        if too_early.is_zero() {
            // The origin is the first L1 block there is.
            continue;
        }
        recorded.set_boot(BootInfo { l1_head: too_early, ..recorded.boot });
        let outcome = judge(&recorded);
        assert_eq!(exit_status(&outcome), 2);
        let error = outcome.unwrap_err();
        assert_eq!(error.fault(), Fault::Input);
        assert!(
            matches!(
                error,
                ProgramError::L1HeadBelowOrigin { head, origin: o }
                    if head.hash == too_early && o == origin
            ),
            "{name}: {error}"
        );
    }
}

#[test]
fn l1_head_on_another_branch_is_an_input_error() {
    for name in RUNS {
        let Some(mut recorded) = Run::load(name) else { return };
        let origin = recorded.agreed_l1_origin();
        let l1_head = recorded.insert_sibling_of_l1_block(origin.hash);
        recorded.set_boot(BootInfo { l1_head, ..recorded.boot });
        let outcome = judge(&recorded);
        assert_eq!(exit_status(&outcome), 2);
        let error = outcome.unwrap_err();
        assert_eq!(error.fault(), Fault::Input);
        assert!(
            matches!(
                error,
                ProgramError::OriginNotInChain { origin: o, found } if o == origin && found == l1_head
            ),
            "{name}: {error}"
        );
    }
}

/// Nothing of this is needed twice, and headers, lists and blobs are not needed at all unless they
/// are asked for by the rules: these numbers may only go down.
#[test]
fn sepolia_run_reads_no_more_than_it_must() {
    let Some(recorded) = Run::load("op-sepolia-16491249") else { return };
    let recording = Recording::new(&recorded.oracle);
    let stats = run(&recording, &recorded.options).unwrap().stats;

    assert_eq!((stats.blocks_executed, stats.transactions_executed), (1, 12));
    let L1Reads { headers, transaction_lists, receipt_lists, blobs } = stats.l1;
    // From one channel timeout below the agreed origin up to the L1 head.
    assert_eq!(headers, 81);
    assert_eq!((transaction_lists, receipt_lists, blobs), (58, 1, 6));

    let reads = recording.reads_by_kind();
    assert_eq!(reads[&PreimageKeyKind::Blob], (6 * 4096, 6 * 4096));
    assert_eq!(reads[&PreimageKeyKind::Sha256], (6, 6));
    assert_eq!(reads[&PreimageKeyKind::Local], (5, 5));
    let (different, all) = reads[&PreimageKeyKind::Keccak256];
    assert!(different <= 6_794 && all <= 6_838, "{different} {all}");
}

/// Remembers what a run tells.
#[derive(Default)]
struct Told {
    booted: usize,
    started: usize,
    l1_blocks: Vec<u64>,
    l2_blocks: Vec<u64>,
    transactions: usize,
}

impl Trace for Told {
    fn booted(&mut self, _boot: &BootInfo, _chain: &ChainConfig) {
        self.booted += 1;
    }

    fn started(&mut self, _agreed: &L2BlockRef, _head: L1BlockId) {
        self.started += 1;
    }

    fn l1_block(&mut self, block: &L1BlockRef) {
        self.l1_blocks.push(block.number.0);
    }

    fn executed(&mut self, block: &L2BlockRef, transactions: usize, _gas_used: u64) {
        self.l2_blocks.push(block.number.0);
        self.transactions += transactions;
    }
}

#[test]
fn run_tells_what_it_does() {
    let Some(recorded) = Run::load("devnet-270-280") else { return };
    let mut told = Told::default();
    let verdict = run_traced(&recorded.oracle, &recorded.options, &mut told).unwrap();
    assert_eq!((told.booted, told.started), (1, 1));
    assert_eq!(told.l2_blocks, (271..=280).collect::<Vec<_>>());
    assert!(told.l1_blocks.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let executed = u64::try_from(told.transactions).unwrap();
    assert_eq!(verdict.stats.transactions_executed, executed);
}

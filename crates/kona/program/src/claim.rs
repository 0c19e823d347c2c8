//! The verdict on a claim, and the exit status it ends in.
//!
//! Spec: fault-proof/index.md#epilogue

use alloy_primitives::B256;
use axos_genesis::{L2BlockId, L2Number};

use crate::{BootInfo, ProgramError, Stats};

/// What a run found out about a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the claim holds.
    pub judgement: Judgement,
    /// Chain id of L2.
    pub chain_id: u64,
    /// The claim.
    pub claimed_output_root: B256,
    /// The block the claim is about.
    pub claimed_block_number: L2Number,
    /// Output root of `block`, which is what the claim was compared with. `None` if the claim was
    /// refused for what it is, without a comparison.
    pub computed_output_root: Option<B256>,
    /// The block reached. It is below the claimed one if L1 data ended first, and the agreed block
    /// if nothing had to be derived.
    pub block: L2BlockId,
    /// What it took.
    pub stats: Stats,
}

/// Whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The claim is the output root of the claimed block, or of the last block that can be derived
    /// from the L1 chain given.
    Valid,
    /// The claim is proven wrong.
    Invalid(InvalidReason),
}

/// Why a claim is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidReason {
    /// The claimed block is below the agreed one, so that the claim is about a block that both
    /// sides agree on already.
    BelowAgreedBlock,
    /// No output has a root of zero.
    ZeroClaim,
    /// The block reached has another output root.
    RootMismatch,
}

/// Exit status of a program that proved the claim valid.
pub const EXIT_VALID: u8 = 0;
/// Exit status of a program that proved the claim invalid.
pub const EXIT_INVALID: u8 = 1;
/// Exit status of a program that could not judge the claim. On chain this counts against the claim,
/// as invalid does, but it proves nothing.
pub const EXIT_FAILED: u8 = 2;

/// The exit status that tells the outcome of a run.
///
/// Spec: fault-proof/index.md#epilogue
pub const fn exit_status(outcome: &Result<Verdict, ProgramError>) -> u8 {
    match outcome {
        Ok(verdict) if verdict.is_valid() => EXIT_VALID,
        Ok(_) => EXIT_INVALID,
        Err(_) => EXIT_FAILED,
    }
}

impl Verdict {
    /// Whether the claim holds.
    pub const fn is_valid(&self) -> bool {
        matches!(self.judgement, Judgement::Valid)
    }

    /// Compares the claim with the output root of the block reached.
    ///
    /// That block may be below the claimed one: once L1 data has ended, the root of the last block
    /// stands for all blocks above it, up to where the L1 chain goes on.
    pub(crate) fn compare(boot: &BootInfo, block: L2BlockId, output_root: B256) -> Self {
        let judgement = if boot.claimed_output_root == output_root {
            Judgement::Valid
        } else {
            Judgement::Invalid(InvalidReason::RootMismatch)
        };
        Self { computed_output_root: Some(output_root), ..Self::of(boot, judgement, block) }
    }

    /// The verdict, where it can be told from the boot values and the agreed block alone.
    ///
    /// Equal roots decide nothing unless both are of the same block: blocks above the agreed one
    /// may well be derivable, and then a claim that repeats the agreed root is wrong.
    pub(crate) fn without_derivation(boot: &BootInfo, agreed: L2BlockId) -> Option<Self> {
        if boot.claimed_block_number < agreed.number {
            let judgement = Judgement::Invalid(InvalidReason::BelowAgreedBlock);
            return Some(Self::of(boot, judgement, agreed));
        }
        if boot.claimed_output_root.is_zero() {
            return Some(Self::of(boot, Judgement::Invalid(InvalidReason::ZeroClaim), agreed));
        }
        (boot.claimed_block_number == agreed.number)
            .then(|| Self::compare(boot, agreed, boot.agreed_output_root))
    }

    fn of(boot: &BootInfo, judgement: Judgement, block: L2BlockId) -> Self {
        Self {
            judgement,
            chain_id: boot.chain_id,
            claimed_output_root: boot.claimed_output_root,
            claimed_block_number: boot.claimed_block_number,
            computed_output_root: None,
            block,
            stats: Stats::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGREED: B256 = B256::repeat_byte(0xa9);
    const OTHER: B256 = B256::repeat_byte(0x07);

    fn boot(claimed_output_root: B256, claimed_block_number: u64) -> BootInfo {
        BootInfo {
            l1_head: B256::repeat_byte(1),
            agreed_output_root: AGREED,
            claimed_output_root,
            claimed_block_number: L2Number(claimed_block_number),
            chain_id: 10,
        }
    }

    fn early(claim: B256, number: u64) -> Option<(Judgement, Option<B256>)> {
        let agreed = L2BlockId { hash: B256::repeat_byte(2), number: L2Number(100) };
        let verdict = Verdict::without_derivation(&boot(claim, number), agreed)?;
        assert_eq!((verdict.block, verdict.chain_id), (agreed, 10));
        Some((verdict.judgement, verdict.computed_output_root))
    }

    const fn invalid(reason: InvalidReason) -> Judgement {
        Judgement::Invalid(reason)
    }

    #[test]
    fn claim_below_agreed_block_is_invalid_whatever_its_root() {
        for claim in [AGREED, OTHER, B256::ZERO] {
            for number in [0, 99] {
                let below = invalid(InvalidReason::BelowAgreedBlock);
                assert_eq!(early(claim, number), Some((below, None)));
            }
        }
    }

    #[test]
    fn claim_at_agreed_block_is_valid_only_if_it_is_the_agreed_root() {
        let mismatch = invalid(InvalidReason::RootMismatch);
        assert_eq!(early(AGREED, 100), Some((Judgement::Valid, Some(AGREED))));
        assert_eq!(early(OTHER, 100), Some((mismatch, Some(AGREED))));
    }

    #[test]
    fn claim_equal_to_agreed_root_at_a_later_block_is_not_decided_without_derivation() {
        for number in [101, u64::MAX] {
            assert_eq!(early(AGREED, number), None);
            assert_eq!(early(OTHER, number), None);
        }
    }

    #[test]
    fn zero_claim_is_invalid() {
        for number in [100, 101, u64::MAX] {
            let zero = invalid(InvalidReason::ZeroClaim);
            assert_eq!(early(B256::ZERO, number), Some((zero, None)));
        }
    }

    #[test]
    fn block_below_the_claimed_one_counts_once_reached_as_the_last() {
        let block = L2BlockId { hash: B256::repeat_byte(3), number: L2Number(105) };
        let verdict = Verdict::compare(&boot(OTHER, 200), block, OTHER);
        assert_eq!(verdict.judgement, Judgement::Valid);
        assert_eq!((verdict.block, verdict.claimed_block_number), (block, L2Number(200)));
        let verdict = Verdict::compare(&boot(OTHER, 200), block, AGREED);
        assert_eq!(verdict.judgement, invalid(InvalidReason::RootMismatch));
        assert_eq!(verdict.computed_output_root, Some(AGREED));
    }

    #[test]
    fn exit_status_tells_invalid_from_failed() {
        let block = L2BlockId::default();
        let valid = Verdict::compare(&boot(OTHER, 200), block, OTHER);
        let wrong = Verdict::compare(&boot(OTHER, 200), block, AGREED);
        assert_eq!(exit_status(&Ok(valid)), 0);
        assert_eq!(exit_status(&Ok(wrong)), 1);
        let key = kona_preimage::PreimageKey::local(1);
        let missing = kona_preimage::OracleError::Missing { key };
        assert_eq!(exit_status(&Err(ProgramError::from(missing))), 2);
    }
}

//! What L2 must know of the L1 it settles on: the blob fee schedule.

use alloc::vec::Vec;

use alloy_primitives::U256;

use crate::ForkSchedule;

/// Blob base fee where L1 has no blobs, and the lowest where it has, in wei.
const BLOB_BASE_FEE_MIN: u128 = 1;

/// Blob fee parameters from an L1 time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobParams {
    /// L1 timestamp of activation, in seconds.
    pub activation_time: u64,
    /// Blob base fee update fraction (EIP-4844, EIP-7691, EIP-7892); never zero.
    pub update_fraction: u64,
    /// Whether this entry is Prague's or a later one, which the Pectra blob schedule fork delays.
    pub is_prague_or_later: bool,
}

/// The L1 chain a rollup settles on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct L1ChainConfig {
    /// Chain id of L1.
    pub chain_id: u64,
    /// Blob parameters, ascending by activation time, Cancun first.
    pub blob_schedule: Vec<BlobParams>,
}

/// Why the blob base fee of an L1 block is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum L1ConfigError {
    /// The L1 block has blobs, but the schedule does not reach back to its time.
    #[error(
        "L1 chain {chain_id} has no blob parameters at time {l1_timestamp}, but its block has \
         excess blob gas; give the L1 chain's `blobSchedule`"
    )]
    NoBlobParams {
        /// Chain id of L1.
        chain_id: u64,
        /// Time of the L1 block, in seconds.
        l1_timestamp: u64,
    },
}

impl L1ChainConfig {
    /// Blob base fee of the L1 block at `l1_timestamp` for the L1 attributes transaction, in wei:
    /// 1 if the block has no excess blob gas in its header. Saturates at the largest `u128`, far
    /// above what all ether of L1 could pay.
    ///
    /// # Errors
    /// [`L1ConfigError::NoBlobParams`] if the schedule lacks the time.
    ///
    /// Spec: protocol/ecotone/l1-attributes.md#overview
    pub fn blob_base_fee(
        &self,
        excess_blob_gas: Option<u64>,
        l1_timestamp: u64,
        forks: &ForkSchedule,
    ) -> Result<u128, L1ConfigError> {
        let Some(excess_blob_gas) = excess_blob_gas else { return Ok(BLOB_BASE_FEE_MIN) };
        let Some(params) = self.blob_params(l1_timestamp, forks) else {
            return Err(L1ConfigError::NoBlobParams { chain_id: self.chain_id, l1_timestamp });
        };
        Ok(compute_blob_base_fee(excess_blob_gas, params.update_fraction))
    }

    /// The blob parameters that count for an L1 block at `l1_timestamp`, `None` before Cancun.
    ///
    /// Spec: protocol/pectra-blob-schedule/derivation.md#if-enabled
    pub fn blob_params(&self, l1_timestamp: u64, forks: &ForkSchedule) -> Option<&BlobParams> {
        // [Pectra blob schedule] Until this L1 time Cancun's parameters, whatever L1 has.
        let only_cancun = forks.pectra_blob_schedule_time.is_some_and(|time| l1_timestamp < time);
        self.blob_schedule
            .iter()
            .rev()
            .filter(|params| !(only_cancun && params.is_prague_or_later))
            .find(|params| params.activation_time <= l1_timestamp)
    }
}

/// Approximates `e ** (excess_blob_gas / update_fraction)` in wei, as EIP-4844 says: a sum of
/// integer terms, each cut off towards zero.
fn compute_blob_base_fee(excess_blob_gas: u64, update_fraction: u64) -> u128 {
    narrow_blob_base_fee(excess_blob_gas, update_fraction)
        .unwrap_or_else(|| wide_blob_base_fee(excess_blob_gas, update_fraction))
}

/// The sum in 128 bits, which fits every fee seen so far. `None` on overflow.
fn narrow_blob_base_fee(excess_blob_gas: u64, update_fraction: u64) -> Option<u128> {
    let (excess, fraction) = (u128::from(excess_blob_gas), u128::from(update_fraction));
    let mut sum = 0u128;
    let mut term = BLOB_BASE_FEE_MIN.checked_mul(fraction)?;
    let mut divisor = 0u128;
    while term > 0 {
        sum = sum.checked_add(term)?;
        divisor = divisor.checked_add(fraction)?;
        term = term.checked_mul(excess)?.checked_div(divisor)?;
    }
    sum.checked_div(fraction)
}

/// The sum in 256 bits, given up once it is past what the result can hold.
fn wide_blob_base_fee(excess_blob_gas: u64, update_fraction: u64) -> u128 {
    let (excess, fraction) = (U256::from(excess_blob_gas), U256::from(update_fraction));
    // Below 2^192, and a term with it: a term times the excess fits in 256 bits.
    let sum_max = U256::from(u128::MAX) * fraction;
    let mut sum = U256::ZERO;
    let mut term = U256::from(BLOB_BASE_FEE_MIN) * fraction;
    let mut divisor = U256::ZERO;
    while !term.is_zero() {
        if term > sum_max - sum {
            return u128::MAX;
        }
        sum += term;
        divisor += fraction;
        term = term * excess / divisor;
    }
    sum.checked_div(fraction).map_or(u128::MAX, |fee| fee.saturating_to())
}

#[cfg(test)]
mod tests {
    use alloy_eips::eip4844::fake_exponential;
    use proptest::prelude::*;

    use super::*;
    use crate::registry;

    const CANCUN: u64 = 3_338_477;
    const PRAGUE: u64 = 5_007_716;

    fn fraction_at(
        chain_id: u64,
        time: u64,
        pectra_blob_schedule_time: Option<u64>,
    ) -> Option<u64> {
        let forks = ForkSchedule { pectra_blob_schedule_time, ..ForkSchedule::default() };
        let l1 = registry::l1_config(chain_id).unwrap();
        l1.blob_params(time, &forks).map(|params| params.update_fraction)
    }

    #[test]
    fn blob_schedule_includes_the_blob_parameter_only_forks() {
        let mainnet = [
            (1_710_338_135, CANCUN),
            (1_746_612_311, PRAGUE),
            (1_764_798_551, PRAGUE),
            (1_765_290_071, 8_346_193),
            (1_767_747_671, 11_684_671),
        ];
        let sepolia = [
            (1_706_655_072, CANCUN),
            (1_741_159_776, PRAGUE),
            (1_760_427_360, PRAGUE),
            (1_761_017_184, 8_346_193),
            (1_761_607_008, 11_684_671),
        ];
        for (chain_id, schedule) in [(1, mainnet), (11_155_111, sepolia)] {
            let mut before = None;
            for (time, fraction) in schedule {
                assert_eq!(fraction_at(chain_id, time - 1, None), before, "{chain_id} {time}");
                assert_eq!(fraction_at(chain_id, time, None), Some(fraction), "{chain_id} {time}");
                before = Some(fraction);
            }
            assert_eq!(fraction_at(chain_id, u64::MAX, None), before);
        }
    }

    #[test]
    fn pectra_blob_schedule_keeps_the_cancun_fraction_until_its_time() {
        let fork = Some(1_742_486_400);
        // Prague is active on Sepolia since 1741159776.
        assert_eq!(fraction_at(11_155_111, 1_742_486_399, fork), Some(CANCUN));
        assert_eq!(fraction_at(11_155_111, 1_742_486_400, fork), Some(PRAGUE));
        assert_eq!(fraction_at(11_155_111, 1_741_159_775, fork), Some(CANCUN));
        assert_eq!(fraction_at(11_155_111, 1_700_000_000, fork), None);
        // Even later parameters wait.
        assert_eq!(fraction_at(11_155_111, 1_800_000_000, Some(u64::MAX)), Some(CANCUN));
    }

    #[test]
    fn blob_base_fee_is_one_wei_where_l1_has_no_blobs() {
        let l1 = L1ChainConfig { chain_id: 900, blob_schedule: Vec::new() };
        assert_eq!(l1.blob_base_fee(None, 7, &ForkSchedule::default()), Ok(1));
    }

    #[test]
    fn blob_base_fee_without_parameters_is_an_error() {
        let l1 = L1ChainConfig { chain_id: 900, blob_schedule: Vec::new() };
        let missing = L1ConfigError::NoBlobParams { chain_id: 900, l1_timestamp: 7 };
        assert_eq!(l1.blob_base_fee(Some(0), 7, &ForkSchedule::default()), Err(missing));
    }

    #[test]
    fn blob_base_fee_saturates_and_never_loops_for_long() {
        assert_eq!(compute_blob_base_fee(u64::MAX, CANCUN), u128::MAX);
        assert_eq!(compute_blob_base_fee(u64::MAX, 1), u128::MAX);
        assert_eq!(compute_blob_base_fee(u64::MAX, u64::MAX), 2);
        assert_eq!(compute_blob_base_fee(0, u64::MAX), 1);
        assert_eq!(compute_blob_base_fee(7, 0), u128::MAX);
        // The last exact ones: e^88.7 is just above 2^128.
        let last = CANCUN * 88;
        assert!(compute_blob_base_fee(last, CANCUN) < u128::MAX);
        assert_eq!(compute_blob_base_fee(last + CANCUN, CANCUN), u128::MAX);
    }

    proptest! {
        #[test]
        fn blob_base_fee_is_that_of_eip_4844(
            ratio in 0u64..95, rest in 0u64..12_000_000, fraction in 1_000_000u64..12_000_000,
        ) {
            let excess = ratio * fraction + rest;
            let naive = fake_exponential(1, u128::from(excess), u128::from(fraction));
            prop_assert_eq!(compute_blob_base_fee(excess, fraction), naive);
            prop_assert_eq!(wide_blob_base_fee(excess, fraction), naive);
        }
    }
}

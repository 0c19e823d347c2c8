//! The base fee of a block, which follows from its parent's header alone.

use alloy_consensus::Header;
use axos_genesis::{Fork, RollupConfig};
use core::cmp::Ordering;

use crate::{ExtraDataError, FeeParameters};

/// Why a parent header yields no base fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseFeeError {
    /// The parent is older than EIP-1559, which no block of the OP Stack is.
    #[error("the parent header has no base fee")]
    Missing,
    /// The parent's extra data does not hold the fee parameters.
    #[error("the parent header has no fee parameters")]
    ExtraData(#[from] ExtraDataError),
    /// The gas target or the denominator is zero.
    #[error(
        "a gas limit of {gas_limit}, elasticity {elasticity} and denominator {denominator} make a \
         division by zero"
    )]
    DivisionByZero {
        /// Gas limit of the parent.
        gas_limit: u64,
        /// Gas limit divided by gas target.
        elasticity: u32,
        /// Base fee change denominator.
        denominator: u32,
    },
    /// The base fee leaves the 64 bits that the EVM has for it.
    #[error("a base fee of {base_fee} wei is out of range")]
    OutOfRange {
        /// The base fee, in wei.
        base_fee: u128,
    },
}

/// The base fee in wei of the block at `timestamp` (in seconds) on `parent`.
///
/// # Errors
/// [`BaseFeeError`]; none of them is possible on a header that follows the protocol.
///
/// Spec: protocol/holocene/exec-engine.md#base-fee-computation
pub fn next_base_fee(
    config: &RollupConfig,
    parent: &Header,
    timestamp: u64,
) -> Result<u64, BaseFeeError> {
    let parent_base_fee = parent.base_fee_per_gas.ok_or(BaseFeeError::Missing)?;
    let parameters = fee_parameters(config, parent, timestamp)?;
    // [Jovian] Data can be what fills a block: the header's blob gas is its DA footprint.
    let gas_metered = if config.is_active(Fork::Jovian, parent.timestamp) {
        parent.gas_used.max(parent.blob_gas_used.unwrap_or_default())
    } else {
        parent.gas_used
    };
    let base_fee = adjust(parent_base_fee, gas_metered, parent.gas_limit, &parameters)?;
    // [Jovian] The parent names the lowest base fee.
    let base_fee = base_fee.max(parameters.min_base_fee.unwrap_or_default().into());
    u64::try_from(base_fee).map_err(|_| BaseFeeError::OutOfRange { base_fee })
}

/// The parameters that govern the step from `parent` to the block at `timestamp`.
fn fee_parameters(
    config: &RollupConfig,
    parent: &Header,
    timestamp: u64,
) -> Result<FeeParameters, ExtraDataError> {
    // [Holocene] The parent's header has them, so the fork's first block still takes the constants.
    if config.is_active(Fork::Holocene, parent.timestamp) {
        let is_jovian = config.is_active(Fork::Jovian, parent.timestamp);
        return FeeParameters::decode(&parent.extra_data, is_jovian);
    }
    let constants = &config.base_fee_params;
    // [Canyon] A larger denominator, from the fork's first block on.
    let denominator = if config.is_active(Fork::Canyon, timestamp) {
        constants.denominator_canyon
    } else {
        constants.denominator
    };
    Ok(FeeParameters { denominator, elasticity: constants.elasticity, min_base_fee: None })
}

/// EIP-1559: moves the base fee by the parent's distance from its gas target.
fn adjust(
    parent_base_fee: u64,
    gas_metered: u64,
    gas_limit: u64,
    parameters: &FeeParameters,
) -> Result<u128, BaseFeeError> {
    let FeeParameters { denominator, elasticity, .. } = *parameters;
    let division_by_zero = BaseFeeError::DivisionByZero { gas_limit, elasticity, denominator };
    let gas_target = gas_limit.checked_div(elasticity.into()).ok_or(division_by_zero)?;
    let change = || {
        // Both factors have 64 bits, so the product fits.
        let product = u128::from(parent_base_fee) * u128::from(gas_metered.abs_diff(gas_target));
        let per_target = product.checked_div(gas_target.into())?;
        per_target.checked_div(denominator.into())
    };
    let base_fee = u128::from(parent_base_fee);
    Ok(match gas_metered.cmp(&gas_target) {
        Ordering::Equal => base_fee,
        Ordering::Greater => base_fee.saturating_add(change().ok_or(division_by_zero)?.max(1)),
        Ordering::Less => base_fee.saturating_sub(change().ok_or(division_by_zero)?),
    })
}

#[cfg(test)]
mod tests;

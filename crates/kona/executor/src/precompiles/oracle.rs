//! The answers of L1's precompiled contracts.

use alloy_primitives::Address;
use kona_preimage::{OracleError, PreimageKey};

/// A source of results of L1's precompiled contracts.
///
/// The program implements it over its pre-image oracle; [`split_precompile_result`] takes a
/// pre-image apart.
///
/// Spec: fault-proof/index.md#precompile-accelerators
pub trait PrecompileOracle {
    /// What the contract at `address` returns for `input` when it is given `gas`, or `None` if it
    /// fails. The caller has charged the gas and checked the limits of L2.
    ///
    /// # Errors
    /// Whatever keeps the source from answering. That stops the block: it never looks to the EVM
    /// like a failed call.
    fn run(&self, address: Address, gas: u64, input: &[u8]) -> Result<Option<&[u8]>, OracleError>;
}

/// Splits the pre-image of a precompile key: a status byte, 1 for success and 0 for failure, then
/// what the contract returned.
///
/// # Errors
/// [`OracleError::WrongLength`] if there is no status byte, [`OracleError::PrecompileStatus`] if it
/// is another one.
///
/// Spec: fault-proof/index.md#type-6-global-precompile-key
pub fn split_precompile_result(
    key: PreimageKey,
    preimage: &[u8],
) -> Result<Option<&[u8]>, OracleError> {
    match preimage.split_first() {
        Some((1, output)) => Ok(Some(output)),
        Some((0, _)) => Ok(None),
        Some((&status, _)) => Err(OracleError::PrecompileStatus { key, status }),
        None => Err(OracleError::WrongLength { key, expected: 1, actual: 0 }),
    }
}

//! Precompiled contracts: op-revm's, with what it lacks, and the costly ones through an oracle.

mod accelerated;
mod oracle;

#[cfg(test)]
mod tests;

pub(crate) use accelerated::{ECRECOVER_GAS, ECRECOVER_INPUT_BYTES};
pub use oracle::{PrecompileOracle, split_precompile_result};

use alloc::{boxed::Box, string::String};
use alloy_primitives::Address;
use core::fmt;
use kona_preimage::OracleError;
use op_revm::{OpSpecId, precompiles::OpPrecompiles};
use revm::{
    context::Cfg,
    context_interface::ContextTr,
    handler::{EthPrecompiles, PrecompileProvider, precompile_output_to_interpreter_result},
    interpreter::{CallInputs, InterpreterResult},
    precompile::{EthPrecompileResult, PrecompileHalt, PrecompileOutput, bn254},
    primitives::hardfork::SpecId,
};

/// Most bytes that `bn256Pairing` takes from Karst on: 300 pairs.
///
/// Spec: protocol/karst/exec-engine.md#precompile-input-size-restrictions
const KARST_BN256_PAIRING_BYTES_MAX: usize = 57_600;

/// The precompiled contracts of one block.
///
/// They are looked up by the address whose *code* runs, not by the one whose state is at hand: with
/// `DELEGATECALL` the two differ.
pub(crate) struct Precompiles<'p> {
    native: EthPrecompiles,
    spec: OpSpecId,
    oracle: Option<&'p dyn PrecompileOracle>,
    /// Why the oracle did not answer. The EVM carries only text, so the error waits here.
    failure: Option<OracleError>,
}

impl<'p> Precompiles<'p> {
    /// The contracts of a fork; without an oracle, all of them are computed here.
    pub(crate) fn new(spec: OpSpecId, oracle: Option<&'p dyn PrecompileOracle>) -> Self {
        let precompiles = OpPrecompiles::new_with_spec(spec).precompiles();
        let native = EthPrecompiles { precompiles, spec: SpecId::default() };
        Self { native, spec, oracle, failure: None }
    }

    /// Why the oracle did not answer, if that is what stopped the EVM.
    pub(crate) const fn take_failure(&mut self) -> Option<OracleError> {
        self.failure.take()
    }

    /// Rules that op-revm's own set lacks.
    fn check(&self, address: &Address, input: &[u8]) -> Result<(), PrecompileHalt> {
        // [Karst] The pairing's input is limited further.
        let is_limited = self.spec.is_enabled_in(OpSpecId::KARST)
            && *address == bn254::pair::ADDRESS
            && input.len() > KARST_BN256_PAIRING_BYTES_MAX;
        if is_limited { Err(PrecompileHalt::Bn254PairLength) } else { Ok(()) }
    }

    /// The result of a call that is not left to op-revm; `None` for all others.
    fn run_checked(
        &self,
        address: &Address,
        input: &[u8],
        gas_limit: u64,
    ) -> Result<Option<EthPrecompileResult>, OracleError> {
        if !self.native.contains(address) {
            return Ok(None);
        }
        if let Err(halt) = self.check(address, input) {
            return Ok(Some(Err(halt)));
        }
        match self.oracle {
            Some(oracle) => accelerated::run(oracle, self.spec, address, input, gas_limit),
            None => Ok(None),
        }
    }
}

impl<CTX: ContextTr<Cfg: Cfg<Spec = OpSpecId>>> PrecompileProvider<CTX> for Precompiles<'_> {
    type Output = InterpreterResult;

    fn set_spec(&mut self, _spec: OpSpecId) -> bool {
        // Made for one block, whose rules do not change.
        false
    }

    fn run(
        &mut self,
        context: &mut CTX,
        inputs: &CallInputs,
    ) -> Result<Option<InterpreterResult>, String> {
        let address = &inputs.bytecode_address;
        let result = {
            let input = inputs.input.as_bytes(context);
            self.run_checked(address, &input, inputs.gas_limit)
        };
        match result {
            Ok(None) => self.native.run(context, inputs),
            Ok(Some(result)) => {
                let output = PrecompileOutput::from_eth_result(result, inputs.reservoir);
                Ok(Some(precompile_output_to_interpreter_result(output, inputs.gas_limit)))
            }
            Err(error) => {
                self.failure = Some(error);
                Err(String::new())
            }
        }
    }

    fn warm_addresses(&self) -> Box<impl Iterator<Item = Address>> {
        self.native.warm_addresses()
    }

    fn contains(&self, address: &Address) -> bool {
        self.native.contains(address)
    }
}

impl fmt::Debug for Precompiles<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Precompiles")
            .field("spec", &self.spec)
            .field("is_accelerated", &self.oracle.is_some())
            .finish_non_exhaustive()
    }
}

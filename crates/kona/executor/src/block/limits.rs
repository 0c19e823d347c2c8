//! What a block may not have more of than its gas limit: gas, and from Jovian on data.

use axos_genesis::Fork;
use op_revm::{L1BlockInfo, OpTransaction, estimate_tx_compressed_size};
use revm::context::TxEnv;

use crate::{
    InvalidTransaction, L2StateProvider, StateError, environment::Environment, state::StateDb,
};

/// What the transactions so far have used up.
#[derive(Debug)]
pub(super) struct Limits {
    gas_limit: u64,
    is_regolith: bool,
    /// Gas used by the transactions so far.
    pub(super) gas_used: u64,
    /// \[Jovian\] DA footprint of the transactions so far, in gas.
    pub(super) da_footprint: u64,
    /// \[Jovian\] Gas that a byte of estimated data counts, once it was read.
    da_gas_scalar: Option<u16>,
}

impl Limits {
    pub(super) fn new(environment: &Environment<'_>) -> Self {
        Self {
            gas_limit: environment.attributes.gas_limit,
            is_regolith: environment.is_active(Fork::Regolith),
            gas_used: 0,
            da_footprint: 0,
            da_gas_scalar: None,
        }
    }

    /// Whether the block has the gas that a transaction may use at most.
    ///
    /// Spec: protocol/deposits.md#the-deposited-transaction-type
    pub(super) fn check_gas(&self, env: &OpTransaction<TxEnv>) -> Result<(), InvalidTransaction> {
        if self.is_free_of_gas(env) {
            return Ok(());
        }
        let gas_limit = env.base.gas_limit;
        let available = self.gas_limit.saturating_sub(self.gas_used);
        if gas_limit > available {
            return Err(InvalidTransaction::GasLimit { gas_limit, available });
        }
        Ok(())
    }

    /// Whether a transaction takes no gas from the block.
    pub(super) const fn is_free_of_gas(&self, env: &OpTransaction<TxEnv>) -> bool {
        // [Regolith] System transactions take gas from the block like all others.
        env.deposit.is_system_transaction && !self.is_regolith
    }

    /// Adds the DA footprint of a transaction that is not a deposit, if the block has room for it.
    ///
    /// The scalar is what this block's own L1 attributes transaction has set, which ran before.
    ///
    /// Spec: protocol/jovian/exec-engine.md#da-footprint-block-limit
    pub(super) fn add_da_footprint<'a, P: L2StateProvider<'a>>(
        &mut self,
        bytes: &[u8],
        state: &mut StateDb<'a, P>,
    ) -> Result<Result<(), InvalidTransaction>, StateError> {
        let scalar = match self.da_gas_scalar {
            Some(scalar) => scalar,
            None => *self.da_gas_scalar.insert(L1BlockInfo::fetch_da_footprint_gas_scalar(state)?),
        };
        let estimated_bytes = estimate_tx_compressed_size(bytes) / ESTIMATE_SCALE;
        let footprint = estimated_bytes.saturating_mul(scalar.into());
        let available = self.gas_limit.saturating_sub(self.da_footprint);
        if footprint > available {
            return Ok(Err(InvalidTransaction::DaFootprint { footprint, available }));
        }
        self.da_footprint += footprint;
        Ok(Ok(()))
    }
}

/// What estimates of a transaction's compressed bytes are scaled by.
const ESTIMATE_SCALE: u64 = 1_000_000;

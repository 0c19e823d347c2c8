//! The EVM of one block.

use alloy_primitives::{Address, Bytes};
use core::fmt;
use op_revm::{L1BlockInfo, OpEvm, OpHaltReason, OpSpecId, OpTransaction, OpTransactionError};
use revm::{
    Context, ExecuteEvm, Journal, SystemCallEvm,
    context::{
        BlockEnv, CfgEnv, ContextSetters, TxEnv,
        result::{EVMError, ExecResultAndState, ExecutionResult, HaltReason},
    },
    handler::{EthFrame, Handler, instructions::EthInstructions},
    interpreter::interpreter::EthInterpreter,
    primitives::hardfork::SpecId,
    state::EvmState,
};

use super::{handler::BlockHandler, l1_fee::L1Fees};
use crate::{
    ExecutorError, InvalidTransaction, L2StateProvider, PrecompileOracle, StateError,
    environment::Environment, precompiles::Precompiles, state::StateDb,
};

/// op-revm over the state.
///
/// The journal lives for one transaction at a time, and what it leaves goes to the state before the
/// next one begins. One journal for the whole block would save some copying, but then an account
/// that a transaction touched and left empty would still count as existing for EIP-7702 in the
/// next one, where it is gone by EIP-161.
pub(super) struct BlockEvm<'s, 'p, 'a, P: L2StateProvider<'a>> {
    inner: OpEvm<
        EvmContext<'s, 'a, P>,
        (),
        EthInstructions<EthInterpreter, EvmContext<'s, 'a, P>>,
        Precompiles<'p>,
    >,
}

type EvmContext<'s, 'a, P> = Context<
    BlockEnv,
    OpTransaction<TxEnv>,
    CfgEnv<OpSpecId>,
    &'s mut StateDb<'a, P>,
    Journal<&'s mut StateDb<'a, P>>,
    L1BlockInfo,
>;

type EvmResult<T> = Result<T, EVMError<StateError, OpTransactionError>>;

impl<'s, 'p, 'a, P: L2StateProvider<'a>> BlockEvm<'s, 'p, 'a, P> {
    pub(super) fn new(
        environment: &Environment<'_>,
        state: &'s mut StateDb<'a, P>,
        oracle: Option<&'p dyn PrecompileOracle>,
    ) -> Self {
        let context = Context::<BlockEnv, TxEnv, CfgEnv, _>::new(state, SpecId::default())
            .with_tx(OpTransaction::default())
            .with_block(environment.block())
            .with_cfg(environment.chain())
            .with_chain(L1BlockInfo::default());
        let precompiles = Precompiles::new(environment.spec, oracle);
        Self { inner: OpEvm::new(context, ()).with_precompiles(precompiles) }
    }

    pub(super) fn state(&mut self) -> &mut StateDb<'a, P> {
        self.inner.0.ctx.journaled_state.database
    }

    /// Runs a deposit and applies what it changed.
    pub(super) fn deposit(
        &mut self,
        tx_index: usize,
        env: OpTransaction<TxEnv>,
    ) -> Result<ExecutionResult<OpHaltReason>, ExecutorError> {
        let (sender, is_create) = (env.base.caller, env.base.kind.is_create());
        // [Karst] EIP-7825 caps the gas of transactions, but not that of deposits, which L1 has
        // settled. op-revm lets them pass and then hands them no more than the cap.
        self.inner.0.ctx.cfg.tx_gas_limit_cap = Some(u64::MAX);
        let result = self.transact(tx_index, env)?;
        // [Regolith] op-revm raises the nonce itself.
        let is_unfunded = matches!(
            result,
            ExecutionResult::Halt { reason: OpHaltReason::Base(HaltReason::OutOfFunds), .. }
        );
        if is_create && is_unfunded {
            self.state().raise_nonce(sender)?;
        }
        Ok(result)
    }

    /// Runs a transaction that is not a deposit and applies what it changed.
    pub(super) fn signed(
        &mut self,
        tx_index: usize,
        env: OpTransaction<TxEnv>,
        l1_fees: &mut L1Fees,
    ) -> Result<ExecutionResult<OpHaltReason>, ExecutorError> {
        let context = &mut self.inner.0.ctx;
        // The cap of the fork.
        context.cfg.tx_gas_limit_cap = None;
        if context.chain.l2_block.is_none() {
            context.chain = l1_fees.values.clone();
        }
        context.chain.tx_l1_cost = env.enveloped_tx.as_ref().and_then(|bytes| l1_fees.fee(bytes));
        self.transact(tx_index, env)
    }

    fn transact(
        &mut self,
        tx_index: usize,
        env: OpTransaction<TxEnv>,
    ) -> Result<ExecutionResult<OpHaltReason>, ExecutorError> {
        self.inner.0.ctx.set_tx(env);
        let result = BlockHandler::<_, _, EthFrame>::default().run(&mut self.inner);
        // Also after an error: it clears the journal.
        let state = self.inner.finalize();
        match result.map(|result| ExecResultAndState::new(result, state)) {
            Err(EVMError::Transaction(reason)) => {
                let reason = InvalidTransaction::Evm(reason);
                Err(ExecutorError::InvalidPayload { tx_index, reason })
            }
            result => self.apply(result, "a transaction"),
        }
    }

    /// Calls a contract as the system, for free and whether it works or not.
    pub(super) fn system_call(
        &mut self,
        contract: Address,
        data: Bytes,
        stage: &'static str,
    ) -> Result<(), ExecutorError> {
        let result = self.inner.system_call(contract, data);
        self.apply(result, stage).map(drop)
    }

    fn apply(
        &mut self,
        result: EvmResult<ExecResultAndState<ExecutionResult<OpHaltReason>, EvmState>>,
        stage: &'static str,
    ) -> Result<ExecutionResult<OpHaltReason>, ExecutorError> {
        let failure = self.inner.0.precompiles.take_failure();
        match (result, failure) {
            (_, Some(error)) => Err(ExecutorError::Oracle(error)),
            (Ok(ExecResultAndState { result, state }), None) => {
                self.state().apply(state)?;
                Ok(result)
            }
            (Err(EVMError::Database(error)), None) => Err(error.into()),
            (Err(_), None) => Err(ExecutorError::Evm { stage }),
        }
    }
}

impl<'a, P: L2StateProvider<'a>> fmt::Debug for BlockEvm<'_, '_, 'a, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockEvm").field("block", &self.inner.0.ctx.block).finish_non_exhaustive()
    }
}

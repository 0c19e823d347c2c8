//! op-revm's handler of transactions, which leaves alone the account that a fork does not know yet.
//!
//! Before Isthmus there is no operator fee. op-revm pays one of zero all the same, and for that
//! reads the account of the fee's vault. That changes nothing in the state, but a witness made by
//! anyone else need not contain the account, and a proof of the block would carry it for nothing.

use op_revm::{
    OpHaltReason, OpSpecId, OpTransactionError,
    api::exec::OpContextTr,
    constants::{BASE_FEE_RECIPIENT, L1_FEE_RECIPIENT},
    handler::{IsTxError, OpHandler},
    transaction::{OpTxTr, deposit::DEPOSIT_TRANSACTION_TYPE},
};
use revm::{
    context_interface::{
        Block, Cfg, ContextTr, JournalTr, Transaction,
        result::{ExecutionResult, FromStringError, ResultGas},
    },
    handler::{EvmTr, FrameResult, Handler, evm::FrameTr, handler::EvmTrError},
    interpreter::{InitialAndFloorGas, interpreter_action::FrameInit},
    primitives::U256,
};

/// [`OpHandler`], but for the operator fee before Isthmus.
#[derive(Debug)]
pub(super) struct BlockHandler<EVM, ERROR, FRAME>(OpHandler<EVM, ERROR, FRAME>);

impl<EVM, ERROR, FRAME> Default for BlockHandler<EVM, ERROR, FRAME> {
    fn default() -> Self {
        Self(OpHandler::new())
    }
}

type FrameResultOf<EVM> = <<EVM as EvmTr>::Frame as FrameTr>::FrameResult;

impl<EVM, ERROR, FRAME> Handler for BlockHandler<EVM, ERROR, FRAME>
where
    EVM: EvmTr<Context: OpContextTr, Frame = FRAME>,
    ERROR: EvmTrError<EVM> + From<OpTransactionError> + FromStringError + IsTxError,
    FRAME: FrameTr<FrameResult = FrameResult, FrameInit = FrameInit>,
{
    type Evm = EVM;
    type Error = ERROR;
    type HaltReason = OpHaltReason;

    fn reward_beneficiary(
        &self,
        evm: &mut EVM,
        frame_result: &mut FrameResultOf<EVM>,
    ) -> Result<(), ERROR> {
        let context = evm.ctx_ref();
        // [Isthmus] The operator fee.
        let has_operator_fee = context.cfg().spec().is_enabled_in(OpSpecId::ISTHMUS);
        if has_operator_fee || context.tx().tx_type() == DEPOSIT_TRANSACTION_TYPE {
            return self.0.reward_beneficiary(evm, frame_result);
        }
        self.0.mainnet.reward_beneficiary(evm, frame_result)?;

        let (block, tx, cfg, journal, l1_block_info, _) = evm.ctx().all_mut();
        let Some(bytes) = tx.enveloped_tx() else {
            return Err(OpTransactionError::MissingEnvelopedTx.into());
        };
        let l1_fee = l1_block_info.calculate_tx_l1_cost(bytes, cfg.spec());
        let base_fee = U256::from(block.basefee()) * U256::from(frame_result.gas().used());
        journal.balance_incr(L1_FEE_RECIPIENT, l1_fee)?;
        journal.balance_incr(BASE_FEE_RECIPIENT, base_fee)?;
        Ok(())
    }

    fn validate_env(&self, evm: &mut EVM) -> Result<(), ERROR> {
        self.0.validate_env(evm)
    }

    fn validate_against_state_and_deduct_caller(
        &self,
        evm: &mut EVM,
        gas: &mut InitialAndFloorGas,
    ) -> Result<(), ERROR> {
        self.0.validate_against_state_and_deduct_caller(evm, gas)
    }

    fn last_frame_result(
        &mut self,
        evm: &mut EVM,
        frame_result: &mut FrameResultOf<EVM>,
    ) -> Result<(), ERROR> {
        self.0.last_frame_result(evm, frame_result)
    }

    fn refund(&self, evm: &mut EVM, frame_result: &mut FrameResultOf<EVM>, eip7702_refund: i64) {
        self.0.refund(evm, frame_result, eip7702_refund);
    }

    fn reimburse_caller(
        &self,
        evm: &mut EVM,
        frame_result: &mut FrameResultOf<EVM>,
    ) -> Result<(), ERROR> {
        self.0.reimburse_caller(evm, frame_result)
    }

    fn execution_result(
        &mut self,
        evm: &mut EVM,
        frame_result: FrameResultOf<EVM>,
        gas: ResultGas,
    ) -> Result<ExecutionResult<OpHaltReason>, ERROR> {
        self.0.execution_result(evm, frame_result, gas)
    }

    fn catch_error(
        &self,
        evm: &mut EVM,
        error: ERROR,
    ) -> Result<ExecutionResult<OpHaltReason>, ERROR> {
        self.0.catch_error(evm, error)
    }
}

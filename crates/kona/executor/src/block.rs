//! Runs the transactions of a block, one after the other.

mod evm;
mod handler;
mod l1_fee;
mod limits;
mod system;

use alloc::vec::Vec;
use alloy_primitives::{Bloom, Bytes};
use axos_genesis::Fork;
use op_alloy_consensus::OpTxType;

use self::{evm::BlockEvm, l1_fee::L1Fees, limits::Limits};
use crate::{
    ExecutorError, InvalidTransaction, L2StateProvider, PrecompileOracle,
    environment::Environment,
    receipt::ReceiptBuilder,
    state::StateDb,
    transaction::{Decoder, Transaction, TransactionError},
};

/// What running a block leaves besides its changes to the state.
#[derive(Debug)]
pub(crate) struct BlockOutcome {
    /// Gas used by all transactions.
    pub(crate) gas_used: u64,
    /// \[Jovian\] DA footprint of all transactions, in gas.
    pub(crate) da_footprint: u64,
    /// EIP-2718 bytes of the receipts.
    pub(crate) receipts: Vec<Vec<u8>>,
    /// Bloom filter over the logs of all transactions.
    pub(crate) logs_bloom: Bloom,
}

/// Runs a block on the state of its parent; its changes then lie on top of that state.
///
/// # Errors
/// [`ExecutorError`]. The changes so far are left for the caller to discard.
pub(crate) fn run_block<'a, P: L2StateProvider<'a>>(
    environment: &Environment<'_>,
    state: &mut StateDb<'a, P>,
    oracle: Option<&dyn PrecompileOracle>,
) -> Result<BlockOutcome, ExecutorError> {
    let mut evm = BlockEvm::new(environment, state, oracle);
    system::apply_changes_before_transactions(environment, &mut evm)?;
    let mut run = Run {
        environment,
        decoder: Decoder::new(oracle),
        limits: Limits::new(environment),
        receipts: ReceiptBuilder::new(environment.attributes.transactions.len()),
        l1_fees: None,
        is_in_deposits: true,
    };
    for (tx_index, bytes) in environment.attributes.transactions.iter().enumerate() {
        run.transaction(&mut evm, tx_index, bytes)?;
    }
    let (receipts, logs_bloom) = run.receipts.finish();
    let Limits { gas_used, da_footprint, .. } = run.limits;
    Ok(BlockOutcome { gas_used, da_footprint, receipts, logs_bloom })
}

/// Where the block stands between two transactions.
struct Run<'b> {
    environment: &'b Environment<'b>,
    decoder: Decoder<'b>,
    limits: Limits,
    receipts: ReceiptBuilder,
    /// Read before the first transaction that is not a deposit.
    l1_fees: Option<L1Fees>,
    /// Whether all transactions so far were deposits.
    is_in_deposits: bool,
}

impl Run<'_> {
    fn transaction<'a, P: L2StateProvider<'a>>(
        &mut self,
        evm: &mut BlockEvm<'_, '_, 'a, P>,
        tx_index: usize,
        bytes: &Bytes,
    ) -> Result<(), ExecutorError> {
        let invalid = |reason| ExecutorError::InvalidPayload { tx_index, reason };
        let Transaction { kind, env } =
            self.decoder.decode(bytes).map_err(|error| match error {
                TransactionError::Invalid(error) => invalid(error.into()),
                TransactionError::Oracle(error) => ExecutorError::Oracle(error),
            })?;
        let is_deposit = kind == OpTxType::Deposit;
        // Deposits come first; one behind them is forged.
        self.is_in_deposits &= is_deposit;
        if is_deposit && !self.is_in_deposits {
            return Err(invalid(InvalidTransaction::MisplacedDeposit));
        }

        self.limits.check_gas(&env).map_err(invalid)?;
        if !is_deposit && self.environment.is_active(Fork::Jovian) {
            self.limits.add_da_footprint(bytes, evm.state())?.map_err(invalid)?;
        }
        // [Canyon] The receipt of a deposit commits to the nonce its sender had before.
        let has_nonce = is_deposit && self.environment.is_active(Fork::Canyon);
        let deposit_nonce =
            if has_nonce { Some(evm.state().nonce(env.base.caller)?) } else { None };

        // [Regolith] Before, system transactions report no gas, whatever becomes of them.
        let is_free = self.limits.is_free_of_gas(&env);
        let result = if is_deposit {
            evm.deposit(tx_index, env)?
        } else {
            let l1_fees = match &mut self.l1_fees {
                Some(l1_fees) => l1_fees,
                None => self.l1_fees.insert(L1Fees::read(self.environment, evm.state())?),
            };
            evm.signed(tx_index, env, l1_fees)?
        };
        let gas_used = if is_free { 0 } else { result.tx_gas_used() };
        self.limits.gas_used = self.limits.gas_used.saturating_add(gas_used);
        let keccak = evm.state().keccak();
        self.receipts.push(kind, result, self.limits.gas_used, deposit_nonce, keccak);
        Ok(())
    }
}

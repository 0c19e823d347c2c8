//! The contract in an EVM in process.

use std::convert::Infallible;

use alloy_primitives::{Address, B256, Bytes, U256, address, keccak256};
use asterisc_isa::RevertCode;
use asterisc_state::StateWitness;
use asterisc_step::{PreimageRead, StepWitness};
use revm::{
    Context, ExecuteCommitEvm, ExecuteEvm, MainBuilder, MainContext, MainnetEvm,
    bytecode::Bytecode,
    context::{
        TxEnv,
        result::{EVMError, ExecutionResult, HaltReason, Output},
    },
    context_interface::cfg::gas::calculate_initial_tx_gas,
    database::{CacheDB, EmptyDB, InMemoryDB},
    handler::MainnetContext,
    primitives::{TxKind, hardfork::SpecId},
    state::AccountInfo,
};

use crate::{StepCall, contract};

/// What a step on chain came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvmOutcome {
    /// The state after the step, as logged.
    pub poststate: [u8; StateWitness::BYTES],
    /// Its hash, as returned.
    pub state_hash: B256,
    /// Gas used inside the call: without what a transaction pays in advance, and for its calldata.
    pub gas_used: u64,
}

/// Why a step on chain has no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvmError {
    /// The step reverts with a code of the machine.
    #[error("the step reverts: {0}")]
    Revert(RevertCode),
    /// The call reverts without data, as on calldata that is no step's.
    #[error("the call reverts without data")]
    RevertEmpty,
    /// The call reverts with data that is no code.
    #[error("the call reverts with {data}")]
    RevertUnknown {
        /// What it returned.
        data: Bytes,
    },
    /// The call ran out of gas, or into an instruction the EVM does not have.
    #[error("the call stopped: {0:?}")]
    Halt(HaltReason),
    /// The call returned or logged something else than a step does.
    #[error("the call returned {output} and logged {logs} times")]
    Output {
        /// What it returned.
        output: Bytes,
        /// How often it logged.
        logs: usize,
    },
    /// The EVM refused the transaction.
    #[error(transparent)]
    Transaction(#[from] EVMError<Infallible>),
}

/// The contract, deployed in an EVM of its own, with an oracle beside it.
///
/// Each call starts from the same state: nothing is left of the one before, nor of its pre-image.
#[derive(Debug)]
pub struct EvmStep {
    evm: MainnetEvm<MainnetContext<InMemoryDB>>,
}

impl EvmStep {
    /// Who calls the contract: on chain, the dispute game.
    pub const CALLER: Address = address!("00000000000000000000000000000000000ca11e");
    /// Where the contract is.
    pub const VM: Address = address!("0000000000000000000000000000000000000564");
    /// Where its oracle is.
    pub const ORACLE: Address = address!("0000000000000000000000000000000000000fac");
    /// Gas limit of a call.
    pub const GAS_LIMIT: u64 = 30_000_000;
    /// Rules of the EVM.
    const SPEC: SpecId = SpecId::CANCUN;

    /// Deploys the contract that is checked in.
    pub fn new() -> Self {
        Self::with_code(Bytes::from_static(&contract::RISCV))
    }

    /// Deploys another contract of the same interface.
    pub fn with_code(code: Bytes) -> Self {
        let mut database = CacheDB::new(EmptyDB::new());
        let oracle = Bytes::from_static(&contract::STORED_ORACLE);
        for (address, code) in [(Self::VM, code), (Self::ORACLE, oracle)] {
            let code = Bytecode::new_raw(code);
            database.insert_account_info(address, AccountInfo::from_bytecode(code));
        }
        let slots = &mut database.cache.accounts.entry(Self::VM).or_default().storage;
        slots.insert(U256::ZERO, Self::ORACLE.into_word().into());
        let context = Context::mainnet().with_db(database).modify_cfg_chained(|cfg| {
            cfg.set_spec_and_mainnet_gas_params(Self::SPEC);
            cfg.disable_nonce_check = true;
        });
        Self { evm: context.build_mainnet() }
    }

    /// Puts another oracle in the place of ours, by the code that creates it, and the arguments of
    /// its constructor behind. What the constructor stores is not taken over, only the code that it
    /// returns; from then on [`Self::call_oracle`] loads pre-images, and [`Self::call`] steps.
    ///
    /// # Errors
    /// Where the constructor fails.
    pub fn deploy_oracle(&mut self, creation: Vec<u8>) -> Result<(), EvmError> {
        let create = TxEnv { kind: TxKind::Create, ..transaction(Address::ZERO, creation) };
        let code = match self.evm.transact(create)?.result {
            ExecutionResult::Success { output, .. } => output.into_data(),
            ExecutionResult::Revert { output, .. } => return Err(revert(output)),
            ExecutionResult::Halt { reason, .. } => return Err(EvmError::Halt(reason)),
        };
        let account = AccountInfo::from_bytecode(Bytecode::new_raw(code));
        self.evm.ctx.journaled_state.database.insert_account_info(Self::ORACLE, account);
        Ok(())
    }

    /// Calls the oracle, which keeps what it is told.
    ///
    /// # Errors
    /// Where the oracle refuses the call.
    pub fn call_oracle(&mut self, calldata: Vec<u8>) -> Result<(), EvmError> {
        match self.evm.transact_commit(transaction(Self::ORACLE, calldata))? {
            ExecutionResult::Success { .. } => Ok(()),
            ExecutionResult::Revert { output, .. } => Err(EvmError::RevertUnknown { data: output }),
            ExecutionResult::Halt { reason, .. } => Err(EvmError::Halt(reason)),
        }
    }

    /// Repeats a recorded step on chain, its pre-image loaded into the oracle before.
    ///
    /// # Errors
    /// Where the contract does not take the step.
    pub fn step(
        &mut self,
        witness: &StepWitness,
        local_context: B256,
    ) -> Result<EvmOutcome, EvmError> {
        let prestate = witness.prestate.as_bytes();
        let call = StepCall { prestate, proof: &witness.proof, local_context };
        self.step_with(call, witness.preimage.as_ref())
    }

    /// [`Self::step`] by its parts, such as are left of a step that reverts.
    ///
    /// # Errors
    /// Where the contract does not take the step.
    pub fn step_with(
        &mut self,
        call: StepCall<'_>,
        preimage: Option<&PreimageRead>,
    ) -> Result<EvmOutcome, EvmError> {
        if let Some(read) = preimage {
            self.load(read, call.local_context)?;
        }
        let outcome = self.call(call.encode());
        let accounts = &mut self.evm.ctx.journaled_state.database.cache.accounts;
        accounts.entry(Self::ORACLE).or_default().storage.clear();
        outcome
    }

    /// Calls the contract with any calldata.
    ///
    /// # Errors
    /// Where the call does not end as a step does.
    pub fn call(&mut self, calldata: Vec<u8>) -> Result<EvmOutcome, EvmError> {
        let advance = calculate_initial_tx_gas(Self::SPEC, &calldata, false, 0, 0, 0);
        let result = self.evm.transact(transaction(Self::VM, calldata))?.result;
        let gas_used = result.gas().total_gas_spent() - advance.initial_total_gas;
        match result {
            ExecutionResult::Success { output: Output::Call(output), logs, .. } => {
                let is_plain = |log: &&revm::primitives::Log| log.topics().is_empty();
                let logged = match logs.as_slice() {
                    [log] => Some(log).filter(is_plain).map(|log| &log.data.data),
                    _ => None,
                };
                let poststate = logged.and_then(|data| data.as_ref().try_into().ok());
                match (poststate, B256::try_from(output.as_ref())) {
                    (Some(poststate), Ok(state_hash)) => {
                        Ok(EvmOutcome { poststate, state_hash, gas_used })
                    }
                    _ => Err(EvmError::Output { output, logs: logs.len() }),
                }
            }
            ExecutionResult::Success { output, logs, .. } => {
                Err(EvmError::Output { output: output.into_data(), logs: logs.len() })
            }
            ExecutionResult::Revert { output, .. } => Err(revert(output)),
            ExecutionResult::Halt { reason, .. } => Err(EvmError::Halt(reason)),
        }
    }

    /// Loads the part of a pre-image that a step reads.
    fn load(&mut self, read: &PreimageRead, local_context: B256) -> Result<(), EvmError> {
        let whole = [&(read.data.len() as u64).to_be_bytes(), read.data.as_slice()].concat();
        // Past its end there is no part, on chain as here.
        let Some(rest) = usize::try_from(read.offset).ok().and_then(|offset| whole.get(offset..))
        else {
            return Ok(());
        };
        let mut part = [0; 32];
        let length = rest.len().min(32);
        part[..length].copy_from_slice(&rest[..length]);
        let key = oracle_key(read.key, Self::CALLER, local_context);
        let mut calldata = keccak256("load(bytes32,uint256,bytes32,uint256)")[..4].to_vec();
        calldata.extend(key);
        calldata.extend(U256::from(read.offset).to_be_bytes::<32>());
        calldata.extend(part);
        calldata.extend(U256::from(read.data.len()).to_be_bytes::<32>());
        self.call_oracle(calldata)
    }
}

impl Default for EvmStep {
    fn default() -> Self {
        Self::new()
    }
}

/// The key under which the oracle keeps a pre-image: a local one is bound to who asks, and to the
/// context.
fn oracle_key(key: B256, caller: Address, local_context: B256) -> B256 {
    const LOCAL: u8 = 1;
    if key[0] != LOCAL {
        return key;
    }
    let mut bound = keccak256([key, caller.into_word(), local_context].concat());
    bound[0] = LOCAL;
    bound
}

fn transaction(to: Address, calldata: Vec<u8>) -> TxEnv {
    TxEnv {
        caller: EvmStep::CALLER,
        kind: TxKind::Call(to),
        data: calldata.into(),
        gas_limit: EvmStep::GAS_LIMIT,
        ..TxEnv::default()
    }
}

/// The error in the data of a revert.
fn revert(data: Bytes) -> EvmError {
    if data.is_empty() {
        return EvmError::RevertEmpty;
    }
    let is_it =
        |code: &RevertCode| U256::from(code.code()).to_be_bytes::<32>().as_slice() == data.as_ref();
    match RevertCode::ALL.into_iter().find(is_it) {
        Some(code) => EvmError::Revert(code),
        None => EvmError::RevertUnknown { data },
    }
}

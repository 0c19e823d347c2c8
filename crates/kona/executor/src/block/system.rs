//! What changes in the state before the first transaction, with the parent's data and forks.

use alloy_eips::{eip2935::HISTORY_STORAGE_ADDRESS, eip4788::BEACON_ROOTS_ADDRESS};
use axos_genesis::Fork;

use super::evm::BlockEvm;
use crate::{
    ExecutorError, L2StateProvider,
    create2_deployer::{CREATE2_DEPLOYER, CREATE2_DEPLOYER_CODE_HASH, create2_deployer_code},
    environment::Environment,
};

pub(super) fn apply_changes_before_transactions<'a, P: L2StateProvider<'a>>(
    environment: &Environment<'_>,
    evm: &mut BlockEvm<'_, '_, 'a, P>,
) -> Result<(), ExecutorError> {
    // [Canyon] The deployer comes by an irregular change of the state, in the fork's first block.
    // Spec: protocol/predeploys.md#overview
    if environment.config.is_activation_block(Fork::Canyon, environment.attributes.timestamp) {
        let code = create2_deployer_code();
        evm.state().set_code(CREATE2_DEPLOYER, CREATE2_DEPLOYER_CODE_HASH, code)?;
    }
    // [Isthmus] EIP-2935: the history contract learns the parent's hash. In the fork's first block
    // the contract is not there yet, and the call does nothing.
    if environment.is_active(Fork::Isthmus) {
        evm.system_call(HISTORY_STORAGE_ADDRESS, environment.parent_hash.into(), "block hashes")?;
    }
    // [Ecotone] EIP-4788: so does the beacon roots contract with the beacon block root.
    // Spec: protocol/exec-engine.md#ecotone-beacon-block-root
    if let Some(root) = environment.parent_beacon_block_root {
        evm.system_call(BEACON_ROOTS_ADDRESS, root.into(), "beacon roots")?;
    }
    Ok(())
}

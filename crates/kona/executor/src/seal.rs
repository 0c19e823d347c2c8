//! The header of an executed block.

use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Header};
use alloy_eips::eip7685::EMPTY_REQUESTS_HASH;
use alloy_primitives::{B64, B256, U256};
use axos_genesis::Fork;
use kona_mpt::ordered_list_root;

use crate::{block::BlockOutcome, environment::Environment};

/// Puts a header together. `message_passer_storage_root` is that of the `L2ToL1MessagePasser` after
/// the block, and must be there from Isthmus on.
pub(crate) fn seal_header(
    environment: &Environment<'_>,
    outcome: &BlockOutcome,
    state_root: B256,
    message_passer_storage_root: Option<B256>,
) -> Header {
    let attributes = environment.attributes;
    Header {
        parent_hash: environment.parent_hash,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: attributes.suggested_fee_recipient,
        state_root,
        // Over the bytes that came, which are known to be the canonical ones.
        transactions_root: ordered_list_root(&attributes.transactions),
        receipts_root: ordered_list_root(&outcome.receipts),
        logs_bloom: outcome.logs_bloom,
        difficulty: U256::ZERO,
        number: environment.number,
        gas_limit: attributes.gas_limit,
        gas_used: outcome.gas_used,
        timestamp: attributes.timestamp,
        extra_data: environment
            .fee_parameters
            .as_ref()
            .map(|parameters| parameters.encode())
            .unwrap_or_default(),
        mix_hash: attributes.prev_randao,
        nonce: B64::ZERO,
        base_fee_per_gas: Some(environment.base_fee),
        withdrawals_root: withdrawals_root(environment, message_passer_storage_root),
        // [Ecotone] Blob gas is accounted for, without a blob ever.
        // [Jovian] The field holds the DA footprint, which is 0 before.
        blob_gas_used: environment.is_active(Fork::Ecotone).then_some(outcome.da_footprint),
        excess_blob_gas: environment.is_active(Fork::Ecotone).then_some(0),
        parent_beacon_block_root: environment.parent_beacon_block_root,
        // [Isthmus] There are no requests.
        requests_hash: environment.is_active(Fork::Isthmus).then_some(EMPTY_REQUESTS_HASH),
        ..Header::default()
    }
}

/// Spec: protocol/isthmus/exec-engine.md#header-validity-rules
fn withdrawals_root(
    environment: &Environment<'_>,
    message_passer_storage_root: Option<B256>,
) -> Option<B256> {
    // [Isthmus] The storage root of the message passer.
    if environment.is_active(Fork::Isthmus) {
        return message_passer_storage_root;
    }
    // [Canyon] An empty list of withdrawals.
    environment.is_active(Fork::Canyon).then_some(EMPTY_ROOT_HASH)
}

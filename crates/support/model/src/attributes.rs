//! Batches to payload attributes.

use crate::{
    batch::SingularBatch,
    config::{Config, Fork},
    config_update::apply_updates,
    deposit::user_deposits,
    l1_info::l1_info_transaction,
    l2_chain::{system_config, to_ref},
    receipt::logs,
    rule::{Hits, Rule},
    upgrade::upgrade_transactions,
    world::{Attributes, L1Block, L2Block},
};
use alloy_primitives::{Address, B256, Bytes, address};

/// Receiver of priority fees on L2.
const SEQUENCER_FEE_VAULT: Address = address!("4200000000000000000000000000000000000011");

/// Why derivation can't go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// L1 data that must be right is not.
    Critical(&'static str),
    /// L1 and L2 do not fit together.
    Reset(&'static str),
}

/// The attributes of the L2 block that `batch` stands for.
///
/// `origin` is the L1 block that the batch names.
/// Spec: protocol/derivation.md#deriving-payload-attributes
pub fn build_attributes(
    config: &Config,
    parent: &L2Block,
    origin: &L1Block,
    batch: &SingularBatch,
    hits: &mut Hits,
) -> Result<Attributes, Halt> {
    let parent_ref = to_ref(config, parent);
    let timestamp = parent_ref.time + config.block_time;
    if batch.parent_hash != parent.hash || batch.timestamp != timestamp {
        return Err(Halt::Reset("batch is not for the next block"));
    }
    if timestamp < origin.header.timestamp {
        return Err(Halt::Reset("block is older than its L1 origin"));
    }
    let mut system_config = system_config(config, parent, hits);
    let mut deposits = Vec::new();
    let mut sequence_number = parent_ref.sequence_number + 1;
    if parent_ref.l1_origin.number == origin.header.number {
        hits.hit(Rule::AttributesSameEpoch);
        if parent_ref.l1_origin.hash != origin.hash {
            return Err(Halt::Reset("another L1 block of the same number"));
        }
    } else {
        hits.hit(Rule::AttributesNewEpoch);
        if parent_ref.l1_origin.hash != origin.header.parent_hash {
            return Err(Halt::Reset("L1 origin does not follow on"));
        }
        sequence_number = 0;
        let logs = logs(origin, hits);
        deposits = user_deposits(config.deposit_contract, origin.hash, &logs, hits)
            .map_err(Halt::Critical)?;
        apply_updates(config, origin.header.timestamp, &logs, &mut system_config, hits);
    }

    // Spec: protocol/derivation.md#deriving-the-transaction-list
    let info =
        l1_info_transaction(config, &system_config, origin, sequence_number, timestamp, hits);
    let mut transactions = vec![info.map_err(Halt::Critical)?];
    transactions.extend(deposits);
    transactions.extend(upgrade_transactions(config, timestamp, hits));
    transactions.extend(batch.transactions.iter().cloned());

    // [Karst] Room for the upgrade in the activation block.
    // Spec: protocol/l2-upgrades-1-execution.md#gas-allocation-specification
    let is_karst_activation = config.is_activation_block(Fork::Karst, timestamp);
    let upgrade_gas = if is_karst_activation { config.karst_upgrade_gas() } else { 0 };
    let beacon_root = origin.header.parent_beacon_block_root.unwrap_or(B256::ZERO);
    Ok(Attributes {
        parent_hash: parent.hash,
        l1_origin: origin.to_ref().id(),
        timestamp,
        prev_randao: origin.header.mix_hash,
        fee_recipient: SEQUENCER_FEE_VAULT,
        gas_limit: system_config.gas_limit + upgrade_gas,
        transactions,
        // [Canyon] A list, but an empty one.
        has_withdrawals: config.is_active(Fork::Canyon, timestamp),
        // [Ecotone] The root of L1, or zero where it has none.
        parent_beacon_block_root: config.is_active(Fork::Ecotone, timestamp).then_some(beacon_root),
        eip1559_params: eip1559_params(config, timestamp, system_config.eip1559, hits),
        // [Jovian] The lowest base fee.
        min_base_fee: config
            .is_active(Fork::Jovian, timestamp)
            .then_some(system_config.min_base_fee),
    })
}

/// Spec: protocol/holocene/derivation.md#attributes-builder
fn eip1559_params(
    config: &Config,
    timestamp: u64,
    configured: [u8; 8],
    hits: &mut Hits,
) -> Option<[u8; 8]> {
    // [Holocene] Zero in the activation block, whatever is configured.
    if config.is_activation_block(Fork::Holocene, timestamp) {
        hits.hit(Rule::HoloceneZeroParams);
        return Some([0; 8]);
    }
    config.is_active(Fork::Holocene, timestamp).then_some(configured)
}

/// The same attributes with nothing but their deposits.
///
/// Spec: protocol/holocene/derivation.md#engine-queue
pub fn deposits_only(attributes: &Attributes) -> Attributes {
    let is_deposit = |bytes: &&Bytes| bytes.first() == Some(&0x7e);
    Attributes {
        transactions: attributes.transactions.iter().filter(is_deposit).cloned().collect(),
        ..attributes.clone()
    }
}

use super::*;
use crate::registry;

/// OP Mainnet, changed.
fn check(change: impl FnOnce(&mut RollupConfig), expect: Result<(), RollupConfigError>) {
    let mut config = registry::rollup_config(10).unwrap();
    change(&mut config);
    assert_eq!(config.check(), expect);
}

fn zero(field: &'static str) -> Result<(), RollupConfigError> {
    Err(RollupConfigError::Zero { field })
}

#[test]
fn op_mainnet_makes_sense() {
    check(|_| (), Ok(()));
}

#[test]
fn zero_values_are_refused_by_field() {
    check(|config| config.block_time = 0, zero("block_time"));
    check(|config| config.channel_timeout = 0, zero("channel_timeout"));
    check(|config| config.max_sequencer_drift = 0, zero("max_sequencer_drift"));
    check(|config| config.l1_chain_id = 0, zero("l1_chain_id"));
    check(|config| config.l2_chain_id = 0, zero("l2_chain_id"));
    check(|config| config.genesis.l1.hash = B256::ZERO, zero("genesis.l1.hash"));
    check(|config| config.genesis.l2.hash = B256::ZERO, zero("genesis.l2.hash"));
    check(|config| config.genesis.l2_time = 0, zero("genesis.l2_time"));
    check(
        |config| config.genesis.system_config.batcher_address = Address::ZERO,
        zero("genesis.system_config.batcherAddr"),
    );
    check(
        |config| config.genesis.system_config.scalar = U256::ZERO,
        zero("genesis.system_config.scalar"),
    );
    check(
        |config| config.genesis.system_config.gas_limit = 0,
        zero("genesis.system_config.gasLimit"),
    );
    check(|config| config.batch_inbox_address = Address::ZERO, zero("batch_inbox_address"));
    check(
        |config| config.deposit_contract_address = Address::ZERO,
        zero("deposit_contract_address"),
    );
}

#[test]
fn base_fee_constants_can_be_divided_by() {
    check(
        |config| config.base_fee_params.elasticity = 0,
        zero("chain_op_config.eip1559Elasticity"),
    );
    check(
        |config| config.base_fee_params.denominator = 0,
        zero("chain_op_config.eip1559Denominator"),
    );
    check(
        |config| config.base_fee_params.denominator_canyon = 0,
        zero("chain_op_config.eip1559DenominatorCanyon"),
    );
}

#[test]
fn drift_may_be_left_out_where_fjord_is_active_at_genesis() {
    check(
        |config| {
            config.genesis.l2_time = config.forks.fjord_time.unwrap();
            config.max_sequencer_drift = 0;
        },
        Ok(()),
    );
}

#[test]
fn sequencing_window_has_two_blocks_at_least() {
    check(|config| config.seq_window_size = 2, Ok(()));
    let short = RollupConfigError::SeqWindowTooShort { min: 2, actual: 1 };
    check(|config| config.seq_window_size = 1, Err(short));
}

#[test]
fn layers_have_their_own_chain_id_and_genesis() {
    check(|config| config.l1_chain_id = 10, Err(RollupConfigError::SameChainId { chain_id: 10 }));
    let hash = registry::rollup_config(10).unwrap().genesis.l1.hash;
    check(|config| config.genesis.l2.hash = hash, Err(RollupConfigError::SameGenesisHash { hash }));
}

#[test]
fn every_fork_needs_the_one_before() {
    let missing =
        |fork, time, missing| Err(RollupConfigError::PredecessorMissing { fork, time, missing });
    check(
        |config| config.forks.regolith_time = None,
        missing(Fork::Canyon, 1_704_992_401, Fork::Regolith),
    );
    check(
        |config| config.forks.jovian_time = None,
        missing(Fork::Karst, 1_783_526_401, Fork::Jovian),
    );
    check(|config| config.forks.karst_time = None, Ok(()));
}

#[test]
fn forks_are_in_order_of_time() {
    check(
        |config| config.forks.delta_time = Some(1_704_992_400),
        Err(RollupConfigError::ForksOutOfOrder {
            fork: Fork::Delta,
            time: 1_704_992_400,
            earlier: Fork::Canyon,
            earlier_time: 1_704_992_401,
        }),
    );
}

#[test]
fn from_jovian_on_forks_activate_alone_after_genesis() {
    let at_once = |earlier, fork, time| Err(RollupConfigError::ForksAtOnce { fork, earlier, time });
    check(
        |config| config.forks.karst_time = config.forks.jovian_time,
        at_once(Fork::Jovian, Fork::Karst, 1_764_691_201),
    );
    check(
        |config| config.forks.jovian_time = config.forks.isthmus_time,
        at_once(Fork::Isthmus, Fork::Jovian, 1_746_806_401),
    );
    // Before Jovian chains did it, and so may they.
    check(|config| config.forks.isthmus_time = config.forks.holocene_time, Ok(()));
    // All at genesis or before is how new chains start.
    check(
        |config| {
            let genesis = config.genesis.l2_time;
            config.forks = crate::ForkSchedule {
                regolith_time: Some(0),
                canyon_time: Some(0),
                delta_time: Some(0),
                ecotone_time: Some(0),
                fjord_time: Some(0),
                granite_time: Some(0),
                holocene_time: Some(0),
                pectra_blob_schedule_time: None,
                isthmus_time: Some(genesis),
                jovian_time: Some(genesis),
                karst_time: Some(genesis),
            };
        },
        Ok(()),
    );
}

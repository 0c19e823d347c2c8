//! A chain made by hand: a configuration, a genesis state, and blocks on it.

use super::{
    archive::Archive,
    contracts::store,
    world::{World, WorldAccount},
};
use alloy_consensus::{Header, Sealable, Sealed};
use alloy_eips::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address};
use axos_genesis::{ChainGenesis, Fork, ForkSchedule, RollupConfig};
use axos_protocol::PayloadAttributes;
use kona_executor::{Executor, PrecompileOracle};
use op_alloy_consensus::TxDeposit;

/// Chain id of the chain.
pub(crate) const CHAIN_ID: u64 = 901;
/// Time of the genesis block, in seconds.
pub(crate) const GENESIS_TIME: u64 = 1_000;
/// Seconds between two blocks.
pub(crate) const BLOCK_TIME: u64 = 2;
/// Gas limit of every block.
pub(crate) const GAS_LIMIT: u64 = 30_000_000;
/// Base fee of the genesis block, in wei.
pub(crate) const GENESIS_BASE_FEE: u64 = 1_000_000_000;
/// Where fees of transactions go.
pub(crate) const FEE_VAULT: Address = address!("4200000000000000000000000000000000000011");
/// Where base fees go.
pub(crate) const BASE_FEE_VAULT: Address = address!("4200000000000000000000000000000000000019");
/// Where L1 fees go.
pub(crate) const L1_FEE_VAULT: Address = address!("420000000000000000000000000000000000001a");
/// Where operator fees go.
pub(crate) const OPERATOR_FEE_VAULT: Address = address!("420000000000000000000000000000000000001b");
/// The `L1Block` predeploy.
pub(crate) const L1_BLOCK: Address = address!("4200000000000000000000000000000000000015");
/// The `L2ToL1MessagePasser` predeploy.
pub(crate) const MESSAGE_PASSER: Address = address!("4200000000000000000000000000000000000016");
/// Who sends the L1 attributes transaction.
pub(crate) const DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");

/// All forks up to `fork`: `fork` itself at `time`, the earlier ones at 0.
pub(crate) fn config(fork: Fork, time: u64) -> RollupConfig {
    let at = |this: Fork| match this.cmp(&fork) {
        std::cmp::Ordering::Less => Some(0),
        std::cmp::Ordering::Equal => Some(time),
        std::cmp::Ordering::Greater => None,
    };
    let forks = ForkSchedule {
        regolith_time: at(Fork::Regolith),
        canyon_time: at(Fork::Canyon),
        delta_time: at(Fork::Delta),
        ecotone_time: at(Fork::Ecotone),
        fjord_time: at(Fork::Fjord),
        granite_time: at(Fork::Granite),
        holocene_time: at(Fork::Holocene),
        isthmus_time: at(Fork::Isthmus),
        jovian_time: at(Fork::Jovian),
        karst_time: at(Fork::Karst),
        ..Default::default()
    };
    RollupConfig {
        genesis: ChainGenesis { l2_time: GENESIS_TIME, ..Default::default() },
        block_time: BLOCK_TIME,
        l2_chain_id: CHAIN_ID,
        forks,
        ..Default::default()
    }
}

/// A chain of one block, the genesis.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) config: RollupConfig,
    pub(crate) archive: Archive,
    pub(crate) genesis: Sealed<Header>,
    pub(crate) world: World,
}

impl Chain {
    /// A chain on which `fork` and all before it are active from genesis on.
    pub(crate) fn at(fork: Fork, world: World) -> Self {
        Self::new(config(fork, 0), world)
    }

    /// A chain whose first block after genesis is the first one of `fork`.
    pub(crate) fn activating(fork: Fork, world: World) -> Self {
        Self::new(config(fork, GENESIS_TIME + BLOCK_TIME), world)
    }

    pub(crate) fn new(config: RollupConfig, world: World) -> Self {
        let mut archive = Archive::default();
        let is_active = |fork| config.is_active(fork, GENESIS_TIME);
        let genesis = Header {
            state_root: world.store(&mut archive),
            gas_limit: GAS_LIMIT,
            // At the gas target, so that the base fee stays.
            gas_used: GAS_LIMIT / 6,
            timestamp: GENESIS_TIME,
            base_fee_per_gas: Some(GENESIS_BASE_FEE),
            extra_data: match () {
                () if is_active(Fork::Jovian) => jovian_extra_data(250, 6, 0),
                () if is_active(Fork::Holocene) => holocene_extra_data(250, 6),
                () => Bytes::new(),
            },
            ..Default::default()
        };
        archive.insert(&alloy_rlp::encode(&genesis));
        Self { config, archive, genesis: genesis.seal_slow(), world }
    }

    /// Attributes of the block `height` blocks above genesis.
    pub(crate) fn attributes(&self, height: u64, transactions: Vec<Bytes>) -> PayloadAttributes {
        let timestamp = GENESIS_TIME + height * BLOCK_TIME;
        let is_active = |fork| self.config.is_active(fork, timestamp);
        PayloadAttributes {
            timestamp,
            prev_randao: B256::repeat_byte(0x77),
            suggested_fee_recipient: FEE_VAULT,
            has_withdrawals: is_active(Fork::Canyon),
            parent_beacon_block_root: is_active(Fork::Ecotone).then_some(B256::repeat_byte(0x88)),
            transactions,
            gas_limit: GAS_LIMIT,
            eip1559_params: is_active(Fork::Holocene).then_some((0, 0)),
            min_base_fee: is_active(Fork::Jovian).then_some(0),
        }
    }
}

/// Extra data of a Holocene block, written out.
pub(crate) fn holocene_extra_data(denominator: u32, elasticity: u32) -> Bytes {
    let fields = [denominator.to_be_bytes(), elasticity.to_be_bytes()].concat();
    [vec![0], fields].concat().into()
}

/// Extra data of a Jovian block, written out.
pub(crate) fn jovian_extra_data(denominator: u32, elasticity: u32, min_base_fee: u64) -> Bytes {
    let fields = [denominator.to_be_bytes(), elasticity.to_be_bytes()].concat();
    [vec![1], fields, min_base_fee.to_be_bytes().to_vec()].concat().into()
}

/// A deposit that mints nothing and may use a million gas.
pub(crate) fn deposit(from: Address, to: Address, input: impl Into<Bytes>) -> TxDeposit {
    TxDeposit {
        source_hash: B256::repeat_byte(0x99),
        from,
        to: TxKind::Call(to),
        mint: 0,
        value: U256::ZERO,
        gas_limit: 1_000_000,
        is_system_transaction: false,
        input: input.into(),
    }
}

/// EIP-2718 bytes of a deposit.
pub(crate) fn encoded(deposit: &TxDeposit) -> Bytes {
    deposit.encoded_2718().into()
}

impl Chain {
    /// An executor at the genesis block.
    pub(crate) fn executor<'a>(
        &'a self,
        oracle: Option<&'a dyn PrecompileOracle>,
    ) -> Executor<'a, &'a Archive> {
        Executor::new(&self.config, &self.archive, self.genesis.clone(), oracle)
    }
}

/// What the `L1Block` predeploy holds; its code is [`store`], so that a deposit can set any slot.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct L1Values {
    pub(crate) base_fee: u64,
    pub(crate) overhead: u64,
    pub(crate) scalar: u64,
    pub(crate) base_fee_scalar: u32,
    pub(crate) blob_base_fee_scalar: u32,
    pub(crate) blob_base_fee: u64,
    pub(crate) operator_fee_scalar: u32,
    pub(crate) operator_fee_constant: u64,
    pub(crate) da_footprint_gas_scalar: u16,
}

impl L1Values {
    /// The slots of the predeploy.
    pub(crate) fn slots(&self) -> [(u64, U256); 6] {
        [
            (1, U256::from(self.base_fee)),
            (
                3,
                U256::from(self.base_fee_scalar) << 96
                    | U256::from(self.blob_base_fee_scalar) << 64,
            ),
            (5, U256::from(self.overhead)),
            (6, U256::from(self.scalar)),
            (7, U256::from(self.blob_base_fee)),
            (8, self.slot_8()),
        ]
    }

    /// Slot 8: operator fee and DA footprint.
    pub(crate) fn slot_8(&self) -> U256 {
        U256::from(self.da_footprint_gas_scalar) << 96
            | U256::from(self.operator_fee_scalar) << 64
            | U256::from(self.operator_fee_constant)
    }

    /// The predeploy with these values.
    pub(crate) fn account(&self) -> WorldAccount {
        let set = self.slots().into_iter().filter(|(_, value)| !value.is_zero());
        set.fold(WorldAccount::contract(store()), |account, (slot, value)| {
            account.slot(slot, value)
        })
    }
}

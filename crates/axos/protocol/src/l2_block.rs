//! What derivation reads back from an L2 block.
//!
//! Spec: protocol/derivation.md#payload-attributes-derivation

use alloy_primitives::{B256, U256};
use axos_genesis::{Fork, L2BlockRef, RollupConfig, SystemConfig};

use crate::{
    DepositTransaction, DepositTransactionError, KARST_UPGRADE_GAS, L1BlockFees, L1BlockInfo,
    L1InfoError, L2Header, needs_karst_bundle,
};

/// Version byte of Holocene's extra data.
const EXTRA_DATA_VERSION_HOLOCENE: u8 = 0;
/// Version byte of Jovian's extra data.
const EXTRA_DATA_VERSION_JOVIAN: u8 = 1;

/// Why an L2 block can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum L2BlockError {
    /// A block at the height of genesis is not the genesis block.
    #[error("L2 genesis block is {actual}, expected {expected}")]
    Genesis {
        /// Hash of the genesis block.
        expected: B256,
        /// Hash of the block.
        actual: B256,
    },
    /// The block has no transactions.
    #[error("L2 block has no transactions")]
    NoTransactions,
    /// The first transaction is not a deposit.
    #[error("first transaction of the L2 block can't be read")]
    FirstTransaction(#[from] DepositTransactionError),
    /// The L1 attributes transaction is malformed.
    #[error("L1 attributes of the L2 block are malformed")]
    L1Info(#[from] L1InfoError),
    /// The first block of Karst has less gas than its upgrade transactions take.
    #[error("L2 block has a gas limit of {gas_limit}, less than the {upgrade_gas} of its upgrade")]
    GasLimit {
        /// Gas limit of the block.
        gas_limit: u64,
        /// Gas of the upgrade transactions.
        upgrade_gas: u64,
    },
    /// \[Holocene\] Extra data does not have the form of the fork.
    #[error("extra data of the L2 block has version {version:?} and {size} bytes")]
    ExtraData {
        /// First byte.
        version: Option<u8>,
        /// Number of bytes.
        size: usize,
    },
}

/// The reference of an L2 block, from its header and its first transaction (EIP-2718 bytes; not
/// looked at for the genesis block).
///
/// # Errors
/// [`L2BlockError`] if the block is not one that derivation makes.
pub fn read_l2_block_ref(
    config: &RollupConfig,
    header: &L2Header,
    first_transaction: Option<&[u8]>,
) -> Result<L2BlockRef, L2BlockError> {
    if is_genesis(config, header)? {
        return Ok(genesis_ref(config, header));
    }
    let info = read_l1_info(config, header, first_transaction)?;
    Ok(block_ref(header, &info))
}

/// The reference of an L2 block and the system configuration in force in it, from its header and
/// its first transaction (EIP-2718 bytes; not looked at for the genesis block).
///
/// # Errors
/// [`L2BlockError`] if the block is not one that derivation makes.
///
/// Spec: protocol/derivation.md#payload-attributes-derivation
pub fn read_l2_block(
    config: &RollupConfig,
    header: &L2Header,
    first_transaction: Option<&[u8]>,
) -> Result<(L2BlockRef, SystemConfig), L2BlockError> {
    if is_genesis(config, header)? {
        return Ok((genesis_ref(config, header), config.genesis.system_config));
    }
    let info = read_l1_info(config, header, first_transaction)?;
    Ok((block_ref(header, &info), read_system_config(config, header, &info)?))
}

fn is_genesis(config: &RollupConfig, header: &L2Header) -> Result<bool, L2BlockError> {
    let genesis = config.genesis.l2;
    if header.number != genesis.number {
        return Ok(false);
    }
    let (expected, actual) = (genesis.hash, header.hash);
    if actual == expected { Ok(true) } else { Err(L2BlockError::Genesis { expected, actual }) }
}

fn genesis_ref(config: &RollupConfig, header: &L2Header) -> L2BlockRef {
    L2BlockRef {
        hash: header.hash,
        number: header.number,
        parent_hash: header.parent_hash,
        timestamp: header.timestamp,
        l1_origin: config.genesis.l1,
        sequence_number: 0,
    }
}

fn block_ref(header: &L2Header, info: &L1BlockInfo) -> L2BlockRef {
    L2BlockRef {
        hash: header.hash,
        number: header.number,
        parent_hash: header.parent_hash,
        timestamp: header.timestamp,
        l1_origin: info.l1_origin,
        sequence_number: info.sequence_number,
    }
}

fn read_l1_info(
    config: &RollupConfig,
    header: &L2Header,
    first_transaction: Option<&[u8]>,
) -> Result<L1BlockInfo, L2BlockError> {
    let transaction = first_transaction.ok_or(L2BlockError::NoTransactions)?;
    let deposit = DepositTransaction::decode_2718(transaction)?;
    Ok(L1BlockInfo::decode(config, header.timestamp, deposit.input)?)
}

fn read_system_config(
    config: &RollupConfig,
    header: &L2Header,
    info: &L1BlockInfo,
) -> Result<SystemConfig, L2BlockError> {
    let (overhead, scalar) = match info.fees {
        L1BlockFees::Bedrock { overhead, scalar } => (overhead, scalar),
        // [Ecotone] Which version the scalars came in is lost. The newer one means the same.
        L1BlockFees::Ecotone(fees)
        | L1BlockFees::Isthmus(fees, _)
        | L1BlockFees::Jovian(fees, ..) => (U256::ZERO, fees.scalars.encode()),
    };
    let extra = ExtraData::decode(config, header)?;
    let operator_fee = info.fees.operator_fee().unwrap_or_default();
    Ok(SystemConfig {
        batcher_address: info.batcher_address,
        overhead,
        scalar,
        gas_limit: read_gas_limit(config, header)?,
        eip1559_denominator: extra.denominator,
        eip1559_elasticity: extra.elasticity,
        operator_fee_scalar: operator_fee.scalar,
        operator_fee_constant: operator_fee.constant,
        min_base_fee: extra.min_base_fee,
        da_footprint_gas_scalar: info.fees.da_footprint_gas_scalar().unwrap_or_default(),
    })
}

/// The configured gas limit.
///
/// Spec: protocol/l2-upgrades-1-execution.md#gas-allocation-specification
fn read_gas_limit(config: &RollupConfig, header: &L2Header) -> Result<u64, L2BlockError> {
    let gas_limit = header.gas_limit;
    // [Karst] The first block has the gas of its upgrade on top. Some chains let it stay.
    if config.keep_karst_upgrade_gas || !needs_karst_bundle(config, header.timestamp) {
        return Ok(gas_limit);
    }
    let upgrade_gas = KARST_UPGRADE_GAS;
    gas_limit.checked_sub(upgrade_gas).ok_or(L2BlockError::GasLimit { gas_limit, upgrade_gas })
}

/// Base fee parameters in a header, all big-endian.
///
/// | offset | size | field | since |
/// |---|---|---|---|
/// | 0 | 1 | version: 0 before Jovian, then 1 | Holocene |
/// | 1 | 4 | denominator | |
/// | 5 | 4 | elasticity | |
/// | 9 | 8 | minimum base fee | Jovian |
#[derive(Debug, Clone, Copy, Default)]
struct ExtraData {
    denominator: u32,
    elasticity: u32,
    min_base_fee: u64,
}

impl ExtraData {
    fn decode(config: &RollupConfig, header: &L2Header) -> Result<Self, L2BlockError> {
        let bytes = header.extra_data.as_ref();
        let malformed =
            L2BlockError::ExtraData { version: bytes.first().copied(), size: bytes.len() };
        // [Jovian] The minimum base fee follows.
        // Spec: protocol/jovian/exec-engine.md#minimum-base-fee-in-block-header
        if config.is_active(Fork::Jovian, header.timestamp) {
            let [EXTRA_DATA_VERSION_JOVIAN, params @ ..] = bytes else { return Err(malformed) };
            let (params, fee) = params.split_first_chunk().ok_or(malformed)?;
            let fee = fee.try_into().map_err(|_| malformed)?;
            Ok(Self { min_base_fee: u64::from_be_bytes(fee), ..Self::of_params(params) })
        // [Holocene] Base fee parameters.
        // Spec: protocol/holocene/exec-engine.md#encoding
        } else if config.is_active(Fork::Holocene, header.timestamp) {
            let [EXTRA_DATA_VERSION_HOLOCENE, params @ ..] = bytes else { return Err(malformed) };
            Ok(Self::of_params(params.try_into().map_err(|_| malformed)?))
        } else {
            Ok(Self::default())
        }
    }

    fn of_params(params: &[u8; 8]) -> Self {
        let &[d0, d1, d2, d3, e0, e1, e2, e3] = params;
        Self {
            denominator: u32::from_be_bytes([d0, d1, d2, d3]),
            elasticity: u32::from_be_bytes([e0, e1, e2, e3]),
            min_base_fee: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use alloy_primitives::{Address, Bytes};
    use axos_genesis::{
        ChainGenesis, EcotoneScalars, ForkSchedule, L1BlockId, L1Number, L2BlockId, L2Number,
    };

    use super::*;
    use crate::{DaFootprintGasScalar, EcotoneFees, OperatorFee};

    /// Ten seconds from fork to fork, blocks every two.
    fn config() -> RollupConfig {
        let l1 = L1BlockId { hash: B256::repeat_byte(0xaa), number: L1Number(5) };
        let l2 = L2BlockId { hash: B256::repeat_byte(0xbb), number: L2Number(100) };
        let system_config = SystemConfig { gas_limit: 77, ..SystemConfig::default() };
        RollupConfig {
            genesis: ChainGenesis { l1, l2, l2_time: 1, system_config },
            block_time: 2,
            forks: ForkSchedule {
                ecotone_time: Some(11),
                holocene_time: Some(21),
                isthmus_time: Some(31),
                jovian_time: Some(41),
                karst_time: Some(51),
                ..ForkSchedule::default()
            },
            ..RollupConfig::default()
        }
    }

    fn header(timestamp: u64, extra_data: &[u8]) -> L2Header {
        L2Header {
            hash: B256::repeat_byte(1),
            parent_hash: B256::repeat_byte(2),
            state_root: B256::ZERO,
            transactions_root: B256::ZERO,
            number: L2Number(200),
            gas_limit: 60_000_000,
            timestamp,
            extra_data: Bytes::copy_from_slice(extra_data),
        }
    }

    fn ecotone() -> EcotoneFees {
        let scalars = EcotoneScalars { base_fee_scalar: 6, blob_base_fee_scalar: 7 };
        EcotoneFees { scalars, blob_base_fee: U256::from(1) }
    }

    const OPERATOR: OperatorFee = OperatorFee { scalar: 8, constant: 9 };

    fn info(fees: L1BlockFees) -> L1BlockInfo {
        L1BlockInfo {
            l1_origin: L1BlockId { hash: B256::repeat_byte(3), number: L1Number(4) },
            timestamp: 0,
            base_fee: U256::ZERO,
            sequence_number: 5,
            batcher_address: Address::repeat_byte(6),
            fees,
        }
    }

    fn extra_data(version: u8, min_base_fee: &[u8]) -> Vec<u8> {
        [&[version, 0, 0, 0, 250, 0, 0, 0, 6][..], min_base_fee].concat()
    }

    /// What every system configuration read from [`header`] and [`info`] has in common.
    fn base() -> SystemConfig {
        SystemConfig {
            batcher_address: Address::repeat_byte(6),
            gas_limit: 60_000_000,
            ..SystemConfig::default()
        }
    }

    fn read(
        config: &RollupConfig,
        header: &L2Header,
        fees: L1BlockFees,
    ) -> Result<SystemConfig, L2BlockError> {
        let deposit = info(fees).to_deposit(config, header.timestamp);
        let (block, system_config) = read_l2_block(config, header, Some(&deposit))?;
        let expect = L2BlockRef {
            hash: B256::repeat_byte(1),
            number: L2Number(200),
            parent_hash: B256::repeat_byte(2),
            timestamp: header.timestamp,
            l1_origin: info(fees).l1_origin,
            sequence_number: 5,
        };
        assert_eq!(block, expect);
        assert_eq!(read_l2_block_ref(config, header, Some(&deposit)), Ok(expect));
        Ok(system_config)
    }

    #[test]
    fn system_config_is_read_in_every_fork() {
        let bedrock = L1BlockFees::Bedrock { overhead: U256::from(1), scalar: U256::from(2) };
        let overhead_and_scalar =
            SystemConfig { overhead: U256::from(1), scalar: U256::from(2), ..base() };
        let ecotone_config = SystemConfig { scalar: ecotone().scalars.encode(), ..base() };
        let holocene_config =
            SystemConfig { eip1559_denominator: 250, eip1559_elasticity: 6, ..ecotone_config };
        let isthmus_config =
            SystemConfig { operator_fee_scalar: 8, operator_fee_constant: 9, ..holocene_config };
        let jovian_config =
            SystemConfig { min_base_fee: 10, da_footprint_gas_scalar: 400, ..isthmus_config };
        let isthmus = L1BlockFees::Isthmus(ecotone(), OPERATOR);
        let jovian = L1BlockFees::Jovian(ecotone(), OPERATOR, DaFootprintGasScalar(400));
        let fee = 10_u64.to_be_bytes();
        for (timestamp, fees, extra, expect) in [
            (3, bedrock, vec![], overhead_and_scalar),
            // The first block of Ecotone has the old layout.
            (11, bedrock, vec![], overhead_and_scalar),
            (13, L1BlockFees::Ecotone(ecotone()), vec![], ecotone_config),
            (21, L1BlockFees::Ecotone(ecotone()), extra_data(0, &[]), holocene_config),
            (31, L1BlockFees::Ecotone(ecotone()), extra_data(0, &[]), holocene_config),
            (33, isthmus, extra_data(0, &[]), isthmus_config),
            // The first block of Jovian has a minimum base fee, but no scalar yet.
            (
                41,
                isthmus,
                extra_data(1, &fee),
                SystemConfig { da_footprint_gas_scalar: 0, ..jovian_config },
            ),
            (43, jovian, extra_data(1, &fee), jovian_config),
        ] {
            let actual = read(&config(), &header(timestamp, &extra), fees);
            assert_eq!(actual, Ok(expect), "at {timestamp}");
        }
    }

    #[test]
    fn karst_upgrade_gas_is_taken_off_unless_the_chain_keeps_it() {
        let fees = L1BlockFees::Jovian(ecotone(), OPERATOR, DaFootprintGasScalar(1));
        let extra = extra_data(1, &[0; 8]);
        let gas_limit = |config: &RollupConfig, timestamp| {
            read(config, &header(timestamp, &extra), fees).map(|config| config.gas_limit)
        };
        let keeps = RollupConfig { keep_karst_upgrade_gas: true, ..config() };
        assert_eq!(gas_limit(&config(), 51), Ok(60_000_000 - KARST_UPGRADE_GAS));
        assert_eq!(gas_limit(&config(), 53), Ok(60_000_000));
        assert_eq!(gas_limit(&keeps, 51), Ok(60_000_000));

        let header = L2Header { gas_limit: 1, ..header(51, &extra) };
        let too_low = L2BlockError::GasLimit { gas_limit: 1, upgrade_gas: KARST_UPGRADE_GAS };
        assert_eq!(read(&config(), &header, fees), Err(too_low));
    }

    #[test]
    fn genesis_comes_from_the_configuration() {
        let genesis = L2Header {
            hash: B256::repeat_byte(0xbb),
            number: L2Number(100),
            ..header(1, b"anything")
        };
        let (block, system_config) = read_l2_block(&config(), &genesis, None).unwrap();
        assert_eq!((block.l1_origin, block.sequence_number), (config().genesis.l1, 0));
        assert_eq!(system_config, config().genesis.system_config);
        assert_eq!(read_l2_block_ref(&config(), &genesis, None), Ok(block));

        let other = L2Header { hash: B256::ZERO, ..genesis };
        let error = L2BlockError::Genesis { expected: B256::repeat_byte(0xbb), actual: B256::ZERO };
        assert_eq!(read_l2_block(&config(), &other, None), Err(error));
    }

    #[test]
    fn extra_data_must_be_of_the_fork() {
        let jovian = L1BlockFees::Jovian(ecotone(), OPERATOR, DaFootprintGasScalar(1));
        for (timestamp, fees, bytes) in [
            (23, L1BlockFees::Ecotone(ecotone()), vec![]),
            (23, L1BlockFees::Ecotone(ecotone()), extra_data(1, &[])),
            (23, L1BlockFees::Ecotone(ecotone()), extra_data(0, &[0])),
            (43, jovian, extra_data(0, &[0; 8])),
            (43, jovian, extra_data(1, &[0; 7])),
            (43, jovian, extra_data(1, &[0; 9])),
        ] {
            let (version, size) = (bytes.first().copied(), bytes.len());
            let actual = read(&config(), &header(timestamp, &bytes), fees);
            assert_eq!(actual, Err(L2BlockError::ExtraData { version, size }));
        }
    }

    #[test]
    fn first_transaction_must_be_the_l1_attributes() {
        let header = header(3, &[]);
        let read = |transaction| read_l2_block(&config(), &header, transaction);
        assert_eq!(read(None), Err(L2BlockError::NoTransactions));
        assert_eq!(read(Some(&[])), Err(DepositTransactionError.into()));
        let fees = L1BlockFees::Ecotone(ecotone());
        let other_layout = info(fees).to_deposit(&config(), 3);
        let size = L1InfoError::Size { expected: 260, actual: 164 };
        assert_eq!(read(Some(&other_layout)), Err(size.into()));
    }
}

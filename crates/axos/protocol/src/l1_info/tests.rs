use alloc::{vec, vec::Vec};

use alloy_primitives::{B256, Bloom, keccak256};
use axos_genesis::{BlobParams, ChainGenesis, ForkSchedule, L1Number};
use proptest::prelude::*;

use super::*;

/// Ten seconds from fork to fork, blocks every two.
fn config() -> RollupConfig {
    RollupConfig {
        genesis: ChainGenesis { l2_time: 0, ..ChainGenesis::default() },
        block_time: 2,
        forks: ForkSchedule {
            regolith_time: Some(10),
            canyon_time: Some(20),
            delta_time: Some(20),
            ecotone_time: Some(30),
            fjord_time: Some(40),
            granite_time: Some(40),
            holocene_time: Some(40),
            isthmus_time: Some(50),
            jovian_time: Some(60),
            ..ForkSchedule::default()
        },
        ..RollupConfig::default()
    }
}

fn l1_config() -> L1ChainConfig {
    let params = |activation_time, update_fraction, is_prague_or_later| BlobParams {
        activation_time,
        update_fraction,
        is_prague_or_later,
    };
    L1ChainConfig {
        chain_id: 1,
        blob_schedule: vec![params(0, 3_338_477, false), params(1_000, 5_007_716, true)],
    }
}

fn header() -> L1Header {
    L1Header {
        hash: B256::repeat_byte(1),
        parent_hash: B256::ZERO,
        transactions_root: B256::ZERO,
        receipts_root: B256::ZERO,
        logs_bloom: Bloom::ZERO,
        number: L1Number(7),
        timestamp: 8,
        mix_hash: B256::ZERO,
        base_fee: U256::from(9),
        excess_blob_gas: Some(100_000_000),
        parent_beacon_block_root: None,
    }
}

fn system_config() -> SystemConfig {
    let scalars = EcotoneScalars { base_fee_scalar: 10, blob_base_fee_scalar: 11 };
    SystemConfig {
        batcher_address: Address::repeat_byte(2),
        overhead: U256::from(12),
        scalar: scalars.encode(),
        operator_fee_scalar: 13,
        operator_fee_constant: 14,
        da_footprint_gas_scalar: 15,
        ..SystemConfig::default()
    }
}

fn info(l2_timestamp: u64) -> L1BlockInfo {
    let system_config = system_config();
    L1BlockInfo::new(&config(), &l1_config(), &system_config, 3, &header(), l2_timestamp).unwrap()
}

#[test]
fn selectors_are_those_of_the_functions() {
    for (layout, signature) in [
        (
            L1InfoLayout::Bedrock,
            "setL1BlockValues(uint64,uint64,uint256,bytes32,uint64,bytes32,uint256,uint256)",
        ),
        (L1InfoLayout::Ecotone, "setL1BlockValuesEcotone()"),
        (L1InfoLayout::Isthmus, "setL1BlockValuesIsthmus()"),
        (L1InfoLayout::Jovian, "setL1BlockValuesJovian()"),
    ] {
        assert_eq!(layout.selector().to_be_bytes(), keccak256(signature)[..4]);
    }
}

#[test]
fn first_block_of_a_fork_keeps_the_old_layout() {
    for (l2_timestamp, expect, size) in [
        (0, L1InfoLayout::Bedrock, 260),
        (30, L1InfoLayout::Bedrock, 260),
        (32, L1InfoLayout::Ecotone, 164),
        (50, L1InfoLayout::Ecotone, 164),
        (52, L1InfoLayout::Isthmus, 176),
        (60, L1InfoLayout::Isthmus, 176),
        (62, L1InfoLayout::Jovian, 178),
    ] {
        assert_eq!(info(l2_timestamp).layout(), expect, "at {l2_timestamp}");
        assert_eq!(info(l2_timestamp).encode().len(), size);
    }
}

#[test]
fn fork_at_genesis_uses_its_layout_at_once() {
    let forks = ForkSchedule { jovian_time: Some(0), ..ForkSchedule::default() };
    let config = RollupConfig { forks, block_time: 2, ..RollupConfig::default() };
    assert_eq!(L1InfoLayout::at(&config, 0), L1InfoLayout::Jovian);
    assert_eq!(L1InfoLayout::at(&config, 2), L1InfoLayout::Jovian);
}

#[test]
fn bedrock_layout_is_abi_words() {
    let scalar = B256::from(system_config().scalar);
    let mut expect = vec![0x01, 0x5d, 0x8e, 0xb9];
    for word in [
        B256::with_last_byte(7),
        B256::with_last_byte(8),
        B256::with_last_byte(9),
        B256::repeat_byte(1),
        B256::with_last_byte(3),
        Address::repeat_byte(2).into_word(),
        B256::with_last_byte(12),
        scalar,
    ] {
        expect.extend(word);
    }
    assert_eq!(info(0).encode(), expect);
}

#[test]
fn packed_layouts_only_append() {
    let jovian = info(62).encode();
    let mut expect = vec![0x3d, 0xb6, 0xbe, 0x2b];
    expect.extend([0, 0, 0, 10, 0, 0, 0, 11]);
    expect.extend([0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7]);
    expect.extend(B256::with_last_byte(9));
    expect.extend(B256::from(info(62).fees.ecotone().unwrap().blob_base_fee));
    expect.extend(B256::repeat_byte(1));
    expect.extend(Address::repeat_byte(2).into_word());
    expect.extend([0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 14, 0, 15]);
    assert_eq!(jovian, expect);
    assert_eq!(info(52).encode()[4..], expect[4..176]);
    assert_eq!(info(32).encode()[4..], expect[4..164]);
}

#[test]
fn blob_base_fee_is_one_without_blobs_and_follows_the_schedule_of_l1() {
    let fee = |header: L1Header| {
        let info =
            L1BlockInfo::new(&config(), &l1_config(), &system_config(), 0, &header, 62).unwrap();
        info.fees.ecotone().unwrap().blob_base_fee
    };
    assert_eq!(fee(L1Header { excess_blob_gas: None, ..header() }), U256::from(1));
    let cancun = fee(header());
    let prague = fee(L1Header { timestamp: 1_000, ..header() });
    assert!(cancun > prague && prague > U256::from(1));
}

#[test]
fn da_footprint_gas_scalar_has_a_default() {
    let system_config = SystemConfig { da_footprint_gas_scalar: 0, ..system_config() };
    let info = L1BlockInfo::new(&config(), &l1_config(), &system_config, 0, &header(), 62).unwrap();
    assert_eq!(info.fees.da_footprint_gas_scalar(), Some(400));
}

#[test]
fn unusable_inputs_are_told_apart() {
    let new = |l1_config: &L1ChainConfig, system_config: &SystemConfig| {
        L1BlockInfo::new(&config(), l1_config, system_config, 0, &header(), 62)
    };
    let no_schedule = new(&L1ChainConfig::default(), &system_config());
    assert!(matches!(no_schedule, Err(L1InfoError::BlobBaseFee(_))));
    let bad_scalar = SystemConfig { scalar: U256::MAX, ..system_config() };
    assert!(matches!(new(&l1_config(), &bad_scalar), Err(L1InfoError::Scalar(_))));
}

#[test]
fn regolith_gives_the_deposit_real_gas() {
    for (l2_timestamp, gas_limit, is_system) in
        [(0, 150_000_000, true), (8, 150_000_000, true), (10, 1_000_000, false)]
    {
        let info = info(l2_timestamp);
        let bytes = info.to_deposit(&config(), l2_timestamp);
        let l1_block_hash = B256::repeat_byte(1);
        let expect = DepositTransaction {
            source_hash: DepositSource::L1Info { l1_block_hash, sequence_number: 3 }.hash(),
            from: L1_INFO_DEPOSITOR,
            to: Some(L1_BLOCK_ADDRESS),
            mint: U256::ZERO,
            value: U256::ZERO,
            gas_limit,
            is_system,
            input: &info.encode(),
        };
        assert_eq!(DepositTransaction::decode_2718(&bytes), Ok(expect));
    }
}

#[test]
fn layouts_are_read_strictly() {
    for l2_timestamp in [0, 32, 52, 62] {
        let info = info(l2_timestamp);
        let bytes = info.encode();
        let decode = |bytes: &[u8]| L1BlockInfo::decode(&config(), l2_timestamp, bytes);
        assert_eq!(decode(&bytes), Ok(info));

        let (expected, actual) = (bytes.len(), bytes.len() + 1);
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(decode(&longer), Err(L1InfoError::Size { expected, actual }));
        for actual in 0..bytes.len() {
            assert_eq!(decode(&bytes[..actual]), Err(L1InfoError::Size { expected, actual }));
        }
        let mut other = bytes;
        other[0] ^= 1;
        assert!(matches!(decode(&other), Err(L1InfoError::Selector { .. })));
    }
}

#[test]
fn words_of_a_narrower_type_must_have_no_high_bits() {
    let check = |l2_timestamp, at: usize, field, bits| {
        let mut bytes: Vec<u8> = info(l2_timestamp).encode();
        bytes[at] = 1;
        let decoded = L1BlockInfo::decode(&config(), l2_timestamp, &bytes);
        assert_eq!(decoded, Err(L1InfoError::TooWide { field, bits }));
    };
    check(0, 4 + 23, "number", 64);
    check(0, 4 + 32, "timestamp", 64);
    check(0, 4 + 4 * 32, "sequence_number", 64);
    check(0, 4 + 5 * 32 + 11, "batcher", 160);
    check(62, 132, "batcher", 160);
}

proptest! {
    #[test]
    fn infos_come_back(
        numbers: (u64, u64, u64, u64),
        words: ([u8; 32], [u8; 32], [u8; 32], [u8; 20]),
        scalars: (u32, u32, u32, u16),
        kind in 0..4_u8,
    ) {
        let (number, timestamp, sequence_number, constant) = numbers;
        let (hash, base_fee, other, batcher) = words;
        let base_fee = U256::from_be_bytes(base_fee);
        let other = U256::from_be_bytes(other);
        let (base_fee_scalar, blob_base_fee_scalar, scalar, da_scalar) = scalars;
        let scalars = EcotoneScalars { base_fee_scalar, blob_base_fee_scalar };
        let ecotone = EcotoneFees { scalars, blob_base_fee: other };
        let operator = OperatorFee { scalar, constant };
        let info = L1BlockInfo {
            l1_origin: L1BlockId { hash: hash.into(), number: L1Number(number) },
            timestamp,
            base_fee,
            sequence_number,
            batcher_address: batcher.into(),
            fees: match kind {
                0 => L1BlockFees::Bedrock { overhead: other, scalar: base_fee },
                1 => L1BlockFees::Ecotone(ecotone),
                2 => L1BlockFees::Isthmus(ecotone, operator),
                _ => L1BlockFees::Jovian(ecotone, operator, DaFootprintGasScalar(da_scalar)),
            },
        };
        let bytes = info.encode();
        prop_assert_eq!(bytes.len(), info.layout().size());
        prop_assert_eq!(L1BlockInfo::decode_layout(info.layout(), &bytes), Ok(info));
    }
}

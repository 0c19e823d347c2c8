use alloc::{vec, vec::Vec};

use alloy_primitives::keccak256;
use proptest::prelude::*;

use super::*;
use crate::ForkSchedule;

const ECOTONE_TIME: u64 = 1000;

/// A system configuration with every field set, so that any change shows.
fn before() -> SystemConfig {
    SystemConfig {
        batcher_address: Address::repeat_byte(1),
        overhead: U256::from(2),
        scalar: U256::from(3),
        gas_limit: 4,
        eip1559_denominator: 5,
        eip1559_elasticity: 6,
        operator_fee_scalar: 7,
        operator_fee_constant: 8,
        min_base_fee: 9,
        da_footprint_gas_scalar: 10,
    }
}

fn rollup_config() -> RollupConfig {
    let forks = ForkSchedule { ecotone_time: Some(ECOTONE_TIME), ..ForkSchedule::default() };
    RollupConfig { forks, ..RollupConfig::default() }
}

fn topics(kind: u8) -> [B256; 3] {
    [CONFIG_UPDATE_TOPIC, B256::ZERO, U256::from(kind).into()]
}

/// ABI `bytes` that hold the words.
fn data(words: &[U256]) -> Vec<u8> {
    let head = [U256::from(32), U256::from(32 * words.len())];
    head.iter().chain(words).flat_map(|word| word.to_be_bytes::<32>()).collect()
}

fn apply_at(
    l1_timestamp: u64,
    topics: &[B256],
    data: &[u8],
) -> Result<SystemConfig, SystemConfigLogError> {
    let mut config = before();
    let result = config.apply_update_log(&rollup_config(), l1_timestamp, topics, data);
    if result.is_err() {
        assert_eq!(config, before(), "a bad log changes nothing");
    }
    result.map(|()| config)
}

fn check(kind: u8, words: &[U256], expect: SystemConfig) {
    assert_eq!(apply_at(0, &topics(kind), &data(words)), Ok(expect));
}

fn check_error(kind: u8, data: &[u8], expect: SystemConfigLogError) {
    assert_eq!(apply_at(0, &topics(kind), data), Err(expect));
}

#[test]
fn topic_is_the_hash_of_the_event() {
    assert_eq!(keccak256("ConfigUpdate(uint256,uint8,bytes)"), CONFIG_UPDATE_TOPIC);
}

#[test]
fn every_type_sets_its_own_fields_only() {
    let batcher = Address::repeat_byte(0xab);
    check(
        0,
        &[U256::from_be_bytes(batcher.into_word().0)],
        SystemConfig { batcher_address: batcher, ..before() },
    );
    check(
        1,
        &[U256::from(188), U256::MAX],
        SystemConfig { overhead: U256::from(188), scalar: U256::MAX, ..before() },
    );
    check(2, &[U256::from(u64::MAX)], SystemConfig { gas_limit: u64::MAX, ..before() });
    check(3, &[U256::from(77)], before());
    check(
        4,
        &[U256::from((250u64 << 32) | 6)],
        SystemConfig { eip1559_denominator: 250, eip1559_elasticity: 6, ..before() },
    );
    check(
        5,
        &[(U256::from(11) << 64) | U256::from(12)],
        SystemConfig { operator_fee_scalar: 11, operator_fee_constant: 12, ..before() },
    );
    check(6, &[U256::from(13)], SystemConfig { min_base_fee: 13, ..before() });
    check(7, &[U256::from(14)], SystemConfig { da_footprint_gas_scalar: 14, ..before() });
}

#[test]
fn fee_scalars_follow_ecotone_by_the_time_of_the_l1_block() {
    let packed = EcotoneScalars { base_fee_scalar: 5, blob_base_fee_scalar: 6 }.encode();
    let log = data(&[U256::from(188), packed]);
    let early = apply_at(ECOTONE_TIME - 1, &topics(1), &log).unwrap();
    assert_eq!((early.overhead, early.scalar), (U256::from(188), packed));
    // [Ecotone] The overhead is zeroed.
    let late = apply_at(ECOTONE_TIME, &topics(1), &log).unwrap();
    assert_eq!((late.overhead, late.scalar), (U256::ZERO, packed));
}

#[test]
fn invalid_fee_scalar_is_ignored_from_ecotone_on() {
    for scalar in [U256::MAX, U256::from(2) << 248, U256::from(1) << 40, U256::from(3) << 247] {
        let log = data(&[U256::from(188), scalar]);
        assert!(apply_at(ECOTONE_TIME - 1, &topics(1), &log).is_ok(), "{scalar:#x}");
        let late = apply_at(ECOTONE_TIME, &topics(1), &log);
        assert!(matches!(late, Err(SystemConfigLogError::Scalar(_))), "{scalar:#x}");
    }
}

#[test]
fn unsafe_block_signer_is_ignored_whatever_its_data() {
    assert_eq!(apply_at(0, &topics(3), &[]), Ok(before()));
    assert_eq!(apply_at(0, &topics(3), &[0xff; 7]), Ok(before()));
}

#[test]
fn eip1559_elasticity_without_denominator_is_refused() {
    let bad = SystemConfigLogError::ZeroDenominator { elasticity: 6 };
    check_error(4, &data(&[U256::from(6)]), bad);
    let zeroed = SystemConfig { eip1559_denominator: 0, eip1559_elasticity: 0, ..before() };
    check(4, &[U256::ZERO], zeroed);
    let no_elasticity = SystemConfig { eip1559_denominator: 250, ..zeroed };
    check(4, &[U256::from(250u64 << 32)], no_elasticity);
}

#[test]
fn bits_above_packed_parameters_are_not_looked_at() {
    let high = U256::MAX << 64;
    check(
        4,
        &[high | U256::from((250u64 << 32) | 6)],
        SystemConfig { eip1559_denominator: 250, eip1559_elasticity: 6, ..before() },
    );
    check(
        5,
        &[(U256::MAX << 96) | U256::from(12)],
        SystemConfig { operator_fee_scalar: 0, operator_fee_constant: 12, ..before() },
    );
}

#[test]
fn values_wider_than_their_type_are_refused() {
    for (kind, bits) in [(0, 160), (2, 64), (6, 64), (7, 16)] {
        for word in [U256::from(1) << bits, U256::from(1) << 255] {
            let error = apply_at(0, &topics(kind), &data(&[word])).unwrap_err();
            let is_that = matches!(
                error,
                SystemConfigLogError::TooWide { bits: b, actual, .. }
                    if b == if kind == 7 && word >> 64 != U256::ZERO { 64 } else { bits }
                        && actual == B256::from(word)
            );
            assert!(is_that, "type {kind}: {error}");
        }
    }
}

#[test]
fn topics_are_event_version_and_type() {
    let good = topics(2);
    let log = data(&[U256::from(1)]);
    for topics in [&good[..0], &good[..2], &[good[0], good[1], good[2], good[2]]] {
        let error = SystemConfigLogError::TopicCount { expected: 3, actual: topics.len() };
        assert_eq!(apply_at(0, topics, &log), Err(error));
    }
    let other = B256::repeat_byte(1);
    let event = SystemConfigLogError::Event { expected: CONFIG_UPDATE_TOPIC, actual: other };
    assert_eq!(apply_at(0, &[other, good[1], good[2]], &log), Err(event));
    let version = SystemConfigLogError::Version { actual: other };
    assert_eq!(apply_at(0, &[good[0], other, good[2]], &log), Err(version));
    for kind in [U256::from(8), U256::from(256), (U256::from(1) << 255) | U256::from(2)] {
        let actual = B256::from(kind);
        let unknown = SystemConfigLogError::UpdateType { actual };
        assert_eq!(apply_at(0, &[good[0], good[1], actual], &log), Err(unknown));
    }
}

#[test]
fn offset_and_length_are_exact() {
    for (kind, payload) in [(0, 1), (1, 2), (2, 1), (4, 1), (5, 1), (6, 1), (7, 1)] {
        let good = data(&vec![U256::from(1) << 32; payload][..]);
        for (word, at) in [(0, 31), (1, 63)] {
            for (byte, value) in [(at, good[at] + 1), (at, 0), (at - 31, 1), (at - 8, 1)] {
                let mut bad = good.clone();
                bad[byte] = value;
                let error = apply_at(0, &topics(kind), &bad).unwrap_err();
                let is_that = match error {
                    SystemConfigLogError::Offset { .. } => word == 0,
                    SystemConfigLogError::Length { .. } => word == 1,
                    _ => false,
                };
                assert!(is_that, "type {kind}, byte {byte}: {error}");
            }
        }
    }
}

#[test]
fn data_cut_or_extended_anywhere_is_refused() {
    for (kind, payload) in [(0, 1), (1, 2), (2, 1), (4, 1), (5, 1), (6, 1), (7, 1)] {
        let mut log = data(&vec![U256::from(1); payload][..]);
        let expected = log.len();
        for cut in 0..expected {
            let size = SystemConfigLogError::DataSize { expected, actual: cut };
            check_error(kind, &log[..cut], size);
        }
        for _ in 0..40 {
            log.push(0);
            let size = SystemConfigLogError::DataSize { expected, actual: log.len() };
            check_error(kind, &log, size);
        }
    }
}

#[test]
fn each_log_is_applied_on_its_own() {
    let mut config = before();
    let good = data(&[U256::from(50)]);
    let bad = data(&[U256::MAX]);
    let results = [(2, &good), (2, &bad), (9, &good), (6, &good)].map(|(kind, log)| {
        config.apply_update_log(&rollup_config(), 0, &topics(kind), log).is_ok()
    });
    assert_eq!(results, [true, false, false, true]);
    assert_eq!(config, SystemConfig { gas_limit: 50, min_base_fee: 50, ..before() });
}

proptest! {
    #[test]
    fn any_log_is_applied_or_changes_nothing(
        kind in 0u8..9, mut log in proptest::collection::vec(any::<u8>(), 0..160), head: bool,
        l1_timestamp in 0..2 * ECOTONE_TIME,
    ) {
        if head && log.len() >= 96 {
            log.truncate(96);
            let words = data(&[U256::ZERO]);
            log[..64].copy_from_slice(&words[..64]);
        }
        let _ = apply_at(l1_timestamp, &topics(kind), &log);
    }
}

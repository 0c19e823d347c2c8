use super::*;
use alloy_eips::eip1559::{BaseFeeParams, calc_next_block_base_fee};
use axos_genesis::ForkSchedule;
use proptest::prelude::*;

const GWEI: u64 = 1_000_000_000;

/// Canyon at 10, Holocene at 20, Jovian at 30.
fn config() -> RollupConfig {
    let forks = ForkSchedule {
        canyon_time: Some(10),
        holocene_time: Some(20),
        jovian_time: Some(30),
        ..Default::default()
    };
    RollupConfig { forks, ..Default::default() }
}

/// A parent of 30 M gas that used all of it.
fn full_parent(timestamp: u64) -> Header {
    Header {
        timestamp,
        gas_limit: 30_000_000,
        gas_used: 30_000_000,
        base_fee_per_gas: Some(GWEI),
        ..Default::default()
    }
}

fn with_parameters(mut parent: Header, parameters: FeeParameters) -> Header {
    parent.extra_data = parameters.encode();
    parent
}

fn check(parent: &Header, timestamp: u64, expected: u64) {
    assert_eq!(next_base_fee(&config(), parent, timestamp), Ok(expected));
}

/// A full block moves the base fee by (elasticity − 1) / denominator.
fn raised(elasticity: u64, denominator: u64) -> u64 {
    GWEI + GWEI * (elasticity - 1) / denominator
}

#[test]
fn canyon_takes_its_denominator_in_its_first_block() {
    check(&full_parent(6), 8, raised(6, 50));
    check(&full_parent(8), 10, raised(6, 250));
    check(&full_parent(10), 12, raised(6, 250));
}

#[test]
fn holocene_reads_the_parameters_of_the_parent_but_not_in_its_first_block() {
    check(&full_parent(18), 20, raised(6, 250));
    let parameters = FeeParameters { denominator: 8, elasticity: 2, min_base_fee: None };
    check(&with_parameters(full_parent(20), parameters), 22, raised(2, 8));
}

#[test]
fn jovian_meters_the_larger_of_gas_and_da_footprint() {
    let parameters = FeeParameters { denominator: 8, elasticity: 2, min_base_fee: Some(0) };
    let mut parent = with_parameters(full_parent(30), parameters);
    parent.gas_used = 0;
    parent.blob_gas_used = Some(30_000_000);
    check(&parent, 32, raised(2, 8));
    (parent.gas_used, parent.blob_gas_used) = (30_000_000, Some(0));
    check(&parent, 32, raised(2, 8));
}

#[test]
fn the_da_footprint_does_not_count_before_jovian() {
    let parameters = FeeParameters { denominator: 8, elasticity: 2, min_base_fee: None };
    let mut parent = with_parameters(full_parent(28), parameters);
    parent.gas_used = 15_000_000;
    parent.blob_gas_used = Some(30_000_000);
    check(&parent, 30, GWEI);
}

#[test]
fn jovian_clamps_to_the_lowest_base_fee_of_the_parent() {
    let parameters = FeeParameters { denominator: 8, elasticity: 2, min_base_fee: Some(3 * GWEI) };
    let parent = with_parameters(full_parent(30), parameters);
    check(&parent, 32, 3 * GWEI);
    let parameters = FeeParameters { min_base_fee: Some(GWEI), ..parameters };
    check(&with_parameters(parent, parameters), 32, raised(2, 8));
}

#[test]
fn a_tiny_excess_raises_by_one_wei() {
    let mut parent = full_parent(0);
    (parent.gas_used, parent.base_fee_per_gas) = (5_000_001, Some(7));
    check(&parent, 2, 8);
}

#[test]
fn headers_outside_the_protocol_are_errors() {
    let config = config();
    let mut parent = full_parent(0);
    parent.base_fee_per_gas = None;
    assert_eq!(next_base_fee(&config, &parent, 2), Err(BaseFeeError::Missing));

    let error = ExtraDataError::Length { expected: 9, actual: 0 };
    assert_eq!(next_base_fee(&config, &full_parent(20), 22), Err(BaseFeeError::ExtraData(error)));

    let mut parent = full_parent(0);
    parent.gas_limit = 5;
    let error = BaseFeeError::DivisionByZero { gas_limit: 5, elasticity: 6, denominator: 50 };
    assert_eq!(next_base_fee(&config, &parent, 2), Err(error));

    let mut parent = full_parent(0);
    parent.base_fee_per_gas = Some(u64::MAX);
    let error = next_base_fee(&config, &parent, 2);
    assert!(matches!(error, Err(BaseFeeError::OutOfRange { .. })));
}

proptest! {
    #[test]
    fn agrees_with_the_eip_1559_formula(
        base_fee in 0..u64::from(u32::MAX),
        gas_used: u32,
        gas_limit in 1_000u32..,
        denominator in 1u32..1_000,
        elasticity in 1u32..100,
    ) {
        let parameters = FeeParameters { denominator, elasticity, min_base_fee: None };
        let mut parent = with_parameters(full_parent(20), parameters);
        parent.base_fee_per_gas = Some(base_fee);
        parent.gas_used = gas_used.into();
        parent.gas_limit = gas_limit.into();
        let expected = calc_next_block_base_fee(
            parent.gas_used,
            parent.gas_limit,
            base_fee,
            BaseFeeParams::new(denominator.into(), elasticity.into()),
        );
        prop_assert_eq!(next_base_fee(&config(), &parent, 22), Ok(expected));
    }
}

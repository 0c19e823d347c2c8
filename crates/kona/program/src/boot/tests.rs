use std::{string::ToString, vec};

use kona_preimage::MemoryOracle;

use super::*;

/// Values that differ in every byte position that matters.
fn oracle() -> MemoryOracle {
    let mut oracle = MemoryOracle::default();
    for value in &BootValue::ALL[..3] {
        oracle.insert(value.key(), [value.index.to_be_bytes()[7]; 32]);
    }
    oracle.insert(BootValue::CLAIMED_BLOCK_NUMBER.key(), 0x0102_0304_0506_0708_u64.to_be_bytes());
    oracle.insert(BootValue::L2_CHAIN_ID.key(), 10_u64.to_be_bytes());
    oracle
}

#[test]
fn boot_values_are_read_by_their_local_keys() {
    let expected = BootInfo {
        l1_head: B256::repeat_byte(1),
        agreed_output_root: B256::repeat_byte(2),
        claimed_output_root: B256::repeat_byte(3),
        claimed_block_number: L2Number(0x0102_0304_0506_0708),
        chain_id: 10,
    };
    assert_eq!(BootInfo::load(&oracle()), Ok(expected));
}

#[test]
fn absent_boot_value_is_named() {
    for value in BootValue::ALL {
        let mut oracle = oracle();
        oracle.remove(value.key());
        let source = OracleError::Missing { key: value.key() };
        assert_eq!(BootInfo::load(&oracle), Err(BootError::Unread { value, source }));
    }
}

#[test]
fn boot_value_of_another_length_is_named_with_both_lengths() {
    for (value, expected) in BootValue::ALL.into_iter().zip([32, 32, 32, 8, 8]) {
        // 32 bytes for a number is the word that a contract would have.
        for actual in [0, 1, expected - 1, expected + 1, 64] {
            let mut oracle = oracle();
            oracle.insert(value.key(), vec![1; actual]);
            let error = BootError::Length { value, expected, actual };
            assert_eq!(BootInfo::load(&oracle), Err(error));
        }
    }
    let value = BootValue::L2_CHAIN_ID;
    let error = BootError::Length { value, expected: 8, actual: 32 };
    assert_eq!(error.to_string(), "boot value L2 chain id (local key 5) has 32 bytes instead of 8");
}

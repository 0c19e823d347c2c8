//! Deposits: logs of the portal, receipts they stand in, and the transactions made of them.
//!
//! | bytes | meaning |
//! |---|---|
//! | 0 | 0: the rest is a receipt; 1: a deposit transaction; else: data of a log, bit 1 with offset and length put right, bit 2 with another version |
//! | 1.. | see there |

use alloy_primitives::{Address, B256, U256};
use axos_protocol::{
    DEPOSIT_TOPIC, DepositSource, DepositTransaction, decode_deposit_log, deposits_from_receipts,
};

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    match input.split_first() {
        Some((0, receipt)) => {
            let deposits = deposits_from_receipts(&[receipt], Address::ZERO, B256::ZERO);
            for deposit in deposits.into_iter().flatten() {
                assert!(DepositTransaction::decode_2718(&deposit).is_ok());
            }
        }
        Some((1, transaction)) => {
            if let Ok(deposit) = DepositTransaction::decode_2718(transaction) {
                assert_eq!(
                    deposit.encode_2718().as_ref(),
                    transaction,
                    "another encoding was accepted"
                );
            }
        }
        Some((flags, data)) => log(*flags, data),
        None => {}
    }
}

fn log(flags: u8, data: &[u8]) {
    let mut data = data.to_vec();
    if flags & 2 != 0 && data.len() >= 64 {
        let length = data.len() - 64;
        data.resize(64 + length.next_multiple_of(32), 0);
        data[..32].copy_from_slice(&U256::from(32).to_be_bytes::<32>());
        data[32..64].copy_from_slice(&U256::from(length).to_be_bytes::<32>());
    }
    let version = if flags & 4 == 0 { B256::ZERO } else { B256::repeat_byte(1) };
    let from = Address::repeat_byte(7);
    let topics = [DEPOSIT_TOPIC, from.into_word(), B256::ZERO, version];
    let source = DepositSource::User { l1_block_hash: B256::ZERO, log_index: 3 };
    let Ok(deposit) = decode_deposit_log(&topics, &data, &source) else { return };
    assert_eq!(version, B256::ZERO);
    assert!(data.len() >= 64 + 73 && data.len().is_multiple_of(32), "{} bytes", data.len());
    assert_eq!(deposit.from, from);
    let encoded = deposit.encode_2718();
    assert_eq!(DepositTransaction::decode_2718(&encoded), Ok(deposit));
}

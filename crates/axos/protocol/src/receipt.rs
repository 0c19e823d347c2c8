//! Logs in the receipts of L1 blocks.
//!
//! Receipts are read field by field, whatever their type, so that a new type of transaction on L1
//! does not hide the deposits and configuration updates in it.
//!
//! Spec: protocol/derivation.md#on-future-proof-transaction-log-derivation

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use axos_genesis::{CONFIG_UPDATE_TOPIC, ConfigUpdate, Fork, RollupConfig, SystemConfig};

use crate::{
    DEPOSIT_TX_TYPE, DepositLogError,
    rlp::{Items, Malformed},
};

/// Bytes of a topic with its RLP header.
const TOPIC_ITEM_BYTES: usize = 33;

/// Why the receipts of an L1 block can't be used. Derivation stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptsError {
    /// A receipt of a known type is malformed.
    #[error("receipt {index} is malformed")]
    Receipt {
        /// Position of the receipt in the block.
        index: usize,
    },
    /// A log of the portal is not a deposit.
    #[error("deposit at log {log_index} is malformed")]
    Deposit {
        /// Position of the log among all logs of the block.
        log_index: u64,
        /// What is wrong with it.
        #[source]
        source: DepositLogError,
    },
}

/// Applies all updates of the system configuration in the receipts of the L1 block at
/// `l1_timestamp`, each receipt given by its EIP-2718 bytes. A log that breaks a rule is skipped,
/// the ones behind it still count.
///
/// # Errors
/// [`ReceiptsError::Receipt`] if a receipt is malformed.
///
/// Spec: protocol/system-config.md#system-config-updates
pub fn update_system_config<R: AsRef<[u8]>>(
    system_config: &mut SystemConfig,
    receipts: &[R],
    config: &RollupConfig,
    l1_timestamp: u64,
) -> Result<(), ReceiptsError> {
    let is_ecotone = config.is_active(Fork::Ecotone, l1_timestamp);
    for update in config_updates(receipts, config.l1_system_config_address)? {
        // An update that can't be applied leaves the configuration as it is.
        let _ = system_config.apply_update(update, is_ecotone);
    }
    Ok(())
}

/// The updates of the system configuration in the receipts of one L1 block, in order, for a caller
/// that applies them more than once. A log that breaks a rule is skipped.
///
/// # Errors
/// [`ReceiptsError::Receipt`] if a receipt is malformed.
///
/// Spec: protocol/system-config.md#system-config-updates
pub fn config_updates<R: AsRef<[u8]>>(
    receipts: &[R],
    l1_system_config_address: Address,
) -> Result<Vec<ConfigUpdate>, ReceiptsError> {
    let mut updates = Vec::new();
    visit_logs(receipts, l1_system_config_address, CONFIG_UPDATE_TOPIC, |_, log| {
        let topics: Vec<B256> = log.topics().collect();
        updates.extend(ConfigUpdate::decode_log(&topics, log.data));
        Ok(())
    })?;
    Ok(updates)
}

/// A log, borrowed from its receipt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log<'a> {
    address: &'a [u8; 20],
    /// RLP items of the topics, all of one size.
    topics: &'a [u8],
    /// Data that is not indexed.
    pub(crate) data: &'a [u8],
}

impl<'a> Log<'a> {
    /// Reads the next log of a receipt.
    fn next(logs: &mut Items<'a>) -> Result<Self, Malformed> {
        let mut fields = logs.list()?;
        let address = fields.array()?;
        let mut topics = fields.list()?;
        let log = Self { address, topics: topics.rest(), data: fields.string()? };
        fields.finish()?;
        while !topics.is_empty() {
            topics.array::<32>()?;
        }
        Ok(log)
    }

    /// Topics in order.
    pub(crate) fn topics(&self) -> impl Iterator<Item = B256> + use<'a> {
        let (items, _) = self.topics.as_chunks::<TOPIC_ITEM_BYTES>();
        items.iter().map(|[_, topic @ ..]| B256::new(*topic))
    }

    fn is_of(&self, contract: Address, event: B256) -> bool {
        *self.address == contract.0.0 && self.topics().next() == Some(event)
    }
}

/// Calls `visit` for each log of the event in a successful receipt, with its position among all
/// logs of the block.
pub(crate) fn visit_logs<R: AsRef<[u8]>>(
    receipts: &[R],
    contract: Address,
    event: B256,
    mut visit: impl FnMut(u64, &Log<'_>) -> Result<(), ReceiptsError>,
) -> Result<(), ReceiptsError> {
    let mut log_index = 0;
    for (index, receipt) in receipts.iter().enumerate() {
        let malformed = |Malformed| ReceiptsError::Receipt { index };
        let Some(receipt) = Receipt::decode(receipt.as_ref()).map_err(malformed)? else {
            continue;
        };
        let mut logs = receipt.logs;
        while !logs.is_empty() {
            let log = Log::next(&mut logs).map_err(malformed)?;
            if receipt.is_success && log.is_of(contract, event) {
                visit(log_index, &log)?;
            }
            log_index += 1;
        }
    }
    Ok(())
}

/// A receipt, borrowed from its bytes.
#[derive(Debug, Clone, Copy)]
struct Receipt<'a> {
    is_success: bool,
    logs: Items<'a>,
}

impl<'a> Receipt<'a> {
    /// Reads a receipt. `None` if its type is not known and it does not have the form that all
    /// known types have: such a receipt is skipped, and its logs are not counted.
    fn decode(bytes: &'a [u8]) -> Result<Option<Self>, Malformed> {
        match bytes {
            [first, ..] if *first >= 0xc0 => Self::decode_list(bytes, false).map(Some),
            [DEPOSIT_TX_TYPE, list @ ..] => Self::decode_list(list, true).map(Some),
            [1..=4, list @ ..] => Self::decode_list(list, false).map(Some),
            [5..=0x7f, list @ ..] => {
                let receipt = Self::decode_list(list, false);
                Ok(receipt.ok().filter(|receipt| receipt.has_good_logs()))
            }
            _ => Err(Malformed),
        }
    }

    /// Reads `[status, gas, bloom, logs]`, and what only receipts of deposits have: a nonce and its
    /// version, both optional.
    fn decode_list(list: &'a [u8], is_deposit: bool) -> Result<Self, Malformed> {
        let mut fields = Items::of(list)?;
        let is_success = match fields.string()? {
            [1] => true,
            // A state root, from before receipts had a status, counts as failure.
            status if matches!(status.len(), 0 | 32) => false,
            _ => return Err(Malformed),
        };
        fields.u64()?;
        fields.array::<256>()?;
        let logs = fields.list()?;
        for _ in 0..2 {
            if is_deposit && !fields.is_empty() {
                fields.u64()?;
            }
        }
        fields.finish()?;
        Ok(Self { is_success, logs })
    }

    fn has_good_logs(mut self) -> bool {
        while !self.logs.is_empty() {
            if Log::next(&mut self.logs).is_err() {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use alloy_consensus::{
        Eip658Value, Receipt as AlloyReceipt, ReceiptEnvelope, ReceiptWithBloom,
    };
    use alloy_eips::Encodable2718;
    use alloy_primitives::{Bloom, Bytes, LogData, U256};
    use proptest::prelude::*;

    use super::*;
    use crate::{DEPOSIT_TOPIC, DepositSource, DepositTransaction, deposits_from_receipts};

    const PORTAL: Address = Address::repeat_byte(7);
    const L1_HASH: B256 = B256::repeat_byte(8);

    fn log(address: Address, topics: Vec<B256>, data: Vec<u8>) -> alloy_primitives::Log {
        alloy_primitives::Log { address, data: LogData::new_unchecked(topics, data.into()) }
    }

    /// A deposit with this input.
    fn deposit(input: &[u8]) -> alloy_primitives::Log {
        let mut opaque = vec![0; 72];
        opaque.push(0);
        opaque.extend(input);
        let mut data = U256::from(32).to_be_bytes_vec();
        data.extend(U256::from(opaque.len()).to_be_bytes_vec());
        data.extend(opaque);
        data.resize(data.len().next_multiple_of(32), 0);
        log(PORTAL, vec![DEPOSIT_TOPIC, B256::ZERO, B256::ZERO, B256::ZERO], data)
    }

    fn other() -> alloy_primitives::Log {
        log(Address::ZERO, vec![DEPOSIT_TOPIC], vec![1; 70])
    }

    /// EIP-2718 bytes of a receipt of type 2, with the type byte replaced.
    fn receipt(tx_type: u8, is_success: bool, logs: Vec<alloy_primitives::Log>) -> Vec<u8> {
        let status = Eip658Value::Eip658(is_success);
        let receipt = AlloyReceipt { status, cumulative_gas_used: 21_000, logs };
        let logs_bloom = Bloom::ZERO;
        let receipt = ReceiptWithBloom { receipt, logs_bloom };
        let mut bytes = ReceiptEnvelope::Eip1559(receipt).encoded_2718();
        bytes[0] = tx_type;
        if tx_type == 0 {
            bytes.remove(0);
        }
        bytes
    }

    /// Deposits by log index and input.
    fn check(receipts: &[Vec<u8>], expect: Result<&[(u64, &[u8])], ReceiptsError>) {
        let deposits = deposits_from_receipts(receipts, PORTAL, L1_HASH);
        let expect = expect.map(|expect| {
            let deposits = expect.iter().map(|(log_index, input)| {
                let source = DepositSource::User { l1_block_hash: L1_HASH, log_index: *log_index };
                DepositTransaction {
                    source_hash: source.hash(),
                    from: Address::ZERO,
                    to: Some(Address::ZERO),
                    mint: U256::ZERO,
                    value: U256::ZERO,
                    gas_limit: 0,
                    is_system: false,
                    input,
                }
                .encode_2718()
            });
            deposits.collect::<Vec<Bytes>>()
        });
        assert_eq!(deposits, expect);
    }

    #[test]
    fn log_index_counts_over_the_whole_block() {
        let receipts = [
            receipt(0, true, vec![other(), deposit(b"a")]),
            receipt(2, true, vec![]),
            receipt(3, true, vec![deposit(b"b"), other(), deposit(b"c")]),
        ];
        check(&receipts, Ok(&[(1, b"a"), (2, b"b"), (4, b"c")]));
    }

    #[test]
    fn failed_receipt_has_no_deposits() {
        let receipts =
            [receipt(2, false, vec![deposit(b"a")]), receipt(2, true, vec![deposit(b"b")])];
        check(&receipts, Ok(&[(1, b"b")]));
    }

    #[test]
    fn receipts_of_future_types_are_read_as_far_as_they_can_be() {
        for tx_type in [1, 2, 3, 4, 5, 0x7d, 0x7e] {
            check(&[receipt(tx_type, true, vec![deposit(b"a")])], Ok(&[(0, b"a")]));
        }
        let undecodable = vec![5, 0xc1, 0x01];
        let mut cut_log = receipt(6, true, vec![other()]);
        let at = cut_log.len() - 71;
        assert_eq!(cut_log[at - 1..=at], [0xb8, 70]);
        cut_log[at] = 69;
        let good = receipt(2, true, vec![deposit(b"a")]);
        check(&[undecodable, cut_log, good], Ok(&[(0, b"a")]));
    }

    #[test]
    fn malformed_receipt_of_a_known_type_is_an_error() {
        let good = receipt(2, true, vec![deposit(b"a")]);
        let bad = Err(ReceiptsError::Receipt { index: 1 });
        for bytes in [vec![], vec![0], vec![2], vec![0x80], vec![4, 0xc1, 0x01], vec![0xc0]] {
            check(&[good.clone(), bytes], bad);
        }
        for length in 0..good.len() {
            check(&[good.clone(), good[..length].to_vec()], bad);
        }
    }

    #[test]
    fn malformed_deposit_is_an_error() {
        let bad = log(PORTAL, vec![DEPOSIT_TOPIC], vec![]);
        let source = DepositLogError::TopicCount { expected: 4, actual: 1 };
        let receipts = [receipt(2, true, vec![other(), bad])];
        check(&receipts, Err(ReceiptsError::Deposit { log_index: 1, source }));
    }

    #[test]
    fn bad_config_updates_are_skipped_one_by_one() {
        let config = RollupConfig { l1_system_config_address: PORTAL, ..RollupConfig::default() };
        let update = |update_type: u8, words: &[u64]| {
            let words = words.iter().flat_map(|word| U256::from(*word).to_be_bytes_vec());
            let topics = vec![CONFIG_UPDATE_TOPIC, B256::ZERO, B256::with_last_byte(update_type)];
            log(PORTAL, topics, words.collect())
        };
        let receipts = [
            receipt(2, true, vec![update(2, &[32, 32, 30_000_000]), update(2, &[64, 32, 1])]),
            receipt(2, false, vec![update(2, &[32, 32, 2])]),
            receipt(2, true, vec![update(99, &[]), update(6, &[32, 32, 5])]),
        ];
        let mut system_config = SystemConfig::default();
        update_system_config(&mut system_config, &receipts, &config, 0).unwrap();
        let expect =
            SystemConfig { gas_limit: 30_000_000, min_base_fee: 5, ..SystemConfig::default() };
        assert_eq!(system_config, expect);
    }

    proptest! {
        #[test]
        fn arbitrary_receipts_never_panic(at in 0..1_000_usize, byte: u8) {
            let mut bytes = receipt(2, true, vec![deposit(b"a"), other()]);
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = deposits_from_receipts(&[bytes], PORTAL, L1_HASH);
        }
    }
}

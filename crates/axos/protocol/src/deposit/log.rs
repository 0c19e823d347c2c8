//! Deposits of users, from logs of the portal.
//!
//! Spec: protocol/deposits.md#user-deposited-transactions

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes, U256, b256};

use super::{DepositSource, DepositTransaction};
use crate::{
    ReceiptsError,
    receipt::{Log, visit_logs},
};

/// First topic of the portal's deposit event,
/// `keccak256("TransactionDeposited(address,address,uint256,bytes)")`.
pub const DEPOSIT_TOPIC: B256 =
    b256!("b3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32");

/// Topics of the event: itself, sender, recipient, version.
const TOPIC_COUNT: usize = 4;
/// The only version of the event.
const VERSION_0: B256 = B256::ZERO;
/// Bytes of an ABI word.
const WORD_BYTES: usize = 32;
/// Bytes of the opaque data in front of the input: mint (32), value (32), gas limit (8), creation
/// flag (1).
const OPAQUE_HEADER_BYTES: usize = 73;

/// Why a log of the portal is not a deposit.
///
/// Deposits may never be ignored, so this stops derivation. A portal that works emits no such log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepositLogError {
    /// Not as many topics as the event has.
    #[error("deposit has {actual} topics, expected {expected}")]
    TopicCount {
        /// Topics of the event.
        expected: usize,
        /// Topics of the log.
        actual: usize,
    },
    /// Another event.
    #[error("log is of event {actual}, expected {expected}")]
    Event {
        /// [`DEPOSIT_TOPIC`].
        expected: B256,
        /// First topic of the log.
        actual: B256,
    },
    /// Another version of the event.
    #[error("deposit has version {actual}, only 0 is known")]
    Version {
        /// Fourth topic of the log.
        actual: B256,
    },
    /// The data is not made of words, or has less than two.
    #[error("deposit has {actual} bytes of data, expected whole words and at least two")]
    DataSize {
        /// Bytes of the log's data.
        actual: usize,
    },
    /// The ABI offset does not point at the word behind it.
    #[error("deposit has ABI offset {actual}, expected {expected}")]
    Offset {
        /// The only offset allowed.
        expected: usize,
        /// The first word of the data.
        actual: U256,
    },
    /// The ABI length is beyond the data, or leaves a whole word of padding or more.
    #[error("deposit has ABI length {actual}, which does not fit {available} bytes")]
    Length {
        /// Bytes behind the length.
        available: usize,
        /// The second word of the data.
        actual: U256,
    },
    /// The opaque data is too short for its fixed part.
    #[error("deposit has {actual} bytes of opaque data, expected at least {expected}")]
    OpaqueSize {
        /// Bytes of the fixed part.
        expected: usize,
        /// Bytes of the opaque data.
        actual: usize,
    },
}

/// EIP-2718 bytes of the user deposits in the receipts of one L1 block, in order. Each receipt is
/// given by its EIP-2718 bytes.
///
/// # Errors
/// [`ReceiptsError`] if a receipt or a deposit is malformed. Both stop derivation.
///
/// Spec: protocol/derivation.md#deriving-the-transaction-list
pub fn deposits_from_receipts<R: AsRef<[u8]>>(
    receipts: &[R],
    portal: Address,
    l1_block_hash: B256,
) -> Result<Vec<Bytes>, ReceiptsError> {
    let mut deposits = Vec::new();
    visit_logs(receipts, portal, DEPOSIT_TOPIC, |log_index, log| {
        let source = DepositSource::User { l1_block_hash, log_index };
        let deposit = decode_log(log, &source);
        let deposit = deposit.map_err(|source| ReceiptsError::Deposit { log_index, source })?;
        deposits.push(deposit.encode_2718());
        Ok(())
    })?;
    Ok(deposits)
}

/// Reads a log of the portal; `source` goes into the deposit's source hash.
///
/// # Errors
/// The first [`DepositLogError`] met.
///
/// Spec: protocol/deposits.md#user-deposited-transactions
pub fn decode_deposit_log<'a>(
    topics: &[B256],
    data: &'a [u8],
    source: &DepositSource<'_>,
) -> Result<DepositTransaction<'a>, DepositLogError> {
    let &[event, from, to, version] = topics else {
        let (expected, actual) = (TOPIC_COUNT, topics.len());
        return Err(DepositLogError::TopicCount { expected, actual });
    };
    if event != DEPOSIT_TOPIC {
        return Err(DepositLogError::Event { expected: DEPOSIT_TOPIC, actual: event });
    }
    let opaque = decode_abi_bytes(data)?;
    if version != VERSION_0 {
        return Err(DepositLogError::Version { actual: version });
    }
    let (expected, actual) = (OPAQUE_HEADER_BYTES, opaque.len());
    let too_short = DepositLogError::OpaqueSize { expected, actual };
    let (mint, rest) = opaque.split_first_chunk::<32>().ok_or(too_short)?;
    let (value, rest) = rest.split_first_chunk::<32>().ok_or(too_short)?;
    let (gas_limit, rest) = rest.split_first_chunk::<8>().ok_or(too_short)?;
    let (is_creation, input) = rest.split_first().ok_or(too_short)?;
    Ok(DepositTransaction {
        source_hash: source.hash(),
        from: Address::from_word(from),
        // Any flag but 0 creates a contract.
        to: (*is_creation == 0).then(|| Address::from_word(to)),
        mint: U256::from_be_bytes(*mint),
        value: U256::from_be_bytes(*value),
        gas_limit: u64::from_be_bytes(*gas_limit),
        is_system: false,
        input,
    })
}

fn decode_log<'a>(
    log: &Log<'a>,
    source: &DepositSource<'_>,
) -> Result<DepositTransaction<'a>, DepositLogError> {
    let topics: Vec<B256> = log.topics().collect();
    decode_deposit_log(&topics, log.data, source)
}

/// The one `bytes` argument of an event, which must have no more padding than it needs.
fn decode_abi_bytes(data: &[u8]) -> Result<&[u8], DepositLogError> {
    let bad_size = DepositLogError::DataSize { actual: data.len() };
    if !data.len().is_multiple_of(WORD_BYTES) {
        return Err(bad_size);
    }
    let (offset, rest) = data.split_first_chunk::<WORD_BYTES>().ok_or(bad_size)?;
    let (length, content) = rest.split_first_chunk::<WORD_BYTES>().ok_or(bad_size)?;
    let offset = U256::from_be_bytes(*offset);
    if offset != U256::from(WORD_BYTES) {
        return Err(DepositLogError::Offset { expected: WORD_BYTES, actual: offset });
    }
    let length = U256::from_be_bytes(*length);
    let bad_length = DepositLogError::Length { available: content.len(), actual: length };
    let length = usize::try_from(length).map_err(|_| bad_length)?;
    let (bytes, padding) = content.split_at_checked(length).ok_or(bad_length)?;
    if padding.len() >= WORD_BYTES { Err(bad_length) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn topics() -> [B256; 4] {
        let from = Address::repeat_byte(2).into_word();
        let to = Address::repeat_byte(3).into_word();
        [DEPOSIT_TOPIC, from, to, VERSION_0]
    }

    fn source() -> DepositSource<'static> {
        DepositSource::User { l1_block_hash: B256::repeat_byte(1), log_index: 9 }
    }

    fn opaque(mint: u64, is_creation: u8, input: &[u8]) -> Vec<u8> {
        let mut out = vec![];
        out.extend(B256::from(U256::from(mint)));
        out.extend(B256::from(U256::from(5)));
        out.extend(100_000_u64.to_be_bytes());
        out.push(is_creation);
        out.extend(input);
        out
    }

    /// ABI encoding of the opaque data.
    fn data(opaque: &[u8]) -> Vec<u8> {
        let mut out = vec![];
        out.extend(B256::from(U256::from(32)));
        out.extend(B256::from(U256::from(opaque.len())));
        out.extend(opaque);
        out.resize(out.len().next_multiple_of(32), 0);
        out
    }

    fn expected(input: &[u8]) -> DepositTransaction<'_> {
        DepositTransaction {
            source_hash: source().hash(),
            from: Address::repeat_byte(2),
            to: Some(Address::repeat_byte(3)),
            mint: U256::from(4),
            value: U256::from(5),
            gas_limit: 100_000,
            is_system: false,
            input,
        }
    }

    fn check(
        topics: &[B256],
        data: &[u8],
        expect: Result<DepositTransaction<'_>, DepositLogError>,
    ) {
        assert_eq!(decode_deposit_log(topics, data, &source()), expect);
    }

    #[test]
    fn deposit_is_read() {
        check(&topics(), &data(&opaque(4, 0, b"input")), Ok(expected(b"input")));
        let creation = DepositTransaction { to: None, mint: U256::ZERO, ..expected(&[]) };
        check(&topics(), &data(&opaque(0, 1, &[])), Ok(creation));
        check(&topics(), &data(&opaque(0, 0xff, &[])), Ok(creation));
    }

    #[test]
    fn high_bytes_of_address_topics_are_ignored() {
        let mut topics = topics();
        topics[1][0] = 1;
        topics[2][11] = 1;
        check(&topics, &data(&opaque(4, 0, &[])), Ok(expected(&[])));
    }

    #[test]
    fn event_has_four_topics_of_version_zero() {
        let data = data(&opaque(4, 0, &[]));
        let topics = topics();
        check(&topics[..3], &data, Err(DepositLogError::TopicCount { expected: 4, actual: 3 }));
        let actual = B256::with_last_byte(1);
        let version = [topics[0], topics[1], topics[2], actual];
        check(&version, &data, Err(DepositLogError::Version { actual }));
        let event = [actual, topics[1], topics[2], topics[3]];
        check(&event, &data, Err(DepositLogError::Event { expected: DEPOSIT_TOPIC, actual }));
    }

    #[test]
    fn deposit_abi_is_strict() {
        let good = data(&opaque(4, 0, &[7; 23]));
        let words = good.len() / 32;
        check(&topics(), &good[..32], Err(DepositLogError::DataSize { actual: 32 }));
        let odd = good.len() - 1;
        check(&topics(), &good[..odd], Err(DepositLogError::DataSize { actual: odd }));

        let mut bad = good.clone();
        bad[31] = 64;
        let offset = DepositLogError::Offset { expected: 32, actual: U256::from(64) };
        check(&topics(), &bad, Err(offset));

        // 96 bytes fill three words. One byte less or a word less is fine, no more and no less.
        let available = (words - 2) * 32;
        for (length, is_good) in [(96, true), (97, false), (65, false), (64, false), (73, true)] {
            let mut bytes = good.clone();
            bytes[63] = length;
            let result = decode_deposit_log(&topics(), &bytes, &source());
            let actual = U256::from(length);
            if is_good {
                assert_eq!(result.map(|deposit| deposit.input.len()), Ok(usize::from(length) - 73));
            } else if length == 65 {
                let (expected, actual) = (OPAQUE_HEADER_BYTES, 65);
                assert_eq!(result, Err(DepositLogError::OpaqueSize { expected, actual }));
            } else {
                assert_eq!(result, Err(DepositLogError::Length { available, actual }));
            }
        }
        let mut bad = good;
        bad[32] = 1;
        let result = decode_deposit_log(&topics(), &bad, &source());
        assert!(matches!(result, Err(DepositLogError::Length { .. })));
    }

    proptest! {
        #[test]
        fn any_input_comes_back(input: Vec<u8>, mint: u64) {
            let data = data(&opaque(mint, 0, &input));
            let expect = DepositTransaction { mint: U256::from(mint), ..expected(&input) };
            check(&topics(), &data, Ok(expect));
        }

        #[test]
        fn arbitrary_data_never_panics(data: Vec<u8>) {
            let _ = decode_deposit_log(&topics(), &data, &source());
        }
    }
}

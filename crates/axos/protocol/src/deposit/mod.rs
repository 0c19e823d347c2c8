//! Deposits: transactions that come from L1.
//!
//! Spec: protocol/deposits.md#the-deposited-transaction-type

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};

use crate::rlp::{self, Items, Malformed, put_integer, put_list_header, put_string, put_u64};

mod log;
pub use log::{DEPOSIT_TOPIC, DepositLogError, decode_deposit_log, deposits_from_receipts};

/// EIP-2718 type of a deposit transaction.
pub const DEPOSIT_TX_TYPE: u8 = 0x7e;

/// A deposit transaction.
///
/// Spec: protocol/deposits.md#the-deposited-transaction-type
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DepositTransaction<'a> {
    /// Names the origin of the deposit.
    pub source_hash: B256,
    /// Sender.
    pub from: Address,
    /// Recipient; `None` creates a contract.
    pub to: Option<Address>,
    /// Wei minted to the sender; 0 mints nothing.
    pub mint: U256,
    /// Wei sent to the recipient.
    pub value: U256,
    /// Gas limit.
    pub gas_limit: u64,
    /// Whether the gas is not counted in the block; always `false` from Regolith on.
    pub is_system: bool,
    /// Call data or creation code.
    pub input: &'a [u8],
}

/// Bytes are not the canonical encoding of a deposit transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical encoding of a deposit transaction")]
pub struct DepositTransactionError;

impl<'a> DepositTransaction<'a> {
    /// EIP-2718 bytes of the transaction.
    ///
    /// Spec: protocol/deposits.md#the-deposited-transaction-type
    pub fn encode_2718(&self) -> Bytes {
        let to = self.to.as_ref().map_or(&[][..], |to| to.as_slice());
        let mint: [u8; 32] = self.mint.to_be_bytes();
        let value: [u8; 32] = self.value.to_be_bytes();
        let payload = 33
            + 21
            + rlp::string_len(to)
            + rlp::integer_len(&mint)
            + rlp::integer_len(&value)
            + rlp::integer_len(&self.gas_limit.to_be_bytes())
            + 1
            + rlp::string_len(self.input);
        let mut out = Vec::with_capacity(1 + rlp::header_len(payload) + payload);
        out.push(DEPOSIT_TX_TYPE);
        put_list_header(&mut out, payload);
        put_string(&mut out, self.source_hash.as_slice());
        put_string(&mut out, self.from.as_slice());
        put_string(&mut out, to);
        put_integer(&mut out, &mint);
        put_integer(&mut out, &value);
        put_u64(&mut out, self.gas_limit);
        put_u64(&mut out, u64::from(self.is_system));
        put_string(&mut out, self.input);
        out.into()
    }

    /// Reads the EIP-2718 bytes of a deposit. Only the one canonical encoding is accepted.
    ///
    /// # Errors
    /// [`DepositTransactionError`] for any other bytes.
    pub fn decode_2718(bytes: &'a [u8]) -> Result<Self, DepositTransactionError> {
        Self::decode_rlp(bytes).map_err(|Malformed| DepositTransactionError)
    }

    fn decode_rlp(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let Some((&DEPOSIT_TX_TYPE, list)) = bytes.split_first() else {
            return Err(Malformed);
        };
        let mut fields = Items::of(list)?;
        let deposit = Self {
            source_hash: fields.hash()?,
            from: fields.address()?,
            to: fields.optional_address()?,
            mint: U256::try_from_be_slice(fields.integer()?).ok_or(Malformed)?,
            value: U256::try_from_be_slice(fields.integer()?).ok_or(Malformed)?,
            gas_limit: fields.u64()?,
            is_system: match fields.u64()? {
                0 => false,
                1 => true,
                _ => return Err(Malformed),
            },
            input: fields.string()?,
        };
        fields.finish()?;
        Ok(deposit)
    }
}

/// Where a deposit comes from.
///
/// Spec: protocol/deposits.md#source-hash-computation
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositSource<'a> {
    /// A log of the portal.
    User {
        /// Hash of the L1 block.
        l1_block_hash: B256,
        /// Position of the log among all logs of the block.
        log_index: u64,
    },
    /// The L1 attributes transaction.
    L1Info {
        /// Hash of the L1 origin.
        l1_block_hash: B256,
        /// Distance of the L2 block to the first of its epoch.
        sequence_number: u64,
    },
    /// An upgrade transaction.
    Upgrade {
        /// What the transaction is for.
        intent: &'a str,
    },
}

impl DepositSource<'_> {
    /// The hash that makes the deposit unique: over a domain and a hash of what is particular to
    /// the deposit.
    ///
    /// Spec: protocol/deposits.md#source-hash-computation
    pub fn hash(&self) -> B256 {
        match *self {
            Self::User { l1_block_hash, log_index } => {
                in_domain(0, hash_pair(l1_block_hash, word(log_index)))
            }
            Self::L1Info { l1_block_hash, sequence_number } => {
                in_domain(1, hash_pair(l1_block_hash, word(sequence_number)))
            }
            Self::Upgrade { intent } => in_domain(2, keccak256(intent)),
        }
    }
}

fn in_domain(domain: u64, identifier: B256) -> B256 {
    hash_pair(word(domain), identifier)
}

fn hash_pair(left: B256, right: B256) -> B256 {
    keccak256(left.concat_const::<32, 64>(right))
}

/// A number as a big-endian word.
fn word(number: u64) -> B256 {
    B256::from(U256::from(number))
}

#[cfg(test)]
mod tests {
    use alloy_eips::{Decodable2718, Encodable2718};
    use alloy_primitives::{TxKind, b256};
    use op_alloy_consensus::TxDeposit;
    use proptest::prelude::*;

    use super::*;

    fn deposit(input: &[u8]) -> DepositTransaction<'_> {
        DepositTransaction {
            source_hash: B256::repeat_byte(1),
            from: Address::repeat_byte(2),
            to: Some(Address::repeat_byte(3)),
            mint: U256::from(4),
            value: U256::from(500),
            gas_limit: 600_000,
            is_system: false,
            input,
        }
    }

    /// The same deposit as a type of another library.
    fn other(deposit: &DepositTransaction<'_>) -> TxDeposit {
        TxDeposit {
            source_hash: deposit.source_hash,
            from: deposit.from,
            to: deposit.to.map_or(TxKind::Create, TxKind::Call),
            mint: deposit.mint.to(),
            value: deposit.value,
            gas_limit: deposit.gas_limit,
            is_system_transaction: deposit.is_system,
            input: Bytes::copy_from_slice(deposit.input),
        }
    }

    fn check(deposit: &DepositTransaction<'_>) {
        let bytes = deposit.encode_2718();
        assert_eq!(bytes, other(deposit).encoded_2718());
        assert_eq!(DepositTransaction::decode_2718(&bytes), Ok(*deposit));
    }

    #[test]
    fn deposits_match_op_alloy() {
        let good = deposit(b"input");
        check(&good);
        check(&DepositTransaction { to: None, mint: U256::ZERO, ..good });
        check(&DepositTransaction { is_system: true, gas_limit: 0, input: &[0x7f], ..good });
    }

    #[test]
    fn only_canonical_deposits_are_read() {
        let good = deposit(&[1; 60]).encode_2718();
        assert!(DepositTransaction::decode_2718(&good).is_ok());
        // The body without its type byte: another library takes that for a deposit.
        let body = &good[1..];
        assert!(TxDeposit::decode_2718(&mut &good[..]).is_ok());
        assert!(DepositTransaction::decode_2718(body).is_err());
        for length in 0..good.len() {
            assert!(DepositTransaction::decode_2718(&good[..length]).is_err());
        }
        let longer = [&good[..], &[0]].concat();
        assert!(DepositTransaction::decode_2718(&longer).is_err());
    }

    /// Hashes as the specification states them.
    #[test]
    fn upgrade_source_hashes_are_those_of_the_specification() {
        for (intent, expect) in [
            (
                "Ecotone: L1 Block Deployment",
                b256!("877a6077205782ea15a6dc8699fa5ebcec5e0f4389f09cb8eda09488231346f8"),
            ),
            (
                "Jovian: Gas Price Oracle Set Jovian",
                b256!("e836db6a959371756f8941be3e962d000f7e12a32e49e2c9ca42ba177a92716c"),
            ),
        ] {
            assert_eq!(DepositSource::Upgrade { intent }.hash(), expect);
        }
    }

    #[test]
    fn sources_match_op_alloy() {
        use op_alloy_consensus::{L1InfoDepositSource, UserDepositSource};
        let l1_block_hash = B256::repeat_byte(0xab);
        let user = DepositSource::User { l1_block_hash, log_index: 77 };
        assert_eq!(user.hash(), UserDepositSource::new(l1_block_hash, 77).source_hash());
        let info = DepositSource::L1Info { l1_block_hash, sequence_number: 5 };
        assert_eq!(info.hash(), L1InfoDepositSource::new(l1_block_hash, 5).source_hash());
    }

    proptest! {
        #[test]
        fn deposits_come_back(
            hash: [u8; 32],
            address: [u8; 20],
            has_to: bool,
            mint: u128,
            value: [u8; 32],
            gas_limit: u64,
            is_system: bool,
            input: Vec<u8>,
        ) {
            check(&DepositTransaction {
                source_hash: hash.into(),
                from: address.into(),
                to: has_to.then_some(Address::new(address)),
                mint: U256::from(mint),
                value: U256::from_be_bytes(value),
                gas_limit,
                is_system,
                input: &input,
            });
        }

        #[test]
        fn what_is_read_is_written_alike(at in 0..300_usize, byte: u8) {
            let mut bytes = deposit(&[5; 100]).encode_2718().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(deposit) = DepositTransaction::decode_2718(&bytes) {
                prop_assert_eq!(deposit.encode_2718(), bytes);
            }
        }
    }
}

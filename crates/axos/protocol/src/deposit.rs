//! Deposits: transactions that come from L1.
//!
//! Spec: protocol/deposits.md#the-deposited-transaction-type

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes, U256, b256};

/// EIP-2718 type of a deposit transaction.
pub const DEPOSIT_TX_TYPE: u8 = 0x7e;
/// First topic of the portal's deposit event,
/// `keccak256("TransactionDeposited(address,address,uint256,bytes)")`.
pub const DEPOSIT_TOPIC: B256 =
    b256!("b3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32");

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

/// Why a deposit can't be read. Deposits may never be ignored: this stops derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepositError {
    /// Not as many topics as the event has.
    #[error("deposit has {actual} topics, expected {expected}")]
    TopicCount {
        /// Topics of the event.
        expected: usize,
        /// Topics of the log.
        actual: usize,
    },
}

impl DepositSource<'_> {
    /// The hash that makes the deposit unique.
    ///
    /// Spec: protocol/deposits.md#source-hash-computation
    pub fn hash(&self) -> B256 {
        unimplemented!("follows")
    }
}

impl<'a> DepositTransaction<'a> {
    /// EIP-2718 bytes of the transaction.
    pub fn encode_2718(&self) -> Bytes {
        unimplemented!("follows")
    }

    /// Reads the EIP-2718 bytes of a deposit; only the one canonical encoding is accepted.
    ///
    /// # Errors
    /// [`DepositError`] if the bytes are anything else.
    pub fn decode_2718(_bytes: &'a [u8]) -> Result<Self, DepositError> {
        unimplemented!("follows")
    }
}

/// EIP-2718 bytes of the user deposits in the receipts of one L1 block.
///
/// # Errors
/// [`ReceiptsError`](crate::ReceiptsError) if a receipt or a deposit is malformed.
pub fn deposits_from_receipts<R: AsRef<[u8]>>(
    _receipts: &[R],
    _portal: Address,
    _l1_block_hash: B256,
) -> Result<Vec<Bytes>, crate::ReceiptsError> {
    unimplemented!("follows")
}

//! Transactions of a payload: from bytes to what the EVM runs.

mod decode;

#[cfg(test)]
mod tests;

pub(crate) use decode::{Decoder, Transaction};

use kona_preimage::OracleError;
use op_revm::OpTransactionError;

/// Why a transaction makes its payload invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTransaction {
    /// The bytes are not the canonical encoding of a transaction that L2 knows.
    #[error("the transaction can't be decoded")]
    Decode(#[from] DecodeError),
    /// A deposit stands behind a transaction that is none.
    #[error("a deposit after transactions of a batch")]
    MisplacedDeposit,
    /// The transaction may use more gas than the block has left.
    #[error("a gas limit of {gas_limit}, where the block has {available} left")]
    GasLimit {
        /// Gas limit of the transaction.
        gas_limit: u64,
        /// Gas limit of the block less the gas used before.
        available: u64,
    },
    /// \[Jovian\] The transaction has a larger DA footprint than the block has room for.
    #[error("a DA footprint of {footprint}, where the block has {available} left")]
    DaFootprint {
        /// DA footprint of the transaction, in gas.
        footprint: u64,
        /// Gas limit of the block less the DA footprint before.
        available: u64,
    },
    /// The transaction breaks a rule of the EVM: nonce, balance, fees, intrinsic gas and so on.
    #[error("the transaction breaks a rule of the EVM")]
    Evm(#[source] OpTransactionError),
}

/// Why a transaction can't run: its own fault, or the oracle's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TransactionError {
    #[error("the transaction can't be decoded")]
    Invalid(#[from] DecodeError),
    #[error("the signer can't be had")]
    Oracle(#[from] OracleError),
}

/// Why bytes are not a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// There are no bytes.
    #[error("no bytes")]
    Empty,
    /// The first byte is no transaction type of L2: 1, 2, 4 and 7e are, and a list is a legacy
    /// transaction.
    #[error("unknown transaction type {transaction_type:#04x}")]
    UnknownType {
        /// The first byte.
        transaction_type: u8,
    },
    /// The bytes after the type are not the fields of that type.
    #[error("malformed fields")]
    Fields(#[source] alloy_rlp::Error),
    /// Encoding what was decoded gives other bytes.
    #[error("not the canonical encoding")]
    NotCanonical,
    /// Nobody can have made the signature.
    #[error("no sender can be recovered from the signature")]
    Signature,
}

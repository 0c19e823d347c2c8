//! Canonical decoding.
//!
//! op-alloy's envelope takes a deposit without its type byte for a deposit, which would let a
//! batch mint. So each type is decoded by its own first byte, encoded again, and compared with
//! what came: there is one way to write a transaction, and no other is one.

use alloc::vec::Vec;
use alloy_consensus::{
    SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxLegacy,
    transaction::{RlpEcdsaDecodableTx, RlpEcdsaEncodableTx},
};
use alloy_eips::{Encodable2718, eip7702::SignedAuthorization};
use alloy_primitives::{Address, Bytes, Signature};
use op_alloy_consensus::{OpTxType, TxDeposit};
use op_revm::{OpTransaction, transaction::deposit::DepositTransactionParts};
use revm::{
    context::TxEnv,
    context_interface::{
        either::Either,
        transaction::{AccessList, RecoveredAuthority, RecoveredAuthorization},
    },
};

use super::{DecodeError, recover::recover_signer};

/// A transaction ready to run.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) kind: OpTxType,
    /// What the EVM runs.
    pub(crate) env: OpTransaction<TxEnv>,
}

/// Decodes transactions; holds the buffer they are encoded into again.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    buffer: Vec<u8>,
}

impl Decoder {
    /// Decodes the EIP-2718 bytes of one transaction and recovers its sender.
    pub(crate) fn decode(&mut self, bytes: &Bytes) -> Result<Transaction, DecodeError> {
        let (&first, rest) = bytes.split_first().ok_or(DecodeError::Empty)?;
        match first {
            0x01 => self.signed(bytes, rest, eip2930_env),
            0x02 => self.signed(bytes, rest, eip1559_env),
            0x04 => self.signed(bytes, rest, eip7702_env),
            0x7e => self.deposit(bytes, rest),
            // Only a list can start like this: a legacy transaction has no type byte.
            0xc0.. => self.signed(bytes, bytes, legacy_env),
            transaction_type => Err(DecodeError::UnknownType { transaction_type }),
        }
    }

    /// Decodes a signed transaction of type `T`, whose fields and signature stand in `body`.
    fn signed<T>(
        &mut self,
        bytes: &Bytes,
        mut body: &[u8],
        env_of: fn(T) -> TxEnv,
    ) -> Result<Transaction, DecodeError>
    where
        T: RlpEcdsaDecodableTx + RlpEcdsaEncodableTx + SignableTransaction<Signature>,
    {
        let (transaction, signature) =
            T::rlp_decode_with_signature(&mut body).map_err(DecodeError::Fields)?;
        self.buffer.clear();
        transaction.eip2718_encode(&signature, &mut self.buffer);
        self.check_canonical(bytes)?;

        let kind = OpTxType::try_from(transaction.ty())
            .map_err(|_| DecodeError::UnknownType { transaction_type: transaction.ty() })?;
        let hash = transaction.signature_hash();
        let caller = recover_signer(&hash, &signature).ok_or(DecodeError::Signature)?;
        let base = TxEnv { caller, tx_type: kind.into(), ..env_of(transaction) };
        let mut env = OpTransaction::new(base);
        // The L1 fee is reckoned from these bytes.
        env.enveloped_tx = Some(bytes.clone());
        Ok(Transaction { kind, env })
    }

    fn deposit(&mut self, bytes: &Bytes, mut body: &[u8]) -> Result<Transaction, DecodeError> {
        let deposit = TxDeposit::rlp_decode(&mut body).map_err(DecodeError::Fields)?;
        self.buffer.clear();
        deposit.encode_2718(&mut self.buffer);
        self.check_canonical(bytes)?;

        let base = TxEnv {
            tx_type: OpTxType::Deposit.into(),
            caller: deposit.from,
            gas_limit: deposit.gas_limit,
            kind: deposit.to,
            value: deposit.value,
            data: deposit.input,
            ..empty_env()
        };
        let mut env = OpTransaction::new(base);
        env.deposit = DepositTransactionParts::new(
            deposit.source_hash,
            Some(deposit.mint),
            deposit.is_system_transaction,
        );
        Ok(Transaction { kind: OpTxType::Deposit, env })
    }

    fn check_canonical(&self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.buffer == bytes { Ok(()) } else { Err(DecodeError::NotCanonical) }
    }
}

fn legacy_env(transaction: TxLegacy) -> TxEnv {
    TxEnv {
        gas_limit: transaction.gas_limit,
        gas_price: transaction.gas_price,
        kind: transaction.to,
        value: transaction.value,
        data: transaction.input,
        nonce: transaction.nonce,
        chain_id: transaction.chain_id,
        ..empty_env()
    }
}

fn eip2930_env(transaction: TxEip2930) -> TxEnv {
    TxEnv {
        gas_limit: transaction.gas_limit,
        gas_price: transaction.gas_price,
        kind: transaction.to,
        value: transaction.value,
        data: transaction.input,
        nonce: transaction.nonce,
        chain_id: Some(transaction.chain_id),
        access_list: transaction.access_list,
        ..empty_env()
    }
}

fn eip1559_env(transaction: TxEip1559) -> TxEnv {
    TxEnv {
        gas_limit: transaction.gas_limit,
        gas_price: transaction.max_fee_per_gas,
        gas_priority_fee: Some(transaction.max_priority_fee_per_gas),
        kind: transaction.to,
        value: transaction.value,
        data: transaction.input,
        nonce: transaction.nonce,
        chain_id: Some(transaction.chain_id),
        access_list: transaction.access_list,
        ..empty_env()
    }
}

fn eip7702_env(transaction: TxEip7702) -> TxEnv {
    TxEnv {
        gas_limit: transaction.gas_limit,
        gas_price: transaction.max_fee_per_gas,
        gas_priority_fee: Some(transaction.max_priority_fee_per_gas),
        kind: transaction.to.into(),
        value: transaction.value,
        data: transaction.input,
        nonce: transaction.nonce,
        chain_id: Some(transaction.chain_id),
        access_list: transaction.access_list,
        authorization_list: transaction.authorization_list.into_iter().map(recovered).collect(),
        ..empty_env()
    }
}

/// An authorisation together with who signed it. One that nobody signed stays in the list, where
/// the EVM charges for it and skips it.
fn recovered(
    authorization: SignedAuthorization,
) -> Either<SignedAuthorization, RecoveredAuthorization> {
    let authority = authorization
        .signature()
        .ok()
        .and_then(|signature| recover_signer(&authorization.signature_hash(), &signature))
        .map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid);
    let inner = authorization.strip_signature();
    Either::Right(RecoveredAuthorization::new_unchecked(inner, authority))
}

/// An environment without a field set. `TxEnv::default` stands for a call on mainnet instead.
fn empty_env() -> TxEnv {
    TxEnv {
        tx_type: 0,
        caller: Address::ZERO,
        gas_limit: 0,
        gas_price: 0,
        kind: Address::ZERO.into(),
        value: Default::default(),
        data: Bytes::new(),
        nonce: 0,
        chain_id: None,
        access_list: AccessList::default(),
        gas_priority_fee: None,
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: 0,
        authorization_list: Vec::new(),
    }
}

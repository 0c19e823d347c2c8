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
use alloy_primitives::{Address, B256, Bytes, Signature};
use kona_preimage::OracleError;
use op_alloy_consensus::{OpTxType, TxDeposit};
use op_revm::{OpTransaction, transaction::deposit::DepositTransactionParts};
use revm::{
    context::TxEnv,
    context_interface::{
        either::Either,
        transaction::{AccessList, RecoveredAuthority, RecoveredAuthorization},
    },
};

use super::{DecodeError, TransactionError};
use crate::{PrecompileOracle, signer::recover_signer};

/// A transaction ready to run.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) kind: OpTxType,
    /// What the EVM runs.
    pub(crate) env: OpTransaction<TxEnv>,
}

/// Decodes transactions; holds the buffer they are encoded into again.
#[derive(Default)]
pub(crate) struct Decoder<'o> {
    buffer: Vec<u8>,
    /// Who recovers signers; without, they are computed.
    oracle: Option<&'o dyn PrecompileOracle>,
}

impl<'o> Decoder<'o> {
    pub(crate) const fn new(oracle: Option<&'o dyn PrecompileOracle>) -> Self {
        Self { buffer: Vec::new(), oracle }
    }

    /// Decodes the EIP-2718 bytes of one transaction and recovers its sender.
    ///
    /// # Errors
    /// [`TransactionError::Oracle`] if the oracle does not answer, else the transaction is invalid.
    pub(crate) fn decode(&mut self, bytes: &Bytes) -> Result<Transaction, TransactionError> {
        let (&first, rest) = bytes.split_first().ok_or(DecodeError::Empty)?;
        match first {
            0x01 => self.signed(bytes, rest, |transaction, _| Ok(eip2930_env(transaction))),
            0x02 => self.signed(bytes, rest, |transaction, _| Ok(eip1559_env(transaction))),
            0x04 => self.signed(bytes, rest, eip7702_env),
            0x7e => self.deposit(bytes, rest),
            // Only a list can start like this: a legacy transaction has no type byte.
            0xc0.. => self.signed(bytes, bytes, |transaction, _| Ok(legacy_env(transaction))),
            transaction_type => Err(DecodeError::UnknownType { transaction_type }.into()),
        }
    }

    /// Decodes a signed transaction of type `T`, whose fields and signature stand in `body`.
    fn signed<T>(
        &mut self,
        bytes: &Bytes,
        mut body: &[u8],
        env_of: fn(T, &SignerOf<'_>) -> Result<TxEnv, OracleError>,
    ) -> Result<Transaction, TransactionError>
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
        let signer_of =
            |hash: B256, signature: &Signature| recover_signer(self.oracle, &hash, signature);
        let caller = signer_of(hash, &signature)?.ok_or(DecodeError::Signature)?;
        let base = TxEnv { caller, tx_type: kind.into(), ..env_of(transaction, &signer_of)? };
        let mut env = OpTransaction::new(base);
        // The L1 fee is reckoned from these bytes.
        env.enveloped_tx = Some(bytes.clone());
        Ok(Transaction { kind, env })
    }

    fn deposit(&mut self, bytes: &Bytes, mut body: &[u8]) -> Result<Transaction, TransactionError> {
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

/// Who signed a hash.
type SignerOf<'o> = dyn Fn(B256, &Signature) -> Result<Option<Address>, OracleError> + 'o;

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

fn eip7702_env(transaction: TxEip7702, signer_of: &SignerOf<'_>) -> Result<TxEnv, OracleError> {
    let authorizations = transaction.authorization_list.into_iter();
    Ok(TxEnv {
        gas_limit: transaction.gas_limit,
        gas_price: transaction.max_fee_per_gas,
        gas_priority_fee: Some(transaction.max_priority_fee_per_gas),
        kind: transaction.to.into(),
        value: transaction.value,
        data: transaction.input,
        nonce: transaction.nonce,
        chain_id: Some(transaction.chain_id),
        access_list: transaction.access_list,
        authorization_list: authorizations
            .map(|authorization| recovered(authorization, signer_of))
            .collect::<Result<_, _>>()?,
        ..empty_env()
    })
}

/// An authorisation together with who signed it. One that nobody signed stays in the list, where
/// the EVM charges for it and skips it.
fn recovered(
    authorization: SignedAuthorization,
    signer_of: &SignerOf<'_>,
) -> Result<Either<SignedAuthorization, RecoveredAuthorization>, OracleError> {
    let signer = match authorization.signature() {
        Ok(signature) => signer_of(authorization.signature_hash(), &signature)?,
        Err(_) => None,
    };
    let authority = signer.map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid);
    let inner = authorization.strip_signature();
    Ok(Either::Right(RecoveredAuthorization::new_unchecked(inner, authority)))
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

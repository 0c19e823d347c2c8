//! Accounts that can sign.

use alloy_consensus::{SignableTransaction, crypto::secp256k1, transaction::RlpEcdsaEncodableTx};
use alloy_primitives::{Address, B256, Bytes, Signature, keccak256};
use k256::ecdsa::SigningKey;

/// A key of its own for every number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer {
    secret: B256,
    /// The account of the key.
    pub(crate) address: Address,
}

impl Signer {
    /// The signer with a number, from 1.
    pub(crate) fn new(number: u8) -> Self {
        let secret = B256::repeat_byte(number);
        let key = SigningKey::from_slice(secret.as_slice()).unwrap();
        let point = key.verifying_key().to_encoded_point(false);
        Self { secret, address: Address::from_word(keccak256(&point.as_bytes()[1..])) }
    }

    /// Signs a hash.
    pub(crate) fn sign_hash(&self, hash: B256) -> Signature {
        secp256k1::sign_message(self.secret, hash).unwrap()
    }

    /// EIP-2718 bytes of a transaction, signed.
    pub(crate) fn sign<T>(&self, transaction: &T) -> Bytes
    where
        T: SignableTransaction<Signature> + RlpEcdsaEncodableTx,
    {
        let signature = self.sign_hash(transaction.signature_hash());
        let mut bytes = Vec::new();
        transaction.eip2718_encode(&signature, &mut bytes);
        bytes.into()
    }
}

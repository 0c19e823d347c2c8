//! Batcher transactions among the transactions of an L1 block.
//!
//! Nearly all transactions of an L1 block are foreign, so that only what tells them apart is read.
//! Whose a signature is costs more than all else, and is left to the caller.
//!
//! Spec: protocol/derivation.md#l1-retrieval

use alloc::vec::Vec;

use alloy_consensus::crypto::secp256k1::recover_signer;
use alloy_primitives::{Address, B256, Signature, U256, keccak256};

use crate::{
    DEPOSIT_TX_TYPE, DepositTransaction,
    rlp::{Items, Malformed, put_list_header, put_u64},
};

/// Legacy transactions, which have no type byte.
const LEGACY_TX_TYPE: u8 = 0;
/// EIP-2930 transactions.
const ACCESS_LIST_TX_TYPE: u8 = 1;
/// EIP-1559 transactions.
const DYNAMIC_FEE_TX_TYPE: u8 = 2;
/// EIP-4844 transactions.
pub(crate) const BLOB_TX_TYPE: u8 = 3;
/// Bytes of the type and the header of a list, at most.
const HEAD_BYTES_MAX: usize = 10;
/// Bytes of a blob hash with its RLP header.
const BLOB_HASH_ITEM_BYTES: usize = 33;

/// An L1 transaction, borrowed from its bytes, as far as it matters to derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct L1Transaction<'a> {
    /// EIP-2718 type; 0 for a legacy transaction.
    pub tx_type: u8,
    /// Recipient; `None` creates a contract, or is of a type that is not read.
    pub to: Option<Address>,
    /// Call data.
    pub input: &'a [u8],
    /// RLP items of the blob hashes, all of one size.
    blob_hashes: &'a [u8],
    authorization: Authorization<'a>,
}

/// What says who sent a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Authorization<'a> {
    /// A signature over the RLP items of `fields`, and the chain id it is bound to.
    Signature { fields: &'a [u8], chain_id: ChainId, signature: Signature },
    /// The sender of a deposit.
    Deposit { from: Address },
    /// None that is read.
    Unknown,
}

/// The chain a signature is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChainId {
    /// Any chain: a legacy transaction from before EIP-155.
    Any,
    /// This chain, by the `v` of a legacy transaction.
    InV(u64),
    /// This chain, by the first of the signed fields.
    InFields(u64),
}

/// Who sent a transaction, as far as its bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum L1Sender {
    /// This account.
    Account(Address),
    /// Whoever made the signature, if it is one.
    Signer(SignedHash),
    /// Nobody: the signature is for another chain, or the type is not read.
    Unknown,
}

/// A hash, and what is said to be a signature of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHash {
    /// Keccak-256 of what is signed.
    pub hash: B256,
    /// The signature; r and s may have any value.
    pub signature: Signature,
}

impl SignedHash {
    /// The account that signed; `None` if nobody can have made the signature, or if s is in the
    /// upper half of its range, which L1 refuses as well (EIP-2).
    pub fn signer(&self) -> Option<Address> {
        recover_signer(&self.signature, self.hash).ok()
    }
}

/// A transaction of a known type does not have the fields of its type. A block that L1 accepted
/// has none such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("L1 transaction of type {tx_type:#04x} is malformed")]
pub struct L1TransactionError {
    /// First byte of the transaction; 0 for a legacy transaction and for no bytes at all.
    pub tx_type: u8,
}

impl<'a> L1Transaction<'a> {
    /// Looks at the EIP-2718 bytes of a transaction. Of a type that can't be a batcher's, nothing
    /// but the type is read.
    ///
    /// # Errors
    /// [`L1TransactionError`] if a transaction of another type is malformed.
    pub fn decode(raw: &'a [u8]) -> Result<Self, L1TransactionError> {
        let Some((&first, list)) = raw.split_first() else {
            return Err(L1TransactionError { tx_type: LEGACY_TX_TYPE });
        };
        let (tx_type, read) = match first {
            0xc0.. => (LEGACY_TX_TYPE, Self::decode_legacy(raw)),
            ACCESS_LIST_TX_TYPE | DYNAMIC_FEE_TX_TYPE | BLOB_TX_TYPE => {
                (first, Self::decode_typed(first, list))
            }
            DEPOSIT_TX_TYPE => (first, Self::decode_deposit(raw)),
            tx_type => {
                let authorization = Authorization::Unknown;
                let transaction =
                    Self { tx_type, to: None, input: &[], blob_hashes: &[], authorization };
                return Ok(transaction);
            }
        };
        read.map_err(|Malformed| L1TransactionError { tx_type })
    }

    /// `[nonce, gas price, gas limit, to, value, input, v, r, s]`
    fn decode_legacy(list: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Items::of(list)?;
        let start = fields.rest();
        skip(&mut fields, 3)?;
        let to = fields.optional_address()?;
        skip(&mut fields, 1)?;
        let input = fields.string()?;
        let signed = read_until(start, &fields)?;
        let v = fields.u64()?;
        let (chain_id, y_parity) = match v {
            27 | 28 => (ChainId::Any, v == 28),
            _ => {
                let v = v.checked_sub(35).ok_or(Malformed)?;
                (ChainId::InV(v / 2), v % 2 == 1)
            }
        };
        let signature = read_signature(&mut fields, y_parity)?;
        let authorization = Authorization::Signature { fields: signed, chain_id, signature };
        Ok(Self { tx_type: LEGACY_TX_TYPE, to, input, blob_hashes: &[], authorization })
    }

    /// `[chain id, nonce, fees.., gas limit, to, value, input, access list, .., y, r, s]`
    fn decode_typed(tx_type: u8, list: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Items::of(list)?;
        let start = fields.rest();
        let chain_id = ChainId::InFields(fields.u64()?);
        // Nonce, one fee or two, gas limit.
        skip(&mut fields, if tx_type == ACCESS_LIST_TX_TYPE { 3 } else { 4 })?;
        let to = fields.optional_address()?;
        skip(&mut fields, 1)?;
        let input = fields.string()?;
        skip(&mut fields, 1)?;
        let mut blob_hashes = &[][..];
        if tx_type == BLOB_TX_TYPE {
            skip(&mut fields, 1)?;
            let mut hashes = fields.list()?;
            blob_hashes = hashes.rest();
            while !hashes.is_empty() {
                hashes.hash()?;
            }
        }
        let signed = read_until(start, &fields)?;
        let y_parity = match fields.u64()? {
            y_parity @ 0..=1 => y_parity == 1,
            _ => return Err(Malformed),
        };
        let signature = read_signature(&mut fields, y_parity)?;
        let authorization = Authorization::Signature { fields: signed, chain_id, signature };
        Ok(Self { tx_type, to, input, blob_hashes, authorization })
    }

    /// A deposit, where L1 is itself an OP Stack chain.
    fn decode_deposit(raw: &'a [u8]) -> Result<Self, Malformed> {
        let deposit = DepositTransaction::decode_2718(raw).map_err(|_| Malformed)?;
        Ok(Self {
            tx_type: DEPOSIT_TX_TYPE,
            to: deposit.to,
            input: deposit.input,
            blob_hashes: &[],
            authorization: Authorization::Deposit { from: deposit.from },
        })
    }

    /// Whether the transaction has type 3: from Ecotone on its data is in its blobs, and its call
    /// data is ignored.
    ///
    /// Spec: protocol/ecotone/derivation.md#ecotone-blob-retrieval
    pub const fn has_blobs(&self) -> bool {
        self.tx_type == BLOB_TX_TYPE
    }

    /// How many blobs the transaction has.
    pub const fn blob_count(&self) -> usize {
        self.blob_hashes.len() / BLOB_HASH_ITEM_BYTES
    }

    /// Versioned hashes of the transaction's blobs, in order.
    pub fn blob_hashes(&self) -> impl Iterator<Item = B256> + use<'a> {
        let (items, _) = self.blob_hashes.as_chunks::<BLOB_HASH_ITEM_BYTES>();
        items.iter().map(|[_, hash @ ..]| B256::new(*hash))
    }

    /// Who sent the transaction. A batcher transaction is of a permitted type, to the inbox, and
    /// from the batcher, by a signature that is valid on the chain `l1_chain_id`.
    ///
    /// Spec: protocol/derivation.md#l1-retrieval
    pub fn sender(&self, l1_chain_id: u64) -> L1Sender {
        match self.authorization {
            Authorization::Unknown => L1Sender::Unknown,
            Authorization::Deposit { from } => L1Sender::Account(from),
            Authorization::Signature { chain_id, .. } if chain_id.is_other_than(l1_chain_id) => {
                L1Sender::Unknown
            }
            Authorization::Signature { fields, chain_id, signature } => {
                let hash = self.signing_hash(fields, chain_id);
                L1Sender::Signer(SignedHash { hash, signature })
            }
        }
    }

    /// The hash that is signed: over the type byte and the list of the signed fields, to which a
    /// legacy transaction that is bound to a chain adds three.
    fn signing_hash(&self, fields: &[u8], chain_id: ChainId) -> B256 {
        let mut tail = Vec::new();
        if let ChainId::InV(chain_id) = chain_id {
            put_u64(&mut tail, chain_id);
            put_u64(&mut tail, 0);
            put_u64(&mut tail, 0);
        }
        // In one piece: machines have a fast hash for that, and calldata may have many bytes.
        let mut message = Vec::with_capacity(fields.len() + tail.len() + HEAD_BYTES_MAX);
        if self.tx_type != LEGACY_TX_TYPE {
            message.push(self.tx_type);
        }
        put_list_header(&mut message, fields.len() + tail.len());
        message.extend_from_slice(fields);
        message.extend_from_slice(&tail);
        keccak256(&message)
    }
}

impl ChainId {
    fn is_other_than(self, expected: u64) -> bool {
        match self {
            Self::Any => false,
            Self::InV(chain_id) | Self::InFields(chain_id) => chain_id != expected,
        }
    }
}

fn skip(fields: &mut Items<'_>, count: usize) -> Result<(), Malformed> {
    (0..count).try_for_each(|_| fields.next().map(drop))
}

/// The bytes of `start` up to the first field that is not read yet.
fn read_until<'a>(start: &'a [u8], fields: &Items<'_>) -> Result<&'a [u8], Malformed> {
    start.get(..start.len() - fields.rest().len()).ok_or(Malformed)
}

/// Reads `r` and `s`, the last two fields.
fn read_signature(fields: &mut Items<'_>, y_parity: bool) -> Result<Signature, Malformed> {
    let r = U256::try_from_be_slice(fields.integer()?).ok_or(Malformed)?;
    let s = U256::try_from_be_slice(fields.integer()?).ok_or(Malformed)?;
    fields.finish()?;
    Ok(Signature::new(r, s, y_parity))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use alloy_consensus::{
        SignableTransaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy,
        crypto::secp256k1::{recover_signer, sign_message},
        transaction::RlpEcdsaEncodableTx,
    };
    use alloy_primitives::{Bytes, TxKind};
    use proptest::prelude::*;

    use super::*;

    const L1_CHAIN_ID: u64 = 11_155_111;
    const INBOX: Address = Address::repeat_byte(0xff);
    const SECRET: B256 = B256::repeat_byte(0x42);

    /// EIP-2718 bytes of the transaction signed by [`SECRET`].
    fn signed<T: SignableTransaction<Signature> + RlpEcdsaEncodableTx>(tx: &T) -> Vec<u8> {
        with_signature(tx, sign_message(SECRET, tx.signature_hash()).unwrap())
    }

    fn with_signature<T: RlpEcdsaEncodableTx>(tx: &T, signature: Signature) -> Vec<u8> {
        let mut out = vec![];
        tx.eip2718_encode(&signature, &mut out);
        out
    }

    fn batcher() -> Address {
        let signature = sign_message(SECRET, B256::ZERO).unwrap();
        recover_signer(&signature, B256::ZERO).unwrap()
    }

    fn legacy(chain_id: Option<u64>) -> TxLegacy {
        let to = TxKind::Call(INBOX);
        TxLegacy { chain_id, to, input: Bytes::from(vec![1; 100]), nonce: 7, ..TxLegacy::default() }
    }

    fn dynamic() -> TxEip1559 {
        TxEip1559 {
            chain_id: L1_CHAIN_ID,
            to: TxKind::Call(INBOX),
            input: Bytes::from_static(b"data"),
            ..TxEip1559::default()
        }
    }

    fn blobs(to: Address, count: u8) -> TxEip4844 {
        TxEip4844 {
            chain_id: L1_CHAIN_ID,
            to,
            input: Bytes::from_static(b"ignored"),
            blob_versioned_hashes: (0..count).map(B256::repeat_byte).collect(),
            ..TxEip4844::default()
        }
    }

    fn check(raw: &[u8], is_from_batcher: bool) {
        let tx = L1Transaction::decode(raw).unwrap();
        let sender = match tx.sender(L1_CHAIN_ID) {
            L1Sender::Account(account) => Some(account),
            L1Sender::Signer(signed) => signed.signer(),
            L1Sender::Unknown => None,
        };
        assert_eq!(tx.to == Some(INBOX) && sender == Some(batcher()), is_from_batcher);
    }

    #[test]
    fn every_permitted_type_is_read() {
        check(&signed(&legacy(Some(L1_CHAIN_ID))), true);
        check(&signed(&legacy(None)), true);
        let access =
            TxEip2930 { chain_id: L1_CHAIN_ID, to: TxKind::Call(INBOX), ..TxEip2930::default() };
        check(&signed(&access), true);
        check(&signed(&dynamic()), true);
        check(&signed(&blobs(INBOX, 1)), true);
        let raw = signed(&dynamic());
        assert_eq!(L1Transaction::decode(&raw).unwrap().input, b"data");
    }

    #[test]
    fn deposit_to_the_inbox_counts_by_its_sender() {
        let deposit = DepositTransaction {
            source_hash: B256::ZERO,
            from: batcher(),
            to: Some(INBOX),
            mint: U256::ZERO,
            value: U256::ZERO,
            gas_limit: 0,
            is_system: false,
            input: b"frames",
        };
        check(&deposit.encode_2718(), true);
        check(&DepositTransaction { from: INBOX, ..deposit }.encode_2718(), false);
    }

    #[test]
    fn set_code_and_future_types_are_never_the_batchers() {
        let set_code = TxEip7702 { chain_id: L1_CHAIN_ID, to: INBOX, ..TxEip7702::default() };
        let raw = signed(&set_code);
        check(&raw, false);
        assert_eq!(L1Transaction::decode(&raw).unwrap().tx_type, 4);
        check(&[5, 0xc0], false);
        check(&[0x7f], false);
    }

    #[test]
    fn recipient_sender_and_chain_must_match() {
        let other = Address::repeat_byte(1);
        check(&signed(&TxEip1559 { to: TxKind::Call(other), ..dynamic() }), false);
        check(&signed(&TxEip1559 { to: TxKind::Create, ..dynamic() }), false);
        check(&signed(&TxEip1559 { chain_id: 1, ..dynamic() }), false);
        check(&signed(&legacy(Some(1))), false);
        let signature = sign_message(B256::repeat_byte(1), dynamic().signature_hash()).unwrap();
        check(&with_signature(&dynamic(), signature), false);
    }

    #[test]
    fn upper_s_is_no_signature() {
        let signature = sign_message(SECRET, dynamic().signature_hash()).unwrap();
        let order = alloy_consensus::crypto::SECP256K1N_HALF * U256::from(2) + U256::from(1);
        let upper = Signature::new(signature.r(), order - signature.s(), !signature.v());
        check(&with_signature(&dynamic(), signature), true);
        check(&with_signature(&dynamic(), upper), false);
    }

    #[test]
    fn blobs_of_foreign_transactions_count() {
        for (to, count) in [(Address::ZERO, 6), (INBOX, 3), (INBOX, 0)] {
            let raw = signed(&blobs(to, count));
            let tx = L1Transaction::decode(&raw).unwrap();
            assert!(tx.has_blobs());
            assert_eq!(tx.blob_count(), usize::from(count));
            let hashes: Vec<B256> = tx.blob_hashes().collect();
            assert_eq!(hashes, blobs(to, count).blob_versioned_hashes);
        }
        let raw = signed(&dynamic());
        assert_eq!(L1Transaction::decode(&raw).unwrap().blob_count(), 0);
    }

    #[test]
    fn truncated_transaction_is_malformed() {
        for raw in [signed(&legacy(None)), signed(&dynamic()), signed(&blobs(INBOX, 2))] {
            for length in 0..raw.len() {
                assert!(L1Transaction::decode(&raw[..length]).is_err());
            }
        }
        assert_eq!(L1Transaction::decode(&[3, 0xc0]), Err(L1TransactionError { tx_type: 3 }));
    }

    proptest! {
        #[test]
        fn changed_transactions_never_panic(at in 0..400_usize, byte: u8) {
            let mut raw = signed(&blobs(INBOX, 2));
            let at = at % raw.len();
            raw[at] = byte;
            let sender = L1Transaction::decode(&raw).map(|tx| tx.sender(L1_CHAIN_ID));
            if let Ok(L1Sender::Signer(signed)) = sender {
                let _ = signed.signer();
            }
        }
    }
}

//! L1 blocks: transactions, receipts, blobs, and a header over them.

use alloy_consensus::{
    EMPTY_ROOT_HASH, Eip658Value, Header, Receipt, ReceiptEnvelope, ReceiptWithBloom,
    SignableTransaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxEnvelope, TxLegacy,
    crypto::secp256k1::{recover_signer, sign_message},
};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{
    Address, B256, Bloom, BloomInput, Bytes, Log as PrimitiveLog, LogData, TxKind, U256, keccak256,
};
use axos_genesis::{CONFIG_UPDATE_TOPIC, L1BlockRef, L1Number};
use axos_pipeline::Blob;
use axos_protocol::{DEPOSIT_TOPIC, encode_blob};

/// A key on L1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet(pub u8);

impl Wallet {
    /// The account of the key.
    pub fn address(self) -> Address {
        let hash = keccak256([self.0]);
        recover_signer(&self.sign(hash), hash).unwrap()
    }

    fn sign(self, hash: B256) -> alloy_primitives::Signature {
        sign_message(keccak256([b'k', self.0]), hash).unwrap()
    }

    /// EIP-2718 bytes of the signed transaction.
    pub fn sign_transaction<T>(self, transaction: T) -> Bytes
    where
        T: SignableTransaction<alloy_primitives::Signature>,
        TxEnvelope: From<alloy_consensus::Signed<T>>,
    {
        let signature = self.sign(transaction.signature_hash());
        TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into()
    }
}

/// A log of an L1 transaction.
#[derive(Debug, Clone)]
pub struct Log {
    /// Who emitted it.
    pub address: Address,
    /// The event, and what of it is indexed.
    pub topics: Vec<B256>,
    /// What of it is not indexed.
    pub data: Bytes,
}

impl Log {
    /// A deposit of 1 wei from `from` to itself, with `gas` to tell it apart.
    pub fn deposit(portal: Address, from: Address, gas: u64) -> Self {
        let mut opaque = [U256::from(1), U256::from(1)].map(|it| it.to_be_bytes::<32>()).concat();
        opaque.extend_from_slice(&gas.to_be_bytes());
        opaque.push(0);
        let length = opaque.len();
        opaque.resize(length.next_multiple_of(32), 0);
        let head = [U256::from(32), U256::from(length)].map(|it| it.to_be_bytes::<32>()).concat();
        let topics = vec![DEPOSIT_TOPIC, from.into_word(), from.into_word(), B256::ZERO];
        Self { address: portal, topics, data: [head, opaque].concat().into() }
    }

    /// An update of the system configuration, of a type whose data is one word.
    pub fn config_update(contract: Address, update_type: u8, value: U256) -> Self {
        let words = [U256::from(32), U256::from(32), value].map(|it| it.to_be_bytes::<32>());
        let topics = vec![CONFIG_UPDATE_TOPIC, B256::ZERO, B256::with_last_byte(update_type)];
        Self { address: contract, topics, data: words.concat().into() }
    }
}

/// What is to be in an L1 block.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// EIP-2718 bytes of the transactions.
    pub transactions: Vec<Bytes>,
    /// The blobs of all transactions.
    pub blobs: Vec<Box<Blob>>,
    /// Logs of the first transaction, which is added if there are any.
    pub logs: Vec<Log>,
    /// Seconds since the block before; 12 if not set.
    pub delay: Option<u64>,
}

const CHAIN_ID: u64 = 1;

impl Contents {
    /// A block without anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// A transaction with call data, of EIP-2718 type 2.
    pub fn calldata(self, from: Wallet, to: Address, input: impl Into<Bytes>) -> Self {
        self.typed(2, from, to, input)
    }

    /// A transaction with call data, of a type from 0 to 2, or 4.
    pub fn typed(
        mut self,
        tx_type: u8,
        from: Wallet,
        to: Address,
        input: impl Into<Bytes>,
    ) -> Self {
        let (chain_id, to, input) = (CHAIN_ID, TxKind::Call(to), input.into());
        self.transactions.push(match tx_type {
            0 => {
                let chain_id = Some(chain_id);
                from.sign_transaction(TxLegacy { chain_id, to, input, ..TxLegacy::default() })
            }
            1 => from.sign_transaction(TxEip2930 { chain_id, to, input, ..TxEip2930::default() }),
            2 => from.sign_transaction(TxEip1559 { chain_id, to, input, ..TxEip1559::default() }),
            4 => {
                let TxKind::Call(to) = to else { unreachable!() };
                from.sign_transaction(TxEip7702 { chain_id, to, input, ..TxEip7702::default() })
            }
            other => panic!("no transaction of type {other}"),
        });
        self
    }

    /// A transaction with these blobs, and call data besides.
    pub fn blob_transaction(
        mut self,
        from: Wallet,
        to: Address,
        blobs: impl IntoIterator<Item = Box<Blob>>,
        input: impl Into<Bytes>,
    ) -> Self {
        let blobs: Vec<_> = blobs.into_iter().collect();
        // What the hash commits to is of no concern to derivation, only that it names the blob.
        let blob_versioned_hashes = blobs.iter().map(|blob| keccak256(&blob[..])).collect();
        self.transactions.push(from.sign_transaction(TxEip4844 {
            chain_id: CHAIN_ID,
            to,
            input: input.into(),
            blob_versioned_hashes,
            ..TxEip4844::default()
        }));
        self.blobs.extend(blobs);
        self
    }

    /// A transaction with one blob for each piece of data.
    pub fn blobs(self, from: Wallet, to: Address, data: &[&[u8]]) -> Self {
        self.blob_transaction(
            from,
            to,
            data.iter().map(|it| encode_blob(it).unwrap()),
            Bytes::new(),
        )
    }

    /// A raw transaction.
    pub fn raw(mut self, transaction: impl Into<Bytes>) -> Self {
        self.transactions.push(transaction.into());
        self
    }

    /// A log.
    pub fn log(mut self, log: Log) -> Self {
        self.logs.push(log);
        self
    }

    /// Seconds since the block before.
    pub fn after(mut self, delay: u64) -> Self {
        self.delay = Some(delay);
        self
    }
}

/// An L1 block.
#[derive(Debug, Clone)]
pub struct L1Block {
    /// The block in short.
    pub block: L1BlockRef,
    /// RLP of the header.
    pub rlp: Bytes,
    /// EIP-2718 bytes of the transactions.
    pub transactions: Vec<Bytes>,
    /// EIP-2718 bytes of the receipts.
    pub receipts: Vec<Bytes>,
    /// The blobs of all transactions.
    pub blobs: Vec<Box<Blob>>,
}

impl L1Block {
    /// Seals a block on top of `parent`, which is `None` for the first one.
    pub fn seal(parent: Option<&L1BlockRef>, timestamp: u64, contents: Contents) -> Self {
        let Contents { mut transactions, blobs, logs, .. } = contents;
        if !logs.is_empty() {
            let foreign = Contents::new().calldata(Wallet(200), Address::ZERO, Bytes::new());
            transactions.splice(0..0, foreign.transactions);
        }
        let mut logs = Some(logs);
        let (mut receipts, mut bloom) = (Vec::new(), Bloom::ZERO);
        for transaction in &transactions {
            let logs = logs.take().unwrap_or_default();
            logs.iter().for_each(|log| accrue(&mut bloom, log));
            receipts.push(receipt(transaction[0], logs));
        }
        let header = Header {
            parent_hash: parent.map_or(B256::ZERO, |parent| parent.hash),
            number: parent.map_or(0, |parent| parent.number.0 + 1),
            timestamp,
            transactions_root: root_of(&transactions),
            receipts_root: root_of(&receipts),
            logs_bloom: bloom,
            base_fee_per_gas: Some(7),
            mix_hash: keccak256(timestamp.to_be_bytes()),
            withdrawals_root: Some(EMPTY_ROOT_HASH),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(keccak256(b"beacon")),
            ..Header::default()
        };
        let rlp: Bytes = alloy_rlp::encode(&header).into();
        let block = L1BlockRef {
            hash: keccak256(&rlp),
            number: L1Number(header.number),
            parent_hash: header.parent_hash,
            timestamp,
        };
        Self { block, rlp, transactions, receipts, blobs }
    }
}

/// Nothing here opens a trie. Only an empty list must have the root that an empty trie has.
fn root_of(items: &[Bytes]) -> B256 {
    if items.is_empty() { EMPTY_ROOT_HASH } else { keccak256(items.concat()) }
}

fn accrue(bloom: &mut Bloom, log: &Log) {
    bloom.accrue(BloomInput::Raw(log.address.as_slice()));
    log.topics.iter().for_each(|topic| bloom.accrue(BloomInput::Raw(topic.as_slice())));
}

fn receipt(first_byte: u8, logs: Vec<Log>) -> Bytes {
    let logs = logs.into_iter().map(|log| PrimitiveLog {
        address: log.address,
        data: LogData::new_unchecked(log.topics, log.data),
    });
    let receipt =
        Receipt { status: Eip658Value::Eip658(true), cumulative_gas_used: 0, logs: logs.collect() };
    let receipt = ReceiptWithBloom::from(receipt);
    let envelope = match first_byte {
        1 => ReceiptEnvelope::Eip2930(receipt),
        2 => ReceiptEnvelope::Eip1559(receipt),
        3 => ReceiptEnvelope::Eip4844(receipt),
        4 => ReceiptEnvelope::Eip7702(receipt),
        _ => ReceiptEnvelope::Legacy(receipt),
    };
    envelope.encoded_2718().into()
}

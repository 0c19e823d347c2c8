//! Transactions, receipts and logs of L1.

use super::{
    keys::{BATCHER_KEYS, batcher_address, sign},
    rng::Rng,
};
use crate::{
    blob::encode_blob,
    config::Config,
    config_update::UPDATE_TOPIC,
    deposit::{DEPOSIT_TOPIC, Deposit, encode_deposit, encode_opaque_data},
    receipt::{Log, encode_receipt},
    rlp,
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};

/// A transaction with its receipt and blobs.
#[derive(Clone, Debug, Default)]
pub(super) struct L1Transaction {
    /// EIP-2718 form.
    pub(super) bytes: Bytes,
    /// EIP-2718 form.
    pub(super) receipt: Bytes,
    /// The blobs that it brings.
    pub(super) blobs: Vec<Bytes>,
}

/// Which kind of transaction carries batcher data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Legacy with chain id.
    Legacy,
    /// Legacy without chain id.
    Unprotected,
    /// With access list.
    AccessList,
    /// With priority fee.
    DynamicFee,
    /// Blob transaction with the data in its calldata.
    BlobCalldata,
    /// Set-code transaction, which may not carry any.
    SetCode,
    /// Deposit, as on an L1 that is an OP chain itself.
    Deposit,
}

impl Carrier {
    fn kind(self) -> u8 {
        match self {
            Self::Legacy | Self::Unprotected => 0,
            Self::AccessList => 1,
            Self::DynamicFee => 2,
            Self::BlobCalldata => 3,
            Self::SetCode => 4,
            Self::Deposit => 0x7e,
        }
    }
}

/// A transaction with `data`, signed with the key of that number.
pub(super) fn carry(
    rng: &mut Rng,
    config: &Config,
    carrier: Carrier,
    key: u8,
    to: Address,
    data: Bytes,
) -> L1Transaction {
    let chain_id = config.l1_chain_id;
    let nonce = rng.range(0, 300);
    let bytes = match carrier {
        Carrier::Legacy | Carrier::Unprotected => {
            let chain_id = (carrier == Carrier::Legacy).then_some(chain_id);
            signed(
                key,
                TxLegacy { chain_id, nonce, to: to.into(), input: data, ..Default::default() },
            )
        }
        Carrier::AccessList => signed(
            key,
            TxEip2930 { chain_id, nonce, to: to.into(), input: data, ..Default::default() },
        ),
        Carrier::DynamicFee => signed(
            key,
            TxEip1559 { chain_id, nonce, to: to.into(), input: data, ..Default::default() },
        ),
        Carrier::BlobCalldata => {
            return blob_transaction(rng, config, key, to, &[rng_blob()], data);
        }
        Carrier::SetCode => {
            signed(key, TxEip7702 { chain_id, nonce, to, input: data, ..Default::default() })
        }
        Carrier::Deposit => encode_deposit(&Deposit {
            source_hash: rng.hash(),
            from: batcher_address(key),
            to: Some(to),
            data,
            ..Deposit::default()
        }),
    };
    let receipt = encode_receipt(carrier.kind(), !rng.chance(5), &[]).into();
    L1Transaction { bytes, receipt, blobs: Vec::new() }
}

/// A blob that holds nothing of interest.
fn rng_blob() -> Vec<u8> {
    encode_blob(&[0xab; 40])
}

/// A transaction with these blobs, and with calldata that is not to be looked at.
pub(super) fn blob_transaction(
    rng: &mut Rng,
    config: &Config,
    key: u8,
    to: Address,
    blobs: &[Vec<u8>],
    calldata: Bytes,
) -> L1Transaction {
    // Blobs are found by their place, so that any hash of the right version will do.
    let mut versioned_hash = |_: &Vec<u8>| {
        let mut hash = rng.hash();
        hash[0] = 1;
        hash
    };
    let blob_versioned_hashes = blobs.iter().map(&mut versioned_hash).collect();
    let bytes = signed(
        key,
        TxEip4844 {
            chain_id: config.l1_chain_id,
            nonce: rng.range(0, 300),
            to,
            input: calldata,
            blob_versioned_hashes,
            ..Default::default()
        },
    );
    L1Transaction {
        bytes,
        receipt: encode_receipt(3, true, &[]).into(),
        blobs: blobs.iter().map(|blob| blob.clone().into()).collect(),
    }
}

fn signed<T>(key: u8, transaction: T) -> Bytes
where
    T: SignableTransaction<Signature>,
    alloy_consensus::Signed<T>: Encodable2718,
{
    let signature = sign(key, transaction.signature_hash());
    transaction.into_signed(signature).encoded_2718().into()
}

/// A transaction of no interest but for its logs. Its signature is nobody's.
pub(super) fn noise(rng: &mut Rng, kind: u8, is_success: bool, logs: &[Log]) -> L1Transaction {
    let signature = Signature::new(U256::from(rng.number() | 1), U256::from(7), rng.chance(50));
    let bytes = match kind {
        0 => TxLegacy { to: TxKind::Call(rng.address()), ..Default::default() }
            .into_signed(signature)
            .encoded_2718()
            .into(),
        2 => {
            let callee = TxKind::Call(rng.address());
            let to = rng.pick(&[TxKind::Create, callee]);
            let transaction = TxEip1559 { to, ..Default::default() };
            transaction.into_signed(signature).encoded_2718().into()
        }
        _ => future_bytes(rng, kind),
    };
    let receipt = encode_receipt(kind, is_success, logs).into();
    L1Transaction { bytes, receipt, blobs: Vec::new() }
}

/// A transaction of a type that does not exist yet.
fn future_bytes(rng: &mut Rng, kind: u8) -> Bytes {
    let mut bytes = vec![kind];
    let length = rng.size(0, 60);
    rlp::put_list(&mut bytes, &rng.bytes(length));
    bytes.into()
}

/// A log that asks for a deposit.
pub(super) fn deposit_log(rng: &mut Rng, config: &Config) -> Log {
    let mut opaque = Vec::new();
    let mint = if rng.chance(40) { U256::ZERO } else { U256::from(rng.number()) };
    opaque.extend(mint.to_be_bytes::<32>());
    opaque.extend(U256::from(rng.range(0, 3)).to_be_bytes::<32>());
    opaque.extend(rng.range(0, 1 << 40).to_be_bytes());
    opaque.push(rng.pick(&[0, 0, 0, 1, 2]));
    let length = rng.pick(&[0, 1, 22, 23, 24, 100]);
    opaque.extend(rng.bytes(length));
    let to = rng.address();
    Log {
        address: config.deposit_contract,
        topics: vec![DEPOSIT_TOPIC, rng.address().into_word(), to.into_word(), B256::ZERO],
        data: encode_opaque_data(&opaque).into(),
        index: 0,
    }
}

/// A deposit log that can't be read.
pub(super) fn bad_deposit_log(rng: &mut Rng, config: &Config) -> Log {
    let mut log = deposit_log(rng, config);
    let mut data = log.data.to_vec();
    match rng.range(0, 5) {
        0 => data[31] = 64,
        1 => data.extend([0; 32]),
        2 => data.truncate(data.len() - 1),
        3 => log.topics[3] = B256::with_last_byte(1),
        4 => {
            log.topics.pop();
        }
        _ => data[40] = 1,
    }
    log.data = data.into();
    log
}

/// A log that changes the system configuration, or tries to.
pub(super) fn update_log(rng: &mut Rng, config: &Config, is_bad: bool) -> Log {
    let kind = rng.range(0, if is_bad { 9 } else { 7 });
    let words: Vec<B256> = match kind {
        0 => vec![batcher_address(rng.pick(&[0, 0, 1, 2])).into_word()],
        1 => vec![U256::from(rng.range(0, 1 << 20)).into(), scalar(rng, is_bad)],
        2 => vec![U256::from(rng.range(20_000_000, 60_000_000)).into()],
        3 => vec![rng.address().into_word()],
        4 => {
            // No elasticity goes with a denominator of zero but zero.
            let denominator = if is_bad && rng.chance(50) { 0 } else { rng.range(1, 500) };
            let elasticity = rng.range(1, 20);
            vec![U256::from(denominator << 32 | elasticity).into()]
        }
        5 => vec![U256::from_limbs([rng.number(), rng.range(0, u64::from(u32::MAX)), 0, 0]).into()],
        6 => vec![U256::from(rng.range(0, 1 << 30)).into()],
        7 => vec![U256::from(rng.pick(&[0, 1, 400, 65_535])).into()],
        _ => vec![rng.hash()],
    };
    let mut data = U256::from(32).to_be_bytes::<32>().to_vec();
    data.extend(U256::from(32 * words.len()).to_be_bytes::<32>());
    data.extend(words.iter().flat_map(|word| word.0));
    let mut topics = vec![UPDATE_TOPIC, B256::ZERO, U256::from(kind).into()];
    if is_bad {
        spoil_update(rng, &mut topics, &mut data);
    }
    Log { address: config.system_config_contract, topics, data: data.into(), index: 0 }
}

fn spoil_update(rng: &mut Rng, topics: &mut Vec<B256>, data: &mut Vec<u8>) {
    match rng.range(0, 7) {
        0 => topics.truncate(2),
        1 => topics.push(B256::ZERO),
        2 => topics[1] = B256::with_last_byte(1),
        3 => data[31] = 33,
        4 => data[63] ^= 96,
        5 => data.truncate(data.len() - 1),
        6 => data.extend([0; 32]),
        // In the padding of an address or a number of 64 bits.
        _ => data[66] = 1,
    }
}

/// A fee scalar; a bad one is of an unknown version or has something in its padding.
fn scalar(rng: &mut Rng, is_bad: bool) -> B256 {
    let mut scalar = B256::ZERO;
    if is_bad {
        scalar[0] = rng.pick(&[0, 1, 2, 255]);
        scalar[5] = 1;
        return scalar;
    }
    match rng.range(0, 1) {
        0 => scalar[28..].copy_from_slice(&rng.array::<4>()),
        _ => {
            scalar[0] = 1;
            scalar[24..].copy_from_slice(&rng.array::<8>());
        }
    }
    scalar
}

/// The key of somebody who is never the batcher.
pub(super) const STRANGER: u8 = BATCHER_KEYS;

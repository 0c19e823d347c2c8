//! L1 blocks to the data of batcher transactions.

use crate::{
    blob::decode_blob,
    config::{Config, Fork},
    deposit::decode_deposit,
    rule::{Hits, Rule},
    world::L1Block,
};
use alloy_consensus::{
    Transaction, TxEnvelope,
    transaction::{SignerRecoverable, TxEip4844Variant},
};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, Bytes};

/// What matters of an L1 transaction. The sender is only known of those to the inbox.
struct Parts {
    kind: u8,
    to: Option<Address>,
    from: Option<Address>,
    input: Bytes,
    blob_count: usize,
}

/// The data of all batcher transactions of a block, in order.
///
/// Spec: protocol/derivation.md#l1-retrieval
/// Spec: protocol/ecotone/derivation.md#ecotone-blob-retrieval
pub fn batcher_data(
    config: &Config,
    block: &L1Block,
    batcher: Address,
    hits: &mut Hits,
) -> Vec<Bytes> {
    let is_ecotone = config.is_active(Fork::Ecotone, block.header.timestamp);
    let mut blobs = block.blobs.iter();
    let mut data = Vec::new();
    for bytes in &block.transactions {
        let Some(parts) = read(bytes, config.batch_inbox) else {
            hits.hit(Rule::TxWrongType);
            continue;
        };
        // Blobs are counted over all transactions, also those of strangers.
        let own_blobs: Vec<&Bytes> = blobs.by_ref().take(parts.blob_count).collect();
        if !is_batcher_transaction(config, &parts, batcher, hits) {
            continue;
        }
        // [Ecotone] Blobs instead of the calldata of their transaction.
        if parts.kind == 3 && is_ecotone {
            data.extend(own_blobs.into_iter().filter_map(|blob| decode_blob(blob, hits)));
            continue;
        }
        hits.hit(match parts.kind {
            3 => Rule::TxBlobCalldata,
            0x7e => Rule::TxDeposit,
            _ => Rule::TxCalldata,
        });
        data.push(parts.input);
    }
    data
}

fn is_batcher_transaction(
    config: &Config,
    parts: &Parts,
    batcher: Address,
    hits: &mut Hits,
) -> bool {
    if parts.to != Some(config.batch_inbox) {
        hits.hit(Rule::TxNotToInbox);
        return false;
    }
    if !matches!(parts.kind, 0..=3 | 0x7e) {
        hits.hit(Rule::TxWrongType);
        return false;
    }
    if parts.from != Some(batcher) {
        hits.hit(Rule::TxForeignSender);
        return false;
    }
    true
}

/// The parts of a transaction of a known type.
fn read(bytes: &[u8], inbox: Address) -> Option<Parts> {
    if bytes.first() == Some(&0x7e) {
        let deposit = decode_deposit(bytes)?;
        return Some(Parts {
            kind: 0x7e,
            to: deposit.to,
            from: Some(deposit.from),
            input: deposit.data,
            blob_count: 0,
        });
    }
    if matches!(bytes.first(), Some(0x05..=0x7f)) {
        return None;
    }
    let transaction = TxEnvelope::decode_2718_exact(bytes).expect("L1 holds valid transactions");
    let blob_count = match &transaction {
        TxEnvelope::Eip4844(signed) => match signed.tx() {
            TxEip4844Variant::TxEip4844(tx) => tx.blob_versioned_hashes.len(),
            TxEip4844Variant::TxEip4844WithSidecar(tx) => tx.tx().blob_versioned_hashes.len(),
        },
        _ => 0,
    };
    Some(Parts {
        kind: u8::from(transaction.tx_type()),
        to: transaction.to(),
        from: (transaction.to() == Some(inbox))
            .then(|| transaction.recover_signer().ok())
            .flatten(),
        input: transaction.input().clone(),
        blob_count,
    })
}

//! Span batches: what is read can be written, what is expanded can be packed, and both come back.

use alloy_primitives::Bytes;
use axos_genesis::{L1Number, RollupConfig};
use axos_protocol::RawSpanBatch;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let Ok(raw) = RawSpanBatch::decode(&Bytes::copy_from_slice(input)) else { return };
    let mut encoded = Vec::new();
    raw.encode(&mut encoded);
    assert_eq!(RawSpanBatch::decode(&Bytes::from(encoded)).as_ref(), Ok(&raw));
    assert!(raw.block_count() <= 8 * input.len(), "more blocks than the input has bits");
    assert!(raw.transaction_count() <= input.len(), "more transactions than bytes");

    let config = RollupConfig { block_time: 2, l2_chain_id: 10, ..RollupConfig::default() };
    let Ok(batch) = raw.derive(&config) else { return };
    assert_eq!(batch.blocks.len(), raw.block_count());
    let transactions: usize = batch.blocks.iter().map(|block| block.transactions.len()).sum();
    assert_eq!(transactions, raw.transaction_count());
    let parent_epoch = batch.blocks.first().map_or(L1Number(0), |block| block.epoch_number);
    if let Ok(packed) = RawSpanBatch::pack(&batch, parent_epoch, &config) {
        assert_eq!(packed.derive(&config), Ok(batch));
    }
}

//! Batches as they lie in a channel: what is read can be written, and reads the same again.

use alloy_primitives::Bytes;
use axos_protocol::Batch;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let input = Bytes::copy_from_slice(input);
    let Ok(batch) = Batch::decode(&input) else { return };
    let encoded = Bytes::from(batch.encode());
    if let Batch::Singular(_) = batch {
        // There is one encoding, and only what stands behind it is ignored.
        assert!(input.starts_with(&encoded), "another encoding of the same batch was accepted");
    }
    assert_eq!(Batch::decode(&encoded).as_ref(), Ok(&batch));
}

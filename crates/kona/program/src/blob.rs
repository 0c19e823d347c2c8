//! Blobs, put together from their field elements.
//!
//! A blob transaction names a versioned hash. The oracle knows the KZG commitment behind it, and
//! commitment and index of a field element make the key of that element.
//!
//! Spec: fault-proof/index.md#type-5-global-eip-4844-point-evaluation-key

use axos_pipeline::{Blob, IndexedBlobHash};
use kona_preimage::{BlobKeyStyle, BlobKeys, Hint, OracleError, PreimageKey, PreimageOracle};

/// Bytes of a field element.
const FIELD_ELEMENT_BYTES: usize = 32;

/// Reads the blob `wanted` of the L1 block at `l1_timestamp` into `blob`, all 4096 field elements:
/// those behind the payload must be shown to be zero as well.
///
/// # Errors
/// [`OracleError`] if the commitment or a field element can't be had or has the wrong size.
pub(crate) fn read_blob(
    oracle: &impl PreimageOracle,
    style: BlobKeyStyle,
    l1_timestamp: u64,
    wanted: &IndexedBlobHash,
    blob: &mut Blob,
) -> Result<(), OracleError> {
    oracle.hint(&Hint::L1Blob {
        hash: wanted.hash,
        index: Some(wanted.index),
        timestamp: l1_timestamp,
    })?;
    let commitment = oracle.read_array(PreimageKey::sha256(wanted.hash))?;
    let keys = BlobKeys::new(style, commitment);
    for (element, key) in blob.chunks_exact_mut(FIELD_ELEMENT_BYTES).zip(keys) {
        let value: [u8; FIELD_ELEMENT_BYTES] = oracle.read_array_once(key)?;
        element.copy_from_slice(&value);
    }
    Ok(())
}

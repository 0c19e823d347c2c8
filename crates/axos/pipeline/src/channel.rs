//! What the channel stages before and after Holocene share.

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use axos_genesis::{L1BlockRef, L1Number, RollupConfig};

/// Whether a channel opened in the L1 block `opened_in` is too old at `origin`.
///
/// Spec: protocol/derivation.md#timeouts
pub(crate) const fn is_timed_out(
    config: &RollupConfig,
    opened_in: L1Number,
    origin: &L1BlockRef,
) -> bool {
    opened_in.0.saturating_add(config.channel_timeout(origin.timestamp)) < origin.number.0
}

/// The payloads of a channel's frames as one. The only copy made of them, and none for a channel
/// of one frame.
pub(crate) fn concat(frames: Vec<Bytes>) -> Bytes {
    match <[Bytes; 1]>::try_from(frames) {
        Ok([only]) => only,
        Err(frames) => frames.concat().into(),
    }
}

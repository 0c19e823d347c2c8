//! What a pre-image key names.

use alloy_primitives::B256;

/// Kind of a key, by its first byte.
pub fn key_kind(key: &B256) -> &'static str {
    match key[0] {
        1 => "local",
        2 => "keccak256",
        3 => "global generic",
        4 => "sha256",
        5 => "blob",
        6 => "precompile",
        _ => "unknown",
    }
}

/// What a local key stands for in a dispute.
pub(crate) fn local_meaning(key: &B256) -> Option<&'static str> {
    let (last, zeros) = key[1..].split_last()?;
    if key[0] != 1 || zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some(match last {
        1 => "L1 head hash",
        2 => "agreed output root",
        3 => "claimed output root",
        4 => "claimed L2 block number",
        5 => "L2 chain id",
        _ => return None,
    })
}

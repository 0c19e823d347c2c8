//! The few RLP forms that a trie node is made of.
//!
//! | first byte | item | bytes |
//! |---|---|---|
//! | `80` | no child, no value | 1 |
//! | `a0` | the hash of a child | 33 |
//! | `c0..=de` | a child of less than 32 bytes, embedded | 1 to 31 |

use alloc::vec::Vec;
use alloy_primitives::{B256, keccak256};
use alloy_rlp::{EMPTY_LIST_CODE, EMPTY_STRING_CODE, Header};

/// First byte of a 32-byte string.
pub(crate) const HASH_CODE: u8 = EMPTY_STRING_CODE + 32;

/// Bytes of a hash as an RLP item.
pub(crate) const HASH_ITEM_BYTES: usize = 33;

/// A node of at least so many bytes is referred to by its hash, a shorter one is embedded.
pub(crate) const HASHED_BYTES_MIN: usize = 32;

/// Bytes of the child item that starts with `first`, which must be one of the three forms above.
pub(crate) const fn child_item_bytes(first: u8) -> usize {
    match first {
        EMPTY_STRING_CODE => 1,
        HASH_CODE => HASH_ITEM_BYTES,
        _ => 1 + first.saturating_sub(EMPTY_LIST_CODE) as usize,
    }
}

/// Appends what a parent holds of the node `rlp`: the node itself or its hash.
pub(crate) fn push_reference(rlp: &[u8], out: &mut Vec<u8>) {
    if rlp.len() < HASHED_BYTES_MIN {
        out.extend_from_slice(rlp);
    } else {
        push_hash(keccak256(rlp), out);
    }
}

/// Appends a hash as an RLP item.
pub(crate) fn push_hash(hash: B256, out: &mut Vec<u8>) {
    out.push(HASH_CODE);
    out.extend_from_slice(hash.as_slice());
}

/// A list header for `payload_length` bytes.
pub(crate) const fn list_header(payload_length: usize) -> Header {
    Header { list: true, payload_length }
}

/// Bytes of an RLP header, given its first byte.
pub(crate) const fn header_bytes(first: u8) -> usize {
    match first {
        0xf8..=0xff => 1 + (first - 0xf7) as usize,
        _ => 1,
    }
}

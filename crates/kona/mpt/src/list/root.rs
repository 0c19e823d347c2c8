//! The root of an ordered list, straight from its items.

use super::index::{IndexKey, index_at};
use crate::{
    EMPTY_ROOT,
    nibbles::{HexPrefix, Path},
    rlp::{HASH_CODE, HASHED_BYTES_MIN, list_header, push_hash},
};
use alloc::vec::Vec;
use alloy_primitives::{B256, keccak256};
use alloy_rlp::{EMPTY_STRING_CODE, Encodable};
use core::ops::Range;

/// The root of the trie that holds `items` under the RLP of their indices.
///
/// The keys are known beforehand, so no trie is built: nodes are encoded and hashed from the leaves
/// up, in one buffer.
pub fn ordered_list_root<I>(items: I) -> B256
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() {
        return EMPTY_ROOT;
    }
    let mut builder = Builder { items: &items, stack: Vec::new() };
    builder.push_node(0..items.len(), 0);
    match builder.stack.split_first() {
        Some((&HASH_CODE, hash)) => B256::from_slice(hash),
        _ => keccak256(&builder.stack),
    }
}

struct Builder<'i, T> {
    items: &'i [T],
    /// References to finished nodes, and the node in the making on top.
    stack: Vec<u8>,
}

impl<T: AsRef<[u8]>> Builder<'_, T> {
    fn key(&self, position: usize) -> IndexKey {
        IndexKey::new(index_at(position, self.items.len()))
    }

    /// Pushes the reference to the node over the items at `positions` in the order of keys. All
    /// their keys are the same down to `depth`.
    fn push_node(&mut self, positions: Range<usize>, depth: usize) {
        let (first, last) = (self.key(positions.start), self.key(positions.end - 1));
        let path = first.as_path().skip(depth);
        if positions.len() == 1 {
            return self.push_leaf(path, positions.start);
        }
        let shared = path.shared(last.as_path().skip(depth));
        if shared == 0 {
            self.push_branch(positions, depth);
        } else {
            self.push_extension(path.take(shared), positions, depth + shared);
        }
    }

    fn push_leaf(&mut self, path: Path<'_>, position: usize) {
        let items = self.items;
        let value = items[index_at(position, items.len())].as_ref();
        let path = HexPrefix::new(path, true);
        let start = self.stack.len();
        let header = list_header(path.as_bytes().length() + value.length());
        self.stack.reserve(header.length_with_payload());
        header.encode(&mut self.stack);
        path.as_bytes().encode(&mut self.stack);
        value.encode(&mut self.stack);
        self.seal(start, start);
    }

    fn push_extension(&mut self, path: Path<'_>, positions: Range<usize>, depth: usize) {
        let start = self.stack.len();
        self.push_branch(positions, depth);
        let mut child = [0; HASHED_BYTES_MIN + 1];
        let child = &mut child[..self.stack.len() - start];
        child.copy_from_slice(&self.stack[start..]);
        self.stack.truncate(start);

        let path = HexPrefix::new(path, false);
        list_header(path.as_bytes().length() + child.len()).encode(&mut self.stack);
        path.as_bytes().encode(&mut self.stack);
        self.stack.extend_from_slice(child);
        self.seal(start, start);
    }

    fn push_branch(&mut self, positions: Range<usize>, depth: usize) {
        let start = self.stack.len();
        // Room for the greatest header; its bytes are known once the children are.
        self.stack.extend_from_slice(&[0; BRANCH_HEADER_BYTES_MAX]);
        let mut rest = positions;
        for nibble in 0..16 {
            let group_start = rest.start;
            while !rest.is_empty() && self.key(rest.start).as_path().nibble(depth) == nibble {
                rest.start += 1;
            }
            if group_start == rest.start {
                self.stack.push(EMPTY_STRING_CODE);
            } else {
                self.push_node(group_start..rest.start, depth + 1);
            }
        }
        self.stack.push(EMPTY_STRING_CODE);

        let payload_start = start + BRANCH_HEADER_BYTES_MAX;
        let header = list_header(self.stack.len() - payload_start);
        let node_start = payload_start - header.length();
        header.encode(&mut &mut self.stack[node_start..payload_start]);
        self.seal(start, node_start);
    }

    /// Replaces everything from `start` by a reference to the node that starts at `node_start` and
    /// ends on top.
    fn seal(&mut self, start: usize, node_start: usize) {
        let node = &self.stack[node_start..];
        if node.len() < HASHED_BYTES_MIN {
            self.stack.drain(start..node_start);
        } else {
            let hash = keccak256(node);
            self.stack.truncate(start);
            push_hash(hash, &mut self.stack);
        }
    }
}

/// Bytes of the header of the longest branch, of 16 hashes.
const BRANCH_HEADER_BYTES_MAX: usize = 3;

//! A Merkle Patricia trie built from scratch out of all its keys, the plain way.
//!
//! It shares no code with the trie under test. What it builds is also checked against alloy-trie.

use alloy_primitives::{B256, keccak256};
use alloy_rlp::{Encodable, Header};
use std::collections::BTreeMap;

/// The nodes of a trie that are referred to by hash, and the root.
#[derive(Debug, Default)]
pub(crate) struct NaiveTrie {
    /// Root hash.
    pub(crate) root: B256,
    /// RLP of each node.
    pub(crate) nodes: Vec<Vec<u8>>,
}

impl NaiveTrie {
    /// Builds the trie of some keys.
    pub(crate) fn build(entries: &BTreeMap<B256, Vec<u8>>) -> Self {
        let items: Vec<_> = entries
            .iter()
            .map(|(key, value)| (nibbles(key.as_slice()), value.as_slice()))
            .collect();
        let mut trie = Self::default();
        let top = trie.node(&items, 0);
        trie.root = keccak256(&top);
        trie.nodes.push(top);
        trie
    }

    /// RLP of the node over `items`, whose keys are alike down to `depth`.
    fn node(&mut self, items: &[(Vec<u8>, &[u8])], depth: usize) -> Vec<u8> {
        match items {
            [] => vec![0x80],
            [(key, value)] => list(&[&string(&hex_prefix(&key[depth..], true)), &string(value)]),
            [(first, _), .., (last, _)] => {
                let shared = first[depth..].iter().zip(&last[depth..]).take_while(|(a, b)| a == b);
                let shared = shared.count();
                if shared > 0 {
                    let child = self.reference(items, depth + shared);
                    let path = hex_prefix(&first[depth..depth + shared], false);
                    return list(&[&string(&path), &child]);
                }
                let mut children: Vec<_> = (0..16)
                    .map(|nibble| {
                        let below: Vec<_> =
                            items.iter().filter(|(key, _)| key[depth] == nibble).cloned().collect();
                        self.reference(&below, depth + 1)
                    })
                    .collect();
                children.push(string(&[]));
                list(&children.iter().map(Vec::as_slice).collect::<Vec<_>>())
            }
        }
    }

    /// The node itself if it is short, else its hash.
    fn reference(&mut self, items: &[(Vec<u8>, &[u8])], depth: usize) -> Vec<u8> {
        let node = self.node(items, depth);
        if node.len() < 32 {
            return node;
        }
        let hash = keccak256(&node);
        self.nodes.push(node);
        string(hash.as_slice())
    }
}

fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect()
}

fn hex_prefix(path: &[u8], is_leaf: bool) -> Vec<u8> {
    let flag = if is_leaf { 2 } else { 0 };
    let mut padded = if path.len() % 2 == 1 { vec![flag + 1] } else { vec![flag, 0] };
    padded.extend(path);
    padded.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bytes.encode(&mut out);
    out
}

fn list(items: &[&[u8]]) -> Vec<u8> {
    let payload = items.concat();
    let mut out = Vec::new();
    Header { list: true, payload_length: payload.len() }.encode(&mut out);
    out.extend(payload);
    out
}

//! The referee: a Merkle Patricia trie rebuilt from all its entries, as plainly as it can be
//! written. Nothing in here comes from the crate under test.

use alloy_primitives::{B256, keccak256};
use kona_mpt::NodeSource;
use kona_preimage::{OracleError, PreimageKey};
use std::{cell::Cell, collections::BTreeMap};

/// What a trie holds, by raw key.
pub(crate) type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// All nodes of a trie by hash, and how many were asked for.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    pub(crate) by_hash: BTreeMap<B256, Vec<u8>>,
    pub(crate) reads: Cell<usize>,
}

impl Nodes {
    /// The nodes as a trie reads them.
    pub(crate) fn source(&self) -> Source<'_> {
        Source(self)
    }
}

/// A source over [`Nodes`].
#[derive(Debug)]
pub(crate) struct Source<'a>(&'a Nodes);

impl<'a> NodeSource<'a> for Source<'a> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.0.reads.set(self.0.reads.get() + 1);
        let missing = OracleError::Missing { key: PreimageKey::keccak256(hash) };
        self.0.by_hash.get(&hash).map(Vec::as_slice).ok_or(missing)
    }
}

/// The root of the trie over `entries`, and its nodes.
pub(crate) fn build(entries: &Entries) -> (B256, Nodes) {
    let mut nodes = Nodes::default();
    let entries: Vec<_> =
        entries.iter().map(|(key, value)| (nibbles(key), value.as_slice())).collect();
    let top = if entries.is_empty() { string(&[]) } else { node(&entries, 0, &mut nodes) };
    let root = keccak256(&top);
    nodes.by_hash.insert(root, top);
    (root, nodes)
}

fn node(entries: &[(Vec<u8>, &[u8])], depth: usize, nodes: &mut Nodes) -> Vec<u8> {
    let (first, value) = &entries[0];
    if entries.len() == 1 {
        return list(&[string(&hex_prefix(&first[depth..], true)), string(value)]);
    }
    let is_shared = |at: &usize| entries.iter().all(|(key, _)| key[*at] == first[*at]);
    let fork = (depth..first.len()).find(|at| !is_shared(at)).expect("keys differ");
    if fork > depth {
        let child = node(entries, fork, nodes);
        return list(&[string(&hex_prefix(&first[depth..fork], false)), reference(child, nodes)]);
    }
    let mut items: Vec<_> = (0..16)
        .map(|nibble| {
            let below: Vec<_> =
                entries.iter().filter(|(key, _)| key[depth] == nibble).cloned().collect();
            if below.is_empty() {
                return string(&[]);
            }
            let child = node(&below, depth + 1, nodes);
            reference(child, nodes)
        })
        .collect();
    items.push(string(&[]));
    list(&items)
}

fn reference(node: Vec<u8>, nodes: &mut Nodes) -> Vec<u8> {
    if node.len() < 32 {
        return node;
    }
    let hash = keccak256(&node);
    nodes.by_hash.insert(hash, node);
    string(hash.as_slice())
}

fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect()
}

fn hex_prefix(path: &[u8], is_leaf: bool) -> Vec<u8> {
    let flag = if is_leaf { 2 } else { 0 };
    let padded = match path.len() % 2 {
        0 => [&[flag, 0], path].concat(),
        _ => [&[flag + 1], path].concat(),
    };
    padded.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// RLP of a byte string.
pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [byte] if *byte < 0x80 => vec![*byte],
        _ => [header(0x80, bytes.len()), bytes.to_vec()].concat(),
    }
}

/// RLP of a list of items that are RLP already.
pub(crate) fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload = items.concat();
    [header(0xc0, payload.len()), payload].concat()
}

fn header(base: u8, length: usize) -> Vec<u8> {
    if length < 56 {
        return vec![base + u8::try_from(length).unwrap()];
    }
    let length: Vec<_> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let count = u8::try_from(length.len()).unwrap();
    [vec![base + 55 + count], length].concat()
}

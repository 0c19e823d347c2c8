//! What is read, and when: a witness holds no node that nobody needs.

use crate::naive::{Entries, Nodes, build};
use alloy_primitives::{B256, keccak256};
use kona_mpt::{NodeSource, Trie, TrieError};
use kona_preimage::OracleError;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

fn entries(range: std::ops::Range<u16>) -> Entries {
    let entry = |seed: u16| (keccak256(seed.to_be_bytes()).to_vec(), seed.to_be_bytes().repeat(20));
    range.map(entry).collect()
}

#[test]
fn nothing_is_read_before_it_is_needed() {
    let (root, nodes) = build(&entries(0..1000));
    let mut trie = Trie::new(root);
    assert_eq!(trie.root(), root);
    assert!(!trie.is_empty());
    assert_eq!(nodes.reads.get(), 0);
}

#[test]
fn only_the_path_is_read_and_only_once() {
    let entries = entries(0..1000);
    let (root, nodes) = build(&entries);
    let mut trie = Trie::new(root);
    let (key, value) = entries.first_key_value().unwrap();
    assert_eq!(trie.get(key, &nodes.source()).unwrap(), Some(value.as_slice()));
    let reads = nodes.reads.get();
    assert!((2..=5).contains(&reads), "a thousand keys stand two to four branches deep: {reads}");

    trie.insert(key, &[1; 50], &nodes.source()).unwrap();
    assert_eq!(trie.get(key, &nodes.source()).unwrap(), Some(&[1; 50][..]));
    trie.root();
    trie.insert(key, value, &nodes.source()).unwrap();
    assert_eq!(trie.root(), root);
    assert_eq!(nodes.reads.get(), reads);
}

#[test]
fn open_nodes_stay_open_across_roots() {
    let all = entries(0..500);
    let (root, nodes) = build(&all);
    let mut trie = Trie::new(root);
    for key in all.keys() {
        trie.get(key, &nodes.source()).unwrap();
    }
    assert_eq!(nodes.reads.get(), nodes.by_hash.len(), "each node once");

    // From here on there is no source any more.
    let gone = Nodes::default();
    let mut model = all;
    for block in 0..10u8 {
        for (seed, (key, value)) in (0u16..).zip(&mut model) {
            if seed % 7 == u16::from(block % 7) {
                *value = vec![block + 1; 30];
                trie.insert(key, value, &gone.source()).unwrap();
            }
        }
        let key = model.keys().nth(usize::from(block) * 31).unwrap().clone();
        model.remove(&key);
        assert!(trie.delete(&key, &gone.source()).unwrap());
        assert_eq!(trie.root(), build(&model).0);
    }
    assert_eq!(gone.reads.get(), 0);
}

/// Three keys below one extension and one branch: `ab` and `ac` in full, `ad` not opened.
fn fork() -> (Entries, B256, Nodes) {
    let key = |last: u8| [[0x11; 31].as_slice(), &[last]].concat();
    let entries: Entries = [0x0a, 0x0b].map(|last| (key(last), vec![last; 40])).into();
    let (root, nodes) = build(&entries);
    (entries, root, nodes)
}

#[test]
fn key_beside_an_extension_does_not_read_below_it() {
    let (mut model, root, nodes) = fork();
    let mut trie = Trie::new(root);
    for beside in [[0x12; 32], [0x21; 32]] {
        trie.insert(&beside, &[9; 40], &nodes.source()).unwrap();
        model.insert(beside.to_vec(), vec![9; 40]);
    }
    assert_eq!(nodes.reads.get(), 1, "the extension at the root");
    assert_eq!(trie.root(), build(&model).0);
    assert_eq!(nodes.reads.get(), 1);
}

#[test]
fn key_parting_at_the_end_of_an_extension_does_not_read_below_it() {
    // An extension of one nibble: its child moves straight into the new branch.
    let all: Entries = [0x11u8, 0x12].map(|first| (vec![first; 32], vec![first; 40])).into();
    let (root, nodes) = build(&all);
    let mut trie = Trie::new(root);
    trie.insert(&[0x31; 32], &[9; 40], &nodes.source()).unwrap();
    assert_eq!(nodes.reads.get(), 1, "the extension at the root");
    let mut model = all;
    model.insert(vec![0x31; 32], vec![9; 40]);
    assert_eq!(trie.root(), build(&model).0);
    for (key, value) in &model {
        assert_eq!(trie.get(key, &nodes.source()).unwrap(), Some(value.as_slice()));
    }
}

#[test]
fn deletion_reads_the_only_child_left() {
    let (mut model, root, nodes) = fork();
    let key = model.pop_first().unwrap().0;
    let mut trie = Trie::new(root);
    trie.get(&key, &nodes.source()).unwrap();
    assert_eq!(nodes.reads.get(), 3, "extension, branch, leaf");
    assert!(trie.delete(&key, &nodes.source()).unwrap());
    assert_eq!(nodes.reads.get(), 4, "the other leaf");
    assert_eq!(trie.root(), build(&model).0);
}

#[test]
fn setting_before_deleting_spares_the_sibling() {
    let (mut model, root, nodes) = fork();
    let key = model.pop_first().unwrap().0;
    let mut other = key.clone();
    other[31] = 0x0c;
    model.insert(other.clone(), vec![3; 40]);
    let mut trie = Trie::new(root);
    trie.insert(&other, &[3; 40], &nodes.source()).unwrap();
    trie.delete(&key, &nodes.source()).unwrap();
    assert_eq!(trie.root(), build(&model).0);
    assert_eq!(nodes.reads.get(), 3);
}

/// Fails at the first request for each node.
struct Flaky<'a> {
    nodes: &'a Nodes,
    seen: RefCell<BTreeSet<B256>>,
}

impl<'a> NodeSource<'a> for Flaky<'a> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        let is_first = self.seen.borrow_mut().insert(hash);
        let empty = Nodes::default();
        if is_first {
            // The answer of an empty source is the error it gives.
            return Err(empty.source().node(hash).unwrap_err());
        }
        self.nodes.source().node(hash)
    }
}

#[test]
fn failed_operations_change_nothing_and_can_be_tried_again() {
    let mut model: BTreeMap<_, _> = entries(0..300);
    let (root, nodes) = build(&model);
    let source = Flaky { nodes: &nodes, seen: RefCell::default() };
    let mut trie = Trie::new(root);
    let mut failures = 0;
    for seed in 0..400u16 {
        let key = keccak256(seed.to_be_bytes());
        let before = trie.root();
        while let Err(error) = match seed % 3 {
            0 => trie.insert(key.as_slice(), &[7; 40], &source),
            1 => trie.delete(key.as_slice(), &source).map(drop),
            _ => trie.get(key.as_slice(), &source).map(drop),
        } {
            assert!(matches!(error, TrieError::Unread { .. }), "{error}");
            assert_eq!(trie.root(), before);
            failures += 1;
        }
        match seed % 3 {
            0 => drop(model.insert(key.to_vec(), vec![7; 40])),
            1 => drop(model.remove(key.as_slice())),
            _ => {}
        }
    }
    assert!(failures > 100, "{failures}");
    assert_eq!(trie.root(), build(&model).0);
}

//! Ordered lists: transactions and receipts.

use crate::{
    errors::{branch, leaf, nodes, reference},
    naive::{Entries, Nodes, build},
};
use alloy_primitives::B256;
use alloy_trie::root::ordered_trie_root_encoded;
use kona_mpt::{
    EMPTY_ROOT, LIST_ITEMS_MAX, Trie, TrieError, first_of_list, ordered_list, ordered_list_root,
};
use proptest::prelude::*;

/// Items of very different sizes, among them some that are embedded.
fn items(count: usize) -> Vec<Vec<u8>> {
    let item = |index: usize| {
        let length = [1, 5, 40, 300, 2][index % 5];
        index.to_be_bytes().iter().rev().cycle().take(length).map(|byte| byte | 1).collect()
    };
    (0..count).map(item).collect()
}

fn trie_of(items: &[Vec<u8>]) -> (B256, Nodes) {
    let keyed = items.iter().enumerate();
    build(&keyed.map(|(index, item)| (alloy_rlp::encode(index), item.clone())).collect())
}

const COUNTS: [usize; 14] = [0, 1, 2, 3, 16, 17, 126, 127, 128, 129, 130, 255, 256, 300];

#[test]
fn root_of_a_list_is_the_root_of_its_trie() {
    for count in COUNTS {
        let items = items(count);
        let root = ordered_list_root(&items);
        assert_eq!(root, ordered_trie_root_encoded(&items), "{count} items");
        assert_eq!(root, trie_of(&items).0, "{count} items");

        let nothing = Nodes::default();
        let mut trie = Trie::empty();
        for (index, item) in items.iter().enumerate() {
            trie.insert(&alloy_rlp::encode(index), item, &nothing.source()).unwrap();
        }
        assert_eq!(root, trie.root(), "{count} items");
    }
}

#[test]
fn root_of_a_long_list() {
    // Indices of three bytes; built from few bytes each, so that this stays quick.
    let items: Vec<_> = (0..70_000u32).map(|index| index.to_le_bytes()).collect();
    assert_eq!(ordered_list_root(&items), ordered_trie_root_encoded(&items));
}

#[test]
fn list_is_read_in_order_of_indices() {
    for count in COUNTS {
        let items = items(count);
        let (root, nodes) = trie_of(&items);
        assert_eq!(ordered_list(root, &nodes.source()).unwrap(), items, "{count} items");
        let needed = if count == 0 { 0 } else { nodes.by_hash.len() };
        assert!(nodes.reads.get() >= needed, "{count} items: every node is read");
    }
}

#[test]
fn each_node_of_a_list_is_read_once() {
    let items: Vec<_> = (0..300u16).map(|index| index.to_be_bytes().repeat(20)).collect();
    let (root, nodes) = trie_of(&items);
    assert_eq!(ordered_list(root, &nodes.source()).unwrap(), items);
    assert_eq!(nodes.reads.get(), nodes.by_hash.len());
}

#[test]
fn first_item_takes_few_reads() {
    for count in COUNTS {
        let items = items(count);
        let (root, nodes) = trie_of(&items);
        let first = first_of_list(root, &nodes.source()).unwrap();
        assert_eq!(first, items.first().map(Vec::as_slice), "{count} items");
        assert!(nodes.reads.get() <= 3, "{count} items: {} reads", nodes.reads.get());
    }
}

#[test]
fn empty_list_reads_nothing() {
    let nothing = Nodes::default();
    assert_eq!(ordered_list_root(&[] as &[&[u8]]), EMPTY_ROOT);
    assert_eq!(ordered_list(EMPTY_ROOT, &nothing.source()), Ok(vec![]));
    assert_eq!(first_of_list(EMPTY_ROOT, &nothing.source()), Ok(None));
}

/// Reads a trie over `keys`, which are not those of a list, and returns the index found wanting.
fn refused(keys: impl IntoIterator<Item = Vec<u8>>) -> usize {
    let entries: Entries = keys.into_iter().map(|key| (key, vec![1; 40])).collect();
    let (root, nodes) = build(&entries);
    match ordered_list(root, &nodes.source()) {
        Err(TrieError::ListKey { expected, .. }) => expected,
        other => panic!("{other:?}"),
    }
}

fn keys(range: std::ops::Range<usize>) -> impl Iterator<Item = Vec<u8>> {
    range.map(alloy_rlp::encode)
}

#[test]
fn list_with_a_gap_is_refused() {
    for gap in [1, 2, 64, 126, 127, 128, 129, 200, 255, 256, 298] {
        assert_eq!(refused(keys(0..gap).chain(keys(gap + 1..300))), gap);
    }
}

#[test]
fn list_without_a_first_item_is_refused() {
    for count in [2, 3, 127, 128, 129, 300] {
        assert_eq!(refused(keys(1..count)), 0);
        let (root, nodes) = build(&keys(1..count).map(|key| (key, vec![1; 40])).collect());
        let error = first_of_list(root, &nodes.source()).unwrap_err();
        assert!(matches!(error, TrieError::ListKey { expected: 0, .. }), "{error}");
    }
}

#[test]
fn list_with_a_foreign_key_is_refused() {
    for foreign in
        [&[0x00][..], &[0x81, 0x01], &[0x82, 0x00, 0x01], &[0xff], &[0xc0], &[0x83, 1, 2]]
    {
        for count in [1, 2, 127, 128, 129, 300] {
            refused(keys(0..count).chain([foreign.to_vec()]));
        }
    }
    assert_eq!(refused([vec![0x80, 0x01]]), 1);
    assert_eq!(refused([vec![]]), 1);
}

/// A list of 2^24 equal items, in which one node stands for many ranges of indices.
fn condensed_list() -> (B256, Nodes) {
    let mut all = vec![leaf(&[0x20], &[7; 40])];
    // levels[n] holds every key of n nibbles.
    let mut levels = vec![reference(&all[0])];
    let fork = |all: &mut Vec<Vec<u8>>, children: &[(usize, Vec<u8>)]| {
        all.push(branch(children));
        reference(&all[all.len() - 1])
    };
    fn run(from: usize, below: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
        (from..16).map(|at| (at, below.to_vec()))
    }
    for level in 1..6 {
        let children: Vec<_> = run(0, &levels[level - 1]).collect();
        levels.push(fork(&mut all, &children));
    }
    // 81 80 and up, 82 0100 and up, 83 010000 and up.
    let mut behind_8 = vec![(0, levels[0].clone())];
    let children: Vec<_> = run(8, &levels[1]).collect();
    behind_8.push((1, fork(&mut all, &children)));
    for header in [2, 3] {
        let children: Vec<_> = run(1, &levels[2 * header - 2]).collect();
        let low = fork(&mut all, &children);
        let children: Vec<_> = run(1, &levels[2 * header - 1]).chain([(0, low)]).collect();
        behind_8.push((header, fork(&mut all, &children)));
    }
    let children: Vec<_> = run(1, &levels[0]).collect();
    let low = fork(&mut all, &children);
    let top = fork(&mut all, &behind_8);
    let children: Vec<_> = run(1, &levels[1]).take(7).chain([(0, low), (8, top)]).collect();
    fork(&mut all, &children);
    nodes(&all)
}

#[test]
fn list_spelled_out_by_few_nodes_has_a_limit() {
    let (root, nodes) = condensed_list();
    let too_long = TrieError::ListTooLong { max: LIST_ITEMS_MAX };
    assert_eq!(ordered_list(root, &nodes.source()), Err(too_long));
    assert_eq!(first_of_list(root, &nodes.source()), Ok(Some(&[7; 40][..])));
}

proptest! {
    #[test]
    fn lists_match_alloy(items in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..80), 0..200)) {
        let root = ordered_list_root(&items);
        prop_assert_eq!(root, ordered_trie_root_encoded(&items));
        let (naive_root, nodes) = trie_of(&items);
        prop_assert_eq!(root, naive_root);
        prop_assert_eq!(ordered_list(root, &nodes.source()).unwrap(), items);
    }
}

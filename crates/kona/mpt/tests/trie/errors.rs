//! Nodes that are missing, malformed or strange: typed errors, never a panic.

use crate::naive::{Entries, Nodes, build, list, string};
use alloy_primitives::{B256, keccak256};
use kona_mpt::{NodeError, Trie, TrieError, first_of_list, ordered_list};
use proptest::prelude::*;

/// A source of hand-made nodes, and the hash of the last of them.
pub(crate) fn nodes(all: &[Vec<u8>]) -> (B256, Nodes) {
    let nodes = Nodes {
        by_hash: all.iter().map(|node| (keccak256(node), node.clone())).collect(),
        ..Nodes::default()
    };
    (keccak256(all.last().unwrap()), nodes)
}

fn check_get(all: &[Vec<u8>], key: &[u8], expected: NodeError) {
    let (root, nodes) = nodes(all);
    let mut trie = Trie::new(root);
    match trie.get(key, &nodes.source()) {
        Err(TrieError::Node { reason, .. }) => assert_eq!(reason, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(trie.root(), root);
}

pub(crate) fn reference(node: &[u8]) -> Vec<u8> {
    string(keccak256(node).as_slice())
}

pub(crate) fn leaf(path: &[u8], value: &[u8]) -> Vec<u8> {
    list(&[string(path), string(value)])
}

pub(crate) fn branch(children: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut items = vec![string(&[]); 17];
    children.iter().for_each(|(at, item)| items[*at] = item.clone());
    list(&items)
}

#[test]
fn missing_node_is_named() {
    let (root, _) = build(&Entries::from([(vec![1; 32], vec![1; 40])]));
    let error = Trie::new(root).get(&[1; 32], &Nodes::default().source()).unwrap_err();
    assert!(matches!(error, TrieError::Unread { hash, .. } if hash == root), "{error}");
    let error = ordered_list(root, &Nodes::default().source()).unwrap_err();
    assert!(matches!(error, TrieError::Unread { hash, .. } if hash == root), "{error}");
}

#[test]
fn key_longer_than_a_hash_is_refused() {
    let nothing = Nodes::default();
    let refused = TrieError::KeyTooLong { actual: 33, max: 32 };
    let mut trie = Trie::empty();
    assert_eq!(trie.get(&[1; 33], &nothing.source()), Err(refused.clone()));
    assert_eq!(trie.insert(&[1; 33], &[1], &nothing.source()), Err(refused.clone()));
    assert_eq!(trie.delete(&[1; 33], &nothing.source()), Err(refused));
}

#[test]
fn keys_that_are_prefixes_of_one_another_are_refused() {
    let nothing = Nodes::default();
    for (first, second) in [(&[1][..], &[1, 2][..]), (&[1, 2], &[1]), (&[], &[1]), (&[1], &[])] {
        let mut trie = Trie::empty();
        trie.insert(first, &[1; 40], &nothing.source()).unwrap();
        let root = trie.root();
        let error = trie.insert(second, &[1; 40], &nothing.source()).unwrap_err();
        assert!(matches!(error, TrieError::PrefixKey { .. }), "{error}");
        assert_eq!(trie.get(second, &nothing.source()), Ok(None));
        assert_eq!(trie.delete(second, &nothing.source()), Ok(false));
        assert_eq!(trie.root(), root);
    }
}

#[test]
fn key_that_ends_at_a_branch_or_in_an_extension_is_refused() {
    let nothing = Nodes::default();
    let mut trie = Trie::empty();
    for key in [[1, 1, 0x10], [1, 1, 0x20]] {
        trie.insert(&key, &[1; 40], &nothing.source()).unwrap();
    }
    let root = trie.root();
    for key in [&[1][..], &[1, 1]] {
        let error = trie.insert(key, &[1; 40], &nothing.source()).unwrap_err();
        assert!(matches!(error, TrieError::PrefixKey { .. }), "{error}");
        assert_eq!(trie.get(key, &nothing.source()), Ok(None));
    }
    assert_eq!(trie.root(), root);
}

#[test]
fn extension_must_lead_to_a_branch() {
    let below = leaf(&[0x20, 0x11], &[1; 40]);
    let extension = list(&[string(&[0x00, 0x22]), reference(&below)]);
    check_get(&[below, extension], &[0x22, 0x11], NodeError::ExtensionChild);

    let inline = list(&[string(&[0x00, 0x22]), leaf(&[0x20, 0x11], &[1])]);
    check_get(&[inline], &[0x22, 0x11], NodeError::ExtensionChild);
}

#[test]
fn extensions_without_end_end_with_the_key() {
    // An extension that leads to itself cannot be made with a good hash, so the source lies.
    struct Circle(&'static [u8]);
    impl kona_mpt::NodeSource<'static> for Circle {
        fn node(&self, _: B256) -> Result<&'static [u8], kona_preimage::OracleError> {
            Ok(self.0)
        }
    }
    let extension = list(&[string(&[0x11]), string(&[7; 32])]);
    let circle = Circle(Box::leak(extension.into_boxed_slice()));
    let mut trie = Trie::new(B256::ZERO);
    for result in [
        trie.get(&[0x11; 32], &circle).map(drop),
        trie.insert(&[0x11; 32], &[1], &circle),
        trie.delete(&[0x11; 32], &circle).map(drop),
        ordered_list(B256::ZERO, &circle).map(drop),
        first_of_list(B256::ZERO, &Circle(b"\xe2\x18\xa0abababababababababababababababab"))
            .map(drop),
    ] {
        assert!(matches!(result, Err(TrieError::Node { .. })), "{result:?}");
    }

    let itself = branch(&[(1, string(&[7; 32])), (8, string(&[7; 32]))]);
    let circle = Circle(Box::leak(itself.into_boxed_slice()));
    let mut trie = Trie::new(B256::ZERO);
    let too_deep = NodeError::PathTooLong { depth: 64, nibbles: 1 };
    let expected = Err(TrieError::Node { hash: B256::repeat_byte(7), reason: too_deep });
    assert_eq!(trie.get(&[0x11; 32], &circle).map(drop), expected);
    assert_eq!(trie.get(&[0x11; 3], &circle), Ok(None));
    assert_eq!(ordered_list(B256::ZERO, &circle).map(drop), expected);
}

#[test]
fn short_node_behind_a_hash_is_refused_below_the_root() {
    let short = leaf(&[0x31], &[1]);
    let top = branch(&[(1, reference(&short)), (2, string(&[7; 32]))]);
    let actual = short.len();
    check_get(&[short, top], &[0x11], NodeError::NotInlined { actual });
}

#[test]
fn path_beyond_the_longest_key_is_refused() {
    let below = leaf(&[&[0x20][..], &[0x11; 32]].concat(), &[1; 40]);
    let top = branch(&[(1, reference(&below)), (2, string(&[7; 32]))]);
    check_get(&[below, top], &[0x11; 32], NodeError::PathTooLong { depth: 1, nibbles: 64 });
}

#[test]
fn malformed_embedded_node_goes_by_the_hash_of_its_parent() {
    let top = branch(&[(1, vec![0xc1, 0x31]), (2, string(&[7; 32]))]);
    check_get(std::slice::from_ref(&top), &[0x11], NodeError::ItemCount);
    let (root, nodes) = nodes(&[top]);
    let error = Trie::new(root).get(&[0x21], &nodes.source()).unwrap_err();
    assert!(matches!(error, TrieError::Node { hash, .. } if hash == root), "{error}");
}

proptest! {
    /// Nodes of a good trie with a few bytes changed, removed or added, still under the old hashes.
    #[test]
    fn damaged_nodes_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
        is_list in any::<bool>(),
    ) {
        let entries: Entries = (0..200u8).map(|seed| {
            let key = if is_list { alloy_rlp::encode(seed) } else { keccak256([seed % 64]).to_vec() };
            (key, vec![seed + 1; usize::from(seed % 50) + 1])
        }).collect();
        let (root, mut nodes) = build(&entries);
        for (node, place, byte, kind) in damage {
            let hashes: Vec<_> = nodes.by_hash.keys().copied().collect();
            let node = nodes.by_hash.get_mut(node.get(&hashes)).unwrap();
            if !node.is_empty() {
                let at = place.index(node.len());
                match kind {
                    0 => node[at] = byte,
                    1 => drop(node.remove(at)),
                    _ => node.insert(at, byte),
                }
            }
        }
        let mut trie = Trie::new(root);
        for (seed, key) in (0u8..).zip(entries.keys()) {
            match seed % 3 {
                0 => drop(trie.get(key, &nodes.source()).map(drop)),
                1 => drop(trie.insert(key, &[seed; 33], &nodes.source())),
                _ => drop(trie.delete(key, &nodes.source())),
            }
            trie.root();
        }
        let _ = first_of_list(root, &nodes.source());
        let _ = ordered_list(root, &nodes.source());
    }
}

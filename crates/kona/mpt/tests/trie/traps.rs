//! Rules that implementations of this trie have broken before.

use crate::naive::{Entries, build};
use alloy_primitives::{b256, keccak256};
use kona_mpt::{EMPTY_ROOT, Trie};

fn entries(range: std::ops::Range<u8>) -> Entries {
    range.map(|seed| (keccak256([seed]).to_vec(), vec![seed + 1; 40])).collect()
}

#[test]
fn empty_root_is_the_hash_of_the_rlp_of_nothing() {
    assert_eq!(EMPTY_ROOT, keccak256([0x80]));
    assert_eq!(build(&Entries::new()).0, EMPTY_ROOT);
    assert_eq!(Trie::empty().root(), EMPTY_ROOT);
    assert!(Trie::empty().is_empty());
    assert!(Trie::new(EMPTY_ROOT).is_empty());
}

#[test]
fn emptied_trie_has_the_empty_root() {
    for count in 1..20 {
        let entries = entries(0..count);
        let (root, nodes) = build(&entries);
        let mut trie = Trie::new(root);
        for key in entries.keys() {
            assert!(!trie.is_empty());
            assert!(trie.delete(key, &nodes.source()).unwrap());
        }
        assert!(trie.is_empty());
        assert_eq!(trie.root(), EMPTY_ROOT, "{count} entries");
    }
}

#[test]
fn emptied_trie_takes_new_entries() {
    let (root, nodes) = build(&entries(0..5));
    let mut trie = Trie::new(root);
    for key in entries(0..5).keys() {
        trie.delete(key, &nodes.source()).unwrap();
    }
    for (key, value) in entries(3..9) {
        trie.insert(&key, &value, &nodes.source()).unwrap();
    }
    assert_eq!(trie.root(), build(&entries(3..9)).0);
}

#[test]
fn wiped_trie_reads_nothing_of_what_it_was() {
    let nodes = crate::naive::Nodes::default();
    let mut trie = Trie::empty();
    for (key, value) in entries(0..9) {
        assert_eq!(trie.get(&key, &nodes.source()).unwrap(), None);
        trie.insert(&key, &value, &nodes.source()).unwrap();
    }
    assert_eq!(trie.root(), build(&entries(0..9)).0);
    assert_eq!(nodes.reads.get(), 0);
}

#[test]
fn deleting_an_absent_key_is_fine() {
    let (root, nodes) = build(&entries(0..30));
    let mut trie = Trie::new(root);
    for key in entries(30..90).keys() {
        assert!(!trie.delete(key, &nodes.source()).unwrap());
    }
    assert_eq!(trie.root(), root);
    assert!(!Trie::empty().delete(&[1; 32], &nodes.source()).unwrap());
}

#[test]
fn inserting_nothing_deletes() {
    let (root, nodes) = build(&entries(0..30));
    let mut trie = Trie::new(root);
    for key in entries(10..60).keys() {
        trie.insert(key, &[], &nodes.source()).unwrap();
    }
    assert_eq!(trie.root(), build(&entries(0..10)).0);
}

#[test]
fn root_is_hashed_even_when_shorter_than_32_bytes() {
    // [0x3f, 0x07]: three bytes of RLP, which would stand embedded anywhere but at the root.
    let expected = keccak256([0xc4, 0x82, 0x20, 0xff, 0x07]);
    let mut trie = Trie::empty();
    let nothing = crate::naive::Nodes::default();
    trie.insert(&[0xff], &[7], &nothing.source()).unwrap();
    assert_eq!(trie.root(), expected);

    let short = Entries::from([(vec![0xff], vec![7]), (vec![0xfe], vec![8])]);
    let (root, nodes) = build(&short);
    assert!(nodes.by_hash.values().all(|node| node.len() < 32));
    let mut trie = Trie::new(root);
    assert_eq!(trie.get(&[0xfe], &nodes.source()).unwrap(), Some(&[8][..]));
    assert!(trie.delete(&[0xfe], &nodes.source()).unwrap());
    assert_eq!(trie.root(), expected);
}

#[test]
fn known_root_of_words() {
    // "dog" and its kin, a vector all clients share; "do" is left out, being a prefix of "dog".
    let nothing = crate::naive::Nodes::default();
    let mut trie = Trie::empty();
    let words = [("doe", "reindeer"), ("dog", "puppy"), ("dogglesworth", "cat")];
    let refused = words.map(|(key, value)| {
        trie.insert(key.as_bytes(), value.as_bytes(), &nothing.source()).is_err()
    });
    assert_eq!(refused, [false, false, true]);
    let kept = Entries::from([
        (b"doe".to_vec(), b"reindeer".to_vec()),
        (b"dog".to_vec(), b"puppy".to_vec()),
    ]);
    assert_eq!(trie.root(), build(&kept).0);
    assert_eq!(
        build(&Entries::from([(b"A".to_vec(), vec![b'a'; 50])])).0,
        b256!("d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab")
    );
}

//! Tries and ordered lists, against the published kona-mpt 0.3.0.
//!
//! | data | what it is |
//! |---|---|
//! | `mainnet` | the state before OP Mainnet block 132797000, as far as the block's witness goes |
//! | `full` | a whole trie of 10,000 random accounts |
//! | `list` | 300 items of 110 to 1,000 bytes, as transactions are |

use crate::{
    Pair, Work,
    archive::{Archive, NoHints, Source},
    fixtures,
};
use alloy_primitives::{B256, Bytes, hex, keccak256};
use alloy_rlp::Decodable;
use alloy_trie::{HashBuilder, nodes, proof::ProofRetainer};
use kona_mpt::{Trie, ordered_list, ordered_list_root};
use kona_mpt_published::{Nibbles, OrderedListWalker, TrieNode, ordered_trie_with_encoder};
use std::fs;

/// The pairs of this area whose name contains `filter`.
pub fn pairs(filter: &str) -> Vec<Pair> {
    let full = || Some(full(10_000));
    let mut pairs = select(&MAINNET, filter, mainnet);
    pairs.extend(select(&FULL, filter, full));
    pairs.extend(select(&LIST, filter, || Some(list(300))));
    pairs
}

type Build = fn(&'static str, &'static Data) -> Pair;

const MAINNET: [(&str, Build); 6] = [
    ("mpt/mainnet: open and get", open),
    ("mpt/mainnet: get again", get),
    ("mpt/mainnet: set what is open", insert),
    ("mpt/mainnet: root, all keys changed", |name, data| root(name, data, 1)),
    ("mpt/mainnet: root, one key in 50 changed", |name, data| root(name, data, 50)),
    ("mpt/mainnet: open, get, set one in 5, root", block),
];

const FULL: [(&str, Build); 7] = [
    ("mpt/full: open and get", open),
    ("mpt/full: get again", get),
    ("mpt/full: set what is open", insert),
    ("mpt/full: root, all keys changed", |name, data| root(name, data, 1)),
    ("mpt/full: root, one key in 50 changed", |name, data| root(name, data, 50)),
    ("mpt/full: build from nothing, root", build),
    ("mpt/full: open, delete half, root", delete),
];

const LIST: [(&str, Build); 2] = [("mpt/list: root", list_root), ("mpt/list: read", list_read)];

/// Builds what is wanted. The data is made only if anything is.
fn select(
    all: &[(&'static str, Build)],
    filter: &str,
    data: impl FnOnce() -> Option<&'static Data>,
) -> Vec<Pair> {
    let wanted: Vec<_> = all.iter().filter(|(name, _)| name.contains(filter)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let Some(data) = data() else { return Vec::new() };
    wanted.into_iter().map(|(name, build)| build(name, data)).collect()
}

/// The nodes of a trie, and the keys they lead to with their values.
struct Data {
    archive: Archive,
    root: B256,
    entries: Vec<(B256, Vec<u8>)>,
}

impl Data {
    /// One entry in `step`, with another value of the same length.
    fn changes(&self, step: usize) -> Vec<(B256, Bytes)> {
        let change = |(key, value): &(B256, Vec<u8>)| {
            let mut value = value.clone();
            *value.last_mut().expect("no value is empty") ^= 1;
            (*key, value.into())
        };
        self.entries.iter().step_by(step).map(change).collect()
    }
}

fn mainnet() -> Option<&'static Data> {
    let folder = fixtures()?.join("blocks/op-mainnet-132797000");
    let block = fs::read(folder.join("block.json")).expect("the block is there");
    let block: serde_json::Value = serde_json::from_slice(&block).expect("the block is JSON");
    let root = block["parent_header"]["stateRoot"].as_str().expect("a parent has a state root");
    let root = B256::from_slice(&hex::decode(root).expect("a root is hex"));
    let archive = Archive::open(&folder.join("preimages.kv.zst"));
    let mut entries = Vec::new();
    walk(&archive, Nibbles::default(), root, &mut entries);
    Some(Box::leak(Box::new(Data { archive, root, entries })))
}

/// Collects what the archive leads to, with the decoder of alloy-trie.
fn walk(archive: &Archive, path: Nibbles, hash: B256, entries: &mut Vec<(B256, Vec<u8>)>) {
    let Some(node) = archive.value(hash) else { return };
    let item_hash = |item: &[u8]| B256::from_slice(&item[1..]);
    match nodes::TrieNode::decode(&mut &node[..]).expect("the node is good") {
        nodes::TrieNode::EmptyRoot => {}
        nodes::TrieNode::Leaf(leaf) => {
            entries.push((B256::from_slice(&path.join(&leaf.key).pack()), leaf.value));
        }
        nodes::TrieNode::Extension(node) => {
            walk(archive, path.join(&node.key), item_hash(&node.child), entries);
        }
        nodes::TrieNode::Branch(branch) => {
            let children = (0..16).filter(|nibble| branch.state_mask.is_bit_set(*nibble));
            for (nibble, child) in children.zip(&branch.stack) {
                let path = path.join(&Nibbles::from_nibbles([nibble]));
                walk(archive, path, item_hash(child), entries);
            }
        }
    }
}

fn full(count: u32) -> &'static Data {
    let entry = |seed: u32| (keccak256(seed.to_be_bytes()), keccak256(seed.to_le_bytes()));
    let mut entries: Vec<_> = (0..count).map(entry).collect();
    entries.sort();
    let entries = entries.into_iter().map(|(key, seed)| (key, seed.repeat(3)[..70].to_vec()));
    let entries: Vec<_> = entries.collect();
    let keyed = entries.iter().map(|(key, value)| (Nibbles::unpack(key), &value[..]));
    let (root, archive) = build_archive(keyed.collect());
    Box::leak(Box::new(Data { archive, root, entries }))
}

/// An ordered list; its entries are its items, under no key.
fn list(count: usize) -> &'static Data {
    let item = |index: usize| {
        let seed = keccak256(index.to_be_bytes());
        seed.repeat(32)[..110 + usize::from(seed[0]) * 7 / 2].to_vec()
    };
    let entries: Vec<_> = (0..count).map(|index| (B256::ZERO, item(index))).collect();
    let keyed = entries.iter().enumerate();
    let mut keyed: Vec<_> = keyed
        .map(|(index, (_, item))| (Nibbles::unpack(alloy_rlp::encode(index)), &item[..]))
        .collect();
    keyed.sort();
    let (root, archive) = build_archive(keyed);
    Box::leak(Box::new(Data { archive, root, entries }))
}

fn build_archive(entries: Vec<(Nibbles, &[u8])>) -> (B256, Archive) {
    let retainer = ProofRetainer::new(entries.iter().map(|(key, _)| *key).collect());
    let mut builder = HashBuilder::default().with_proof_retainer(retainer);
    entries.iter().for_each(|(key, value)| builder.add_leaf(*key, value));
    let root = builder.root();
    let nodes = builder.take_proof_nodes().into_inner().into_values();
    (root, nodes.map(|node| (keccak256(&node), node)).collect())
}

// What is done, on either side.

fn opened_ours(data: &'static Data) -> Trie<'static> {
    let mut trie = Trie::new(data.root);
    get_ours(&mut trie, data);
    trie
}

fn opened_published(data: &'static Data) -> TrieNode {
    let mut trie = TrieNode::new_blinded(data.root);
    get_published(&mut trie, data);
    trie
}

fn get_ours(trie: &mut Trie<'static>, data: &'static Data) -> usize {
    let source = Source(&data.archive);
    let lengths = data.entries.iter().map(|(key, _)| {
        let value = trie.get(&key[..], &source);
        value.expect("the node is there").expect("the key is there").len()
    });
    lengths.sum()
}

fn get_published(trie: &mut TrieNode, data: &'static Data) -> usize {
    let lengths = data.entries.iter().map(|(key, _)| {
        let value = trie.open(&Nibbles::unpack(key), &data.archive);
        value.expect("the node is there").expect("the key is there").len()
    });
    lengths.sum()
}

fn set_ours(trie: &mut Trie<'static>, changes: &[(B256, Bytes)], archive: &'static Archive) {
    for (key, value) in changes {
        trie.insert(&key[..], value, &Source(archive)).expect("the node is there");
    }
}

fn set_published(trie: &mut TrieNode, changes: &[(B256, Bytes)], archive: &Archive) {
    for (key, value) in changes {
        let key = Nibbles::unpack(key);
        trie.insert(&key, value.clone(), archive).expect("the node is there");
    }
}

// Pairs. Both sides are checked against one another before anything is measured.

/// One side of a pair: `run` is measured, `prepare` is not.
fn side<I: 'static, O: 'static>(
    prepare: impl Fn() -> I + 'static,
    run: impl Fn(I) -> O + Copy + 'static,
) -> Box<dyn Fn() -> Work> {
    Box::new(move || {
        let input = prepare();
        Box::new(move || Box::new(run(input)))
    })
}

fn open(name: &'static str, data: &'static Data) -> Pair {
    assert_eq!(opened_ours(data).root(), data.root);
    assert_eq!(opened_published(data).blind(), data.root);
    let ours = side(|| (), move |()| opened_ours(data));
    Pair { name, ours, published: side(|| (), move |()| opened_published(data)) }
}

fn get(name: &'static str, data: &'static Data) -> Pair {
    let (ours, published) = (opened_ours(data), opened_published(data));
    assert_eq!(get_ours(&mut ours.clone(), data), get_published(&mut published.clone(), data));
    let ours = side(move || ours.clone(), move |mut trie| (get_ours(&mut trie, data), trie));
    let published =
        side(move || published.clone(), move |mut trie| (get_published(&mut trie, data), trie));
    Pair { name, ours, published }
}

fn insert(name: &'static str, data: &'static Data) -> Pair {
    let (ours, published) = (opened_ours(data), opened_published(data));
    let changes: &[_] = data.changes(1).leak();
    let ours = side(
        move || ours.clone(),
        move |mut trie| {
            set_ours(&mut trie, changes, &data.archive);
            trie
        },
    );
    let published = side(
        move || published.clone(),
        move |mut trie| {
            set_published(&mut trie, changes, &data.archive);
            trie
        },
    );
    Pair { name, ours, published }
}

fn root(name: &'static str, data: &'static Data, step: usize) -> Pair {
    let (mut ours, mut published) = (opened_ours(data), opened_published(data));
    set_ours(&mut ours, &data.changes(step), &data.archive);
    set_published(&mut published, &data.changes(step), &data.archive);
    assert_eq!(ours.clone().root(), published.blind());
    let ours = side(move || ours.clone(), |mut trie| (trie.root(), trie));
    let published = side(move || published.clone(), |trie| (trie.blind(), trie));
    Pair { name, ours, published }
}

fn block(name: &'static str, data: &'static Data) -> Pair {
    let changes: &[_] = data.changes(5).leak();
    let ours = move |()| {
        let mut trie = opened_ours(data);
        set_ours(&mut trie, changes, &data.archive);
        (trie.root(), trie)
    };
    let published = move |()| {
        let mut trie = opened_published(data);
        set_published(&mut trie, changes, &data.archive);
        (trie.blind(), trie)
    };
    assert_eq!(ours(()).0, published(()).0);
    Pair { name, ours: side(|| (), ours), published: side(|| (), published) }
}

fn build(name: &'static str, data: &'static Data) -> Pair {
    let entries = data.entries.iter().map(|(key, value)| (*key, value.clone().into()));
    let entries: &[_] = entries.collect::<Vec<_>>().leak();
    let ours = move |()| {
        let mut trie = Trie::empty();
        set_ours(&mut trie, entries, &data.archive);
        (trie.root(), trie)
    };
    let published = move |()| {
        let mut trie = TrieNode::Empty;
        set_published(&mut trie, entries, &data.archive);
        (trie.blind(), trie)
    };
    assert_eq!((ours(()).0, published(()).0), (data.root, data.root));
    Pair { name, ours: side(|| (), ours), published: side(|| (), published) }
}

fn delete(name: &'static str, data: &'static Data) -> Pair {
    let keys = || data.entries.iter().step_by(2).map(|(key, _)| key);
    let ours = move |()| {
        let mut trie = Trie::new(data.root);
        for key in keys() {
            trie.delete(&key[..], &Source(&data.archive)).expect("the node is there");
        }
        (trie.root(), trie)
    };
    let published = move |()| {
        let mut trie = TrieNode::new_blinded(data.root);
        for key in keys() {
            let key = Nibbles::unpack(key);
            trie.delete(&key, &data.archive, &NoHints).expect("the node is there");
        }
        (trie.blind(), trie)
    };
    assert_eq!(ours(()).0, published(()).0);
    Pair { name, ours: side(|| (), ours), published: side(|| (), published) }
}

fn list_root(name: &'static str, data: &'static Data) -> Pair {
    let items: &[&[u8]] = data.entries.iter().map(|(_, item)| &item[..]).collect::<Vec<_>>().leak();
    let ours = move |()| ordered_list_root(items);
    let published =
        move |()| ordered_trie_with_encoder(items, |item, out| out.put_slice(item)).root();
    assert_eq!((ours(()), published(())), (data.root, data.root));
    Pair { name, ours: side(|| (), ours), published: side(|| (), published) }
}

fn list_read(name: &'static str, data: &'static Data) -> Pair {
    let ours = move |()| ordered_list(data.root, &Source(&data.archive)).expect("the list is good");
    let published = move |()| {
        let walker = OrderedListWalker::try_new_hydrated(data.root, &data.archive);
        walker.expect("the list is good").map(|(_, item)| item).collect::<Vec<_>>()
    };
    let items = || data.entries.iter().map(|(_, item)| item);
    assert!(ours(()).into_iter().eq(items()) && published(()).iter().eq(items()));
    Pair { name, ours: side(|| (), ours), published: side(|| (), published) }
}

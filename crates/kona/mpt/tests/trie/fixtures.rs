//! State tries of real blocks, as far as their witnesses go.
//!
//! The witnesses are walked with the node decoder of `alloy-trie`, and changed tries are rebuilt
//! with its hash builder from what was found: leaves, and the hashes of whatever is not there.

use alloy_primitives::{B256, hex, keccak256};
use alloy_rlp::Decodable;
use alloy_trie::{HashBuilder, Nibbles, TrieAccount, nodes::TrieNode};
use kona_mpt::{NodeSource, Trie, TrieError};
use kona_preimage::{OracleError, PreimageKey};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

/// An archive of pre-images by plain keccak-256 hash, and how often each was read.
struct Archive {
    values: HashMap<B256, Vec<u8>>,
    reads: RefCell<HashMap<B256, usize>>,
}

impl Archive {
    /// Reads `key (32) | length (4, big-endian) | value` until the end.
    fn open(path: &Path) -> Self {
        let bytes = zstd::decode_all(fs::File::open(path).unwrap()).unwrap();
        let mut rest = bytes.as_slice();
        let mut values = HashMap::new();
        while let Some((key, behind)) = rest.split_at_checked(32) {
            let (length, behind) = behind.split_at(4);
            let length = u32::from_be_bytes(length.try_into().unwrap());
            let (value, behind) = behind.split_at(usize::try_from(length).unwrap());
            values.insert(B256::from_slice(key), value.to_vec());
            rest = behind;
        }
        Self { values, reads: RefCell::default() }
    }
}

struct Source<'a>(&'a Archive);

impl<'a> NodeSource<'a> for Source<'a> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        *self.0.reads.borrow_mut().entry(hash).or_default() += 1;
        let missing = OracleError::Missing { key: PreimageKey::keccak256(hash) };
        self.0.values.get(&hash).map(Vec::as_slice).ok_or(missing)
    }
}

/// What stands at the end of a path in a partial trie.
#[derive(Debug, Clone)]
enum End {
    Value(Vec<u8>),
    Closed(B256),
}

/// A partial trie by path, each path one nibble a byte.
type Ends = BTreeMap<Vec<u8>, End>;

fn walk(archive: &Archive, root: B256) -> Ends {
    let mut ends = Ends::new();
    walk_from(archive, Vec::new(), &[&[0xa0], root.as_slice()].concat(), &mut ends);
    ends
}

fn walk_from(archive: &Archive, path: Vec<u8>, item: &[u8], ends: &mut Ends) {
    let mut rlp = item;
    if item.len() == 33 {
        let hash = B256::from_slice(&item[1..]);
        let Some(value) = archive.values.get(&hash) else {
            ends.insert(path, End::Closed(hash));
            return;
        };
        assert_eq!(keccak256(value), hash);
        rlp = value;
    }
    match TrieNode::decode(&mut &*rlp).unwrap() {
        TrieNode::EmptyRoot => {}
        TrieNode::Leaf(leaf) => {
            ends.insert([path, leaf.key.to_vec()].concat(), End::Value(leaf.value));
        }
        TrieNode::Extension(node) => {
            walk_from(archive, [path, node.key.to_vec()].concat(), &node.child, ends);
        }
        TrieNode::Branch(branch) => {
            let children = (0..16).filter(|nibble| branch.state_mask.is_bit_set(*nibble));
            for (nibble, child) in children.zip(&branch.stack) {
                walk_from(archive, [&path[..], &[nibble]].concat(), child, ends);
            }
        }
    }
}

fn root_of(ends: &Ends) -> B256 {
    let mut builder = HashBuilder::default();
    for (path, end) in ends {
        let path = Nibbles::from_nibbles(path);
        match end {
            End::Value(value) => builder.add_leaf(path, value),
            End::Closed(hash) => builder.add_branch(path, *hash, false),
        }
    }
    builder.root()
}

/// The leaves with whole keys.
fn values(ends: &Ends) -> Vec<(Vec<u8>, Vec<u8>)> {
    let packed = |path: &[u8]| path.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    let value = |(path, end): (&Vec<u8>, &End)| match end {
        End::Value(value) => Some((packed(path), value.clone())),
        End::Closed(_) => None,
    };
    ends.iter().filter_map(value).collect()
}

/// Each block of the fixtures: its archive and the state root of its parent.
fn blocks() -> Vec<(String, Archive, B256)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures");
    let folder = std::env::var_os("FIXTURES_DIR").map_or(beside, PathBuf::from).join("blocks");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no fixtures at {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let block = |path: PathBuf| {
        let json = fs::read(path.join("block.json")).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let root = json["parent_header"]["stateRoot"].as_str().unwrap();
        let root = B256::from_slice(&hex::decode(root).unwrap());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, Archive::open(&path.join("preimages.kv.zst")), root)
    };
    paths.into_iter().map(block).collect()
}

/// All tries of a block that its archive holds the root of: state, and storage by account.
fn tries(archive: &Archive, state_root: B256) -> Vec<(B256, Ends)> {
    let state = walk(archive, state_root);
    let accounts = values(&state);
    assert!(!accounts.is_empty());
    let storage_roots = accounts
        .iter()
        .map(|(_, account)| TrieAccount::decode(&mut account.as_slice()).unwrap().storage_root)
        .filter(|root| archive.values.contains_key(root));
    let storage = storage_roots.map(|root| (root, walk(archive, root)));
    [(state_root, state.clone())].into_iter().chain(storage).collect()
}

#[test]
fn every_value_of_a_witness_is_found_and_each_node_read_once() {
    for (name, archive, state_root) in blocks() {
        let mut found = 0;
        for (root, ends) in tries(&archive, state_root) {
            archive.reads.borrow_mut().clear();
            let source = Source(&archive);
            let mut trie = Trie::new(root);
            for (key, value) in values(&ends) {
                assert_eq!(trie.get(&key, &source), Ok(Some(value.as_slice())), "{name}");
                found += 1;
            }
            assert_eq!(trie.root(), root);
            assert!(archive.reads.borrow().values().all(|reads| *reads == 1), "{name}");
        }
        println!("{name}: {found} values");
    }
}

#[test]
fn changed_values_give_the_root_of_the_hash_builder_and_back() {
    for (name, archive, state_root) in blocks() {
        for (root, mut ends) in tries(&archive, state_root) {
            assert_eq!(root_of(&ends), root, "{name}: the referee stands on firm ground");
            let source = Source(&archive);
            let mut trie = Trie::new(root);
            for (seed, (path, end)) in (0u8..=255).cycle().zip(&mut ends) {
                if let End::Value(value) = end {
                    let key = &values(&[(path.clone(), End::Value(vec![]))].into())[0].0;
                    let changed = [value.as_slice(), &[seed]].concat();
                    if seed % 3 != 0 {
                        trie.insert(key, &changed, &source).unwrap();
                        *value = changed;
                    }
                }
            }
            assert_eq!(trie.root(), root_of(&ends), "{name}");
            // Back, on the nodes that stayed open.
            for (key, value) in values(&walk(&archive, root)) {
                trie.insert(&key, &value, &source).unwrap();
            }
            assert_eq!(trie.root(), root, "{name}");
        }
    }
}

#[test]
fn new_keys_give_the_root_of_the_hash_builder() {
    for (name, archive, state_root) in blocks() {
        let mut inserted = 0;
        for (root, mut ends) in tries(&archive, state_root) {
            let source = Source(&archive);
            let mut trie = Trie::new(root);
            for (key, _) in values(&ends) {
                for (place, mask) in [(31, 1), (16, 0x10), (4, 0x80), (2, 0x0f)] {
                    let mut key = key.clone();
                    key[place] ^= mask;
                    match trie.insert(&key, &[7; 40], &source) {
                        Ok(()) => {
                            let path = Nibbles::unpack(&key).to_vec();
                            ends.insert(path, End::Value(vec![7; 40]));
                            inserted += 1;
                        }
                        Err(error) => assert!(matches!(error, TrieError::Unread { .. }), "{error}"),
                    }
                }
            }
            assert_eq!(trie.root(), root_of(&ends), "{name}");
        }
        assert!(inserted > 100, "{name}: {inserted}");
    }
}

#[test]
fn what_is_deleted_and_put_back_gives_the_root_again() {
    for (name, archive, state_root) in blocks() {
        for (root, ends) in tries(&archive, state_root) {
            let source = Source(&archive);
            let mut trie = Trie::new(root);
            let mut deleted = Vec::new();
            for (key, value) in values(&ends) {
                // A sibling that is not in the witness stops a deletion.
                match trie.delete(&key, &source) {
                    Ok(was_there) => {
                        assert!(was_there);
                        assert_eq!(trie.get(&key, &source), Ok(None));
                        deleted.push((key, value));
                    }
                    Err(error) => assert!(matches!(error, TrieError::Unread { .. }), "{error}"),
                }
            }
            assert_eq!(trie.root() == root, deleted.is_empty(), "{name}");
            for (key, value) in deleted.into_iter().rev() {
                trie.insert(&key, &value, &source).unwrap();
            }
            assert_eq!(trie.root(), root, "{name}");
        }
    }
}

//! The trie: a forest of open nodes over a root hash.

mod arena;
mod branch;
mod edit;
mod hash;
mod open;
mod short;

use crate::{KEY_BYTES_MAX, NodeSource, TrieError, nibbles::Path};
use alloc::vec::Vec;
use alloy_primitives::{B256, b256};
use arena::Arena;
use branch::Branch;
use short::{Extension, Leaf};

/// Root of a trie without a single key: keccak-256 of the RLP of nothing, `80`.
pub const EMPTY_ROOT: B256 =
    b256!("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

/// A partial Merkle Patricia trie.
///
/// It starts as a bare root hash. Each operation reads the nodes on its key's path that are not open
/// yet from the source it is given; what is open stays open, also past [`Self::root`], which hashes
/// only what changed since it was last called.
///
/// Keys are raw: those of state and storage are hashed by the caller. An empty value is no value.
///
/// After an error the trie is unchanged, so that a caller may find the missing node and try again.
#[derive(Debug, Clone)]
pub struct Trie<'a> {
    /// The node at the root, once open.
    top: Option<NodeId>,
    /// The root hash, which holds while `is_stale` is false.
    hash: B256,
    /// Whether anything changed after the root was last hashed.
    is_stale: bool,
    branches: Arena<Branch<'a>>,
    extensions: Arena<Extension<'a>>,
    leaves: Arena<Leaf<'a>>,
    /// The way to where an operation ends, reused by the next one.
    trail: Vec<Step>,
    /// Items of children while their parents are encoded, reused likewise.
    items: Vec<u8>,
}

impl<'a> Trie<'a> {
    /// The trie of a root hash. Nothing is read yet.
    pub const fn new(root: B256) -> Self {
        Self {
            top: None,
            hash: root,
            is_stale: false,
            branches: Arena::new(),
            extensions: Arena::new(),
            leaves: Arena::new(),
            trail: Vec::new(),
            items: Vec::new(),
        }
    }

    /// The trie without a key.
    pub const fn empty() -> Self {
        Self::new(EMPTY_ROOT)
    }

    /// Whether the trie holds no key. Knows without reading a node.
    pub fn is_empty(&self) -> bool {
        self.top.is_none() && self.hash == EMPTY_ROOT
    }

    /// The value of `key`.
    ///
    /// # Errors
    /// [`TrieError`], where a node on the way is missing or malformed, or the key is too long.
    pub fn get<S>(&mut self, key: &[u8], source: &S) -> Result<Option<&[u8]>, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        check_length(key)?;
        Ok(match self.descend::<false, S>(key, source)? {
            Stop::Leaf(leaf) => Some(self.leaves[leaf].value()),
            _ => None,
        })
    }

    /// Sets the value of `key`. An empty value deletes it.
    ///
    /// Where keys are both set and deleted, set first: a deletion that leaves one child in a branch
    /// reads that child, which a witness need not hold if the branch is filled up again.
    ///
    /// # Errors
    /// As [`Self::get`], and [`TrieError::PrefixKey`].
    pub fn insert<S>(&mut self, key: &[u8], value: &[u8], source: &S) -> Result<(), TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        if value.is_empty() {
            return self.delete(key, source).map(drop);
        }
        check_length(key)?;
        let stop = self.descend::<true, S>(key, source)?;
        self.put(Path::of_key(key), value, stop)
    }

    /// Removes `key`; returns whether it was there.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn delete<S>(&mut self, key: &[u8], source: &S) -> Result<bool, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        check_length(key)?;
        match self.descend::<true, S>(key, source)? {
            Stop::Leaf(leaf) => self.remove(leaf, Path::of_key(key), source).map(|()| true),
            _ => Ok(false),
        }
    }

    /// The root hash of what the trie holds now.
    pub fn root(&mut self) -> B256 {
        if self.is_stale {
            self.hash = self.hash_top();
            self.is_stale = false;
        }
        self.hash
    }
}

const fn check_length(key: &[u8]) -> Result<(), TrieError> {
    if key.len() > KEY_BYTES_MAX {
        return Err(TrieError::KeyTooLong { actual: key.len(), max: KEY_BYTES_MAX });
    }
    Ok(())
}

/// An open node. Which kind it is can be told without touching it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeId {
    Branch(BranchId),
    Extension(u32),
    Leaf(u32),
}

/// The number of an open branch.
type BranchId = u32;

/// A branch that was passed on the way down, together with the extension that led to it.
#[derive(Debug, Clone, Copy)]
struct Step {
    extension: Option<u32>,
    branch: BranchId,
    /// The child that was taken.
    nibble: u8,
}

/// Where the path of a key ends in a trie.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// At the key's own leaf.
    Leaf(u32),
    /// At nothing: the trie is empty, or a branch has no such child. `depth` nibbles lead there.
    Vacant { depth: usize },
    /// At the leaf of another key, `depth` nibbles down.
    OtherLeaf { leaf: u32, depth: usize },
    /// Inside an extension that starts `depth` nibbles down and leads elsewhere.
    Beside { extension: u32, depth: usize },
    /// At a branch: the key has no nibble left to go on.
    KeyEnd,
}

//! What can go wrong in a trie, and whose fault it is.

use crate::Nibbles;
use alloy_primitives::B256;
use kona_preimage::OracleError;

/// Why an operation on a trie failed. The trie is unchanged and may be used further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrieError {
    /// The source did not hand out a node: infrastructure, or an incomplete witness.
    #[error("trie node {hash} cannot be read")]
    Unread {
        /// Hash of the node.
        hash: B256,
        /// What the source said.
        #[source]
        source: OracleError,
    },
    /// A node is not one that a Merkle Patricia trie can hold.
    #[error("trie node {hash} is malformed")]
    Node {
        /// Hash the node was read by. A node that is embedded in another goes by the other's hash.
        hash: B256,
        /// The rule it breaks.
        #[source]
        reason: NodeError,
    },
    /// A key is longer than any trie of the protocol has.
    #[error("a key of {actual} bytes, where at most {max} are possible")]
    KeyTooLong {
        /// Bytes of the key.
        actual: usize,
        /// Bytes a key may have.
        max: usize,
    },
    /// A key would end inside another one's path, or run on behind it. Tries of the protocol are
    /// free of prefixes, so that their branches never carry a value.
    #[error("key {key} and another key of the trie are a prefix of one another")]
    PrefixKey {
        /// The key that was to be inserted.
        key: Nibbles,
    },
    /// The keys of an ordered list are not the RLP of 0, 1, 2 and so on, without a gap.
    #[error("a list has key {actual} where that of item {expected} was due")]
    ListKey {
        /// The index whose key was due.
        expected: usize,
        /// The key that stands there, as far as it was followed; empty at the end of the trie.
        actual: Nibbles,
    },
    /// An ordered list has more items than any block can have.
    #[error("a list of more than {max} items")]
    ListTooLong {
        /// Items a list may have.
        max: usize,
    },
}

/// Which rule the bytes of a node break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The bytes are not canonical RLP.
    #[error("not canonical RLP")]
    Rlp(
        #[source]
        #[from]
        alloy_rlp::Error,
    ),
    /// The outer item is a string.
    #[error("a string instead of a list")]
    NotAList,
    /// Bytes follow behind the outer list.
    #[error("a list of {expected} bytes fills {actual}")]
    Length {
        /// Bytes that the list's header announces, header included.
        expected: usize,
        /// Bytes there are.
        actual: usize,
    },
    /// The list has neither 2 nor 17 items.
    #[error("a list of neither 2 nor 17 items")]
    ItemCount,
    /// The first byte of a path is none of `00`, `1n`, `20`, `3n`.
    #[error("a path that starts with {first:#04x}")]
    PathFlag {
        /// The first byte, zero for a path of no bytes.
        first: u8,
    },
    /// The path ends deeper than the longest key.
    #[error("{nibbles} more nibbles at depth {depth}")]
    PathTooLong {
        /// Nibbles above the node.
        depth: usize,
        /// Nibbles that the node needs.
        nibbles: usize,
    },
    /// An extension over no nibbles.
    #[error("an extension without a path")]
    EmptyPath,
    /// A leaf without a value stands for nothing.
    #[error("a leaf without a value")]
    EmptyValue,
    /// A child is neither absent, nor a hash, nor an embedded node.
    #[error("a child that starts with {first:#04x}")]
    Child {
        /// The first byte of the child's item.
        first: u8,
    },
    /// An extension that leads nowhere.
    #[error("an extension without a child")]
    EmptyChild,
    /// An extension leads to a leaf or to another extension, which would be one node with it.
    #[error("an extension whose child is not a branch")]
    ExtensionChild,
    /// An embedded node is too long to be embedded.
    #[error("an embedded node of more than 31 bytes")]
    InlineTooLong,
    /// A node is referred to by its hash, though it is short enough to be embedded.
    #[error("a node of {actual} bytes behind a hash")]
    NotInlined {
        /// Bytes of the node.
        actual: usize,
    },
    /// A branch that does not branch.
    #[error("a branch with {actual} children")]
    TooFewChildren {
        /// Children there are.
        actual: u32,
    },
    /// A branch with a value of its own, which no trie of the protocol has.
    #[error("a branch with a value")]
    BranchValue,
}

//! One stop on the way through a trie that is read once.

use crate::{
    NodeError, NodeSource, TrieError,
    nibbles::Path,
    node::{BranchItems, Child, Node, decode_node, read_node},
};
use alloy_primitives::B256;

/// A leaf, or a branch together with the extension above it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// A key ends here.
    Leaf { path: Path<'a>, value: &'a [u8] },
    /// Keys part here. `path` leads to the branch, `hash` is what the branch, or the node it is
    /// embedded in, was read by.
    Fork { path: Path<'a>, branch: BranchItems<'a>, hash: B256 },
}

impl<'a> Place<'a> {
    /// Reads what stands behind a hash, `depth` nibbles below the root.
    pub(super) fn read<S>(hash: B256, depth: usize, source: &S) -> Result<Self, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        let (_, node) = read_node(hash, depth, source)?;
        Self::of_node(node, hash, depth, source)
    }

    /// Reads a child of the node that `parent` is the hash of.
    pub(super) fn below<S>(
        child: Child<'a>,
        parent: B256,
        depth: usize,
        source: &S,
    ) -> Result<Self, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        let inline = match child {
            Child::Hash(hash) => return Self::read(*hash, depth, source),
            Child::Inline(rlp) => decode_node(rlp, depth),
            Child::Absent => Err(NodeError::EmptyChild),
        };
        let node = inline.map_err(|reason| TrieError::Node { hash: parent, reason })?;
        Self::of_node(node, parent, depth, source)
    }

    /// Reads on where the node is an extension. Extensions have nibbles, so this ends with the
    /// longest key.
    fn of_node<S>(node: Node<'a>, hash: B256, depth: usize, source: &S) -> Result<Self, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        match node {
            Node::Leaf { path, value } => Ok(Self::Leaf { path: Path::in_hex_prefix(path), value }),
            Node::Branch(branch) => Ok(Self::Fork { path: Path::default(), branch, hash }),
            Node::Extension { path, child } => {
                let path = Path::in_hex_prefix(path);
                match Self::below(child, hash, depth + path.len(), source)? {
                    Self::Fork { path: none, branch, hash } if none.is_empty() => {
                        Ok(Self::Fork { path, branch, hash })
                    }
                    _ => Err(TrieError::Node { hash, reason: NodeError::ExtensionChild }),
                }
            }
        }
    }
}

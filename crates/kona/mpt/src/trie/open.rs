//! The way down: opens what is not open yet.

use super::{
    BranchId, NodeId, Step, Stop, Trie,
    branch::{Branch, Slot},
    short::{Extension, Leaf},
};
use crate::{
    EMPTY_ROOT, NodeError, NodeSource, TrieError,
    nibbles::{Path, nibble_at},
    node::{Child, Node, decode_node, read_node},
};
use alloy_primitives::B256;

impl<'a> Trie<'a> {
    /// Follows a key to where it ends. With `TRAIL`, notes the branches on the way.
    pub(super) fn descend<const TRAIL: bool, S>(
        &mut self,
        key: &[u8],
        source: &S,
    ) -> Result<Stop, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        if TRAIL {
            self.trail.clear();
        }
        let Some(mut node) = self.open_top(source)? else {
            return Ok(Stop::Vacant { depth: 0 });
        };
        let mut depth = 0;
        loop {
            let (extension, branch) = match node {
                NodeId::Branch(branch) => (None, branch),
                NodeId::Leaf(leaf) if self.leaves[leaf].is_rest_of(key, depth) => {
                    return Ok(Stop::Leaf(leaf));
                }
                NodeId::Leaf(leaf) => return Ok(Stop::OtherLeaf { leaf, depth }),
                NodeId::Extension(extension) => {
                    let path = self.extensions[extension].path();
                    if Path::of_key(key).skip(depth).strip_prefix(path).is_none() {
                        return Ok(Stop::Beside { extension, depth });
                    }
                    depth += path.len();
                    (Some(extension), self.open_below_extension(extension, depth, source)?)
                }
            };
            let Some(nibble) = nibble_at(key, depth) else { return Ok(Stop::KeyEnd) };
            if TRAIL {
                self.trail.push(Step { extension, branch, nibble });
            }
            depth += 1;
            node = match self.branches[branch].open_child(nibble) {
                Some(child) => child,
                None => match self.open_below_branch(branch, nibble, depth, source)? {
                    Some(child) => child,
                    None => return Ok(Stop::Vacant { depth }),
                },
            };
        }
    }

    fn open_top<S>(&mut self, source: &S) -> Result<Option<NodeId>, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        if self.top.is_none() && self.hash != EMPTY_ROOT {
            self.top = Some(self.open(self.hash, 0, source)?);
        }
        Ok(self.top)
    }

    /// The child of a branch; it stands `depth` nibbles below the root.
    pub(super) fn open_below_branch<S>(
        &mut self,
        branch: BranchId,
        nibble: u8,
        depth: usize,
        source: &S,
    ) -> Result<Option<NodeId>, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        match self.branches[branch].slot(nibble) {
            Slot::Vacant => Ok(None),
            Slot::Open(node) => Ok(Some(node)),
            Slot::Closed(hash) => {
                let node = self.open(hash, depth, source)?;
                self.branches[branch].set_open(nibble, node);
                Ok(Some(node))
            }
        }
    }

    fn open_below_extension<S>(
        &mut self,
        extension: u32,
        depth: usize,
        source: &S,
    ) -> Result<BranchId, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        if let Some(branch) = self.extensions[extension].child {
            return Ok(branch);
        }
        let hash = self.extensions[extension].child_hash();
        let NodeId::Branch(branch) = self.open(hash, depth, source)? else {
            return Err(TrieError::Node { hash, reason: NodeError::ExtensionChild });
        };
        self.extensions[extension].child = Some(branch);
        Ok(branch)
    }

    fn open<S>(&mut self, hash: B256, depth: usize, source: &S) -> Result<NodeId, TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        let (rlp, node) = read_node(hash, depth, source)?;
        self.admit(rlp, node, depth).map_err(|reason| TrieError::Node { hash, reason })
    }

    /// Makes a decoded node an open one, and with it whatever is embedded in it. An embedded node is
    /// shorter than its parent, and deeper: this ends.
    fn admit(&mut self, rlp: &'a [u8], node: Node<'a>, depth: usize) -> Result<NodeId, NodeError> {
        match node {
            Node::Leaf { path, value } => {
                Ok(NodeId::Leaf(self.leaves.insert(Leaf::read(rlp, path, value))))
            }
            Node::Extension { path, child } => {
                let child_depth = depth + Path::in_hex_prefix(path).len();
                let mut extension = Extension::read(rlp, path, child);
                if let Child::Inline(inline) = child {
                    extension.child = match self.admit_inline(inline, child_depth)? {
                        NodeId::Branch(branch) => Some(branch),
                        _ => return Err(NodeError::ExtensionChild),
                    };
                }
                Ok(NodeId::Extension(self.extensions.insert(extension)))
            }
            Node::Branch(items) => {
                let mut branch = Branch::read(rlp, items);
                if items.has_inline {
                    for (nibble, child) in items.children() {
                        if let Child::Inline(inline) = child {
                            branch.set_open(nibble, self.admit_inline(inline, depth + 1)?);
                        }
                    }
                }
                Ok(NodeId::Branch(self.branches.insert(branch)))
            }
        }
    }

    fn admit_inline(&mut self, inline: &'a [u8], depth: usize) -> Result<NodeId, NodeError> {
        let node = decode_node(inline, depth)?;
        self.admit(inline, node, depth)
    }
}

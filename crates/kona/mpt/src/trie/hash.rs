//! The way up: encodes and hashes what changed.

use super::{BranchId, EMPTY_ROOT, NodeId, Trie};
use crate::rlp::push_reference;
use alloc::vec::Vec;
use alloy_primitives::{B256, keccak256};
use alloy_rlp::EMPTY_STRING_CODE;

impl Trie<'_> {
    /// The root hash after a change. A root is hashed however short its RLP is.
    pub(super) fn hash_top(&mut self) -> B256 {
        let Some(top) = self.top else { return EMPTY_ROOT };
        let mut items = core::mem::take(&mut self.items);
        self.refresh(top, &mut items);
        self.items = items;
        keccak256(self.rlp(top))
    }

    /// Brings a node's RLP up to date, and all below it. Works on a stack of child items, of which it
    /// leaves none behind. As deep as the trie, which is at most one call for each nibble of a key.
    fn refresh(&mut self, node: NodeId, items: &mut Vec<u8>) {
        match node {
            NodeId::Leaf(_) => {}
            NodeId::Extension(extension) => self.refresh_extension(extension, items),
            NodeId::Branch(branch) => self.refresh_branch(branch, items),
        }
    }

    fn refresh_extension(&mut self, extension: u32, items: &mut Vec<u8>) {
        // What is stale is open.
        let Some(branch) = self.extensions[extension].stale_child() else { return };
        let start = items.len();
        self.push_item(NodeId::Branch(branch), items);
        self.extensions[extension].set_child_item(&items[start..]);
        items.truncate(start);
    }

    fn refresh_branch(&mut self, branch: BranchId, items: &mut Vec<u8>) {
        let start = items.len();
        for nibble in self.branches[branch].stale_nibbles() {
            match self.branches[branch].open_child(nibble) {
                Some(child) => self.push_item(child, items),
                None => items.push(EMPTY_STRING_CODE),
            }
        }
        if items.len() > start {
            self.branches[branch].set_stale_items(&items[start..]);
            items.truncate(start);
        }
    }

    /// Appends what the parent of `node` holds of it.
    fn push_item(&mut self, node: NodeId, items: &mut Vec<u8>) {
        self.refresh(node, items);
        push_reference(self.rlp(node), items);
    }

    fn rlp(&self, node: NodeId) -> &[u8] {
        match node {
            NodeId::Branch(branch) => self.branches[branch].rlp(),
            NodeId::Extension(extension) => self.extensions[extension].rlp(),
            NodeId::Leaf(leaf) => self.leaves[leaf].rlp(),
        }
    }
}

//! Leaves and extensions: a path and one more item.

use super::BranchId;
use crate::{
    nibbles::{HexPrefix, Path, is_rest_of_key},
    node::Child,
    rlp::{HASH_ITEM_BYTES, list_header},
};
use alloc::{borrow::Cow, vec::Vec};
use alloy_primitives::B256;
use alloy_rlp::Encodable;

/// An open leaf.
#[derive(Debug, Clone)]
pub(super) struct Leaf<'a> {
    node: Short<'a>,
    /// Where the value starts; it ends with the node.
    value_start: usize,
}

impl<'a> Leaf<'a> {
    /// A leaf as it was read.
    pub(super) fn read(rlp: &'a [u8], path: &[u8], value: &[u8]) -> Self {
        let value_start = rlp.len() - value.len();
        let second_bytes = value.length();
        Self { node: Short::read(rlp, path, second_bytes), value_start }
    }

    /// A new leaf.
    pub(super) fn new(path: Path<'_>, value: &[u8]) -> Self {
        Self::encode(HexPrefix::new(path, true).as_bytes(), value)
    }

    fn encode(path: &[u8], value: &[u8]) -> Self {
        let mut node = Short::begin(path, value.length());
        value.encode(node.rlp.to_mut());
        let value_start = node.rlp.len() - value.len();
        Self { node, value_start }
    }

    /// The node's RLP.
    pub(super) fn rlp(&self) -> &[u8] {
        &self.node.rlp
    }

    pub(super) fn path(&self) -> Path<'_> {
        self.node.path()
    }

    /// Whether the path is what is left of `key` below its first `depth` nibbles.
    pub(super) fn is_rest_of(&self, key: &[u8], depth: usize) -> bool {
        is_rest_of_key(self.node.encoded_path(), key, depth)
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.node.rlp[self.value_start..]
    }

    /// Puts another value in the place of the leaf's.
    pub(super) fn set_value(&mut self, value: &[u8]) {
        // The header of a value depends on its length, and for a single byte on the byte.
        if value.len() == self.value().len() && value.len() > 1 {
            self.node.rlp.to_mut()[self.value_start..].copy_from_slice(value);
        } else {
            *self = Self::encode(self.node.encoded_path(), value);
        }
    }

    /// Moves the leaf to another depth.
    pub(super) fn set_path(&mut self, path: &HexPrefix) {
        let value_bytes = self.value().len();
        self.node = self.node.with_path(path);
        self.value_start = self.node.rlp.len() - value_bytes;
    }
}

/// An open extension.
#[derive(Debug, Clone)]
pub(super) struct Extension<'a> {
    node: Short<'a>,
    /// The branch at its end, once open.
    pub(super) child: Option<BranchId>,
    /// Whether the child changed after the node was encoded.
    pub(super) is_stale: bool,
}

impl<'a> Extension<'a> {
    /// An extension as it was read.
    pub(super) fn read(rlp: &'a [u8], path: &[u8], child: Child<'a>) -> Self {
        let child_bytes = match child {
            Child::Inline(inline) => inline.len(),
            _ => HASH_ITEM_BYTES,
        };
        Self { node: Short::read(rlp, path, child_bytes), child: None, is_stale: false }
    }

    /// A new extension over an open branch. It is stale unless the item of the branch is known.
    pub(super) fn new(path: Path<'_>, child: BranchId, item: Option<&[u8]>) -> Self {
        let path = HexPrefix::new(path, false);
        let node = Short::encode(path.as_bytes(), item.unwrap_or_default());
        Self { node, child: Some(child), is_stale: item.is_none() }
    }

    /// The node's RLP, which holds while it is not stale.
    pub(super) fn rlp(&self) -> &[u8] {
        &self.node.rlp
    }

    pub(super) fn path(&self) -> Path<'_> {
        self.node.path()
    }

    /// The RLP item of the child, which holds while the extension is not stale.
    pub(super) fn child_item(&self) -> &[u8] {
        self.node.second()
    }

    /// The hash of a child that is not open: embedded ones always are.
    pub(super) fn child_hash(&self) -> B256 {
        B256::from_slice(&self.child_item()[1..])
    }

    /// The child, where it changed after the node was encoded.
    pub(super) fn stale_child(&self) -> Option<BranchId> {
        self.child.filter(|_| self.is_stale)
    }

    /// Sets the RLP item of the child: the extension is up to date.
    pub(super) fn set_child_item(&mut self, item: &[u8]) {
        self.node = Short::encode(self.node.encoded_path(), item);
        self.is_stale = false;
    }

    /// Changes which nibbles the extension covers; its end stays.
    pub(super) fn set_path(&mut self, path: &HexPrefix) {
        self.node = self.node.with_path(path);
    }
}

/// The bytes of a leaf or an extension, and where the path stands in them.
#[derive(Debug, Clone)]
struct Short<'a> {
    rlp: Cow<'a, [u8]>,
    path_start: usize,
    path_end: usize,
}

impl<'a> Short<'a> {
    fn read(rlp: &'a [u8], path: &[u8], second_bytes: usize) -> Self {
        let path_end = rlp.len() - second_bytes;
        Self { rlp: Cow::Borrowed(rlp), path_start: path_end - path.len(), path_end }
    }

    /// A node up to the end of its path, for a second item of `second_bytes` bytes.
    fn begin(path: &[u8], second_bytes: usize) -> Self {
        let payload_bytes = path.length() + second_bytes;
        let header = list_header(payload_bytes);
        let mut rlp = Vec::with_capacity(header.length_with_payload());
        header.encode(&mut rlp);
        path.encode(&mut rlp);
        let path_end = rlp.len();
        Self { rlp: Cow::Owned(rlp), path_start: path_end - path.len(), path_end }
    }

    /// The same node with another path.
    fn with_path<'b>(&self, path: &HexPrefix) -> Short<'b> {
        Short::encode(path.as_bytes(), self.second())
    }

    /// A node of a path and an item that is RLP already.
    fn encode(path: &[u8], second: &[u8]) -> Self {
        let mut node = Self::begin(path, second.len());
        node.rlp.to_mut().extend_from_slice(second);
        node
    }

    fn encoded_path(&self) -> &[u8] {
        &self.rlp[self.path_start..self.path_end]
    }

    fn path(&self) -> Path<'_> {
        Path::in_hex_prefix(self.encoded_path())
    }

    fn second(&self) -> &[u8] {
        &self.rlp[self.path_end..]
    }
}

//! One node as it stands in its bytes: checked once, borrowed, nothing copied.
//!
//! `[20, value]` is a leaf, `[1n.., child]` an extension, `[child; 16, ""]` a branch. Only canonical
//! nodes pass: each has one encoding, and each trie is built of one set of nodes.

use crate::{
    NodeError, NodeSource, TrieError,
    nibbles::{KEY_NIBBLES_MAX, Path},
    rlp::{HASH_CODE, HASH_ITEM_BYTES, HASHED_BYTES_MIN, child_item_bytes},
};
use alloy_primitives::B256;
use alloy_rlp::{EMPTY_LIST_CODE, EMPTY_STRING_CODE, Header};

/// A decoded node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node<'a> {
    /// The end of a path, with a value.
    Leaf {
        /// The rest of the key, in hex-prefix encoding.
        path: &'a [u8],
        /// The value; never empty. It ends where the node ends.
        value: &'a [u8],
    },
    /// A run of nibbles that all keys below have in common.
    Extension {
        /// The run, in hex-prefix encoding.
        path: &'a [u8],
        /// The branch at its end.
        child: Child<'a>,
    },
    /// A choice between up to 16 next nibbles.
    Branch(BranchItems<'a>),
}

/// What a node holds of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Child<'a> {
    /// There is none.
    Absent,
    /// The hash of a node of 32 bytes or more.
    Hash(&'a B256),
    /// A node of less than 32 bytes itself.
    Inline(&'a [u8]),
}

/// The 16 children of a branch, each known to be one of the three forms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BranchItems<'a> {
    items: &'a [u8],
    /// Bit n: there is a child at nibble n.
    pub(crate) occupied: u16,
    /// Whether any child is embedded.
    pub(crate) has_inline: bool,
}

impl<'a> BranchItems<'a> {
    /// The children that there are, with their nibbles, in ascending order.
    pub(crate) fn children(self) -> impl Iterator<Item = (u8, Child<'a>)> {
        let mut items = self.items;
        (0..16)
            .filter_map(move |nibble| Some((nibble, split_child(&mut items).ok()?)))
            .filter(|(_, child)| *child != Child::Absent)
    }

    /// The child at `nibble`.
    pub(crate) fn child(self, nibble: u8) -> Child<'a> {
        self.children().find(|(at, _)| *at == nibble).map_or(Child::Absent, |(_, child)| child)
    }
}

/// Reads the node behind a hash that stands in a trie `depth` nibbles below its root.
///
/// # Errors
/// [`TrieError::Unread`] and [`TrieError::Node`].
pub(crate) fn read_node<'a, S: NodeSource<'a> + ?Sized>(
    hash: B256,
    depth: usize,
    source: &S,
) -> Result<(&'a [u8], Node<'a>), TrieError> {
    let rlp = source.node(hash).map_err(|source| TrieError::Unread { hash, source })?;
    let node = if depth > 0 && rlp.len() < HASHED_BYTES_MIN {
        // Only a root is hashed however short it is.
        Err(NodeError::NotInlined { actual: rlp.len() })
    } else {
        decode_node(rlp, depth)
    };
    node.map(|node| (rlp, node)).map_err(|reason| TrieError::Node { hash, reason })
}

/// Decodes a node that stands `depth` nibbles below the root of its trie.
pub(crate) fn decode_node(rlp: &[u8], depth: usize) -> Result<Node<'_>, NodeError> {
    let payload = split_outer_list(rlp)?;
    let mut rest = payload;
    skip_item(&mut rest)?;
    skip_item(&mut rest)?;
    if rest.is_empty() { decode_short(payload, depth) } else { decode_branch(payload, depth) }
}

fn split_outer_list(rlp: &[u8]) -> Result<&[u8], NodeError> {
    let mut payload = rlp;
    let header = Header::decode(&mut payload)?;
    if !header.list {
        return Err(NodeError::NotAList);
    }
    if header.payload_length != payload.len() {
        // The decoder has made sure that the list is not longer than its bytes.
        let behind = payload.len().saturating_sub(header.payload_length);
        return Err(NodeError::Length { expected: rlp.len() - behind, actual: rlp.len() });
    }
    Ok(payload)
}

fn skip_item(items: &mut &[u8]) -> Result<(), NodeError> {
    if items.is_empty() {
        return Err(NodeError::ItemCount);
    }
    let header = Header::decode(items)?;
    *items = items.get(header.payload_length..).unwrap_or_default();
    Ok(())
}

fn decode_short(mut payload: &[u8], depth: usize) -> Result<Node<'_>, NodeError> {
    let encoded_path = Header::decode_bytes(&mut payload, false)?;
    let (path, is_leaf) = Path::from_hex_prefix(encoded_path)?;
    if path.len() > KEY_NIBBLES_MAX.saturating_sub(depth) {
        return Err(NodeError::PathTooLong { depth, nibbles: path.len() });
    }
    if is_leaf {
        let value = Header::decode_bytes(&mut payload, false)?;
        if value.is_empty() {
            return Err(NodeError::EmptyValue);
        }
        return Ok(Node::Leaf { path: encoded_path, value });
    }
    if path.is_empty() {
        return Err(NodeError::EmptyPath);
    }
    match split_child(&mut payload)? {
        Child::Absent => Err(NodeError::EmptyChild),
        child => Ok(Node::Extension { path: encoded_path, child }),
    }
}

fn decode_branch(items: &[u8], depth: usize) -> Result<Node<'_>, NodeError> {
    if depth >= KEY_NIBBLES_MAX {
        return Err(NodeError::PathTooLong { depth, nibbles: 1 });
    }
    let (mut rest, mut occupied, mut has_inline) = (items, 0, false);
    for nibble in 0..16 {
        match split_child(&mut rest)? {
            Child::Absent => {}
            Child::Hash(_) => occupied |= 1 << nibble,
            Child::Inline(_) => {
                occupied |= 1 << nibble;
                has_inline = true;
            }
        }
    }
    match rest {
        [EMPTY_STRING_CODE] => {}
        [] => return Err(NodeError::ItemCount),
        _ => {
            skip_item(&mut rest)?;
            return Err(if rest.is_empty() {
                NodeError::BranchValue
            } else {
                NodeError::ItemCount
            });
        }
    }
    match u16::count_ones(occupied) {
        actual @ (0 | 1) => Err(NodeError::TooFewChildren { actual }),
        _ => Ok(Node::Branch(BranchItems { items, occupied, has_inline })),
    }
}

/// Takes the next child off a branch's or an extension's items.
fn split_child<'a>(items: &mut &'a [u8]) -> Result<Child<'a>, NodeError> {
    let first = *items.first().ok_or(NodeError::ItemCount)?;
    if !matches!(first, EMPTY_STRING_CODE | HASH_CODE | EMPTY_LIST_CODE..) {
        return Err(NodeError::Child { first });
    }
    let bytes = child_item_bytes(first);
    if first >= EMPTY_LIST_CODE && bytes >= HASHED_BYTES_MIN {
        return Err(NodeError::InlineTooLong);
    }
    let (item, rest) = items.split_at_checked(bytes).ok_or(alloy_rlp::Error::InputTooShort)?;
    *items = rest;
    Ok(match bytes {
        HASH_ITEM_BYTES => {
            Child::Hash(item[1..].try_into().map_err(|_| NodeError::Child { first })?)
        }
        _ if first == EMPTY_STRING_CODE => Child::Absent,
        _ => Child::Inline(item),
    })
}

#[cfg(test)]
mod tests;

//! Branches: sixteen children, kept as the node's RLP and what was opened below it.

use super::NodeId;
use crate::{
    node::BranchItems,
    rlp::{HASH_ITEM_BYTES, child_item_bytes, header_bytes, list_header},
};
use alloc::{borrow::Cow, vec::Vec};
use alloy_primitives::B256;
use alloy_rlp::EMPTY_STRING_CODE;
use core::ops::Range;

/// A branch without children: the start of a new one.
const EMPTY_BRANCH: [u8; 18] = {
    let mut rlp = [EMPTY_STRING_CODE; 18];
    rlp[0] = 0xc0 + 17;
    rlp
};

/// An open branch.
///
/// A child is looked up in this order: not `occupied`, there is none; in `children`, it is open;
/// otherwise its hash stands in the RLP. Embedded children are always open. The items of `stale`
/// children in the RLP do not hold.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    rlp: Cow<'a, [u8]>,
    children: [Option<NodeId>; 16],
    occupied: u16,
    stale: u16,
}

/// What a branch knows about a child.
pub(super) enum Slot {
    /// There is none.
    Vacant,
    /// It is open.
    Open(NodeId),
    /// It has not been read yet.
    Closed(B256),
}

impl<'a> Branch<'a> {
    /// A branch as it was read. Its embedded children must be [`set_open`](Self::set_open).
    pub(super) fn read(rlp: &'a [u8], items: BranchItems<'a>) -> Self {
        let occupied = items.occupied;
        Self { rlp: Cow::Borrowed(rlp), children: [None; 16], occupied, stale: 0 }
    }

    /// A new branch, still without children.
    pub(super) const fn new() -> Self {
        Self { rlp: Cow::Borrowed(&EMPTY_BRANCH), children: [None; 16], occupied: 0, stale: 0 }
    }

    /// The node's RLP, which holds while no child is stale.
    pub(super) fn rlp(&self) -> &[u8] {
        &self.rlp
    }

    pub(super) fn slot(&self, nibble: u8) -> Slot {
        if self.occupied & bit(nibble) == 0 {
            return Slot::Vacant;
        }
        match self.children[usize::from(nibble)] {
            Some(node) => Slot::Open(node),
            // Whatever is occupied and not open is a hash.
            None => Slot::Closed(B256::from_slice(&self.item(nibble)[1..])),
        }
    }

    /// Notes that a child has been read and is open now.
    pub(super) fn set_open(&mut self, nibble: u8, node: NodeId) {
        self.children[usize::from(nibble)] = Some(node);
    }

    /// Puts a changed or new node in a child's place.
    pub(super) fn set_child(&mut self, nibble: u8, node: NodeId) {
        self.set_open(nibble, node);
        self.occupied |= bit(nibble);
        self.stale |= bit(nibble);
    }

    /// Takes over a child together with its RLP item, which holds.
    pub(super) fn adopt(&mut self, nibble: u8, node: Option<NodeId>, item: &[u8]) {
        self.children[usize::from(nibble)] = node;
        self.occupied |= bit(nibble);
        self.set_items(bit(nibble), item);
    }

    /// Removes a child.
    pub(super) fn remove_child(&mut self, nibble: u8) {
        self.children[usize::from(nibble)] = None;
        self.occupied &= !bit(nibble);
        self.stale |= bit(nibble);
    }

    /// Marks a child as changed; returns whether it was marked already.
    pub(super) fn mark_stale(&mut self, nibble: u8) -> bool {
        let was_stale = self.is_stale(nibble);
        self.stale |= bit(nibble);
        was_stale
    }

    pub(super) const fn is_stale(&self, nibble: u8) -> bool {
        self.stale & bit(nibble) != 0
    }

    /// The other child, where there are exactly two and `nibble` is one of them.
    pub(super) fn only_child_beside(&self, nibble: u8) -> Option<u8> {
        let others = self.occupied & !bit(nibble);
        if others.is_power_of_two() { nibbles_of(others).next() } else { None }
    }

    /// The RLP item of a child, which holds while the child is not stale.
    pub(super) fn item(&self, nibble: u8) -> &[u8] {
        let start = self.item_start(nibble);
        &self.rlp[start..start + child_item_bytes(self.rlp[start])]
    }

    fn item_start(&self, nibble: u8) -> usize {
        let first = header_bytes(self.rlp[0]);
        if self.rlp.len() == FULL_BRANCH_BYTES {
            return first + usize::from(nibble) * HASH_ITEM_BYTES;
        }
        (0..nibble).fold(first, |start, _| start + child_item_bytes(self.rlp[start]))
    }

    /// The nibbles of the changed children.
    pub(super) fn stale_nibbles(&self) -> impl Iterator<Item = u8> + use<> {
        nibbles_of(self.stale)
    }

    /// The child at `nibble`, where it is open.
    pub(super) const fn open_child(&self, nibble: u8) -> Option<NodeId> {
        self.children[nibble as usize]
    }

    /// Brings the RLP up to date with the items of all stale children, in ascending order.
    pub(super) fn set_stale_items(&mut self, items: &[u8]) {
        self.set_items(self.stale, items);
        self.stale = 0;
    }

    /// Replaces the items in `slots` by `items`, one behind the other in ascending order.
    fn set_items(&mut self, slots: u16, items: &[u8]) {
        let old_bytes: usize = self.item_ranges(slots).map(|range| range.len()).sum();
        let hash_bytes = nibbles_of(slots).count() * HASH_ITEM_BYTES;
        if (items.len(), old_bytes) == (hash_bytes, hash_bytes) {
            self.overwrite_hashes(slots, items);
        } else {
            let old_payload = self.rlp.len() - header_bytes(self.rlp[0]);
            self.rlp = self.encode_with(slots, items, old_payload + items.len() - old_bytes).into();
        }
    }

    /// Replaces hashes by hashes: no item is longer, so that many bytes can be nothing else.
    fn overwrite_hashes(&mut self, slots: u16, hashes: &[u8]) {
        let mut start = header_bytes(self.rlp[0]);
        let mut hashes = hashes.chunks_exact(HASH_ITEM_BYTES);
        let rlp = self.rlp.to_mut();
        for nibble in 0..16 {
            let end = start + child_item_bytes(rlp[start]);
            if slots & bit(nibble) != 0
                && let Some(hash) = hashes.next()
            {
                rlp[start..end].copy_from_slice(hash);
            }
            start = end;
        }
    }

    fn encode_with(&self, slots: u16, mut new: &[u8], payload_bytes: usize) -> Vec<u8> {
        let header = list_header(payload_bytes);
        let mut rlp = Vec::with_capacity(header.length_with_payload());
        header.encode(&mut rlp);
        let mut kept = header_bytes(self.rlp[0]);
        for old in self.item_ranges(slots) {
            let (item, rest) = new.split_at(child_item_bytes(new[0]));
            rlp.extend_from_slice(&self.rlp[kept..old.start]);
            rlp.extend_from_slice(item);
            (kept, new) = (old.end, rest);
        }
        rlp.extend_from_slice(&self.rlp[kept..]);
        rlp
    }

    /// Where the items in `slots` stand in the RLP, in ascending order.
    fn item_ranges(&self, slots: u16) -> impl Iterator<Item = Range<usize>> {
        let mut end = header_bytes(self.rlp[0]);
        let range = move |nibble| {
            let start = end;
            end += child_item_bytes(self.rlp[start]);
            (slots & bit(nibble) != 0).then_some(start..end)
        };
        (0..16).filter_map(range)
    }
}

/// Bytes of a branch with sixteen hashes, and of no other: sixteen items of the greatest length.
const FULL_BRANCH_BYTES: usize = 3 + 16 * HASH_ITEM_BYTES + 1;

const fn bit(nibble: u8) -> u16 {
    1 << nibble
}

/// The nibbles whose bits are set, in ascending order.
fn nibbles_of(slots: u16) -> impl Iterator<Item = u8> + use<> {
    (0..16).filter(move |nibble| slots & bit(*nibble) != 0)
}

//! Sparse memory: what every engine's memory can do, and the portable one.

use alloc::{boxed::Box, vec::Vec};
use core::cell::Cell;

use alloy_primitives::B256;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::{
    LEAF_BYTES, Leaf, LeafProof, MerkleTree, PAGE_BYTES, Page, PageIndex, PairHasher, leaf_address,
    page::page_offset,
};

/// Memory over all of the 64-bit address space, and its Merkle tree.
///
/// Every address can be read and written; what was never written is zero, and accesses wrap around
/// at the top. There are no faults.
pub trait SparseMemory {
    /// The page, if it exists.
    fn page(&self, index: PageIndex) -> Option<&Page>;

    /// The page for writing, made of zeros where it does not exist. `count` bytes from offset `from`
    /// on are what will be written.
    fn page_to_write(&mut self, index: PageIndex, from: usize, count: usize) -> &mut Page;

    /// How many pages exist.
    fn page_count(&self) -> usize;

    /// Numbers of the pages that exist, ascending. A page of zeros may exist; it does not change the
    /// root.
    fn page_indices(&self) -> Vec<PageIndex>;

    /// Fills `buffer` with the bytes from `address` on.
    fn read_bytes(&self, address: u64, buffer: &mut [u8]) {
        let mut address = address;
        let mut rest = buffer;
        while !rest.is_empty() {
            let offset = page_offset(address);
            let count = rest.len().min(PAGE_BYTES - offset);
            let (head, tail) = rest.split_at_mut(count);
            match self.page(PageIndex::of(address)) {
                Some(page) => head.copy_from_slice(&page[offset..offset + count]),
                None => head.fill(0),
            }
            address = address.wrapping_add(count as u64);
            rest = tail;
        }
    }

    /// Writes `bytes` from `address` on.
    fn write_bytes(&mut self, address: u64, bytes: &[u8]) {
        let mut address = address;
        let mut rest = bytes;
        while !rest.is_empty() {
            let offset = page_offset(address);
            let count = rest.len().min(PAGE_BYTES - offset);
            let (head, tail) = rest.split_at(count);
            let page = self.page_to_write(PageIndex::of(address), offset, count);
            page[offset..offset + count].copy_from_slice(head);
            address = address.wrapping_add(count as u64);
            rest = tail;
        }
    }

    /// The root over all of memory.
    fn root(&mut self, hasher: &impl PairHasher) -> B256;

    /// The proof of the leaf that holds `address`.
    fn prove(&mut self, address: u64, hasher: &impl PairHasher) -> LeafProof;

    /// The leaf that holds `address`.
    fn leaf(&self, address: u64) -> Leaf {
        let mut leaf = [0; LEAF_BYTES];
        self.read_bytes(leaf_address(address), &mut leaf);
        leaf
    }

    /// Replaces the leaf that holds `address`.
    fn write_leaf(&mut self, address: u64, leaf: &Leaf) {
        self.write_bytes(leaf_address(address), leaf);
    }
}

/// A page and whether the tree has seen its content.
#[derive(Debug, Clone)]
struct Slot {
    index: PageIndex,
    is_dirty: bool,
    /// `None` for zeros, as long as nothing else is written.
    page: Option<Box<Page>>,
}

impl Slot {
    fn page(&self) -> &Page {
        self.page.as_deref().unwrap_or(&[0; PAGE_BYTES])
    }
}

/// Portable memory: pages on the heap, found by a map.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    slots: Vec<Slot>,
    slot_by_page: HashMap<PageIndex, usize, FixedState>,
    /// Page and slot of the last access.
    last: Cell<Option<(PageIndex, usize)>>,
    /// Slots the tree has not seen since they changed.
    dirty: Vec<usize>,
    tree: MerkleTree,
}

impl Memory {
    /// Empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many pages exist.
    pub fn page_count(&self) -> usize {
        self.slots.len()
    }

    /// Pages that exist, ascending. A page of zeros may exist; it does not change the root.
    pub fn pages(&self) -> impl ExactSizeIterator<Item = (PageIndex, &Page)> {
        let mut slots: Vec<&Slot> = self.slots.iter().collect();
        slots.sort_unstable_by_key(|slot| slot.index);
        slots.into_iter().map(|slot| (slot.index, slot.page()))
    }

    /// The page for writing; made of zeros where it does not exist.
    pub fn page_mut(&mut self, index: PageIndex) -> &mut Page {
        let slot = self.slot(index).unwrap_or_else(|| self.allocate(index));
        let Slot { is_dirty, page, .. } = &mut self.slots[slot];
        if !*is_dirty {
            *is_dirty = true;
            self.dirty.push(slot);
        }
        page.get_or_insert_with(|| Box::new([0; PAGE_BYTES]))
    }

    /// Makes a page of zeros where there is none. Its bytes take no room until they are written.
    pub fn make_page(&mut self, index: PageIndex) {
        if self.slot(index).is_none() {
            self.allocate(index);
        }
    }

    /// Writes `count` zeros from `address` on. A page that is not there is made as
    /// [`Self::make_page`] does it.
    pub fn write_zeros(&mut self, address: u64, count: u64) {
        let mut written = 0;
        while written < count {
            let address = address.wrapping_add(written);
            let (index, offset) = (PageIndex::of(address), page_offset(address));
            let rest = usize::try_from(count - written).unwrap_or(PAGE_BYTES);
            let piece = rest.min(PAGE_BYTES - offset);
            self.make_page(index);
            if self.slot(index).is_some_and(|slot| self.slots[slot].page.is_some()) {
                self.page_mut(index)[offset..offset + piece].fill(0);
            }
            written += piece as u64;
        }
    }

    /// Lets the tree see what changed.
    fn refresh(&mut self, hasher: &impl PairHasher) {
        let Self { slots, dirty, tree, .. } = self;
        dirty.sort_unstable_by_key(|slot| slots[*slot].index);
        tree.update(dirty.iter().map(|slot| (slots[*slot].index, slots[*slot].page())), hasher);
        for slot in dirty.drain(..) {
            slots[slot].is_dirty = false;
        }
    }

    /// Slot of a page that exists.
    fn slot(&self, index: PageIndex) -> Option<usize> {
        match self.last.get() {
            Some((last, slot)) if last == index => Some(slot),
            _ => {
                let slot = *self.slot_by_page.get(&index)?;
                self.last.set(Some((index, slot)));
                Some(slot)
            }
        }
    }

    /// Makes a page of zeros.
    fn allocate(&mut self, index: PageIndex) -> usize {
        let slot = self.slots.len();
        self.slots.push(Slot { index, is_dirty: false, page: None });
        self.slot_by_page.insert(index, slot);
        self.last.set(Some((index, slot)));
        slot
    }
}

impl SparseMemory for Memory {
    fn page(&self, index: PageIndex) -> Option<&Page> {
        self.slot(index).map(|slot| self.slots[slot].page())
    }

    fn page_count(&self) -> usize {
        self.slots.len()
    }

    fn page_indices(&self) -> Vec<PageIndex> {
        self.pages().map(|(index, _)| index).collect()
    }

    fn page_to_write(&mut self, index: PageIndex, _: usize, _: usize) -> &mut Page {
        self.page_mut(index)
    }

    fn root(&mut self, hasher: &impl PairHasher) -> B256 {
        self.refresh(hasher);
        self.tree.root()
    }

    fn prove(&mut self, address: u64, hasher: &impl PairHasher) -> LeafProof {
        self.refresh(hasher);
        self.tree.prove(address, self.page(PageIndex::of(address)), hasher)
    }
}

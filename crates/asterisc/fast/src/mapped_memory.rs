//! Memory as the engine sees it: sparse, but a few instructions away.
//!
//! The address space is cut into chunks of 1 TiB. The first ones a program writes to are reserved
//! whole from the operating system, which backs them with real memory page by page. Where it
//! refuses, and beyond [`CHUNKS_MAX`], pages are kept one by one: slower, and the same in effect.
//!
//! A byte of state for each page says whether a store may go ahead at once, or has to be noted
//! first: for the Merkle tree, and for code that was translated from the page.
#![allow(
    clippy::cast_possible_truncation,
    reason = "chunks of 1 TiB need addresses of 64 bits, which is asserted below"
)]

use std::collections::BTreeMap;

use alloy_primitives::B256;
use asterisc_state::{
    LeafProof, Memory, MerkleTree, PAGE_BYTES, Page, PageIndex, PairHasher, SparseMemory,
};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use memmap2::{Advice, MmapMut, MmapOptions};

use crate::windows::{WINDOWS, Windows};

const _: () = assert!(usize::BITS == 64, "the engine needs a 64-bit machine");

/// Bits of an address inside its chunk.
const CHUNK_BITS: u32 = 40;
/// Bytes of a chunk.
pub(crate) const CHUNK_BYTES: usize = 1 << CHUNK_BITS;
/// How many chunks there are.
const CHUNK_COUNT: usize = 1 << (64 - CHUNK_BITS);
/// Chunks that are reserved, at most; a program has three or four regions.
const CHUNKS_MAX: usize = WINDOWS - 1;

/// A page that may be written at once: the tree will look at it, and no code was translated of it.
pub(crate) const WRITABLE: u8 = 1;
/// The page exists.
const PRESENT: u8 = 2;
/// The page is on the list of those the tree has to look at.
pub(crate) const LISTED: u8 = 4;
/// Code was translated from the page.
pub(crate) const CODE: u8 = 8;

/// Halves of instructions a page can hold, one bit each.
type CodeMap = [u64; PAGE_BYTES / 2 / 64];
/// Where code was translated from.
pub(crate) type CodeMaps = HashMap<PageIndex, Box<CodeMap>, FixedState>;

/// Whether code was translated from one of `count` bytes in a page.
pub(crate) fn is_code(maps: &CodeMaps, index: PageIndex, from: usize, count: usize) -> bool {
    let mut halves = from / 2..(from + count).div_ceil(2);
    maps.get(&index).is_some_and(|map| {
        halves.any(|half| map.get(half / 64).is_some_and(|word| word >> (half % 64) & 1 == 1))
    })
}

/// 1 TiB of reserved memory.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// Its number: its address divided by its size.
    number: usize,
    bytes: MmapMut,
    /// One of each page: a sum of [`WRITABLE`] and the others.
    states: MmapMut,
}

impl Chunk {
    /// Reserves a chunk, if the operating system does so.
    fn reserve(number: usize) -> Option<Self> {
        let reserve = |bytes| -> Option<MmapMut> {
            let map = MmapOptions::new().len(bytes).no_reserve_swap().map_anon().ok()?;
            // Memory shall stay proportional to the pages written, whatever the system's default. A
            // kernel that refuses has no huge pages.
            #[cfg(target_os = "linux")]
            let _ = map.advise(Advice::NoHugePage);
            Some(map)
        };
        let (bytes, states) = (reserve(CHUNK_BYTES)?, reserve(CHUNK_BYTES / PAGE_BYTES)?);
        Some(Self { number, bytes, states })
    }

    /// Address of the first byte.
    pub(crate) const fn base(&self) -> u64 {
        (self.number as u64) << CHUNK_BITS
    }

    /// Its bytes, and the states of its pages.
    pub(crate) fn parts(&mut self) -> (&mut [u8], &mut [u8]) {
        (&mut self.bytes, &mut self.states)
    }
}

/// A page outside of all reserved chunks.
#[derive(Debug)]
struct FarPage {
    state: u8,
    page: Box<Page>,
}

/// Sparse memory, its Merkle tree, and what code was translated from it.
#[derive(Debug)]
pub struct MappedMemory {
    /// For each chunk its place in `chunks` plus 1, or 0.
    table: Box<[u8]>,
    chunks: Vec<Chunk>,
    far: BTreeMap<PageIndex, FarPage>,
    /// Pages that exist, in the order in which they came to be.
    present: Vec<PageIndex>,
    /// Pages the tree has to look at.
    listed: Vec<PageIndex>,
    tree: MerkleTree,
    code: CodeMaps,
    /// Whether code was overwritten since [`Self::forget_code`].
    pub(crate) code_changed: bool,
}

impl Default for MappedMemory {
    /// Empty memory.
    fn default() -> Self {
        Self {
            // Zeros from the operating system; only what is looked at becomes real.
            table: vec![0; CHUNK_COUNT].into_boxed_slice(),
            chunks: Vec::new(),
            far: BTreeMap::new(),
            present: Vec::new(),
            listed: Vec::new(),
            tree: MerkleTree::default(),
            code: CodeMaps::default(),
            code_changed: false,
        }
    }
}

impl MappedMemory {
    /// A copy of `memory`.
    pub(crate) fn copy_of(memory: &Memory) -> Self {
        let mut copy = Self::default();
        for (index, page) in memory.pages() {
            copy.write_bytes(index.address(), page);
        }
        copy
    }

    /// A copy as portable memory.
    pub(crate) fn to_memory(&self) -> Memory {
        let mut memory = Memory::new();
        for index in &self.present {
            if let Some(page) = self.page(*index) {
                *memory.page_mut(*index) = *page;
            }
        }
        memory
    }

    /// What translated code sees of memory.
    pub(crate) fn windows(&mut self) -> Windows<'_> {
        Windows::new(&mut self.chunks, &self.code)
    }

    /// Notes that code was translated from `count` bytes at `address`.
    pub(crate) fn note_code(&mut self, address: u64, count: u64) {
        for half in 0..count.div_ceil(2) {
            let address = address.wrapping_add(2 * half);
            let index = PageIndex::of(address);
            let bit = (address % PAGE_BYTES as u64) / 2;
            let map = self.code.entry(index).or_insert_with(|| Box::new([0; PAGE_BYTES / 128]));
            if let Some(word) = usize::try_from(bit / 64).ok().and_then(|at| map.get_mut(at)) {
                *word |= 1 << (bit % 64);
            }
            let state = self.state(index);
            self.set_state(index, (state & !WRITABLE) | CODE);
        }
    }

    /// All code that was translated is forgotten.
    pub(crate) fn forget_code(&mut self) {
        self.code_changed = false;
        for (index, _) in std::mem::take(&mut self.code) {
            let state = self.state(index) & !CODE;
            let writable = if state & LISTED == 0 { 0 } else { WRITABLE };
            self.set_state(index, state | writable);
        }
    }

    /// Makes the page where it does not exist, and puts it on the lists it has to be on.
    fn note_write(&mut self, index: PageIndex, from: usize, count: usize) {
        self.reserve(index);
        let mut state = self.state(index);
        if state & PRESENT == 0 {
            self.present.push(index);
        }
        if state & LISTED == 0 {
            self.listed.push(index);
        }
        if state & CODE == 0 {
            state |= WRITABLE;
        } else {
            self.code_changed |= is_code(&self.code, index, from, count);
        }
        self.set_state(index, state | PRESENT | LISTED);
    }

    /// Reserves the chunk of a page, if that is possible and has not been done.
    fn reserve(&mut self, index: PageIndex) {
        let (chunk, _) = split(index.address());
        let is_free = self.table[chunk] == 0 && self.chunks.len() < CHUNKS_MAX;
        // Pages that are kept one by one already stay so.
        let range = PageIndex::of((chunk as u64) << CHUNK_BITS)
            ..=PageIndex::of((chunk as u64) << CHUNK_BITS | (CHUNK_BYTES as u64 - 1));
        if !is_free || self.far.range(range).next().is_some() {
            return;
        }
        if let Some(reserved) = Chunk::reserve(chunk) {
            self.chunks.push(reserved);
            self.table[chunk] = u8::try_from(self.chunks.len()).unwrap_or(0);
        }
    }

    fn state(&self, index: PageIndex) -> u8 {
        let (chunk, offset) = split(index.address());
        match self.chunks.get(usize::from(self.table[chunk]).wrapping_sub(1)) {
            Some(chunk) => chunk.states.get(offset / PAGE_BYTES).copied().unwrap_or(0),
            None => self.far.get(&index).map_or(0, |far| far.state),
        }
    }

    fn set_state(&mut self, index: PageIndex, state: u8) {
        let (chunk, offset) = split(index.address());
        match self.chunks.get_mut(usize::from(self.table[chunk]).wrapping_sub(1)) {
            Some(chunk) => {
                if let Some(slot) = chunk.states.get_mut(offset / PAGE_BYTES) {
                    *slot = state;
                }
            }
            None => {
                self.far
                    .entry(index)
                    .or_insert_with(|| FarPage { state: 0, page: Box::new([0; PAGE_BYTES]) })
                    .state = state;
            }
        }
    }

    /// Lets the tree see what was written.
    fn refresh(&mut self, hasher: &impl PairHasher) {
        let mut listed = std::mem::take(&mut self.listed);
        listed.sort_unstable();
        let mut tree = std::mem::take(&mut self.tree);
        tree.update(listed.iter().filter_map(|index| Some((*index, self.page(*index)?))), hasher);
        self.tree = tree;
        for index in &listed {
            let state = self.state(*index);
            self.set_state(*index, state & !(LISTED | WRITABLE));
        }
        listed.clear();
        self.listed = listed;
    }
}

/// Chunk and offset in it.
#[inline(always)]
pub(crate) fn split(address: u64) -> (usize, usize) {
    let chunk = address >> CHUNK_BITS;
    let offset = address & (CHUNK_BYTES as u64 - 1);
    (chunk as usize, offset as usize)
}

impl SparseMemory for MappedMemory {
    fn page(&self, index: PageIndex) -> Option<&Page> {
        if self.state(index) & PRESENT == 0 {
            return None;
        }
        let (chunk, offset) = split(index.address());
        match self.chunks.get(usize::from(self.table[chunk]).wrapping_sub(1)) {
            Some(chunk) => chunk.bytes.get(offset..offset + PAGE_BYTES)?.try_into().ok(),
            None => self.far.get(&index).map(|far| &*far.page),
        }
    }

    fn page_count(&self) -> usize {
        self.present.len()
    }

    fn page_indices(&self) -> Vec<PageIndex> {
        let mut indices = self.present.clone();
        indices.sort_unstable();
        indices
    }

    fn page_to_write(&mut self, index: PageIndex, from: usize, count: usize) -> &mut Page {
        if self.state(index) & WRITABLE == 0 {
            self.note_write(index, from, count);
        }
        let (chunk, offset) = split(index.address());
        match self.chunks.get_mut(usize::from(self.table[chunk]).wrapping_sub(1)) {
            Some(chunk) => chunk
                .bytes
                .get_mut(offset..offset + PAGE_BYTES)
                .and_then(|bytes| bytes.try_into().ok())
                .expect("a page lies in one chunk"),
            None => &mut self.far.get_mut(&index).expect("noted writes make the page").page,
        }
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

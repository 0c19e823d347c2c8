//! The part of the Merkle tree inside pages: 127 hashes each, and nearly all of the work.
//!
//! Pages are hashed in groups, level by level: 8 pages have 512 pairs of leaves, then 256 pairs of
//! their hashes, and so on up to 8 roots. So even the top levels, which have one pair a page, fill
//! a vector unit. A level's hashes lie side by side and are the next level's pairs as they are.

use alloy_primitives::{B256, keccak256};

use crate::{LEAF_BYTES, Leaf, PAGE_BYTES, Page, zero_hash};

/// Levels between a leaf and the root of its page.
pub(crate) const PAGE_DEPTH: usize = 7;
/// Leaves of a page.
const PAGE_LEAVES: usize = PAGE_BYTES / LEAF_BYTES;
/// Pairs of leaves of a page.
const PAGE_PAIRS: usize = PAGE_LEAVES / 2;
/// Pages hashed together: as many as the widest vector unit has lanes.
pub const PAGE_GROUP: usize = 8;

/// Hashes many pairs of nodes at a time, so that an implementation may use vector units, and
/// several cores.
pub trait PairHasher {
    /// Puts keccak-256 of each 64-byte pair into the slot beside it; both have the same length.
    fn hash_pairs(&self, pairs: &[[u8; 64]], hashes: &mut [[u8; 32]]);

    /// Puts the root of each page into the slot beside it; both have the same length.
    fn page_roots(&self, pages: &[&Page], roots: &mut [[u8; 32]]) {
        for (pages, roots) in pages.chunks(PAGE_GROUP).zip(roots.chunks_mut(PAGE_GROUP)) {
            hash_group(self, pages, roots);
        }
    }
}

/// One pair after the other, in plain code.
#[derive(Debug, Clone, Copy, Default)]
pub struct PortableHasher;

impl PairHasher for PortableHasher {
    fn hash_pairs(&self, pairs: &[[u8; 64]], hashes: &mut [[u8; 32]]) {
        for (pair, hash) in pairs.iter().zip(hashes) {
            *hash = keccak256(pair).0;
        }
    }
}

/// Root of a page.
pub fn page_root(page: &Page, hasher: &impl PairHasher) -> B256 {
    let mut root = [[0; 32]];
    hash_group(hasher, &[page], &mut root);
    B256::new(root[0])
}

/// Roots of at most [`PAGE_GROUP`] pages. Pages of zeros are not hashed.
fn hash_group<H: PairHasher + ?Sized>(hasher: &H, pages: &[&Page], roots: &mut [[u8; 32]]) {
    let mut level = [[0; 32]; PAGE_GROUP * PAGE_PAIRS];
    let mut above = [[0; 32]; PAGE_GROUP * PAGE_PAIRS / 2];
    let mut slots = [0; PAGE_GROUP];
    let mut count = 0;
    for (slot, page) in pages.iter().enumerate() {
        if page.iter().all(|byte| *byte == 0) {
            roots[slot] = zero_hash(PAGE_DEPTH).0;
            continue;
        }
        let hashes = &mut level[PAGE_PAIRS * count..PAGE_PAIRS * (count + 1)];
        hasher.hash_pairs(page.as_chunks::<64>().0, hashes);
        slots[count] = slot;
        count += 1;
    }
    let (mut level, mut above) = (&mut level[..], &mut above[..]);
    let mut width = PAGE_PAIRS * count;
    while width > count {
        let pairs = level[..width].as_flattened().as_chunks::<64>().0;
        width /= 2;
        hasher.hash_pairs(pairs, &mut above[..width]);
        (level, above) = (above, level);
    }
    for (slot, root) in slots[..count].iter().zip(level) {
        roots[*slot] = *root;
    }
}

/// The nodes of one page by local generalised index: 1 is the root, 128 to 255 are the leaves.
pub(crate) struct PageNodes([Leaf; 2 * PAGE_LEAVES]);

impl PageNodes {
    pub(crate) fn compute(page: &Page, hasher: &impl PairHasher) -> Self {
        let mut nodes = [[0; 32]; 2 * PAGE_LEAVES];
        nodes[PAGE_LEAVES..].copy_from_slice(page.as_chunks::<LEAF_BYTES>().0);
        let mut width = PAGE_LEAVES;
        while width > 1 {
            let (upper, lower) = nodes.split_at_mut(width);
            let pairs = lower[..width].as_flattened().as_chunks::<64>().0;
            hasher.hash_pairs(pairs, &mut upper[width / 2..]);
            width /= 2;
        }
        Self(nodes)
    }

    /// Fills in the siblings of the leaf that holds the byte at `offset`; returns the leaf.
    pub(crate) fn prove(&self, offset: usize, siblings: &mut [B256]) -> Leaf {
        let Self(nodes) = self;
        let leaf = PAGE_LEAVES + offset / LEAF_BYTES;
        let mut node = leaf;
        for sibling in siblings {
            *sibling = B256::new(nodes[node ^ 1]);
            node >>= 1;
        }
        nodes[leaf]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hashed_together_have_the_roots_they_have_alone() {
        let page = |number: u8| -> Page {
            core::array::from_fn(|at| at.to_le_bytes()[0].wrapping_mul(number))
        };
        let pages: [Page; 19] = core::array::from_fn(|number| page(number.to_le_bytes()[0] % 7));
        let mut roots = [[1; 32]; 19];
        PortableHasher.page_roots(&pages.each_ref(), &mut roots);
        for (page, root) in pages.iter().zip(roots) {
            assert_eq!(B256::new(root), B256::new(PageNodes::compute(page, &PortableHasher).0[1]));
            assert_eq!(B256::new(root), page_root(page, &PortableHasher));
        }
        assert_eq!(B256::new(roots[0]), zero_hash(PAGE_DEPTH), "the first page is all zeros");
    }
}

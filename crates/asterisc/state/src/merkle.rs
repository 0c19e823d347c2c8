//! The binary Merkle tree over memory.
//!
//! 2^59 leaves of 32 bytes each, not hashed; an inner node is keccak-256 of its two children. The
//! root is a function of the content alone. Nodes from the page upwards are kept; those inside a
//! page are computed when they are needed.
//!
//! A changed page costs its own root and at most 52 hashes above it, which pages that lie close
//! share: of a dense region of n pages each root costs about one hash more.

use alloc::{vec, vec::Vec};

use alloy_primitives::{B256, keccak256};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::{
    LEAF_BYTES, Leaf, Page, PageIndex, PairHasher,
    generated::zero_hashes::ZERO_HASHES,
    page::page_offset,
    page_tree::{PAGE_DEPTH, PageNodes},
};

/// Levels between a leaf and the root.
pub const MERKLE_DEPTH: usize = 59;
/// Levels between the root of a page and the root.
const UPPER_DEPTH: usize = MERKLE_DEPTH - PAGE_DEPTH;

/// Root of a subtree of zeros with `height` levels below it; height 0 is a leaf.
///
/// # Panics
/// Above [`MERKLE_DEPTH`].
pub const fn zero_hash(height: usize) -> B256 {
    ZERO_HASHES[height]
}

/// Content of a leaf and the siblings that lead to the root.
///
/// 60 words of 32 bytes: the leaf, then 59 siblings from the bottom up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafProof {
    /// Content of the leaf.
    pub leaf: Leaf,
    /// Siblings, the leaf's own first.
    pub siblings: [B256; MERKLE_DEPTH],
}

impl LeafProof {
    /// Length of an encoded proof.
    pub const BYTES: usize = (1 + MERKLE_DEPTH) * 32;

    /// The root that a leaf at `address` with content `leaf` and these siblings has.
    pub fn root_with(&self, address: u64, leaf: &Leaf) -> B256 {
        let mut node = B256::new(*leaf);
        let mut path = address >> 5;
        for sibling in &self.siblings {
            let (left, right) = if path & 1 == 0 { (&node, sibling) } else { (sibling, &node) };
            node = keccak256(pair(left, right));
            path >>= 1;
        }
        node
    }

    /// The root this proof leads to for a leaf at `address`.
    pub fn root(&self, address: u64) -> B256 {
        self.root_with(address, &self.leaf)
    }

    /// Appends the encoded proof.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.leaf);
        for sibling in &self.siblings {
            out.extend_from_slice(&sibling.0);
        }
    }

    /// Decodes a proof; `None` where the bytes are not [`Self::BYTES`] long.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::BYTES] = bytes.try_into().ok()?;
        let (words, _) = bytes.as_chunks::<32>();
        let mut siblings = [B256::ZERO; MERKLE_DEPTH];
        for (sibling, word) in siblings.iter_mut().zip(&words[1..]) {
            *sibling = B256::new(*word);
        }
        Some(Self { leaf: words[0], siblings })
    }
}

/// Two nodes side by side.
fn pair(left: &B256, right: &B256) -> [u8; 64] {
    let mut pair = [0; 64];
    pair[..32].copy_from_slice(&left.0);
    pair[32..].copy_from_slice(&right.0);
    pair
}

/// Nodes from the pages' roots up to the root, by generalised index; a node that is not here is
/// the root of a subtree of zeros.
#[derive(Debug, Clone, Default)]
pub struct MerkleTree {
    nodes: HashMap<u64, B256, FixedState>,
}

impl MerkleTree {
    /// Recomputes what lies above the given pages: their new contents, ascending, each once.
    pub fn update<'p>(
        &mut self,
        pages: impl Iterator<Item = (PageIndex, &'p Page)>,
        hasher: &impl PairHasher,
    ) {
        let (mut changed, pages): (Vec<u64>, Vec<&Page>) =
            pages.map(|(index, page)| (page_gindex(index), page)).unzip();
        debug_assert!(changed.is_sorted_by(|a, b| a < b), "pages must ascend");
        let mut hashes = vec![[0; 32]; pages.len()];
        hasher.page_roots(&pages, &mut hashes);
        self.keep(&changed, &hashes, PAGE_DEPTH);
        let mut pairs = Vec::with_capacity(changed.len());
        for height in PAGE_DEPTH..MERKLE_DEPTH {
            changed.iter_mut().for_each(|node| *node >>= 1);
            changed.dedup();
            pairs.clear();
            pairs.extend(changed.iter().map(|parent| {
                pair(&self.node(2 * parent, height), &self.node(2 * parent + 1, height))
            }));
            hashes.truncate(changed.len());
            hasher.hash_pairs(&pairs, &mut hashes);
            self.keep(&changed, &hashes, height + 1);
        }
    }

    /// Keeps the nodes of one height; roots of zeros need no place.
    fn keep(&mut self, gindices: &[u64], hashes: &[Leaf], height: usize) {
        let zero = zero_hash(height);
        for (gindex, hash) in gindices.iter().zip(hashes) {
            if *hash == zero {
                self.nodes.remove(gindex);
            } else {
                self.nodes.insert(*gindex, B256::new(*hash));
            }
        }
    }

    /// The root as of the last [`Self::update`].
    pub fn root(&self) -> B256 {
        self.node(1, MERKLE_DEPTH)
    }

    /// The proof of the leaf at `address` as of the last [`Self::update`], given the content of its
    /// page.
    pub fn prove(&self, address: u64, page: Option<&Page>, hasher: &impl PairHasher) -> LeafProof {
        let mut siblings = [B256::ZERO; MERKLE_DEPTH];
        let (inside, above) = siblings.split_at_mut(PAGE_DEPTH);
        let leaf = match page {
            Some(page) => PageNodes::compute(page, hasher).prove(page_offset(address), inside),
            None => {
                inside.iter_mut().zip(ZERO_HASHES).for_each(|(sibling, zero)| *sibling = zero);
                [0; LEAF_BYTES]
            }
        };
        let mut node = page_gindex(PageIndex::of(address));
        for (sibling, height) in above.iter_mut().zip(PAGE_DEPTH..) {
            *sibling = self.node(node ^ 1, height);
            node >>= 1;
        }
        LeafProof { leaf, siblings }
    }

    /// The node at a generalised index; `height` is its distance to the leaves.
    fn node(&self, gindex: u64, height: usize) -> B256 {
        self.nodes.get(&gindex).copied().unwrap_or(zero_hash(height))
    }
}

/// Generalised index of the root of a page.
const fn page_gindex(index: PageIndex) -> u64 {
    (1 << UPPER_DEPTH) | index.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zero_hash_is_that_of_two_zero_subtrees_below_it() {
        assert_eq!(zero_hash(0), B256::ZERO);
        for height in 0..MERKLE_DEPTH {
            let below = zero_hash(height);
            assert_eq!(zero_hash(height + 1), keccak256(pair(&below, &below)), "height {height}");
        }
    }
}

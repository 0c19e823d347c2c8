#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod generated;

mod hart;
pub use hart::Hart;

mod witness;
pub use witness::{StateHash, StateWitness, VmStatus, WitnessError};

mod page;
pub use page::{LEAF_BYTES, Leaf, PAGE_BYTES, Page, PageIndex, leaf_address};

mod page_tree;
pub use page_tree::{PAGE_GROUP, PairHasher, PortableHasher, page_root};

mod merkle;
pub use merkle::{LeafProof, MERKLE_DEPTH, MerkleTree, zero_hash};

mod memory;
pub use memory::{Memory, SparseMemory};

mod state;
pub use state::VmState;

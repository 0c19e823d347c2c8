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

mod merkle;
pub use merkle::{
    LeafProof, MERKLE_DEPTH, MerkleTree, PairHasher, PortableHasher, page_root, zero_hash,
};

mod memory;
pub use memory::{Memory, SparseMemory};

mod state;
pub use state::VmState;

//! The whole state.

use alloc::vec::Vec;

use crate::{Hart, Memory, PairHasher, SparseMemory, StateHash, StateWitness};

/// The whole state of the machine.
#[derive(Debug, Clone, Default)]
pub struct VmState<M = Memory> {
    /// All but memory.
    pub hart: Hart,
    /// Memory.
    pub memory: M,
    /// Bytes of a hint that is not complete yet; no part of the witness.
    pub last_hint: Vec<u8>,
}

impl<M: SparseMemory> VmState<M> {
    /// The witness of this state.
    pub fn witness(&mut self, hasher: &impl PairHasher) -> StateWitness {
        StateWitness::encode(&self.hart, self.memory.root(hasher))
    }

    /// The hash of the witness, with the status byte.
    pub fn hash(&mut self, hasher: &impl PairHasher) -> StateHash {
        self.witness(hasher).hash()
    }
}

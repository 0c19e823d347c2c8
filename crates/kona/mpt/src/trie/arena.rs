//! Nodes of one kind, addressed by number.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

/// A growing store of nodes whose places are used again.
#[derive(Debug, Clone)]
pub(super) struct Arena<T> {
    nodes: Vec<T>,
    free: Vec<u32>,
}

impl<T> Arena<T> {
    pub(super) const fn new() -> Self {
        Self { nodes: Vec::new(), free: Vec::new() }
    }

    /// Stores a node.
    ///
    /// # Panics
    /// With 2^32 open nodes of one kind, which take over 160 GB.
    pub(super) fn insert(&mut self, node: T) -> u32 {
        if let Some(id) = self.free.pop() {
            self[id] = node;
            return id;
        }
        let id = u32::try_from(self.nodes.len()).expect("fewer than 2^32 open nodes");
        self.nodes.push(node);
        id
    }

    /// Gives a node's place free. Its number must not be used any more.
    pub(super) fn remove(&mut self, id: u32) {
        self.free.push(id);
    }
}

impl<T> Index<u32> for Arena<T> {
    type Output = T;

    fn index(&self, id: u32) -> &T {
        &self.nodes[id as usize]
    }
}

impl<T> IndexMut<u32> for Arena<T> {
    fn index_mut(&mut self, id: u32) -> &mut T {
        &mut self.nodes[id as usize]
    }
}

//! Steps by the way that leads to them.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::FunctionId;

/// Nodes of a tree, at most: a program that calls in ever new ways must not fill the memory.
const NODES_MAX: usize = 1 << 20;

/// Number of a node; parents have lower ones than their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The root, which stands for the whole program and has no steps of its own.
    pub const ROOT: Self = Self(0);

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A function, called in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallNode {
    /// The caller's node; the root is its own parent.
    pub parent: NodeId,
    /// The function.
    pub function: FunctionId,
    /// Steps in the function itself.
    pub self_steps: u64,
    /// How often it was entered.
    pub calls: u64,
}

/// All ways in which functions were called.
#[derive(Debug, Clone)]
pub struct CallTree {
    nodes: Vec<CallNode>,
    children: HashMap<(NodeId, FunctionId), NodeId, FixedState>,
}

impl Default for CallTree {
    fn default() -> Self {
        let root = CallNode {
            parent: NodeId::ROOT,
            function: FunctionId::UNKNOWN,
            self_steps: 0,
            calls: 0,
        };
        Self { nodes: vec![root], children: HashMap::default() }
    }
}

impl CallTree {
    /// All nodes but the root, parents before their children.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &CallNode)> {
        (0..).map(NodeId).zip(&self.nodes).skip(1)
    }

    /// How many nodes there are, the root included; their numbers are below.
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was executed.
    pub const fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> CallNode {
        self.nodes[id.index()]
    }

    /// Steps of each node and all below it, by the nodes' numbers.
    pub fn inclusive_steps(&self) -> Vec<u64> {
        let mut steps: Vec<u64> = self.nodes.iter().map(|node| node.self_steps).collect();
        for index in (1..self.nodes.len()).rev() {
            steps[self.nodes[index].parent.index()] += steps[index];
        }
        steps
    }

    /// The node of `function` under `parent`, and one more entry into it. Where the tree is full that
    /// is `parent` itself.
    pub(super) fn enter(&mut self, parent: NodeId, function: FunctionId) -> NodeId {
        let id = match self.children.get(&(parent, function)) {
            Some(id) => *id,
            None => self.add(parent, function),
        };
        self.nodes[id.index()].calls += 1;
        id
    }

    fn add(&mut self, parent: NodeId, function: FunctionId) -> NodeId {
        match u32::try_from(self.nodes.len()) {
            Ok(number) if self.nodes.len() < NODES_MAX || parent == NodeId::ROOT => {
                self.nodes.push(CallNode { parent, function, self_steps: 0, calls: 0 });
                self.children.insert((parent, function), NodeId(number));
                NodeId(number)
            }
            _ => parent,
        }
    }

    /// Counts steps for a node.
    pub(super) fn count(&mut self, id: NodeId, steps: u64) {
        self.nodes[id.index()].self_steps += steps;
    }
}

//! Changes at the end of a way down: leaves come and go, branches fork and collapse.

use super::{
    EMPTY_ROOT, NodeId, Step, Stop, Trie,
    branch::Branch,
    short::{Extension, Leaf},
};
use crate::{
    Nibbles, NodeSource, TrieError,
    nibbles::{HexPrefix, Path},
};

impl<'a> Trie<'a> {
    /// Puts a value where the way of its key stopped.
    pub(super) fn put(&mut self, key: Path<'_>, value: &[u8], stop: Stop) -> Result<(), TrieError> {
        let node = match stop {
            Stop::Leaf(leaf) => {
                if self.leaves[leaf].value() == value {
                    return Ok(());
                }
                self.leaves[leaf].set_value(value);
                Some(NodeId::Leaf(leaf))
            }
            Stop::Vacant { depth } => Some(self.new_leaf(key.skip(depth), value)),
            Stop::OtherLeaf { leaf, depth } => self.fork_leaf(leaf, key.skip(depth), value),
            Stop::Beside { extension, depth } => {
                self.fork_extension(extension, key.skip(depth), value)
            }
            Stop::KeyEnd => None,
        };
        let node = node.ok_or_else(|| TrieError::PrefixKey { key: key.into() })?;
        self.attach(node);
        Ok(())
    }

    fn new_leaf(&mut self, path: Path<'_>, value: &[u8]) -> NodeId {
        NodeId::Leaf(self.leaves.insert(Leaf::new(path, value)))
    }

    /// Turns a leaf that `path` parts from into a branch over both; `None` where one path is a
    /// prefix of the other.
    fn fork_leaf(&mut self, leaf: u32, path: Path<'_>, value: &[u8]) -> Option<NodeId> {
        let old_path = self.leaves[leaf].path();
        let shared = old_path.shared(path);
        let (nibble, rest) = old_path.skip(shared).split_first()?;
        let (new_nibble, new_rest) = path.skip(shared).split_first()?;

        let rest = HexPrefix::new(rest, true);
        self.leaves[leaf].set_path(&rest);
        let mut branch = Branch::new();
        branch.set_child(nibble, NodeId::Leaf(leaf));
        branch.set_child(new_nibble, self.new_leaf(new_rest, value));
        Some(self.below_path(path.take(shared), branch))
    }

    /// Turns an extension that `path` parts from into a branch over both; `None` where `path` ends
    /// within the extension.
    fn fork_extension(&mut self, extension: u32, path: Path<'_>, value: &[u8]) -> Option<NodeId> {
        let old = &self.extensions[extension];
        let shared = old.path().shared(path);
        let (nibble, rest) = old.path().skip(shared).split_first()?;
        let (new_nibble, new_rest) = path.skip(shared).split_first()?;

        let mut branch = Branch::new();
        if !rest.is_empty() {
            let rest = HexPrefix::new(rest, false);
            self.extensions[extension].set_path(&rest);
            branch.set_child(nibble, NodeId::Extension(extension));
        } else {
            match (old.is_stale, old.child) {
                (true, Some(child)) => branch.set_child(nibble, NodeId::Branch(child)),
                (_, child) => branch.adopt(nibble, child.map(NodeId::Branch), old.child_item()),
            }
            self.extensions.remove(extension);
        }
        branch.set_child(new_nibble, self.new_leaf(new_rest, value));
        Some(self.below_path(path.take(shared), branch))
    }

    /// A new branch, with an extension above it where a path leads there.
    fn below_path(&mut self, path: Path<'_>, branch: Branch<'a>) -> NodeId {
        let branch = self.branches.insert(branch);
        if path.is_empty() {
            return NodeId::Branch(branch);
        }
        NodeId::Extension(self.extensions.insert(Extension::new(path, branch, None)))
    }

    /// Removes the leaf of `key` at the end of the trail.
    pub(super) fn remove<S>(
        &mut self,
        leaf: u32,
        key: Path<'_>,
        source: &S,
    ) -> Result<(), TrieError>
    where
        S: NodeSource<'a> + ?Sized,
    {
        let Some(step) = self.trail.last().copied() else {
            self.leaves.remove(leaf);
            self.top = None;
            self.hash = EMPTY_ROOT;
            self.is_stale = false;
            return Ok(());
        };
        let Some(nibble) = self.branches[step.branch].only_child_beside(step.nibble) else {
            self.leaves.remove(leaf);
            self.change(|branch, nibble| branch.remove_child(nibble));
            return Ok(());
        };
        // Reading may fail, so it comes before any change.
        let depth = key.len() - self.leaves[leaf].path().len();
        let sibling = self.open_below_branch(step.branch, nibble, depth, source)?;
        self.leaves.remove(leaf);
        self.trail.pop();
        if let Some(sibling) = sibling {
            let node = self.collapse(step, nibble, sibling);
            self.attach(node);
        }
        Ok(())
    }

    /// Joins the last child of a branch with what leads to it: the extension above, if there is one,
    /// the child's nibble, and the child's own path.
    fn collapse(&mut self, step: Step, nibble: u8, child: NodeId) -> NodeId {
        let mut path = Nibbles::default();
        if let Some(extension) = step.extension {
            path.extend(self.extensions[extension].path());
            self.extensions.remove(extension);
        }
        path.push(nibble);
        self.branches.remove(step.branch);
        match child {
            NodeId::Leaf(leaf) => {
                path.extend(self.leaves[leaf].path());
                self.leaves[leaf].set_path(&HexPrefix::new(path.as_path(), true));
                child
            }
            NodeId::Extension(extension) => {
                path.extend(self.extensions[extension].path());
                self.extensions[extension].set_path(&HexPrefix::new(path.as_path(), false));
                child
            }
            NodeId::Branch(branch) => {
                let parent = &self.branches[step.branch];
                let item = (!parent.is_stale(nibble)).then(|| parent.item(nibble));
                let extension = Extension::new(path.as_path(), branch, item);
                NodeId::Extension(self.extensions.insert(extension))
            }
        }
    }

    /// Hangs a new or changed node at the end of the trail.
    fn attach(&mut self, node: NodeId) {
        if self.trail.is_empty() {
            self.top = Some(node);
            self.is_stale = true;
        } else {
            self.change(|branch, nibble| branch.set_child(nibble, node));
        }
    }

    /// Changes the last branch of the trail at its nibble, and marks the whole trail as stale. Above
    /// a child that is stale already, everything is: there it ends.
    fn change(&mut self, change: impl FnOnce(&mut Branch<'a>, u8)) {
        let mut change = Some(change);
        for step in self.trail.iter().rev() {
            let branch = &mut self.branches[step.branch];
            let was_stale = branch.mark_stale(step.nibble);
            if let Some(change) = change.take() {
                change(branch, step.nibble);
            }
            if was_stale {
                return;
            }
            if let Some(extension) = step.extension {
                self.extensions[extension].is_stale = true;
            }
        }
        self.is_stale = true;
    }
}

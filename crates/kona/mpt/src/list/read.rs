//! Reading an ordered list straight off its nodes: each is needed once, so none is kept open.

use super::{
    index::{FIRST_ITEM_POSITION, IndexKey},
    place::Place,
};
use crate::{EMPTY_ROOT, Nibbles, NodeSource, TrieError, node::Child};
use alloc::vec::Vec;
use alloy_primitives::B256;

/// Most items that a list is read to. A block of so many transactions would take more than
/// 2 * 10^10 gas, while a handful of nodes that refer to one another could spell out a list of
/// any length.
pub const LIST_ITEMS_MAX: usize = 1 << 20;

/// All items of the ordered list with the given root, by index.
///
/// # Errors
/// [`TrieError`], where a node is missing or malformed, or where the keys are not exactly the RLP
/// of 0 up to the number of items, or are more than [`LIST_ITEMS_MAX`].
pub fn ordered_list<'a, S>(root: B256, source: &S) -> Result<Vec<&'a [u8]>, TrieError>
where
    S: NodeSource<'a> + ?Sized,
{
    let mut walk = Walk { source, first: None, others: Vec::new() };
    if root != EMPTY_ROOT {
        walk.visit(Place::read(root, 0, source)?, Nibbles::default())?;
    }
    walk.finish()
}

/// Item 0 of the ordered list with the given root, `None` for an empty list. Reads only the nodes
/// that lead there, and so says nothing about the rest of the list.
///
/// # Errors
/// [`TrieError`], where a node is missing or malformed, or where there are other items but not
/// this one.
pub fn first_of_list<'a, S>(root: B256, source: &S) -> Result<Option<&'a [u8]>, TrieError>
where
    S: NodeSource<'a> + ?Sized,
{
    if root == EMPTY_ROOT {
        return Ok(None);
    }
    let key = IndexKey::new(0);
    let mut rest = key.as_path();
    let mut passed = Nibbles::default();
    let mut place = Place::read(root, 0, source)?;
    loop {
        let (branch, hash, ahead) = match place {
            Place::Leaf { path, value } if path == rest => return Ok(Some(value)),
            Place::Leaf { path, .. } => {
                passed.extend(path);
                return Err(TrieError::ListKey { expected: 0, actual: passed });
            }
            Place::Fork { path, branch, hash } => {
                passed.extend(path);
                (branch, hash, rest.strip_prefix(path))
            }
        };
        let next = ahead.and_then(|ahead| ahead.split_first());
        let child = next.map_or(Child::Absent, |(nibble, _)| branch.child(nibble));
        let (Some((nibble, below)), Child::Hash(_) | Child::Inline(_)) = (next, child) else {
            return Err(TrieError::ListKey { expected: 0, actual: passed });
        };
        passed.push(nibble);
        rest = below;
        place = Place::below(child, hash, passed.len(), source)?;
    }
}

/// A walk through all keys in ascending order: those of items 1 to 127, of item 0, of item 128 and
/// so on.
struct Walk<'s, 'a, S: ?Sized> {
    source: &'s S,
    first: Option<&'a [u8]>,
    /// Item 1 and up.
    others: Vec<&'a [u8]>,
}

impl<'a, S: NodeSource<'a> + ?Sized> Walk<'_, 'a, S> {
    /// Takes all items from `place` on, to which `passed` leads. No deeper than the longest key.
    fn visit(&mut self, place: Place<'a>, mut passed: Nibbles) -> Result<(), TrieError> {
        match place {
            Place::Leaf { path, value } => {
                passed.extend(path);
                self.take(passed, value)
            }
            Place::Fork { path, branch, hash } => {
                passed.extend(path);
                branch.children().try_for_each(|(nibble, child)| {
                    let mut passed = passed;
                    passed.push(nibble);
                    self.visit(Place::below(child, hash, passed.len(), self.source)?, passed)
                })
            }
        }
    }

    fn take(&mut self, key: Nibbles, value: &'a [u8]) -> Result<(), TrieError> {
        let index = self.others.len() + 1;
        if self.first.is_none() && IndexKey::new(0) == key {
            self.first = Some(value);
            return Ok(());
        }
        let is_behind_first = index > FIRST_ITEM_POSITION;
        if is_behind_first != self.first.is_some() || IndexKey::new(index) != key {
            let expected = if is_behind_first && self.first.is_none() { 0 } else { index };
            return Err(TrieError::ListKey { expected, actual: key });
        }
        if index >= LIST_ITEMS_MAX {
            return Err(TrieError::ListTooLong { max: LIST_ITEMS_MAX });
        }
        self.others.push(value);
        Ok(())
    }

    fn finish(self) -> Result<Vec<&'a [u8]>, TrieError> {
        let mut items = self.others;
        match self.first {
            Some(first) => items.insert(0, first),
            None if items.is_empty() => {}
            None => {
                return Err(TrieError::ListKey { expected: 0, actual: Nibbles::default() });
            }
        }
        Ok(items)
    }
}

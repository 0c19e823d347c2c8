//! When the steps of each node were made.

use crate::profile::NodeId;

/// Slices of a timeline, at most; it starts with short ones and doubles their length as needed.
const SLICES_MAX: usize = 1024;
/// Steps of the first slices.
const FIRST_SLICE_STEPS: u64 = 1 << 10;

/// Steps of the nodes that were executed in a part of the run, ascending by node.
pub type Slice = Vec<(NodeId, u64)>;

/// The run in slices of equal length; the last one may be shorter.
#[derive(Debug, Clone)]
pub struct Timeline {
    slice_steps: u64,
    slices: Vec<Slice>,
    /// The slice under way, in the order of the events.
    current: Slice,
    current_steps: u64,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            slice_steps: FIRST_SLICE_STEPS,
            slices: Vec::new(),
            current: Vec::new(),
            current_steps: 0,
        }
    }
}

impl Timeline {
    /// Steps of a slice.
    pub const fn slice_steps(&self) -> u64 {
        self.slice_steps
    }

    /// All slices; those of a finished profile hold every step.
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// Completes the slice under way.
    pub(super) fn finish(&mut self) {
        if self.current_steps > 0 {
            self.complete();
        }
    }

    /// `steps` were made in a node.
    pub(super) fn count(&mut self, node: NodeId, mut steps: u64) {
        while steps > 0 {
            let taken = steps.min(self.slice_steps - self.current_steps);
            match self.current.last_mut() {
                Some((last, count)) if *last == node => *count += taken,
                _ => self.current.push((node, taken)),
            }
            self.current_steps += taken;
            steps -= taken;
            // Events of a node are summed up before they are too many.
            if self.current_steps == self.slice_steps {
                self.complete();
            } else if self.current.len() == self.current.capacity() && self.current.len() > 4096 {
                self.current = sum(std::mem::take(&mut self.current));
                self.current.reserve(4096.max(self.current.len()));
            }
        }
    }

    fn complete(&mut self) {
        self.slices.push(sum(std::mem::take(&mut self.current)));
        self.current_steps = 0;
        if self.slices.len() == SLICES_MAX {
            self.halve();
        }
    }

    /// Makes one slice of two.
    fn halve(&mut self) {
        let slices = std::mem::take(&mut self.slices);
        self.slices = slices.chunks(2).map(|pair| sum(pair.concat())).collect();
        self.slice_steps *= 2;
    }
}

/// One entry a node, ascending.
fn sum(mut events: Slice) -> Slice {
    events.sort_unstable_by_key(|(node, _)| *node);
    events.dedup_by(|(node, steps), (kept, sum)| {
        let is_same = node == kept;
        if is_same {
            *sum += *steps;
        }
        is_same
    });
    events
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{FunctionId, profile::CallTree};

    proptest! {
        #[test]
        fn slices_hold_every_step_once(
            events in proptest::collection::vec((0..5u8, 1..200_000u64), 1..200),
        ) {
            let mut tree = CallTree::default();
            let mut nodes = vec![tree.enter(NodeId::ROOT, FunctionId::UNKNOWN)];
            for _ in 0..4 {
                nodes.push(tree.enter(nodes[nodes.len() - 1], FunctionId::UNKNOWN));
            }
            let mut timeline = Timeline::default();
            let mut expected = [0u64; 5];
            for (node, steps) in &events {
                timeline.count(nodes[usize::from(*node)], *steps);
                expected[usize::from(*node)] += steps;
            }
            timeline.finish();
            prop_assert!(timeline.slices().len() <= SLICES_MAX);
            let mut found = [0u64; 5];
            for (number, slice) in timeline.slices().iter().enumerate() {
                prop_assert!(slice.is_sorted_by(|a, b| a.0 < b.0));
                let steps: u64 = slice.iter().map(|(_, steps)| steps).sum();
                if number + 1 < timeline.slices().len() {
                    prop_assert_eq!(steps, timeline.slice_steps());
                }
                for (node, steps) in slice {
                    let place = nodes.iter().position(|known| known == node).unwrap();
                    found[place] += steps;
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}

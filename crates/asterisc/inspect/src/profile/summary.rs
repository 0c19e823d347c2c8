//! Which functions have the most steps, and the calls that lead there.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{
    FunctionId, FunctionTable,
    profile::{CallTree, NodeId, Profile},
};

/// Steps of a function, over all the ways in which it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionSteps {
    /// Its name.
    pub name: String,
    /// Steps in the function itself.
    pub self_steps: u64,
    /// Steps in it and all it calls; those of a recursion count once.
    pub inclusive_steps: u64,
    /// How often it was entered.
    pub calls: u64,
}

/// A node of the call tree, as a line of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreeLine {
    /// How many calls lead to it.
    pub depth: usize,
    /// The function's name.
    pub name: String,
    /// Steps in it and all it calls.
    pub inclusive_steps: u64,
    /// Steps in the function itself.
    pub self_steps: u64,
    /// How often it was entered.
    pub calls: u64,
}

/// A profile in a few lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Steps of the run.
    pub steps: u64,
    /// How many functions were executed.
    pub functions: usize,
    /// Functions with the most steps of their own.
    pub by_self: Vec<FunctionSteps>,
    /// Functions with the most steps, those of what they call included.
    pub by_inclusive: Vec<FunctionSteps>,
    /// The call tree, without what is too small; a caller stands before what it calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tree: Vec<TreeLine>,
}

impl Summary {
    /// The `top` functions of either kind. With `tree_percent` also the call tree, without nodes
    /// that have fewer steps than that part of all.
    pub fn new(
        profile: &Profile,
        functions: &FunctionTable,
        top: usize,
        tree_percent: Option<u64>,
    ) -> Self {
        let totals = by_function(&profile.tree);
        let mut all: Vec<FunctionSteps> = totals
            .into_iter()
            .map(|(function, mut steps)| {
                functions.name(function).clone_into(&mut steps.name);
                steps
            })
            .collect();
        let functions_count = all.len();
        all.sort_by_key(|steps| (Reverse(steps.inclusive_steps), Reverse(steps.self_steps)));
        let by_inclusive = all.iter().take(top).cloned().collect();
        all.sort_by_key(|steps| Reverse(steps.self_steps));
        all.truncate(top);
        let tree = match tree_percent {
            Some(percent) => tree_lines(profile, functions, percent),
            None => Vec::new(),
        };
        let steps = profile.steps;
        Self { steps, functions: functions_count, by_self: all, by_inclusive, tree }
    }
}

/// Sums over the nodes of each function.
fn by_function(tree: &CallTree) -> BTreeMap<FunctionId, FunctionSteps> {
    let inclusive = tree.inclusive_steps();
    let mut totals = BTreeMap::new();
    for ((id, node), steps) in tree.nodes().zip(inclusive.iter().skip(1)) {
        let total = totals.entry(node.function).or_insert(FunctionSteps {
            name: String::new(),
            self_steps: 0,
            inclusive_steps: 0,
            calls: 0,
        });
        total.self_steps += node.self_steps;
        total.calls += node.calls;
        if !is_inside_itself(tree, id) {
            total.inclusive_steps += steps;
        }
    }
    totals
}

/// Whether a function is called, perhaps by way of others, by itself.
fn is_inside_itself(tree: &CallTree, id: NodeId) -> bool {
    let function = tree.node(id).function;
    let mut at = tree.node(id).parent;
    while at != NodeId::ROOT {
        if tree.node(at).function == function {
            return true;
        }
        at = tree.node(at).parent;
    }
    false
}

fn tree_lines(profile: &Profile, functions: &FunctionTable, percent: u64) -> Vec<TreeLine> {
    let tree = &profile.tree;
    let inclusive = tree.inclusive_steps();
    let least = u128::from(profile.steps) * u128::from(percent);
    let mut children: BTreeMap<NodeId, Vec<(u64, NodeId)>> = BTreeMap::new();
    for ((id, node), steps) in tree.nodes().zip(inclusive.iter().skip(1)) {
        if u128::from(*steps) * 100 >= least && *steps > 0 {
            children.entry(node.parent).or_default().push((*steps, id));
        }
    }
    // The smallest first: they are taken from the end.
    children.values_mut().for_each(|list| list.sort_by_key(|(steps, id)| (*steps, Reverse(*id))));
    let mut lines = Vec::new();
    let mut open: Vec<(usize, u64, NodeId)> = Vec::new();
    let push = |open: &mut Vec<_>, depth, list: Option<Vec<(u64, NodeId)>>| {
        open.extend(list.into_iter().flatten().map(|(steps, id)| (depth, steps, id)));
    };
    push(&mut open, 0, children.remove(&NodeId::ROOT));
    while let Some((depth, inclusive_steps, id)) = open.pop() {
        let node = tree.node(id);
        lines.push(TreeLine {
            depth,
            name: functions.name(node.function).to_owned(),
            inclusive_steps,
            self_steps: node.self_steps,
            calls: node.calls,
        });
        push(&mut open, depth + 1, children.remove(&id));
    }
    lines
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} steps in {} functions", self.steps, self.functions)?;
        write!(f, "\n\nmost steps of their own")?;
        fmt_table(f, &self.by_self, self.steps)?;
        write!(f, "\n\nmost steps, with all they call")?;
        fmt_table(f, &self.by_inclusive, self.steps)?;
        if !self.tree.is_empty() {
            write!(f, "\n\ncalls\n     all     own   all steps  function")?;
        }
        for line in &self.tree {
            let TreeLine { depth, name, inclusive_steps, self_steps, .. } = line;
            let all = percent(*inclusive_steps, self.steps);
            let own = percent(*self_steps, self.steps);
            write!(f, "\n{all:>8}{own:>8}{inclusive_steps:>12}  {:1$}{name}", "", 2 * depth)?;
        }
        Ok(())
    }
}

fn fmt_table(f: &mut fmt::Formatter<'_>, rows: &[FunctionSteps], steps: u64) -> fmt::Result {
    write!(f, "\n     own     all   own steps   all steps     entered  function")?;
    for FunctionSteps { name, self_steps, inclusive_steps, calls } in rows {
        let own = percent(*self_steps, steps);
        let all = percent(*inclusive_steps, steps);
        write!(f, "\n{own:>8}{all:>8}{self_steps:>12}{inclusive_steps:>12}{calls:>12}  {name}")?;
    }
    Ok(())
}

/// A part in percent, with two places, rounded down.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

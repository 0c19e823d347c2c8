//! Folded stacks: what flame graph tools read.

use std::io::{self, Write};

use crate::{
    FunctionTable,
    profile::{CallTree, NodeId},
};

/// Writes a line `outermost;…;innermost STEPS` for each way that has steps of its own.
///
/// A semicolon in a name, as in `[u8; 32]`, becomes a comma.
///
/// # Errors
/// Where `out` fails.
pub fn write_folded(
    tree: &CallTree,
    functions: &FunctionTable,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (id, node) in tree.nodes().filter(|(_, node)| node.self_steps > 0) {
        let names: Vec<String> = path(tree, id)
            .iter()
            .rev()
            .map(|id| functions.name(tree.node(*id).function).replace(';', ","))
            .collect();
        writeln!(out, "{} {}", names.join(";"), node.self_steps)?;
    }
    Ok(())
}

/// A node and those above it, without the root.
fn path(tree: &CallTree, node: NodeId) -> Vec<NodeId> {
    let mut path = Vec::new();
    let mut at = node;
    while at != NodeId::ROOT {
        path.push(at);
        at = tree.node(at).parent;
    }
    path
}

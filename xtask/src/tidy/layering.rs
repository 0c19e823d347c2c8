//! Who depends on whom, by the table of layers.

use cargo_metadata::DependencyKind;

use crate::{layers, process::Result, workspace::Workspace};

/// Every dependency among our crates that the table does not have.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let packages = workspace.packages();
    let mut problems = Vec::new();
    for package in &packages {
        let folder = package.manifest_path.as_std_path();
        if layers::is_bin(workspace.relative(folder)) {
            continue;
        }
        let name = package.name.as_str();
        let Some(layer) = layers::find(name) else {
            problems.push(format!("{name} is not in the table of xtask/src/layers.rs"));
            continue;
        };
        let ours = |name: &str| packages.iter().any(|package| package.name.as_str() == name);
        for dependency in package.dependencies.iter().filter(|dependency| ours(&dependency.name)) {
            let in_tests = dependency.kind == DependencyKind::Development;
            if !layer.may_use(&dependency.name, in_tests) {
                problems.push(format!("{name} must not depend on {}", dependency.name));
            }
        }
    }
    Ok(problems)
}

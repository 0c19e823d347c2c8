//! Files that are written by programs, and kept under version control to be read and reviewed.

pub(crate) mod chains;
pub(crate) mod specs;

use std::fs;

use crate::{
    process::{Failure, Result, announce},
    workspace::Workspace,
};

/// One generated file: where it goes, what it is made of, and how.
struct Generated {
    source: &'static str,
    target: &'static str,
    generate: fn(&str) -> std::result::Result<String, String>,
}

const ALL: [Generated; 1] =
    [Generated { source: chains::SOURCE, target: chains::TARGET, generate: chains::generate }];

/// Writes all generated files, or with `check` fails if one is stale.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result {
    for file in &ALL {
        let fresh = file.fresh(workspace)?;
        if workspace.read(file.target).is_ok_and(|present| present == fresh) {
            continue;
        }
        if check {
            return Err(Failure::new(file.is_stale()));
        }
        announce(format_args!("writing {}", file.target));
        fs::write(workspace.root.join(file.target), fresh)
            .map_err(|error| Failure::new(format!("{}: {error}", file.target)))?;
    }
    Ok(())
}

/// One line for each generated file that is not what its source gives.
pub(crate) fn stale(workspace: &Workspace) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for file in &ALL {
        if workspace.read(file.target)? != file.fresh(workspace)? {
            stale.push(file.is_stale());
        }
    }
    Ok(stale)
}

impl Generated {
    fn fresh(&self, workspace: &Workspace) -> Result<String> {
        let source = workspace.read(self.source)?;
        (self.generate)(&source).map_err(|error| Failure::new(format!("{}: {error}", self.source)))
    }

    fn is_stale(&self) -> String {
        format!("{} is stale: run `cargo xtask gen`", self.target)
    }
}

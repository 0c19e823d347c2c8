//! Files that are written by programs, and kept under version control to be read and reviewed.

pub(crate) mod chains;
pub(crate) mod keccak;
pub(crate) mod machine;
pub(crate) mod specs;

use std::fs;

use crate::{
    process::{Failure, Result, announce},
    workspace::Workspace,
};

/// One generated file: where it goes, and what makes it.
struct Generated {
    target: &'static str,
    generate: fn(&Workspace) -> Result<String>,
}

const ALL: [Generated; 3] = [
    Generated { target: chains::TARGET, generate: chains::generate },
    Generated { target: keccak::TARGET, generate: keccak::generate },
    Generated { target: machine::TARGET, generate: machine::generate },
];

/// Writes all generated files, or with `check` fails if one is stale.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result {
    for file in &ALL {
        let fresh = (file.generate)(workspace)?;
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
        if workspace.read(file.target)? != (file.generate)(workspace)? {
            stale.push(file.is_stale());
        }
    }
    Ok(stale)
}

impl Generated {
    fn is_stale(&self) -> String {
        format!("{} is stale: run `cargo xtask gen`", self.target)
    }
}

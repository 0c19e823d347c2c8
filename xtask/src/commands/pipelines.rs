//! Lints of what builds releases and is no Rust: shell scripts and GitHub's workflows.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// The lint for workflows, a Go module, and its version.
const ACTIONLINT: &str = "github.com/rhysd/actionlint/cmd/actionlint";
const ACTIONLINT_VERSION: &str = "v1.7.12";

/// Folders with files of one kind, and how their names end.
const SCRIPTS: (&str, &str) = ("docker/scripts", "sh");
const WORKFLOWS: (&str, &str) = (".github/workflows", "yml");
/// A script without an ending.
const CI: &str = ".ci/run";

/// Lints the scripts; the workflows too, where there is Go.
pub(crate) fn lint(workspace: &Workspace) -> Result {
    setup::ensure_shellcheck()?;
    let mut shellcheck = Command::new("shellcheck");
    shellcheck.current_dir(&workspace.root).arg(CI).args(files(workspace, SCRIPTS)?);
    process::run(&mut shellcheck)?;

    let Some(actionlint) = actionlint(workspace)? else {
        announce("actionlint is left out: there is no Go");
        return Ok(());
    };
    let mut actionlint = Command::new(actionlint);
    // Only what was found above looks at commands in workflows, and nothing that may be there.
    actionlint.args(["-shellcheck", "shellcheck", "-pyflakes", ""]);
    process::run(actionlint.current_dir(&workspace.root).args(files(workspace, WORKFLOWS)?))
}

/// Actionlint of that one version, installed below the target folder. `None` without Go.
fn actionlint(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !process::succeeds(Command::new("go").arg("version")) {
        return Ok(None);
    }
    let folder = workspace.target_dir().join("tools").join(ACTIONLINT_VERSION);
    let binary = folder.join("actionlint");
    if !binary.exists() {
        announce(format_args!("installing actionlint {ACTIONLINT_VERSION}"));
        let mut go = Command::new("go");
        go.arg("install").arg(format!("{ACTIONLINT}@{ACTIONLINT_VERSION}"));
        // Nothing of the machine's may change what is built.
        go.env("GOBIN", &folder).env("GOFLAGS", "").env_remove("GOOS").env_remove("GOARCH");
        process::run(go.current_dir(&workspace.root))?;
    }
    Ok(Some(binary))
}

/// Files of a folder whose names end so, as paths from the root, in order.
fn files(workspace: &Workspace, (folder, extension): (&str, &str)) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| Failure::new(format!("{folder}: {error}"));
    let mut files = Vec::new();
    for entry in workspace.root.join(folder).read_dir().map_err(failed)? {
        let name = PathBuf::from(entry.map_err(failed)?.file_name());
        if name.extension().is_some_and(|it| it == extension) {
            files.push(Path::new(folder).join(name));
        }
    }
    files.sort();
    Ok(files)
}

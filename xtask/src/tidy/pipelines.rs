//! What builds images and releases is pinned, and installs by the lists that xtask installs by.
//!
//! Whatever can be different tomorrow under the same name is named by its hash: images, and the
//! actions of GitHub. All else a Dockerfile does, it does by a script that can be run without it.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path};

use crate::{
    process::{Failure, Result},
    workspace::Workspace,
};

/// Where Dockerfiles and workflows are, and how their names end.
const FOLDERS: [(&str, &str); 2] = [("docker", ".Dockerfile"), (".github/workflows", ".yml")];
const SCRIPTS: &str = "docker/scripts/";
const LISTS: &str = "docker/packages/";
/// The script whose arguments are lists.
const INSTALL: &str = "install-packages.sh";
/// Installs a C compiler itself, since it can't run xtask without.
const CI: &str = ".ci/run";

/// Every name that is not pinned, or stands for nothing.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut bases = BTreeSet::new();
    for path in files(workspace)? {
        let text = workspace.read(&path)?;
        for (line, content) in text.lines().enumerate() {
            let content = content.trim();
            if content.starts_with('#') {
                continue;
            }
            bases.extend(base(content).map(str::to_owned));
            let found = line_problems(workspace, content);
            let line = line + 1;
            problems.extend(found.into_iter().map(|problem| format!("{path}:{line}: {problem}")));
        }
    }
    if bases.len() > 1 {
        problems.push(format!("images start from different ones: {bases:?}"));
    }
    let ci = workspace.read(CI)?;
    let lacks = |package: &&str| !ci.split_whitespace().any(|word| word == *package);
    let list = workspace.read(&format!("{LISTS}c-compiler.txt"))?;
    let missing = crate::setup::packages(&list).into_iter().filter(lacks);
    problems.extend(missing.map(|package| format!("{CI} does not install {package}")));
    Ok(problems)
}

/// Dockerfiles and workflows, as paths from the root.
fn files(workspace: &Workspace) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for (folder, ending) in FOLDERS {
        let failed = |error: std::io::Error| Failure::new(format!("{folder}: {error}"));
        for entry in fs::read_dir(workspace.root.join(folder)).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            if name.ends_with(ending) {
                files.push(format!("{folder}/{name}"));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The image that a line says to start from.
fn base(line: &str) -> Option<&str> {
    line.strip_prefix("ARG DEBIAN=").or_else(|| line.strip_prefix("image: "))
}

fn line_problems(workspace: &Workspace, line: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if base(line).is_some_and(|image| !has_digest(image)) {
        problems.push("an image without its digest".to_owned());
    }
    if let Some(action) = line.trim_start_matches("- ").strip_prefix("uses: ")
        && !is_pinned(action)
    {
        problems.push(format!("`{action}` is no `name@commit # version`"));
    }
    if line.contains("apt-get") && !line.contains("/var/lib/apt") {
        problems.push(format!("packages are installed by {INSTALL}"));
    }
    problems.extend(missing_files(&workspace.root, line));
    problems
}

fn has_digest(image: &str) -> bool {
    let digest = image.split_once("@sha256:").map(|(_, digest)| digest);
    digest.is_some_and(|digest| digest.len() == 64 && is_hex(digest))
}

/// Whether an action is of this repository, or named by a commit, with the version for people.
fn is_pinned(action: &str) -> bool {
    let commit = action.split_once('@').and_then(|(_, pin)| pin.split_once(" # v"));
    let by_commit = commit.is_some_and(|(commit, _)| commit.len() == 40 && is_hex(commit));
    action.starts_with("./") || by_commit
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Scripts and lists a line names and that are not there, or can't be run.
fn missing_files(root: &Path, line: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut words = line.split([' ', '"', '[', ']', ',']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let Some((_, name)) = word.split_once(SCRIPTS) else { continue };
        let mode = fs::metadata(root.join(SCRIPTS).join(name)).map(|it| it.permissions().mode());
        if !name.is_empty() && !mode.is_ok_and(|mode| mode & 0o111 == 0o111) {
            problems.push(format!("{SCRIPTS}{name} is no script that can be run"));
        }
        if name == INSTALL {
            let lists = words.by_ref().take_while(|word| !["&&", "\\"].contains(word));
            let missing = lists.filter(|list| !root.join(format!("{LISTS}{list}.txt")).is_file());
            problems.extend(missing.map(|list| format!("there is no list {LISTS}{list}.txt")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(line: &str) -> usize {
        line_problems(&Workspace::find().unwrap(), line).len()
    }

    #[test]
    fn images_and_actions_are_named_by_hash() {
        let hash = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(problems(&format!("- uses: actions/checkout@{hash} # v7.0.1")), 0);
        assert_eq!(problems("uses: ./.github/workflows/ci.yml"), 0);
        assert_eq!(problems(&format!("uses: actions/checkout@{hash}")), 1);
        assert_eq!(problems("uses: actions/checkout@v7 # v7.0.1"), 1);
        let digest = format!("{hash}{}", &hash[..24]);
        assert_eq!(problems(&format!("ARG DEBIAN=debian:bookworm-slim@sha256:{digest}")), 0);
        assert_eq!(problems(&format!("image: debian@sha256:{hash}")), 1);
        assert_eq!(problems("ARG DEBIAN=debian:bookworm-slim"), 1);
    }

    #[test]
    fn steps_are_scripts_that_exist_and_install_by_lists() {
        assert_eq!(problems("RUN /opt/docker/scripts/install-packages.sh guests cargo \\"), 0);
        assert_eq!(problems("RUN docker/scripts/install-packages.sh guests && true"), 0);
        assert_eq!(problems("RUN docker/scripts/install-packages.sh guests compilers"), 1);
        assert_eq!(problems("RUN apt-get install -y rustc-web"), 1);
        assert_eq!(problems("ENTRYPOINT [\"/opt/docker/scripts/build-guests.sh\"]"), 0);
        assert_eq!(problems("RUN docker/scripts/build-everything.sh /out"), 1);
    }
}

//! The list of anchors of the specs repository that references in our code may name.
//!
//! It is kept as a file, so that checking needs no clone of that repository, and so that a new
//! pin shows which anchors went away.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, process::Command};

use crate::{
    process::{self, Failure, Result, announce},
    workspace::Workspace,
};

/// Where the list is, from the root of the repository.
pub(crate) const TARGET: &str = "docs/specs.toml";

/// Folder of the chapters in the specs repository; paths in references start below it.
const FOLDER: &str = "specs/";
/// Chapters that code may refer to.
const CHAPTERS: [&str; 4] = ["fault-proof/", "interop/", "protocol/", "glossary.md"];
/// Width of a line in the list.
const WIDTH: usize = 100;

const HEADER: &str = "\
# What references of the form `Spec: path#anchor` in the code may name.
# Written by `cargo xtask gen --specs CLONE` from a clone of the repository.
";

/// Reads all anchors at the newest commit of `clone`, and pins that commit.
pub(crate) fn run(workspace: &Workspace, clone: &Path) -> Result {
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        process::read(git.arg("-C").arg(clone).args(args))
    };
    let commit = git(&["rev-parse", "HEAD"])?;
    let commit = commit.trim();
    let mut out = String::from(HEADER);
    write_head(&mut out, commit);

    let list = git(&["ls-tree", "-r", "--name-only", commit, FOLDER])?;
    for file in list.lines().filter(|file| file.ends_with(".md")) {
        let Some(path) = file.strip_prefix(FOLDER) else { continue };
        if !CHAPTERS.iter().any(|chapter| path.starts_with(chapter)) {
            continue;
        }
        let text = git(&["show", &format!("{commit}:{file}")])?;
        write_chapter(&mut out, path, &anchors(&text));
    }
    announce(format_args!("writing {TARGET}, pinned to {commit}"));
    fs::write(workspace.root.join(TARGET), out)
        .map_err(|error| Failure::new(format!("{TARGET}: {error}")))
}

fn write_head(out: &mut String, commit: &str) {
    let repository = "https://github.com/ethereum-optimism/specs";
    let lines = ["repository", repository, "commit", commit];
    for pair in lines.chunks(2) {
        let [key, value] = pair else { continue };
        out.extend(["\n", key, " = \"", value, "\""]);
    }
    out.push_str("\n\n[anchors]\n");
}

fn write_chapter(out: &mut String, path: &str, anchors: &BTreeSet<String>) {
    out.extend(["\"", path, "\" = ["]);
    let mut column = WIDTH;
    for anchor in anchors {
        let item = format!(" \"{anchor}\",");
        if column + item.len() > WIDTH {
            out.push_str("\n   ");
            column = 3;
        }
        column += item.len();
        out.push_str(&item);
    }
    out.push_str("\n]\n");
}

/// Anchors of a Markdown text as mdBook makes them: one for each heading.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if in_code || !(1..=6).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let anchor = anchor(title.trim());
        if anchor.is_empty() {
            continue;
        }
        // A heading that comes again gets a number.
        let again = (1..).map(|count| format!("{anchor}-{count}"));
        let first_free = std::iter::once(anchor.clone()).chain(again);
        anchors.extend(first_free.into_iter().find(|name| !anchors.contains(name)));
    }
    anchors
}

fn anchor(title: &str) -> String {
    let mut anchor = String::new();
    for char in without_link_targets(title).chars() {
        match char {
            ' ' => anchor.push('-'),
            '-' | '_' => anchor.push(char),
            _ if char.is_alphanumeric() => {
                let _ = write!(anchor, "{}", char.to_lowercase());
            }
            _ => {}
        }
    }
    anchor
}

/// `[text](target)` becomes `[text]`.
fn without_link_targets(title: &str) -> String {
    let mut kept = String::new();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once("](") {
        kept.extend([before, "]"]);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_made_as_mdbook_does() {
        let text = "# L2 Chain\n```\n# no heading\n```\n## `ConfigUpdate`\n## `ConfigUpdate`\n\
            ### Overview & [Link](a.md#b) (Part)\n#hashtag\n#### ";
        let expect = ["configupdate", "configupdate-1", "l2-chain", "overview--link-part"];
        assert_eq!(anchors(text), BTreeSet::from(expect.map(String::from)));
    }
}

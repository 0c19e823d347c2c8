//! References to the specification name a chapter and a heading that exist.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    generate::specs::TARGET,
    process::{Failure, Result},
    workspace::Workspace,
};

/// How a reference starts in a comment.
const MARK: &str = "Spec: ";

#[derive(Deserialize)]
struct Specs {
    anchors: BTreeMap<String, BTreeSet<String>>,
}

/// Every reference in Rust code that leads nowhere.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let specs: Specs = toml::from_str(&workspace.read(TARGET)?)
        .map_err(|error| Failure::new(format!("{TARGET}: {error}")))?;
    let mut problems = Vec::new();
    for path in workspace.files()?.iter().filter(|path| path.ends_with(".rs")) {
        for (line, text) in workspace.read(path)?.lines().enumerate() {
            let bad = references(text).filter(|reference| !specs.has(reference));
            let line = line + 1;
            problems.extend(bad.map(|reference| {
                format!("{path}:{line}: `{reference}` is not in {TARGET}, expected path.md#anchor")
            }));
        }
    }
    Ok(problems)
}

impl Specs {
    fn has(&self, reference: &str) -> bool {
        reference.split_once('#').is_some_and(|(path, anchor)| {
            self.anchors.get(path).is_some_and(|anchors| anchors.contains(anchor))
        })
    }
}

/// The references of a comment line: all words after the mark that look like a path.
fn references(line: &str) -> impl Iterator<Item = &str> {
    let comment = line.trim_start().strip_prefix("//").unwrap_or_default();
    let list = comment.split_once(MARK).map_or("", |(_, list)| list);
    let words = list.split([' ', ',', ';', '`', '(', ')']);
    let is_path = |word: &&str| word.contains('#') || word.contains(".md") || word.contains('/');
    words.filter(is_path).map(|word| word.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_a_line_are_found() {
        let check = |line, expect: &[&str]| {
            assert_eq!(references(line).collect::<Vec<_>>(), expect, "{line}");
        };
        check("/// Spec: a/b.md#c", &["a/b.md#c"]);
        check("    //! Spec: a.md#c, and b.md#d.", &["a.md#c", "b.md#d"]);
        check("/// Spec: a/b", &["a/b"]);
        check("/// Spec: the manual says so.", &[]);
        check("let text = \"Spec: a.md\";", &[]);
        check("/// The spec says so.", &[]);
    }
}

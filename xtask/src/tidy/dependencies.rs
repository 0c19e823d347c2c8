//! Licences and duplicates among the crates of others, by the rules of `deny.toml`.
//!
//! `cargo deny` checks the same and more where it is installed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    process::{self, Failure, Result},
    workspace::Workspace,
};

const RULES: &str = "deny.toml";

#[derive(Deserialize)]
struct Rules {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// A crate of others that is built into something of ours.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Dependency {
    name: String,
    version: String,
    licence: String,
}

/// Every crate with a licence that is not allowed, and every one that is there in two versions
/// without a reason.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let rules: Rules = toml::from_str(&workspace.read(RULES)?)
        .map_err(|error| Failure::new(format!("{RULES}: {error}")))?;
    let dependencies = dependencies(workspace)?;

    let mut problems = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Dependency { name, version, licence } in &dependencies {
        if !is_allowed(licence, &rules.licenses.allow) {
            problems.push(format!("{name} has the licence `{licence}`"));
        }
        versions.entry(name).or_default().push(version);
    }
    for (name, versions) in &versions {
        let is_skipped = |version: &&&str| {
            let exact = format!("{name}@{version}");
            rules.bans.skip.iter().any(|skip| skip.name == exact && !skip.reason.is_empty())
        };
        if versions.iter().filter(|version| !is_skipped(version)).count() > 1 {
            let list = versions.join(", ");
            problems.push(format!("{name} is there in versions {list}; skip one in {RULES}"));
        }
    }
    for skip in &rules.bans.skip {
        let is_there =
            dependencies.iter().any(|it| skip.name == format!("{}@{}", it.name, it.version));
        if !is_there {
            problems.push(format!("{} is skipped in {RULES}, but no longer there", skip.name));
        }
    }
    Ok(problems)
}

/// What Cargo would build for this machine, tests aside.
fn dependencies(workspace: &Workspace) -> Result<BTreeSet<Dependency>> {
    let mut cargo = workspace.cargo();
    cargo.args(["tree", "--quiet", "--workspace", "--all-features", "--edges", "normal,build"]);
    let tree = process::read(cargo.args(["--prefix", "none", "--format", "{p}|{l}"]))?;
    let ours = workspace.packages();
    let is_ours = |name: &str| ours.iter().any(|package| package.name.as_str() == name);
    let parse = |line: &str| {
        // `serde_derive v1.0.0 (proc-macro)|MIT OR Apache-2.0 (*)`
        let (package, licence) = line.split_once('|')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let licence = licence.trim_end_matches(" (*)").to_owned();
        Some(Dependency { name: name.to_owned(), version: version.to_owned(), licence })
    };
    Ok(tree.lines().filter_map(parse).filter(|it| !is_ours(&it.name)).collect())
}

/// Whether an SPDX expression can be met with the licences allowed: `A OR B`, `A AND B`,
/// `A WITH exception`, parentheses; `A/B` is an old form of `A OR B`.
fn is_allowed(expression: &str, allow: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words, allow) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allow: &BTreeSet<String>) -> bool {
    let mut is_allowed = all_of(words, allow);
    while words.next_if_eq(&"OR").is_some() {
        is_allowed |= all_of(words, allow);
    }
    is_allowed
}

fn all_of(words: &mut Words<'_>, allow: &BTreeSet<String>) -> bool {
    let mut is_allowed = one(words, allow);
    while words.next_if_eq(&"AND").is_some() {
        is_allowed &= one(words, allow);
    }
    is_allowed
}

fn one(words: &mut Words<'_>, allow: &BTreeSet<String>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let is_allowed = any_of(words, allow);
        return words.next_if_eq(&")").is_some() && is_allowed;
    }
    let Some(licence) = words.next() else { return false };
    if words.next_if_eq(&"WITH").is_some() {
        let exception = words.next().unwrap_or_default();
        return allow.contains(&format!("{licence} WITH {exception}"));
    }
    allow.contains(licence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_expressions_are_met_or_not() {
        let allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
        let allow = allow.into_iter().map(String::from).collect();
        let met = [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(GPL-3.0 OR MIT) AND Apache-2.0",
            "GPL-3.0 OR Apache-2.0 WITH LLVM-exception",
            "GPL-3.0 AND Zlib OR MIT",
        ];
        let not_met = [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "MIT WITH LLVM-exception",
            "(MIT",
            "MIT MIT",
            "MIT )",
        ];
        assert!(met.into_iter().all(|expression| is_allowed(expression, &allow)));
        for expression in not_met {
            assert!(!is_allowed(expression, &allow), "{expression}");
        }
    }
}

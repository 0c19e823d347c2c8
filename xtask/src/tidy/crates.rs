//! What every crate must have: documentation, a README, its attributes.

use cargo_metadata::{Package, Target, TargetKind};

use crate::{
    layers,
    process::{Failure, Result},
    workspace::Workspace,
};

/// Folder of the crates that others use; each is described by a README.
const CRATES_FOLDER: &str = "crates";

/// Every crate that lacks something.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in workspace.packages() {
        let name = package.name.as_str();
        let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
        let needs_readme = workspace.relative(folder.as_std_path()).starts_with(CRATES_FOLDER);
        if needs_readme && !folder.join("README.md").is_file() {
            problems.push(format!("{name} has no README.md"));
        }
        for target in package.targets.iter().filter(|target| is_product(target)) {
            let text = std::fs::read_to_string(&target.src_path)
                .map_err(|error| Failure::new(format!("{}: {error}", target.src_path)))?;
            problems.extend(missing(package, target, &text));
        }
    }
    Ok(problems)
}

fn is_product(target: &Target) -> bool {
    target.kind.iter().any(|kind| matches!(kind, TargetKind::Lib | TargetKind::Bin))
}

/// What the root file of a crate lacks.
fn missing(package: &Package, target: &Target, text: &str) -> Vec<String> {
    let name = package.name.as_str();
    let layer = layers::find(name);
    let is_lib = target.kind.contains(&TargetKind::Lib);
    let is_no_std = is_lib && layer.is_some_and(|layer| layer.is_no_std);
    let may_be_unsafe = layers::UNSAFE_CRATES.contains(&name);
    let unsafe_line = match layers::GUEST_PACKAGES.contains(&name) {
        true => "#![deny(unsafe_code)]",
        false => "#![forbid(unsafe_code)]",
    };

    let has_line = |line: &str| text.lines().any(|present| present == line);
    let has_docs = text.starts_with("//!") || text.starts_with("#![doc = include_str!(");
    let checks = [
        (has_docs, "crate documentation at the top"),
        (may_be_unsafe || has_line(unsafe_line), unsafe_line),
        (!is_no_std || has_line("#![no_std]"), "`#![no_std]`"),
        (package.license.is_some(), "a licence in its manifest"),
        (package.description.is_some(), "a description in its manifest"),
    ];
    let lacks = checks.into_iter().filter(|(has, _)| !has);
    lacks
        .map(|(_, what)| {
            format!(
                "{name} ({}) lacks {what}",
                target.src_path.as_str().rsplit('/').next().unwrap_or_default()
            )
        })
        .collect()
}

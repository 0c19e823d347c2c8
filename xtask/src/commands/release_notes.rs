//! `cargo xtask release-notes`: what the changelog says of one version.

use crate::{
    process::{Failure, Result},
    workspace::Workspace,
};

/// The file, from the root.
const FILE: &str = "CHANGELOG.md";

/// Prints the section of the version that a tag names.
///
/// # Errors
/// If the tag is another than that of the workspace's version, or the section is missing or empty:
/// what is released must be what is described.
pub(crate) fn run(workspace: &Workspace, tag: &str) -> Result {
    let packages = workspace.packages();
    let version = packages.iter().find(|package| package.name == "xtask");
    let version = version.map(|package| package.version.to_string()).unwrap_or_default();
    if tag != format!("v{version}") {
        return Err(Failure::new(format!("the tag is {tag}, and Cargo.toml has {version}")));
    }
    let changelog = workspace.read(FILE)?;
    let Some(section) = section(&changelog, &version) else {
        return Err(Failure::new(format!("{FILE} says nothing of {version}")));
    };
    println!("{section}");
    Ok(())
}

/// The text under the heading `## [version]`, up to the next one. `None` if there is none.
fn section<'a>(changelog: &'a str, version: &str) -> Option<&'a str> {
    let heading = format!("## [{version}]");
    let mut sections = changelog.split("\n## ");
    let is_meant = |section: &&str| section.starts_with(&heading["## ".len()..]);
    let (_, text) = sections.find(is_meant)?.split_once('\n')?;
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.10.0] - 2026-02-01\n\n\
        ### Added\n\n- A machine.\n\n## [0.1.0] - 2026-01-01\n\n- A start.\n";

    #[test]
    fn a_section_ends_where_the_next_begins() {
        assert_eq!(section(CHANGELOG, "0.10.0"), Some("### Added\n\n- A machine."));
        assert_eq!(section(CHANGELOG, "0.1.0"), Some("- A start."));
    }

    #[test]
    fn a_section_that_is_missing_or_empty_is_none() {
        assert_eq!(section(CHANGELOG, "0.1"), None);
        assert_eq!(section(CHANGELOG, "0.2.0"), None);
        assert_eq!(section(CHANGELOG, "Unreleased"), None);
    }
}

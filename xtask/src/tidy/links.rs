//! Links in Markdown to files of the tree lead somewhere.

use std::path::Path;

use crate::{process::Result, workspace::Workspace};

/// Every relative link to a file that is not there.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in workspace.files()?.iter().filter(|path| path.ends_with(".md")) {
        let text = workspace.read(path)?;
        let folder = workspace.root.join(path);
        let folder = folder.parent().unwrap_or(&workspace.root);
        let broken = targets(&text).filter(|target| !leads_somewhere(folder, target));
        problems.extend(broken.map(|target| format!("{path}: no file at `{target}`")));
    }
    Ok(problems)
}

/// Targets of inline links.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

fn leads_somewhere(folder: &Path, target: &str) -> bool {
    let path = target.split('#').next().unwrap_or_default();
    path.is_empty() || path.contains("://") || folder.join(path).exists()
}

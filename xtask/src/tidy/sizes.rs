//! Files are short enough to be read in one go.

use crate::{process::Result, workspace::Workspace};

/// From here on a file says at its top why it is long.
const REASON_NEEDED_LINES: usize = 500;
/// No file is longer.
const MAX_LINES: usize = 700;
/// Lines at the top in which the reason stands.
const TOP_LINES: usize = 40;
/// How the reason starts.
const REASON: &str = "//! Over 500 lines: ";

/// Every Rust file that is too long. Generated files and tests may be of any length.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in workspace.files()?.iter().filter(|path| is_judged(path)) {
        let text = workspace.read(path)?;
        let lines = text.lines().count();
        let has_reason = text.lines().take(TOP_LINES).any(|line| line.starts_with(REASON));
        if lines > MAX_LINES {
            problems.push(format!("{path} has {lines} lines, {MAX_LINES} are the most"));
        } else if lines > REASON_NEEDED_LINES && !has_reason {
            problems.push(format!("{path} has {lines} lines: say why, `{REASON}…`, or split it"));
        }
    }
    Ok(problems)
}

fn is_judged(path: &str) -> bool {
    let folders = ["/generated/", "/tests/"];
    let is_exempt = folders.iter().any(|it| path.contains(it)) || path.ends_with("/tests.rs");
    path.ends_with(".rs") && !is_exempt
}

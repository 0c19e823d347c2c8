//! Text that has no place in the tree.

use crate::{process::Result, workspace::Workspace};

/// Words no text file may have. In pieces, so that this file does not have them either.
const EVERYWHERE: [(&str, &str); 4] = [
    (concat!("/ro", "ot/"), "the path of one machine"),
    (concat!("/ho", "me/"), "the path of one machine"),
    (concat!("/work", "/main"), "the path of one machine"),
    (concat!("/work", "/shared"), "the path of one machine"),
];

/// Words no Rust file may have.
const IN_RUST: [(&str, &str); 4] = [
    (concat!("#[ign", "ore"), "a test that never runs; call it `slow_…`"),
    (concat!("todo", "!("), "unfinished code"),
    (concat!("unimplemented", "!("), "unfinished code"),
    (concat!("TO", "DO:"), "a task without an issue number; write `(#number)` behind the word"),
];

/// Every line with such a word.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in workspace.files()? {
        // What is not text has no words.
        let Ok(text) = workspace.read(&path) else { continue };
        let in_rust = if path.ends_with(".rs") { IN_RUST.as_slice() } else { &[] };
        for (line, content) in text.lines().enumerate() {
            let found = EVERYWHERE.iter().chain(in_rust).filter(|(word, _)| content.contains(word));
            let line = line + 1;
            problems.extend(found.map(|(word, why)| format!("{path}:{line}: `{word}` is {why}")));
        }
    }
    Ok(problems)
}

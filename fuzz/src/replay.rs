//! Runs a target on its corpus, as an ordinary test.

use std::{fs, path::Path};

/// Runs `target` on each file of `fuzz/corpus/NAME`, where `root` is the folder that holds `fuzz`.
pub(crate) fn replay(root: &Path, name: &str, target: fn(&[u8])) {
    let folder = root.join("fuzz/corpus").join(name);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    for path in paths {
        // Shown only where the target panics: this is the case that did it.
        println!("{}", path.display());
        target(&fs::read(&path).unwrap());
    }
}

//! Damaged cases of a corpus, for ordinary tests.

use std::{fs, path::Path};

use proptest::{collection::vec, prelude::*, sample::Index};

/// Cases of `fuzz/corpus/NAME`, where `root` is the folder that holds `fuzz`, with some bytes
/// changed and perhaps the end cut off.
pub(crate) fn damaged(root: &Path, name: &str) -> impl Strategy<Value = Vec<u8>> {
    let files = fs::read_dir(root.join("fuzz/corpus").join(name)).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let changes = vec((any::<Index>(), any::<u8>()), 0..6);
    let cut = prop::option::of(any::<Index>());
    (prop::sample::select(paths), changes, cut).prop_map(|(path, changes, cut)| {
        let mut input = fs::read(path).unwrap();
        if input.is_empty() {
            return input;
        }
        for (at, byte) in changes {
            let at = at.index(input.len());
            input[at] = byte;
        }
        if let Some(cut) = cut {
            input.truncate(cut.index(input.len()));
        }
        input
    })
}

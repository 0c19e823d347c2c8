//! Prints, uses the heap, and exits with status 7.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use kona_guest::{eprintln, println};

kona_guest::entry!(program);

fn program() -> u8 {
    println!("Hello, world");
    let words: BTreeMap<usize, String> =
        ["one", "three", "eleven"].into_iter().map(|word| (word.len(), word.into())).collect();
    let lengths: Vec<usize> = words.keys().copied().collect();
    eprintln!("{words:?} {lengths:?}");
    7
}

//! Panics while there is something on the heap.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;

kona_guest::entry!(program);

fn program() -> u8 {
    let values: Vec<u8> = (0..3).collect();
    assert!(values.len() > 3, "only {} values", values.len());
    0
}

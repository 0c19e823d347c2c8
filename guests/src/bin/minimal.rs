//! Exits, with status 0: the smallest program there is.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

kona_guest::entry!(program);

fn program() -> u8 {
    0
}

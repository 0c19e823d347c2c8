//! The fault proof program for the machines that prove it, asterisc and cannon.
//!
//! Exit status: 0 if the claim is valid, 1 if it is proven invalid, 2 for anything else.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

mod judge;

kona_guest::entry!(program);

fn program() -> u8 {
    judge::judge(&kona_program::ProgramOptions::default())
}

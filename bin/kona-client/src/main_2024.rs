//! The fault proof program with the key styles of 2024: blob keys by plain index, precompile keys
//! without gas. Runs recorded then can be replayed with it alone, since styles decide which
//! pre-images are asked for.
//!
//! Exit status: 0 if the claim is valid, 1 if it is proven invalid, 2 for anything else.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

mod judge;

use kona_preimage::{BlobKeyStyle, HintDialect, PrecompileKeyStyle};
use kona_program::ProgramOptions;

kona_guest::entry!(program);

fn program() -> u8 {
    judge::judge(&ProgramOptions {
        blob_key_style: BlobKeyStyle::Index,
        precompile_key_style: PrecompileKeyStyle::V1,
        hint_dialect: HintDialect::Kona2024,
        ..ProgramOptions::default()
    })
}

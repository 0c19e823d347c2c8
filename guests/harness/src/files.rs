//! Where guests and fixtures are.

use std::{env, path::PathBuf};

/// Names the folder with guests.
const GUESTS_DIR: &str = "GUESTS_DIR";

/// The recorded runs of the fixtures folder.
pub const RECORDED_RUNS: [&str; 5] =
    ["devnet-7-13", "devnet-10-20", "devnet-20-30", "devnet-270-280", "op-sepolia-16491249"];

/// The single blocks of the fixtures folder.
pub const SINGLE_BLOCKS: [&str; 12] = [
    "op-mainnet-132795025",
    "op-mainnet-132796000",
    "op-mainnet-132797000",
    "op-sepolia-22880574",
    "op-sepolia-22884230",
    "op-sepolia-22886311",
    "op-sepolia-26207960",
    "op-sepolia-26207961",
    "op-sepolia-26207962",
    "op-sepolia-26207963",
    "op-sepolia-26208384",
    "unichain-10211000",
];

/// A guest as `cargo xtask guest` builds it: by name and variant, such as `riscv64imac`.
///
/// Guests are in `GUESTS_DIR`, else in `target/guests` of the repository. `None` if it is not
/// built, which is printed.
///
/// # Panics
/// If the folder is given, as `cargo xtask test` does, and the guest is not there.
pub fn guest_file(name: &str, variant: &str) -> Option<PathBuf> {
    let file = optional_guest_file(name, variant);
    assert!(file.is_some() || env::var_os(GUESTS_DIR).is_none(), "{name} for {variant} is missing");
    file
}

/// As [`guest_file`], for a guest that can't be built everywhere.
pub fn optional_guest_file(name: &str, variant: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let given = env::var_os(GUESTS_DIR).map(PathBuf::from);
    let folder = given.unwrap_or_else(|| root.join("target/guests"));
    let file = folder.join(variant).join(name);
    if !file.is_file() {
        eprintln!("skipped: {} is not there; run `cargo xtask guest`", file.display());
        return None;
    }
    Some(file)
}

/// The fixtures folder: `FIXTURES_DIR`, else beside the repository. `None`, which is printed, if
/// there is none.
pub fn fixtures() -> Option<PathBuf> {
    let given = env::var_os("FIXTURES_DIR").map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = given.unwrap_or_else(|| root.join("../shared/fixtures"));
    if !folder.is_dir() {
        eprintln!("skipped: no fixtures at {}; set FIXTURES_DIR", folder.display());
        return None;
    }
    Some(folder)
}

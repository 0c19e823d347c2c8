//! The bundle of Karst's upgrade transactions, which is not part of this repository.

use std::{env, fs, path::PathBuf};

use support_model::upgrade::{UpgradeTransaction, parse_bundle};

/// The bundle as the pipeline wants it and as the model does.
pub(crate) struct Bundle {
    pub(crate) json: Vec<u8>,
    pub(crate) transactions: Vec<UpgradeTransaction>,
}

/// The bundle, if the fixtures are there.
pub(crate) fn load() -> Option<Bundle> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/fixtures");
    let folder = env::var_os("FIXTURES_DIR").map_or_else(|| PathBuf::from(default), PathBuf::from);
    let json = fs::read(folder.join("karst_upgrade_bundle.json")).ok()?;
    let transactions = parse_bundle(std::str::from_utf8(&json).ok()?);
    Some(Bundle { json, transactions })
}

//! The inputs of guests that judge and execute, from the fixtures folder.

use std::{fs, path::Path};

use alloy_primitives::B256;
use kona_preimage::HintDialect;
use serde::Deserialize;

use crate::{ArchiveHost, HarnessError};

/// A boot file.
#[derive(Deserialize)]
struct Boot {
    chain_id: u64,
    l1_head: B256,
    agreed_l2_output_root: B256,
    claimed_l2_output_root: B256,
    claimed_l2_block_number: u64,
    rollup_config: Option<String>,
}

/// A host with the boot values and pre-images of the recorded run in `folder`, for programs with
/// the key styles of 2024. With `claim`, that
/// output root is claimed instead of the right one.
///
/// # Errors
/// If a file can't be read.
pub fn recorded_run(folder: &Path, claim: Option<B256>) -> Result<ArchiveHost, HarnessError> {
    let host = ArchiveHost::read(&folder.join("preimages.kv.zst"), false)?;
    let mut host = host.with_dialect(HintDialect::Kona2024);
    let path = folder.join("boot.json");
    let boot: Boot = serde_json::from_slice(&read(&path)?)
        .map_err(|source| HarnessError::Json { path, source })?;
    host.insert_local(1, boot.l1_head);
    host.insert_local(2, boot.agreed_l2_output_root);
    host.insert_local(3, claim.unwrap_or(boot.claimed_l2_output_root));
    host.insert_local(4, boot.claimed_l2_block_number.to_be_bytes());
    host.insert_local(5, boot.chain_id.to_be_bytes());
    if let Some(name) = boot.rollup_config {
        host.insert_local(6, read(&folder.join(name))?);
    }
    Ok(host)
}

fn read(path: &Path) -> Result<Vec<u8>, HarnessError> {
    fs::read(path).map_err(|source| HarnessError::Read { path: path.to_owned(), source })
}

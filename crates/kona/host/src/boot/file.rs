//! The boot file: one JSON object.

use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use kona_preimage::{BlobKeyStyle, PrecompileKeyStyle};
use serde::Deserialize;

use super::BootError;

/// Fields as they are written. A name that is not among them is an error, so that a slip of the pen
/// does not pass for a default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BootFile {
    pub(super) chain_id: u64,
    pub(super) l1_head: B256,
    #[serde(default)]
    pub(super) agreed_l2_head_hash: Option<B256>,
    pub(super) agreed_l2_output_root: B256,
    pub(super) claimed_l2_output_root: B256,
    pub(super) claimed_l2_block_number: u64,
    #[serde(default)]
    pub(super) blob_key_style: Option<BlobStyleName>,
    #[serde(default)]
    pub(super) precompile_key_style: Option<PrecompileStyleName>,
    #[serde(default)]
    pub(super) rollup_config: Option<PathBuf>,
    #[serde(default)]
    pub(super) l1_config: Option<PathBuf>,
}

pub(super) fn read(path: &Path) -> Result<BootFile, BootError> {
    let json = super::read(path)?;
    serde_json::from_slice(&json)
        .map_err(|source| BootError::File { path: path.to_owned(), source })
}

/// Blob key styles by name, in files and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BlobStyleName {
    /// The bit-reversed root of unity, as programs of today do.
    #[serde(alias = "root_of_unity")]
    RootOfUnity,
    /// The plain index, as programs up to 2024 did.
    Index,
}

impl From<BlobStyleName> for BlobKeyStyle {
    fn from(name: BlobStyleName) -> Self {
        match name {
            BlobStyleName::RootOfUnity => Self::RootOfUnity,
            BlobStyleName::Index => Self::Index,
        }
    }
}

/// Precompile key styles by name, in files and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PrecompileStyleName {
    /// With the gas, as programs of today do.
    V2,
    /// Without the gas, as programs up to 2024 did.
    V1,
}

impl From<PrecompileStyleName> for PrecompileKeyStyle {
    fn from(name: PrecompileStyleName) -> Self {
        match name {
            PrecompileStyleName::V2 => Self::V2,
            PrecompileStyleName::V1 => Self::V1,
        }
    }
}

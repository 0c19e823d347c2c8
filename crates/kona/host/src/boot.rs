//! The inputs of a dispute: from flags, or from a file.

mod error;
pub use error::BootError;

mod file;
pub(crate) use file::{BlobStyleName, PrecompileStyleName};

#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy_primitives::B256;
use axos_genesis::{
    L1ChainConfig, RollupConfig,
    registry::{self, RegistryError},
};
use kona_preimage::{BlobKeyStyle, HintDialect, PrecompileKeyStyle, local_index};

/// The inputs of a dispute, and the settings its pre-images were recorded with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// Where the values come from; `None` for flags.
    pub path: Option<PathBuf>,
    /// Hash of the last L1 block there is, as far as this dispute is concerned.
    pub l1_head: B256,
    /// Hash of the agreed L2 block, if it is told: the agreed output root commits to it, so that it
    /// serves as a check alone.
    pub agreed_l2_head_hash: Option<B256>,
    /// The output root both sides agree on.
    pub agreed_l2_output_root: B256,
    /// The output root in dispute.
    pub claimed_l2_output_root: B256,
    /// Number of the L2 block that the claim is about.
    pub claimed_l2_block_number: u64,
    /// Chain id of L2.
    pub chain_id: u64,
    /// Configurations of a chain that is not built in.
    pub configs: Configs,
    /// How blob keys were made, if the file says.
    pub blob_key_style: Option<BlobKeyStyle>,
    /// How precompile keys were made, if the file says.
    pub precompile_key_style: Option<PrecompileKeyStyle>,
    /// The values under local keys 4 and 5, as bytes that can be lent.
    numbers: [[u8; 8]; 2],
}

/// Configuration files as JSON, checked to be what they should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configs {
    /// The rollup configuration.
    pub rollup: Option<Vec<u8>>,
    /// The configuration of L1.
    pub l1: Option<Vec<u8>>,
}

/// The inputs of a dispute as flags give them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BootFlags {
    /// See [`Boot::l1_head`].
    pub l1_head: B256,
    /// See [`Boot::agreed_l2_head_hash`].
    pub agreed_l2_head_hash: Option<B256>,
    /// See [`Boot::agreed_l2_output_root`].
    pub agreed_l2_output_root: B256,
    /// See [`Boot::claimed_l2_output_root`].
    pub claimed_l2_output_root: B256,
    /// See [`Boot::claimed_l2_block_number`].
    pub claimed_l2_block_number: u64,
    /// See [`Boot::chain_id`]; not needed with a rollup configuration.
    pub chain_id: Option<u64>,
    /// Path of the rollup configuration.
    pub rollup_config_path: Option<PathBuf>,
    /// Path of the L1 configuration.
    pub l1_config_path: Option<PathBuf>,
}

impl Boot {
    /// Reads a boot file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`BootError`] if it or a configuration it names can't be read or used.
    pub fn from_file(path: &Path) -> Result<Self, BootError> {
        let file = file::read(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let flags = BootFlags {
            l1_head: file.l1_head,
            agreed_l2_head_hash: file.agreed_l2_head_hash,
            agreed_l2_output_root: file.agreed_l2_output_root,
            claimed_l2_output_root: file.claimed_l2_output_root,
            claimed_l2_block_number: file.claimed_l2_block_number,
            chain_id: Some(file.chain_id),
            rollup_config_path: file.rollup_config.map(|name| folder.join(name)),
            l1_config_path: file.l1_config.map(|name| folder.join(name)),
        };
        Ok(Self {
            path: Some(path.to_owned()),
            blob_key_style: file.blob_key_style.map(Into::into),
            precompile_key_style: file.precompile_key_style.map(Into::into),
            ..Self::from_flags(&flags)?
        })
    }

    /// Takes the inputs from flags, and reads the configurations they name.
    ///
    /// # Errors
    /// [`BootError`] if a configuration can't be read or used, or there is none for the chain.
    pub fn from_flags(flags: &BootFlags) -> Result<Self, BootError> {
        let rollup = flags.rollup_config_path.as_deref().map(read_rollup_config).transpose()?;
        let chain_id = match (&rollup, flags.chain_id) {
            (Some(file), Some(expected)) if file.config.l2_chain_id != expected => {
                let (path, actual) = (file.path.clone(), file.config.l2_chain_id);
                return Err(BootError::ConfigChain { path, expected, actual });
            }
            (_, Some(chain_id)) => chain_id,
            (Some(file), None) => file.config.l2_chain_id,
            (None, None) => return Err(BootError::NoChain),
        };
        let l1_chain_id = check_rollup_config(chain_id, rollup.as_ref())?;
        let l1 = flags.l1_config_path.as_deref().map(read_l1_config).transpose()?;
        check_l1_config(l1_chain_id, l1.as_ref())?;

        let number = flags.claimed_l2_block_number;
        Ok(Self {
            path: None,
            l1_head: flags.l1_head,
            agreed_l2_head_hash: flags.agreed_l2_head_hash,
            agreed_l2_output_root: flags.agreed_l2_output_root,
            claimed_l2_output_root: flags.claimed_l2_output_root,
            claimed_l2_block_number: number,
            chain_id,
            configs: Configs { rollup: rollup.map(|file| file.json), l1: l1.map(|file| file.json) },
            blob_key_style: None,
            precompile_key_style: None,
            numbers: [number.to_be_bytes(), chain_id.to_be_bytes()],
        })
    }

    /// The value under a local key, if there is one. Hosts disagree on where configurations are.
    ///
    /// Spec: fault-proof/index.md#bootstrapping
    pub fn local_value(&self, index: u64, dialect: HintDialect) -> Option<&[u8]> {
        let is_go = dialect == HintDialect::Go;
        match index {
            local_index::L1_HEAD => Some(self.l1_head.as_slice()),
            local_index::AGREED_OUTPUT_ROOT => Some(self.agreed_l2_output_root.as_slice()),
            local_index::CLAIMED_OUTPUT_ROOT => Some(self.claimed_l2_output_root.as_slice()),
            local_index::CLAIMED_BLOCK_NUMBER => Some(&self.numbers[0]),
            local_index::L2_CHAIN_ID => Some(&self.numbers[1]),
            local_index::GO_ROLLUP_CONFIG if is_go => self.configs.rollup.as_deref(),
            local_index::GO_L1_CONFIG if is_go => self.configs.l1.as_deref(),
            local_index::KONA_ROLLUP_CONFIG if !is_go => self.configs.rollup.as_deref(),
            local_index::KONA_L1_CONFIG if !is_go => self.configs.l1.as_deref(),
            _ => None,
        }
    }
}

/// A configuration file that was read.
struct ConfigFile<T> {
    path: PathBuf,
    json: Vec<u8>,
    config: T,
}

/// Checks that the chain has one configuration, and returns the L1 chain it settles on.
///
/// In the program a built-in configuration goes first, so a file that differs would be passed over.
fn check_rollup_config(
    chain_id: u64,
    file: Option<&ConfigFile<RollupConfig>>,
) -> Result<u64, BootError> {
    match (registry::find(chain_id), file) {
        (Ok(known), Some(file)) if known.config != file.config => {
            Err(BootError::BuiltInDiffers { path: file.path.clone(), chain_id })
        }
        (Ok(known), _) => Ok(known.config.l1_chain_id),
        (Err(RegistryError::UnknownL2 { .. }), Some(file)) => Ok(file.config.l1_chain_id),
        (Err(source), _) => Err(BootError::UnknownChain { source }),
    }
}

/// As [`check_rollup_config`]. Whether a chain without a built-in configuration needs one depends
/// on its forks, which the program knows.
fn check_l1_config(
    chain_id: u64,
    file: Option<&ConfigFile<L1ChainConfig>>,
) -> Result<(), BootError> {
    let Some(file) = file else { return Ok(()) };
    let path = || file.path.clone();
    if file.config.chain_id != chain_id {
        let (expected, actual) = (chain_id, file.config.chain_id);
        return Err(BootError::ConfigChain { path: path(), expected, actual });
    }
    match registry::find_l1(chain_id) {
        Ok(known) if known != file.config => {
            Err(BootError::BuiltInDiffers { path: path(), chain_id })
        }
        _ => Ok(()),
    }
}

fn read_rollup_config(path: &Path) -> Result<ConfigFile<RollupConfig>, BootError> {
    let json = read(path)?;
    let config = RollupConfig::from_json(&json)
        .map_err(|source| BootError::RollupConfig { path: path.to_owned(), source })?;
    Ok(ConfigFile { path: path.to_owned(), json, config })
}

fn read_l1_config(path: &Path) -> Result<ConfigFile<L1ChainConfig>, BootError> {
    let json = read(path)?;
    let config = L1ChainConfig::from_json(&json)
        .map_err(|source| BootError::L1Config { path: path.to_owned(), source })?;
    Ok(ConfigFile { path: path.to_owned(), json, config })
}

fn read(path: &Path) -> Result<Vec<u8>, BootError> {
    fs::read(path).map_err(|source| BootError::Open { path: path.to_owned(), source })
}

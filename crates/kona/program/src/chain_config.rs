//! Which chain this is: the configurations of L2 and of the L1 below it.
//!
//! Known chains are built in. Others come from local keys beyond those of the dispute, which no
//! game can load on chain: they serve private networks and tests.

use axos_genesis::{
    Fork, L1ChainConfig, L1ConfigJsonError, RollupConfig, RollupConfigJsonError,
    registry::{self, RegistryError},
};
use kona_preimage::{HintDialect, OracleError, PreimageOracle, local_index};

use crate::{BootValue, ProgramOptions};

/// The configurations of L2 and of the L1 below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainConfig {
    /// Everything derivation and execution must know of L2.
    pub rollup: RollupConfig,
    /// The blob fee schedule of L1. Empty if L2 never gets to Ecotone, which needs it first.
    pub l1: L1ChainConfig,
}

/// Why there is no usable configuration of the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainConfigError {
    /// The chain is known to be one that can't be derived.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The chain is not built in, and the host has no configuration for it either.
    #[error("chain {chain_id} is not built in, and {value} cannot be read")]
    Unread {
        /// Chain id of L2.
        chain_id: u64,
        /// The value asked for.
        value: BootValue,
        /// What the oracle said.
        #[source]
        source: OracleError,
    },
    /// The rollup configuration is not one, or makes no sense.
    #[error("{value} cannot be used")]
    RollupJson {
        /// The value read.
        value: BootValue,
        /// What is wrong with it.
        #[source]
        source: RollupConfigJsonError,
    },
    /// The L1 configuration is not one, or makes no sense.
    #[error("{value} cannot be used")]
    L1Json {
        /// The value read.
        value: BootValue,
        /// What is wrong with it.
        #[source]
        source: L1ConfigJsonError,
    },
    /// The rollup configuration is of another chain than the dispute.
    #[error("the rollup configuration is of chain {actual}, but the dispute is on {expected}")]
    L2ChainId {
        /// Chain id of the dispute.
        expected: u64,
        /// `l2_chain_id` of the configuration.
        actual: u64,
    },
    /// The L1 configuration is of another chain than the one L2 settles on.
    #[error("the L1 configuration is of chain {actual}, but the rollup settles on {expected}")]
    L1ChainId {
        /// `l1_chain_id` of the rollup configuration.
        expected: u64,
        /// `chainId` of the L1 configuration.
        actual: u64,
    },
}

impl ChainConfigError {
    /// The value that is missing or can't be used.
    pub const fn value(&self) -> Option<BootValue> {
        match self {
            Self::Unread { value, .. }
            | Self::RollupJson { value, .. }
            | Self::L1Json { value, .. } => Some(*value),
            Self::Registry(_) | Self::L2ChainId { .. } | Self::L1ChainId { .. } => None,
        }
    }
}

impl ChainConfig {
    /// The configurations for `chain_id`: built in, or from where hosts of the dialect have them.
    ///
    /// # Errors
    /// [`ChainConfigError`] if there are none, or none that fit.
    pub fn load(
        oracle: &impl PreimageOracle,
        chain_id: u64,
        options: &ProgramOptions,
    ) -> Result<Self, ChainConfigError> {
        let mut rollup = match registry::find(chain_id) {
            Ok(known) => known.config.clone(),
            Err(RegistryError::UnknownL2 { .. }) => {
                read_rollup_config(oracle, chain_id, options.hint_dialect)?
            }
            Err(unsupported) => return Err(unsupported.into()),
        };
        if let Some(switches) = options.rule_switches {
            rollup.switches = switches;
        }
        let l1 = load_l1_config(oracle, chain_id, &rollup, options.hint_dialect)?;
        Ok(Self { rollup, l1 })
    }
}

fn read_rollup_config(
    oracle: &impl PreimageOracle,
    chain_id: u64,
    dialect: HintDialect,
) -> Result<RollupConfig, ChainConfigError> {
    let value = rollup_config_value(dialect);
    let bytes = oracle.read(value.key()).map_err(|source| ChainConfigError::Unread {
        chain_id,
        value,
        source,
    })?;
    let config = RollupConfig::from_json(bytes)
        .map_err(|source| ChainConfigError::RollupJson { value, source })?;
    // Go programs are told by a chain id of its own that the configuration names the chain.
    let is_marker = dialect == HintDialect::Go && chain_id == local_index::GO_CUSTOM_CHAIN_ID;
    if config.l2_chain_id != chain_id && !is_marker {
        return Err(ChainConfigError::L2ChainId { expected: chain_id, actual: config.l2_chain_id });
    }
    Ok(config)
}

/// The L1 configuration of `rollup`. Nothing is read for a chain that stays below Ecotone: only
/// L1 attributes from there on have a blob base fee, and hosts of such chains have no value.
fn load_l1_config(
    oracle: &impl PreimageOracle,
    chain_id: u64,
    rollup: &RollupConfig,
    dialect: HintDialect,
) -> Result<L1ChainConfig, ChainConfigError> {
    let l1_chain_id = rollup.l1_chain_id;
    if let Ok(known) = registry::find_l1(l1_chain_id) {
        return Ok(known);
    }
    if !rollup.is_active(Fork::Ecotone, u64::MAX) {
        return Ok(L1ChainConfig { chain_id: l1_chain_id, ..L1ChainConfig::default() });
    }
    let value = l1_config_value(dialect);
    let bytes = oracle.read(value.key()).map_err(|source| ChainConfigError::Unread {
        chain_id,
        value,
        source,
    })?;
    let config = L1ChainConfig::from_json(bytes)
        .map_err(|source| ChainConfigError::L1Json { value, source })?;
    if config.chain_id != l1_chain_id {
        return Err(ChainConfigError::L1ChainId { expected: l1_chain_id, actual: config.chain_id });
    }
    Ok(config)
}

/// Where hosts of `dialect` have the rollup configuration.
pub(crate) const fn rollup_config_value(dialect: HintDialect) -> BootValue {
    let index = match dialect {
        HintDialect::Go => local_index::GO_ROLLUP_CONFIG,
        _ => local_index::KONA_ROLLUP_CONFIG,
    };
    BootValue { index, name: "rollup configuration" }
}

/// Where hosts of `dialect` have the L1 configuration.
pub(crate) const fn l1_config_value(dialect: HintDialect) -> BootValue {
    let index = match dialect {
        HintDialect::Go => local_index::GO_L1_CONFIG,
        _ => local_index::KONA_L1_CONFIG,
    };
    BootValue { index, name: "L1 chain configuration" }
}

#[cfg(test)]
mod tests;

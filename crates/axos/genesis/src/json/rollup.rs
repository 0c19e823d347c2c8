//! `rollup.json`: the rollup configuration file of op-node and kona.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
};

use alloy_primitives::Address;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::number::{self, Number};
use crate::{
    BaseFeeParams, ChainGenesis, Fork, ForkSchedule, L1BlockId, L2BlockId, RollupConfig,
    RollupConfigError, RuleSwitches, SystemConfig, registry,
    rollup_config::GRANITE_CHANNEL_TIMEOUT_L1_BLOCKS,
};

/// Why a rollup configuration file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RollupConfigJsonError {
    /// Not JSON, or a field is missing or has the wrong form.
    #[error("rollup config does not parse")]
    Json(#[from] serde_json::Error),
    /// The chain posts its batches elsewhere than on L1.
    #[error(
        "rollup config: `{field}` asks for alternative data availability, which is not supported: \
         batches must be on L1. Remove the field if the chain does not use it"
    )]
    AltDa {
        /// The field that says so.
        field: &'static str,
    },
    /// A fork is scheduled whose rules are not known.
    #[error(
        "rollup config: `{field}` schedules a fork at {time} whose rules are not known, the newest \
         known is {newest}. Remove the field only if the fork is never to activate"
    )]
    UnknownFork {
        /// The field that says so.
        field: String,
        /// Its value as written.
        time: String,
        /// The newest fork whose rules are known.
        newest: Fork,
    },
    /// A field changes a rule that is fixed here.
    #[error("rollup config: `{field}` is {actual}, but only {expected} is supported")]
    FixedRule {
        /// The field that says so.
        field: &'static str,
        /// The only value possible.
        expected: u64,
        /// The value met.
        actual: u64,
    },
    /// Batches were in blobs before Ecotone, an experiment that no chain uses.
    #[error("rollup config: `blobs_data` is not supported, blobs are read from Ecotone on")]
    BlobsBeforeEcotone,
    /// The values make no sense together.
    #[error(transparent)]
    Check(#[from] RollupConfigError),
}

impl RollupConfig {
    /// Reads a rollup configuration file of op-node or kona, and [checks](Self::check) it.
    ///
    /// Unknown fields are ignored unless they change rules. Where Regolith is left out although a
    /// later fork is scheduled, it is active from the start, as on all chains of the registry,
    /// whose files don't name it. Base fee constants that are left out are those of the registry
    /// if the chain is in it, else the common 6, 50 and 250.
    ///
    /// # Errors
    /// [`RollupConfigJsonError`] that names the field, and says what to do.
    pub fn from_json(json: &[u8]) -> Result<Self, RollupConfigJsonError> {
        let config = Self::try_from(serde_json::from_slice::<RollupFile>(json)?)?;
        config.check()?;
        Ok(config)
    }
}

/// As [`RollupConfig::from_json`], but without the check.
impl<'de> Deserialize<'de> for RollupConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RollupFile::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

/// The fields of all generations of the file.
#[derive(Deserialize)]
struct RollupFile {
    genesis: GenesisFile,
    block_time: u64,
    #[serde(default)]
    max_sequencer_drift: u64,
    seq_window_size: u64,
    channel_timeout: u64,
    #[serde(deserialize_with = "number::deserialize")]
    l1_chain_id: u64,
    #[serde(deserialize_with = "number::deserialize")]
    l2_chain_id: u64,
    #[serde(flatten)]
    forks: ForkSchedule,
    batch_inbox_address: Address,
    deposit_contract_address: Address,
    l1_system_config_address: Address,

    /// Base fee constants since 2025.
    chain_op_config: Option<ChainOpConfig>,
    /// Base fee constants of kona in 2024.
    base_fee_params: Option<BaseFeeFile>,
    canyon_base_fee_params: Option<BaseFeeFile>,
    granite_channel_timeout: Option<u64>,
    keep_karst_upgrade_gas: Option<bool>,
    rule_switches: Option<SwitchesFile>,

    // What asks for rules that are not here.
    alt_da: Option<Value>,
    use_alt_da: Option<bool>,
    use_plasma: Option<bool>,
    da_challenge_address: Option<Address>,
    da_challenge_contract_address: Option<Address>,
    blobs_data: Option<Number>,

    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct GenesisFile {
    l1: L1BlockId,
    l2: L2BlockId,
    l2_time: u64,
    system_config: SystemConfig,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChainOpConfig {
    #[serde(default, deserialize_with = "optional_u32")]
    eip1559_elasticity: Option<u32>,
    #[serde(default, deserialize_with = "optional_u32")]
    eip1559_denominator: Option<u32>,
    #[serde(default, deserialize_with = "optional_u32")]
    eip1559_denominator_canyon: Option<u32>,
}

#[derive(Deserialize)]
struct BaseFeeFile {
    #[serde(default, alias = "maxChangeDenominator", deserialize_with = "optional_u32")]
    max_change_denominator: Option<u32>,
    #[serde(default, alias = "elasticityMultiplier", deserialize_with = "optional_u32")]
    elasticity_multiplier: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct SwitchesFile {
    holocene_overlap_check: bool,
}

fn optional_u32<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    number.map(|Number(wide)| u32::try_from(wide).map_err(de::Error::custom)).transpose()
}

impl TryFrom<RollupFile> for RollupConfig {
    type Error = RollupConfigJsonError;

    fn try_from(file: RollupFile) -> Result<Self, Self::Error> {
        file.refuse_other_rules()?;
        let base_fee_params = file.base_fee_params()?;
        let GenesisFile { l1, l2, l2_time, system_config } = file.genesis;
        let mut forks = file.forks;
        if forks.active_fork(u64::MAX) > Fork::Regolith {
            forks.regolith_time = forks.regolith_time.or(Some(0));
        }
        let switches = file.rule_switches.map_or(RuleSwitches::NEWEST, |switches| RuleSwitches {
            holocene_overlap_check: switches.holocene_overlap_check,
        });
        Ok(Self {
            genesis: ChainGenesis { l1, l2, l2_time, system_config },
            block_time: file.block_time,
            max_sequencer_drift: file.max_sequencer_drift,
            seq_window_size: file.seq_window_size,
            channel_timeout: file.channel_timeout,
            l1_chain_id: file.l1_chain_id,
            l2_chain_id: file.l2_chain_id,
            forks,
            base_fee_params,
            batch_inbox_address: file.batch_inbox_address,
            deposit_contract_address: file.deposit_contract_address,
            l1_system_config_address: file.l1_system_config_address,
            keep_karst_upgrade_gas: file.keep_karst_upgrade_gas.unwrap_or_default(),
            switches,
        })
    }
}

impl RollupFile {
    fn refuse_other_rules(&self) -> Result<(), RollupConfigJsonError> {
        let is_set = |address: Option<Address>| address.is_some_and(|address| !address.is_zero());
        let alt_da = [
            (self.alt_da.is_some(), "alt_da"),
            (self.use_alt_da == Some(true), "use_alt_da"),
            (self.use_plasma == Some(true), "use_plasma"),
            (is_set(self.da_challenge_address), "da_challenge_address"),
            (is_set(self.da_challenge_contract_address), "da_challenge_contract_address"),
        ];
        if let Some((_, field)) = alt_da.into_iter().find(|(is_used, _)| *is_used) {
            return Err(RollupConfigJsonError::AltDa { field });
        }
        if self.blobs_data.is_some() {
            return Err(RollupConfigJsonError::BlobsBeforeEcotone);
        }
        let expected = GRANITE_CHANNEL_TIMEOUT_L1_BLOCKS;
        if let Some(actual) = self.granite_channel_timeout.filter(|actual| *actual != expected) {
            let field = "granite_channel_timeout";
            return Err(RollupConfigJsonError::FixedRule { field, expected, actual });
        }
        self.refuse_unknown_forks()
    }

    /// Every fork has a field `<name>_time`; an unknown one that is set schedules an unknown fork.
    fn refuse_unknown_forks(&self) -> Result<(), RollupConfigJsonError> {
        let is_fork = |(name, time): &(&String, &Value)| name.ends_with("_time") && !time.is_null();
        match self.unknown.iter().find(is_fork) {
            Some((field, time)) => Err(RollupConfigJsonError::UnknownFork {
                field: field.clone(),
                time: time.to_string(),
                newest: Fork::ALL[Fork::ALL.len() - 1],
            }),
            None => Ok(()),
        }
    }

    fn base_fee_params(&self) -> Result<BaseFeeParams, RollupConfigJsonError> {
        let known = registry::find(self.l2_chain_id).ok();
        let default = known.map_or_else(BaseFeeParams::default, |it| it.config.base_fee_params);
        if let Some(op) = &self.chain_op_config {
            return Ok(BaseFeeParams {
                elasticity: op.eip1559_elasticity.unwrap_or(default.elasticity),
                denominator: op.eip1559_denominator.unwrap_or(default.denominator),
                denominator_canyon: op
                    .eip1559_denominator_canyon
                    .unwrap_or(default.denominator_canyon),
            });
        }
        let (before, canyon) =
            (self.base_fee_params.as_ref(), self.canyon_base_fee_params.as_ref());
        let elasticity_before = before.and_then(|params| params.elasticity_multiplier);
        let elasticity_canyon = canyon.and_then(|params| params.elasticity_multiplier);
        let elasticity = elasticity_before.or(elasticity_canyon).unwrap_or(default.elasticity);
        if let Some(actual) = elasticity_canyon.filter(|actual| *actual != elasticity) {
            return Err(RollupConfigJsonError::FixedRule {
                field: "canyon_base_fee_params.elasticity_multiplier",
                expected: elasticity.into(),
                actual: actual.into(),
            });
        }
        Ok(BaseFeeParams {
            elasticity,
            denominator: before
                .and_then(|params| params.max_change_denominator)
                .unwrap_or(default.denominator),
            denominator_canyon: canyon
                .and_then(|params| params.max_change_denominator)
                .unwrap_or(default.denominator_canyon),
        })
    }
}

/// The file as today's op-node reads it.
impl Serialize for RollupConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RollupOut {
            genesis: GenesisOut {
                l1: &self.genesis.l1,
                l2: &self.genesis.l2,
                l2_time: self.genesis.l2_time,
                system_config: &self.genesis.system_config,
            },
            block_time: self.block_time,
            max_sequencer_drift: self.max_sequencer_drift,
            seq_window_size: self.seq_window_size,
            channel_timeout: self.channel_timeout,
            l1_chain_id: self.l1_chain_id,
            l2_chain_id: self.l2_chain_id,
            forks: &self.forks,
            batch_inbox_address: self.batch_inbox_address,
            deposit_contract_address: self.deposit_contract_address,
            l1_system_config_address: self.l1_system_config_address,
            chain_op_config: ChainOpConfig {
                eip1559_elasticity: Some(self.base_fee_params.elasticity),
                eip1559_denominator: Some(self.base_fee_params.denominator),
                eip1559_denominator_canyon: Some(self.base_fee_params.denominator_canyon),
            },
            keep_karst_upgrade_gas: self.keep_karst_upgrade_gas,
            rule_switches: (self.switches != RuleSwitches::NEWEST).then_some(SwitchesFile {
                holocene_overlap_check: self.switches.holocene_overlap_check,
            }),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct RollupOut<'a> {
    genesis: GenesisOut<'a>,
    block_time: u64,
    max_sequencer_drift: u64,
    seq_window_size: u64,
    channel_timeout: u64,
    l1_chain_id: u64,
    l2_chain_id: u64,
    #[serde(flatten)]
    forks: &'a ForkSchedule,
    batch_inbox_address: Address,
    deposit_contract_address: Address,
    l1_system_config_address: Address,
    chain_op_config: ChainOpConfig,
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    keep_karst_upgrade_gas: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_switches: Option<SwitchesFile>,
}

#[derive(Serialize)]
struct GenesisOut<'a> {
    l1: &'a L1BlockId,
    l2: &'a L2BlockId,
    l2_time: u64,
    system_config: &'a SystemConfig,
}

#[cfg(test)]
mod tests;

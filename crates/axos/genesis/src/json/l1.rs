//! The L1 configuration file: a geth genesis file, or its `config` object alone.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::number::{self, Number};
use crate::{BlobParams, L1ChainConfig};

/// Update fraction of Cancun (EIP-4844), for files older than the blob schedule.
const CANCUN_UPDATE_FRACTION: u64 = 3_338_477;
/// Update fraction of Prague (EIP-7691), for files older than the blob schedule.
const PRAGUE_UPDATE_FRACTION: u64 = 5_007_716;

/// Forks of L1 that can have blob parameters, as files name them, in protocol order.
const L1_FORKS: [&str; 9] =
    ["cancun", "prague", "osaka", "bpo1", "bpo2", "bpo3", "bpo4", "bpo5", "amsterdam"];
/// The forks whose parameters a file may leave out.
const CANCUN: &str = L1_FORKS[0];
const PRAGUE: &str = L1_FORKS[1];

/// Why an L1 configuration file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum L1ConfigJsonError {
    /// Not JSON, or a field is missing or has the wrong form.
    #[error("L1 config does not parse")]
    Json(#[from] serde_json::Error),
    /// A fork that exists to change blob parameters is scheduled without any.
    #[error("L1 config: `{fork}Time` is set, but `blobSchedule.{fork}` is missing")]
    NoBlobParams {
        /// Name of the fork.
        fork: String,
    },
    /// A blob base fee can't be computed with this value.
    #[error("L1 config: `blobSchedule.{fork}.baseFeeUpdateFraction` must not be zero")]
    ZeroUpdateFraction {
        /// Name of the fork.
        fork: String,
    },
    /// A later fork with blob parameters is scheduled before Cancun, or Cancun is not scheduled.
    #[error("L1 config: `{fork}Time` is set, so `cancunTime` must be, to the same or earlier")]
    BeforeCancun {
        /// Name of the fork.
        fork: String,
    },
}

impl L1ChainConfig {
    /// Reads a geth genesis file, or its `config` object alone.
    ///
    /// Every scheduled fork that has an entry in `blobSchedule` counts. Cancun and Prague need
    /// none, since their parameters are fixed; a blob parameter only fork (`bpo1` and so on) must
    /// have one.
    ///
    /// # Errors
    /// [`L1ConfigJsonError`] that names the field.
    pub fn from_json(json: &[u8]) -> Result<Self, L1ConfigJsonError> {
        read(serde_json::from_slice(json)?)
    }
}

impl<'de> Deserialize<'de> for L1ChainConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GethConfig {
    #[serde(deserialize_with = "number::deserialize")]
    chain_id: u64,
    blob_schedule: Option<BTreeMap<String, Option<BlobParamsFile>>>,
    /// Among others `<fork>Time`.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlobParamsFile {
    #[serde(deserialize_with = "number::deserialize")]
    base_fee_update_fraction: u64,
}

fn read(mut file: Value) -> Result<L1ChainConfig, L1ConfigJsonError> {
    let config = match file.get_mut("config") {
        Some(config) => config.take(),
        None => file,
    };
    let config: GethConfig = serde_json::from_value(config)?;

    // Ascending by time, and at one time in protocol order, so that the last one counts.
    let mut schedule = Vec::new();
    for (key, value) in &config.others {
        let Some(fork) = key.strip_suffix("Time") else { continue };
        let Some(Number(activation_time)) = Option::deserialize(value)? else { continue };
        let Some(update_fraction) = config.update_fraction(fork)? else { continue };
        let order = L1_FORKS.iter().position(|name| *name == fork).unwrap_or(L1_FORKS.len());
        schedule.push((activation_time, order, fork, update_fraction));
    }
    schedule.sort_unstable();
    if let Some((_, _, fork, _)) = schedule.first().filter(|(_, _, fork, _)| *fork != CANCUN) {
        return Err(L1ConfigJsonError::BeforeCancun { fork: (*fork).into() });
    }

    let blob_schedule = schedule
        .into_iter()
        .map(|(activation_time, _, fork, update_fraction)| BlobParams {
            activation_time,
            update_fraction,
            is_prague_or_later: fork != CANCUN,
        })
        .collect();
    Ok(L1ChainConfig { chain_id: config.chain_id, blob_schedule })
}

impl GethConfig {
    /// The update fraction that `fork` brings, `None` if it changes nothing about blobs.
    fn update_fraction(&self, fork: &str) -> Result<Option<u64>, L1ConfigJsonError> {
        let entry = self.blob_schedule.as_ref().and_then(|schedule| schedule.get(fork)?.as_ref());
        match entry.map(|params| params.base_fee_update_fraction) {
            Some(0) => Err(L1ConfigJsonError::ZeroUpdateFraction { fork: fork.into() }),
            Some(fraction) => Ok(Some(fraction)),
            None if fork == CANCUN => Ok(Some(CANCUN_UPDATE_FRACTION)),
            None if fork == PRAGUE => Ok(Some(PRAGUE_UPDATE_FRACTION)),
            None if fork.starts_with("bpo") => {
                Err(L1ConfigJsonError::NoBlobParams { fork: fork.into() })
            }
            None => Ok(None),
        }
    }
}

/// A `config` object with what is known: chain id, fork times and update fractions. The forks
/// after Cancun are named in their order, which need not be their names on L1.
impl Serialize for L1ChainConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut times = BTreeMap::new();
        let mut blob_schedule = BTreeMap::new();
        for (index, params) in self.blob_schedule.iter().enumerate() {
            let fork = match L1_FORKS.get(index) {
                Some(fork) => (*fork).to_string(),
                None => format!("bpo{index}"),
            };
            times.insert(format!("{fork}Time"), params.activation_time);
            let base_fee_update_fraction = params.update_fraction;
            blob_schedule.insert(fork, BlobParamsFile { base_fee_update_fraction });
        }
        GethConfigOut { chain_id: self.chain_id, times, blob_schedule }.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GethConfigOut {
    chain_id: u64,
    #[serde(flatten)]
    times: BTreeMap<String, u64>,
    blob_schedule: BTreeMap<String, BlobParamsFile>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    const SEPOLIA: &str = r#"{
        "chainId": 11155111, "homesteadBlock": 0, "depositContractAddress": "0x7f02c3e3c98b133055b8b348b2ac625669ed295d",
        "shanghaiTime": 1677557088, "cancunTime": 1706655072, "pragueTime": 1741159776,
        "osakaTime": 1760427360, "bpo1Time": 1761017184, "bpo2Time": 1761607008,
        "amsterdamTime": 1791294816, "verkleTime": null,
        "blobSchedule": {
            "cancun": { "target": 3, "max": 6, "baseFeeUpdateFraction": 3338477 },
            "prague": { "target": 6, "max": 9, "baseFeeUpdateFraction": 5007716 },
            "osaka": { "target": 6, "max": 9, "baseFeeUpdateFraction": 5007716 },
            "bpo1": { "target": 10, "max": 15, "baseFeeUpdateFraction": 8346193 },
            "bpo2": { "target": 14, "max": 21, "baseFeeUpdateFraction": 11684671 }
        }
    }"#;

    fn read_str(json: &str) -> Result<L1ChainConfig, L1ConfigJsonError> {
        L1ChainConfig::from_json(json.as_bytes())
    }

    #[test]
    fn geth_genesis_and_its_config_object_give_the_built_in_schedule() {
        let sepolia = registry::l1_config(11_155_111).unwrap();
        assert_eq!(read_str(SEPOLIA).unwrap(), sepolia);
        let genesis = format!(r#"{{"config": {SEPOLIA}, "nonce": "0x0", "alloc": {{}}}}"#);
        assert_eq!(read_str(&genesis).unwrap(), sepolia);
        assert_eq!(serde_json::from_str::<L1ChainConfig>(SEPOLIA).unwrap(), sepolia);
    }

    #[test]
    fn built_in_l1_configs_survive_a_round_trip() {
        for chain_id in [1, 17_000, 560_048, 11_155_111] {
            let l1 = registry::l1_config(chain_id).unwrap();
            let json = serde_json::to_vec(&l1).unwrap();
            assert_eq!(L1ChainConfig::from_json(&json).unwrap(), l1);
        }
    }

    #[test]
    fn cancun_and_prague_need_no_blob_schedule() {
        let l1 = read_str(r#"{"chainId": 900, "cancunTime": 0, "pragueTime": "0x10"}"#).unwrap();
        let expect = [(0, 3_338_477, false), (16, 5_007_716, true)];
        let is = |params: &BlobParams| {
            (params.activation_time, params.update_fraction, params.is_prague_or_later)
        };
        assert_eq!(l1.blob_schedule.iter().map(is).collect::<Vec<_>>(), expect);
        assert_eq!(read_str(r#"{"chainId": 900}"#).unwrap().blob_schedule, []);
    }

    #[test]
    fn at_one_time_the_latest_fork_counts() {
        let json = r#"{"chainId": 900, "pragueTime": 0, "bpo1Time": 0, "cancunTime": 0, "osakaTime": 0,
            "blobSchedule": {"bpo1": {"baseFeeUpdateFraction": 7}}}"#;
        let l1 = read_str(json).unwrap();
        assert_eq!(l1.blob_schedule.last().unwrap().update_fraction, 7);
        assert_eq!(l1.blob_schedule.len(), 3);
    }

    #[test]
    fn contradictions_are_errors_that_name_the_fork() {
        let check = |json: &str, expect: &str| {
            let error = read_str(json).unwrap_err();
            assert!(error.to_string().contains(expect), "{error}");
        };
        check(r#"{"chainId": 9, "pragueTime": 5}"#, "`pragueTime` is set, so `cancunTime`");
        check(r#"{"chainId": 9, "pragueTime": 5, "cancunTime": 6}"#, "`pragueTime` is set");
        check(
            r#"{"chainId": 9, "cancunTime": 6, "bpo3Time": 7}"#,
            "`blobSchedule.bpo3` is missing",
        );
        check(
            r#"{"chainId": 9, "cancunTime": 6,
                "blobSchedule": {"cancun": {"baseFeeUpdateFraction": 0}}}"#,
            "`blobSchedule.cancun.baseFeeUpdateFraction` must not be zero",
        );
        check(r#"{"cancunTime": 6}"#, "does not parse");
        check("[]", "does not parse");
        check("{\"chainId\":", "does not parse");
    }
}

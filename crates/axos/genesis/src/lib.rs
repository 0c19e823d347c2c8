#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod block;
pub use block::{L1BlockId, L1BlockRef, L1Number, L2BlockId, L2BlockRef, L2Number};

mod fork;
pub use fork::{Fork, ForkSchedule};

mod rollup_config;
pub use rollup_config::{BaseFeeParams, ChainGenesis, RollupConfig, RuleSwitches};

mod check;
pub use check::{RollupConfigError, SEQ_WINDOW_SIZE_L1_BLOCKS_MIN};

mod system_config;
pub use system_config::{EcotoneScalars, ScalarError, SystemConfig};

mod config_update;
pub use config_update::{CONFIG_UPDATE_TOPIC, ConfigUpdate, SystemConfigLogError};

mod l1_config;
pub use l1_config::{BlobParams, L1ChainConfig, L1ConfigError};

pub mod registry;

#[cfg(feature = "serde")]
mod json;
#[cfg(feature = "serde")]
pub use json::{L1ConfigJsonError, RollupConfigJsonError};

mod generated;

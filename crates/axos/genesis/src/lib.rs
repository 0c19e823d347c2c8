//! What a chain *is* before any block of it is derived: its forks, its rollup configuration, the
//! system configuration it starts from, and the L1 it settles on.
//!
//! Everything here is data. Code elsewhere asks "is this fork active at this timestamp" and never
//! compares against a constant of its own.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod block;
pub use block::{L1BlockId, L1BlockRef, L1Number, L2BlockId, L2BlockRef, L2Number};

mod fork;
pub use fork::{Fork, ForkSchedule};

mod rollup_config;
pub use rollup_config::{BaseFeeParams, ChainGenesis, RollupConfig, RuleSwitches};

mod system_config;
pub use system_config::SystemConfig;

mod l1_config;
pub use l1_config::{BlobParams, L1ChainConfig};

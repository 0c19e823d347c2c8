#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod assembler;
pub mod attributes;
pub mod batch;
pub mod batch_stage;
pub mod blob;
pub mod bytes;
pub mod channel;
pub mod channel_bank;
pub mod config;
pub mod config_update;
pub mod deposit;
pub mod derivation;
pub mod frame;
pub mod go_reader;
pub mod inflate;
pub mod l1_info;
pub mod l2_chain;
pub mod receipt;
pub mod retrieval;
pub mod rlp;
pub mod rule;
pub mod scenario;
pub mod span_batch;
pub mod span_transaction;
pub mod upgrade;
pub mod validity;
pub mod world;

pub use attributes::Halt;
pub use config::{Config, Fork};
pub use derivation::{Derivation, Derived, ModelStep, Outcome, derive};
pub use rule::{Hits, Rule};
pub use world::{Attributes, L1Block, L2Block, World};

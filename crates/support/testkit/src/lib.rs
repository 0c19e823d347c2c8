#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod world;
pub use world::{GENESIS_TIME, L1_BLOCK_SECS, L2_BLOCK_SECS, World};

mod l1;
pub use l1::{Contents, L1Block, Log, Wallet};

mod sequencer;
pub use sequencer::{Sequencer, hash_of_l2_block, set_code_transaction, transaction};

mod batcher;
pub use batcher::{Channel, brotli, calldata, span_batch, zlib};

mod engine;
pub use engine::Engine;

mod run;
pub use run::{Built, Run};

mod sources;
pub use sources::{Missing, WorldEngine, WorldL1, WorldL2};

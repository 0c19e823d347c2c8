//! A scripted world for scenario tests: an L1 chain that tests write block by block, a sequencer
//! that makes batches, and an engine that hashes instead of executing.
//!
//! ```text
//! Sequencer -> batches -> channel -> frames -> Contents -> World::mine
//!                                                              |
//!                       Engine <- attributes <- Pipeline <- Run
//! ```

#![allow(dead_code, unused_imports, unreachable_pub, reason = "each test uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod batcher;
pub use batcher::{Channel, brotli, calldata, span_batch, zlib};

mod engine;
pub use engine::Engine;

mod l1;
pub use l1::{Contents, L1Block, Log, Wallet};

mod run;
pub use run::{Built, Run};

mod sequencer;
pub use sequencer::{Sequencer, hash_of_l2_block, set_code_transaction, transaction};

mod world;
pub use world::{GENESIS_TIME, L1_BLOCK_SECS, L2_BLOCK_SECS, World};

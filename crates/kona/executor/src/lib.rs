#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod executor;
pub use executor::{ExecutedBlock, Executor};

mod error;
pub use error::{AttributeError, ExecutorError};

mod output_root;
pub use output_root::{OUTPUT_ROOT_PREIMAGE_BYTES, OutputRoot, OutputRootError};

mod spec;
pub use spec::op_spec;

mod state;
pub use state::{L2StateProvider, StateError};

mod transaction;
pub use transaction::{DecodeError, InvalidTransaction};

mod precompiles;
pub use precompiles::{PrecompileOracle, split_precompile_result};

mod signer;
pub use signer::recover_signer;

mod base_fee;
pub use base_fee::{BaseFeeError, next_base_fee};

mod extra_data;
pub use extra_data::{ExtraDataError, FeeParameters};

mod block;
mod create2_deployer;
mod environment;
mod keccak_cache;
mod receipt;
mod seal;

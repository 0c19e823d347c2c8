#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod args;
pub use args::{Args, main};

mod error;
pub use error::CliError;

mod run;
pub use run::{RunArgs, run};

mod commands;
pub use commands::{LoadElfArgs, WitnessArgs, load_elf, witness};

mod disasm;
pub use disasm::{DisasmArgs, disasm};

mod explain;
pub use explain::{ExplainArgs, explain};

mod profile;
pub use profile::{ProfileArgs, profile};

mod prove;
pub use prove::{ProveArgs, prove};

mod pattern;
pub use pattern::{Pattern, PatternError};

mod step_format;
pub use step_format::{StepFormat, StepFormatError};

mod preimage_stop;
pub use preimage_stop::{KeyStop, KeyStopError, PreimageStop};

mod server;
pub use server::{PREIMAGE_BYTES_MAX, Server, ServerError};

mod host;
mod progress;
mod signals;
mod symbols;

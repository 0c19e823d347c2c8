#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod assembly;
pub mod model;

mod case;
pub use case::{BLOCK_BYTES, Case, CaseBuilder, HARNESS_REGISTER};

pub mod suite;

mod engine;
pub use engine::{Engine, EngineFactory, Outcome, Recorded, engine, engines};

mod oracle;
pub use oracle::{Preimages, Said, TestHost};

mod check;
pub use check::check_case;

pub mod user_level;

pub mod random;

pub mod differential;

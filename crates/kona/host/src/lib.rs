//! Under construction.
#![forbid(unsafe_code)]
mod store;
pub use store::*;

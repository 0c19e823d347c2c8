//! Configuration files: JSON in, JSON out.

mod l1;
mod number;
mod rollup;
mod system;

pub use l1::L1ConfigJsonError;
pub use rollup::RollupConfigJsonError;

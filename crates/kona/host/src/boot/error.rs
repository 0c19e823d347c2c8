use std::{io, path::PathBuf};

use axos_genesis::{L1ConfigJsonError, RollupConfigJsonError, registry::RegistryError};

/// Why the inputs of a dispute can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A file can't be read.
    #[error("{} can't be read", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A boot file is no JSON object with the fields it must have.
    #[error("{} is no boot file", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: serde_json::Error,
    },
    /// A rollup configuration is not one.
    #[error("{} can't be used as a rollup configuration", path.display())]
    RollupConfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: RollupConfigJsonError,
    },
    /// An L1 configuration is not one.
    #[error("{} can't be used as an L1 configuration", path.display())]
    L1Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: L1ConfigJsonError,
    },
    /// A configuration of another chain than the claim's, or than the L1 below that.
    #[error("{} is of chain {actual} instead of chain {expected}", path.display())]
    ConfigChain {
        /// The file.
        path: PathBuf,
        /// Chain id that it must have.
        expected: u64,
        /// Chain id of the configuration.
        actual: u64,
    },
    /// A configuration of a chain that is built in, and differs.
    #[error("{} differs from what is built in for chain {chain_id}", path.display())]
    BuiltInDiffers {
        /// The file.
        path: PathBuf,
        /// Chain id of both.
        chain_id: u64,
    },
    /// A chain that is not built in, without a rollup configuration; or one that can't be derived.
    #[error("the claim's chain can't be used")]
    UnknownChain {
        /// Which chain, and why.
        #[source]
        source: RegistryError,
    },
    /// Neither a chain id nor a rollup configuration.
    #[error("neither a chain id nor a rollup configuration is given")]
    NoChain,
}

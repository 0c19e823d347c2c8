//! The chains whose configuration is built in.
//!
//! The tables are generated from `data/chains.json` by `cargo xtask gen`, so that nothing is
//! parsed at run time.

use crate::{L1ChainConfig, RollupConfig, generated::chains};

/// An L2 chain that can be derived without a configuration file.
#[derive(Debug)]
pub struct KnownChain {
    /// Name for people.
    pub name: &'static str,
    /// Everything derivation and execution must know of it.
    pub config: RollupConfig,
}

/// An L1 chain whose blob fee schedule is built in.
#[derive(Debug)]
pub struct KnownL1 {
    /// Name for people.
    pub name: &'static str,
    /// Chain id.
    pub chain_id: u64,
    /// Blob parameters, ascending by activation time.
    pub blob_schedule: &'static [crate::BlobParams],
}

/// An L2 chain that is known, but can't be derived.
#[derive(Debug)]
pub struct UnsupportedChain {
    /// Name for people.
    pub name: &'static str,
    /// Chain id of L2.
    pub l2_chain_id: u64,
}

/// Why the registry has no configuration of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// The chain posts its batches elsewhere than on L1.
    #[error(
        "chain {l2_chain_id} ({name}) is not supported: it uses alternative data availability, so \
         its batches are not on L1"
    )]
    AltDa {
        /// Chain id of L2.
        l2_chain_id: u64,
        /// Name of the chain.
        name: &'static str,
    },
    /// No chain of that id is built in.
    #[error("no L2 chain with id {l2_chain_id} is built in; give its rollup configuration file")]
    UnknownL2 {
        /// Chain id of L2.
        l2_chain_id: u64,
    },
    /// No L1 chain of that id is built in.
    #[error("no L1 chain with id {l1_chain_id} is built in; give its L1 configuration file")]
    UnknownL1 {
        /// Chain id of L1.
        l1_chain_id: u64,
    },
}

/// All L2 chains that are built in, ascending by chain id.
pub const fn chains() -> &'static [KnownChain] {
    &chains::L2_CHAINS
}

/// The built-in L2 chain of that id.
///
/// # Errors
/// [`RegistryError`] that says whether the chain is unknown or not supported.
pub fn find(l2_chain_id: u64) -> Result<&'static KnownChain, RegistryError> {
    let chains = &chains::L2_CHAINS;
    if let Ok(index) = chains.binary_search_by_key(&l2_chain_id, |chain| chain.config.l2_chain_id) {
        return Ok(&chains[index]);
    }
    let unsupported = &chains::UNSUPPORTED_L2_CHAINS;
    Err(match unsupported.iter().find(|chain| chain.l2_chain_id == l2_chain_id) {
        Some(chain) => RegistryError::AltDa { l2_chain_id, name: chain.name },
        None => RegistryError::UnknownL2 { l2_chain_id },
    })
}

/// The rollup configuration of a built-in L2 chain. See [`find`] for why there is none.
pub fn rollup_config(l2_chain_id: u64) -> Option<RollupConfig> {
    find(l2_chain_id).ok().map(|chain| chain.config.clone())
}

/// The built-in configuration of an L1 chain.
///
/// # Errors
/// [`RegistryError::UnknownL1`].
pub fn find_l1(l1_chain_id: u64) -> Result<L1ChainConfig, RegistryError> {
    chains::L1_CHAINS
        .iter()
        .find(|l1| l1.chain_id == l1_chain_id)
        .map(|l1| L1ChainConfig { chain_id: l1.chain_id, blob_schedule: l1.blob_schedule.to_vec() })
        .ok_or(RegistryError::UnknownL1 { l1_chain_id })
}

/// The built-in configuration of an L1 chain. See [`find_l1`] for why there is none.
pub fn l1_config(l1_chain_id: u64) -> Option<L1ChainConfig> {
    find_l1(l1_chain_id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BaseFeeParams, Fork};

    #[test]
    fn every_built_in_chain_passes_its_checks_and_is_found() {
        assert_eq!(chains().len(), 42);
        for chain in chains() {
            assert_eq!(chain.config.check(), Ok(()), "{}", chain.name);
            assert_eq!(find(chain.config.l2_chain_id).unwrap().name, chain.name);
            assert!(l1_config(chain.config.l1_chain_id).is_some(), "{}", chain.name);
            // What the registry does not write down because it holds for all its chains.
            assert_eq!(chain.config.forks.regolith_time, Some(0), "{}", chain.name);
            assert_eq!(chain.config.channel_timeout, 300, "{}", chain.name);
        }
    }

    #[test]
    fn tables_are_sorted_by_chain_id() {
        assert!(chains().is_sorted_by_key(|chain| chain.config.l2_chain_id));
        for l1 in &chains::L1_CHAINS {
            let schedule = l1.blob_schedule;
            assert!(schedule.is_sorted_by_key(|params| params.activation_time), "{}", l1.name);
            assert!(schedule.iter().all(|params| params.update_fraction > 0), "{}", l1.name);
            assert!(!schedule[0].is_prague_or_later && schedule[1].is_prague_or_later);
        }
    }

    #[test]
    fn alt_da_chain_is_refused_by_name() {
        let error = find(42_220).unwrap_err();
        assert_eq!(error, RegistryError::AltDa { l2_chain_id: 42_220, name: "Celo" });
        assert!(chains::UNSUPPORTED_L2_CHAINS.iter().all(|chain| find(chain.l2_chain_id).is_err()));
    }

    #[test]
    fn unknown_chain_is_an_error() {
        assert_eq!(find(901).unwrap_err(), RegistryError::UnknownL2 { l2_chain_id: 901 });
        assert_eq!(find_l1(900).unwrap_err(), RegistryError::UnknownL1 { l1_chain_id: 900 });
        assert!(rollup_config(901).is_none() && l1_config(900).is_none());
    }

    #[test]
    fn chains_keep_what_differs_from_the_common_values() {
        let lisk = rollup_config(1135).unwrap();
        let wide = BaseFeeParams { elasticity: 20, denominator: 1000, denominator_canyon: 1000 };
        assert_eq!(lisk.base_fee_params, wide);
        assert!(rollup_config(10).unwrap().keep_karst_upgrade_gas);
        assert!(!rollup_config(8453).unwrap().keep_karst_upgrade_gas);
        // Base left before Karst.
        assert_eq!(rollup_config(8453).unwrap().forks.time(Fork::Karst), None);
        assert_eq!(rollup_config(10).unwrap().forks.time(Fork::Karst), Some(1_783_526_401));
    }
}

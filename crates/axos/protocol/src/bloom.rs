//! Ruling out L1 blocks by the bloom filter in their header.

use alloy_primitives::{Address, B256, Bloom};

/// Bits of a bloom filter that a log of one address with one first topic sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogFilter {
    address: Address,
    topic: B256,
}

impl LogFilter {
    /// The filter for logs of `address` whose first topic is `topic`.
    pub fn new(address: Address, topic: B256) -> Self {
        Self { address, topic }
    }

    /// The logs that are deposits to the portal.
    pub fn deposits(portal: Address) -> Self {
        Self::new(portal, crate::DEPOSIT_TOPIC)
    }

    /// The logs that update the system configuration.
    pub fn config_updates(system_config: Address) -> Self {
        Self::new(system_config, axos_genesis::CONFIG_UPDATE_TOPIC)
    }

    /// Whether a block with this bloom filter can have such a log. `false` is certain.
    pub fn may_match(&self, _bloom: &Bloom) -> bool {
        unimplemented!("follows")
    }
}

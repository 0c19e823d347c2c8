//! Ruling out L1 blocks by the bloom filter in their header.

use alloy_primitives::{Address, B256, Bloom, BloomInput};

use crate::DEPOSIT_TOPIC;

/// Bits of a block's bloom filter that are set if it has a log of one address with one first topic.
///
/// The bits are found once, so that looking at a block costs no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogFilter {
    bits: Bloom,
}

impl LogFilter {
    /// The filter for logs of `address` whose first topic is `topic`.
    pub fn new(address: Address, topic: B256) -> Self {
        let mut bits = Bloom::ZERO;
        bits.accrue(BloomInput::Raw(address.as_slice()));
        bits.accrue(BloomInput::Raw(topic.as_slice()));
        Self { bits }
    }

    /// The filter for deposits to the portal.
    pub fn deposits(portal: Address) -> Self {
        Self::new(portal, DEPOSIT_TOPIC)
    }

    /// The filter for updates of the system configuration.
    pub fn config_updates(system_config: Address) -> Self {
        Self::new(system_config, axos_genesis::CONFIG_UPDATE_TOPIC)
    }

    /// Whether a block with this bloom filter can have such a log; `false` is certain.
    pub fn may_match(&self, bloom: &Bloom) -> bool {
        bloom.contains(&self.bits)
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Log;

    use super::*;

    fn bloom(address: Address, topics: &[B256]) -> Bloom {
        let mut bloom = Bloom::ZERO;
        let log = Log::new_unchecked(address, topics.to_vec(), Default::default());
        bloom.accrue_log(&log);
        bloom
    }

    #[test]
    fn only_address_and_topic_together_may_match() {
        let portal = Address::repeat_byte(7);
        let filter = LogFilter::deposits(portal);
        let other = B256::repeat_byte(9);
        assert!(filter.may_match(&bloom(portal, &[DEPOSIT_TOPIC, other])));
        assert!(!filter.may_match(&bloom(portal, &[other])));
        assert!(!filter.may_match(&bloom(Address::ZERO, &[DEPOSIT_TOPIC])));
        assert!(!filter.may_match(&Bloom::ZERO));
        assert!(filter.may_match(&Bloom::repeat_byte(0xff)));
        let both = bloom(portal, &[other]) | bloom(Address::ZERO, &[DEPOSIT_TOPIC]);
        assert!(filter.may_match(&both), "a filter can't tell which log had what");
    }
}

//! The forks in order, and when each becomes active.

use core::fmt;

/// A protocol upgrade, in activation order.
///
/// Spec: protocol/superchain-upgrades.md#post-bedrock-network-upgrades
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fork {
    /// The first release; active from genesis.
    Bedrock,
    /// Deposits report the gas they use.
    Regolith,
    /// Shanghai; the channel bank reads any ready channel.
    Canyon,
    /// Span batches.
    Delta,
    /// Cancun and blobs.
    Ecotone,
    /// Brotli channels, `FastLZ` fees.
    Fjord,
    /// A channel timeout of 50 L1 blocks.
    Granite,
    /// Strict batch ordering, EIP-1559 parameters in the header.
    Holocene,
    /// Prague, operator fee.
    Isthmus,
    /// Minimum base fee, DA footprint.
    Jovian,
    /// A subset of Osaka, upgrade transactions from a bundle.
    Karst,
}

impl Fork {
    /// All forks, oldest first.
    pub const ALL: [Self; 11] = [
        Self::Bedrock,
        Self::Regolith,
        Self::Canyon,
        Self::Delta,
        Self::Ecotone,
        Self::Fjord,
        Self::Granite,
        Self::Holocene,
        Self::Isthmus,
        Self::Jovian,
        Self::Karst,
    ];

    /// The name in documents and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bedrock => "Bedrock",
            Self::Regolith => "Regolith",
            Self::Canyon => "Canyon",
            Self::Delta => "Delta",
            Self::Ecotone => "Ecotone",
            Self::Fjord => "Fjord",
            Self::Granite => "Granite",
            Self::Holocene => "Holocene",
            Self::Isthmus => "Isthmus",
            Self::Jovian => "Jovian",
            Self::Karst => "Karst",
        }
    }
}

impl fmt::Display for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Activation times of one chain, in seconds since the Unix epoch.
///
/// Each is compared with an L2 block's timestamp or with its L1 origin's, as the rule at hand
/// says. `None` means never. A later fork that is active implies all earlier ones.
///
/// Spec: protocol/superchain-upgrades.md#l2-block-timestamp-based-activation
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct ForkSchedule {
    /// Activation of Regolith.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub regolith_time: Option<u64>,
    /// Activation of Canyon.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub canyon_time: Option<u64>,
    /// Activation of Delta.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub delta_time: Option<u64>,
    /// Activation of Ecotone.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub ecotone_time: Option<u64>,
    /// Activation of Fjord.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub fjord_time: Option<u64>,
    /// Activation of Granite.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub granite_time: Option<u64>,
    /// Activation of Holocene.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub holocene_time: Option<u64>,
    /// For L1 origins before this L1 time the blob base fee uses Cancun's update fraction even
    /// where L1 already has Prague's. `None`: follow L1.
    ///
    /// Spec: protocol/pectra-blob-schedule/derivation.md#if-enabled
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub pectra_blob_schedule_time: Option<u64>,
    /// Activation of Isthmus.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub isthmus_time: Option<u64>,
    /// Activation of Jovian.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub jovian_time: Option<u64>,
    /// Activation of Karst.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub karst_time: Option<u64>,
}

impl ForkSchedule {
    /// When `fork` itself is scheduled; Bedrock is always at 0.
    pub const fn time(&self, fork: Fork) -> Option<u64> {
        match fork {
            Fork::Bedrock => Some(0),
            Fork::Regolith => self.regolith_time,
            Fork::Canyon => self.canyon_time,
            Fork::Delta => self.delta_time,
            Fork::Ecotone => self.ecotone_time,
            Fork::Fjord => self.fjord_time,
            Fork::Granite => self.granite_time,
            Fork::Holocene => self.holocene_time,
            Fork::Isthmus => self.isthmus_time,
            Fork::Jovian => self.jovian_time,
            Fork::Karst => self.karst_time,
        }
    }

    /// Whether `fork` is active at `timestamp`, itself or through a later fork.
    pub const fn is_active(&self, fork: Fork, timestamp: u64) -> bool {
        self.active_fork(timestamp) as u8 >= fork as u8
    }

    /// The newest fork active at `timestamp`.
    pub const fn active_fork(&self, timestamp: u64) -> Fork {
        let mut index = Fork::ALL.len();
        while index > 1 {
            index -= 1;
            if let Some(time) = self.time(Fork::ALL[index])
                && timestamp >= time
            {
                return Fork::ALL[index];
            }
        }
        Fork::Bedrock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: ForkSchedule = ForkSchedule {
        regolith_time: Some(0),
        canyon_time: Some(10),
        delta_time: Some(20),
        ecotone_time: Some(30),
        fjord_time: Some(40),
        granite_time: Some(50),
        holocene_time: Some(60),
        pectra_blob_schedule_time: Some(65),
        isthmus_time: Some(70),
        jovian_time: Some(80),
        karst_time: Some(90),
    };

    #[test]
    fn fork_is_active_from_its_very_second_on() {
        for fork in Fork::ALL.into_iter().skip(2) {
            let time = SCHEDULE.time(fork).unwrap();
            assert!(!SCHEDULE.is_active(fork, time - 1), "{fork}");
            assert!(SCHEDULE.is_active(fork, time), "{fork}");
            assert!(SCHEDULE.is_active(fork, u64::MAX), "{fork}");
            assert_eq!(SCHEDULE.active_fork(time), fork);
        }
    }

    #[test]
    fn bedrock_needs_no_schedule() {
        let none = ForkSchedule::default();
        assert!(none.is_active(Fork::Bedrock, 0));
        assert_eq!(none.active_fork(u64::MAX), Fork::Bedrock);
        assert!(Fork::ALL.into_iter().skip(1).all(|fork| !none.is_active(fork, u64::MAX)));
    }

    #[test]
    fn later_fork_implies_all_earlier_ones() {
        let only_granite = ForkSchedule { granite_time: Some(7), ..ForkSchedule::default() };
        for fork in Fork::ALL {
            assert_eq!(only_granite.is_active(fork, 7), fork <= Fork::Granite, "{fork}");
            assert_eq!(only_granite.is_active(fork, 6), fork == Fork::Bedrock, "{fork}");
        }
    }

    #[test]
    fn list_of_forks_is_in_activation_order() {
        assert!(Fork::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(
            Fork::ALL.iter().enumerate().all(|(index, fork)| index == usize::from(*fork as u8))
        );
    }
}

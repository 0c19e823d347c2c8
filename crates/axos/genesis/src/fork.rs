//! The forks in order, and when each becomes active.

/// A protocol upgrade, in activation order.
///
/// Spec: protocol/superchain-upgrades.md#protocol-versions
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
}

/// Activation times of one chain, in seconds since the Unix epoch.
///
/// Each is compared with an L2 block's timestamp or with its L1 origin's, as the rule at hand
/// says. `None` means never. A later fork that is set implies all earlier ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ForkSchedule {
    /// Activation of Regolith.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub regolith_time: Option<u64>,
    /// Activation of Canyon.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub canyon_time: Option<u64>,
    /// Activation of Delta.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub delta_time: Option<u64>,
    /// Activation of Ecotone.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub ecotone_time: Option<u64>,
    /// Activation of Fjord.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub fjord_time: Option<u64>,
    /// Activation of Granite.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub granite_time: Option<u64>,
    /// Activation of Holocene.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub holocene_time: Option<u64>,
    /// For L1 origins before this L1 time the blob base fee uses Cancun's update fraction even
    /// where L1 already has Prague's. `None`: follow L1.
    ///
    /// Spec: protocol/pectra-blob-schedule/derivation.md
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub pectra_blob_schedule_time: Option<u64>,
    /// Activation of Isthmus.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub isthmus_time: Option<u64>,
    /// Activation of Jovian.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub jovian_time: Option<u64>,
    /// Activation of Karst.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
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
    pub fn is_active(&self, fork: Fork, timestamp: u64) -> bool {
        Fork::ALL
            .iter()
            .filter(|later| **later >= fork)
            .any(|later| self.time(*later).is_some_and(|time| timestamp >= time))
    }

    /// The newest fork active at `timestamp`.
    pub fn active_fork(&self, timestamp: u64) -> Fork {
        Fork::ALL
            .iter()
            .rev()
            .copied()
            .find(|fork| self.time(*fork).is_some_and(|time| timestamp >= time))
            .unwrap_or(Fork::Bedrock)
    }
}

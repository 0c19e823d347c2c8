//! Which rules of the EVM a fork stands for.

use axos_genesis::{Fork, RollupConfig};
use op_revm::OpSpecId;

/// The EVM rules of the L2 block at `timestamp`, in seconds.
///
/// The times come from the chain's own configuration. Forks that change derivation alone keep the
/// rules of the fork before them.
///
/// Spec: protocol/superchain-upgrades.md#activation-rules
pub fn op_spec(config: &RollupConfig, timestamp: u64) -> OpSpecId {
    match config.forks.active_fork(timestamp) {
        Fork::Bedrock => OpSpecId::BEDROCK,
        Fork::Regolith => OpSpecId::REGOLITH,
        // Delta brings span batches and leaves the EVM alone.
        Fork::Canyon | Fork::Delta => OpSpecId::CANYON,
        Fork::Ecotone => OpSpecId::ECOTONE,
        Fork::Fjord => OpSpecId::FJORD,
        Fork::Granite => OpSpecId::GRANITE,
        Fork::Holocene => OpSpecId::HOLOCENE,
        Fork::Isthmus => OpSpecId::ISTHMUS,
        Fork::Jovian => OpSpecId::JOVIAN,
        Fork::Karst => OpSpecId::KARST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axos_genesis::ForkSchedule;
    use revm::primitives::hardfork::SpecId;

    /// One fork every ten seconds, Bedrock at 0.
    fn ladder() -> RollupConfig {
        let forks = ForkSchedule {
            regolith_time: Some(10),
            canyon_time: Some(20),
            delta_time: Some(30),
            ecotone_time: Some(40),
            fjord_time: Some(50),
            granite_time: Some(60),
            holocene_time: Some(70),
            isthmus_time: Some(80),
            jovian_time: Some(90),
            karst_time: Some(100),
            ..Default::default()
        };
        RollupConfig { forks, ..Default::default() }
    }

    #[test]
    fn each_fork_has_its_evm_rules_from_its_first_second_on() {
        let config = ladder();
        let expected = [
            (0, OpSpecId::BEDROCK, SpecId::MERGE),
            (10, OpSpecId::REGOLITH, SpecId::MERGE),
            (20, OpSpecId::CANYON, SpecId::SHANGHAI),
            (30, OpSpecId::CANYON, SpecId::SHANGHAI),
            (40, OpSpecId::ECOTONE, SpecId::CANCUN),
            (50, OpSpecId::FJORD, SpecId::CANCUN),
            (60, OpSpecId::GRANITE, SpecId::CANCUN),
            (70, OpSpecId::HOLOCENE, SpecId::CANCUN),
            (80, OpSpecId::ISTHMUS, SpecId::PRAGUE),
            (90, OpSpecId::JOVIAN, SpecId::PRAGUE),
            (100, OpSpecId::KARST, SpecId::OSAKA),
        ];
        for (index, (time, op, eth)) in expected.into_iter().enumerate() {
            assert_eq!(op_spec(&config, time), op);
            assert_eq!(op_spec(&config, time + 9), op);
            assert_eq!(op.into_eth_spec(), eth);
            if let Some(previous) = index.checked_sub(1) {
                assert_eq!(op_spec(&config, time - 1), expected[previous].1);
            }
        }
        assert_eq!(op_spec(&config, u64::MAX), OpSpecId::KARST);
    }

    #[test]
    fn a_later_fork_implies_the_earlier_ones() {
        let forks = ForkSchedule { granite_time: Some(0), ..Default::default() };
        let config = RollupConfig { forks, ..Default::default() };
        assert_eq!(op_spec(&config, 0), OpSpecId::GRANITE);
    }
}

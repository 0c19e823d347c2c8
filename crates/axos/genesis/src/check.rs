//! Sanity checks of a rollup configuration, before anything is derived with it.

use alloy_primitives::{Address, B256, U256};

use crate::{Fork, RollupConfig};

/// Fewest L1 blocks a sequencing window may have.
pub const SEQ_WINDOW_SIZE_L1_BLOCKS_MIN: u64 = 2;

/// The first fork that may not share its activation time with the one before.
const FIRST_FORK_ALONE: Fork = Fork::Jovian;

/// Why a rollup configuration makes no sense. Each names the field of `rollup.json` to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RollupConfigError {
    /// A value that must not be zero or empty is.
    #[error("rollup config: `{field}` must not be zero")]
    Zero {
        /// The field, as in `rollup.json`.
        field: &'static str,
    },
    /// The sequencing window leaves no L1 block to include a batch in.
    #[error("rollup config: `seq_window_size` is {actual} L1 blocks, at least {min} are needed")]
    SeqWindowTooShort {
        /// Fewest L1 blocks allowed.
        min: u64,
        /// L1 blocks configured.
        actual: u64,
    },
    /// One chain id stands for both layers.
    #[error("rollup config: `l1_chain_id` and `l2_chain_id` are both {chain_id}")]
    SameChainId {
        /// The chain id given twice.
        chain_id: u64,
    },
    /// One block hash stands for both genesis blocks.
    #[error("rollup config: `genesis.l1.hash` and `genesis.l2.hash` are both {hash}")]
    SameGenesisHash {
        /// The hash given twice.
        hash: B256,
    },
    /// A fork is scheduled, the one before it is not.
    #[error("rollup config: {fork} is scheduled at {time}, but {missing} before it is not")]
    PredecessorMissing {
        /// The fork that is scheduled.
        fork: Fork,
        /// Its activation time, in seconds.
        time: u64,
        /// The fork that must be scheduled first.
        missing: Fork,
    },
    /// A fork is scheduled before its predecessor.
    #[error("rollup config: {fork} at {time} comes before {earlier} at {earlier_time}")]
    ForksOutOfOrder {
        /// The later fork in protocol order.
        fork: Fork,
        /// Its activation time, in seconds.
        time: u64,
        /// The fork that must not be after it.
        earlier: Fork,
        /// Activation time of that one, in seconds.
        earlier_time: u64,
    },
    /// Two forks activate in one block after genesis.
    #[error("rollup config: {earlier} and {fork} both activate at {time}, after genesis")]
    ForksAtOnce {
        /// The later fork in protocol order.
        fork: Fork,
        /// The fork it shares its time with.
        earlier: Fork,
        /// The common activation time, in seconds.
        time: u64,
    },
}

impl RollupConfig {
    /// Checks what derivation and execution take for granted.
    ///
    /// The values are those op-node demands, and base fee constants that can be divided by.
    ///
    /// # Errors
    /// The first [`RollupConfigError`] met.
    pub fn check(&self) -> Result<(), RollupConfigError> {
        self.check_values()?;
        self.check_identity()?;
        self.check_forks()
    }

    fn check_values(&self) -> Result<(), RollupConfigError> {
        let system = &self.genesis.system_config;
        // [Fjord] The configured drift is no longer read, so a chain that starts there needs none.
        let drift_unused = self.is_active(Fork::Fjord, self.genesis.l2_time);
        let zero_fields = [
            (self.block_time == 0, "block_time"),
            (self.channel_timeout == 0, "channel_timeout"),
            (self.max_sequencer_drift == 0 && !drift_unused, "max_sequencer_drift"),
            (self.l1_chain_id == 0, "l1_chain_id"),
            (self.l2_chain_id == 0, "l2_chain_id"),
            (self.genesis.l1.hash == B256::ZERO, "genesis.l1.hash"),
            (self.genesis.l2.hash == B256::ZERO, "genesis.l2.hash"),
            (self.genesis.l2_time == 0, "genesis.l2_time"),
            (system.batcher_address == Address::ZERO, "genesis.system_config.batcherAddr"),
            (system.scalar == U256::ZERO, "genesis.system_config.scalar"),
            (system.gas_limit == 0, "genesis.system_config.gasLimit"),
            (self.batch_inbox_address == Address::ZERO, "batch_inbox_address"),
            (self.deposit_contract_address == Address::ZERO, "deposit_contract_address"),
            (self.base_fee_params.elasticity == 0, "chain_op_config.eip1559Elasticity"),
            (self.base_fee_params.denominator == 0, "chain_op_config.eip1559Denominator"),
            (
                self.base_fee_params.denominator_canyon == 0,
                "chain_op_config.eip1559DenominatorCanyon",
            ),
        ];
        if let Some((_, field)) = zero_fields.into_iter().find(|(is_zero, _)| *is_zero) {
            return Err(RollupConfigError::Zero { field });
        }
        if self.seq_window_size < SEQ_WINDOW_SIZE_L1_BLOCKS_MIN {
            return Err(RollupConfigError::SeqWindowTooShort {
                min: SEQ_WINDOW_SIZE_L1_BLOCKS_MIN,
                actual: self.seq_window_size,
            });
        }
        Ok(())
    }

    const fn check_identity(&self) -> Result<(), RollupConfigError> {
        if self.l1_chain_id == self.l2_chain_id {
            return Err(RollupConfigError::SameChainId { chain_id: self.l1_chain_id });
        }
        if self.genesis.l1.hash.const_eq(&self.genesis.l2.hash) {
            return Err(RollupConfigError::SameGenesisHash { hash: self.genesis.l1.hash });
        }
        Ok(())
    }

    /// Each fork needs the one before it, at the same time or earlier. From Jovian on at the same
    /// time only if both are at or before genesis: activation blocks of two such forks at once
    /// are not defined.
    ///
    /// Spec: protocol/superchain-upgrades.md#activation-rules
    fn check_forks(&self) -> Result<(), RollupConfigError> {
        for pair in Fork::ALL.windows(2) {
            let &[earlier, fork] = pair else { continue };
            let Some(time) = self.forks.time(fork) else { continue };
            let Some(earlier_time) = self.forks.time(earlier) else {
                return Err(RollupConfigError::PredecessorMissing { fork, time, missing: earlier });
            };
            if time < earlier_time {
                return Err(RollupConfigError::ForksOutOfOrder {
                    fork,
                    time,
                    earlier,
                    earlier_time,
                });
            }
            let after_genesis = time > self.genesis.l2_time;
            if fork >= FIRST_FORK_ALONE && time == earlier_time && after_genesis {
                return Err(RollupConfigError::ForksAtOnce { fork, earlier, time });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

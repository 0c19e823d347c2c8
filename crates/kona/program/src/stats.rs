//! What a run took.

use crate::l1::L1Reads;

/// What a run took, for a summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// What was read from L1.
    pub l1: L1Reads,
    /// L2 blocks derived and executed, among them those that a later invalid payload took back.
    pub blocks_executed: u64,
    /// Transactions in those blocks, deposits included.
    pub transactions_executed: u64,
    /// Gas those blocks used.
    pub gas_used: u64,
    /// Payloads that no block could be built of.
    pub payloads_rejected: u64,
    /// Frames, channels, batches and blobs ignored because they broke a rule.
    pub batcher_data_dropped: u64,
}

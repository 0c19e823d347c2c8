//! What L2 must know of the L1 it settles on: the blob fee schedule.

use alloc::vec::Vec;

/// Blob fee parameters from an L1 time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobParams {
    /// L1 timestamp of activation, in seconds.
    pub activation_time: u64,
    /// Blob base fee update fraction (EIP-4844, EIP-7691, EIP-7892).
    pub update_fraction: u64,
    /// Whether this entry is Prague's or a later one, which the Pectra blob schedule fork delays.
    pub is_prague_or_later: bool,
}

/// The L1 chain a rollup settles on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct L1ChainConfig {
    /// Chain id of L1.
    pub chain_id: u64,
    /// Blob parameters, ascending by activation time, Cancun first.
    pub blob_schedule: Vec<BlobParams>,
}

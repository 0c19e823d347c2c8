//! Indices of the boot values under local keys.
//!
//! On chain only 1 to 5 can be loaded; the rest serve chains that a program does not know, in tests
//! and private networks. Programs disagree on where configurations stand, so those indices carry
//! the name of the layout.
//!
//! Spec: fault-proof/stage-one/fault-dispute-game.md#preimageoracle-interaction

/// Hash of the L1 head, 32 bytes.
pub const L1_HEAD: u64 = 1;
/// Output root both sides agree on, 32 bytes; for interop the agreed pre-state commitment.
pub const AGREED_OUTPUT_ROOT: u64 = 2;
/// Output root in dispute, 32 bytes; for interop the claimed post-state commitment.
pub const CLAIMED_OUTPUT_ROOT: u64 = 3;
/// Number of the L2 block in dispute, big-endian u64; for interop the timestamp in seconds.
pub const CLAIMED_BLOCK_NUMBER: u64 = 4;
/// Chain id of L2, big-endian u64.
pub const L2_CHAIN_ID: u64 = 5;

/// Rollup configuration as JSON, where kona programs read it.
pub const KONA_ROLLUP_CONFIG: u64 = 6;
/// L1 chain configuration as JSON, where kona programs read it.
pub const KONA_L1_CONFIG: u64 = 7;

/// L2 chain configuration (genesis) as JSON, where Go programs read it.
pub const GO_L2_CHAIN_CONFIG: u64 = 6;
/// Rollup configuration as JSON, where Go programs read it.
pub const GO_ROLLUP_CONFIG: u64 = 7;
/// L1 chain configuration as JSON, where Go programs read it.
pub const GO_L1_CONFIG: u64 = 9;

/// Interop dependency set as JSON, for both.
pub const DEPENDENCY_SET: u64 = 8;

/// Chain id by which Go programs are told to read configurations from local keys.
pub const GO_CUSTOM_CHAIN_ID: u64 = u64::MAX;

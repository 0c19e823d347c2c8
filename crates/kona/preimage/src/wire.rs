//! The bytes in which keys, values and hints travel between program and host.
//!
//! | direction | bytes |
//! |---|---|
//! | key, program to host | 32 |
//! | value, host to program | length u64 big-endian, then the value |
//! | hint, program to host | length u32 big-endian, then the text |
//! | acknowledgement, host to program | one zero byte |
//!
//! Keys and values use one two-way channel, hints and acknowledgements another.
//!
//! Spec: fault-proof/index.md#pre-image-communication

mod channel;
pub use channel::{Channel, ChannelError};

mod client;
pub use client::{HintWriter, OracleReader};

mod server;
pub use server::{HintReader, OracleServer, ServeError, Served};

#[cfg(test)]
mod tests;

/// Longest value that either side accepts, in bytes.
///
/// Far above anything a chain can hold: a transaction has at most 10^7 bytes, and trie nodes, code
/// and configurations are smaller.
pub const PREIMAGE_BYTES_MAX: u64 = 64 << 20;

/// Longest hint that either side accepts, in bytes of text.
///
/// The longest are payload witnesses: two or four digits for each byte of a block's transactions.
pub const HINT_BYTES_MAX: u32 = 128 << 20;

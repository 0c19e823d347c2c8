//! What a program says it will ask for next.

use alloy_primitives::B256;

/// A word to the host on what will be asked next; it has no effect on the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint<'a> {
    /// The RLP header of an L1 block.
    L1BlockHeader {
        /// Block hash.
        hash: B256,
    },
    /// Placeholder of the borrowed kinds.
    L1Precompile {
        /// Input of the call.
        input: &'a [u8],
    },
}

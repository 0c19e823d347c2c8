//! Where trie nodes come from.

use alloy_primitives::B256;
use kona_preimage::OracleError;

/// A source of trie nodes by hash.
///
/// The program implements it over its pre-image oracle (and sends a hint first), the host over an
/// archive. Nodes are handed out as slices of a buffer that outlives the trie, so that an open node
/// is never copied. Whoever implements this vouches for the bytes: a trie does not hash again what
/// it is given.
pub trait NodeSource<'a> {
    /// The RLP of the node whose keccak-256 is `hash`.
    ///
    /// # Errors
    /// Whatever keeps the source from answering.
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError>;
}

impl<'a, T: NodeSource<'a> + ?Sized> NodeSource<'a> for &T {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        (**self).node(hash)
    }
}

//! Where the data of L2 blocks comes from.

use alloy_primitives::B256;
use kona_mpt::NodeSource;
use kona_preimage::OracleError;

/// A source of trie nodes, code and headers of the L2 chain, each by its keccak-256.
///
/// The program implements it over its pre-image oracle (and sends hints), the host over an archive.
/// Whoever implements this vouches for the bytes: nothing is hashed again.
pub trait L2StateProvider<'a>: NodeSource<'a> {
    /// The code with the given hash.
    ///
    /// # Errors
    /// Whatever keeps the source from answering.
    fn code(&self, hash: B256) -> Result<&'a [u8], OracleError>;

    /// The RLP of the header with the given hash.
    ///
    /// # Errors
    /// Whatever keeps the source from answering.
    fn header(&self, hash: B256) -> Result<&'a [u8], OracleError>;
}

impl<'a, T: L2StateProvider<'a> + ?Sized> L2StateProvider<'a> for &T {
    fn code(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        (**self).code(hash)
    }

    fn header(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        (**self).header(hash)
    }
}

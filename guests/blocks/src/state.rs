//! The state of the parent, by the oracle.

use alloy_primitives::B256;
use kona_executor::L2StateProvider;
use kona_guest::DescriptorOracle;
use kona_mpt::NodeSource;
use kona_preimage::{Hint, OracleError, PreimageKey, PreimageOracle};

/// Nodes, code and headers, each after a hint.
pub(crate) struct OracleState<'o>(pub(crate) &'o DescriptorOracle);

impl<'o> NodeSource<'o> for OracleState<'o> {
    fn node(&self, hash: B256) -> Result<&'o [u8], OracleError> {
        let hint = Hint::L2StateNode { hash, chain_id: None };
        self.0.read_hinted(PreimageKey::keccak256(hash), &hint)
    }
}

impl<'o> L2StateProvider<'o> for OracleState<'o> {
    fn code(&self, hash: B256) -> Result<&'o [u8], OracleError> {
        let hint = Hint::L2Code { hash, chain_id: None };
        self.0.read_hinted(PreimageKey::keccak256(hash), &hint)
    }

    fn header(&self, hash: B256) -> Result<&'o [u8], OracleError> {
        let hint = Hint::L2BlockHeader { hash, chain_id: None };
        self.0.read_hinted(PreimageKey::keccak256(hash), &hint)
    }
}

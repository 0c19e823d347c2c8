//! State, code and headers that execution reads, node by node as it gets to them.

use alloy_primitives::{Address, B256};
use kona_executor::{L2StateProvider, PrecompileOracle, split_precompile_result};
use kona_mpt::NodeSource;
use kona_preimage::{Hint, OracleError, PrecompileKeyStyle, PreimageKey, PreimageOracle};

/// The state of L2. A hint goes out with each node that is not at hand.
#[derive(Debug)]
pub(crate) struct L2State<'a, O>(pub(crate) &'a O);

impl<'a, O: PreimageOracle> NodeSource<'a> for L2State<'a, O> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash, &Hint::L2StateNode { hash, chain_id: None })
    }
}

impl<'a, O: PreimageOracle> L2StateProvider<'a> for L2State<'a, O> {
    fn code(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash, &Hint::L2Code { hash, chain_id: None })
    }

    fn header(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash, &Hint::L2BlockHeader { hash, chain_id: None })
    }
}

impl<'a, O: PreimageOracle> L2State<'a, O> {
    fn read(&self, hash: B256, hint: &Hint<'_>) -> Result<&'a [u8], OracleError> {
        self.0.read_hinted(PreimageKey::keccak256(hash), hint)
    }
}

/// Precompiled contracts whose results come from L1.
///
/// Spec: fault-proof/index.md#precompile-accelerators
#[derive(Debug)]
pub(crate) struct L1Precompiles<'a, O> {
    pub(crate) oracle: &'a O,
    pub(crate) key_style: PrecompileKeyStyle,
}

impl<O: PreimageOracle> PrecompileOracle for L1Precompiles<'_, O> {
    fn run(&self, address: Address, gas: u64, input: &[u8]) -> Result<Option<&[u8]>, OracleError> {
        let key = PreimageKey::precompile(self.key_style, address, gas, input);
        let hint = match self.key_style {
            PrecompileKeyStyle::V2 => Hint::L1Precompile { address, gas, input },
            PrecompileKeyStyle::V1 => Hint::L1PrecompileV1 { address, input },
        };
        split_precompile_result(key, self.oracle.read_hinted(key, &hint)?)
    }
}

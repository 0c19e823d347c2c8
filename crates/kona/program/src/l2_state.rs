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

#[cfg(test)]
mod tests {
    use std::{
        string::{String, ToString},
        vec,
        vec::Vec,
    };

    use kona_preimage::{HintDialect, MemoryOracle};

    use super::*;
    use crate::support::Recording;

    const ADDRESS: Address = Address::with_last_byte(1);

    fn hints(check: impl FnOnce(&Recording<'_, MemoryOracle>)) -> Vec<(String, u64)> {
        let mut oracle = MemoryOracle::default();
        for (style, output) in
            [(PrecompileKeyStyle::V1, b"\x01one"), (PrecompileKeyStyle::V2, b"\x01two")]
        {
            oracle.insert(PreimageKey::precompile(style, ADDRESS, 3000, b"input"), output);
        }
        oracle.insert_keccak256(b"value");
        let recording = Recording::new(&oracle);
        check(&recording);
        recording.hints_by_kind().into_iter().collect()
    }

    #[test]
    fn precompile_key_and_hint_are_of_the_same_style() {
        for (key_style, output, kind) in [
            (PrecompileKeyStyle::V1, b"one", kona_preimage::HintKind::L1PrecompileV1),
            (PrecompileKeyStyle::V2, b"two", kona_preimage::HintKind::L1Precompile),
        ] {
            let hints = hints(|oracle| {
                let precompiles = L1Precompiles { oracle, key_style };
                assert_eq!(precompiles.run(ADDRESS, 3000, b"input"), Ok(Some(&output[..])));
                assert!(precompiles.run(ADDRESS, 3000, b"other").is_err());
            });
            assert_eq!(hints, vec![(kind.to_string(), 2)]);
            assert!(kind.name(HintDialect::Go).is_some());
        }
    }

    #[test]
    fn hint_goes_out_once_for_a_node_that_is_not_at_hand() {
        let hash = alloy_primitives::keccak256(b"value");
        let hints = hints(|oracle| {
            let state = L2State(oracle);
            for _ in 0..3 {
                assert_eq!(state.node(hash), Ok(&b"value"[..]));
            }
            // At hand by then, whatever it is read as.
            assert_eq!(state.code(hash), Ok(&b"value"[..]));
        });
        assert_eq!(hints, vec![("l2-state-node".to_string(), 1)]);
    }
}

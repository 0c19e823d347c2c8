//! The contract that Canyon puts into the state.

use alloy_primitives::{Address, B256, Bytes, address, b256};
use revm::state::Bytecode;

/// Where the contract lives.
///
/// Spec: protocol/preinstalls.md#create2deployer
pub(crate) const CREATE2_DEPLOYER: Address = address!("13b0D85CcB8bf860b6b79AF3029fCA081AE9beF2");

/// keccak-256 of the contract's code.
pub(crate) const CREATE2_DEPLOYER_CODE_HASH: B256 =
    b256!("b0550b5b431e30d38000efb7107aaa0ade03d48a7198a140edda9d27134468b2");

/// The contract's code, as it stands on L1 and on every chain with Canyon.
pub(crate) fn create2_deployer_code() -> Bytecode {
    Bytecode::new_legacy(Bytes::from_static(include_bytes!("../data/create2_deployer.bin")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_has_its_hash() {
        assert_eq!(create2_deployer_code().hash_slow(), CREATE2_DEPLOYER_CODE_HASH);
    }
}

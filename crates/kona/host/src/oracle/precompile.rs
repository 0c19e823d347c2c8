//! Results of L1's precompiled contracts, computed here.

use alloy_primitives::Address;
use revm::precompile::Precompiles;

/// Last bytes of the addresses whose results a program may ask for. Their gas never changed.
///
/// Spec: fault-proof/index.md#precompile-accelerators
const ACCELERATED: [u8; 10] = [0x01, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11];

/// The pre-image for a call with `gas`: status byte, then output. `None` if the contract is none
/// that a program may ask for.
///
/// Spec: fault-proof/index.md#type-6-global-precompile-key
pub(super) fn run(address: Address, gas: u64, input: &[u8]) -> Option<Vec<u8>> {
    let contract = ACCELERATED
        .iter()
        .map(|last| Address::with_last_byte(*last))
        .find(|accelerated| *accelerated == address)
        .and_then(|address| Precompiles::prague().get(&address))?;
    Some(match contract.execute(input, gas, 0) {
        Ok(output) if output.is_success() => [&[1], &output.bytes[..]].concat(),
        _ => vec![0],
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::hex;

    use super::*;

    #[test]
    fn result_is_a_status_byte_and_the_output() {
        // A public test vector.
        let input = hex!(
            "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
            "000000000000000000000000000000000000000000000000000000000000001c"
            "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
            "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
        );
        let recover = |gas| run(Address::with_last_byte(1), gas, &input).unwrap();
        let signer = hex!("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
        assert_eq!(recover(3_000), [&[1], &signer[..]].concat());
        assert_eq!(recover(2_999), [0], "not enough gas");
        let pairing = |input: &[u8]| run(Address::with_last_byte(8), u64::MAX, input).unwrap();
        assert_eq!(pairing(&[]), [&[1], &[0; 31][..], &[1]].concat());
        assert_eq!(pairing(&[1]), [0], "a wrong size");
    }

    #[test]
    fn contracts_that_are_not_accelerated_are_not_run() {
        for last in [0x00, 0x02, 0x05, 0x06, 0x09, 0x12] {
            assert_eq!(run(Address::with_last_byte(last), u64::MAX, &[]), None, "{last:#x}");
        }
        assert_eq!(run(Address::repeat_byte(1), u64::MAX, &[]), None);
    }

    #[test]
    fn every_accelerated_contract_exists() {
        for last in ACCELERATED {
            assert!(run(Address::with_last_byte(last), 0, &[]).is_some(), "{last:#x}");
        }
    }
}

//! Results of L1's precompiled contracts, computed here.

use alloy_primitives::{Address, B256};
use kona_preimage::{Hint, PrecompileKeyStyle, PreimageKey};
use revm::precompile::Precompiles;

/// Last bytes of the addresses whose results a program may ask for. Their gas never changed.
///
/// Spec: fault-proof/index.md#precompile-accelerators
const ACCELERATED: [u8; 10] = [0x01, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11];

/// More gas than any call of these contracts takes. A hint without gas that is read as one with gas
/// has the start of a hash or a commitment in its place: to compute that would give a wrong result
/// for the right key.
const GAS_MAX: u64 = 1 << 32;

/// Key and pre-image that a hint at a precompile leads to. `None` if the hint is at something else,
/// or at a contract that no program may ask for.
///
/// Spec: fault-proof/index.md#type-6-global-precompile-key
pub fn precompile_preimage(hint: &Hint<'_>) -> Option<(PreimageKey, Vec<u8>)> {
    Call::of(hint).and_then(|call| Some((call.key(), call.result()?)))
}

/// A call of a contract on L1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'h> {
    address: Address,
    /// `None` in keys of style v1, which leave the gas open.
    gas: Option<u64>,
    input: &'h [u8],
}

impl<'h> Call<'h> {
    pub(super) const fn of(hint: &Hint<'h>) -> Option<Self> {
        match *hint {
            Hint::L1Precompile { address, gas, input } if gas <= GAS_MAX => {
                Some(Self { address, gas: Some(gas), input })
            }
            Hint::L1PrecompileV1 { address, input } => Some(Self { address, gas: None, input }),
            _ => None,
        }
    }

    pub(super) fn key(&self) -> PreimageKey {
        let style = match self.gas {
            Some(_) => PrecompileKeyStyle::V2,
            None => PrecompileKeyStyle::V1,
        };
        PreimageKey::precompile(style, self.address, self.gas.unwrap_or_default(), self.input)
    }

    /// What the key is the hash of, and the key of that: it differs from the other in its first
    /// byte alone, the kind.
    pub(super) fn preimage_of_key(&self) -> (PreimageKey, Vec<u8>) {
        let gas = self.gas.map(u64::to_be_bytes);
        let gas = gas.as_ref().map_or(&[][..], |gas| gas);
        let key = PreimageKey::keccak256(B256::new(*self.key().as_bytes()));
        (key, [self.address.as_slice(), gas, self.input].concat())
    }

    pub(super) fn result(&self) -> Option<Vec<u8>> {
        run(self.address, self.gas.unwrap_or(u64::MAX), self.input)
    }
}

/// The pre-image for a call with `gas`: status byte, then output. `None` if the contract is none
/// that a program may ask for.
fn run(address: Address, gas: u64, input: &[u8]) -> Option<Vec<u8>> {
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
    use alloy_primitives::{hex, keccak256};

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
    fn a_key_is_the_hash_of_its_pre_image() {
        let address = Address::with_last_byte(1);
        for (hint, call) in [
            (
                Hint::L1Precompile { address, gas: 7, input: &[0xaa] },
                &hex!("0000000000000000000000000000000000000001 0000000000000007 aa")[..],
            ),
            (
                Hint::L1PrecompileV1 { address, input: &[0xaa] },
                &hex!("0000000000000000000000000000000000000001 aa")[..],
            ),
        ] {
            let (key, preimage) = Call::of(&hint).unwrap().preimage_of_key();
            assert_eq!(preimage, call);
            assert_eq!(key, PreimageKey::keccak256(keccak256(call)));
            let (result_key, _) = precompile_preimage(&hint).unwrap();
            assert_eq!(result_key, PreimageKey::precompile_from_hash(keccak256(call)));
        }
    }

    #[test]
    fn a_hint_without_gas_is_not_computed_as_one_with_gas() {
        // Of 2024: the hash that was signed stands where the gas is today.
        let (address, payload) = (Address::with_last_byte(1), [0x18; 128]);
        let (gas, input) = payload.split_first_chunk().unwrap();
        let misread = Hint::L1Precompile { address, gas: u64::from_be_bytes(*gas), input };
        assert_eq!(precompile_preimage(&misread), None);
        assert!(precompile_preimage(&Hint::L1PrecompileV1 { address, input: &payload }).is_some());
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

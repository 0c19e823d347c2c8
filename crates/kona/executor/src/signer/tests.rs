use alloc::vec::Vec;
use core::cell::RefCell;

use alloy_consensus::crypto::secp256k1;
use alloy_primitives::{U256, b256};
use kona_preimage::PreimageKey;
use proptest::prelude::*;
use revm::precompile::Precompiles;

use super::*;

/// Order of secp256k1.
const ORDER: U256 = U256::from_be_bytes(
    b256!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").0,
);
const HASH: B256 = B256::repeat_byte(7);

/// Runs the EVM's own contract, and keeps what it was asked.
#[derive(Default)]
struct L1 {
    asked: RefCell<Vec<(Address, u64, Vec<u8>)>>,
}

impl PrecompileOracle for L1 {
    fn run(&self, address: Address, gas: u64, input: &[u8]) -> Result<Option<&[u8]>, OracleError> {
        self.asked.borrow_mut().push((address, gas, input.to_vec()));
        let contract = Precompiles::prague().get(&address).unwrap();
        let output = contract.execute(input, gas, 0).unwrap();
        Ok(output.is_success().then(|| -> &[u8] { output.bytes.to_vec().leak() }))
    }
}

/// Answers every question alike.
struct Fixed(Result<Option<&'static [u8]>, OracleError>);

impl PrecompileOracle for Fixed {
    fn run(&self, _: Address, _: u64, _: &[u8]) -> Result<Option<&[u8]>, OracleError> {
        self.0.clone()
    }
}

/// The signer as computed, which is the one that L1 names.
fn recovered(hash: &B256, signature: &Signature) -> Option<Address> {
    let computed = recover_signer(None, hash, signature).unwrap();
    assert_eq!(recover_signer(Some(&L1::default()), hash, signature), Ok(computed));
    computed
}

fn good_signature() -> Signature {
    secp256k1::sign_message(B256::repeat_byte(0x11), HASH).unwrap()
}

#[test]
fn l1_is_asked_with_hash_v_r_and_s() {
    let good = good_signature();
    for (v, parity) in [(27, false), (28, true)] {
        let l1 = L1::default();
        let signature = good.with_parity(parity);
        recover_signer(Some(&l1), &HASH, &signature).unwrap().unwrap();
        let words = [HASH, B256::with_last_byte(v), good.r().into(), good.s().into()];
        let input = words.concat();
        assert_eq!(l1.asked.take(), [(Address::with_last_byte(1), 3_000, input)]);
    }
}

#[test]
fn l1_is_not_asked_about_signatures_out_of_range() {
    let good = good_signature();
    // ecrecover itself would take the upper half of s.
    let high = Signature::new(good.r(), ORDER - good.s(), !good.v());
    assert!(secp256k1::recover_signer_unchecked(&high, HASH).is_ok());
    let zero_r = Signature::new(U256::ZERO, good.s(), false);
    let zero_s = Signature::new(good.r(), U256::ZERO, false);
    let large_r = Signature::new(ORDER, good.s(), false);
    for signature in [high, zero_r, zero_s, large_r] {
        let l1 = L1::default();
        assert_eq!(recover_signer(Some(&l1), &HASH, &signature), Ok(None));
        assert!(l1.asked.take().is_empty(), "{signature:?}");
        assert_eq!(recovered(&HASH, &signature), None);
    }
}

#[test]
fn no_point_with_the_coordinate_r_is_no_signer() {
    let signature = Signature::new(U256::from(5), good_signature().s(), false);
    assert_eq!(recovered(&HASH, &signature), None);
}

#[test]
fn an_oracle_that_does_not_answer_is_no_bad_signature() {
    let error = OracleError::Missing { key: PreimageKey::precompile_from_hash(Default::default()) };
    let oracle = Fixed(Err(error.clone()));
    assert_eq!(recover_signer(Some(&oracle), &HASH, &good_signature()), Err(error));
}

#[test]
fn anything_but_a_word_is_no_signer() {
    for answer in [None, Some(&[][..]), Some(&[1; 31]), Some(&[1; 33])] {
        let oracle = Fixed(Ok(answer));
        assert_eq!(recover_signer(Some(&oracle), &HASH, &good_signature()), Ok(None));
    }
}

proptest! {
    #[test]
    fn a_signer_is_who_signed(secret: [u8; 32], message: [u8; 32]) {
        let hash = keccak256(message);
        let Ok(signature) = secp256k1::sign_message(secret.into(), hash) else { return Ok(()) };
        let expected = secp256k1::recover_signer(&signature, hash).unwrap();
        prop_assert_eq!(recovered(&hash, &signature), Some(expected));
    }

    #[test]
    fn recovery_agrees_with_alloy_on_any_signature(
        r: [u8; 32],
        s: [u8; 32],
        parity: bool,
        hash: [u8; 32],
    ) {
        let r = U256::from_be_bytes(r);
        let s = U256::from_be_bytes(s) >> 1;
        let signature = Signature::new(r, s, parity);
        let expected = secp256k1::recover_signer(&signature, hash.into()).ok();
        prop_assert_eq!(recovered(&hash.into(), &signature), expected);
    }
}

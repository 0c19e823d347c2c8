//! Who signed a hash: L1's ecrecover says it where there is an oracle, else it is computed.

#[cfg(test)]
mod tests;

use alloy_primitives::{Address, B256, Signature, keccak256};
use k256::{
    AffinePoint, FieldBytes, ProjectivePoint, Scalar,
    elliptic_curve::{
        PrimeField,
        ops::{Invert, LinearCombination, Reduce},
        point::DecompressPoint,
        scalar::IsHigh,
        sec1::ToEncodedPoint,
    },
};
use kona_preimage::OracleError;

use crate::{
    PrecompileOracle,
    precompiles::{ECRECOVER_GAS, ECRECOVER_INPUT_BYTES},
};

const ECRECOVER: Address = Address::with_last_byte(1);

/// The account whose signature of `hash` this is; `None` if there is none, or if s is in the upper
/// half of its range (EIP-2).
///
/// With `oracle`, L1's ecrecover is asked: a program in a VM reads the answer in a few thousand
/// steps, where it would take millions to compute it. Both give the same, see ADR 0011.
///
/// # Errors
/// Whatever keeps the oracle from answering. A signature that nobody can have made is no error.
pub fn recover_signer(
    oracle: Option<&dyn PrecompileOracle>,
    hash: &B256,
    signature: &Signature,
) -> Result<Option<Address>, OracleError> {
    let Some(signature) = InRange::new(signature) else { return Ok(None) };
    match oracle {
        Some(oracle) => signature.ask(oracle, hash),
        None => Ok(signature.compute(hash)),
    }
}

/// A signature whose r and s are from 1 to the order of the curve less 1, with s in the lower half.
struct InRange {
    is_odd: bool,
    r: Scalar,
    s: Scalar,
}

impl InRange {
    fn new(signature: &Signature) -> Option<Self> {
        let r = nonzero(signature.r().to_be_bytes())?;
        let s = nonzero(signature.s().to_be_bytes())?;
        let is_odd = signature.v();
        (!bool::from(s.is_high())).then_some(Self { is_odd, r, s })
    }

    /// Asks with hash, v, r and s, a word each; a word with the address comes back, or nothing.
    fn ask(
        &self,
        oracle: &dyn PrecompileOracle,
        hash: &B256,
    ) -> Result<Option<Address>, OracleError> {
        let mut input = [0; ECRECOVER_INPUT_BYTES];
        input[..32].copy_from_slice(hash.as_slice());
        input[63] = if self.is_odd { 28 } else { 27 };
        input[64..96].copy_from_slice(&self.r.to_repr());
        input[96..].copy_from_slice(&self.s.to_repr());
        let output = oracle.run(ECRECOVER, ECRECOVER_GAS, &input)?;
        Ok(output.and_then(|word| B256::try_from(word).ok()).map(Address::from_word))
    }

    /// With R the point that r and the parity name, and z the hash, the key is (s·R − z·G) / r. It
    /// is not verified afterwards, as the usual routines do at twice the cost: every key made this
    /// way fits its signature.
    fn compute(&self, hash: &B256) -> Option<Address> {
        // r is below the order of the curve, hence below that of the field: it is R's coordinate.
        let point = AffinePoint::decompress(&self.r.to_repr(), u8::from(self.is_odd).into());
        let point = Option::<AffinePoint>::from(point)?;
        let z = <Scalar as Reduce<k256::U256>>::reduce_bytes(&hash.0.into());
        let r_inverse = Option::<Scalar>::from(self.r.invert_vartime())?;
        let key = ProjectivePoint::lincomb(
            &ProjectivePoint::GENERATOR,
            &-(r_inverse * z),
            &point.into(),
            &(r_inverse * self.s),
        );
        // The point at infinity has no coordinates, and encodes as a single byte.
        let encoded = key.to_affine().to_encoded_point(false);
        let (_tag, coordinates) = encoded.as_bytes().split_first()?;
        let is_point = coordinates.len() == 64;
        is_point.then(|| Address::from_word(keccak256(coordinates)))
    }
}

fn nonzero(bytes: [u8; 32]) -> Option<Scalar> {
    let scalar = Option::<Scalar>::from(Scalar::from_repr(FieldBytes::from(bytes)))?;
    (!bool::from(scalar.is_zero())).then_some(scalar)
}

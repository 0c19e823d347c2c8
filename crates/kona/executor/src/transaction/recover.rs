//! Who signed a hash.

use alloy_primitives::{Address, B256, Signature, keccak256};
use k256::{
    AffinePoint, ProjectivePoint, Scalar,
    elliptic_curve::{
        PrimeField,
        ops::{Invert, LinearCombination, Reduce},
        point::DecompressPoint,
        scalar::IsHigh,
        sec1::ToEncodedPoint,
    },
};

/// The account whose signature of `hash` this is; `None` if there is none, or if s is in the upper
/// half of its range (EIP-2).
///
/// With R the point that r and the parity name, and z the hash, the key is (s·R − z·G) / r. It is
/// not verified afterwards, as the usual routines do at twice the cost: every key made this way
/// fits its signature.
pub(super) fn recover_signer(hash: &B256, signature: &Signature) -> Option<Address> {
    let r_bytes = signature.r().to_be_bytes::<32>().into();
    let r = nonzero(Scalar::from_repr(r_bytes))?;
    let s = nonzero(Scalar::from_repr(signature.s().to_be_bytes::<32>().into()))?;
    if s.is_high().into() {
        return None;
    }
    // r is below the order of the curve, hence below that of the field: it is R's coordinate.
    let point = AffinePoint::decompress(&r_bytes, u8::from(signature.v()).into());
    let point = Option::<AffinePoint>::from(point)?;
    let z = <Scalar as Reduce<k256::U256>>::reduce_bytes(&hash.0.into());
    let r_inverse = Option::<Scalar>::from(r.invert_vartime())?;
    let key = ProjectivePoint::lincomb(
        &ProjectivePoint::GENERATOR,
        &-(r_inverse * z),
        &point.into(),
        &(r_inverse * s),
    );
    // The point at infinity has no coordinates, and encodes as a single byte.
    let encoded = key.to_affine().to_encoded_point(false);
    let (_tag, coordinates) = encoded.as_bytes().split_first()?;
    let is_point = coordinates.len() == 64;
    is_point.then(|| Address::from_word(keccak256(coordinates)))
}

fn nonzero(scalar: k256::elliptic_curve::subtle::CtOption<Scalar>) -> Option<Scalar> {
    Option::from(scalar).filter(|scalar: &Scalar| !bool::from(scalar.is_zero()))
}

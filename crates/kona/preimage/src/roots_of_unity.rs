//! The evaluation points of a blob: the 4096th roots of unity of the BLS12-381 scalar field, in
//! bit-reversed order.
//!
//! Field element `i` of a blob is the value of its polynomial at `ω^bitreverse12(i)`, where `ω` is
//! `7^((r - 1) / 4096)`. The table is worked out by the compiler from `r` and 7 alone, so that a
//! program pays nothing for it.

/// Field elements of a blob.
pub const FIELD_ELEMENTS_PER_BLOB: usize = 4096;

/// Order of the BLS12-381 scalar field, four 64-bit limbs, least significant first.
const MODULUS: Limbs =
    [0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48];
/// `-r⁻¹` modulo 2^64.
const NEGATED_INVERSE: u64 = 0xffff_fffe_ffff_ffff;
/// The smallest generator of the field's multiplicative group.
const GENERATOR: Limbs = [7, 0, 0, 0];
const LOG2_FIELD_ELEMENTS: u32 = FIELD_ELEMENTS_PER_BLOB.trailing_zeros();

type Limbs = [u64; 4];

/// `z` of each field element, big-endian, by index.
#[allow(long_running_const_eval, reason = "4096 field multiplications; about a second, once")]
pub(crate) static ROOTS_OF_UNITY: [[u8; 32]; FIELD_ELEMENTS_PER_BLOB] = compute_table();

/// Whether 32 big-endian bytes are below the field's order, as every field element of a blob is.
pub fn is_canonical_field_element(bytes: &[u8; 32]) -> bool {
    *bytes < to_big_endian(MODULUS)
}

const fn compute_table() -> [[u8; 32]; FIELD_ELEMENTS_PER_BLOB] {
    let omega = compute_primitive_root();
    let mut table = [[0; 32]; FIELD_ELEMENTS_PER_BLOB];
    let mut power = [1, 0, 0, 0];
    let mut exponent = 0u32;
    while (exponent as usize) < FIELD_ELEMENTS_PER_BLOB {
        let index = exponent.reverse_bits() >> (u32::BITS - LOG2_FIELD_ELEMENTS);
        table[index as usize] = to_big_endian(power);
        // A plain factor times a Montgomery factor is a plain product.
        power = montgomery_product(power, omega);
        exponent += 1;
    }
    table
}

/// `ω` in Montgomery form.
const fn compute_primitive_root() -> Limbs {
    // (r - 1) / 4096: r ends in a 1 bit, so shifting drops it.
    let mut exponent = [0u64; 4];
    let mut limb = 0;
    while limb < 4 {
        let above = if limb < 3 { MODULUS[limb + 1] } else { 0 };
        exponent[limb] =
            MODULUS[limb] >> LOG2_FIELD_ELEMENTS | above << (u64::BITS - LOG2_FIELD_ELEMENTS);
        limb += 1;
    }

    let base = to_montgomery(GENERATOR);
    let mut power = to_montgomery([1, 0, 0, 0]);
    let mut bit = 256;
    while bit > 0 {
        bit -= 1;
        power = montgomery_product(power, power);
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            power = montgomery_product(power, base);
        }
    }
    power
}

/// `value · 2^256` modulo r, by doubling.
const fn to_montgomery(mut value: Limbs) -> Limbs {
    let mut doublings = 0;
    while doublings < 256 {
        // r is below 2^255, so twice a reduced value fits in four limbs.
        let mut limb = 4;
        while limb > 1 {
            limb -= 1;
            value[limb] = value[limb] << 1 | value[limb - 1] >> 63;
        }
        value[0] <<= 1;
        value = reduce_once(value);
        doublings += 1;
    }
    value
}

/// `a · b / 2^256` modulo r.
const fn montgomery_product(a: Limbs, b: Limbs) -> Limbs {
    // Five limbs are enough: r leaves the top bit of the fourth free.
    let mut sum = [0u64; 5];
    let mut i = 0;
    while i < 4 {
        let (low, mut carry) = multiply_add(a[i], b[0], sum[0], 0);
        let factor = low.wrapping_mul(NEGATED_INVERSE);
        let (_, mut carry_reduction) = multiply_add(factor, MODULUS[0], low, 0);
        let mut j = 1;
        while j < 4 {
            let (product, high) = multiply_add(a[i], b[j], sum[j], carry);
            carry = high;
            let (reduced, high) = multiply_add(factor, MODULUS[j], product, carry_reduction);
            carry_reduction = high;
            sum[j - 1] = reduced;
            j += 1;
        }
        let (top, high) = multiply_add(1, carry, sum[4], carry_reduction);
        sum[3] = top;
        sum[4] = high;
        i += 1;
    }
    reduce_once([sum[0], sum[1], sum[2], sum[3]])
}

/// `a · b + c + d` as low and high limb; it can't overflow.
const fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = a as u128 * b as u128 + c as u128 + d as u128;
    #[allow(clippy::cast_possible_truncation, reason = "the two halves of the sum")]
    (sum as u64, (sum >> 64) as u64)
}

/// Subtracts r from a value below 2r, if the value is not below r.
const fn reduce_once(value: Limbs) -> Limbs {
    let mut difference = [0; 4];
    let mut borrow = false;
    let mut limb = 0;
    while limb < 4 {
        let (partial, first) = value[limb].overflowing_sub(MODULUS[limb]);
        let (partial, second) = partial.overflowing_sub(borrow as u64);
        difference[limb] = partial;
        borrow = first || second;
        limb += 1;
    }
    if borrow { value } else { difference }
}

const fn to_big_endian(value: Limbs) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 32 {
        bytes[31 - i] = (value[i / 8] >> (8 * (i % 8))).to_le_bytes()[0];
        i += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, b256, uint};

    use super::*;

    const R: U256 = uint!(0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001_U256);

    fn z(index: usize) -> U256 {
        U256::from_be_bytes(ROOTS_OF_UNITY[index])
    }

    #[test]
    fn first_roots_of_unity_have_their_known_values() {
        assert_eq!(z(0), U256::ONE);
        assert_eq!(z(1), R - U256::ONE);
        // The square roots of -1, as published with the consensus specification's test vectors.
        assert_eq!(
            ROOTS_OF_UNITY[2],
            b256!("0x00000000000000008d51ccce760304d0ec030002760300000001000000000000").0
        );
        assert_eq!(z(2) + z(3), R);
    }

    #[test]
    fn roots_of_unity_equal_modular_powers_in_bit_reversed_order() {
        let exponent = (R - U256::ONE) / U256::from(FIELD_ELEMENTS_PER_BLOB);
        let omega = U256::from(7).pow_mod(exponent, R);
        let mut power = U256::ONE;
        for i in 0..FIELD_ELEMENTS_PER_BLOB {
            let reversed = (0..12).fold(0, |sum, bit| sum | (i >> bit & 1) << (11 - bit));
            assert_eq!(z(reversed), power, "power {i}");
            power = power.mul_mod(omega, R);
        }
        assert_eq!(power, U256::ONE, "the order divides 4096");
    }

    #[test]
    fn field_elements_are_below_the_order() {
        assert!(is_canonical_field_element(&[0; 32]));
        assert!(is_canonical_field_element(&(R - U256::ONE).to_be_bytes()));
        assert!(!is_canonical_field_element(&R.to_be_bytes()));
        assert!(!is_canonical_field_element(&[0xff; 32]));
    }
}

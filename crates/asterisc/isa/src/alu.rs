//! What the arithmetic instructions compute, as pure functions on 64-bit words.
//!
//! Every engine calls these, so that a result can't differ between them. All arithmetic is modulo
//! 2^64; the functions named `…w` work on the low 32 bits and sign-extend their result.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "reading a word as signed, or half of it, is what these functions are for"
)]

/// Sign-extends the low 8 bits.
pub const fn sign_extend_8(value: u64) -> u64 {
    ((value << 56) as i64 >> 56) as u64
}

/// Sign-extends the low 16 bits.
pub const fn sign_extend_16(value: u64) -> u64 {
    ((value << 48) as i64 >> 48) as u64
}

/// Sign-extends the low 32 bits.
pub const fn sign_extend_32(value: u64) -> u64 {
    low_32(value) as i32 as i64 as u64
}

/// The low 32 bits.
pub const fn low_32(value: u64) -> u32 {
    value as u32
}

/// Sum.
pub const fn add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

/// Difference.
pub const fn sub(a: u64, b: u64) -> u64 {
    a.wrapping_sub(b)
}

/// Shift left by the low six bits of `b`.
pub const fn sll(a: u64, b: u64) -> u64 {
    a.wrapping_shl(low_32(b))
}

/// Shift right by the low six bits of `b`, filling with zeros.
pub const fn srl(a: u64, b: u64) -> u64 {
    a.wrapping_shr(low_32(b))
}

/// Shift right by the low six bits of `b`, filling with the sign.
pub const fn sra(a: u64, b: u64) -> u64 {
    (a as i64).wrapping_shr(low_32(b)) as u64
}

/// 1 where `a < b` as signed numbers, else 0.
pub const fn slt(a: u64, b: u64) -> u64 {
    ((a as i64) < (b as i64)) as u64
}

/// 1 where `a < b` as unsigned numbers, else 0.
pub const fn sltu(a: u64, b: u64) -> u64 {
    (a < b) as u64
}

/// Exclusive or.
pub const fn xor(a: u64, b: u64) -> u64 {
    a ^ b
}

/// Or.
pub const fn or(a: u64, b: u64) -> u64 {
    a | b
}

/// And.
pub const fn and(a: u64, b: u64) -> u64 {
    a & b
}

/// Sum of the low words.
pub const fn addw(a: u64, b: u64) -> u64 {
    sign_extend_32(a.wrapping_add(b))
}

/// Difference of the low words.
pub const fn subw(a: u64, b: u64) -> u64 {
    sign_extend_32(a.wrapping_sub(b))
}

/// Shift of the low word left by the low five bits of `b`.
pub const fn sllw(a: u64, b: u64) -> u64 {
    sign_extend_32(low_32(a).wrapping_shl(low_32(b)) as u64)
}

/// Shift of the low word right by the low five bits of `b`, filling with zeros.
pub const fn srlw(a: u64, b: u64) -> u64 {
    sign_extend_32(low_32(a).wrapping_shr(low_32(b)) as u64)
}

/// Shift of the low word right by the low five bits of `b`, filling with its sign.
pub const fn sraw(a: u64, b: u64) -> u64 {
    (low_32(a) as i32).wrapping_shr(low_32(b)) as i64 as u64
}

/// Low half of the product.
pub const fn mul(a: u64, b: u64) -> u64 {
    a.wrapping_mul(b)
}

/// High half of the signed product.
pub const fn mulh(a: u64, b: u64) -> u64 {
    ((a as i64 as i128 * b as i64 as i128) >> 64) as u64
}

/// High half of the product of signed `a` and unsigned `b`.
pub const fn mulhsu(a: u64, b: u64) -> u64 {
    ((a as i64 as i128 * b as i128) >> 64) as u64
}

/// High half of the unsigned product.
pub const fn mulhu(a: u64, b: u64) -> u64 {
    ((a as u128 * b as u128) >> 64) as u64
}

/// Signed quotient, towards zero; all ones by zero, and −2^63 by −1 is −2^63.
pub const fn div(a: u64, b: u64) -> u64 {
    if b == 0 { u64::MAX } else { (a as i64).wrapping_div(b as i64) as u64 }
}

/// Unsigned quotient; all ones by zero.
pub const fn divu(a: u64, b: u64) -> u64 {
    match a.checked_div(b) {
        Some(quotient) => quotient,
        None => u64::MAX,
    }
}

/// Signed remainder with the sign of `a`; `a` by zero, and −2^63 by −1 leaves 0.
pub const fn rem(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { (a as i64).wrapping_rem(b as i64) as u64 }
}

/// Unsigned remainder; `a` by zero.
pub const fn remu(a: u64, b: u64) -> u64 {
    match a.checked_rem(b) {
        Some(remainder) => remainder,
        None => a,
    }
}

/// Product of the low words.
pub const fn mulw(a: u64, b: u64) -> u64 {
    sign_extend_32(a.wrapping_mul(b))
}

/// [`div`] on the low words as signed numbers.
pub const fn divw(a: u64, b: u64) -> u64 {
    let (a, b) = (low_32(a) as i32, low_32(b) as i32);
    if b == 0 { u64::MAX } else { a.wrapping_div(b) as i64 as u64 }
}

/// [`divu`] on the low words.
pub const fn divuw(a: u64, b: u64) -> u64 {
    match low_32(a).checked_div(low_32(b)) {
        Some(quotient) => sign_extend_32(quotient as u64),
        None => u64::MAX,
    }
}

/// [`rem`] on the low words as signed numbers.
pub const fn remw(a: u64, b: u64) -> u64 {
    let (a, b) = (low_32(a) as i32, low_32(b) as i32);
    (if b == 0 { a } else { a.wrapping_rem(b) }) as i64 as u64
}

/// [`remu`] on the low words.
pub const fn remuw(a: u64, b: u64) -> u64 {
    match low_32(a).checked_rem(low_32(b)) {
        Some(remainder) => sign_extend_32(remainder as u64),
        None => sign_extend_32(a),
    }
}

/// The smaller as signed numbers.
pub const fn min(a: u64, b: u64) -> u64 {
    if (a as i64) < (b as i64) { a } else { b }
}

/// The larger as signed numbers.
pub const fn max(a: u64, b: u64) -> u64 {
    if (a as i64) > (b as i64) { a } else { b }
}

/// The smaller as unsigned numbers.
pub const fn minu(a: u64, b: u64) -> u64 {
    if a < b { a } else { b }
}

/// The larger as unsigned numbers.
pub const fn maxu(a: u64, b: u64) -> u64 {
    if a > b { a } else { b }
}

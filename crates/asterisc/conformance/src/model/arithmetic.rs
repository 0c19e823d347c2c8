//! What the arithmetic instructions compute, on integers that never overflow.
#![allow(clippy::cast_possible_truncation, reason = "values are reduced before they are narrowed")]
#![allow(clippy::cast_sign_loss, reason = "a remainder is not negative")]

/// 2^64.
const TWO_64: i128 = 1 << 64;
/// 2^32.
const TWO_32: i128 = 1 << 32;

/// The number a register holds, read without a sign.
fn unsigned(value: u64) -> i128 {
    i128::from(value)
}

/// The number a register holds, read as two's complement.
fn signed(value: u64) -> i128 {
    let value = unsigned(value);
    if value >= TWO_64 / 2 { value - TWO_64 } else { value }
}

/// [`unsigned`] of the low word.
fn unsigned_word(value: u64) -> i128 {
    unsigned(value) % TWO_32
}

/// [`signed`] of the low word.
fn signed_word(value: u64) -> i128 {
    let value = unsigned_word(value);
    if value >= TWO_32 / 2 { value - TWO_32 } else { value }
}

/// The register that holds a number.
fn register(number: i128) -> u64 {
    number.rem_euclid(TWO_64) as u64
}

/// The register that holds the low word of a number, sign-extended.
fn word(number: i128) -> u64 {
    register(signed_word(register(number)))
}

/// 2 to the power of the low bits of a shift amount.
fn power(amount: u64, limit: u64) -> i128 {
    1 << (amount % limit)
}

/// Sign-extends the low `bytes` bytes.
pub fn sign_extend(value: u64, bytes: u64) -> u64 {
    let limit = 1i128 << (8 * bytes);
    let value = unsigned(value) % limit;
    register(if value >= limit / 2 { value - limit } else { value })
}

macro_rules! define {
    ($($(#[$doc:meta])* $name:ident |$a:ident, $b:ident| $result:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name($a: u64, $b: u64) -> u64 {
            $result
        }
    )*};
}

define! {
    /// Sum.
    add |a, b| register(signed(a) + signed(b));
    /// Difference.
    sub |a, b| register(signed(a) - signed(b));
    /// Shift left.
    sll |a, b| register(unsigned(a) * power(b, 64) % TWO_64);
    /// Shift right, filling with zeros.
    srl |a, b| register(unsigned(a) / power(b, 64));
    /// Shift right, filling with the sign.
    sra |a, b| register(signed(a).div_euclid(power(b, 64)));
    /// Whether the first is less.
    slt |a, b| u64::from(signed(a) < signed(b));
    /// Whether the first is less, without signs.
    sltu |a, b| u64::from(unsigned(a) < unsigned(b));
    /// Exclusive or.
    xor |a, b| (a | b) - (a & b);
    /// Or.
    or |a, b| !(!a & !b);
    /// And.
    and |a, b| a & b;

    /// Sum of words.
    addw |a, b| word(signed_word(a) + signed_word(b));
    /// Difference of words.
    subw |a, b| word(signed_word(a) - signed_word(b));
    /// Shift of a word to the left.
    sllw |a, b| word(unsigned_word(a) * power(b, 32));
    /// Shift of a word to the right, filling with zeros.
    srlw |a, b| word(unsigned_word(a) / power(b, 32));
    /// Shift of a word to the right, filling with the sign.
    sraw |a, b| word(signed_word(a).div_euclid(power(b, 32)));

    /// Low half of the product.
    mul |a, b| register(signed(a) * signed(b));
    /// High half of the product.
    mulh |a, b| register((signed(a) * signed(b)).div_euclid(TWO_64));
    /// High half of the product of a number with a sign and one without.
    mulhsu |a, b| register((signed(a) * unsigned(b)).div_euclid(TWO_64));
    /// High half of the product without signs.
    mulhu |a, b| ((u128::from(a) * u128::from(b)) >> 64) as u64;
    /// Quotient towards zero; of a division by zero, -1.
    div |a, b| register(if b == 0 { -1 } else { signed(a) / signed(b) });
    /// Quotient without signs; of a division by zero, 2^64 - 1.
    divu |a, b| register(if b == 0 { -1 } else { unsigned(a) / unsigned(b) });
    /// Remainder with the sign of the dividend; of a division by zero, the dividend.
    rem |a, b| register(if b == 0 { signed(a) } else { signed(a) % signed(b) });
    /// Remainder without signs; of a division by zero, the dividend.
    remu |a, b| register(if b == 0 { unsigned(a) } else { unsigned(a) % unsigned(b) });

    /// Product of words.
    mulw |a, b| word(signed_word(a) * signed_word(b));
    /// Quotient of words.
    divw |a, b| word(if unsigned_word(b) == 0 { -1 } else { signed_word(a) / signed_word(b) });
    /// Quotient of words without signs.
    divuw |a, b| {
        word(if unsigned_word(b) == 0 { -1 } else { unsigned_word(a) / unsigned_word(b) })
    };
    /// Remainder of words.
    remw |a, b| {
        word(if unsigned_word(b) == 0 { signed_word(a) } else { signed_word(a) % signed_word(b) })
    };
    /// Remainder of words without signs.
    remuw |a, b| {
        let (a, b) = (unsigned_word(a), unsigned_word(b));
        word(if b == 0 { a } else { a % b })
    };

    /// The second operand.
    second |_a, b| b;
    /// The lesser one.
    min |a, b| register(signed(a).min(signed(b)));
    /// The greater one.
    max |a, b| register(signed(a).max(signed(b)));
    /// The lesser one, without signs.
    minu |a, b| register(unsigned(a).min(unsigned(b)));
    /// The greater one, without signs.
    maxu |a, b| register(unsigned(a).max(unsigned(b)));

    /// Whether both are the same.
    is_equal |a, b| u64::from(a == b);
    /// Whether they differ.
    is_not_equal |a, b| u64::from(a != b);
    /// Whether the first is not less.
    is_at_least |a, b| u64::from(signed(a) >= signed(b));
    /// Whether the first is not less, without signs.
    is_at_least_unsigned |a, b| u64::from(unsigned(a) >= unsigned(b));
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: u64 = 1 << 63;
    const MIN_WORD: u64 = 0xffff_ffff_8000_0000;
    const MINUS_ONE: u64 = u64::MAX;

    fn check(compute: fn(u64, u64) -> u64, [a, b, expected]: [u64; 3]) {
        assert_eq!(compute(a, b), expected, "{a:#x}, {b:#x}");
    }

    /// The table of the manual for divisions by zero and divisions that overflow.
    #[test]
    fn divisions_without_a_quotient_give_what_the_manual_lists() {
        check(div, [7, 0, MINUS_ONE]);
        check(divu, [7, 0, MINUS_ONE]);
        check(rem, [7, 0, 7]);
        check(remu, [MINUS_ONE, 0, MINUS_ONE]);
        check(div, [MIN, MINUS_ONE, MIN]);
        check(rem, [MIN, MINUS_ONE, 0]);
        check(divw, [7, 1 << 32, MINUS_ONE]);
        check(divuw, [7, 1 << 32, MINUS_ONE]);
        check(remw, [0x1_8000_0000, 1 << 32, MIN_WORD]);
        check(remuw, [0x8000_0000, 0, MIN_WORD]);
        check(divw, [0x8000_0000, MINUS_ONE, MIN_WORD]);
        check(remw, [0x8000_0000, MINUS_ONE, 0]);
    }

    #[test]
    fn quotients_truncate_towards_zero() {
        check(div, [7u64.wrapping_neg(), 2, 3u64.wrapping_neg()]);
        check(rem, [7u64.wrapping_neg(), 2, MINUS_ONE]);
        check(rem, [7, 2u64.wrapping_neg(), 1]);
        check(divuw, [0xffff_fffe, 1, MINUS_ONE - 1]);
    }

    #[test]
    fn high_halves_know_their_signs() {
        check(mulh, [MINUS_ONE, MINUS_ONE, 0]);
        check(mulhsu, [MINUS_ONE, MINUS_ONE, MINUS_ONE]);
        check(mulhu, [MINUS_ONE, MINUS_ONE, MINUS_ONE - 1]);
        check(mulh, [MIN, MIN, 1 << 62]);
        check(mulhsu, [MIN, MINUS_ONE, MIN]);
    }

    #[test]
    fn shifts_use_the_low_bits_of_their_amount() {
        check(sll, [3, 63, MIN]);
        check(sll, [3, 64, 3]);
        check(srl, [MIN, 63, 1]);
        check(sra, [MIN, 63, MINUS_ONE]);
        check(sllw, [1, 31, MIN_WORD]);
        check(srlw, [MIN_WORD, 32, MIN_WORD]);
        check(sraw, [0x8000_0000, 31, MINUS_ONE]);
    }
}

//! Operands at which instructions are known to go wrong.

/// A value and its name.
pub(super) type Named = (&'static str, u64);

/// A number below zero.
const fn minus(value: u64) -> u64 {
    value.wrapping_neg()
}

/// Ends of the 32-bit and 64-bit numbers, and shift amounts. x0 gives zero.
pub(super) const EDGES: [Named; 15] = [
    ("one", 1),
    ("minus_one", minus(1)),
    ("i64_min", 1 << 63),
    ("i64_max", (1 << 63) - 1),
    ("i32_min", minus(1 << 31)),
    ("i32_max", (1 << 31) - 1),
    ("two_31", 1 << 31),
    ("u32_max", (1 << 32) - 1),
    ("two_32", 1 << 32),
    ("shift_31", 31),
    ("shift_32", 32),
    ("shift_63", 63),
    ("shift_64", 64),
    ("pattern", 0x0123_4567_89ab_cdef),
    ("pattern_negative", 0xfedc_ba98_7654_3210),
];

/// Ends of the numbers of every other width.
pub(super) const WIDTHS: [Named; 15] = [
    ("two", 2),
    ("minus_two", minus(2)),
    ("i8_max", 0x7f),
    ("i8_min", minus(0x80)),
    ("two_7", 0x80),
    ("u8_max", 0xff),
    ("i12_max", 0x7ff),
    ("i12_min", minus(0x800)),
    ("i16_max", 0x7fff),
    ("i16_min", minus(0x8000)),
    ("u16_max", 0xffff),
    ("below_i32_min", minus((1 << 31) + 1)),
    ("i64_min_and_one", (1 << 63) + 1),
    ("u32_max_high", 0xffff_ffff_0000_0000),
    ("alternating", 0xaaaa_aaaa_5555_5555),
];

/// Only the values.
pub(super) fn values(named: &[Named; 15]) -> [u64; 15] {
    named.map(|(_, value)| value)
}

/// Ends of a signed immediate of so many bits, and what lies between.
pub(super) fn immediates(bits: u32) -> Vec<i64> {
    let half = 1i64 << (bits - 1);
    let mut list = vec![-half, -half + 1, -2, -1, 0, 1, 2, half - 2, half - 1];
    list.extend((1..bits - 1).flat_map(|bit| [1i64 << bit, -(1i64 << bit)]));
    list.sort_unstable();
    list.dedup();
    list
}

/// An immediate in the name of a case.
pub(super) fn named(value: i64) -> String {
    if value < 0 { format!("minus_{}", value.unsigned_abs()) } else { value.to_string() }
}

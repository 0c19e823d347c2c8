//! The checksum at the end of a zlib stream (RFC 1950).

/// The largest prime below 2^16.
const MODULUS: u32 = 65_521;
/// Sums that are kept side by side, so that they can be computed at once.
const LANES: usize = 8;
/// Most bytes of one lane after which no sum has outgrown 32 bits: n where
/// 255 n (n + 1) / 2 + (n + 1) (65520) is below 2^32.
const LANE_BYTES_MAX: usize = 5_552;

/// A checksum in the making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Adler32 {
    /// One and the sum of all bytes.
    low: u32,
    /// The sum of `low` after each byte.
    high: u32,
}

impl Adler32 {
    /// The checksum of no bytes.
    pub(super) const fn new() -> Self {
        Self { low: 1, high: 0 }
    }

    /// Adds bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(LANE_BYTES_MAX * LANES) {
            let (rows, rest) = block.as_chunks::<LANES>();
            self.add_rows(rows);
            for byte in rest {
                self.low += u32::from(*byte);
                self.high += self.low;
            }
            self.low %= MODULUS;
            self.high %= MODULUS;
        }
    }

    /// Adds rows of one byte a lane.
    fn add_rows(&mut self, rows: &[[u8; LANES]]) {
        let mut lows = [0u32; LANES];
        let mut highs = [0u32; LANES];
        for row in rows {
            for lane in 0..LANES {
                lows[lane] += u32::from(row[lane]);
                highs[lane] += lows[lane];
            }
        }
        // The high sum counts a byte once for itself and each one behind it. In its lane that is
        // once a row, so that a byte of lane i in n rows counts 8 n - i times.
        let count = u32::try_from(rows.len() * LANES).unwrap_or(0);
        self.high += count * self.low % MODULUS;
        for (lane, (low, high)) in (0u32..).zip(lows.iter().zip(highs)) {
            let low = low % MODULUS;
            self.low += low;
            self.high += 8 * (high % MODULUS) + 8 * MODULUS - lane * low;
        }
        self.low %= MODULUS;
        self.high %= MODULUS;
    }

    /// The checksum.
    pub(super) const fn finish(self) -> u32 {
        self.high << 16 | self.low
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    fn naive(bytes: &[u8]) -> u32 {
        let (mut low, mut high) = (1u64, 0u64);
        for byte in bytes {
            low = (low + u64::from(*byte)) % u64::from(MODULUS);
            high = (high + low) % u64::from(MODULUS);
        }
        u32::try_from(high << 16 | low).unwrap()
    }

    fn sum(bytes: &[u8]) -> u32 {
        let mut adler = Adler32::new();
        adler.update(bytes);
        adler.finish()
    }

    #[test]
    fn known_sums() {
        assert_eq!(sum(b""), 1);
        assert_eq!(sum(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn largest_bytes_do_not_overflow() {
        for length in [LANE_BYTES_MAX * LANES - 1, LANE_BYTES_MAX * LANES, 1_000_003] {
            let bytes = vec![0xff; length];
            assert_eq!(sum(&bytes), naive(&bytes));
        }
    }

    proptest! {
        #[test]
        fn sums_match_the_naive_model(parts: Vec<Vec<u8>>) {
            let mut adler = Adler32::new();
            for part in &parts {
                adler.update(part);
            }
            prop_assert_eq!(adler.finish(), naive(&parts.concat()));
        }
    }
}

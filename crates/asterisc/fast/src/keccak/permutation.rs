//! keccak-256 of many 64-byte inputs at a time, one to a lane of a vector unit.
//!
//! The permutation is written once, over [`Lanes`]; what differs is how many lanes a word has and
//! which instructions work on it. FIPS 202, with the padding of the original submission.

/// A vector unit: words of several 64-bit lanes, and what keccak does with them.
pub(super) trait Lanes: Copy {
    /// One 64-bit number to a lane.
    type Word: Copy;
    /// The numbers of a word.
    type Numbers: Copy + AsRef<[u64]> + AsMut<[u64]> + Default;

    /// Lanes of a word.
    const COUNT: usize;

    /// A word of these numbers.
    fn load(self, numbers: Self::Numbers) -> Self::Word;
    /// The numbers of a word.
    fn store(self, word: Self::Word) -> Self::Numbers;
    /// The same number in every lane.
    fn splat(self, number: u64) -> Self::Word;
    /// Exclusive or.
    fn xor(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Exclusive or of three.
    fn xor3(self, a: Self::Word, b: Self::Word, c: Self::Word) -> Self::Word;
    /// `a ^ (!b & c)`.
    fn chi(self, a: Self::Word, b: Self::Word, c: Self::Word) -> Self::Word;
    /// Rotation to the left by `LEFT`; `RIGHT` is 64 - `LEFT`.
    fn rotate<const LEFT: i32, const RIGHT: i32>(self, a: Self::Word) -> Self::Word;
}

/// Constants of the step iota.
const ROUND_CONSTANTS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// Hashes at most as many 64-byte inputs as the unit has lanes; both slices have the same length.
#[inline(always)]
pub(super) fn hash_lanes<L: Lanes>(lanes: L, inputs: &[[u8; 64]], hashes: &mut [[u8; 32]]) {
    let zero = lanes.splat(0);
    let mut state = [zero; 25];
    for (index, word) in state[..8].iter_mut().enumerate() {
        let mut numbers = L::Numbers::default();
        for (number, input) in numbers.as_mut().iter_mut().zip(inputs) {
            *number = u64::from_le_bytes(*input.as_chunks::<8>().0.get(index).unwrap_or(&[0; 8]));
        }
        *word = lanes.load(numbers);
    }
    // The padding of a 64-byte input in a block of 136 bytes.
    state[8] = lanes.splat(1);
    state[16] = lanes.splat(1 << 63);
    for constant in ROUND_CONSTANTS {
        state = round(lanes, &state, constant);
    }
    for (index, word) in state[..4].iter().enumerate() {
        for (number, hash) in lanes.store(*word).as_ref().iter().zip(&mut *hashes) {
            hash[8 * index..8 * index + 8].copy_from_slice(&number.to_le_bytes());
        }
    }
}

/// One round, written out, so that the state stays in registers. The state is in the order `a[x + 5 * y]`.
#[inline(always)]
fn round<L: Lanes>(l: L, a: &[L::Word; 25], constant: u64) -> [L::Word; 25] {
    // theta
    macro_rules! column {
        ($x:literal) => {
            l.xor3(l.xor3(a[$x], a[$x + 5], a[$x + 10]), a[$x + 15], a[$x + 20])
        };
    }
    let c = [column!(0), column!(1), column!(2), column!(3), column!(4)];
    macro_rules! difference {
        ($left:literal, $right:literal) => {
            l.xor(c[$left], l.rotate::<1, 63>(c[$right]))
        };
    }
    let d = [
        difference!(4, 1),
        difference!(0, 2),
        difference!(1, 3),
        difference!(2, 4),
        difference!(3, 0),
    ];
    // rho and pi: the lane that comes to each place, turned.
    macro_rules! lane {
        ($from:literal, $left:literal) => {
            l.rotate::<$left, { 64 - $left }>(l.xor(a[$from], d[$from % 5]))
        };
    }
    let b = [
        l.xor(a[0], d[0]),
        lane!(6, 44),
        lane!(12, 43),
        lane!(18, 21),
        lane!(24, 14),
        lane!(3, 28),
        lane!(9, 20),
        lane!(10, 3),
        lane!(16, 45),
        lane!(22, 61),
        lane!(1, 1),
        lane!(7, 6),
        lane!(13, 25),
        lane!(19, 8),
        lane!(20, 18),
        lane!(4, 27),
        lane!(5, 36),
        lane!(11, 10),
        lane!(17, 15),
        lane!(23, 56),
        lane!(2, 62),
        lane!(8, 55),
        lane!(14, 39),
        lane!(15, 41),
        lane!(21, 2),
    ];
    // chi and iota
    macro_rules! lane_of_row {
        ($row:literal, $x:literal) => {
            l.chi(b[5 * $row + $x], b[5 * $row + ($x + 1) % 5], b[5 * $row + ($x + 2) % 5])
        };
    }
    macro_rules! rows {
        ($($row:literal)*) => {
            [$(
                lane_of_row!($row, 0),
                lane_of_row!($row, 1),
                lane_of_row!($row, 2),
                lane_of_row!($row, 3),
                lane_of_row!($row, 4),
            )*]
        };
    }
    let mut out = rows!(0 1 2 3 4);
    out[0] = l.xor(out[0], l.splat(constant));
    out
}

//! Prefix codes of DEFLATE as look-up tables.

use alloc::{boxed::Box, vec};

/// Longest code, in bits.
const CODE_BITS_MAX: usize = 15;

/// Most symbols of a code.
const SYMBOLS_MAX: usize = 288;

/// Entry of a literal byte.
pub(super) const LITERAL: u32 = 1 << 31;
/// Entry of anything but a literal, a length or a distance; alone, of bits that are no code.
pub(super) const EXCEPTIONAL: u32 = 1 << 30;
/// Entry of the end of a block.
pub(super) const END_OF_BLOCK: u32 = EXCEPTIONAL | 1 << 29;
/// Entry that leads on to a second table, for codes that are longer than the first one's index.
const SUBTABLE: u32 = EXCEPTIONAL | 1 << 28;

/// A prefix code, looked up by the next bits of the input.
///
/// | bits of an entry | meaning |
/// |---|---|
/// | 0..4 | bits of the code; 0 if there is none |
/// | 4..8 | further bits that belong to the value; bits of a second table's index |
/// | 8..24 | byte, length, distance, or start of a second table |
/// | 28..32 | kind |
///
/// `ROOT` bits are the index of the first table. `N` is a power of two, so that a masked index
/// needs no check. It must leave room for all second tables, which is known for each use.
#[derive(Debug)]
pub(super) struct Table<const ROOT: u32, const N: usize> {
    entries: Box<[u32; N]>,
    /// The least number of bits that must be left for a code to be read.
    min_bits: u32,
}

/// A set of code lengths that makes no prefix code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadCode;

/// An entry for a value to which `extra` further bits are added.
pub(super) const fn entry(value: u16, extra: u8) -> u32 {
    let (value, extra) = (value as u32, extra as u32);
    value << 8 | extra << 4
}

/// Bits of an entry's code.
#[inline(always)]
pub(super) const fn code_bits(entry: u32) -> u32 {
    entry & 0xf
}

/// Further bits of an entry's value.
#[inline(always)]
pub(super) const fn extra_bits(entry: u32) -> u32 {
    entry >> 4 & 0xf
}

/// Value of an entry.
#[inline(always)]
pub(super) const fn value(entry: u32) -> u32 {
    entry >> 8 & 0xffff
}

impl<const ROOT: u32, const N: usize> Table<ROOT, N> {
    /// A table without any code.
    pub(super) fn new() -> Self {
        let entries = vec![EXCEPTIONAL; N].into_boxed_slice();
        // The slice has just been made with this length.
        let entries = entries.try_into().unwrap_or_else(|_| Box::new([EXCEPTIONAL; N]));
        Self { entries, min_bits: 0 }
    }

    /// The least number of bits that must be left for a code to be read: those of the shortest
    /// code, or more if so required.
    pub(super) const fn min_bits(&self) -> u32 {
        self.min_bits
    }

    /// Requires that at least so many bits are left for a code to be read.
    pub(super) fn require_bits(&mut self, bits: u32) {
        self.min_bits = self.min_bits.max(bits);
    }

    /// The entry for the next bits of the input.
    #[inline(always)]
    pub(super) fn find(&self, bits: u64) -> u32 {
        let entry = self.at(low(bits, ROOT));
        if entry & SUBTABLE == SUBTABLE {
            self.at(value(entry) + low(bits >> ROOT, extra_bits(entry)))
        } else {
            entry
        }
    }

    #[inline(always)]
    fn at(&self, index: u32) -> u32 {
        self.entries[to_index(index) & (N - 1)]
    }

    fn put(&mut self, index: u32, entry: u32) {
        self.entries[to_index(index) & (N - 1)] = entry;
    }

    /// Builds the code in which the symbol at each position has a code of that many bits, or none.
    /// `entry_of` gives the entry of a symbol without its code's bits.
    ///
    /// # Errors
    /// [`BadCode`] if the code is not complete. A code of a single bit for a single symbol passes,
    /// and so does one of no symbols: reading it fails.
    pub(super) fn build(
        &mut self,
        lengths: &[u8],
        entry_of: impl Fn(usize) -> u32,
    ) -> Result<(), BadCode> {
        let root_entries = 1 << ROOT;
        // Second tables are filled whole, since the code is complete.
        for index in 0..root_entries {
            self.put(index, EXCEPTIONAL);
        }
        self.min_bits = 0;
        let mut counts = [0u32; CODE_BITS_MAX + 1];
        for length in lengths {
            counts[usize::from(*length) & CODE_BITS_MAX] += 1;
        }
        counts[0] = 0;
        let used = |bits: &usize| counts[*bits] > 0;
        let Some(min) = (1..=CODE_BITS_MAX).find(used) else { return Ok(()) };
        let max = (1..=CODE_BITS_MAX).rev().find(used).unwrap_or(min);

        let mut code = 0;
        let mut next_codes = [0u32; CODE_BITS_MAX + 1];
        let mut next_places = [0; CODE_BITS_MAX + 1];
        let mut place = 0;
        for bits in min..=max {
            code <<= 1;
            next_codes[bits] = code;
            code += counts[bits];
            next_places[bits] = place;
            place += to_index(counts[bits]);
        }
        if code != 1 << max && !(code == 1 && max == 1) {
            return Err(BadCode);
        }
        self.min_bits = to_bits(min);

        // Symbols by ascending code: shorter ones first, then by number.
        let mut sorted = [0u16; SYMBOLS_MAX];
        for (symbol, length) in (0u16..).zip(lengths).filter(|(_, length)| **length > 0) {
            let place = &mut next_places[usize::from(*length) & CODE_BITS_MAX];
            if let Some(sorted) = sorted.get_mut(*place) {
                *sorted = symbol;
            }
            *place += 1;
        }
        let mut next_table = root_entries;
        for symbol in sorted.iter().take(place).map(|symbol| usize::from(*symbol)) {
            let bits = usize::from(lengths.get(symbol).copied().unwrap_or(0)) & CODE_BITS_MAX;
            let code = next_codes[bits];
            next_codes[bits] += 1;
            let bits = to_bits(bits);
            let code = code.reverse_bits() >> (32 - bits);
            let entry = with_bits(entry_of(symbol), bits);
            if bits <= ROOT {
                self.put_all(0, code, bits, ROOT, entry);
            } else {
                self.put_long(code, bits, to_bits(max), &mut next_table, entry);
            }
        }
        Ok(())
    }

    /// Puts the entry of a code that needs a second table.
    fn put_long(&mut self, code: u32, bits: u32, max: u32, next_table: &mut u32, entry: u32) {
        let root = low(u64::from(code), ROOT);
        let mut pointer = self.at(root);
        if pointer & SUBTABLE != SUBTABLE {
            let index_bits = max - ROOT;
            pointer = SUBTABLE | *next_table << 8 | index_bits << 4;
            *next_table += 1 << index_bits;
            self.put(root, pointer);
        }
        let tail = code >> ROOT;
        let tail_bits = bits - ROOT;
        self.put_all(value(pointer), tail, tail_bits, extra_bits(pointer), entry);
    }

    /// Puts an entry wherever the low bits of the index are a code.
    fn put_all(&mut self, start: u32, code: u32, bits: u32, index_bits: u32, entry: u32) {
        let mut index = code;
        while index < 1 << index_bits {
            self.put(start + index, entry);
            index += 1 << bits;
        }
    }
}

/// An entry with the bits of its code. Bits that are no code stay without.
const fn with_bits(entry: u32, bits: u32) -> u32 {
    if entry == EXCEPTIONAL { entry } else { entry | bits }
}

/// The lowest `count` bits, at most 15.
#[inline(always)]
pub(super) fn low(bits: u64, count: u32) -> u32 {
    let [b0, b1, ..] = bits.to_le_bytes();
    u32::from(u16::from_le_bytes([b0, b1])) & ((1 << count) - 1)
}

#[inline(always)]
pub(super) const fn to_index(number: u32) -> usize {
    number as usize
}

/// A number of bits, at most 15.
fn to_bits(bits: usize) -> u32 {
    u32::try_from(bits).unwrap_or(0)
}

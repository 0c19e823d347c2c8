//! A plain decoder of zlib streams that keeps what was decoded before an error.
//!
//! op-node reads channels through Go's decoder. Where RFC 1951 leaves room, this one does as Go
//! does: a code may be empty or have a single symbol of one bit, any other code must be complete;
//! and a literal is only read while at least as many bits are left as the end of block needs.

use std::collections::BTreeMap;

/// Go's decoder hands its output out whenever it has so many bytes.
const WINDOW_BYTES: usize = 32_768;

/// What a zlib stream holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inflated {
    /// All output before the end or the first error.
    pub output: Vec<u8>,
    /// Whether the stream ends as it should, with the right checksum.
    pub is_whole: bool,
    /// Lengths of output at which Go's decoder hands it out whatever comes next: where its window
    /// is full, and at stored blocks without a byte.
    pub handed_out: Vec<usize>,
}

/// Decodes a zlib stream, but not much more than `enough` bytes of it; none if it has no header.
pub fn inflate_zlib(input: &[u8], enough: usize) -> Option<Inflated> {
    let body = skip_header(input)?;
    let mut stream =
        Stream { input: body, position: 0, output: Vec::new(), enough, empty_blocks: Vec::new() };
    let is_complete = stream.blocks().is_some();
    let checksum_at = stream.position.div_ceil(8);
    let checksum = body.get(checksum_at..).and_then(|rest| rest.first_chunk());
    let is_right = checksum == Some(&adler32(&stream.output).to_be_bytes());
    let full = (1..=stream.output.len() / WINDOW_BYTES).map(|count| count * WINDOW_BYTES);
    let mut handed_out: Vec<usize> = full.chain(stream.empty_blocks).collect();
    handed_out.sort_unstable();
    Some(Inflated { is_whole: is_complete && is_right, output: stream.output, handed_out })
}

/// The checksum at the end of a zlib stream (RFC 1950).
fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1, 0);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

/// The stream behind its header of two bytes.
///
/// A preset dictionary is refused unless it is the empty one, whose checksum is 1.
fn skip_header(input: &[u8]) -> Option<&[u8]> {
    let (header, body) = input.split_at_checked(2)?;
    let (method, flags) = (header[0], header[1]);
    let is_deflate = method & 0x0f == 8 && method >> 4 <= 7;
    if !is_deflate || u16::from_be_bytes([method, flags]) % 31 != 0 {
        return None;
    }
    if flags & 0x20 == 0 {
        return Some(body);
    }
    let (dictionary, body) = body.split_at_checked(4)?;
    (dictionary == [0, 0, 0, 1]).then_some(body)
}

struct Stream<'a> {
    input: &'a [u8],
    /// In bits.
    position: usize,
    output: Vec<u8>,
    enough: usize,
    /// Lengths of output at stored blocks without a byte, but for the last block.
    empty_blocks: Vec<usize>,
}

/// A prefix code: length and bits of each code word to its symbol.
struct Code {
    words: BTreeMap<(usize, u32), usize>,
    /// Bits that must be left for a symbol to be read at all.
    bits_min: usize,
}

impl Stream<'_> {
    fn has_enough(&self) -> bool {
        self.output.len() > self.enough
    }

    fn bits_left(&self) -> usize {
        self.input.len() * 8 - self.position
    }

    fn bit(&mut self) -> Option<u32> {
        let byte = *self.input.get(self.position / 8)?;
        let bit = byte >> (self.position % 8) & 1;
        self.position += 1;
        Some(u32::from(bit))
    }

    fn bits(&mut self, count: usize) -> Option<usize> {
        if self.bits_left() < count {
            return None;
        }
        (0..count).try_fold(0, |value, at| Some(value | usize::from(self.bit()? == 1) << at))
    }

    fn symbol(&mut self, code: &Code) -> Option<usize> {
        if self.bits_left() < code.bits_min {
            return None;
        }
        let mut word = 0;
        for length in 1..=15 {
            word = word << 1 | self.bit()?;
            if let Some(symbol) = code.words.get(&(length, word)) {
                return Some(*symbol);
            }
        }
        None
    }

    fn blocks(&mut self) -> Option<()> {
        loop {
            let is_last = self.bits(1)? == 1;
            match self.bits(2)? {
                0 => self.stored_block(is_last)?,
                1 => self.fixed_block()?,
                2 => self.dynamic_block()?,
                _ => return None,
            }
            if is_last || self.has_enough() {
                return Some(());
            }
        }
    }

    fn stored_block(&mut self, is_last: bool) -> Option<()> {
        self.position = self.position.next_multiple_of(8);
        let length = self.bits(16)?;
        if self.bits(16)? != length ^ 0xffff {
            return None;
        }
        if length == 0 && !is_last && !self.output.is_empty() {
            self.empty_blocks.push(self.output.len());
        }
        for _ in 0..length {
            let byte = u8::try_from(self.bits(8)?).expect("eight bits");
            self.output.push(byte);
        }
        Some(())
    }

    fn fixed_block(&mut self) -> Option<()> {
        let lengths: Vec<usize> = (0..288)
            .map(|symbol| match symbol {
                0..144 => 8,
                144..256 => 9,
                256..280 => 7,
                _ => 8,
            })
            .collect();
        let literals = Code::new(&lengths)?;
        let distances = Code::new(&[5; 32])?;
        self.compressed(&literals, &distances)
    }

    fn dynamic_block(&mut self) -> Option<()> {
        const ORDER: [usize; 19] =
            [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literal_count = self.bits(5)? + 257;
        let distance_count = self.bits(5)? + 1;
        let length_count = self.bits(4)? + 4;
        if literal_count > 286 || distance_count > 30 {
            return None;
        }
        let mut meta_lengths = [0; 19];
        for place in &ORDER[..length_count] {
            meta_lengths[*place] = self.bits(3)?;
        }
        let meta = Code::new(&meta_lengths)?;
        let count = literal_count + distance_count;
        let mut lengths: Vec<usize> = Vec::new();
        while lengths.len() < count {
            let (value, times) = match self.symbol(&meta)? {
                16 => (*lengths.last()?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length, 1),
            };
            lengths.extend(vec![value; times]);
        }
        if lengths.len() > count {
            return None;
        }
        let (literal_lengths, distance_lengths) = lengths.split_at(literal_count);
        let mut literals = Code::new(literal_lengths)?;
        literals.bits_min = literals.bits_min.max(literal_lengths[256]);
        self.compressed(&literals, &Code::new(distance_lengths)?)
    }

    fn compressed(&mut self, literals: &Code, distances: &Code) -> Option<()> {
        while !self.has_enough() {
            match self.symbol(literals)? {
                256 => return Some(()),
                literal @ 0..256 => self.output.push(u8::try_from(literal).expect("below 256")),
                symbol => {
                    let length = self.length(symbol)?;
                    let distance = self.distance(distances)?;
                    self.copy(length, distance)?;
                }
            }
        }
        Some(())
    }

    fn length(&mut self, symbol: usize) -> Option<usize> {
        match symbol {
            257..265 => Some(symbol - 254),
            265..285 => {
                let extra = (symbol - 261) / 4;
                let base = (4 + (symbol - 265) % 4) << extra;
                Some(base + 3 + self.bits(extra)?)
            }
            285 => Some(258),
            _ => None,
        }
    }

    fn distance(&mut self, distances: &Code) -> Option<usize> {
        match self.symbol(distances)? {
            symbol @ 0..4 => Some(symbol + 1),
            symbol @ 4..30 => {
                let extra = symbol / 2 - 1;
                let base = (2 + symbol % 2) << extra;
                Some(base + 1 + self.bits(extra)?)
            }
            _ => None,
        }
    }

    fn copy(&mut self, length: usize, distance: usize) -> Option<()> {
        for _ in 0..length {
            let from = self.output.len().checked_sub(distance)?;
            self.output.push(self.output[from]);
        }
        Some(())
    }
}

impl Code {
    /// The code whose words have these lengths; zero is for symbols without a word.
    fn new(lengths: &[usize]) -> Option<Self> {
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let shortest = lengths.iter().copied().filter(|length| *length > 0).min().unwrap_or(0);
        let mut words = BTreeMap::new();
        let mut word = 0u32;
        for length in 1..=longest {
            word <<= 1;
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, own)| **own == length) {
                words.insert((length, word), symbol);
                word += 1;
            }
        }
        let is_complete = longest == 0 || word == 1 << longest;
        let is_single = longest == 1 && words.len() == 1;
        (is_complete || is_single).then_some(Self { words, bits_min: shortest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn sample(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * at / 7 % 251).to_le_bytes()[0] & 0x3f).collect()
    }

    fn inflate(input: &[u8]) -> Inflated {
        inflate_zlib(input, usize::MAX).unwrap()
    }

    #[test]
    fn undoes_another_compressor_at_every_level() {
        for level in 0..=10 {
            for length in [0, 1, 1000, 100_000] {
                let data = sample(length);
                let inflated = inflate(&compress_to_vec_zlib(&data, level));
                assert!(inflated.is_whole && inflated.output == data);
            }
        }
    }

    #[test]
    fn output_before_the_end_of_input_counts() {
        let data = sample(3000);
        let compressed = compress_to_vec_zlib(&data, 6);
        let mut longest = 0;
        for cut in 2..compressed.len() {
            let inflated = inflate(&compressed[..cut]);
            assert!(!inflated.is_whole && data.starts_with(&inflated.output));
            assert!(inflated.output.len() >= longest);
            longest = inflated.output.len();
        }
        assert_eq!(longest, 3000);
    }

    #[test]
    fn checksum_is_looked_at_but_not_what_follows() {
        let mut compressed = compress_to_vec_zlib(&sample(50), 6);
        compressed.extend([9; 20]);
        assert!(inflate(&compressed).is_whole);
        let checksum = compressed.len() - 21;
        compressed[checksum] ^= 1;
        assert_eq!(inflate(&compressed).output, sample(50));
        assert!(!inflate(&compressed).is_whole);
    }

    #[test]
    fn header_must_be_right_and_only_the_empty_dictionary_is_known() {
        let mut stream = compress_to_vec_zlib(&[7; 9], 6);
        let body = stream.split_off(2);
        let check = |header: &[u8]| {
            inflate_zlib(&[header, &body].concat(), usize::MAX).is_some_and(|all| all.is_whole)
        };
        assert!(check(&[0x78, 0x9c]) && check(&[0x08, 0x1d]));
        assert!(!check(&[0x78, 0x9d]) && !check(&[0x88, 0x1c]) && !check(&[0x7f, 0x9c]));
        assert!(check(&[0x78, 0xbb, 0, 0, 0, 1]) && !check(&[0x78, 0xbb, 0, 0, 0, 2]));
    }

    #[test]
    fn output_is_handed_out_at_full_windows_and_empty_stored_blocks() {
        let empty_block = [0, 0, 0, 0xff, 0xff];
        let stored = |data: &[u8], is_last: u8| {
            let length = u16::try_from(data.len()).unwrap();
            [&[is_last], &length.to_le_bytes()[..], &(!length).to_le_bytes(), data].concat()
        };
        let stream = [
            &[0x78, 0x9c][..],
            &empty_block,
            &stored(&[5; 40_000], 0),
            &empty_block,
            &stored(&[6; 10], 1),
        ];
        let inflated = inflate(&stream.concat());
        assert_eq!(inflated.handed_out, [32_768, 40_000]);
        assert_eq!(inflated.output.len(), 40_010);
    }
}

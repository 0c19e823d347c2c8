//! DEFLATE (RFC 1951), exactly as Go's `compress/flate` reads it.
//!
//! The reference implementation of the protocol reads channels with Go's decoder. What a valid
//! stream decompresses to is the same everywhere. What is valid, and how much comes out of a
//! damaged stream before the damage, is not, and both decide which batches a channel has. Hence a
//! decoder of our own, with these particulars of Go's:
//!
//! - A code must be complete, but for one of a single bit; empty codes fail when they are used.
//! - Near the end of the input, a code is read only if as many bits are left as the end-of-block
//!   code has, even if its own are fewer.
//! - All output before the place of damage counts.
//! - Output comes in pieces that end at multiples of 32 KiB and at empty stored blocks. An error
//!   comes together with the last piece, see [`Inflate::next_boundary`].
//!
//! Over 500 lines: the fast loop stands beside the exact one that takes over near the ends.

use alloc::{boxed::Box, collections::VecDeque, vec};

use alloy_primitives::Bytes;

use super::huffman::{
    BadCode, END_OF_BLOCK, EXCEPTIONAL, LITERAL, Table, code_bits, entry, extra_bits, low,
    to_index, value,
};

/// Bytes of output that are kept: history for matches, and what has not been read yet.
const RING_BYTES: usize = 4 * PIECE_BYTES;
/// Size of the window of DEFLATE, at multiples of which Go's decoder hands out data.
const PIECE_BYTES: usize = 32_768;
/// Most output of one step of the fast loop: three literals and a match, whose copy may write
/// some bytes too many.
const STEP_OUTPUT_BYTES_MAX: usize = 3 + MATCH_BYTES_MAX + COPY_BYTES;
/// Input that the fast loop may look at in one step, in bytes.
const STEP_INPUT_BYTES_MAX: usize = 2 * 8;
/// Longest match.
const MATCH_BYTES_MAX: usize = 258;
/// Bytes that are copied at once where a match permits it.
const COPY_BYTES: usize = 16;

/// Bits that index the table of literals and lengths.
const LITERAL_ROOT_BITS: u32 = 11;
/// Room for the second tables of 286 symbols: at most 143 of 16 entries.
const LITERAL_ENTRIES: usize = 8192;
/// Bits that index the table of distances.
const DISTANCE_ROOT_BITS: u32 = 9;
/// Room for the second tables of 30 symbols: at most 15 of 64 entries.
const DISTANCE_ENTRIES: usize = 2048;

/// The code of code lengths, which has up to 7 bits.
type CodeLengthTable = Table<7, 128>;

/// Symbol of the end of a block.
const END_SYMBOL: usize = 256;
/// Symbols of literals and lengths; two more have codes, but no meaning.
const LITERAL_SYMBOLS: usize = 286;
/// Symbols of distances; two more have codes, but no meaning.
const DISTANCE_SYMBOLS: usize = 30;

/// Smallest length of each length symbol, and how many bits are added.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// Order in which the lengths of the code of code lengths are given.
const CODE_LENGTH_ORDER: [usize; 19] =
    [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Something in the stream breaks a rule, or the stream ends too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

impl From<BadCode> for Damaged {
    fn from(BadCode: BadCode) -> Self {
        Self
    }
}

/// A decoder with its output that has not been read yet.
#[derive(Debug)]
pub(super) struct Inflate {
    bits: Bits,
    output: Output,
    state: State,
    is_final: bool,
    literals: Table<LITERAL_ROOT_BITS, LITERAL_ENTRIES>,
    distances: Table<DISTANCE_ROOT_BITS, DISTANCE_ENTRIES>,
    /// Where output was handed out at an empty stored block, ascending.
    flushes: VecDeque<usize>,
}

/// What comes next in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The header of a block.
    Header,
    /// So many bytes of a stored block.
    Stored(usize),
    /// Codes.
    Codes,
    /// Codes, after the rest of a match that did not fit.
    Match { distance: usize, length: usize },
    /// Nothing.
    End(Result<(), Damaged>),
}

impl Inflate {
    /// Reads the stream in `input` from position `at` on.
    pub(super) fn new(input: Bytes, at: usize) -> Self {
        Self {
            bits: Bits { input, at, bits: 0, count: 0 },
            output: Output::new(),
            state: State::Header,
            is_final: false,
            literals: Table::new(),
            distances: Table::new(),
            flushes: VecDeque::new(),
        }
    }

    /// Bytes put out so far.
    pub(super) const fn written(&self) -> usize {
        self.output.written
    }

    /// How the stream ended, `None` if it has not.
    pub(super) const fn end(&self) -> Option<Result<(), Damaged>> {
        match self.state {
            State::End(end) => Some(end),
            _ => None,
        }
    }

    /// The input behind the stream, once that has ended well. It starts at a byte of its own.
    pub(super) fn rest(&self) -> &[u8] {
        let unread = to_index(self.bits.count / 8);
        self.bits.input.get(self.bits.at - unread..).unwrap_or_default()
    }

    /// Bytes of input that have not been looked at.
    pub(super) fn input_left(&self) -> usize {
        self.bits.input.len() - self.bits.at
    }

    /// The output from position `from` up to `to`, in two pieces. It is gone after the next
    /// [`run`](Self::run).
    pub(super) fn output(&self, from: usize, to: usize) -> [&[u8]; 2] {
        self.output.pieces(from, to)
    }

    /// The first place behind `position` up to which Go's decoder hands out output at once.
    ///
    /// If that is where the output of an ended stream ends, the end is told together with the
    /// output; unless the place is such a one for another reason, when it is told afterwards.
    pub(super) fn next_boundary(&mut self, position: usize) -> usize {
        while self.flushes.front().is_some_and(|flush| *flush <= position) {
            self.flushes.pop_front();
        }
        let piece = (position / PIECE_BYTES + 1) * PIECE_BYTES;
        let flush = self.flushes.front().copied().unwrap_or(piece);
        piece.min(flush).min(self.output.written)
    }

    /// Whether Go's decoder hands out what was put out so far even if the stream does not end here.
    pub(super) fn is_at_boundary(&self) -> bool {
        let written = self.output.written;
        written.is_multiple_of(PIECE_BYTES) || self.flushes.back() == Some(&written)
    }

    /// Goes on for up to three pieces of 32 KiB, or to the end of the stream. All output has been
    /// read.
    pub(super) fn run(&mut self) {
        let limit = (self.output.written / PIECE_BYTES + 3) * PIECE_BYTES;
        while self.output.written < limit {
            let step = match self.state {
                State::End(_) => return,
                State::Header => self.read_header(),
                State::Stored(length) => self.copy_stored(length, limit),
                State::Codes => self.read_codes(limit),
                State::Match { distance, length } => Ok(self.copy_match(distance, length, limit)),
            };
            self.state = step.unwrap_or_else(|damaged| State::End(Err(damaged)));
        }
    }

    /// What follows a block.
    const fn after_block(&self) -> State {
        if self.is_final { State::End(Ok(())) } else { State::Header }
    }

    fn read_header(&mut self) -> Result<State, Damaged> {
        self.is_final = self.bits.take(1)? == 1;
        match self.bits.take(2)? {
            0 => self.read_stored_header(),
            1 => self.use_fixed_codes(),
            2 => self.read_codes_header(),
            _ => Err(Damaged),
        }
    }

    fn read_stored_header(&mut self) -> Result<State, Damaged> {
        self.bits.skip_to_byte();
        let length = self.bits.take_u16()?;
        let check = self.bits.take_u16()?;
        if check != !length {
            return Err(Damaged);
        }
        if length > 0 {
            return Ok(State::Stored(length.into()));
        }
        if !self.is_final && !self.is_at_boundary() {
            self.flushes.push_back(self.output.written);
        }
        Ok(self.after_block())
    }

    fn copy_stored(&mut self, length: usize, limit: usize) -> Result<State, Damaged> {
        let wanted = length.min(limit - self.output.written);
        let found = self.bits.take_bytes(wanted, &mut self.output);
        if found < wanted {
            return Err(Damaged);
        }
        let left = length - wanted;
        Ok(if left > 0 { State::Stored(left) } else { self.after_block() })
    }

    fn use_fixed_codes(&mut self) -> Result<State, Damaged> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.literals.build(&lengths, literal_entry)?;
        self.distances.build(&[5; 32], distance_entry)?;
        Ok(State::Codes)
    }

    fn read_codes_header(&mut self) -> Result<State, Damaged> {
        let literals = to_index(self.bits.take(5)?) + 257;
        if literals > LITERAL_SYMBOLS {
            return Err(Damaged);
        }
        let distances = to_index(self.bits.take(5)?) + 1;
        if distances > DISTANCE_SYMBOLS {
            return Err(Damaged);
        }
        let count = to_index(self.bits.take(4)?) + 4;
        let mut lengths = [0; CODE_LENGTH_ORDER.len()];
        for symbol in CODE_LENGTH_ORDER.iter().take(count) {
            lengths[*symbol] = to_byte(self.bits.take(3)?);
        }
        let mut code = CodeLengthTable::new();
        code.build(&lengths, |symbol| entry(to_u16(symbol), 0))?;

        let mut lengths = [0; LITERAL_SYMBOLS + DISTANCE_SYMBOLS];
        let lengths = lengths.get_mut(..literals + distances).ok_or(Damaged)?;
        self.read_code_lengths(&code, lengths)?;
        let (literals, distances) = lengths.split_at(literals);
        self.literals.build(literals, literal_entry)?;
        self.distances.build(distances, distance_entry)?;
        self.literals.require_bits(literals.get(END_SYMBOL).copied().unwrap_or(0).into());
        Ok(State::Codes)
    }

    fn read_code_lengths(
        &mut self,
        code: &CodeLengthTable,
        lengths: &mut [u8],
    ) -> Result<(), Damaged> {
        let mut at = 0;
        while at < lengths.len() {
            let symbol = value(self.bits.take_code(code)?);
            let (repeated, count) = match symbol {
                16 => {
                    let before = at.checked_sub(1).and_then(|at| lengths.get(at));
                    (*before.ok_or(Damaged)?, 3 + self.bits.take(2)?)
                }
                17 => (0, 3 + self.bits.take(3)?),
                18 => (0, 11 + self.bits.take(7)?),
                length => (to_byte(length), 1),
            };
            let end = at + to_index(count);
            lengths.get_mut(at..end).ok_or(Damaged)?.fill(repeated);
            at = end;
        }
        Ok(())
    }

    /// Reads codes to the end of the block or up to the limit.
    fn read_codes(&mut self, limit: usize) -> Result<State, Damaged> {
        self.read_codes_fast(limit);
        if self.output.written >= limit {
            return Ok(State::Codes);
        }
        let entry = self.bits.take_code(&self.literals)?;
        if entry & LITERAL != 0 {
            self.output.push(to_byte(value(entry)));
            return Ok(State::Codes);
        }
        if entry & END_OF_BLOCK == END_OF_BLOCK {
            return Ok(self.after_block());
        }
        let length = value(entry) + self.bits.take(extra_bits(entry))?;
        let entry = self.bits.take_code(&self.distances)?;
        let distance = value(entry) + self.bits.take(extra_bits(entry))?;
        let (distance, length) = (to_index(distance), to_index(length));
        if distance > self.output.written {
            return Err(Damaged);
        }
        Ok(self.copy_match(distance, length, limit))
    }

    fn copy_match(&mut self, distance: usize, length: usize, limit: usize) -> State {
        let copied = length.min(limit - self.output.written);
        self.output.copy(distance, copied);
        let length = length - copied;
        if length > 0 { State::Match { distance, length } } else { State::Codes }
    }

    /// Reads codes as long as neither input nor output can run out, and nothing but literals and
    /// matches comes.
    fn read_codes_fast(&mut self, limit: usize) {
        let Self { bits: source, output, literals, distances, .. } = self;
        let Some(input) = source.input.get(source.at..) else { return };
        let Some(input_end) = input.len().checked_sub(STEP_INPUT_BYTES_MAX) else { return };
        let Some(output_end) = limit.checked_sub(STEP_OUTPUT_BYTES_MAX) else { return };
        let (mut at, mut bits, mut count) = (0, source.bits, source.count);
        // In a local variable, so that it stays in a register.
        let mut written = output.written;
        let ring = &mut *output.ring;

        while at <= input_end && written <= output_end {
            (bits, at, count) = refill(input, bits, at, count);
            // Three literals take 45 bits at most, of the 56 that are there.
            let mut entry = literals.find(bits);
            for _ in 0..3 {
                if entry & LITERAL == 0 {
                    break;
                }
                ring[written % RING_BYTES] = to_byte(value(entry));
                written += 1;
                bits >>= code_bits(entry);
                count -= code_bits(entry);
                entry = literals.find(bits);
            }
            if entry & (LITERAL | EXCEPTIONAL) == 0 {
                // A match takes 48 bits at most.
                (bits, at, count) = refill(input, bits, at, count);
                let (head, tail) = (code_bits(entry), extra_bits(entry));
                let length = value(entry) + low(bits >> head, tail);
                let match_bits = bits >> (head + tail);
                let entry = distances.find(match_bits);
                let (near, far) = (code_bits(entry), extra_bits(entry));
                let distance = to_index(value(entry) + low(match_bits >> near, far));
                if entry & EXCEPTIONAL != 0 || distance > written {
                    break;
                }
                bits = match_bits >> (near + far);
                count -= head + tail + near + far;
                copy_fast(ring, written, distance, to_index(length));
                written += to_index(length);
            } else if entry & LITERAL == 0 {
                break;
            }
        }
        output.written = written;
        source.at += at;
        source.count = count;
        source.bits = bits & ((1 << count) - 1);
    }
}

/// Fills up to at least 56 bits. There are eight bytes of input.
#[inline(always)]
fn refill(input: &[u8], bits: u64, at: usize, count: u32) -> (u64, usize, u32) {
    let next = input.get(at..).and_then(|input| input.first_chunk()).unwrap_or(&[0; 8]);
    let bits = bits | u64::from_le_bytes(*next) << count;
    // As many whole bytes as fit; bits of one more may be there already, and come again.
    (bits, at + to_index((63 - count) >> 3), count | 56)
}

/// Repeats what was put out `distance` bytes before. May write up to [`COPY_BYTES`] more behind
/// what counts.
#[inline(always)]
fn copy_fast(ring: &mut [u8; RING_BYTES], written: usize, distance: usize, length: usize) {
    let to = written % RING_BYTES;
    let from = written.wrapping_sub(distance) % RING_BYTES;
    let is_near_end = to.max(from) > RING_BYTES - MATCH_BYTES_MAX - COPY_BYTES;
    if distance < COPY_BYTES || is_near_end {
        for step in 0..length {
            ring[(to + step) % RING_BYTES] = ring[(from + step) % RING_BYTES];
        }
        return;
    }
    let mut done = 0;
    while done < length {
        let chunk = ring.get(from + done..).and_then(|bytes| bytes.first_chunk::<COPY_BYTES>());
        let Some(chunk) = chunk.copied() else { return };
        let place = ring.get_mut(to + done..).and_then(|bytes| bytes.first_chunk_mut());
        let Some(place) = place else { return };
        *place = chunk;
        done += COPY_BYTES;
    }
}

/// Entry of a symbol of the code of literals and lengths.
fn literal_entry(symbol: usize) -> u32 {
    if symbol < END_SYMBOL {
        return LITERAL | entry(to_u16(symbol), 0);
    }
    match symbol.checked_sub(END_SYMBOL + 1) {
        None => END_OF_BLOCK,
        Some(at) => LENGTHS.get(at).map_or(EXCEPTIONAL, |(base, extra)| entry(*base, *extra)),
    }
}

/// Entry of a symbol of the code of distances.
fn distance_entry(symbol: usize) -> u32 {
    match to_u16(symbol) {
        near @ 0..4 => entry(near + 1, 0),
        symbol if usize::from(symbol) < DISTANCE_SYMBOLS => {
            let extra = (symbol >> 1) - 1;
            entry(((2 + (symbol & 1)) << extra) + 1, to_byte(extra.into()))
        }
        _ => EXCEPTIONAL,
    }
}

/// A number that is known to be a byte.
#[inline(always)]
fn to_byte(number: u32) -> u8 {
    let [byte, ..] = number.to_le_bytes();
    byte
}

/// A symbol, of which there are 288 at most.
fn to_u16(symbol: usize) -> u16 {
    u16::try_from(symbol).unwrap_or(u16::MAX)
}

/// Input, bit by bit.
#[derive(Debug)]
struct Bits {
    input: Bytes,
    /// Where the next byte is taken from.
    at: usize,
    /// Bits that have been taken from the input, next one lowest; zero above.
    bits: u64,
    /// How many bits there are.
    count: u32,
}

impl Bits {
    /// Takes as many bytes from the input as there is room for.
    fn fill(&mut self) {
        while self.count < 56
            && let Some(byte) = self.input.get(self.at)
        {
            self.bits |= u64::from(*byte) << self.count;
            self.count += 8;
            self.at += 1;
        }
    }

    /// The next bits as a number, up to 15.
    fn take(&mut self, count: u32) -> Result<u32, Damaged> {
        self.fill();
        let left = self.count.checked_sub(count).ok_or(Damaged)?;
        let taken = low(self.bits, count);
        self.bits >>= count;
        self.count = left;
        Ok(taken)
    }

    /// The entry of the code that comes next.
    fn take_code<const ROOT: u32, const N: usize>(
        &mut self,
        table: &Table<ROOT, N>,
    ) -> Result<u32, Damaged> {
        self.fill();
        let entry = table.find(self.bits);
        let bits = code_bits(entry);
        if bits == 0 || self.count < bits.max(table.min_bits()) {
            return Err(Damaged);
        }
        self.bits >>= bits;
        self.count -= bits;
        Ok(entry)
    }

    fn take_u16(&mut self) -> Result<u16, Damaged> {
        let low = to_byte(self.take(8)?);
        let high = to_byte(self.take(8)?);
        Ok(u16::from_le_bytes([low, high]))
    }

    /// Drops what is left of a byte.
    fn skip_to_byte(&mut self) {
        self.bits >>= self.count % 8;
        self.count -= self.count % 8;
    }

    /// Copies up to `wanted` whole bytes to the output. Gives how many there were.
    fn take_bytes(&mut self, wanted: usize, output: &mut Output) -> usize {
        // Back to where the input stands: only whole bytes are left.
        self.at -= to_index(self.count / 8);
        (self.bits, self.count) = (0, 0);
        let rest = self.input.get(self.at..).unwrap_or_default();
        let found = rest.get(..wanted).unwrap_or(rest);
        output.extend(found);
        self.at += found.len();
        found.len()
    }
}

/// The last [`RING_BYTES`] of output.
#[derive(Debug)]
struct Output {
    ring: Box<[u8; RING_BYTES]>,
    written: usize,
}

impl Output {
    fn new() -> Self {
        let ring = vec![0; RING_BYTES].into_boxed_slice();
        // The slice has just been made with this length.
        let ring = ring.try_into().unwrap_or_else(|_| Box::new([0; RING_BYTES]));
        Self { ring, written: 0 }
    }

    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.ring[self.written % RING_BYTES] = byte;
        self.written += 1;
    }

    fn extend(&mut self, bytes: &[u8]) {
        let start = self.written % RING_BYTES;
        let (first, second) = bytes.split_at(bytes.len().min(RING_BYTES - start));
        if let Some(place) = self.ring.get_mut(start..start + first.len()) {
            place.copy_from_slice(first);
        }
        if let Some(place) = self.ring.get_mut(..second.len()) {
            place.copy_from_slice(second);
        }
        self.written += bytes.len();
    }

    /// Repeats what was put out `distance` bytes before.
    fn copy(&mut self, distance: usize, length: usize) {
        for _ in 0..length {
            self.push(self.ring[self.written.wrapping_sub(distance) % RING_BYTES]);
        }
    }

    /// The bytes from one position to another.
    fn pieces(&self, from: usize, to: usize) -> [&[u8]; 2] {
        let (start, length) = (from % RING_BYTES, to - from);
        let first = length.min(RING_BYTES - start);
        let piece = |start, length| self.ring.get(start..start + length).unwrap_or_default();
        [piece(start, first), piece(0, length - first)]
    }
}

//! \[Fjord\] Brotli streams (RFC 7932), in the portions that Go's decoder gives them in.
//!
//! The decoder is a port of the same C code as the one of the reference implementation, so that
//! they agree on what a stream contains. The portions of input come from how that one reads: up to
//! 4095 bytes left in a buffer by a look at the first byte, then 32 KiB at a time.
//!
//! Spec: protocol/fjord/derivation.md#brotli-channel-compression

use alloc::{boxed::Box, vec, vec::Vec};
use core::fmt;

use alloy_primitives::Bytes;
use brotli_decompressor::{
    Allocator, BrotliDecoderHasMoreOutput, BrotliDecoderParameter, BrotliDecompressStream,
    BrotliResult, BrotliState, HuffmanCode, SliceWrapper, SliceWrapperMut,
};

use super::source::{End, Read, Source};

/// Bytes up to which the input is read first, counted from the version byte.
const FIRST_PORTION_BYTES: usize = 4096;
/// Bytes that are read at once from then on.
const PORTION_BYTES: usize = 32 * 1024;
/// Size of the buffer that output goes through.
const OUTPUT_BYTES: usize = 32 * 1024;
/// Smallest window that the reference implementation sets memory aside for.
const WINDOW_BYTES_MIN: i32 = 1024;

/// A Brotli stream.
pub(super) struct Brotli {
    state: Box<BrotliState<Heap, Heap, Heap>>,
    input: Bytes,
    /// Where the input of the current portion starts that has not been used.
    at: usize,
    /// Where the current portion ends.
    portion_end: usize,
    output: Box<[u8]>,
    /// Bytes put out so far.
    put_out: usize,
}

impl fmt::Debug for Brotli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brotli")
            .field("at", &self.at)
            .field("input", &self.input.len())
            .finish_non_exhaustive()
    }
}

impl Brotli {
    /// Reads the stream in `input` from the second byte on.
    pub(super) fn new(input: Bytes) -> Self {
        Self {
            // Strict: windows larger than the RFC's are an extension.
            state: Box::new(BrotliState::new_strict(Heap, Heap, Heap)),
            at: input.len().min(1),
            portion_end: input.len().min(1),
            input,
            output: vec![0; OUTPUT_BYTES].into_boxed_slice(),
            put_out: 0,
        }
    }

    /// Moves on to the next portion of input. `false` if there is none.
    fn next_portion(&mut self) -> bool {
        let end = match self.portion_end {
            1 if self.input.len() > 1 => FIRST_PORTION_BYTES,
            end => end + PORTION_BYTES,
        };
        self.portion_end = end.min(self.input.len());
        self.at < self.portion_end
    }

    /// Decodes up to `wanted` bytes from the current portion. Gives why it stopped, and how many
    /// bytes it appended.
    fn decode(&mut self, wanted: usize, into: &mut Vec<u8>) -> (BrotliResult, usize) {
        let mut count = 0;
        loop {
            let input = self.input.get(self.at..self.portion_end).unwrap_or_default();
            let (mut input_left, mut input_used) = (input.len(), 0);
            let mut output_left = self.output.len().min(wanted - count);
            let (mut output_used, mut total) = (0, 0);
            let result = BrotliDecompressStream(
                &mut input_left,
                &mut input_used,
                input,
                &mut output_left,
                &mut output_used,
                &mut self.output,
                &mut total,
                &mut self.state,
            );
            self.at += input_used;
            into.extend_from_slice(self.output.get(..output_used).unwrap_or_default());
            count += output_used;
            self.put_out += output_used;
            let is_output_full = matches!(result, BrotliResult::NeedsMoreOutput);
            if !is_output_full || output_used == 0 || count == wanted {
                return (result, count);
            }
        }
    }
}

impl Brotli {
    /// How many bytes of a stream that turned out to be damaged count, of all that were put out.
    ///
    /// Output is handed out when the window is full. Ours is smaller than the reference
    /// implementation's if the stream puts out 512 bytes or less, and so may be full too early,
    /// right before the damage. Then the stream is decoded once more with the largest window: for
    /// so little output, that is never full either.
    fn output_before_damage(&self, put_out: usize) -> usize {
        if self.state.ringbuffer_size >= WINDOW_BYTES_MIN {
            return put_out;
        }
        let mut again = Self::new(self.input.clone());
        let whole_window =
            BrotliDecoderParameter::BROTLI_DECODER_PARAM_DISABLE_RING_BUFFER_REALLOCATION;
        again.state.set_parameter(whole_window, 1);
        let mut output = Vec::new();
        while again.next_portion() {
            let (result, _) = again.decode(OUTPUT_BYTES, &mut output);
            if !matches!(result, BrotliResult::NeedsMoreInput) {
                break;
            }
        }
        output.len()
    }
}

impl Source for Brotli {
    fn read(&mut self, wanted: usize, into: &mut Vec<u8>) -> Read {
        let is_portion_used = self.at == self.portion_end;
        if is_portion_used && !BrotliDecoderHasMoreOutput(&self.state) && !self.next_portion() {
            return Read { count: 0, end: Some(End::Complete) };
        }
        loop {
            let (result, mut count) = self.decode(wanted, into);
            if matches!(result, BrotliResult::ResultFailure) {
                let surplus = self.put_out.saturating_sub(self.output_before_damage(self.put_out));
                into.truncate(into.len().saturating_sub(surplus));
                count = count.saturating_sub(surplus);
            }
            let is_portion_used = self.at == self.portion_end;
            let end = match result {
                // Something follows the stream in the same portion.
                BrotliResult::ResultSuccess if !is_portion_used => Some(End::Damaged),
                BrotliResult::ResultSuccess => None,
                BrotliResult::ResultFailure => Some(End::Damaged),
                BrotliResult::NeedsMoreOutput => (count == 0).then_some(End::Damaged),
                BrotliResult::NeedsMoreInput if count > 0 => None,
                BrotliResult::NeedsMoreInput if self.next_portion() => continue,
                // The stream is cut off.
                BrotliResult::NeedsMoreInput => Some(End::Damaged),
            };
            return Read { count, end };
        }
    }

    fn input_left(&self) -> usize {
        self.input.len() - self.at
    }
}

/// The global allocator, for the decoder.
#[derive(Debug, Clone, Copy, Default)]
struct Heap;

/// Memory of the decoder.
#[derive(Debug)]
struct Cells<T>(Box<[T]>);

impl<T> Default for Cells<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> SliceWrapper<T> for Cells<T> {
    fn slice(&self) -> &[T] {
        &self.0
    }
}

impl<T> SliceWrapperMut<T> for Cells<T> {
    fn slice_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl Allocator<u8> for Heap {
    type AllocatedMemory = Cells<u8>;

    fn alloc_cell(&mut self, len: usize) -> Cells<u8> {
        Cells(vec![0; len].into_boxed_slice())
    }

    fn free_cell(&mut self, _: Cells<u8>) {}
}

impl Allocator<u32> for Heap {
    type AllocatedMemory = Cells<u32>;

    fn alloc_cell(&mut self, len: usize) -> Cells<u32> {
        Cells(vec![0; len].into_boxed_slice())
    }

    fn free_cell(&mut self, _: Cells<u32>) {}
}

impl Allocator<HuffmanCode> for Heap {
    type AllocatedMemory = Cells<HuffmanCode>;

    fn alloc_cell(&mut self, len: usize) -> Cells<HuffmanCode> {
        Cells(vec![HuffmanCode::default(); len].into_boxed_slice())
    }

    fn free_cell(&mut self, _: Cells<HuffmanCode>) {}
}

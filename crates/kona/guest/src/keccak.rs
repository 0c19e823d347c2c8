//! keccak-256 with a permutation in assembly, which alloy calls where it is built with
//! `native-keccak`.

use core::arch::global_asm;

global_asm!(include_str!("generated/keccak_f1600.s"));

unsafe extern "C" {
    /// The permutation.
    fn keccak_f1600(state: *mut [u64; LANES]);
}

const LANES: usize = 25;
/// Bytes absorbed by one permutation.
const RATE_BYTES: usize = 136;
const LANE_BYTES: usize = 8;
const HASH_LANES: usize = 4;

/// Writes the keccak-256 of the `length` bytes at `bytes` to the 32 bytes at `output`.
///
/// # Safety
/// `length` bytes can be read at `bytes`, and 32 written at `output`.
#[unsafe(no_mangle)]
unsafe extern "C" fn native_keccak256(bytes: *const u8, length: usize, output: *mut u8) {
    // SAFETY: The caller vouches for the input; a length of 0 may come with any address but null,
    // which alloy never passes.
    let bytes = unsafe { core::slice::from_raw_parts(bytes, length) };
    let hash = hash(bytes);
    // SAFETY: The caller vouches for the output, which need not be aligned.
    unsafe { output.cast::<[u64; HASH_LANES]>().write_unaligned(hash) };
}

/// keccak-256, as little-endian words.
fn hash(bytes: &[u8]) -> [u64; HASH_LANES] {
    let mut state = [0; LANES];
    let mut blocks = bytes.chunks_exact(RATE_BYTES);
    for block in &mut blocks {
        absorb(&mut state, block);
        permute(&mut state);
    }
    absorb_last(&mut state, blocks.remainder());
    permute(&mut state);
    let [a, b, c, d, ..] = state;
    [a, b, c, d]
}

fn permute(state: &mut [u64; LANES]) {
    // SAFETY: The permutation reads and writes the 25 lanes and its own stack frame.
    unsafe { keccak_f1600(state) }
}

/// XORs whole lanes into the state.
fn absorb(state: &mut [u64; LANES], block: &[u8]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<LANE_BYTES>().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
}

/// XORs the last block, which is not full, and the padding.
fn absorb_last(state: &mut [u64; LANES], block: &[u8]) {
    let (lanes, rest) = block.as_chunks::<LANE_BYTES>();
    let (full, others) = state.split_at_mut(lanes.len());
    for (lane, bytes) in full.iter_mut().zip(lanes) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    let mut last = 1u64 << (8 * rest.len());
    match block.last_chunk::<LANE_BYTES>() {
        // The last bytes, moved down over those that are in the state already.
        Some(tail) if !rest.is_empty() => {
            last |= u64::from_le_bytes(*tail) >> (8 * (LANE_BYTES - rest.len()));
        }
        _ => {
            for (i, byte) in rest.iter().enumerate() {
                last |= u64::from(*byte) << (8 * i);
            }
        }
    }
    if let Some(lane) = others.first_mut() {
        *lane ^= last;
    }
    state[RATE_BYTES / LANE_BYTES - 1] ^= 1 << 63;
}

//! Memory as translated code sees it: the reserved chunks, each an array of a size that is known.

use asterisc_state::{PAGE_BYTES, PageIndex};

use crate::mapped_memory::{CHUNK_BYTES, CODE, Chunk, CodeMaps, LISTED, WRITABLE, is_code, split};

/// Windows there can be. The last one stays empty: that is where accesses look first.
pub(crate) const WINDOWS: usize = 16;
/// The window of an operation that has not found its own yet.
pub(crate) const NO_WINDOW: u32 = 15;

/// The bytes of a chunk.
pub(crate) type ChunkBytes = [u8; CHUNK_BYTES];
/// The states of a chunk's pages.
pub(crate) type ChunkStates = [u8; CHUNK_BYTES / PAGE_BYTES];

/// The reserved chunks of memory, by the order in which they were reserved.
///
/// A place in memory is named by a window and an offset in it, so that a check against a constant is
/// all that an access needs.
#[derive(Debug, Default)]
pub(crate) struct Windows<'r> {
    bytes: [Option<&'r mut ChunkBytes>; WINDOWS],
    states: [Option<&'r mut ChunkStates>; WINDOWS],
    bases: [u64; WINDOWS],
    code: Option<&'r CodeMaps>,
}

impl<'r> Windows<'r> {
    #[inline(always)]
    pub(crate) fn new(chunks: &'r mut [Chunk], code: &'r CodeMaps) -> Self {
        let mut windows = Self { code: Some(code), ..Self::default() };
        for (window, chunk) in chunks.iter_mut().take(WINDOWS - 1).enumerate() {
            windows.bases[window] = chunk.base();
            let (bytes, states) = chunk.parts();
            windows.bytes[window] = bytes.try_into().ok();
            windows.states[window] = states.try_into().ok();
        }
        windows
    }

    /// The window that `address` is in, and the address at which it begins.
    pub(crate) fn find(&self, address: u64) -> Option<(u32, u64)> {
        let base = address - split(address).1 as u64;
        let windows = self.bases.iter().zip(&self.bytes).zip(0..);
        windows
            .filter(|((begin, bytes), _)| **begin == base && bytes.is_some())
            .map(|(_, window)| (window, base))
            .next()
    }

    /// `N` bytes at an offset, where they are in the window.
    #[inline(always)]
    pub(crate) fn load<const N: usize>(&self, window: u32, offset: u64) -> Option<[u8; N]> {
        let offset = in_chunk::<N>(offset)?;
        let bytes = self.bytes[window as usize % WINDOWS].as_deref()?;
        bytes[offset..offset + N].try_into().ok()
    }

    /// Stores `N` bytes and says so, where they are aligned and their page may be written at once.
    #[inline(always)]
    pub(crate) fn store<const N: usize>(
        &mut self,
        window: u32,
        offset: u64,
        value: [u8; N],
    ) -> bool {
        let Some(offset) = in_chunk::<N>(offset) else { return false };
        let window = window as usize % WINDOWS;
        let Some(states) = self.states[window].as_deref() else { return false };
        if offset % N != 0 || states[offset / PAGE_BYTES] & WRITABLE == 0 {
            return false;
        }
        let Some(bytes) = self.bytes[window].as_deref_mut() else { return false };
        bytes[offset..offset + N].copy_from_slice(&value);
        true
    }

    /// [`Self::store`] where the bytes are not aligned, or lie beside code in its page.
    pub(crate) fn store_checked<const N: usize>(
        &mut self,
        window: u32,
        offset: u64,
        value: [u8; N],
    ) -> bool {
        let Some(offset) = in_chunk::<N>(offset) else { return false };
        let at = window as usize % WINDOWS;
        let (Some(bytes), Some(states), Some(code)) =
            (self.bytes[at].as_deref_mut(), self.states[at].as_deref(), self.code)
        else {
            return false;
        };
        let (state, from) = (states[offset / PAGE_BYTES], offset % PAGE_BYTES);
        let is_free = match state & (WRITABLE | LISTED | CODE) {
            state if state & WRITABLE != 0 => true,
            state if state == LISTED | CODE => {
                let index = PageIndex::of(self.bases[at] + offset as u64);
                !is_code(code, index, from, N)
            }
            _ => false,
        };
        let may_store = is_free && from + N <= PAGE_BYTES;
        if may_store {
            bytes[offset..offset + N].copy_from_slice(&value);
        }
        may_store
    }
}

/// The offset, if `N` bytes from there on are in a chunk.
#[inline(always)]
fn in_chunk<const N: usize>(offset: u64) -> Option<usize> {
    let offset = usize::try_from(offset).ok()?;
    (offset <= CHUNK_BYTES - N).then_some(offset)
}

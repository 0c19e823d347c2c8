//! The heap: a bump pointer, and for each size a list of blocks that were given back.
//!
//! Every step of the program may have to be proven and all of them are run many times over, so
//! what counts is the number of instructions: about 10 to allocate, 6 to give back. The address
//! space is endless and free until it is written, so nothing is ever merged or split.
//!
//! | bytes | block |
//! |---|---|
//! | to 1024 | the next multiple of 16 |
//! | above | the next power of two; unused bytes of it are never touched |

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    ptr,
};

/// Blocks are multiples of this, and aligned to it.
const UNIT: usize = 16;
/// Largest size that has its own list for each multiple of [`UNIT`].
const SMALL_BYTES_MAX: usize = 1024;
/// Lists of small blocks, by their number of units; the first is for no size.
const SMALL_CLASSES: usize = SMALL_BYTES_MAX / UNIT + 1;
/// Lists of large blocks, by the exponent of their size.
const LARGE_CLASSES: usize = usize::BITS as usize;
/// The allocator of a program that is alone on its machine.
#[derive(Debug)]
pub struct Heap(UnsafeCell<State>);

#[derive(Debug)]
struct State {
    /// First byte never allocated; a multiple of [`UNIT`].
    next: *mut u8,
    /// Bytes from `next` on.
    left: usize,
    /// The last block given back of each size, which begins with the address of the one before.
    free: [*mut FreeBlock; SMALL_CLASSES + LARGE_CLASSES],
    reserve: Reserve,
    /// Bytes that are asked for when there are too few left.
    region_bytes: usize,
}

#[derive(Debug)]
struct FreeBlock {
    next: *mut FreeBlock,
}

/// Takes address space of that many bytes from the machine, all zero and used by nobody; null if
/// there is none.
pub type Reserve = fn(usize) -> *mut u8;

// SAFETY: The machine has one hart and no interrupts, so there is one thread of execution. In
// tests a heap is used by the thread that made it.
unsafe impl Sync for Heap {}

impl Heap {
    /// A heap that takes its memory from `reserve`, `region_bytes` at a time, once it needs some.
    pub const fn new(reserve: Reserve, region_bytes: usize) -> Self {
        let free = [ptr::null_mut(); SMALL_CLASSES + LARGE_CLASSES];
        let (next, left) = (ptr::null_mut(), 0);
        Self(UnsafeCell::new(State { next, left, free, reserve, region_bytes }))
    }
}

/// The heap of a program that is alone on its machine, which has more address space than any
/// program can fill.
#[cfg(target_os = "none")]
#[global_allocator]
static HEAP: Heap = Heap::new(
    |bytes| crate::machine::reserve(bytes).map_or(ptr::null_mut(), core::ptr::NonNull::as_ptr),
    1 << 40,
);

/// The size of blocks and the list they are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Class {
    bytes: usize,
    list: usize,
}

impl Class {
    /// The class for `bytes` bytes, which are at most `isize::MAX`.
    #[inline(always)]
    fn of(bytes: usize) -> Self {
        if bytes <= SMALL_BYTES_MAX {
            let units = bytes.div_ceil(UNIT);
            Self { bytes: units * UNIT, list: units }
        } else {
            Self::of_large(bytes)
        }
    }

    #[cold]
    fn of_large(bytes: usize) -> Self {
        let exponent = usize::BITS - (bytes - 1).leading_zeros();
        Self { bytes: 1 << exponent, list: SMALL_CLASSES + exponent as usize }
    }
}

impl State {
    #[inline(always)]
    fn allocate(&mut self, layout: Layout) -> *mut u8 {
        if layout.align() > UNIT {
            return self.bump_aligned(layout);
        }
        let class = Class::of(layout.size());
        let block = self.free[class.list];
        if block.is_null() {
            return self.bump(class.bytes);
        }
        // SAFETY: Blocks in a list were given back by `release`, which wrote the link; nobody else
        // holds them.
        self.free[class.list] = unsafe { (*block).next };
        block.cast()
    }

    #[inline(always)]
    fn bump(&mut self, bytes: usize) -> *mut u8 {
        if bytes > self.left && !self.grow(bytes) {
            return ptr::null_mut();
        }
        let block = self.next;
        self.next = block.wrapping_add(bytes);
        self.left -= bytes;
        block
    }

    /// Blocks of unusual alignment, such as buffers that are read into leaf by leaf. They are
    /// not used again.
    #[inline(never)]
    fn bump_aligned(&mut self, layout: Layout) -> *mut u8 {
        let bytes = layout.size().next_multiple_of(UNIT);
        let most = bytes.saturating_add(layout.align());
        if most > self.left && !self.grow(most) {
            return ptr::null_mut();
        }
        let gap = self.next.align_offset(layout.align());
        self.bump(gap);
        self.bump(bytes)
    }

    /// Goes on in fresh address space, with at least `bytes` bytes. What is left of the last is
    /// given up.
    #[cold]
    fn grow(&mut self, bytes: usize) -> bool {
        if bytes.saturating_add(UNIT) > self.region_bytes {
            return false;
        }
        let start = (self.reserve)(self.region_bytes);
        if start.is_null() {
            return false;
        }
        let gap = start.align_offset(UNIT);
        self.next = start.wrapping_add(gap);
        self.left = self.region_bytes - gap;
        true
    }

    /// # Safety
    /// `block` comes from [`Self::allocate`] with this layout, and is used no more.
    #[inline(always)]
    unsafe fn release(&mut self, block: *mut u8, layout: Layout) {
        if layout.align() > UNIT {
            return;
        }
        let class = Class::of(layout.size());
        let block: *mut FreeBlock = block.cast();
        // SAFETY: A block has at least UNIT bytes, is aligned to UNIT, and is ours now. Blocks of
        // no bytes are never asked for.
        unsafe { block.write(FreeBlock { next: self.free[class.list] }) };
        self.free[class.list] = block;
    }

    /// Whether `block`, of class `old`, can become one of class `new` where it is.
    fn extend(&mut self, block: *mut u8, old: Class, new: Class) -> bool {
        if old == new {
            return true;
        }
        let more = new.bytes.wrapping_sub(old.bytes);
        let is_last = block.wrapping_add(old.bytes) == self.next;
        if !is_last || new.bytes < old.bytes || more > self.left {
            return false;
        }
        self.next = block.wrapping_add(new.bytes);
        self.left -= more;
        true
    }
}

// SAFETY: Blocks are handed out once, have at least the size and alignment asked for, and stay
// until they are given back.
unsafe impl GlobalAlloc for Heap {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: One thread of execution, and the borrow ends before anything else can run.
        unsafe { &mut *self.0.get() }.allocate(layout)
    }

    #[inline(always)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: As in `alloc`; the caller vouches for block and layout.
        unsafe { (*self.0.get()).release(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: As in `alloc`.
        let state = unsafe { &mut *self.0.get() };
        let start_of_fresh = state.next;
        let block = state.allocate(layout);
        // Memory that was never handed out is zero, and lies where such memory began before.
        let is_fresh = block >= start_of_fresh && block < state.next;
        if !block.is_null() && !is_fresh {
            // SAFETY: The block has at least the bytes of the layout.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        // SAFETY: As in `alloc`.
        let state = unsafe { &mut *self.0.get() };
        // SAFETY: The caller vouches for the new size.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_bytes, layout.align()) };
        if layout.align() <= UNIT
            && state.extend(block, Class::of(layout.size()), Class::of(new_bytes))
        {
            return block;
        }
        let new = state.allocate(new_layout);
        if !new.is_null() {
            // SAFETY: Both blocks have at least the bytes copied, and are different ones.
            unsafe {
                ptr::copy_nonoverlapping(block, new, layout.size().min(new_bytes));
                state.release(block, layout);
            }
        }
        new
    }
}

#[cfg(test)]
mod tests;

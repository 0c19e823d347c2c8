use alloc::vec::Vec;
use core::slice;
use std::boxed::Box;

use proptest::prelude::*;

use super::*;

const REGION_BYTES: usize = 1 << 16;

/// Zeros that are never given back.
fn reserve(bytes: usize) -> *mut u8 {
    Box::leak(alloc::vec![0u8; bytes].into_boxed_slice()).as_mut_ptr()
}

fn refuse(_: usize) -> *mut u8 {
    ptr::null_mut()
}

/// A block in use: where it is, how it was asked for, and the byte it is filled with.
struct Block {
    start: *mut u8,
    layout: Layout,
    byte: u8,
}

impl Block {
    fn fill(&self) {
        // SAFETY: The heap gave out that many bytes.
        unsafe { self.start.write_bytes(self.byte, self.layout.size()) };
    }

    /// Nobody else has written to the block.
    fn is_whole(&self, bytes: usize) -> bool {
        // SAFETY: As in `fill`, which has initialised them.
        let content = unsafe { slice::from_raw_parts(self.start, bytes.min(self.layout.size())) };
        content.iter().all(|byte| *byte == self.byte)
    }
}

#[derive(Debug, Clone)]
enum Action {
    Allocate { bytes: usize, align: usize, is_zeroed: bool },
    Release(prop::sample::Index),
    Resize(prop::sample::Index, usize),
}

fn action() -> impl Strategy<Value = Action> {
    let bytes = prop_oneof![1..80usize, 1000..1100usize, 1..9000usize];
    let align = (0..7u32).prop_map(|exponent| 1 << exponent);
    prop_oneof![
        4 => (bytes.clone(), align, any::<bool>())
            .prop_map(|(bytes, align, is_zeroed)| Action::Allocate { bytes, align, is_zeroed }),
        2 => any::<prop::sample::Index>().prop_map(Action::Release),
        2 => (any::<prop::sample::Index>(), bytes).prop_map(|(at, bytes)| Action::Resize(at, bytes)),
    ]
}

proptest! {
    #[test]
    fn blocks_are_aligned_never_overlap_and_keep_what_is_in_them(
        actions in prop::collection::vec(action(), 1..200),
    ) {
        let heap = Heap::new(reserve, REGION_BYTES);
        let mut blocks: Vec<Block> = Vec::new();
        for (turn, action) in actions.into_iter().enumerate() {
            let byte = u8::try_from(turn % 255).unwrap() + 1;
            match action {
                Action::Allocate { bytes, align, is_zeroed } => {
                    let layout = Layout::from_size_align(bytes, align).unwrap();
                    // SAFETY: The layout has a size.
                    let start =
                        unsafe { if is_zeroed { heap.alloc_zeroed(layout) } else { heap.alloc(layout) } };
                    prop_assert!(!start.is_null() && start.addr().is_multiple_of(align));
                    let block = Block { start, layout, byte: 0 };
                    prop_assert!(!is_zeroed || block.is_whole(bytes));
                    blocks.push(Block { byte, ..block });
                    blocks.last().unwrap().fill();
                }
                Action::Release(at) if !blocks.is_empty() => {
                    let block = blocks.swap_remove(at.index(blocks.len()));
                    prop_assert!(block.is_whole(usize::MAX));
                    // SAFETY: The block comes from this heap, with this layout.
                    unsafe { heap.dealloc(block.start, block.layout) };
                }
                Action::Resize(at, bytes) if !blocks.is_empty() => {
                    let at = at.index(blocks.len());
                    let Block { start, layout, byte: old } = blocks[at];
                    // SAFETY: The block comes from this heap, with this layout; there is a size.
                    let start = unsafe { heap.realloc(start, layout, bytes) };
                    let kept = layout.size().min(bytes);
                    let layout = Layout::from_size_align(bytes, layout.align()).unwrap();
                    prop_assert!(start.addr().is_multiple_of(layout.align()));
                    blocks[at] = Block { start, layout, byte: old };
                    prop_assert!(blocks[at].is_whole(kept));
                    blocks[at].byte = byte;
                    blocks[at].fill();
                }
                Action::Release(_) | Action::Resize(..) => {}
            }
        }
        prop_assert!(blocks.iter().all(|block| block.is_whole(usize::MAX)));
    }
}

#[test]
fn a_block_given_back_is_handed_out_next() {
    let heap = Heap::new(reserve, REGION_BYTES);
    let layout = Layout::from_size_align(40, 8).unwrap();
    // SAFETY: The layout has a size, and each block is given back once.
    unsafe {
        let first = heap.alloc(layout);
        heap.dealloc(first, layout);
        assert_eq!(heap.alloc(Layout::from_size_align(33, 1).unwrap()), first);
        // It lies where another block was, so that it is not zero by itself.
        first.write_bytes(7, 40);
        heap.dealloc(first, layout);
        let zeroed = heap.alloc_zeroed(layout);
        assert_eq!((zeroed, zeroed.read()), (first, 0));
    }
}

#[test]
fn the_last_block_grows_in_place() {
    let heap = Heap::new(reserve, REGION_BYTES);
    // SAFETY: The layout has a size.
    unsafe {
        let block = heap.alloc(Layout::from_size_align(100, 8).unwrap());
        assert_eq!(heap.realloc(block, Layout::from_size_align(100, 8).unwrap(), 5000), block);
    }
}

#[test]
fn without_memory_there_is_no_block() {
    let layout = Layout::from_size_align(8, 8).unwrap();
    let too_large = Layout::from_size_align(REGION_BYTES, 8).unwrap();
    // SAFETY: The layouts have sizes.
    unsafe {
        assert!(Heap::new(refuse, REGION_BYTES).alloc(layout).is_null());
        assert!(Heap::new(reserve, REGION_BYTES).alloc(too_large).is_null());
        let aligned = Layout::from_size_align(REGION_BYTES, 64).unwrap();
        assert!(Heap::new(reserve, REGION_BYTES).alloc(aligned).is_null());
    }
}

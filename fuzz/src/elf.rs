//! ELF files: what is loaded is what a plain second reader lays out, and no more memory is taken
//! than the headers ask for.
//!
//! Sizes in memory are cut to a few pages each: a file may ask for a gigabyte of zeros, which the
//! plain reader lays out byte by byte.

use std::collections::BTreeMap;

use asterisc_elf::{code_ranges, load_elf};
use asterisc_state::{PAGE_BYTES, PageIndex, SparseMemory};

/// Bytes of the size of a segment that are kept.
const SIZE_MASK: u64 = 0xffff;
const STACK_POINTER: u64 = 1 << 60;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let mut file = input.to_vec();
    cut_sizes(&mut file);
    if let Ok(ranges) = code_ranges(&file) {
        assert!(ranges.is_sorted_by_key(|range| range.start), "{ranges:?}");
        assert!(ranges.iter().all(|range| !range.is_empty()), "{ranges:?}");
    }
    let Ok(program) = load_elf(&file) else { return };
    assert_eq!(program.state.hart.pc, number::<8>(&file, 24).unwrap());
    assert_eq!(program.state.hart.registers[2], STACK_POINTER);
    let symbols = program.symbols.symbols();
    assert!(symbols.is_sorted_by_key(|symbol| symbol.start));
    assert!(symbols.len() <= file.len() / 24, "{} symbols", symbols.len());

    let (expected, asked) = naive(&file).expect("a file that can be loaded can be read");
    // Each segment may begin and end inside a page, and makes the page behind it, too.
    let pages = program.state.memory.page_count() as u64;
    let most =
        asked / PAGE_BYTES as u64 + 3 * file.len() as u64 / 56 + 2 * symbols.len() as u64 + 2;
    assert!(pages <= most, "{pages} pages, where {most} are asked for at most");
    let patched = symbols
        .iter()
        .any(|symbol| symbol.name.contains("init") || symbol.name.starts_with("runtime."));
    for (address, byte) in expected {
        let is_stack = address.wrapping_sub(STACK_POINTER) < 88;
        let mut actual = [0];
        program.state.memory.read_bytes(address, &mut actual);
        assert!(patched || is_stack || actual == [byte], "{address:#x}: {actual:?}, not {byte}");
        assert!(program.state.memory.page(PageIndex::of(address)).is_some());
    }
}

/// Program headers of a file: where they are, how many, and how long each is.
fn headers(file: &[u8]) -> Option<impl Iterator<Item = usize>> {
    let start = usize::try_from(number::<8>(file, 32)?).ok()?;
    let count = usize::try_from(number::<2>(file, 56)?).ok()?;
    // An offset of 0 says that there are none.
    let count = if start == 0 { 0 } else { count };
    Some((0..count).map_while(move |index| start.checked_add(56 * index)))
}

fn cut_sizes(file: &mut [u8]) {
    let places: Vec<usize> = headers(file).into_iter().flatten().collect();
    for at in places {
        let Some(size) = at.checked_add(40).and_then(|at| file.get_mut(at..at.checked_add(8)?))
        else {
            continue;
        };
        let mut bytes = [0; 8];
        bytes.copy_from_slice(size);
        size.copy_from_slice(&(u64::from_le_bytes(bytes) & SIZE_MASK).to_le_bytes());
    }
}

/// Bytes of the segments by their addresses, and how many the headers ask for.
fn naive(file: &[u8]) -> Option<(BTreeMap<u64, u8>, u64)> {
    let mut memory = BTreeMap::new();
    let mut asked = 0;
    for at in headers(file)? {
        if number::<4>(file, at)? == 0x7000_0003 {
            continue;
        }
        let [offset, address, file_bytes, memory_bytes] =
            [8, 16, 32, 40].map(|field| number::<8>(file, at + field));
        let (address, file_bytes) = (address?, file_bytes?);
        asked += memory_bytes?;
        for index in 0..memory_bytes? {
            let byte = match index < file_bytes {
                true => *file.get(usize::try_from(offset?.checked_add(index)?).ok()?)?,
                false => 0,
            };
            memory.insert(address.wrapping_add(index), byte);
        }
    }
    Some((memory, asked))
}

/// A little-endian number of `N` bytes.
fn number<const N: usize>(file: &[u8], at: usize) -> Option<u64> {
    let bytes = file.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

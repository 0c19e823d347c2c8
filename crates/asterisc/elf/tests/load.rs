//! A file built by hand, byte by byte, and all the ways it can be broken.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use asterisc_elf::{ElfError, SEGMENTS_BYTES_MAX, load_elf};
use asterisc_isa::Register;
use asterisc_state::{PortableHasher, SparseMemory};
use proptest::prelude::*;

const CODE: u64 = 0x10000;

/// A segment of the file to build.
struct Segment<'a> {
    kind: u32,
    address: u64,
    data: &'a [u8],
    memory_bytes: u64,
}

/// A loaded segment without zeros behind it.
fn loaded(address: u64, data: &[u8]) -> Segment<'_> {
    Segment { kind: 1, address, data, memory_bytes: data.len() as u64 }
}

/// Header, program headers, data, then one symbol table and its strings.
fn build(segments: &[Segment<'_>], symbols: &[(&str, u64, u64)]) -> Vec<u8> {
    let mut data_at = 64 + 56 * segments.len() as u64;
    let mut headers = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    for segment in segments {
        headers.extend([segment.kind, 7].into_iter().flat_map(u32::to_le_bytes));
        let bytes = segment.data.len() as u64;
        let words = [data_at, segment.address, segment.address, bytes, segment.memory_bytes, 1];
        headers.extend(words.into_iter().flat_map(u64::to_le_bytes));
        data.extend(segment.data);
        data_at += bytes;
    }
    let mut names = vec![0];
    let mut table = vec![0; 24];
    for (name, start, size) in symbols {
        table.extend(u32::try_from(names.len()).unwrap().to_le_bytes());
        table.extend([0; 4]);
        table.extend(start.to_le_bytes());
        table.extend(size.to_le_bytes());
        names.extend(name.bytes());
        names.push(0);
    }
    let (table_at, names_at) = (data_at, data_at + table.len() as u64);
    let sections_at = names_at + names.len() as u64;
    let section = |kind: u32, at: u64, bytes: usize, link: u32, entry: u64| {
        let mut section = vec![0; 64];
        section[4..8].copy_from_slice(&kind.to_le_bytes());
        section[24..32].copy_from_slice(&at.to_le_bytes());
        section[32..40].copy_from_slice(&(bytes as u64).to_le_bytes());
        section[40..44].copy_from_slice(&link.to_le_bytes());
        section[56..64].copy_from_slice(&entry.to_le_bytes());
        section
    };
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
    file.resize(16, 0);
    file.extend([2u16, 243].into_iter().flat_map(u16::to_le_bytes));
    file.extend(1u32.to_le_bytes());
    file.extend([CODE, 64, sections_at].into_iter().flat_map(u64::to_le_bytes));
    file.extend(0u32.to_le_bytes());
    let count = u16::try_from(segments.len()).unwrap();
    file.extend([64, 56, count, 64, 3, 2].into_iter().flat_map(u16::to_le_bytes));
    file.extend(headers);
    file.extend(data);
    file.extend(&table);
    file.extend(&names);
    file.extend(section(0, 0, 0, 0, 0));
    file.extend(section(2, table_at, table.len(), 2, 24));
    file.extend(section(3, names_at, names.len(), 0, 0));
    file
}

fn pages(file: &[u8]) -> Vec<u64> {
    load_elf(file).unwrap().state.memory.pages().map(|(index, _)| index.get()).collect()
}

#[test]
fn a_program_starts_at_its_entry_with_a_stack_and_a_heap() {
    let file = build(&[loaded(CODE, &[1, 2, 3])], &[("main", CODE, 4)]);
    let program = load_elf(&file).unwrap();
    let hart = &program.state.hart;
    assert_eq!((hart.pc, hart.heap, hart.step), (CODE, 0x7f00_0000_0000, 0));
    assert_eq!(hart.register(Register::SP), 1 << 60);
    let mut stack = [0; 96];
    program.state.memory.read_bytes(1 << 60, &mut stack);
    assert_eq!(stack[..8], [0; 8]);
    assert_eq!(stack[72..88], *b"rand protolambda");
    assert_eq!(program.symbols.name(CODE + 2), "main");
}

#[test]
fn a_segment_that_ends_on_a_page_boundary_makes_the_page_after_it() {
    let page = [7; 4096];
    let stack_page = (1 << 60) >> 12;
    let file = build(&[loaded(CODE, &page)], &[("main", CODE, 4)]);
    assert_eq!(pages(&file), [0x10, 0x11, stack_page]);
    let file = build(&[loaded(CODE, &page[1..])], &[("main", CODE, 4)]);
    assert_eq!(pages(&file), [0x10, stack_page]);
    let empty = Segment { kind: 0x6474_e551, address: 0, data: &[], memory_bytes: 0 };
    let file = build(&[loaded(CODE, &[1]), empty], &[("main", CODE, 4)]);
    assert_eq!(pages(&file), [0, 0x10, stack_page]);
}

#[test]
fn go_start_up_functions_return_at_once() {
    let code = [0xff; 64];
    let symbols = [
        ("runtime.gcenable", CODE + 8, 8),
        ("runtime.MemProfileRate", CODE + 32, 8),
        ("x", CODE, 1),
    ];
    let program = load_elf(&build(&[loaded(CODE, &code)], &symbols)).unwrap();
    let mut memory = [0; 64];
    program.state.memory.read_bytes(CODE, &mut memory);
    let mut expected = code;
    expected[8..12].copy_from_slice(&[0x67, 0x80, 0, 0]);
    expected[32..40].fill(0);
    assert_eq!(memory, expected);
}

#[test]
fn each_fault_of_a_file_has_its_error() {
    let symbols = [("main", CODE, 4)];
    let good = build(&[loaded(CODE, &[1; 8])], &symbols);

    let mut other_machine = good.clone();
    other_machine[18] = 62;
    assert_eq!(load_elf(&other_machine).unwrap_err(), ElfError::Machine { actual: 62 });

    assert_eq!(load_elf(&build(&[loaded(CODE, &[1; 8])], &[])).err(), None);
    let mut stripped = good.clone();
    let sections_at =
        usize::try_from(u64::from_le_bytes(good[40..48].try_into().unwrap())).unwrap();
    stripped[sections_at + 64 + 4] = 0;
    assert_eq!(load_elf(&stripped).unwrap_err(), ElfError::NoSymbols);

    let long = Segment { kind: 1, address: CODE, data: &[1; 8], memory_bytes: 4 };
    let error = load_elf(&build(&[long], &symbols)).unwrap_err();
    assert!(matches!(error, ElfError::SegmentTooLong { index: 0, file_bytes: 8, memory_bytes: 4 }));

    let thread_local = Segment { kind: 7, address: CODE, data: &[1; 8], memory_bytes: 16 };
    let error = load_elf(&build(&[thread_local], &symbols)).unwrap_err();
    assert!(matches!(error, ElfError::SegmentNotLoadable { index: 0, kind: 7, .. }));

    let huge = Segment { kind: 1, address: CODE, data: &[1; 8], memory_bytes: u64::MAX };
    let error = load_elf(&build(&[huge], &symbols)).unwrap_err();
    assert_eq!(error, ElfError::TooMuchMemory { bytes: u64::MAX, max: SEGMENTS_BYTES_MAX });

    let mut outside = good.clone();
    outside[64 + 8..64 + 16].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(load_elf(&outside).unwrap_err(), ElfError::SegmentOutsideFile { .. }));
}

#[test]
fn a_file_without_segments_is_no_empty_program() {
    let symbols = [("main", CODE, 4)];
    assert_eq!(load_elf(&build(&[], &symbols)).unwrap_err(), ElfError::NoSegments);
    // One header is announced, at offset 0.
    let mut file = build(&[loaded(CODE, &[1; 8])], &symbols);
    file[32..40].fill(0);
    assert_eq!(load_elf(&file).unwrap_err(), ElfError::NoSegments);
}

#[test]
fn a_gibibyte_of_zeros_takes_no_room() {
    let data = [7; 8];
    let zeros = |address| Segment { kind: 1, address, data: &data, memory_bytes: 1 << 29 };
    // The second one writes its zeros over those of the first.
    let file = build(&[zeros(CODE), zeros(CODE + 8)], &[("main", CODE, 4)]);
    let mut program = load_elf(&file).unwrap();
    assert_eq!(
        program.state.memory.page_count(),
        (1 << 17) + 2,
        "with the last page and the stack"
    );

    let mut expected = load_elf(&build(&[loaded(CODE, &[7; 16])], &[("main", CODE, 4)])).unwrap();
    assert_eq!(program.state.hash(&PortableHasher), expected.state.hash(&PortableHasher));
    if let Some(peak) = peak_bytes() {
        assert!(peak < SEGMENTS_BYTES_MAX / 8, "{peak} bytes");
    }
}

/// The most memory this process ever had, where the operating system tells.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[test]
fn segments_that_share_their_bytes_are_bounded_by_the_length_of_the_file() {
    let page = [7; 4096];
    let mut segments: Vec<_> = (0..9).map(|index| loaded(CODE + (index << 20), &[])).collect();
    segments.push(loaded(CODE, &page));
    let symbols = [("main", CODE, 4)];
    let file = build(&segments, &symbols);
    assert!(load_elf(&file).is_ok());

    let share = |count: usize| {
        let mut file = file.clone();
        let bytes = file.len() as u64;
        for index in 0..count {
            let at = 64 + 56 * index;
            file[at + 8..at + 16].fill(0);
            file[at + 32..at + 40].copy_from_slice(&bytes.to_le_bytes());
            file[at + 40..at + 48].copy_from_slice(&bytes.to_le_bytes());
        }
        load_elf(&file)
    };
    assert!(share(7).is_ok());
    assert!(matches!(share(9), Err(ElfError::TooManyCopies { what: "segments", .. })));
}

#[test]
fn symbols_that_share_a_name_are_bounded_by_the_length_of_the_file() {
    let long = "f".repeat(10_000);
    let mut symbols = vec![(long.as_str(), CODE, 4)];
    symbols.resize(1000, ("", CODE, 4));
    let mut file = build(&[loaded(CODE, &[1; 8])], &symbols);
    assert!(load_elf(&file).is_ok());
    // Every symbol has the name of the first one.
    let number =
        |at: usize| usize::try_from(u64::from_le_bytes(file[at..at + 8].try_into().unwrap()));
    let table_at = number(number(40).unwrap() + 64 + 24).unwrap();
    for index in 2..=1000 {
        file[table_at + 24 * index..][..4].copy_from_slice(&1u32.to_le_bytes());
    }
    let error = load_elf(&file).unwrap_err();
    assert!(matches!(error, ElfError::TooManyCopies { what: "symbols", .. }), "{error}");
}

proptest! {
    #[test]
    fn a_broken_file_never_panics(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
    ) {
        let mut file = build(&[loaded(CODE, &[1; 100])], &[("main", CODE, 4), ("flag.init", CODE, 4)]);
        let at = at.index(file.len());
        file[at] = byte;
        let _ = load_elf(&file);
        file.truncate(cut.index(file.len()));
        let _ = load_elf(&file);
    }
}

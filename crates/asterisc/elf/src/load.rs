//! Reads the file and lays the segments out in memory.

use alloc::{string::String, vec::Vec};

use asterisc_state::{Hart, Memory, PageIndex, SparseMemory, VmState};
use object::{
    LittleEndian,
    elf::{EM_RISCV, FileHeader64, PT_LOAD, ProgramType},
    read::elf::{FileHeader, ProgramHeader, Sym},
};

use crate::{Symbol, SymbolTable, patch::patch, stack::set_up_stack};

/// Bytes of memory all segments of a file may fill together. A file of a few bytes can ask for any
/// amount of zeros; these take no room here, but they do in a saved state.
pub const SEGMENTS_BYTES_MAX: u64 = 1 << 30;

/// How often segments may copy the bytes of the file, and symbols its names, on average: headers
/// may all name the same bytes. Those of linkers overlap a little.
const COPIES_MAX: u64 = 8;

/// Where anonymous mappings begin.
const HEAP_START: u64 = 0x7f00_0000_0000;

/// Segments that only describe the file.
const PT_RISCV_ATTRIBUTES: ProgramType = ProgramType(0x7000_0003);

/// Why a file can't be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElfError {
    /// The file is no 64-bit little-endian ELF file, or a header of it is broken.
    #[error("not a 64-bit little-endian ELF file, or a broken one")]
    Malformed(#[source] object::read::Error),
    /// The program is for another machine.
    #[error("the program is for machine {actual}, not for RISC-V (243)")]
    Machine {
        /// Machine number of the file.
        actual: u16,
    },
    /// A segment's bytes lie outside of the file.
    #[error("segment {index}: {bytes} bytes at offset {offset:#x} are not all in the file")]
    SegmentOutsideFile {
        /// Number of the program header.
        index: usize,
        /// Offset in the file.
        offset: u64,
        /// Bytes in the file.
        bytes: u64,
    },
    /// A segment has more bytes in the file than in memory.
    #[error("segment {index}: {file_bytes} bytes in the file do not fit its {memory_bytes}")]
    SegmentTooLong {
        /// Number of the program header.
        index: usize,
        /// Bytes in the file.
        file_bytes: u64,
        /// Bytes in memory.
        memory_bytes: u64,
    },
    /// A segment that is not loaded has another size in memory than in the file, as thread-local
    /// data has.
    #[error(
        "segment {index} of type {kind:#x} can't be filled up with zeros \
         ({file_bytes} bytes in the file, {memory_bytes} in memory)"
    )]
    SegmentNotLoadable {
        /// Number of the program header.
        index: usize,
        /// Type of the segment.
        kind: u32,
        /// Bytes in the file.
        file_bytes: u64,
        /// Bytes in memory.
        memory_bytes: u64,
    },
    /// The file has no program headers, or says that they are nowhere: an object file, perhaps.
    #[error("the file has no segments; is it linked?")]
    NoSegments,
    /// The segments ask for more memory than any program needs.
    #[error("the segments fill {bytes} bytes of memory, above the limit of {max}")]
    TooMuchMemory {
        /// Bytes asked for.
        bytes: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// Segments copy the bytes of the file, or symbols its names, again and again.
    #[error("{what} copy {bytes} bytes of the file, above {max}, which is {COPIES_MAX} times all")]
    TooManyCopies {
        /// What does so.
        what: &'static str,
        /// Bytes named.
        bytes: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// The file has no symbol table, so it can't be patched.
    #[error("the file has no symbol table; do not strip it")]
    NoSymbols,
}

impl From<object::read::Error> for ElfError {
    fn from(error: object::read::Error) -> Self {
        Self::Malformed(error)
    }
}

/// A program that is ready to run.
#[derive(Debug, Clone)]
pub struct LoadedProgram {
    /// The state before the first step.
    pub state: VmState,
    /// The program's symbols.
    pub symbols: SymbolTable,
}

type Header = FileHeader64<LittleEndian>;

/// Lays out, patches and prepares the program in `file`.
///
/// # Errors
/// Where the file is no program for this machine; see [`ElfError`].
pub fn load_elf(file: &[u8]) -> Result<LoadedProgram, ElfError> {
    let header = Header::parse(file)?;
    let endian = header.endian()?;
    let machine = header.e_machine.get(endian);
    if machine != EM_RISCV {
        return Err(ElfError::Machine { actual: machine.0 });
    }
    let mut state: VmState = VmState {
        hart: Hart { pc: header.e_entry.get(endian), heap: HEAP_START, ..Hart::default() },
        ..VmState::default()
    };
    load_segments(header, endian, file, &mut state.memory)?;
    let symbols = read_symbols(header, endian, file)?;
    patch(&mut state.memory, &symbols);
    set_up_stack(&mut state);
    Ok(LoadedProgram { state, symbols: SymbolTable::new(symbols) })
}

/// Copies every segment, whatever its type, to its virtual address; later ones win.
fn load_segments(
    header: &Header,
    endian: LittleEndian,
    file: &[u8],
    memory: &mut Memory,
) -> Result<(), ElfError> {
    let segments = header.program_headers(endian, file)?;
    if segments.is_empty() {
        return Err(ElfError::NoSegments);
    }
    let mut total = 0u64;
    let mut copies = Copies::of(file, "segments");
    for (index, segment) in segments.iter().enumerate() {
        let kind = segment.p_type(endian);
        if kind == PT_RISCV_ATTRIBUTES {
            continue;
        }
        let (file_bytes, memory_bytes) = (segment.p_filesz(endian), segment.p_memsz(endian));
        if file_bytes != memory_bytes {
            if kind != PT_LOAD {
                let kind = kind.0;
                return Err(ElfError::SegmentNotLoadable { index, kind, file_bytes, memory_bytes });
            }
            if file_bytes > memory_bytes {
                return Err(ElfError::SegmentTooLong { index, file_bytes, memory_bytes });
            }
        }
        total = total.saturating_add(memory_bytes);
        if total > SEGMENTS_BYTES_MAX {
            return Err(ElfError::TooMuchMemory { bytes: total, max: SEGMENTS_BYTES_MAX });
        }
        let data = segment.data(endian, file).map_err(|()| ElfError::SegmentOutsideFile {
            index,
            offset: segment.p_offset(endian),
            bytes: file_bytes,
        })?;
        copies.add(data)?;
        let address = segment.p_vaddr(endian);
        write_range(memory, address, data);
        memory.write_zeros(address.wrapping_add(file_bytes), memory_bytes - file_bytes);
        memory.make_page(PageIndex::of(address.wrapping_add(memory_bytes)));
    }
    Ok(())
}

/// Counts the bytes that are copied out of a file.
struct Copies {
    what: &'static str,
    bytes: u64,
    max: u64,
}

impl Copies {
    const fn of(file: &[u8], what: &'static str) -> Self {
        Self { what, bytes: 0, max: (file.len() as u64).saturating_mul(COPIES_MAX) }
    }

    fn add(&mut self, data: &[u8]) -> Result<(), ElfError> {
        let Self { what, max, .. } = *self;
        self.bytes = self.bytes.saturating_add(data.len() as u64);
        if self.bytes > max {
            return Err(ElfError::TooManyCopies { what, bytes: self.bytes, max });
        }
        Ok(())
    }
}

/// Writes `bytes` at `address`, and makes the page after the last one, too.
///
/// A range that ends on a page boundary (an empty one, for instance) leaves a page of zeros behind
/// it. That is visible in saved states alone; the root does not depend on it.
pub(crate) fn write_range(memory: &mut Memory, address: u64, bytes: &[u8]) {
    memory.write_bytes(address, bytes);
    memory.make_page(PageIndex::of(address.wrapping_add(bytes.len() as u64)));
}

/// All entries of the symbol table but the empty first one, in the order of the file.
fn read_symbols(
    header: &Header,
    endian: LittleEndian,
    file: &[u8],
) -> Result<Vec<Symbol>, ElfError> {
    let sections = header.sections(endian, file)?;
    let table = sections.symbols(endian, file, object::elf::SHT_SYMTAB)?;
    if table.is_empty() {
        return Err(ElfError::NoSymbols);
    }
    let mut symbols = Vec::with_capacity(table.len());
    let mut copies = Copies::of(file, "symbols");
    for symbol in table.iter().skip(1) {
        let name = symbol.name(endian, table.strings())?;
        copies.add(name)?;
        let name = String::from_utf8_lossy(name).into_owned();
        symbols.push(Symbol { name, start: symbol.st_value(endian), size: symbol.st_size(endian) });
    }
    Ok(symbols)
}

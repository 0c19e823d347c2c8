//! Where the instructions of a program are.

use alloc::vec::Vec;
use core::ops::Range;

use object::{
    LittleEndian,
    elf::{FileHeader64, PF_X, PT_LOAD, SHF_EXECINSTR},
    read::elf::{FileHeader, ProgramHeader, SectionHeader},
};

use crate::ElfError;

/// Addresses of the code of an ELF file, ascending: its executable sections, or where it has none
/// its executable segments.
///
/// # Errors
/// Where a header is broken.
pub fn code_ranges(file: &[u8]) -> Result<Vec<Range<u64>>, ElfError> {
    let header = FileHeader64::<LittleEndian>::parse(file)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, file)?;
    let executable = SHF_EXECINSTR.0;
    let mut ranges: Vec<Range<u64>> = sections
        .iter()
        .filter(|section| section.sh_flags(endian).0 & executable != 0)
        .map(|section| range(section.sh_addr(endian), section.sh_size(endian)))
        .collect();
    if ranges.is_empty() {
        let segments = header.program_headers(endian, file)?.iter();
        let is_code = |segment: &&_| {
            let segment: &object::elf::ProgramHeader64<LittleEndian> = segment;
            segment.p_type(endian) == PT_LOAD && segment.p_flags(endian).0 & PF_X.0 != 0
        };
        let code = segments.filter(is_code);
        ranges = code.map(|s| range(s.p_vaddr(endian), s.p_filesz(endian))).collect();
    }
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    Ok(ranges)
}

const fn range(start: u64, bytes: u64) -> Range<u64> {
    start..start.saturating_add(bytes)
}

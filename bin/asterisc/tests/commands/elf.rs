//! A small ELF file, built byte by byte.

/// Where the code is loaded.
pub(crate) const CODE: u64 = 0x1_0000;

/// RISC-V.
pub(crate) const RISC_V: u16 = 243;

/// An ELF file with one loaded segment and, if there are symbols, a symbol table.
pub(crate) fn build(machine: u16, code: &[u32], symbols: &[(&str, u64, u64)]) -> Vec<u8> {
    let code: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    let code_at = 64 + 56;
    let bytes = code.len() as u64;
    let mut names = vec![0];
    let mut table = vec![0; 24];
    for (name, start, size) in symbols {
        table.extend(u32::try_from(names.len()).unwrap().to_le_bytes());
        // A function of the first section, seen everywhere.
        table.extend([0x12, 0, 1, 0]);
        table.extend(start.to_le_bytes());
        table.extend(size.to_le_bytes());
        names.extend(name.bytes());
        names.push(0);
    }
    let names_at = code_at + bytes;
    let table_at = names_at + names.len() as u64;
    let sections_at = table_at + table.len() as u64;

    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
    file.resize(16, 0);
    file.extend([2, machine].into_iter().flat_map(u16::to_le_bytes));
    file.extend(1u32.to_le_bytes());
    file.extend([CODE, 64, sections_at].into_iter().flat_map(u64::to_le_bytes));
    file.extend(0u32.to_le_bytes());
    let section_count = if symbols.is_empty() { 3 } else { 4 };
    file.extend([64, 56, 1, 64, section_count, 2].into_iter().flat_map(u16::to_le_bytes));
    file.extend([1u32, 5].into_iter().flat_map(u32::to_le_bytes));
    file.extend([code_at, CODE, CODE, bytes, bytes, 4].into_iter().flat_map(u64::to_le_bytes));
    file.extend(&code);
    file.extend(&names);
    file.extend(&table);
    file.extend([0; 64]);
    file.extend(section(1, 6, [CODE, code_at, bytes], 0, 0));
    file.extend(section(3, 0, [0, names_at, names.len() as u64], 0, 0));
    file.extend(section(2, 0, [0, table_at, table.len() as u64], 2, 24));
    file
}

fn section(kind: u32, flags: u64, place: [u64; 3], link: u32, entry: u64) -> Vec<u8> {
    let mut section = Vec::new();
    section.extend([0, kind].into_iter().flat_map(u32::to_le_bytes));
    section.extend(flags.to_le_bytes());
    section.extend(place.into_iter().flat_map(u64::to_le_bytes));
    section.extend([link, 1].into_iter().flat_map(u32::to_le_bytes));
    section.extend([4, entry].into_iter().flat_map(u64::to_le_bytes));
    section
}

/// Counts down from three in a function, and exits with code 0.
pub(crate) fn countdown() -> Vec<u8> {
    let code = [
        0x0030_0513, // addi a0, zero, 3
        0x00c0_00ef, // jal ra, 0x10010
        0x05d0_0893, // addi a7, zero, 93
        0x0000_0073, // ecall
        0xfff5_0513, // addi a0, a0, -1
        0xfe05_1ee3, // bne a0, zero, 0x10010
        0x0001_8082, // c.jr ra; c.addi zero, 0
    ];
    let symbols = [("_start", CODE, 16), ("_ZN5guest5count17h0123456789abcdefE", CODE + 16, 12)];
    build(RISC_V, &code, &symbols)
}

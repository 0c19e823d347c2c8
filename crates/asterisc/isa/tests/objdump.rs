//! Compares the disassembly with GNU objdump's: every 16-bit instruction, and a seeded sample of
//! 32-bit ones of every opcode. Skipped, with a word on it, where objdump for RISC-V is missing.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{collections::BTreeMap, fs, process::Command};

use asterisc_isa::{Disassembly, INSTRUCTIONS};

const OBJDUMP: &str = "riscv64-linux-gnu-objdump";

/// Disassembly by objdump: address, then mnemonic and operands without white space or comments.
fn objdump(name: &str, code: &[u8]) -> Option<BTreeMap<u64, String>> {
    let file = std::env::temp_dir().join(format!("asterisc-isa-{name}-{}.bin", std::process::id()));
    fs::write(&file, code).unwrap();
    let output = Command::new(OBJDUMP)
        .args(["-b", "binary", "-m", "riscv:rv64", "-M", "no-aliases", "-D"])
        .arg(&file)
        .output();
    fs::remove_file(&file).unwrap();
    let Ok(output) = output else {
        eprintln!(
            "skipped: {OBJDUMP} (Debian package binutils-riscv64-linux-gnu) is not installed"
        );
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().filter_map(parse_line).collect())
}

/// A line has an address, a colon, the bytes, and the text, with tabs between them.
fn parse_line(line: &str) -> Option<(u64, String)> {
    let (address, rest) = line.trim().split_once(":\t")?;
    let (_, text) = rest.split_once('\t')?;
    let text = text.split(['#', '<']).next().unwrap_or(text);
    Some((u64::from_str_radix(address, 16).ok()?, normalise(text)))
}

/// One space after the mnemonic, none elsewhere.
fn normalise(text: &str) -> String {
    let (mnemonic, operands) = text.trim().split_once(char::is_whitespace).unwrap_or((text, ""));
    let operands: String = operands.split_whitespace().collect();
    format!("{} {operands}", mnemonic.trim()).trim().to_owned()
}

/// Names objdump gives to hints that this disassembler shows by their plain names, and the one
/// reserved encoding it prints nevertheless.
fn is_known_difference(ours: &str, theirs: &str) -> bool {
    let is_float = theirs.starts_with("c.f");
    let is_data = theirs.starts_with(".2byte") || theirs.starts_with(".short");
    let is_shift_by_zero =
        ["c.slli64", "c.srli64", "c.srai64"].iter().any(|hint| theirs.starts_with(hint))
            && ours.ends_with(",0x0");
    (is_float && ours.starts_with(".half"))
        || (is_data && (ours == "c.reserved" || ours == "c.unimp"))
        || is_shift_by_zero
        || (theirs == "c.addi16sp sp,0" && ours == "c.reserved")
}

#[test]
fn compressed_disassembly_agrees_with_objdump_on_every_encoding() {
    let halves: Vec<u16> = (0..=u16::MAX).filter(|half| half & 0b11 != 0b11).collect();
    let code: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
    let Some(theirs) = objdump("c", &code) else { return };
    let mut compared = 0;
    for (index, half) in halves.iter().enumerate() {
        let pc = 2 * index as u64;
        let ours = normalise(&Disassembly { word: u32::from(*half), pc }.to_string());
        let Some(theirs) = theirs.get(&pc) else { continue };
        assert!(
            ours == *theirs || is_known_difference(&ours, theirs),
            "{half:#06x} at {pc:#x}: ours {ours:?}, objdump {theirs:?}"
        );
        compared += 1;
    }
    assert!(compared > 49_000, "objdump printed {compared} instructions only");
}

#[test]
fn disassembly_agrees_with_objdump_on_words_of_every_row() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 32).unwrap()
    };
    let words: Vec<u32> = INSTRUCTIONS
        .iter()
        .flat_map(|row| core::iter::repeat_n(row, 200))
        .map(|row| (random() & !row.mask) | row.pattern)
        .collect();
    let code: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let Some(theirs) = objdump("i", &code) else { return };
    let mut compared = 0;
    for (index, word) in words.iter().enumerate() {
        let pc = 4 * index as u64;
        let ours = normalise(&Disassembly { word: *word, pc }.to_string());
        let Some(theirs) = theirs.get(&pc) else { continue };
        // Words the manual reserves print as data; ordering bits, control registers and floating
        // point have operands this machine has no use for.
        let theirs = theirs.replace(".aqrl", "").replace(".aq", "").replace(".rl", "");
        let mnemonic = ours.split(' ').next().unwrap_or_default();
        let is_ours_alone =
            ["illegal", "bnever", "csr", "system", "fence", "fload", "fstore", "fop"]
                .contains(&mnemonic)
                || mnemonic.starts_with("amo?");
        if theirs.starts_with('.') || is_ours_alone {
            continue;
        }
        assert_eq!(ours, theirs, "{word:#010x} at {pc:#x}");
        compared += 1;
    }
    assert!(compared > 10_000, "only {compared} words were instructions to both");
}

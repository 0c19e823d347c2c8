//! Listings of memory, and their agreement with `Line`.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use asterisc_elf::{Symbol, SymbolTable};
use asterisc_inspect::{FunctionTable, Listing, ListingItem};
use asterisc_state::{Memory, SparseMemory};
use proptest::prelude::*;

fn functions(symbols: &[(&str, u64, u64)]) -> FunctionTable {
    let symbols = symbols.iter().map(|(name, start, size)| Symbol {
        name: (*name).to_owned(),
        start: *start,
        size: *size,
    });
    FunctionTable::new(&SymbolTable::new(symbols.collect()))
}

fn text(memory: &Memory, functions: &FunctionTable, start: u64, end: u64) -> String {
    Listing::new(memory, functions, start, end).map(|item| format!("{item}\n")).collect()
}

#[test]
fn labels_targets_pairs_and_zeros() {
    let mut memory = Memory::new();
    let words = [
        0x0000_0517_u32, // auipc a0, 0x0
        0x0205_0513,     // addi a0, a0, 32
        0x0000_0097,     // auipc ra, 0x0
        0x0180_80e7,     // jalr ra, 24(ra)
        0xfe05_18e3,     // bne a0, zero, -16
    ];
    for (index, word) in (0..).zip(words) {
        memory.write_bytes(0x1000 + 4 * index, &word.to_le_bytes());
    }
    memory.write_bytes(0x1014, &[0x82, 0x80]); // c.jr ra
    memory.write_bytes(0x1040, &[0x13, 0, 0, 0]); // addi zero, zero, 0
    let functions = functions(&[("main", 0x1000, 0x16), ("work", 0x1020, 8), ("end", 0x1040, 4)]);
    let expected = "
0000000000001000 <main>:
      1000:  00000517  auipc a0, 0x0
      1004:  02050513  addi a0, a0, 32  # 0x1020 <work>
      1008:  00000097  auipc ra, 0x0
      100c:  018080e7  jalr ra, 24(ra)  # 0x1020 <work>
      1010:  fe0518e3  bne a0, zero, 0x1000 <main>
      1014:  8082      c.jr ra
      1016:  0000      c.unimp
      1018:  0000      c.unimp
      101a:  0000      c.unimp
      101c:  0000      c.unimp
      101e:  0000      c.unimp

0000000000001020 <work>:
      1020:  ... 32 zero bytes

0000000000001040 <end>:
      1040:  00000013  addi zero, zero, 0
";
    assert_eq!(text(&memory, &functions, 0x1000, 0x1044), expected);
}

#[test]
fn a_listing_ends_at_the_top_of_memory() {
    let mut memory = Memory::new();
    memory.write_bytes(u64::MAX - 1, &[0x82, 0x80]);
    let items = Listing::new(&memory, &FunctionTable::default(), u64::MAX - 1, u64::MAX).count();
    assert_eq!(items, 1);
}

proptest! {
    #[test]
    fn every_byte_is_in_one_item(code in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut memory = Memory::new();
        memory.write_bytes(0x1000, &code);
        let end = 0x1000 + code.len() as u64;
        let mut at = 0x1000;
        for item in Listing::new(&memory, &FunctionTable::default(), 0x1000, end) {
            match item {
                ListingItem::Line(line) => {
                    prop_assert_eq!(line.address.0, at);
                    at += line.bytes.len() as u64 / 2;
                }
                ListingItem::Zeros { address, bytes } => {
                    prop_assert_eq!(address, at);
                    at += bytes;
                }
                ListingItem::Label { .. } => prop_assert!(false, "there are no symbols"),
            }
        }
        prop_assert!(at >= end && at <= end + 3, "{at:#x}");
    }
}

//! Symbols: names of addresses, for people to read.

use alloc::{string::String, vec::Vec};

/// An entry of the ELF symbol table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Name; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// Address.
    pub start: u64,
    /// Bytes; 0 where the table does not say.
    pub size: u64,
}

/// Symbols in the order of their addresses; those of one address in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SymbolTable(Vec<Symbol>);

impl SymbolTable {
    /// Sorts the symbols.
    pub fn new(mut symbols: Vec<Symbol>) -> Self {
        symbols.sort_by_key(|symbol| symbol.start);
        Self(symbols)
    }

    /// All symbols, ascending by address.
    pub fn symbols(&self) -> &[Symbol] {
        &self.0
    }

    /// The last symbol that begins at or before `address`, unless it ends before.
    pub fn find(&self, address: u64) -> Option<&Symbol> {
        let after = self.0.partition_point(|symbol| symbol.start <= address);
        let symbol = self.0[..after].last()?;
        (address - symbol.start <= symbol.size).then_some(symbol)
    }

    /// What to call `address` in a log: `!unknown` without symbols, `!start` before the first one,
    /// `!gap` between two.
    pub fn name(&self, address: u64) -> &str {
        match (self.0.first(), self.find(address)) {
            (_, Some(symbol)) => &symbol.name,
            (None, _) => "!unknown",
            (Some(first), None) if address < first.start => "!start",
            (Some(_), None) => "!gap",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};

    #[test]
    fn an_address_has_the_name_of_the_symbol_it_lies_in() {
        let symbol = |name: &str, start, size| Symbol { name: name.to_owned(), start, size };
        let table = SymbolTable::new(vec![symbol("b", 0x20, 4), symbol("a", 0x10, 8)]);
        let names = [(0xf, "!start"), (0x10, "a"), (0x18, "a"), (0x19, "!gap"), (0x20, "b")];
        for (address, name) in names {
            assert_eq!(table.name(address), name, "{address:#x}");
        }
        assert_eq!(SymbolTable::default().name(0), "!unknown");
    }
}

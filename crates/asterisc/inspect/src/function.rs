//! From addresses to functions.
//!
//! A symbol table is no list of functions: it names variables, sections and local labels as well,
//! several symbols may have one address, and hand-written code gives no sizes. This table keeps what
//! is of use, and every address is in at most one function.

use std::fmt;

use asterisc_elf::{Symbol, SymbolTable};
use rustc_demangle::demangle;

/// Bytes a symbol without a size covers at most; it ends where the next one begins.
const UNSIZED_BYTES_MAX: u64 = 1 << 16;

/// A function, or what else a symbol names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The symbol's name, mangled as it stands in the file.
    pub symbol: String,
    /// The name for people: without mangling and hash.
    pub name: String,
    /// Address of the first byte.
    pub start: u64,
    /// Bytes.
    pub size: u64,
}

/// Number of a function in its table; [`Self::UNKNOWN`] is all code that no symbol covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(u32);

impl FunctionId {
    /// No function.
    pub const UNKNOWN: Self = Self(u32::MAX);

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    fn index(self) -> Option<usize> {
        if self == Self::UNKNOWN { None } else { usize::try_from(self.0).ok() }
    }
}

/// Addresses that belong to one function.
#[derive(Debug, Clone, Copy)]
struct Range {
    start: u64,
    /// Address of the last byte.
    last: u64,
    function: FunctionId,
}

/// All functions of a program.
#[derive(Debug, Clone, Default)]
pub struct FunctionTable {
    functions: Vec<Function>,
    /// Ascending, without overlaps.
    ranges: Vec<Range>,
}

impl FunctionTable {
    /// The functions that `symbols` names.
    pub fn new(symbols: &SymbolTable) -> Self {
        let mut kept: Vec<&Symbol> = symbols.symbols().iter().filter(|s| is_useful(s)).collect();
        // Of several at one address the longest counts, and of those the first in the file.
        kept.sort_by_key(|symbol| (symbol.start, std::cmp::Reverse(symbol.size)));
        kept.dedup_by_key(|symbol| symbol.start);
        let functions = drop_labels(&kept);
        let ranges = split_into_ranges(&functions);
        Self { functions, ranges }
    }

    /// All functions, ascending by address.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The innermost function at `address`.
    pub fn find(&self, address: u64) -> FunctionId {
        let after = self.ranges.partition_point(|range| range.start <= address);
        match self.ranges[..after].last() {
            Some(range) if address <= range.last => range.function,
            _ => FunctionId::UNKNOWN,
        }
    }

    /// A function by its number.
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.functions.get(id.index()?)
    }

    /// A function's name for people.
    pub fn name(&self, id: FunctionId) -> &str {
        self.function(id).map_or("[unknown]", |function| &function.name)
    }

    /// Whether a function begins at `address`.
    pub fn is_start(&self, id: FunctionId, address: u64) -> bool {
        self.function(id).is_some_and(|function| function.start == address)
    }

    /// Where `address` lies, in words.
    pub fn locate(&self, address: u64) -> Location<'_> {
        let function = self.function(self.find(address));
        Location { function, address }
    }

    /// Functions by a name: the symbol, the whole name for people, or if there is none the end of it
    /// behind `::`.
    pub fn by_name<'a>(&'a self, name: &'a str) -> Vec<&'a Function> {
        let is_named = |f: &&Function| f.symbol == name || f.name == name;
        let whole: Vec<_> = self.functions.iter().filter(is_named).collect();
        if !whole.is_empty() {
            return whole;
        }
        let is_end =
            |f: &&Function| f.name.strip_suffix(name).is_some_and(|before| before.ends_with("::"));
        self.functions.iter().filter(is_end).collect()
    }
}

/// An address as `function+0x12`; nothing where it is in no function.
#[derive(Debug, Clone, Copy)]
pub struct Location<'a> {
    /// The function.
    pub function: Option<&'a Function>,
    /// The address.
    pub address: u64,
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(function) = self.function else { return f.write_str("[unknown]") };
        f.write_str(&function.name)?;
        match self.address - function.start {
            0 => Ok(()),
            offset => write!(f, "+{offset:#x}"),
        }
    }
}

/// Whether a symbol may name a function: sections have no name, assemblers leave labels and marks.
fn is_useful(symbol: &Symbol) -> bool {
    let name = symbol.name.as_str();
    let is_mark = |mark: &str| {
        name.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', 'r']))
    };
    !name.is_empty() && !name.starts_with(".L") && !is_mark("$x") && !is_mark("$d")
}

/// Symbols without a size inside of one with a size are labels. The others get what is up to the
/// next symbol.
fn drop_labels(symbols: &[&Symbol]) -> Vec<Function> {
    let mut functions = Vec::with_capacity(symbols.len());
    let mut covered_to = 0;
    for (index, symbol) in symbols.iter().enumerate() {
        let end = symbol.start.saturating_add(symbol.size);
        if symbol.size == 0 && symbol.start < covered_to {
            continue;
        }
        covered_to = covered_to.max(end);
        let next = symbols.get(index + 1).map_or(u64::MAX, |next| next.start);
        let size = match symbol.size {
            0 => (next - symbol.start).min(UNSIZED_BYTES_MAX),
            size => size.min(u64::MAX - symbol.start),
        };
        // Also at the very last address.
        let size = size.max(1);
        functions.push(Function {
            symbol: symbol.name.clone(),
            name: format!("{:#}", demangle(&symbol.name)),
            start: symbol.start,
            size,
        });
    }
    functions
}

/// Cuts functions that lie in each other, so that the inner one has its addresses alone.
fn split_into_ranges(functions: &[Function]) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::with_capacity(functions.len());
    // Functions that have begun and not ended: the last address, and the number.
    let mut open: Vec<(u64, FunctionId)> = Vec::new();
    let mut at = 0;
    for (number, function) in (0..).zip(functions) {
        while let Some((last, outer)) = open.last().copied().filter(|o| o.0 < function.start) {
            push_range(&mut ranges, at, last, outer);
            at = at.max(last.saturating_add(1));
            open.pop();
        }
        if let (Some((_, outer)), Some(last)) = (open.last(), function.start.checked_sub(1)) {
            push_range(&mut ranges, at, last, *outer);
        }
        at = function.start;
        open.push((function.start.saturating_add(function.size - 1), FunctionId(number)));
    }
    while let Some((last, outer)) = open.pop() {
        push_range(&mut ranges, at, last, outer);
        at = at.max(last.saturating_add(1));
    }
    ranges
}

fn push_range(ranges: &mut Vec<Range>, start: u64, last: u64, function: FunctionId) {
    if start <= last {
        ranges.push(Range { start, last, function });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(symbols: &[(&str, u64, u64)]) -> FunctionTable {
        let symbols = symbols.iter();
        let symbols = symbols.map(|(name, start, size)| Symbol {
            name: (*name).to_owned(),
            start: *start,
            size: *size,
        });
        FunctionTable::new(&SymbolTable::new(symbols.collect()))
    }

    fn check(table: &FunctionTable, expect: &[(u64, &str)]) {
        for (address, text) in expect {
            assert_eq!(table.locate(*address).to_string(), *text, "{address:#x}");
        }
    }

    #[test]
    fn an_address_is_in_the_innermost_function() {
        let table = table(&[("outer", 0x10, 0x20), ("inner", 0x18, 8), ("after", 0x30, 4)]);
        let expect = [
            (0xf, "[unknown]"),
            (0x10, "outer"),
            (0x17, "outer+0x7"),
            (0x18, "inner"),
            (0x20, "outer+0x10"),
            (0x2f, "outer+0x1f"),
            (0x30, "after"),
            (0x34, "[unknown]"),
        ];
        check(&table, &expect);
    }

    #[test]
    fn labels_marks_and_sections_are_no_functions() {
        let symbols = [
            ("", 0x10, 0),
            ("$xrv64i2p1", 0x10, 0),
            ("$d.3", 0x18, 0),
            (".L0 ", 0x12, 0),
            ("sized", 0x10, 0x10),
            ("loop", 0x14, 0),
            ("_start", 0x40, 0),
            ("entry", 0x40, 0),
        ];
        check(&table(&symbols), &[(0x14, "sized+0x4"), (0x18, "sized+0x8"), (0x44, "_start+0x4")]);
        check(&table(&symbols), &[(0x40 + UNSIZED_BYTES_MAX, "[unknown]")]);
    }

    #[test]
    fn names_are_for_people_and_found_by_their_end() {
        let table = table(&[
            ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", 0x10, 4),
            ("runtime.(*mcache).nextFree", 0x20, 4),
        ]);
        check(&table, &[(0x10, "core::fmt::Formatter::pad"), (0x20, "runtime.(*mcache).nextFree")]);
        assert_eq!(table.by_name("pad").len(), 1);
        assert_eq!(table.by_name("Formatter::pad").len(), 1);
        assert_eq!(table.by_name("ad").len(), 0);
        assert_eq!(table.by_name("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE").len(), 1);
    }

    #[test]
    fn the_ends_of_the_address_space_are_addresses_too() {
        let table = table(&[("low", 0, 1), ("high", u64::MAX - 3, u64::MAX)]);
        check(&table, &[(0, "low"), (1, "[unknown]"), (u64::MAX - 1, "high+0x2")]);
    }

    proptest! {
        #[test]
        fn ranges_are_those_of_a_search_through_all(
            symbols in proptest::collection::vec((0..60u64, 1..30u64), 0..12),
        ) {
            let named: Vec<_> =
                symbols.iter().map(|(start, size)| ("f", *start, *size)).collect();
            let table = table(&named);
            for address in 0..100 {
                let covers =
                    |f: &&Function| f.start <= address && address - f.start < f.size;
                let naive = table.functions().iter().rfind(covers);
                // A function that reaches over the end of the one around it keeps its addresses.
                let found = table.function(table.find(address));
                prop_assert_eq!(found.map(|f| f.start), naive.map(|f| f.start), "{}", address);
            }
        }
    }
}

//! The symbols of a program, from `meta.json`.

use std::{fs, path::Path};

use asterisc_elf::{Symbol, SymbolTable};
use serde::Deserialize;

use crate::CliError;

#[derive(Deserialize)]
struct Meta {
    symbols: Vec<MetaSymbol>,
}

#[derive(Deserialize)]
struct MetaSymbol {
    name: String,
    start: u64,
    size: u64,
}

/// Reads the symbols; "" as a path stands for none.
pub(crate) fn read_symbols(path: &Path) -> Result<SymbolTable, CliError> {
    if path.as_os_str().is_empty() {
        return Ok(SymbolTable::default());
    }
    let text =
        fs::read(path).map_err(|source| CliError::MetaRead { path: path.to_owned(), source })?;
    let meta: Meta = serde_json::from_slice(&text)
        .map_err(|source| CliError::Meta { path: path.to_owned(), source })?;
    let symbols = meta.symbols.into_iter();
    let symbols = symbols.map(|MetaSymbol { name, start, size }| Symbol { name, start, size });
    Ok(SymbolTable::new(symbols.collect()))
}

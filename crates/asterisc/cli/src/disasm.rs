//! `disasm`: the instructions of a program.

use std::{
    fs,
    io::{self, BufWriter, Write},
    iter,
    ops::Range,
    path::{Path, PathBuf},
};

use asterisc_elf::{SymbolTable, code_ranges, load_elf};
use asterisc_inspect::{FunctionTable, Listing, ListingItem};
use asterisc_snapshot::load_state;
use asterisc_state::{Memory, VmState};
use support_cli::OutputFormat;

use crate::{CliError, commands::any_path, pattern::parse_number, symbols::read_symbols};

/// Bytes of a listing, at most.
const LISTING_BYTES_MAX: u64 = 1 << 28;
/// Bytes that are listed of a state whose pc is in no function.
const AROUND_PC_BYTES: u64 = 64;

/// Prints the instructions of an ELF file, or of a state.
#[derive(Debug, Clone, clap::Args)]
#[command(group(clap::ArgGroup::new("program").required(true).args(["path", "input"])))]
pub struct DisasmArgs {
    /// An ELF file; its code is listed as it is loaded and patched.
    #[arg(long, value_name = "FILE")]
    pub path: Option<PathBuf>,
    /// A state; without a range or symbol, the function that pc is in.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Symbols of the state's program; "" for none.
    #[arg(long, value_name = "FILE", default_value = "meta.json", value_parser = any_path())]
    pub meta: PathBuf,
    /// Only functions of this name: the symbol, the name for people, or its end behind `::`.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["from", "to"])]
    pub symbol: Option<String>,
    /// First address.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    pub from: Option<u64>,
    /// Address behind the last one.
    #[arg(long, value_name = "ADDRESS", requires = "from", value_parser = parse_address)]
    pub to: Option<u64>,
    /// People, or scripts: one JSON object a line for each instruction.
    #[arg(long, value_enum, default_value = "text")]
    pub format: OutputFormat,
}

fn parse_address(text: &str) -> Result<u64, String> {
    parse_number(text).ok_or_else(|| format!("{text:?} is no address; try 0x10000"))
}

/// `asterisc disasm`.
///
/// # Errors
/// [`CliError`].
pub fn disasm(args: &DisasmArgs) -> Result<(), CliError> {
    let program = match (&args.path, &args.input) {
        (Some(path), _) => Program::of_elf(path)?,
        (None, Some(path)) => Program::of_state(path, &args.meta)?,
        (None, None) => return Ok(()),
    };
    let mut stdout = BufWriter::new(io::stdout().lock());
    for range in program.ranges(args)? {
        program.list(range, args.format, &mut stdout)?;
    }
    Ok(stdout.flush()?)
}

fn check_range(range: &Range<u64>) -> Result<(), CliError> {
    let (from, to, max) = (range.start, range.end, LISTING_BYTES_MAX);
    match to.checked_sub(from) {
        Some(bytes) if (1..=max).contains(&bytes) => Ok(()),
        _ => Err(CliError::Range { from, to, max }),
    }
}

/// A program in memory.
struct Program {
    state: VmState<Memory>,
    functions: FunctionTable,
    /// What is listed if nothing is asked for.
    code: Vec<Range<u64>>,
}

impl Program {
    fn of_elf(path: &Path) -> Result<Self, CliError> {
        let file =
            fs::read(path).map_err(|source| CliError::Read { path: path.to_owned(), source })?;
        let failed = |source| CliError::Elf { path: path.to_owned(), source };
        let loaded = load_elf(&file).map_err(failed)?;
        let code = code_ranges(&file).map_err(failed)?;
        Ok(Self { state: loaded.state, functions: FunctionTable::new(&loaded.symbols), code })
    }

    fn of_state(path: &Path, meta: &Path) -> Result<Self, CliError> {
        let symbols: SymbolTable = read_symbols(meta)?;
        let functions = FunctionTable::new(&symbols);
        let state: VmState<Memory> = load_state(path)?;
        let pc = state.hart.pc;
        let code = match functions.function(functions.find(pc)) {
            Some(function) => function.start..function.start.saturating_add(function.size),
            None => pc..pc.saturating_add(AROUND_PC_BYTES),
        };
        Ok(Self { state, functions, code: vec![code] })
    }

    fn ranges(&self, args: &DisasmArgs) -> Result<Vec<Range<u64>>, CliError> {
        let ranges: Vec<Range<u64>> = if let Some(name) = &args.symbol {
            let functions = self.functions.by_name(name);
            if functions.is_empty() {
                return Err(CliError::NoFunction { name: name.clone() });
            }
            functions.iter().map(|f| f.start..f.start.saturating_add(f.size)).collect()
        } else if let Some(from) = args.from {
            let to = args.to.unwrap_or(from.saturating_add(AROUND_PC_BYTES));
            iter::once(from..to).collect()
        } else {
            self.code.clone()
        };
        // Sections and symbols may have any size, too.
        ranges.iter().try_for_each(check_range)?;
        Ok(ranges)
    }

    fn list(
        &self,
        range: Range<u64>,
        format: OutputFormat,
        out: &mut impl Write,
    ) -> Result<(), CliError> {
        for item in Listing::new(&self.state.memory, &self.functions, range.start, range.end) {
            match (format, &item) {
                (OutputFormat::Text, item) => writeln!(out, "{item}")?,
                (OutputFormat::Json, ListingItem::Line(line)) => {
                    serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
                    writeln!(out)?;
                }
                // Scripts find the symbol at each instruction.
                (OutputFormat::Json, _) => {}
            }
        }
        Ok(())
    }
}

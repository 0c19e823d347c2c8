//! `load-elf` and `witness`.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use asterisc_elf::load_elf as load_program;
use asterisc_fast::LaneHasher;
use asterisc_snapshot::{
    AtomicFile, FileError, load_state, save_document, save_state, write_json, write_meta,
    write_witness,
};
use asterisc_state::{Memory, SparseMemory, VmState};
use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::CliError;

/// Makes the state before the first step of an ELF file.
#[derive(Debug, Clone, clap::Args)]
pub struct LoadElfArgs {
    /// The ELF file.
    #[arg(long, value_name = "FILE")]
    pub path: PathBuf,
    /// Where the state goes; "" for nowhere, "-" for stdout (as JSON).
    #[arg(long, value_name = "FILE", default_value = "state.bin.gz", value_parser = any_path())]
    pub out: PathBuf,
    /// Where the symbols go; "" for nowhere, "-" for stdout.
    #[arg(long, value_name = "FILE", default_value = "meta.json", value_parser = any_path())]
    pub meta: PathBuf,
}

/// Prints the witness of a state, and what op-challenger wants to know of it.
#[derive(Debug, Clone, clap::Args)]
pub struct WitnessArgs {
    /// The state.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// Where the 362 bytes of the witness go, too; "" for nowhere.
    #[arg(long, value_name = "FILE", default_value = "", value_parser = any_path())]
    pub output: PathBuf,
}

/// A path that may be empty, which stands for nowhere.
pub(crate) fn any_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// `asterisc load-elf`.
///
/// # Errors
/// [`CliError`].
pub fn load_elf(args: &LoadElfArgs) -> Result<(), CliError> {
    check_writable(&args.out)?;
    check_writable(&args.meta)?;
    let file = fs::read(&args.path)
        .map_err(|source| CliError::Read { path: args.path.clone(), source })?;
    let mut program =
        load_program(&file).map_err(|source| CliError::Elf { path: args.path.clone(), source })?;
    write_to(&args.meta, |out| write_meta(&program.symbols, out))?;
    write_state(&mut program.state, &args.out)
}

/// `asterisc witness`.
///
/// # Errors
/// [`CliError`].
pub fn witness(args: &WitnessArgs) -> Result<(), CliError> {
    let mut state = load_state::<Memory>(&args.input)?;
    let witness = state.witness(&LaneHasher::detect());
    if !args.output.as_os_str().is_empty() {
        save_document(&args.output, |out| out.write_all(witness.as_bytes()))?;
    }
    let mut stdout = io::stdout().lock();
    write_witness(&state.hart, &witness, &mut stdout)?;
    Ok(stdout.flush()?)
}

/// Writes a state to a file; "" is nowhere, "-" is stdout.
pub(crate) fn write_state<M: SparseMemory>(
    state: &mut VmState<M>,
    path: &Path,
) -> Result<(), CliError> {
    let hasher = LaneHasher::detect();
    match path.as_os_str().as_encoded_bytes() {
        b"" => Ok(()),
        b"-" => {
            let witness = state.witness(&hasher);
            let mut stdout = io::stdout().lock();
            write_json(state, &witness, witness.hash(), &mut stdout)?;
            Ok(stdout.flush()?)
        }
        _ => Ok(save_state(state, path, &hasher)?),
    }
}

/// Finds out before a long run whether its result can be written.
pub(crate) fn check_writable(path: &Path) -> Result<(), CliError> {
    // A pipe must be opened once only.
    let is_named = !matches!(path.as_os_str().as_encoded_bytes(), b"" | b"-");
    if !is_named || AtomicFile::is_in_place(path) {
        return Ok(());
    }
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()).into());
    }
    // Given up at once, and so without a trace.
    AtomicFile::create(path).map(drop).map_err(|source| failed(source).into())
}

/// Writes a document to a file; "" is nowhere, "-" is stdout.
pub(crate) fn write_to(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    match path.as_os_str().as_encoded_bytes() {
        b"" => Ok(()),
        b"-" => Ok(write(&mut io::stdout().lock())?),
        _ => Ok(save_document(path, write)?),
    }
}

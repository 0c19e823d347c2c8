//! `profile`: where the steps of a program go.

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use asterisc_elf::SymbolTable;
use asterisc_fast::MappedMemory;
use asterisc_inspect::{
    FunctionTable,
    profile::{Profiler, Summary, write_firefox, write_folded},
};
use asterisc_snapshot::load_state;
use asterisc_state::{SparseMemory, VmState};
use support_cli::OutputFormat;

use crate::{
    CliError, PreimageStop, Server,
    commands::{any_path, check_writable, write_to},
    host::CliHost,
    pattern::parse_number,
    progress::RunProgress,
    signals::listen_to_signals,
    symbols::read_symbols,
};

/// Steps between two looks at signals and progress, at most.
const SLICE_STEPS: u64 = 5_000_000;
/// What viewers call a profile.
const PRODUCT: &str = "asterisc guest (1 ms is a million steps)";

/// Runs a state, and counts where its steps go.
#[derive(Debug, Clone, clap::Args)]
pub struct ProfileArgs {
    /// The state to start from.
    #[arg(long, value_name = "FILE", default_value = "state.json")]
    pub input: PathBuf,
    /// Symbols of the program, as load-elf writes them.
    #[arg(long, value_name = "FILE", default_value = "meta.json", value_parser = any_path())]
    pub meta: PathBuf,
    /// Step before which the run ends, if the program does not before.
    #[arg(long, value_name = "STEP", value_parser = parse_step)]
    pub stop_at: Option<u64>,
    /// Where the folded stacks go, for flame graphs; "" for nowhere, "-" for stdout.
    #[arg(long, value_name = "FILE", default_value = "profile.folded", value_parser = any_path())]
    pub folded: PathBuf,
    /// Where the profile for profiler.firefox.com goes; "" for nowhere, "-" for stdout.
    #[arg(long, value_name = "FILE", default_value = "profile.json.gz", value_parser = any_path())]
    pub firefox: PathBuf,
    /// How many functions the tables show.
    #[arg(long, value_name = "COUNT", default_value_t = 25)]
    pub top: usize,
    /// Also prints the call tree, down to functions with this part of all steps.
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, default_missing_value = "1")]
    pub tree: Option<u64>,
    /// People, or scripts: one JSON object.
    #[arg(long, value_enum, default_value = "text")]
    pub format: OutputFormat,
    /// Command of the pre-image server, and its arguments.
    #[arg(last = true, value_name = "SERVER")]
    pub server: Vec<OsString>,
}

fn parse_step(text: &str) -> Result<u64, String> {
    parse_number(text).ok_or_else(|| format!("{text:?} is no step"))
}

/// `asterisc profile`.
///
/// # Errors
/// [`CliError`]; what was counted until then is written and printed nevertheless.
pub fn profile(args: &ProfileArgs) -> Result<(), CliError> {
    let is_interrupted = listen_to_signals()?;
    check_writable(&args.folded)?;
    check_writable(&args.firefox)?;
    let server = Server::of_command_line(&args.server)?;
    let symbols = read_symbols(&args.meta)?;
    let functions = FunctionTable::new(&symbols);
    let mut state: VmState<MappedMemory> = load_state(&args.input)?;
    if let Some(wanted) = args.stop_at.filter(|step| *step < state.hart.step) {
        return Err(CliError::PastStep { wanted, actual: state.hart.step });
    }
    let mut host = CliHost::new(server, PreimageStop::default(), is_interrupted.clone());
    let mut profiler = Profiler::new(&functions);
    let result = run(args, &mut state, &mut profiler, &mut host, &symbols, &is_interrupted);
    // The server may go.
    drop(host);

    let profile = profiler.finish();
    write_to(&args.folded, |out| write_folded(&profile.tree, &functions, out))?;
    write_to(&args.firefox, |out| write_firefox(&profile, &functions, PRODUCT, out))?;
    let summary = Summary::new(&profile, &functions, args.top, args.tree);
    support_cli::print_result(args.format, &summary)?;
    result
}

fn run(
    args: &ProfileArgs,
    state: &mut VmState<MappedMemory>,
    profiler: &mut Profiler<'_>,
    host: &mut CliHost,
    symbols: &SymbolTable,
    is_interrupted: &AtomicBool,
) -> Result<(), CliError> {
    let mut progress = RunProgress::new(state.hart.step, args.stop_at);
    let last = args.stop_at.unwrap_or(u64::MAX);
    progress.begin(&state.hart, state.memory.page_count(), symbols.name(state.hart.pc));
    while state.hart.step < last && !state.hart.exited {
        let slice = (last - state.hart.step).min(SLICE_STEPS);
        let result = profiler.run(state, host, slice);
        result.map_err(|error| CliError::from_step(error, state, symbols))?;
        progress.update(&state.hart, state.memory.page_count(), symbols.name(state.hart.pc));
        if is_interrupted.load(Ordering::Relaxed) {
            return Err(CliError::Interrupted);
        }
    }
    Ok(())
}

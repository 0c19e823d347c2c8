//! `explain`: one step, looked at from all sides.

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use asterisc_elf::SymbolTable;
use asterisc_fast::{FastVm, LaneHasher};
use asterisc_inspect::{ExplainError, FunctionTable, explain as explain_step};
use asterisc_snapshot::load_state;
use support_cli::OutputFormat;

use crate::{
    CliError, PreimageStop, Server, commands::any_path, host::CliHost, pattern::parse_number,
    progress::RunProgress, signals::listen_to_signals, symbols::read_symbols,
};

/// Steps between two looks at signals and progress, at most.
const SLICE_STEPS: u64 = 50_000_000;

/// Makes one step, and says everything about it.
#[derive(Debug, Clone, clap::Args)]
pub struct ExplainArgs {
    /// The state before the step, or before those that lead to it.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// Runs on to this step first.
    #[arg(long, value_name = "STEP", value_parser = parse_step)]
    pub at: Option<u64>,
    /// Symbols of the program; "" for none.
    #[arg(long, value_name = "FILE", default_value = "meta.json", value_parser = any_path())]
    pub meta: PathBuf,
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

/// `asterisc explain`.
///
/// # Errors
/// [`CliError`]. A step that reverts is explained, and no error.
pub fn explain(args: &ExplainArgs) -> Result<(), CliError> {
    let is_interrupted = listen_to_signals()?;
    let server = Server::of_command_line(&args.server)?;
    let symbols = read_symbols(&args.meta)?;
    let mut vm = FastVm::from_state(load_state(&args.input)?);
    let mut host = CliHost::new(server, PreimageStop::default(), is_interrupted.clone());
    if let Some(step) = args.at {
        run_to(&mut vm, step, &mut host, &symbols, &is_interrupted)?;
    }
    let functions = FunctionTable::new(&symbols);
    let explanation = explain_step(vm.state_mut(), &mut host, &LaneHasher::detect(), &functions);
    let explanation = explanation.map_err(|error| match error {
        ExplainError::Step(error) => CliError::from_step(error, vm.state(), &symbols),
        error @ ExplainError::Replay { .. } => CliError::Replay(error),
    })?;
    Ok(support_cli::print_result(args.format, &explanation)?)
}

/// Runs on to a step; a program that exits before it stays there.
fn run_to(
    vm: &mut FastVm,
    step: u64,
    host: &mut CliHost,
    symbols: &SymbolTable,
    is_interrupted: &AtomicBool,
) -> Result<(), CliError> {
    let actual = vm.hart().step;
    if actual > step {
        return Err(CliError::PastStep { wanted: step, actual });
    }
    let mut progress = RunProgress::new(actual, Some(step));
    while vm.hart().step < step && !vm.hart().exited {
        let slice = (step - vm.hart().step).min(SLICE_STEPS);
        let result = vm.run(slice, host);
        result.map_err(|error| CliError::from_step(error, vm.state(), symbols))?;
        progress.update(vm.hart(), vm.page_count(), symbols.name(vm.hart().pc));
        if is_interrupted.load(Ordering::Relaxed) {
            return Err(CliError::Interrupted);
        }
    }
    Ok(())
}

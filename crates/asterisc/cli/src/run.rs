//! `run`: executes a state, and writes proofs, snapshots and the state it ends with.

use std::{
    ffi::OsString,
    num::NonZeroU64,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use asterisc_elf::SymbolTable;
use asterisc_fast::{FastVm, LaneHasher};
use asterisc_snapshot::{load_state, save_document, write_proof};
use asterisc_state::{Hart, StateHash, VmStatus};
use serde::Serialize;

use crate::{
    CliError, KeyStop, KeyStopError, Pattern, PreimageStop, Server, StepFormat,
    commands::{any_path, check_writable, write_state},
    host::CliHost,
    pattern::parse_number,
    progress::RunProgress,
    signals::listen_to_signals,
    symbols::read_symbols,
};

/// Steps between two looks at signals and progress, at most.
const SLICE_STEPS: u64 = 50_000_000;

/// Runs a state until its program exits or a pattern stops it.
#[derive(Debug, Clone, clap::Args)]
pub struct RunArgs {
    /// The state to start from.
    #[arg(long, value_name = "FILE", default_value = "state.json")]
    pub input: PathBuf,
    /// Where the last state goes; "" for nowhere, "-" for stdout (as JSON).
    #[arg(long, value_name = "FILE", default_value = "out.json", value_parser = any_path())]
    pub output: PathBuf,
    /// Steps of which a proof is written: never, always, =STEP or %STEPS.
    #[arg(long, value_name = "PATTERN", default_value = "never")]
    pub proof_at: Pattern,
    /// Name of proof files; %d is the step.
    #[arg(long, value_name = "NAME", default_value = "proof-%d.json")]
    pub proof_fmt: StepFormat,
    /// Steps before which a snapshot is written.
    #[arg(long, value_name = "PATTERN", default_value = "never")]
    pub snapshot_at: Pattern,
    /// Name of snapshot files; %d is the step, the ending says the form.
    #[arg(long, value_name = "NAME", default_value = "state-%d.json")]
    pub snapshot_fmt: StepFormat,
    /// Step before which the run ends.
    #[arg(long, value_name = "PATTERN", default_value = "never")]
    pub stop_at: Pattern,
    /// End with the step that reads a pre-image: first hexadecimal digits of its key, and
    /// perhaps @ and the offset of the read.
    #[arg(long, value_name = "KEY[@OFFSET]")]
    pub stop_at_preimage: Option<KeyStop>,
    /// End with the first read of a type of key: local, keccak, sha256, blob, precompile or any.
    #[arg(long, value_name = "TYPE", value_parser = parse_key_type)]
    pub stop_at_preimage_type: Option<KeyStop>,
    /// End with the first read of a pre-image of more bytes, the 8 of its length included.
    #[arg(long, value_name = "BYTES", default_value = "0", value_parser = parse_bytes)]
    pub stop_at_preimage_larger_than: u64,
    /// Symbols of the program; "" for none.
    #[arg(long, value_name = "FILE", default_value = "meta.json", value_parser = any_path())]
    pub meta: PathBuf,
    /// Steps at which a line on the progress is written [default: %100000, but at most one line a
    /// minute, and on a terminal a bar].
    #[arg(long, value_name = "PATTERN")]
    pub info_at: Option<Pattern>,
    /// Taken for the sake of scripts, and without effect: `asterisc profile` shows where the steps
    /// of a program go.
    #[arg(
        long = "pprof.cpu",
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        default_missing_value = "true",
        action = clap::ArgAction::Set
    )]
    pub pprof_cpu: bool,
    /// Prints what the run came to on stdout.
    #[arg(long, value_enum)]
    pub format: Option<support_cli::OutputFormat>,
    /// Command of the pre-image server, and its arguments.
    #[arg(last = true, value_name = "SERVER")]
    pub server: Vec<OsString>,
}

fn parse_key_type(text: &str) -> Result<KeyStop, KeyStopError> {
    KeyStop::of_type(text)
}

fn parse_bytes(text: &str) -> Result<u64, String> {
    parse_number(text).ok_or_else(|| format!("{text:?} is no number of bytes"))
}

/// What a run came to.
#[derive(Debug, Serialize)]
struct RunResult {
    step: u64,
    pc: u64,
    exited: bool,
    exit_code: u8,
    status: &'static str,
    state_hash: StateHashText,
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct StateHashText(String);

impl RunResult {
    fn new(hart: &Hart, hash: StateHash) -> Self {
        let status = match VmStatus::of(hart) {
            VmStatus::Valid => "valid",
            VmStatus::Invalid => "invalid",
            VmStatus::Panic => "panic",
            VmStatus::Unfinished => "unfinished",
        };
        let state_hash = StateHashText(hash.to_string());
        let Hart { step, pc, exited, exit_code, .. } = *hart;
        Self { step, pc, exited, exit_code, status, state_hash }
    }
}

impl std::fmt::Display for RunResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { step, pc, exit_code, status, state_hash, .. } = self;
        write!(
            f,
            "{status} at step {step}, pc {pc:#x}, exit code {exit_code}, state {}",
            state_hash.0
        )
    }
}

/// `asterisc run`.
///
/// # Errors
/// [`CliError`]; after [`CliError::Interrupted`] a snapshot was written.
pub fn run(args: &RunArgs) -> Result<(), CliError> {
    let is_interrupted = listen_to_signals()?;
    check_writable(&args.output)?;
    if args.pprof_cpu {
        support_cli::note("--pprof.cpu has no effect; `asterisc profile` shows where steps go");
    }
    let server = Server::of_command_line(&args.server)?;
    let symbols = read_symbols(&args.meta)?;
    let vm = FastVm::from_state(load_state(&args.input)?);
    let stop = PreimageStop {
        key: args
            .stop_at_preimage
            .clone()
            .or_else(|| args.stop_at_preimage_type.clone())
            .unwrap_or_default(),
        larger_than: args.stop_at_preimage_larger_than,
    };
    let mut session = Session {
        args,
        host: CliHost::new(server, stop, Arc::clone(&is_interrupted)),
        progress: RunProgress::new(vm.hart().step, last_step(args.stop_at)),
        vm,
        symbols,
        hasher: LaneHasher::detect(),
        is_interrupted,
    };
    session.run()?;
    session.finish()
}

const fn last_step(stop_at: Pattern) -> Option<u64> {
    match stop_at {
        Pattern::At(step) => Some(step),
        _ => None,
    }
}

/// A run under way.
struct Session<'a> {
    args: &'a RunArgs,
    host: CliHost,
    progress: RunProgress,
    vm: FastVm,
    symbols: SymbolTable,
    hasher: LaneHasher,
    is_interrupted: Arc<AtomicBool>,
}

impl Session<'_> {
    fn run(&mut self) -> Result<(), CliError> {
        let args = self.args;
        if args.info_at.is_none() {
            let name = self.symbols.name(self.vm.hart().pc);
            self.progress.begin(self.vm.hart(), self.vm.page_count(), name);
        }
        while !self.vm.hart().exited {
            let step = self.vm.hart().step;
            if args.info_at.is_some_and(|pattern| pattern.matches(step)) {
                let name = self.symbols.name(self.vm.hart().pc);
                self.progress.line(self.vm.hart(), self.vm.page_count(), name);
            }
            if args.stop_at.matches(step) {
                break;
            }
            if args.snapshot_at.matches(step) {
                let path = args.snapshot_fmt.path(step);
                write_state(self.vm.state_mut(), &path)?;
            }
            if args.proof_at.matches(step) {
                self.prove_step(step)?;
            } else {
                self.run_slice(step)?;
            }
            if self.host.has_met_stop() || self.vm.hart().exited {
                break;
            }
            let name = self.symbols.name(self.vm.hart().pc);
            self.progress.update(self.vm.hart(), self.vm.page_count(), name);
            if self.is_interrupted.load(Ordering::Relaxed) {
                return self.interrupt();
            }
        }
        Ok(())
    }

    /// Steps from `step` on to where there is something to do, at most a slice.
    fn slice(&self, step: u64) -> u64 {
        let args = self.args;
        let patterns =
            [args.info_at.unwrap_or_default(), args.stop_at, args.snapshot_at, args.proof_at];
        let next = patterns.iter().filter_map(|pattern| pattern.next_after(step)).min();
        // If not before, then where the counter starts over.
        let steps = NonZeroU64::new(next.unwrap_or(0).wrapping_sub(step));
        steps.map_or(SLICE_STEPS, |steps| steps.get().min(SLICE_STEPS))
    }

    fn prove_step(&mut self, step: u64) -> Result<(), CliError> {
        let result = self.vm.record_step(&mut self.host, &self.hasher);
        let witness =
            result.map_err(|error| CliError::from_step(error, self.vm.state(), &self.symbols))?;
        let path = self.args.proof_fmt.path(step);
        Ok(save_document(&path, |out| write_proof(step, &witness, out))?)
    }

    fn run_slice(&mut self, step: u64) -> Result<(), CliError> {
        let result = self.vm.run(self.slice(step), &mut self.host);
        result.map_err(|error| CliError::from_step(error, self.vm.state(), &self.symbols))
    }

    /// Keeps what was done so far, and says how to go on from it.
    fn interrupt(&mut self) -> Result<(), CliError> {
        let step = self.vm.hart().step;
        let path = self.args.snapshot_fmt.path(step);
        write_state(self.vm.state_mut(), &path)?;
        support_cli::note(&format!(
            "stopped at step {step}; to go on, run again with --input {}",
            path.display()
        ));
        Err(CliError::Interrupted)
    }

    fn finish(&mut self) -> Result<(), CliError> {
        let state = self.vm.state_mut();
        write_state(state, &self.args.output)?;
        if let Some(format) = self.args.format {
            let hash = state.hash(&self.hasher);
            let result = RunResult::new(&state.hart, hash);
            support_cli::print_result(format, &result)?;
        }
        Ok(())
    }
}

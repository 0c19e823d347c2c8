//! `prove`: runs a state, and has a sample of its steps judged as they would be in a dispute.

mod class;
mod host;
mod judge;
mod report;

use std::{
    collections::BTreeSet,
    ffi::OsString,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use asterisc_elf::SymbolTable;
use asterisc_fast::{FastVm, LaneHasher, MappedMemory};
use asterisc_inspect::{FunctionTable, Line};
use asterisc_snapshot::load_state;
use asterisc_state::{Hart, StateHash, VmState, VmStatus};
use asterisc_step::{LiveAccess, step};
use support_cli::OutputFormat;

use self::{
    class::{StepClass, classes_of},
    host::RecordingHost,
    judge::Judges,
    report::{ProofReport, ProvenStep, Samples},
};
use crate::{
    CliError, PreimageStop, Server, commands::any_path, host::CliHost, pattern::parse_number,
    progress::RunProgress, signals::listen_to_signals, symbols::read_symbols,
};

/// Steps between two looks at signals and progress, at most.
const SLICE_STEPS: u64 = 50_000_000;
/// Steps of the reference machine between two looks at signals.
const LOOK_STEPS: u64 = 1 << 20;
/// Steps in a row that are looked at one by one, in search of kinds of steps not met before.
const CLOSE_LOOK_STEPS: u64 = 20_000;
/// Steps from one close look to the next, at first; twice as many each time.
const FIRST_LEAP_STEPS: u64 = 1 << 20;

/// Runs a state, and proves a sample of its steps: one of every kind, the last, and as many more as
/// asked for. The provable machine and the contract, in an EVM, have to come to what the fast
/// engine came to.
#[derive(Debug, Clone, clap::Args)]
pub struct ProveArgs {
    /// The state to start from.
    #[arg(long, value_name = "FILE", default_value = "state.json")]
    pub input: PathBuf,
    /// Symbols of the program; "" for none.
    #[arg(long, value_name = "FILE", default_value = "meta.json", value_parser = any_path())]
    pub meta: PathBuf,
    /// Step before which the run ends, if the program does not before.
    #[arg(long, value_name = "STEP", value_parser = parse_count)]
    pub stop_at: Option<u64>,
    /// Also proves this many steps at equal distances.
    #[arg(long, value_name = "COUNT", default_value = "0", value_parser = parse_count)]
    pub samples: u64,
    /// Also runs all steps one by one in the reference machine, and compares at each proven step.
    #[arg(long)]
    pub reference: bool,
    /// People, or scripts: one JSON object.
    #[arg(long, value_enum, default_value = "text")]
    pub format: OutputFormat,
    /// Command of the pre-image server, and its arguments.
    #[arg(last = true, value_name = "SERVER")]
    pub server: Vec<OsString>,
}

fn parse_count(text: &str) -> Result<u64, String> {
    parse_number(text).ok_or_else(|| format!("{text:?} is no number of steps"))
}

/// `asterisc prove`.
///
/// # Errors
/// [`CliError`]; [`CliError::Disagree`] where a step does not come to the same everywhere.
pub fn prove(args: &ProveArgs) -> Result<(), CliError> {
    let is_interrupted = listen_to_signals()?;
    let server = Server::of_command_line(&args.server)?;
    let symbols = read_symbols(&args.meta)?;
    let live = CliHost::new(server, PreimageStop::default(), Arc::clone(&is_interrupted));
    let host = RecordingHost::new(live);

    // The first run finds the end, and records what the second one reads.
    let mut first = Run { args, symbols: &symbols, is_interrupted, host };
    let end = first.find_end()?;
    let host = first.host.replay();
    let report = Run { host, ..first }.prove(&end)?;
    Ok(support_cli::print_result(args.format, &report)?)
}

/// A run under way.
struct Run<'a> {
    args: &'a ProveArgs,
    symbols: &'a SymbolTable,
    is_interrupted: Arc<AtomicBool>,
    host: RecordingHost,
}

/// Where a run ends: after this many steps, with this state.
struct End {
    step: u64,
    state_hash: StateHash,
    status: VmStatus,
}

impl Run<'_> {
    /// Runs to the end without a proof.
    fn find_end(&mut self) -> Result<End, CliError> {
        let mut vm = self.load()?;
        let first = vm.hart().step;
        if let Some(wanted) = self.args.stop_at.filter(|step| *step < first) {
            return Err(CliError::PastStep { wanted, actual: first });
        }
        let mut progress = RunProgress::new(first, self.args.stop_at);
        let last = self.args.stop_at.unwrap_or(u64::MAX);
        self.advance(&mut vm, last, &mut progress)?;
        if vm.hart().step == first {
            return Err(CliError::NothingToProve { step: first });
        }
        let state_hash = vm.witness(&LaneHasher::detect()).hash();
        Ok(End { step: vm.hart().step, state_hash, status: VmStatus::of(vm.hart()) })
    }

    /// Runs once more, and proves steps on the way.
    fn prove(&mut self, end: &End) -> Result<ProofReport, CliError> {
        let mut vm = self.load()?;
        let mut prover = Prover::new(self, vm.hart().step, end.step)?;
        let mut progress = RunProgress::new(vm.hart().step, Some(end.step));
        let mut leap = FIRST_LEAP_STEPS;
        while vm.hart().step < end.step {
            let close = vm.hart().step.saturating_add(CLOSE_LOOK_STEPS).min(end.step);
            while vm.hart().step < close {
                if !prover.prove_if_wanted(&mut vm, &mut self.host)? {
                    self.run(&mut vm, 1)?;
                }
            }
            // Leap to the next close look, with a stop at each sample, before the last step, and at
            // the first pre-image of a kind that was not met: more reads of that kind are near.
            let landing = vm.hart().step.saturating_add(leap);
            leap = leap.saturating_mul(2);
            while vm.hart().step < landing.min(end.step) && !self.host.take_new_kind() {
                let until = landing.min(prover.next_sample).min(end.step - 1);
                self.advance(&mut vm, until, &mut progress)?;
                prover.prove_if_wanted(&mut vm, &mut self.host)?;
            }
        }
        let state_hash = vm.witness(&LaneHasher::detect()).hash();
        if state_hash != end.state_hash {
            return Err(CliError::Disagree {
                step: end.step,
                expected: end.state_hash.0,
                who: "a second run",
                actual: state_hash.to_string(),
            });
        }
        Ok(prover.finish(end))
    }

    fn load(&self) -> Result<FastVm, CliError> {
        Ok(FastVm::from_state(load_state(&self.args.input)?))
    }

    /// Runs to a step, or until the program exits or reads a pre-image of a new kind.
    fn advance(
        &mut self,
        vm: &mut FastVm,
        step: u64,
        progress: &mut RunProgress,
    ) -> Result<(), CliError> {
        while vm.hart().step < step && !vm.hart().exited && !self.host.has_new_kind() {
            self.run(vm, (step - vm.hart().step).min(SLICE_STEPS))?;
            progress.update(vm.hart(), vm.page_count(), self.symbols.name(vm.hart().pc));
        }
        Ok(())
    }

    fn run(&mut self, vm: &mut FastVm, steps: u64) -> Result<(), CliError> {
        check_interrupted(&self.is_interrupted)?;
        let result = vm.run(steps, &mut self.host);
        result.map_err(|error| CliError::from_step(error, vm.state(), self.symbols))
    }
}

fn check_interrupted(is_interrupted: &AtomicBool) -> Result<(), CliError> {
    match is_interrupted.load(Ordering::Relaxed) {
        true => Err(CliError::Interrupted),
        false => Ok(()),
    }
}

/// Decides which steps are proven, and keeps what came of it.
struct Prover<'a> {
    symbols: &'a SymbolTable,
    is_interrupted: Arc<AtomicBool>,
    functions: FunctionTable,
    judges: Judges,
    /// The same run in the reference machine.
    reference: Option<VmState<MappedMemory>>,
    /// Kinds of steps that are proven.
    met: BTreeSet<StepClass>,
    proven: Vec<ProvenStep>,
    samples: Samples,
    /// The next step to be proven for its place; `u64::MAX` if there is none.
    next_sample: u64,
    /// How many samples were taken, and between which steps all of them lie.
    taken: u64,
    wanted: u64,
    first: u64,
    end: u64,
}

impl<'a> Prover<'a> {
    fn new(run: &Run<'a>, first: u64, end: u64) -> Result<Self, CliError> {
        let Run { args, symbols, .. } = *run;
        let reference = args.reference.then(|| load_state(&args.input)).transpose()?;
        let mut prover = Self {
            symbols,
            is_interrupted: Arc::clone(&run.is_interrupted),
            functions: FunctionTable::new(symbols),
            judges: Judges::default(),
            reference,
            met: BTreeSet::new(),
            proven: Vec::new(),
            samples: Samples::default(),
            next_sample: u64::MAX,
            taken: 0,
            wanted: args.samples.min(end - first),
            first,
            end,
        };
        prover.plan_next_sample();
        Ok(prover)
    }

    /// Proves the step that comes next and makes it, if it is the last one, a sample, or of a kind
    /// not met before.
    fn prove_if_wanted(
        &mut self,
        vm: &mut FastVm,
        host: &mut RecordingHost,
    ) -> Result<bool, CliError> {
        let Hart { step, pc, exited, .. } = *vm.hart();
        if exited || step >= self.end {
            return Ok(false);
        }
        let mut classes = classes_of(vm);
        classes.retain(|class| !self.met.contains(class));
        if step + 1 == self.end {
            classes.push(StepClass::Last);
        }
        let is_sample = step == self.next_sample;
        if classes.is_empty() && !is_sample {
            return Ok(false);
        }
        check_interrupted(&self.is_interrupted)?;
        self.compare_with_reference(vm, host)?;
        let line = Line::at(&vm.state().memory, pc, &self.functions);
        let witness = vm.record_step(host, &self.judges.hasher);
        let witness =
            witness.map_err(|error| CliError::from_step(error, vm.state(), self.symbols))?;
        let verdict = self.judges.judge(step, &witness)?;
        if is_sample {
            self.samples.add(&verdict);
            self.plan_next_sample();
        }
        if !classes.is_empty() {
            self.met.extend(classes.iter().cloned());
            self.proven.push(ProvenStep::new(step, line, classes, verdict));
        }
        Ok(true)
    }

    /// Brings the reference machine to the same step, and compares.
    fn compare_with_reference(
        &mut self,
        vm: &mut FastVm,
        host: &mut RecordingHost,
    ) -> Result<(), CliError> {
        let Some(reference) = &mut self.reference else { return Ok(()) };
        while reference.hart.step < vm.hart().step {
            if reference.hart.step.is_multiple_of(LOOK_STEPS) {
                check_interrupted(&self.is_interrupted)?;
            }
            let result = step(&mut LiveAccess { state: reference, host });
            result.map_err(|error| CliError::from_step(error, reference, self.symbols))?;
        }
        let expected = vm.witness(&self.judges.hasher).hash();
        let actual = reference.hash(&self.judges.hasher);
        if expected == actual {
            return Ok(());
        }
        Err(CliError::Disagree {
            step: vm.hart().step,
            expected: expected.0,
            who: "the reference machine",
            actual: actual.to_string(),
        })
    }

    /// Samples lie in the middle of equal parts of the run.
    fn plan_next_sample(&mut self) {
        let steps = u128::from(self.end - self.first);
        let place = (2 * u128::from(self.taken) + 1) * steps / (2 * u128::from(self.wanted).max(1));
        self.next_sample = match u64::try_from(place) {
            Ok(place) if self.taken < self.wanted => self.first.saturating_add(place),
            _ => u64::MAX,
        };
        self.taken += 1;
    }

    fn finish(mut self, end: &End) -> ProofReport {
        self.proven.sort_by_key(|proven| proven.step);
        let is_referred = self.reference.is_some();
        ProofReport::new(
            (end.step, end.status, end.state_hash),
            is_referred,
            self.proven,
            self.samples,
        )
    }
}

//! What was proven, as a table.

use std::fmt;

use alloy_primitives::B256;
use asterisc_inspect::Line;
use asterisc_state::{StateHash, VmStatus};
use serde::Serialize;

use super::{class::StepClass, judge::Verdict};

/// What `prove` prints.
#[derive(Debug, Serialize)]
pub(super) struct ProofReport {
    /// Steps of the state at the end.
    steps: u64,
    /// Status at the end.
    status: &'static str,
    /// State at the end.
    state_hash: B256,
    /// Who agrees on every proven step.
    agreed_by: Vec<&'static str>,
    /// One step of each kind, and the last.
    proven: Vec<ProvenStep>,
    /// Steps at equal distances.
    samples: Samples,
}

/// A step that was proven.
#[derive(Debug, Serialize)]
pub(super) struct ProvenStep {
    /// Steps before it.
    pub(super) step: u64,
    /// Its kinds that were not met before.
    classes: Vec<StepClass>,
    /// The instruction.
    #[serde(flatten)]
    line: Line,
    /// Leaves of memory that were proven.
    leaves: u64,
    /// Gas inside the call of the contract.
    gas: u64,
    /// State after it.
    state_hash: B256,
}

/// Steps that were proven for their place in the run.
#[derive(Debug, Default, Serialize)]
pub(super) struct Samples {
    count: u64,
    gas_max: u64,
    #[serde(skip)]
    gas_sum: u64,
}

impl ProofReport {
    pub(super) fn new(
        (steps, status, state_hash): (u64, VmStatus, StateHash),
        with_reference: bool,
        proven: Vec<ProvenStep>,
        samples: Samples,
    ) -> Self {
        let mut agreed_by = vec!["fast engine", "provable machine", "contract"];
        if with_reference {
            agreed_by.insert(1, "reference machine");
        }
        let status = match status {
            VmStatus::Valid => "valid",
            VmStatus::Invalid => "invalid",
            VmStatus::Panic => "panic",
            VmStatus::Unfinished => "unfinished",
        };
        Self { steps, status, state_hash: state_hash.0, agreed_by, proven, samples }
    }
}

impl ProvenStep {
    pub(super) fn new(
        step: u64,
        line: Line,
        classes: Vec<StepClass>,
        Verdict { leaves, gas, state_hash }: Verdict,
    ) -> Self {
        Self { step, classes, line, leaves, gas, state_hash }
    }
}

impl Samples {
    pub(super) fn add(&mut self, verdict: &Verdict) {
        self.count += 1;
        self.gas_max = self.gas_max.max(verdict.gas);
        self.gas_sum += verdict.gas;
    }
}

impl fmt::Display for ProofReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>12}  {:<32} {:>6} {:>7}  kind of step",
            "step", "instruction", "leaves", "gas"
        )?;
        for proven in &self.proven {
            let ProvenStep { step, line, leaves, gas, classes, .. } = proven;
            let classes: Vec<String> = classes.iter().map(ToString::to_string).collect();
            let classes = classes.join("; ");
            writeln!(f, "{step:>12}  {:<32} {leaves:>6} {gas:>7}  {classes}", line.text)?;
        }
        let Samples { count, gas_max, gas_sum } = self.samples;
        if let Some(mean) = gas_sum.checked_div(count) {
            writeln!(
                f,
                "{count} more at equal distances: {mean} gas on average, {gas_max} at most"
            )?;
        }
        let Self { steps, status, state_hash, .. } = self;
        let total = self.proven.len() as u64 + count;
        writeln!(f, "{total} proven, and all agree: {}", self.agreed_by.join(", "))?;
        write!(f, "{status} after {steps} steps, state {state_hash}")
    }
}

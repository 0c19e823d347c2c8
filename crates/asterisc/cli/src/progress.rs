//! How far a run is: a bar on a terminal, else a line a minute and at the steps asked for.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use asterisc_state::Hart;
use support_cli::Progress;

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// Watches a run.
#[derive(Debug)]
pub(crate) struct RunProgress {
    bar: Option<Progress>,
    started: Instant,
    first_step: u64,
    last_step: Option<u64>,
    last_line: Instant,
}

impl RunProgress {
    /// Starts at `step`; `last` is the step the run ends with, if that is known.
    pub(crate) fn new(step: u64, last: Option<u64>) -> Self {
        let now = Instant::now();
        let bar = || match last {
            Some(last) => Progress::new(last.saturating_sub(step), "steps"),
            None => Progress::open_ended("steps"),
        };
        let bar = io::stderr().is_terminal().then(bar);
        Self { bar, started: now, first_step: step, last_step: last, last_line: now }
    }

    /// Says that the run has begun, where no bar does.
    pub(crate) fn begin(&mut self, hart: &Hart, pages: usize, symbol: &str) {
        if self.bar.is_none() {
            self.line(hart, pages, symbol);
        }
    }

    /// Shows where the run is.
    pub(crate) fn update(&mut self, hart: &Hart, pages: usize, symbol: &str) {
        match &self.bar {
            Some(bar) => {
                let done = hart.step.saturating_sub(self.first_step);
                bar.set(done);
                bar.note(symbol);
            }
            None if self.last_line.elapsed() >= LINE_EVERY => self.line(hart, pages, symbol),
            None => {}
        }
    }

    /// Writes a line whatever was written before.
    pub(crate) fn line(&mut self, hart: &Hart, pages: usize, symbol: &str) {
        self.last_line = Instant::now();
        let steps = u128::from(hart.step.saturating_sub(self.first_step));
        let rate = steps * 1_000_000 / self.started.elapsed().as_micros().max(1);
        let left = self.last_step.map(|last| u128::from(last.saturating_sub(hart.step)));
        let left = match left.and_then(|left| left.checked_div(rate)) {
            Some(seconds) => format!(" seconds_left={seconds}"),
            None => String::new(),
        };
        let memory = pages / 256;
        let print = || {
            // There is nobody to tell if that fails.
            let _ = writeln!(
                io::stderr().lock(),
                "processing step={} pc={:#x} name={symbol} steps_per_second={rate} pages={pages} \
                 memory_mib={memory}{left}",
                hart.step,
                hart.pc,
            );
        };
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

//! A progress bar with rate and time left, on stderr.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows how far a long job is. Where stderr is no terminal nothing is drawn.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar from 0 to `total`, which counts in `unit` ("blocks", "values").
    pub fn new(total: u64, unit: &str) -> Self {
        Self::on(ProgressDrawTarget::stderr(), total, unit)
    }

    /// A bar without an end, for a job of which nobody knows how long it is.
    pub fn open_ended(unit: &str) -> Self {
        const TEMPLATE: &str = "{elapsed_precise} {spinner} {human_pos} {prefix}, {per_sec} {msg}";
        let progress = Self::new(0, unit);
        progress.bar.unset_length();
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            progress.bar.set_style(style);
        }
        progress
    }

    /// A bar that is never drawn.
    pub fn hidden() -> Self {
        Self::on(ProgressDrawTarget::hidden(), 0, "")
    }

    fn on(target: ProgressDrawTarget, total: u64, unit: &str) -> Self {
        const TEMPLATE: &str =
            "{elapsed_precise} {wide_bar} {pos}/{len} {prefix}, {per_sec}, {eta} left {msg}";
        let bar = ProgressBar::with_draw_target(Some(total), target);
        // The template is fixed and well formed; the plain bar would do as well.
        let style = ProgressStyle::with_template(TEMPLATE);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(unit.to_owned());
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        Self { bar }
    }

    /// Sets how much there is to do, once it is known.
    pub fn set_total(&self, total: u64) {
        self.bar.set_length(total);
    }

    /// Sets how much is done.
    pub fn set(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// Takes the bar off the screen while something else is printed.
    pub fn suspend<R>(&self, print: impl FnOnce() -> R) -> R {
        self.bar.suspend(print)
    }

    /// Sets the text at the end of the bar.
    pub fn note(&self, text: impl Into<String>) {
        self.bar.set_message(text.into());
    }
}

impl Drop for Progress {
    /// Takes the bar off the screen, so that what follows starts on a clean line.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    #[test]
    fn a_bar_shows_count_and_rate_and_clears_itself() {
        let term = InMemoryTerm::new(4, 100);
        let target = ProgressDrawTarget::term_like(Box::new(term.clone()));
        let progress = Progress::on(target, 10, "blocks");
        progress.note("at 7");
        progress.set(5);
        progress.bar.force_draw();
        let shown = term.contents();
        assert!(shown.contains("5/10 blocks"), "{shown}");
        assert!(shown.contains("at 7"), "{shown}");
        drop(progress);
        assert_eq!(term.contents(), "");
    }

    #[test]
    fn a_hidden_bar_takes_updates() {
        let progress = Progress::hidden();
        progress.set(1);
        assert!(progress.bar.is_hidden());
    }
}

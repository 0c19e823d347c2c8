//! Ctrl-C and a polite request to end.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::CliError;

/// Signals that come within this time are one: `timeout` sends each twice.
const ONE_SIGNAL: Duration = Duration::from_secs(1);

/// A flag that a signal sets. A second signal ends the process where it is: perhaps it waits for
/// its server.
pub(crate) fn listen_to_signals() -> Result<Arc<AtomicBool>, CliError> {
    let flag = Arc::new(AtomicBool::new(false));
    let setter = Arc::clone(&flag);
    let mut first: Option<Instant> = None;
    ctrlc::set_handler(move || {
        setter.store(true, Ordering::Relaxed);
        if first.get_or_insert_with(Instant::now).elapsed() > ONE_SIGNAL {
            process::exit(CliError::Interrupted.exit_status().into());
        }
    })?;
    Ok(flag)
}

//! Ctrl-C and a polite request to end.

use std::{
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::CliError;

/// Signals that come within this time are one: `timeout` sends each twice.
const ONE_SIGNAL: Duration = Duration::from_secs(1);

/// The flag of the process, once there is one: a handler can be set only once.
static FLAG: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);

/// A flag that a signal sets. A second signal ends the process where it is: perhaps it waits for
/// its server.
pub(crate) fn listen_to_signals() -> Result<Arc<AtomicBool>, CliError> {
    let mut shared = FLAG.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(flag) = &*shared {
        return Ok(Arc::clone(flag));
    }
    let flag = Arc::new(AtomicBool::new(false));
    let setter = Arc::clone(&flag);
    let mut first: Option<Instant> = None;
    ctrlc::set_handler(move || {
        setter.store(true, Ordering::Relaxed);
        if first.get_or_insert_with(Instant::now).elapsed() > ONE_SIGNAL {
            process::exit(CliError::Interrupted.exit_status().into());
        }
    })?;
    *shared = Some(Arc::clone(&flag));
    Ok(flag)
}

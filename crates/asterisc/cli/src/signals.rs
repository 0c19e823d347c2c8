//! Ctrl-C and a polite request to end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::CliError;

/// A flag that a signal sets.
pub(crate) fn listen_to_signals() -> Result<Arc<AtomicBool>, CliError> {
    let flag = Arc::new(AtomicBool::new(false));
    let setter = Arc::clone(&flag);
    ctrlc::set_handler(move || setter.store(true, Ordering::Relaxed))?;
    Ok(flag)
}

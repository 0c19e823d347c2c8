//! Serves one dispute to a program in a VM, over the descriptors that the VM opened.
//!
//! | descriptor | carries |
//! |---|---|
//! | 3 | hints, from the program |
//! | 4 | acknowledgements, to the program |
//! | 5 | keys, from the program |
//! | 6 | values, to the program |
//!
//! The protocol has no word for "there is none". A server that can't answer ends, which the VM
//! sees, and says why on stderr.
//!
//! Spec: fault-proof/index.md#pre-image-communication

#[cfg(test)]
mod tests;

use std::{
    cell::Cell,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use kona_guest::{DescriptorChannel, FileDescriptor, is_pipe};
use kona_preimage::{
    Channel, ChannelError, Hint, HintDialect, HintError, HintReader, KeyError, OracleError,
    OracleServer, PreimageKey, PreimageKeyKind, PreimageOracle, ServeError, Served,
};

use support_cli::note;

use crate::{DisputeOracle, Preimage};

/// Characters of a hint that are kept for a report.
const REPORTED_HINT_CHARS_MAX: usize = 256;

/// How long a server looks for a pre-image that is not there: another process may be about to
/// write it to the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often it looks, at least once.
    pub attempts: u32,
    /// How long it waits in between.
    pub pause: Duration,
}

impl Patience {
    /// For stores that nobody writes to.
    pub const NONE: Self = Self { attempts: 1, pause: Duration::ZERO };
    /// For data directories.
    pub const SHORT: Self = Self { attempts: 4, pause: Duration::from_millis(250) };
}

/// Why a program can't be served.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// There is no VM at the other end.
    #[error("descriptor {descriptor} is no pipe: a VM starts the server, with four pipes open")]
    NoPipe {
        /// Its number.
        descriptor: u8,
    },
    /// More than one dispute is given.
    #[error("a server serves one dispute, and {} is a second", second.display())]
    Disputes {
        /// The boot file too much.
        second: PathBuf,
    },
    /// A pre-image can't be had.
    #[error("a pre-image can't be served")]
    Preimage {
        /// The pre-image, and the hint before.
        preimage: Preimage,
        /// What is wrong with that hint, if anything.
        hint_error: Option<Box<HintError>>,
        /// What the store says.
        #[source]
        source: Box<OracleError>,
    },
    /// The program asked for something that is no key.
    #[error("the program sent a bad key")]
    Key(#[source] KeyError),
    /// The pipes failed in the middle of a message.
    #[error("the pipe to the program failed")]
    Channel(#[source] ChannelError),
    /// No thread can be made.
    #[error("no thread can be started for hints")]
    Thread(#[source] io::Error),
}

/// Fails unless all four descriptors are pipes. To be called before any file is opened, which
/// could get one of the numbers.
///
/// # Errors
/// [`ServerError::NoPipe`].
pub fn check_descriptors() -> Result<(), ServerError> {
    use FileDescriptor::{HintRead, HintWrite, PreimageRead, PreimageWrite};
    let missing = [HintRead, HintWrite, PreimageRead, PreimageWrite].into_iter();
    match missing.into_iter().find(|descriptor| !is_pipe(*descriptor)) {
        Some(missing) => Err(ServerError::NoPipe { descriptor: missing.number() }),
        None => Ok(()),
    }
}

/// Serves until the program closes the pipes.
///
/// # Errors
/// [`ServerError`] for the first request that can't be answered.
pub fn serve(oracle: &DisputeOracle<'_, '_>, patience: Patience) -> Result<(), ServerError> {
    serve_over(DescriptorChannel::PREIMAGES, DescriptorChannel::HINTS, oracle, patience)
}

/// As [`serve`], over any channels.
pub(crate) fn serve_over(
    preimages: impl Channel,
    hints: impl Channel + Send + 'static,
    oracle: &DisputeOracle<'_, '_>,
    patience: Patience,
) -> Result<(), ServerError> {
    let log = Arc::new(Mutex::new(HintLog::default()));
    let writer = Arc::clone(&log);
    // It waits for hints until the program closes the pipe, or this process ends.
    thread::Builder::new()
        .name("hints".into())
        .spawn(move || take_hints(HintReader::new(hints), &writer))
        .map_err(ServerError::Thread)?;
    let last_key = Cell::new(PreimageKey::local(0));
    let is_unkept_noted = Cell::new(false);
    let served = ServedOracle { oracle, last_key, log: &log, patience, is_unkept_noted };
    let mut server = OracleServer::new(preimages);
    loop {
        match server.serve_one(&served) {
            Ok(Served::One) => {}
            Ok(Served::Closed) => return Ok(()),
            Err(error) => return Err(served.error(error)),
        }
    }
}

/// What the program hinted since the last read.
#[derive(Debug, Default)]
struct HintLog {
    /// The last hint.
    last: String,
    /// Hints at results of precompiles, which are not stored but computed.
    precompiles: Vec<String>,
}

/// Takes hints until the pipe ends. All are acknowledged: whether one was of use shows when a
/// pre-image is missing.
fn take_hints(mut reader: HintReader<impl Channel>, log: &Mutex<HintLog>) {
    loop {
        let taken = reader.serve_one(|text| {
            let mut log = lock(log);
            if text.starts_with("l1-precompile") {
                log.precompiles.push(text.to_owned());
            }
            text.clone_into(&mut log.last);
            Ok::<_, std::convert::Infallible>(())
        });
        match taken {
            Ok(Served::One) => {}
            Err(ServeError::HintNotText) => lock(log).last = "(not UTF-8)".to_owned(),
            Ok(Served::Closed) | Err(_) => return,
        }
    }
}

/// A thread that panics while it writes leaves a log that is good enough for a report.
fn lock(log: &Mutex<HintLog>) -> MutexGuard<'_, HintLog> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The oracle of the dispute, which knows of hints and looks more than once.
struct ServedOracle<'o, 'n, 'a> {
    oracle: &'o DisputeOracle<'n, 'a>,
    /// The key asked for last.
    last_key: Cell<PreimageKey>,
    log: &'o Mutex<HintLog>,
    patience: Patience,
    /// Whether it was said that results can't be kept.
    is_unkept_noted: Cell<bool>,
}

impl PreimageOracle for ServedOracle<'_, '_, '_> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        self.last_key.set(key);
        if key.kind() == PreimageKeyKind::Precompile {
            self.compute_precompiles()?;
        }
        let mut attempts = 1;
        loop {
            match self.oracle.read(key) {
                Err(OracleError::Missing { .. }) if attempts < self.patience.attempts => {
                    attempts += 1;
                    thread::sleep(self.patience.pause);
                }
                Err(OracleError::Missing { .. }) if attempts > 1 => {
                    return Err(OracleError::RetriesExhausted { key, attempts });
                }
                outcome => return outcome,
            }
        }
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        self.oracle.hint(hint)
    }
}

impl ServedOracle<'_, '_, '_> {
    fn compute_precompiles(&self) -> Result<(), OracleError> {
        let hints = std::mem::take(&mut lock(self.log).precompiles);
        let mut payload = Vec::new();
        for text in hints {
            // One that nobody understands is told of once the result turns out to be missing.
            let Ok(hint) = decode_any(&text, self.oracle.dialect(), &mut payload) else { continue };
            self.oracle.hint(&hint)?;
            if let Err(error) = self.oracle.keep_precompile(&hint)
                && !self.is_unkept_noted.replace(true)
            {
                note(&format!("{error}; results of precompiles are served, but not kept"));
            }
        }
        Ok(())
    }

    fn error(&self, error: ServeError<OracleError>) -> ServerError {
        match error {
            ServeError::Source(source) => {
                let text = lock(self.log).last.clone();
                let is_hinted = !text.is_empty();
                let decoded = decode_any(&text, self.oracle.dialect(), &mut Vec::new()).err();
                let preimage = Preimage {
                    key: self.last_key.get(),
                    hint: is_hinted.then(|| text.chars().take(REPORTED_HINT_CHARS_MAX).collect()),
                };
                let hint_error = decoded.filter(|_| is_hinted).map(Box::new);
                ServerError::Preimage { preimage, hint_error, source: Box::new(source) }
            }
            ServeError::Key(source) => ServerError::Key(source),
            ServeError::Channel(source) => ServerError::Channel(source),
            // Readers of hints alone have these.
            ServeError::HintTooLong { .. } | ServeError::HintNotText => {
                ServerError::Channel(ChannelError::Closed)
            }
        }
    }
}

/// Reads a hint as the dialect writes it, else as any other does: families of programs differ in
/// names and payloads, and a host may serve all.
///
/// # Errors
/// What `dialect` says, if none can read it.
fn decode_any<'p>(
    text: &str,
    dialect: HintDialect,
    payload: &'p mut Vec<u8>,
) -> Result<Hint<'p>, HintError> {
    let readable = std::iter::once(dialect)
        .chain(HintDialect::ALL)
        .find(|dialect| Hint::decode(text, *dialect, payload).is_ok());
    Hint::decode(text, readable.unwrap_or(dialect), payload)
}

//! The pre-image server: a process that answers on four pipes.
//!
//! | descriptor of the server | carries |
//! |---|---|
//! | 3 | hints, to the server |
//! | 4 | acknowledgements, from the server |
//! | 5 | keys, to the server |
//! | 6 | values, from the server |
//!
//! A key is 32 bytes, a value 8 bytes of length (big-endian) and the bytes; a hint 4 bytes of length
//! and the bytes, acknowledged by one byte.

use std::{
    ffi::OsString,
    io::{self, PipeReader, PipeWriter, Read, Write, pipe},
    os::{fd::OwnedFd, unix::process::CommandExt},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use alloy_primitives::B256;
use command_fds::{CommandFdExt, FdMapping};

/// Longest pre-image that is taken, in bytes.
pub const PREIMAGE_BYTES_MAX: u64 = 1 << 30;
/// How long a server may take to end once nobody asks it any more.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// Why the server can't answer.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// There is none.
    #[error("the program reads pre-image {key}, but there is no server: give its command after --")]
    None {
        /// The key asked for.
        key: B256,
    },
    /// It can't be started.
    #[error("cannot start the pre-image server {command:?}")]
    Start {
        /// The executable.
        command: OsString,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It ended, or closed its side.
    #[error("the pre-image server ended ({status}) while {task}")]
    Ended {
        /// How it ended, as far as known.
        status: String,
        /// What was asked of it.
        task: String,
    },
    /// A pipe failed.
    #[error("the pipe to the pre-image server failed while {task}")]
    Pipe {
        /// What was asked of it.
        task: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A value is longer than any pre-image.
    #[error("the server announces {length} bytes for pre-image {key}, above {PREIMAGE_BYTES_MAX}")]
    TooLong {
        /// The key asked for.
        key: B256,
        /// Bytes announced.
        length: u64,
    },
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pipes: Option<Pipes>,
}

#[derive(Debug)]
struct Pipes {
    hints: PipeWriter,
    acknowledgements: PipeReader,
    keys: PipeWriter,
    values: PipeReader,
}

impl Server {
    /// Starts `command` with `arguments`; it inherits stdout and stderr.
    ///
    /// # Errors
    /// Where the process or a pipe can't be made.
    pub fn start(command: &OsString, arguments: &[OsString]) -> Result<Self, ServerError> {
        Self::try_start(command, arguments)
            .map_err(|source| ServerError::Start { command: command.clone(), source })
    }

    /// Starts the server of a command line, its command first; nothing is no server.
    ///
    /// # Errors
    /// Where the process or a pipe can't be made.
    pub fn of_command_line(words: &[OsString]) -> Result<Option<Self>, ServerError> {
        words.split_first().map(|(command, arguments)| Self::start(command, arguments)).transpose()
    }

    fn try_start(command: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        let (hints_read, hints) = pipe()?;
        let (acknowledgements, acknowledgements_write) = pipe()?;
        let (keys_read, keys) = pipe()?;
        let (values, values_write) = pipe()?;
        let theirs: [OwnedFd; 4] = [
            hints_read.into(),
            acknowledgements_write.into(),
            keys_read.into(),
            values_write.into(),
        ];
        let mappings = (3..)
            .zip(theirs)
            .map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd })
            .collect();
        let mut process = Command::new(command);
        process.args(arguments).stdin(Stdio::null());
        // Ctrl-C is for us alone: the server has to answer until the run has stopped.
        process.process_group(0);
        process.fd_mappings(mappings).map_err(io::Error::other)?;
        let child = process.spawn()?;
        // The mappings hold our copies of the server's ends: gone with `process`, so that the
        // pipes end when the server does.
        drop(process);
        Ok(Self { child, pipes: Some(Pipes { hints, acknowledgements, keys, values }) })
    }

    /// The data of a pre-image.
    ///
    /// # Errors
    /// Where the server does not give it.
    pub fn preimage(&mut self, key: B256) -> Result<Vec<u8>, ServerError> {
        let mut length = [0; 8];
        let asked = || format!("asked for pre-image {key}");
        self.ask(asked, |pipes| {
            pipes.keys.write_all(key.as_slice())?;
            pipes.values.read_exact(&mut length)
        })?;
        let length = u64::from_be_bytes(length);
        if length > PREIMAGE_BYTES_MAX {
            return Err(ServerError::TooLong { key, length });
        }
        let sending = || format!("sending the {length} bytes of pre-image {key}");
        self.ask(sending, |pipes| {
            let mut data = Vec::new();
            match (&mut pipes.values).take(length).read_to_end(&mut data)? as u64 == length {
                true => Ok(data),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            }
        })
    }

    /// Passes on a hint and waits until it is taken.
    ///
    /// # Errors
    /// Where the server does not take it.
    pub fn hint(&mut self, hint: &[u8]) -> Result<(), ServerError> {
        let task = || format!("told {:?}", String::from_utf8_lossy(&hint[..hint.len().min(200)]));
        self.ask(task, |pipes| {
            let length = u32::try_from(hint.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
            pipes.hints.write_all(&length.to_be_bytes())?;
            pipes.hints.write_all(hint)?;
            pipes.acknowledgements.read_exact(&mut [0])
        })
    }

    fn ask<T>(
        &mut self,
        task: impl FnOnce() -> String,
        question: impl FnOnce(&mut Pipes) -> io::Result<T>,
    ) -> Result<T, ServerError> {
        let answer = match &mut self.pipes {
            Some(pipes) => question(pipes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        answer.map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
                ServerError::Ended { status: self.status(), task: task() }
            }
            _ => ServerError::Pipe { task: task(), source },
        })
    }

    /// How the process ended; a moment is given for it to do so.
    fn status(&mut self) -> String {
        match self.wait(Duration::from_secs(1)) {
            Some(status) => status,
            None => "still running, but its pipes are closed".to_owned(),
        }
    }

    fn wait(&mut self, patience: Duration) -> Option<String> {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status.to_string()),
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(5)),
                Ok(None) => return None,
                Err(error) => return Some(error.to_string()),
            }
        }
    }
}

impl Drop for Server {
    /// Closes the pipes, on which a server ends by itself; one that does not is stopped.
    fn drop(&mut self) {
        self.pipes = None;
        if self.wait(END_PATIENCE).is_none() {
            // It may have ended just now.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

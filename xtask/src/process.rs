//! Running other programs, and how a command of ours fails.

use std::{
    ffi::OsStr,
    fmt,
    process::{Command, ExitCode},
};

/// What a command of ours returns.
pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

/// Exit code where something outside is missing (`EX_UNAVAILABLE` of sysexits.h).
pub(crate) const EXIT_UNAVAILABLE: u8 = 69;

/// Why a command of ours ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    exit_code: u8,
}

impl Failure {
    /// Something is wrong with the tree.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: 1 }
    }

    /// A program or file that the command needs is missing.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: EXIT_UNAVAILABLE }
    }

    /// The program run is the one to judge; it has said why already.
    pub(crate) const fn exit_with(exit_code: u8) -> Self {
        Self { message: String::new(), exit_code }
    }

    /// Prints the message and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            eprintln!("error: {}", self.message);
        }
        ExitCode::from(self.exit_code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Says on stderr what comes next.
pub(crate) fn announce(what: impl fmt::Display) {
    eprintln!("xtask: {what}");
}

/// Runs a program to its end, output and all.
///
/// # Errors
/// If it can't be started, or ends with another code than 0.
pub(crate) fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{}: {status}", line(command))))
    }
}

/// Runs a program and returns what it printed.
///
/// # Errors
/// If it can't be started, ends with another code than 0, or prints something else than UTF-8.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("{}: {}\n{said}", line(command), output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::new(format!("{}: output is not UTF-8", line(command))))
}

/// Whether a program runs at all and ends with code 0. Its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::unavailable(format!("{}: {error}", line(command)))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

//! How a binary ends.

use std::process::ExitCode;

/// The exit codes of our binaries. From 64 on they follow `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The claim is valid, or the command did its job.
    Valid = 0,
    /// The claim is proven invalid, or the block differs from what was expected.
    Invalid = 1,
    /// What was given can't be judged. It says nothing about the claim.
    CannotJudge = 2,
    /// The command line is wrong.
    Usage = 64,
    /// A file that was named can't be opened.
    NoInput = 66,
    /// Something that must not happen.
    Bug = 70,
    /// An output file can't be made, or is there already.
    CannotCreate = 73,
    /// Reading or writing failed half-way.
    Io = 74,
}

impl Exit {
    /// The number the operating system gets.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

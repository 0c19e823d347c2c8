//! The command line.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    CliError, DisasmArgs, ExplainArgs, LoadElfArgs, ProfileArgs, ProveArgs, RunArgs, WitnessArgs,
    disasm, explain, load_elf, profile, prove, run, witness,
};

/// A RISC-V machine whose every step can be proven on chain.
#[derive(Debug, Clone, Parser)]
#[command(name = "asterisc", version)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Makes the state before the first step of an ELF file.
    LoadElf(LoadElfArgs),
    /// Runs a state, writes proofs, snapshots and the last state.
    Run(Box<RunArgs>),
    /// Prints the witness of a state.
    Witness(WitnessArgs),
    /// Prints the instructions of an ELF file, or of a state.
    Disasm(DisasmArgs),
    /// Makes one step, and says everything about it.
    Explain(ExplainArgs),
    /// Runs a state, and proves a sample of its steps, by the contract too.
    Prove(ProveArgs),
    /// Runs a state, and counts where its steps go.
    Profile(ProfileArgs),
}

/// Runs the command that `args` name; the first is the name of the binary.
///
/// Exit status: 0, 1 after an error (of usage, too), 130 after a signal. The program's own exit code
/// does not show in it.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(double_dashes(args)) {
        Ok(args) => args,
        Err(error) => {
            // Help goes to stdout and is no error. There is nobody to tell if printing fails.
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let result = match &args.command {
        Command::LoadElf(args) => load_elf(args),
        Command::Run(args) => run(args),
        Command::Witness(args) => witness(args),
        Command::Disasm(args) => disasm(args),
        Command::Explain(args) => explain(args),
        Command::Prove(args) => prove(args),
        Command::Profile(args) => profile(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

/// Flags may have one dash or two. What follows a lone `--` is the server's.
fn double_dashes(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut is_ours = true;
    args.map(move |arg| {
        is_ours &= arg != OsStr::new("--");
        match arg.as_encoded_bytes() {
            [b'-', first, _, ..] if is_ours && first.is_ascii_alphabetic() => {
                let mut doubled = OsString::from("-");
                doubled.push(&arg);
                doubled
            }
            _ => arg,
        }
    })
}

/// `error: TEXT`, then what caused it.
fn report(error: &CliError) {
    let mut text = format!("error: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    // There is nobody to tell if that fails.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

//! The command line: what can be asked for, and how it ends.

mod args;

mod execute_block;
mod single;
mod store;

use std::ffi::OsString;

use clap::Parser;
use support_cli::{Exit, OutputFormat, Report, print_error};

use args::{Cli, Command};

/// Runs the command line `args`, the program's name first, and says how the process ends.
///
/// Results go to stdout, everything else to stderr.
pub fn run(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Exit {
    let (args, generation) = with_command(args);
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return show_usage(&error),
    };
    let format = cli.format;
    match cli.command {
        Command::Single(args) => single::run(&args, generation, format),
        Command::ExecuteBlock(args) => or_report(execute_block::run(&args, format), format),
        Command::Store(args) => or_report(store::run(&args, format), format),
    }
}

/// When a command line like this was in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Generation {
    /// There were no commands; programs had key styles of their own.
    Of2024,
    /// With commands.
    Today,
}

/// A command line that begins with a flag of `single` is one of 2024, when there was nothing else.
fn with_command(
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> (impl Iterator<Item = OsString>, Generation) {
    let mut args = args.into_iter().map(Into::into);
    let name = args.next();
    let first = args.next();
    let is_bare = first.as_ref().is_some_and(is_flag_of_single);
    let command = is_bare.then(|| OsString::from("single"));
    let generation = if is_bare { Generation::Of2024 } else { Generation::Today };
    (name.into_iter().chain(command).chain(first).chain(args), generation)
}

/// Flags that stand before a command are `--format`, `--help` and `--version`.
fn is_flag_of_single(arg: &OsString) -> bool {
    let text = arg.to_string_lossy();
    let is_general = ["--format", "--help", "--version", "-h", "-V"]
        .iter()
        .any(|flag| text == *flag || text.starts_with(&format!("{flag}=")));
    text.starts_with('-') && !is_general
}

/// Help that was asked for is a result, a wrong command line is not.
fn show_usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Valid }
}

fn or_report<E: Report + 'static>(result: Result<Exit, E>, format: OutputFormat) -> Exit {
    result.unwrap_or_else(|error| {
        print_error(format, &error);
        error.exit()
    })
}

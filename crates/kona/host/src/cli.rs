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
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return show_usage(&error),
    };
    let format = cli.format;
    match cli.command {
        Command::Single(args) => single::run(&args, format),
        Command::ExecuteBlock(args) => or_report(execute_block::run(&args, format), format),
        Command::Store(args) => or_report(store::run(&args, format), format),
    }
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

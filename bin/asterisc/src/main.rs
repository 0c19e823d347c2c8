//! The `asterisc` command: runs programs on a machine whose every step can be proven.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    asterisc_cli::main(std::env::args_os())
}

//! The `kona-host` command: judges claims on L2 output roots.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    kona_host::cli::run(std::env::args_os()).into()
}

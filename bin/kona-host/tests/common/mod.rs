//! Runs the command, and finds the fixtures.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What a run of the command left.
pub(crate) struct Ended {
    /// The exit code.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// What it wrote to stderr.
    pub(crate) stderr: String,
}

/// Runs the command without any of the variables it reads.
pub(crate) fn kona_host<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ended {
    kona_host_with_env(args, &[])
}

/// Runs the command with these of the variables it reads.
pub(crate) fn kona_host_with_env<S: AsRef<OsStr>>(
    args: impl IntoIterator<Item = S>,
    variables: &[(&str, &str)],
) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kona-host"));
    for name in [
        "L1_HEAD",
        "AGREED_L2_HEAD_HASH",
        "AGREED_L2_OUTPUT_ROOT",
        "CLAIMED_L2_OUTPUT_ROOT",
        "CLAIMED_L2_BLOCK_NUMBER",
        "L2_CHAIN_ID",
        "ROLLUP_CONFIG_PATH",
        "L1_CONFIG_PATH",
        "DATA_DIR",
    ] {
        command.env_remove(name);
    }
    let output = command.args(args).envs(variables.iter().copied()).output().expect("runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Ended {
        // A signal has no code; it would be a crash.
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

impl Ended {
    /// The one JSON object on stdout.
    pub(crate) fn result(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {}", self.stdout))
    }

    /// The error object, which is the last line of stderr.
    pub(crate) fn error(&self) -> Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let object: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {}", self.stderr));
        object["error"].clone()
    }
}

/// The folder of fixtures, if there is one.
pub(crate) fn fixtures() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    let dir = env::var_os("FIXTURES_DIR").map_or(default, PathBuf::from);
    dir.is_dir().then_some(dir)
}

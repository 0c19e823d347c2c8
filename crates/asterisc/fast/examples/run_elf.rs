//! Runs a program: its output goes to stdout, steps and speed to stderr.

#![allow(clippy::unwrap_used, reason = "an example may fail where it stands")]
#![allow(clippy::cast_precision_loss, reason = "a rate for people")]

use std::{
    env, fs,
    io::{self, Write},
    time::Instant,
};

use alloy_primitives::B256;
use asterisc_elf::load_elf;
use asterisc_fast::FastVm;
use asterisc_step::{Host, OutputStream};

struct Print;

impl Host for Print {
    type Error = String;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], String> {
        Err(format!("no pre-image {key}"))
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        io::stdout().write_all(bytes).unwrap();
    }
}

fn main() {
    for path in env::args().skip(1) {
        let program = load_elf(&fs::read(&path).unwrap()).unwrap();
        let mut vm = FastVm::new(&program.state);
        let start = Instant::now();
        vm.run(u64::MAX, &mut Print).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        let steps = vm.hart().step;
        eprintln!(
            "{steps} steps, exit {}, {seconds:.3} s, {:.0} M/s: {path}",
            vm.hart().exit_code,
            steps as f64 / seconds / 1e6
        );
    }
}

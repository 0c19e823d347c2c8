//! Six programs of known length stop at exactly that step, and print what they have to.
//!
//! The source is `kernels.c`, in the folder that `KERNELS_DIR` names, else beside the fixtures. It
//! is compiled by `riscv64-linux-gnu-gcc`; the counts are those of version 12, and are the same with
//! and without compressed instructions.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use alloy_primitives::B256;
use asterisc_elf::load_elf;
use asterisc_fast::FastVm;
use asterisc_step::{Host, OutputStream};

/// Name, steps up to and with that of the exit, and what is printed.
const KERNELS: [(&str, u64, &str); 6] = [
    ("INT", 870_701_718, "4bd9194e5ce30f80"),
    ("SORT", 591_004_020, "b080bb0502a9f6d1"),
    ("KECCAK", 1_445_100_160, "f8af3ee0bdbaf1c9"),
    ("MONT", 3_258_000_189, "16683b8f4c64595a"),
    ("VM", 1_235_500_178, "9f1048cc77659705"),
    ("MAP", 199_712_327, "95cfde611b5d7b3f"),
];
const COMPILER: &str = "riscv64-linux-gnu-gcc";

#[test]
fn slow_the_kernels_stop_at_their_last_step() {
    let Some(source) = source() else { return };
    for (name, steps, result) in KERNELS {
        // Every other one without compressed instructions.
        let march = if name.len() == 3 { "rv64ima" } else { "rv64imac" };
        let elf = compile(&source, name, march);
        let mut vm = FastVm::new(&load_elf(&elf).unwrap().state);
        let mut host = Printed::default();
        vm.run(steps - 1, &mut host).unwrap();
        assert!(!vm.hart().exited, "{name} exits at its last step");
        assert_eq!(vm.hart().step, steps - 1, "{name}");
        vm.run(u64::MAX, &mut host).unwrap();
        assert!(vm.hart().exited && vm.hart().exit_code == 0, "{name}");
        assert_eq!(vm.hart().step, steps, "{name}");
        assert_eq!(String::from_utf8_lossy(&host.0).trim_end(), result, "{name}");
    }
}

/// The source, or `None` with a word on it where it or its compiler is not on this machine.
fn source() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let folder = env::var_os("KERNELS_DIR").map_or_else(
        || {
            let fixtures = env::var_os("FIXTURES_DIR").map(PathBuf::from);
            fixtures.unwrap_or_else(|| root.join("../shared/fixtures")).join("../bench")
        },
        PathBuf::from,
    );
    let source = folder.join("kernels.c");
    if !source.is_file() {
        eprintln!("skipped: {} is not there", source.display());
        return None;
    }
    if Command::new(COMPILER).arg("--version").output().is_err() {
        eprintln!("skipped: {COMPILER} is not there");
        return None;
    }
    Some(source)
}

/// The program as an ELF file.
fn compile(source: &Path, name: &str, march: &str) -> Vec<u8> {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.elf"));
    let status = Command::new(COMPILER)
        .args(["-O2", "-mabi=lp64", "-static", "-nostdlib", "-ffreestanding"])
        .args([format!("-march={march}"), format!("-DK_{name}")])
        .arg("-o")
        .args([&out, source])
        .status()
        .unwrap();
    assert!(status.success(), "{COMPILER} compiles {name}");
    fs::read(out).unwrap()
}

/// What a program prints.
#[derive(Default)]
struct Printed(Vec<u8>);

impl Host for Printed {
    type Error = B256;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], B256> {
        Err(key)
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), B256> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        self.0.extend(bytes);
    }
}

//! The outside opinion: every case an ordinary operating system can run, in QEMU.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{
    fs::{self, File},
    io::BufWriter,
    os::unix::fs::PermissionsExt,
    process::Command,
};

use asterisc_conformance::{
    BLOCK_BYTES, suite,
    user_level::{compare_block, user_level_cases, write_elf},
};

const QEMU: &str = "qemu-riscv64";
/// [`BLOCK_BYTES`] as a length.
const BLOCK: usize = 0x4000;
const _: () = assert!(BLOCK as u64 == BLOCK_BYTES);

#[test]
fn qemu_ends_every_case_in_the_state_of_the_model() {
    if Command::new(QEMU).arg("--version").output().is_err() {
        eprintln!("skipped: {QEMU} (Debian package qemu-user) is not installed");
        return;
    }
    let cases = suite::cases();
    let cases = user_level_cases(&cases);
    let folder = tempfile::tempdir().unwrap();
    let (program, written) = (folder.path().join("cases.elf"), folder.path().join("blocks"));
    write_elf(&cases, &mut BufWriter::new(File::create(&program).unwrap())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let output = File::create(&written).unwrap();
    let status = Command::new(QEMU).arg(&program).stdout(output).status().unwrap();
    let blocks = fs::read(&written).unwrap();
    let (blocks, rest) = blocks.as_chunks::<BLOCK>();
    let last = cases.get(blocks.len()).map_or("none", |case| &case.name);
    assert!(status.success() && rest.is_empty(), "{status} in the case {last}");
    assert_eq!(blocks.len(), cases.len());
    let differences: Vec<_> = cases
        .iter()
        .zip(blocks)
        .filter_map(|(case, block)| {
            compare_block(case, block).err().map(|what| format!("{}: {what}", case.name))
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    println!("{} cases agree", cases.len());
}

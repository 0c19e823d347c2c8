//! The server, started by asterisc as op-challenger has it start.

#[path = "common/vm.rs"]
mod vm;

use std::{fs, process::Command};

use asterisc_snapshot::load_state;
use asterisc_state::{Memory, VmState};
use serde_json::Value;

/// By the arguments of 2024, without a command and with short names, from a data directory.
#[test]
fn a_claim_is_judged_in_the_vm_by_a_server_with_the_arguments_of_2024() {
    let folder = tempfile::tempdir().unwrap();
    let Some((recorded, prestate)) = vm::prepare(folder.path()) else { return };
    let data = folder.path().join("preimages");
    let converted = Command::new(env!("CARGO_BIN_EXE_kona-host"))
        .args(["store", "convert", "--to-format", "directory", "--from"])
        .arg(recorded.join("preimages.kv.zst"))
        .arg("--to")
        .arg(&data)
        .output()
        .unwrap();
    assert!(converted.status.success(), "{converted:?}");

    let boot: Value =
        serde_json::from_slice(&fs::read(recorded.join("boot.json")).unwrap()).unwrap();
    let text = |name: &str| boot[name].as_str().unwrap().to_owned();
    let number = boot["claimed_l2_block_number"].to_string();
    let (data, config) = (data.display().to_string(), recorded.join("rollup.json"));
    let server: Vec<String> = [
        ["--l1-node-address", "http://127.0.0.1:1"],
        ["--l1-beacon-address", "http://127.0.0.1:1"],
        ["--l2-node-address", "http://127.0.0.1:1"],
        ["--l1-head", &text("l1_head")],
        ["--l2-head", &text("agreed_l2_head_hash")],
        ["--l2-output-root", &text("agreed_l2_output_root")],
        ["--l2-claim", &text("claimed_l2_output_root")],
        ["--l2-block-number", &number],
    ]
    .iter()
    .flatten()
    .copied()
    .chain(["--server", "--data-dir", &data, "--rollup-config-path"])
    .chain([config.to_str().unwrap()])
    .map(str::to_owned)
    .collect();

    vm::run_in_vm(folder.path(), &prestate, 1_000_000, &server).unwrap();
    let last: VmState<Memory> = load_state(&folder.path().join("final.bin.gz")).unwrap();
    assert!(last.hart.exited);
    assert_eq!(last.hart.exit_code, 0);
    assert!(folder.path().join("1000000.json.gz").is_file(), "the proof");
    assert!(folder.path().join(format!("{}.bin.gz", vm::SNAPSHOT_STEPS)).is_file(), "a snapshot");
}

//! `prove` on a small program: the table word for word, and what makes it fail.

use serde_json::Value;

use crate::{
    elf,
    folder::{Folder, compare, text},
};

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("count.elf", elf::countdown());
    let loaded = folder.run(&["load-elf", "--path", "count.elf"]);
    assert!(loaded.status.success(), "{}", text(&loaded.stderr));
    folder
}

#[test]
fn one_step_of_each_kind_and_the_last_are_proven() {
    let folder = folder("prove");
    let proven = folder.run(&["prove", "--input", "state.bin.gz"]);
    assert!(proven.status.success(), "{}", text(&proven.stderr));
    compare("prove.txt", &text(&proven.stdout));
}

#[test]
fn samples_are_proven_beside_and_the_reference_machine_agrees() {
    let folder = folder("prove-samples");
    let args = ["prove", "--input", "state.bin.gz", "--samples", "5", "--reference"];
    let proven = folder.run(&[&args[..], &["--format", "json"]].concat());
    assert!(proven.status.success(), "{}", text(&proven.stderr));
    let report: Value = serde_json::from_slice(&proven.stdout).unwrap();
    assert_eq!(report["samples"]["count"], 5);
    assert_eq!(report["agreed_by"].as_array().unwrap().len(), 4);

    // The state is the one that a plain run ends in.
    let run = folder.run(&["run", "--input", "state.bin.gz", "--output=", "--format", "json"]);
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&report["steps"], &report["status"]), (&run["step"], &run["status"]));
    assert_eq!(report["state_hash"], run["state_hash"]);
}

#[test]
fn more_samples_than_steps_prove_every_step() {
    let folder = folder("prove-all");
    let args = ["prove", "--input", "state.bin.gz", "--samples", "1000", "--format", "json"];
    let report: Value = serde_json::from_slice(&folder.run(&args).stdout).unwrap();
    assert_eq!(report["samples"]["count"], report["steps"]);
}

#[test]
fn a_run_that_is_stopped_is_proven_up_to_there() {
    let folder = folder("prove-stop");
    let args = ["prove", "--input", "state.bin.gz", "--stop-at", "4", "--format", "json"];
    let report: Value = serde_json::from_slice(&folder.run(&args).stdout).unwrap();
    assert_eq!((&report["steps"], &report["status"]), (&4.into(), &"unfinished".into()));
    assert_eq!(report["proven"].as_array().unwrap().last().unwrap()["step"], 3);
}

#[test]
fn the_last_step_of_a_long_run_is_proven() {
    let folder = Folder::new("prove-long");
    let code = [
        0x0001_0537, // lui a0, 16
        0xfff5_0513, // addi a0, a0, -1
        0xfe05_1ee3, // bne a0, zero, -4
        0x05d0_0893, // addi a7, zero, 93
        0x0000_0073, // ecall
    ];
    folder.write_state(&code, &[]);
    let args = ["prove", "--input", "state.json", "--meta=", "--format", "json"];
    let report: Value = serde_json::from_slice(&folder.run(&args).stdout).unwrap();
    let last = report["proven"].as_array().unwrap().last().unwrap();
    assert_eq!(last["step"].as_u64().unwrap() + 1, report["steps"].as_u64().unwrap());
    assert_eq!(last["classes"].as_array().unwrap().last().unwrap(), "last step");
}

#[test]
fn a_run_without_a_step_is_an_error() {
    let folder = folder("prove-nothing");
    let run = |more: &[&str]| folder.run(&[&["run", "--input", "state.bin.gz"], more].concat());
    assert!(run(&["--stop-at", "=4", "--output", "4.json"]).status.success());
    assert!(run(&["--output", "end.json"]).status.success());
    let cases: [(&[&str], &str); 3] = [
        (&["--input", "4.json", "--stop-at", "3"], "at step 4 already, which is past step 3"),
        (&["--input", "4.json", "--stop-at", "4"], "no step to prove: the run ends at step 4"),
        (&["--input", "end.json"], "no step to prove: the run ends at step 11"),
    ];
    for (args, part) in cases {
        let proven = folder.run(&[&["prove"], args].concat());
        assert_eq!(proven.status.code(), Some(1), "{args:?}");
        assert_eq!(text(&proven.stdout), "", "{args:?}");
        assert!(text(&proven.stderr).contains(part), "{args:?}: {}", text(&proven.stderr));
    }
}

#[test]
fn a_program_that_reverts_is_no_run_to_prove() {
    let folder = Folder::new("prove-revert");
    folder.write_state(&[0xffff_ffff], &[]);
    let proven = folder.run(&["prove", "--input", "state.json", "--meta="]);
    assert_eq!(proven.status.code(), Some(1));
    assert!(text(&proven.stderr).contains("revert"), "{}", text(&proven.stderr));
}

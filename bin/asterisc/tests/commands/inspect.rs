//! `disasm`, `explain` and `profile` on a small program, word for word.

use std::fmt::Write;

use serde_json::Value;

use crate::{
    elf,
    folder::{Folder, compare, text},
};

/// A folder with the program, its state and symbols.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("count.elf", elf::countdown());
    let loaded = folder.run(&["load-elf", "--path", "count.elf"]);
    assert!(loaded.status.success(), "{}", text(&loaded.stderr));
    folder
}

/// What the commands print, one after the other.
fn transcript(folder: &Folder, commands: &[&str]) -> String {
    let mut transcript = String::new();
    for command in commands {
        let args: Vec<&str> = command.split(' ').collect();
        let output = folder.run(&args);
        assert!(output.status.success(), "{command}: {}", text(&output.stderr));
        writeln!(transcript, "$ asterisc {command}\n{}", text(&output.stdout)).unwrap();
    }
    transcript
}

#[test]
fn disassembly_of_files_and_states() {
    let folder = folder("disasm");
    let commands = [
        "disasm --path count.elf",
        "disasm --path count.elf --symbol count",
        "disasm --path count.elf --symbol guest::count --format json",
        "disasm --input state.bin.gz",
        "disasm --input state.bin.gz --meta= --from 0x10004 --to 0x1000c",
    ];
    compare("disasm.txt", &transcript(&folder, &commands));
}

#[test]
fn explanations_of_steps() {
    let folder = folder("explain");
    let commands = [
        "explain --input state.bin.gz",
        "explain --input state.bin.gz --at 1",
        "explain --input state.bin.gz --at 8",
        "explain --input state.bin.gz --at 10",
        "explain --input state.bin.gz --at 1000",
        "explain --input state.bin.gz --at 3 --format json",
    ];
    compare("explain.txt", &transcript(&folder, &commands));
}

#[test]
fn explanations_have_the_hashes_of_proofs() {
    let folder = folder("explain-proof");
    let run = ["run", "--input", "state.bin.gz", "--proof-at", "always", "--output="];
    assert!(folder.run(&run).status.success());
    for step in 0..11 {
        let at = step.to_string();
        let args = ["explain", "--input", "state.bin.gz", "--format", "json", "--at", &at];
        let page: Value = serde_json::from_slice(&folder.run(&args).stdout).unwrap();
        let proof = folder.json(&format!("proof-{step}.json"));
        assert_eq!(page["step"], proof["step"]);
        assert_eq!(page["prestate"]["hash"], proof["pre"]);
        assert_eq!(page["outcome"]["poststate"]["hash"], proof["post"]);
        let bytes = proof["proof-data"].as_str().unwrap().len() / 2 - 1;
        assert_eq!(page["leaves"].as_array().unwrap().len() * 1920, bytes);
    }
}

#[test]
fn profiles_on_stdout_and_in_files() {
    let folder = folder("profile");
    let commands = [
        "profile --input state.bin.gz --tree 0 --firefox profile.json",
        "profile --input state.bin.gz --format json --folded - --firefox=",
        "profile --input state.bin.gz --stop-at 4 --top 1 --folded= --firefox=",
    ];
    compare("profile.txt", &transcript(&folder, &commands));
    let profile = folder.json("profile.json");
    assert_eq!(profile["meta"]["preprocessedProfileVersion"], 55);
    let weights = profile["threads"][0]["samples"]["weight"].as_array().unwrap();
    assert_eq!(weights.iter().filter_map(Value::as_u64).sum::<u64>(), 11);
}

#[test]
fn a_profile_of_a_program_that_reverts_has_all_steps_before() {
    let folder = Folder::new("profile-revert");
    folder.write_state(&[0x0000_0013, 0xffff_ffff], &[]);
    let output = folder.run(&["profile", "--meta=", "--folded", "-", "--firefox="]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).starts_with("[unknown] 1\n"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("0xf001c0de"), "{}", text(&output.stderr));
}

#[test]
fn a_profile_asks_the_server_behind_the_dashes() {
    let folder = Folder::new("profile-server");
    // write(6, 0x1800, 32), read(5, 0x1820, 8), exit(0).
    let code = [
        0x73,
        0x0050_0513, // addi a0, zero, 5
        0x03f0_0893, // addi a7, zero, 63
        0x73,
        0x0000_0513, // addi a0, zero, 0
        0x05d0_0893, // addi a7, zero, 93
        0x73,
    ];
    folder.write_state(&code, &[(10, 6), (11, 0x1800), (12, 32), (17, 64)]);
    let script = r"head -c 32 <&5 >key; printf '\0\0\0\0\0\0\0\001\007' >&6; cat <&5 >rest";
    let args = ["profile", "--meta=", "--folded=", "--firefox=", "--format", "json"];
    let output = folder.run(&[&args[..], &["--", "sh", "-c", script]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["steps"], 7);
    assert!(folder.0.join("key").exists());
}

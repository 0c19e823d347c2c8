//! What every command says of bad input, word for word, in `errors.txt`.

use std::fmt::Write;

use crate::{
    elf::{self, CODE, RISC_V},
    folder::{Folder, compare, hex, text},
    run::{DECREMENT_A0, ECALL, LOOP},
};

/// Runs a command that must fail and leave `out.json` as it is; the command and its error.
fn fail(folder: &Folder, args: &[&str]) -> String {
    folder.write("out.json", "old");
    let output = folder.run(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    assert_eq!(text(&output.stdout), "", "{args:?}");
    assert_eq!(std::fs::read(folder.0.join("out.json")).unwrap(), b"old", "{args:?}");
    // Lines on the progress tell the time.
    let errors = text(&output.stderr);
    let lines = errors.lines().filter(|line| !line.starts_with("processing "));
    let mut said = format!("$ asterisc {}\n", args.join(" "));
    lines.for_each(|line| writeln!(said, "{line}").unwrap());
    said
}

fn fail_all(folder: &Folder, name: &str, cases: &[&[&str]]) {
    let said: Vec<_> = cases.iter().map(|args| fail(folder, args)).collect();
    compare(&format!("errors/{name}.txt"), &said.join("\n"));
}

#[test]
fn files_that_are_no_programs() {
    let folder = Folder::new("errors-elf");
    folder.write("text", "no ELF file");
    folder.write("empty", "");
    folder.write("x86.elf", elf::build(62, &[ECALL], &[("main", CODE, 4)]));
    folder.write("stripped.elf", elf::build(RISC_V, &[ECALL], &[]));
    let mut file = elf::countdown();
    folder.write("cut.elf", &file[..130]);
    file[4] = 1;
    folder.write("32bit.elf", &file);
    let mut file = elf::countdown();
    // Bytes of the segment in memory.
    file[64 + 40..64 + 48].copy_from_slice(&(1u64 << 40).to_le_bytes());
    folder.write("huge.elf", &file);
    let mut file = elf::countdown();
    // Where the program headers are.
    file[32..40].fill(0);
    folder.write("headless.elf", &file);
    let mut file = elf::countdown();
    // Bytes of the code's section.
    let sections_at =
        usize::try_from(u64::from_le_bytes(file[40..48].try_into().unwrap())).unwrap();
    file[sections_at + 64 + 32..][..8].copy_from_slice(&(1u64 << 60).to_le_bytes());
    folder.write("section.elf", &file);
    let cases: [&[&str]; 13] = [
        &["load-elf"],
        &["load-elf", "--path", "missing.elf"],
        &["load-elf", "--path", "text"],
        &["load-elf", "--path", "empty"],
        &["load-elf", "--path", "x86.elf"],
        &["load-elf", "--path", "stripped.elf"],
        &["load-elf", "--path", "cut.elf"],
        &["load-elf", "--path", "32bit.elf"],
        &["load-elf", "--path", "huge.elf"],
        &["load-elf", "--path", "headless.elf"],
        &["disasm", "--path", "x86.elf"],
        &["disasm", "--path", "stripped.elf"],
        &["disasm", "--path", "section.elf"],
    ];
    fail_all(&folder, "elf", &cases);
}

#[test]
fn files_that_are_no_states() {
    let folder = Folder::new("errors-state");
    let page = |index: u64, bytes: usize| {
        format!("{{\"index\": {index}, \"data\": \"{}\"}}", hex(&vec![0; bytes]))
    };
    let memory = |pages: &[String]| format!("{{\"memory\": [{}]}}", pages.join(", "));
    folder.write("empty.json", "");
    folder.write("cut.json", "{\"pc\": 4096,");
    folder.write("behind.json", "{} {}");
    folder.write("short-page.json", memory(&[page(1, 4095)]));
    folder.write("long-page.json", memory(&[page(1, 4097)]));
    folder.write("digits.json", memory(&[page(1, 4096).replace("00\"", "0g\"")]));
    folder.write("twice.json", memory(&[page(1, 4096), page(1, 4096)]));
    folder.write("high.json", memory(&[page(1 << 52, 4096)]));
    folder.write("registers.json", "{\"registers\": [0, 1]}");
    let mut registers = vec!["0"; 32];
    registers[0] = "7";
    folder.write("x0.json", format!("{{\"registers\": [{}]}}", registers.join(",")));
    folder.write("cut.json.gz", [0x1f, 0x8b, 8, 0, 0]);

    let word = |number: u64| number.to_be_bytes().to_vec();
    folder.write("count.bin", [&word(9)[..], &[1]].concat());
    folder.write("page.bin", [word(1), word(5), vec![0; 4095]].concat());
    folder.write("high.bin", [word(1), word(1 << 52), vec![0; 4096]].concat());
    let one = [word(5), vec![0; 4096]].concat();
    folder.write("twice.bin", [&word(2)[..], &one, &one].concat());
    let hart = |at: usize, byte: u8| {
        let mut hart = vec![0; 330];
        hart[at] = byte;
        [word(0), hart].concat()
    };
    folder.write("exited.bin", hart(49, 2));
    folder.write("x0.bin", hart(81, 7));
    folder.write("hint.bin", [hart(0, 0), vec![0xff; 4]].concat());
    folder.write("cut.bin", [hart(0, 0), vec![0; 4], vec![0, 0, 1, 106], vec![0; 361]].concat());
    folder.write("plain.bin.gz", "not compressed");

    let files = [
        "missing.json",
        "empty.json",
        "cut.json",
        "behind.json",
        "short-page.json",
        "long-page.json",
        "digits.json",
        "twice.json",
        "high.json",
        "registers.json",
        "x0.json",
        "cut.json.gz",
        "count.bin",
        "page.bin",
        "high.bin",
        "twice.bin",
        "exited.bin",
        "x0.bin",
        "hint.bin",
        "cut.bin",
        "plain.bin.gz",
    ];
    let cases: Vec<_> = files.iter().map(|file| ["witness", "--input", file]).collect();
    let cases: Vec<&[&str]> = cases.iter().map(AsRef::as_ref).collect();
    fail_all(&folder, "state", &cases);
    // Every command reads them alike.
    for command in ["run", "explain", "profile"] {
        let args = [command, "--meta=", "--input", "count.bin"];
        assert!(fail(&folder, &args).contains("count.bin holds no state"), "{command}");
    }
}

#[test]
fn arguments_that_mean_nothing() {
    let folder = Folder::new("errors-arguments");
    folder.write_state(&[DECREMENT_A0, LOOP, ECALL], &[(10, 1000), (17, 93)]);
    folder.write("text.json", "no symbols");
    let cases: [&[&str]; 18] = [
        &["run", "--proof-at", "%0"],
        &["run", "--snapshot-at", "=x"],
        &["run", "--stop-at", "sometimes"],
        &["run", "--info-at", "%-1"],
        &["run", "--proof-fmt", "-"],
        &["run", "--snapshot-fmt", "%d-%s"],
        &["run", "--stop-at-preimage", "0xzz"],
        &["run", "--stop-at-preimage", "02@x"],
        &["run", "--stop-at-preimage-type", "kzg"],
        &["run", "--stop-at-preimage-larger-than", "many"],
        &["run", "--meta", "missing.json"],
        &["run", "--meta", "text.json"],
        &["explain", "--input", "state.json", "--meta=", "--at", "soon"],
        &["disasm"],
        &["disasm", "--input", "state.json", "--meta=", "--symbol", "main"],
        &["disasm", "--input", "state.json", "--meta=", "--from", "16", "--to", "8"],
        &[
            "disasm",
            "--input",
            "state.json",
            "--meta=",
            "--from",
            "0",
            "--to",
            "0x8000000000000000",
        ],
        &["profile", "--meta=", "--stop-at", "%5"],
    ];
    fail_all(&folder, "arguments", &cases);
    let stopped = folder.run(&["run", "--meta=", "--stop-at", "=7", "--output", "7.json"]);
    assert!(stopped.status.success(), "{}", text(&stopped.stderr));
    let past = fail(&folder, &["explain", "--input", "7.json", "--meta=", "--at", "6"]);
    assert!(past.contains("at step 7 already, which is past step 6"), "{past}");
    let past = fail(&folder, &["profile", "--input", "7.json", "--meta=", "--stop-at", "6"]);
    assert!(past.contains("at step 7 already, which is past step 6"), "{past}");
}

#[test]
fn outputs_that_can_not_be_written() {
    let folder = Folder::new("errors-outputs");
    // Endless, so that a run which only finds out at its end never does.
    folder.write_state(&[0x0000_006f], &[]);
    folder.write("count.elf", elf::countdown());
    std::fs::create_dir(folder.0.join("folder")).unwrap();
    let cases: [&[&str]; 9] = [
        &["run", "--meta=", "--output", "none/out.json"],
        &["run", "--meta=", "--output", "folder"],
        &["run", "--meta=", "--snapshot-at", "=3", "--snapshot-fmt", "none/%d.json"],
        &["run", "--meta=", "--proof-at", "=3", "--proof-fmt", "none/%d.json"],
        &["load-elf", "--path", "count.elf", "--out", "none/state.json"],
        &["load-elf", "--path", "count.elf", "--meta", "none/meta.json"],
        &["profile", "--meta=", "--folded", "none/folded"],
        &["profile", "--meta=", "--folded=", "--firefox", "none/firefox"],
        &["witness", "--input", "state.json", "--output", "none/witness"],
    ];
    fail_all(&folder, "outputs", &cases);
    assert!(!folder.0.join("meta.json").exists(), "a file of a command that failed");
}

#[test]
fn programs_without_a_next_state() {
    let folder = Folder::new("errors-revert");
    let revert = [0x0010_0513, 0x00c0_00ef, ECALL, ECALL, DECREMENT_A0, 0xffff_ffff];
    let symbols = [("_start", CODE, 16), ("_ZN5guest5count17h0123456789abcdefE", CODE + 16, 8)];
    folder.write("revert.elf", elf::build(RISC_V, &revert, &symbols));
    assert!(folder.run(&["load-elf", "--path", "revert.elf"]).status.success());
    let input = ["--input", "state.bin.gz"];
    let run = |more: &[&'static str]| [&["run"], &input[..], more].concat();
    let (in_run, in_proof) = (run(&[]), run(&["--proof-at", "always", "--proof-fmt", "p%d"]));
    let profile = ["profile", "--input", "state.bin.gz", "--folded=", "--firefox="];
    let mut said = vec![fail(&folder, &in_run), fail(&folder, &in_proof)];
    let output = folder.run(&profile);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("guest::count+0x4"), "{}", text(&output.stderr));

    let call = |number: u64, a0: u64, a2: u64| [(17, number), (10, a0), (11, 0x1800), (12, a2)];
    folder.write_state(&[ECALL], &call(101, 0, 0));
    said.push(fail(&folder, &["run", "--meta="]));
    folder.write_state(&[ECALL], &call(64, 4, 1 << 40));
    said.push(fail(&folder, &["run", "--meta="]));
    folder.write_state(&[ECALL], &call(63, 5, 8));
    said.push(fail(&folder, &["run", "--meta="]));
    said.push(fail(&folder, &["explain", "--input", "state.json", "--meta="]));
    // Reads the nine bytes there are, and once more.
    folder.write_state(&[ECALL, 0x0050_0513, 0x0000_0593, ECALL, ECALL], &call(63, 5, 32));
    let script = r"head -c 32 <&5 >key; printf '\0\0\0\0\0\0\0\001\007' >&6; cat <&5 >rest";
    let mut reads = vec!["run", "--meta=", "--", "sh", "-c", script];
    said.push(fail(&folder, &reads));
    reads.splice(1..1, ["--proof-at", "=3", "--proof-fmt", "p%d"]);
    said.push(fail(&folder, &reads));
    compare("errors/revert.txt", &said.join("\n"));
}

#[test]
fn servers_that_fail() {
    let folder = Folder::new("errors-server");
    // write(6, 0x1800, 32), then read(5, 0x1800, 32).
    let code = [ECALL, 0x0050_0513, 0x0000_25b7, 0x8005_8593, 0x03f0_0893, ECALL];
    folder.write_state(&code, &[(17, 64), (10, 6), (11, 0x1800), (12, 32)]);
    folder.write("out.json", "old");
    let scripts = [
        "exit 3",
        "kill -9 $$",
        "head -c 32 <&5 >key; exit 0",
        r"head -c 32 <&5 >key; printf '\0\0\0\0' >&6",
        r"head -c 32 <&5 >key; printf '\0\0\0\0\0\0\0\011short' >&6",
        r"head -c 32 <&5 >key; printf '\377\0\0\0\0\0\0\0' >&6; cat <&5",
    ];
    let mut said: Vec<_> = scripts
        .iter()
        .map(|script| fail(&folder, &["run", "--meta=", "--", "sh", "-c", script]))
        .collect();
    said.push(fail(&folder, &["run", "--meta=", "--", "./no-such-server", "--data", "x"]));
    said.push(fail(&folder, &["profile", "--meta=", "--", "./no-such-server"]));
    // A hint that is not acknowledged.
    folder.write_state(&[0x0180_2023, ECALL], &[(17, 64), (10, 4), (11, 0x1800), (12, 4)]);
    said.push(fail(&folder, &["run", "--meta=", "--", "sh", "-c", "head -c 4 <&3 >hint; exit 4"]));
    compare("errors/server.txt", &said.join("\n"));
}

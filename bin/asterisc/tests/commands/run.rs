//! `run`, `load-elf` and `witness`, as op-challenger and people use them.

use std::{
    fs,
    io::{Read, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{self, Child, Command, Output},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::folder::{BINARY, Folder, text};

pub(crate) const ECALL: u32 = 0x0000_0073;
/// `addi a0, a0, -1`.
pub(crate) const DECREMENT_A0: u32 = 0xfff5_0513;
/// `bnez a0, -4`.
pub(crate) const LOOP: u32 = 0xfe05_1ee3;

/// A countdown from 1000 and an exit with code 0.
fn countdown(folder: &Folder) {
    folder.write_state(&[DECREMENT_A0, LOOP, ECALL], &[(10, 1000), (17, 93)]);
}

#[test]
fn a_run_writes_what_op_challenger_reads() {
    let folder = Folder::new("challenger");
    countdown(&folder);
    fs::create_dir(folder.0.join("proofs")).unwrap();
    let output = folder.run(&[
        "run",
        "--input",
        "state.json",
        "--output",
        "final.bin.gz",
        "--meta",
        "",
        "--info-at",
        "%1000",
        "--proof-at",
        "=100",
        "--proof-fmt",
        "proofs/%d.json.gz",
        "--snapshot-at",
        "%50",
        "--snapshot-fmt",
        "%d.bin.gz",
        "--stop-at",
        "=101",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert!(folder.0.join("proofs/100.json.gz").exists());
    for snapshot in ["0.bin.gz", "50.bin.gz", "100.bin.gz"] {
        assert!(folder.0.join(snapshot).exists(), "{snapshot}");
    }
    let witness = folder.run(&["witness", "--input", "final.bin.gz"]);
    let witness: Value = serde_json::from_slice(&witness.stdout).unwrap();
    assert_eq!(witness["step"], 101);
    assert_eq!(witness["exited"], false);
    assert_eq!(witness["witness"].as_str().unwrap().len(), 2 + 2 * 362);
    assert_eq!(&witness["stateHash"].as_str().unwrap()[..4], "0x03");
}

#[test]
fn a_proof_from_a_snapshot_is_the_one_from_the_start() {
    let folder = Folder::new("resume");
    countdown(&folder);
    let common = ["--meta", "", "--output", "", "--proof-at", "=777", "--stop-at", "=778"];
    let first = [&["run", "--snapshot-at", "=500"], &common[..]].concat();
    assert!(folder.run(&first).status.success());
    let proof = folder.json("proof-777.json");
    fs::remove_file(folder.0.join("proof-777.json")).unwrap();
    let second = [&["run", "--input", "state-500.json"], &common[..]].concat();
    assert!(folder.run(&second).status.success());
    assert_eq!(folder.json("proof-777.json"), proof);
    assert_eq!(proof["step"], 777);
}

#[test]
fn the_exit_of_the_program_is_in_the_state_and_not_in_the_status() {
    let folder = Folder::new("exit");
    folder.write_state(&[ECALL], &[(10, 1), (17, 93)]);
    let output = folder.run(&["run", "--meta", "", "--format", "json"]);
    assert!(output.status.success());
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["status"], "invalid");
    assert_eq!(result["step"], 1);
    assert_eq!(folder.json("out.json")["exit"], 1);
    // An exited state is written as it is.
    let again = folder.run(&["run", "-input", "out.json", "-output", "again.json", "-meta="]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert_eq!(folder.json("again.json"), folder.json("out.json"));
}

#[test]
fn a_revert_says_all_and_keeps_the_old_output() {
    let folder = Folder::new("revert");
    folder.write_state(&[DECREMENT_A0, 0xffff_ffff], &[(10, 1)]);
    fs::write(folder.0.join("out.json"), "old").unwrap();
    let output = folder.run(&["run", "--meta", ""]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    for part in ["0xf001c0de", "unknown opcode", "step 1", "0x1004", ".word 0xffffffff", "no valid"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(fs::read(folder.0.join("out.json")).unwrap(), b"old");
}

#[test]
fn bad_input_is_an_error_that_names_it() {
    let folder = Folder::new("bad");
    countdown(&folder);
    fs::write(folder.0.join("text"), "no ELF file").unwrap();
    fs::write(folder.0.join("short.bin"), [0, 0, 0, 0, 0, 0, 0, 9, 1]).unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["load-elf", "--path", "none"], "none"),
        (&["load-elf", "--path", "text"], "text"),
        (&["witness", "--input", "none.json"], "none.json"),
        (&["witness", "--input", "short.bin"], "offset 8"),
        (&["run", "--meta", "", "--input", "text"], "line 1"),
        (&["run", "--proof-at", "%0"], "%0"),
        (&["run", "--proof-fmt", "-"], "%d"),
        (&["run", "--meta", "none.json"], "none.json"),
        (&["run", "--meta", "", "--output", "none/out.json"], "none/out.json"),
    ];
    for (args, part) in cases {
        let output = folder.run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let error = text(&output.stderr);
        assert!(error.starts_with("error: ") || error.contains("error: "), "{args:?}: {error}");
        assert!(error.contains(part), "{args:?}: {error}");
        assert!(!error.contains("panicked"), "{args:?}: {error}");
    }
}

/// Reads the pre-image of a key and exits with its first byte.
const READ_PREIMAGE: [u32; 10] = [
    ECALL,       // write(6, 0x1800, 32): the key
    0x0050_0513, // addi a0, zero, 5
    0x03f0_0893, // addi a7, zero, 63
    0x0200_0613, // addi a2, zero, 32
    0x0205_8593, // addi a1, a1, 32: where the write left 0, so 32
    ECALL,       // read(5, 32, 32)
    0x0280_0583, // lb a1, 40(zero)
    0x0005_8513, // mv a0, a1
    0x05d0_0893, // addi a7, zero, 93
    ECALL,       // exit(a0)
];

/// A server in the shell: one pre-image of one byte, or what the test wants to see.
fn with_server(folder: &Folder, script: &str, more: &[&str]) -> Output {
    folder.write_state(&READ_PREIMAGE, &[(10, 6), (11, 0x1800), (12, 32), (17, 64)]);
    let args = ["run", "--meta", "", "--format", "json", "--info-at", "never"];
    let server = ["--", "sh", "-c", script];
    folder.run(&[&args[..], more, &server[..]].concat())
}

#[test]
fn a_server_gives_pre_images() {
    let folder = Folder::new("server");
    let script = r"head -c 32 <&5 >key; printf '\0\0\0\0\0\0\0\001\007' >&6; cat <&5 >rest";
    let output = with_server(&folder, script, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["exit_code"], 7);
    assert_eq!(fs::read(folder.0.join("key")).unwrap(), [0; 32]);
    // One read at a time, and each pre-image is asked for once.
    assert_eq!(fs::read(folder.0.join("rest")).unwrap(), b"");
}

#[test]
fn a_run_stops_at_a_read_of_a_pre_image() {
    let folder = Folder::new("stop");
    let script = r"head -c 32 <&5 >key; printf '\0\0\0\0\0\0\0\001\007' >&6";
    for stop in [
        ["--stop-at-preimage", "0x00"],
        ["--stop-at-preimage-type", "any"],
        ["--stop-at-preimage-larger-than", "8"],
    ] {
        let output = with_server(&folder, script, &stop);
        assert!(output.status.success(), "{stop:?}: {}", text(&output.stderr));
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["step"], 6, "{stop:?}");
    }
    let output = with_server(&folder, script, &["--stop-at-preimage", "0x00@8"]);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["step"], 10);
}

#[test]
fn a_server_that_fails_is_an_error_that_says_how() {
    let folder = Folder::new("dies");
    let cases = [
        ("exit 3", "exit status: 3"),
        (r"head -c 32 <&5 >key; printf '\0\0\0\0' >&6", "ended"),
        (r"head -c 32 <&5 >key; printf '\0\0\0\0\0\0\0\002a' >&6", "2 bytes"),
        (r"head -c 32 <&5 >key; printf '\377\0\0\0\0\0\0\0' >&6; cat <&5", "above"),
    ];
    for (script, part) in cases {
        let output = with_server(&folder, script, &[]);
        assert_eq!(output.status.code(), Some(1), "{script}");
        let error = text(&output.stderr);
        assert!(error.contains(part), "{script}: {error}");
    }
    folder.write_state(&READ_PREIMAGE, &[(10, 6), (11, 0x1800), (12, 32), (17, 64)]);
    let none = folder.run(&["run", "--meta", ""]);
    assert!(text(&none.stderr).contains("there is no server"), "{}", text(&none.stderr));
    let missing = folder.run(&["run", "--meta", "", "--", "./no-such-server"]);
    assert!(text(&missing.stderr).contains("no-such-server"), "{}", text(&missing.stderr));
}

#[test]
fn a_signal_leaves_a_snapshot_to_go_on_from() {
    let folder = Folder::new("signal");
    // An endless loop.
    folder.write_state(&[0x0000_006f], &[]);
    let (code, rest) = interrupt(start(&folder, &["--snapshot-fmt", "at-%d.bin.gz"]));
    assert_eq!(code, Some(130), "{rest}");
    let name = rest.split("--input ").nth(1).unwrap().split_whitespace().next().unwrap();
    let resumed = folder.run(&["witness", "--input", name]);
    assert!(resumed.status.success(), "{rest}");
    assert!(Path::new(&folder.0.join(name)).exists());
    std::io::stdout().flush().unwrap();
}

/// Starts a run in a process group of its own, as a shell does.
fn start(folder: &Folder, args: &[&str]) -> Child {
    Command::new(BINARY)
        .args(["run", "--meta", "", "--output", ""])
        .args(args)
        .current_dir(&folder.0)
        .stderr(process::Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// Ctrl-C, which goes to the process group; the exit status, and what stderr says.
fn interrupt(mut child: Child) -> (Option<i32>, String) {
    // The first line on stderr says that the run has begun.
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_exact(&mut [0]).unwrap();
    // The shell's own command: a bare machine has no other.
    let kill = Command::new("sh").args(["-c", &format!("kill -INT -{}", child.id())]).status();
    assert!(kill.unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    (child.wait().unwrap().code(), rest)
}

#[test]
fn a_signal_stops_a_run_that_proves_every_step() {
    let folder = Folder::new("signal-proofs");
    folder.write_state(&[0x0000_006f], &[]);
    let (code, rest) = interrupt(start(&folder, &["--proof-at", "always"]));
    assert_eq!(code, Some(130), "{rest}");
    assert!(rest.contains("go on"), "{rest}");
}

#[test]
fn ctrl_c_stops_a_run_and_not_its_server() {
    let folder = Folder::new("signal-server");
    let code = [
        0x0014_0413, // addi s0, s0, 1
        0x0084_b023, // sd s0, 0(s1): another key each time
        0x0400_0893, // addi a7, zero, 64
        0x0060_0513, // addi a0, zero, 6
        0x0004_8593, // addi a1, s1, 0
        0x0200_0613, // addi a2, zero, 32
        ECALL,       // write(6, s1, 32): the key
        0x03f0_0893, // addi a7, zero, 63
        0x0050_0513, // addi a0, zero, 5
        0x0204_8593, // addi a1, s1, 32
        0x0080_0613, // addi a2, zero, 8
        ECALL,       // read(5, s1 + 32, 8)
        0xfd1f_f06f, // jal zero, -48
    ];
    folder.write_state(&code, &[(9, 0x1800)]);
    let server =
        r#"while [ "$(head -c 32 <&5 | wc -c)" -eq 32 ]; do printf '\0\0\0\0\0\0\0\1x' >&6; done"#;
    let (code, rest) = interrupt(start(&folder, &["--", "sh", "-c", server]));
    assert_eq!(code, Some(130), "{rest}");
    let step = rest.split("stopped at step ").nth(1).unwrap().split(';').next().unwrap();
    // Long before the next look of a run that asks for nothing.
    assert!(step.parse::<u64>().unwrap() < 1_000_000, "{rest}");
    assert!(folder.0.join(format!("state-{step}.json")).exists(), "{rest}");
}

#[test]
fn a_second_signal_does_not_wait_for_the_server() {
    let folder = Folder::new("signal-twice");
    folder.write_state(&READ_PREIMAGE, &[(10, 6), (11, 0x1800), (12, 32), (17, 64)]);
    // Takes the key, and has nothing to say for a while.
    let server = "exec >/dev/null 2>&1; head -c 32 <&5 >key; sleep 10";
    let mut child = start(&folder, &["--", "sh", "-c", server]);
    while fs::metadata(folder.0.join("key")).map_or(0, |key| key.len()) < 32 {
        thread::sleep(Duration::from_millis(10));
    }
    let started = Instant::now();
    let group = child.id();
    let kill = || Command::new("sh").args(["-c", &format!("kill -INT -{group}")]).status().unwrap();
    assert!(kill().success());
    thread::sleep(Duration::from_millis(1200));
    assert_eq!(child.try_wait().unwrap(), None, "the first one waits");
    assert!(kill().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[test]
fn the_step_counter_starts_over_at_its_end() {
    let folder = Folder::new("counter");
    countdown(&folder);
    let mut state = folder.json("state.json");
    state["step"] = u64::MAX.into();
    folder.write("state.json", state.to_string());
    let args = ["run", "--meta=", "--format", "json"];
    let result: Value = serde_json::from_slice(&folder.run(&args).stdout).unwrap();
    assert_eq!((&result["exited"], &result["step"]), (&true.into(), &2000.into()));
    let stopped = [&args[..], &["--stop-at", "=5"]].concat();
    let result: Value = serde_json::from_slice(&folder.run(&stopped).stdout).unwrap();
    assert_eq!((&result["exited"], &result["step"]), (&false.into(), &5.into()));
}

#[test]
fn an_empty_name_is_nowhere_for_a_witness_too() {
    let folder = Folder::new("witness");
    countdown(&folder);
    let [plain, empty] = [
        &["witness", "--input", "state.json"][..],
        &["witness", "--input", "state.json", "--output", ""],
    ]
    .map(|args| folder.run(args));
    assert!(empty.status.success(), "{}", text(&empty.stderr));
    assert_eq!(empty.stdout, plain.stdout);
}

#[test]
fn roots_are_computed_where_no_thread_can_be_started() {
    let folder = Folder::new("threads");
    let mut state = 100u64.to_be_bytes().to_vec();
    for index in 0..100u64 {
        state.extend(index.to_be_bytes());
        state.extend([7; 4096]);
    }
    // The rest of the state, an empty hint and an empty witness, and the hash.
    state.resize(state.len() + 330 + 4 + 4 + 32, 0);
    folder.write("pages.bin", state);
    let args = ["witness", "--input", "pages.bin", "--output", ""];
    let mut refused = Command::new(BINARY);
    // No operating system has room for such a stack.
    refused.args(args).current_dir(&folder.0).env("RUST_MIN_STACK", (1u64 << 60).to_string());
    let refused = refused.output().unwrap();
    assert!(refused.status.success(), "{}", text(&refused.stderr));
    assert_eq!(refused.stdout, folder.run(&args).stdout);
}

#[test]
fn a_pipe_as_output_is_written_to_and_stays() {
    let folder = Folder::new("pipe");
    countdown(&folder);
    let pipe = folder.0.join("out");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    let output = folder.run(&["run", "--meta", "", "--output", "out"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let state: Value = serde_json::from_slice(&reader.join().unwrap()).unwrap();
    assert_eq!(state["exited"], true);
    assert!(!fs::metadata(pipe).unwrap().is_file());
}

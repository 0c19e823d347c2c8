//! Bad input: each case ends with the exit code and the error code that the README promises.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy_primitives::{B256, hex};
use common::{Ended, fixtures, kona_host, kona_host_with_env};
use kona_host::{Archive, KeyForm};
use kona_preimage::PreimageKey;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A copy of a small run that can be changed.
struct Run {
    dir: TempDir,
    witness: String,
}

impl Run {
    /// `None` without the folder of fixtures.
    fn new() -> Option<Self> {
        Self::of("devnet-10-20")
    }

    fn of(name: &str) -> Option<Self> {
        let Some(fixtures) = fixtures() else {
            println!("skipped: there is no folder of fixtures (FIXTURES_DIR)");
            return None;
        };
        let source = fixtures.join("fpp").join(name);
        let dir = tempfile::tempdir().unwrap();
        for name in ["boot.json", "rollup.json"] {
            fs::copy(source.join(name), dir.path().join(name)).unwrap();
            // The original may be read-only.
            let bytes = fs::read(dir.path().join(name)).unwrap();
            fs::remove_file(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let witness = source.join("preimages.kv.zst").to_string_lossy().into_owned();
        Some(Self { dir, witness })
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn boot(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("boot.json")).unwrap()).unwrap()
    }

    /// Judges with the boot file after `change`.
    fn judge_changed(&self, change: impl FnOnce(&mut Value)) -> Ended {
        let mut boot = self.boot();
        change(&mut boot);
        fs::write(self.path("changed.json"), boot.to_string()).unwrap();
        self.judge("changed.json", &["--witness", &self.witness])
    }

    fn judge(&self, boot: &str, more: &[&str]) -> Ended {
        let boot = self.path(boot);
        let args = ["single", "--native", "--format", "json", "--boot", &boot];
        kona_host(args.iter().chain(more))
    }
}

fn check(ended: &Ended, exit: i32, code: &str) {
    assert_eq!(ended.code, exit, "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
    let error = ended.error();
    assert_eq!(error["code"], code, "{error}");
    assert_eq!(error["exit_code"], exit);
    assert!(error["try"].as_str().is_some_and(|advice| !advice.is_empty()), "{error}");
}

const HASH: B256 = B256::repeat_byte(0xab);

#[test]
fn wrong_command_lines_end_with_usage() {
    let all = ["--l1-head", "0x00"];
    for args in [
        &[][..],
        &["judge"],
        &["single"],
        &["single", "--native"],
        &["single", "--native", "--witness", "w"],
        &["single", "--native", "--boot", "b"],
        &["single", "--boot", "b", "--witness", "w"],
        &["single", "--server", "--boot", "b", "--witness", "w"],
        &["single", "--native", "--boot", "b", "--witness", "w", all[0], all[1]],
        &["single", "--native", "--boot", "b", "--witness", "w", "--data-format", "file"],
        &["single", "--native", "--boot", "b", "--witness", "w", "--blob-key-style", "other"],
        &["single", "--native", "--boot", "b", "--witness", "w", "--format", "yaml"],
        &["execute-block", "--block", "b"],
        &["store", "convert", "--from", "a", "--to", "b"],
    ] {
        let ended = kona_host(args);
        assert_eq!(ended.code, 64, "{args:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
        assert!(!ended.stderr.is_empty());
    }
}

#[test]
fn help_and_version_are_results() {
    for args in [&["--help"][..], &["--version"], &["single", "--help"], &["execute-block", "-h"]] {
        let ended = kona_host(args);
        assert_eq!(ended.code, 0, "{args:?}");
        assert!(ended.stdout.contains("kona-host"), "{}", ended.stdout);
    }
}

#[test]
fn files_that_can_not_be_opened_end_with_no_input() {
    let Some(run) = Run::new() else { return };
    check(&run.judge("none.json", &["--witness", &run.witness]), 66, "file-unreadable");
    check(&run.judge("boot.json", &["--witness", &run.path("none")]), 66, "file-unreadable");
    check(&run.judge("boot.json", &["--witness", &run.path("")]), 66, "file-unreadable");
    check(&run.judge("boot.json", &["--data-dir", &run.path("none")]), 66, "file-unreadable");
    check(&run.judge("boot.json", &["--data-dir", &run.witness]), 66, "file-unreadable");
    let ended = run.judge_changed(|boot| boot["rollup_config"] = "none.json".into());
    check(&ended, 66, "file-unreadable");
}

#[test]
fn data_directories_must_tell_their_format() {
    let Some(run) = Run::new() else { return };
    let judge = |more: &[&str]| {
        let dir = run.path("");
        run.judge("boot.json", &[&["--data-dir", &dir], more].concat())
    };
    check(&judge(&[]), 64, "data-format-unknown");
    check(&judge(&["--data-format", "directory"]), 2, "preimage-unusable");
    check(&judge(&["--data-format", "pack"]), 66, "file-unreadable");
    fs::write(run.path("kvformat"), "pebble").unwrap();
    check(&judge(&[]), 2, "data-format-unsupported");
    fs::write(run.path("kvformat"), "file").unwrap();
    check(&judge(&["--data-format", "directory"]), 64, "data-format-conflict");
}

#[test]
fn broken_json_can_not_be_judged() {
    let Some(run) = Run::new() else { return };
    let witness = ["--witness", &run.witness];
    let text = fs::read_to_string(run.path("boot.json")).unwrap();
    for broken in ["", "[]", "{}", &text[..text.len() / 2], &format!("{text}}}")] {
        fs::write(run.path("broken.json"), broken).unwrap();
        check(&run.judge("broken.json", &witness), 2, "boot-file-broken");
    }
    check(&run.judge_changed(|boot| boot["l1_head"] = "0x12".into()), 2, "boot-file-broken");
    fs::write(run.path("rollup.json"), "{\"genesis\": 1}").unwrap();
    check(&run.judge("boot.json", &witness), 2, "rollup-config-unusable");
}

#[test]
fn chains_must_be_known() {
    let Some(run) = Run::new() else { return };
    let ended = run.judge_changed(|boot| boot["rollup_config"] = Value::Null);
    check(&ended, 2, "chain-unknown");
    assert_eq!(ended.error()["value"], "901");
    let ended = run.judge_changed(|boot| boot["chain_id"] = 902.into());
    check(&ended, 2, "config-of-other-chain");
}

#[test]
fn broken_archives_can_not_be_judged() {
    let Some(run) = Run::new() else { return };
    let judge = |bytes: &[u8]| {
        fs::write(run.path("a.zst"), bytes).unwrap();
        run.judge("boot.json", &["--witness", &run.path("a.zst")])
    };
    let whole = fs::read(&run.witness).unwrap();
    for broken in
        [&[][..], b"text", &whole[..4], &whole[..whole.len() / 2], &whole[..whole.len() - 1]]
    {
        check(&judge(broken), 2, "archive-broken");
    }
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    // Where the stream has no checksum, the change may get through to a value.
    let ended = judge(&changed);
    assert!(ended.code == 2 || ended.code == 0, "{}", ended.stderr);
    assert_eq!(judge(&whole).code, 0);
}

#[test]
fn claim_below_the_agreed_block_is_an_error() {
    let Some(run) = Run::new() else { return };
    let ended = run.judge_changed(|boot| boot["claimed_l2_block_number"] = 9.into());
    check(&ended, 2, "claim-below-agreed-block");
    assert_eq!(ended.error()["value"], "9");
}

#[test]
fn claim_at_the_agreed_block_is_judged_by_the_agreed_root() {
    let Some(run) = Run::new() else { return };
    let ended = run.judge_changed(|boot| boot["claimed_l2_block_number"] = 10.into());
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let ended = run.judge_changed(|boot| {
        boot["claimed_l2_block_number"] = 10.into();
        boot["claimed_l2_output_root"] = boot["agreed_l2_output_root"].clone();
    });
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    // The agreed root is no answer for a later block.
    let ended = run.judge_changed(|boot| {
        boot["claimed_l2_output_root"] = boot["agreed_l2_output_root"].clone();
    });
    assert_eq!(ended.code, 1, "{}", ended.stderr);
}

#[test]
fn inputs_without_pre_images_can_not_be_judged() {
    let Some(run) = Run::new() else { return };
    let hash = hex::encode_prefixed(HASH);
    let ended = run.judge_changed(|boot| boot["l1_head"] = hash.clone().into());
    check(&ended, 2, "preimage-unusable");
    let value = ended.error()["value"].to_string();
    assert!(value.contains(&format!("0x02{}", &hash[4..])), "{value}");
    assert!(value.contains("l1-block-header"), "{value}");

    let ended = run.judge_changed(|boot| boot["agreed_l2_output_root"] = hash.clone().into());
    check(&ended, 2, "preimage-unusable");
    assert!(ended.error()["value"].to_string().contains("starting-l2-output"));
}

#[test]
fn agreed_values_must_belong_together() {
    let Some(run) = Run::new() else { return };
    let ended = run.judge_changed(|boot| boot["agreed_l2_head_hash"] = json!(HASH));
    check(&ended, 2, "agreed-block-mismatch");
    let ended = run.judge_changed(|boot| {
        boot["agreed_l2_output_root"] = boot["l1_head"].clone();
    });
    check(&ended, 2, "preimage-unusable");
}

#[test]
fn l1_head_below_the_agreed_block_can_not_be_judged() {
    let Some(run) = Run::of("devnet-270-280") else { return };
    let archive = Archive::open(Path::new(&run.witness), KeyForm::Typed).unwrap();
    let header = |hash: B256| archive.value(PreimageKey::keccak256(hash));
    // The lowest L1 header of the run is far below the agreed block's origin.
    let mut lowest: B256 = run.boot()["l1_head"].as_str().unwrap().parse().unwrap();
    while let Some(parent) = header(lowest).map(parent_hash).filter(|hash| header(*hash).is_some())
    {
        lowest = parent;
    }
    let ended = run.judge_changed(|boot| boot["l1_head"] = json!(lowest));
    check(&ended, 2, "l1-head-too-low");
}

/// The first field of a header: behind three bytes that start the list, and one of its own.
fn parent_hash(header: &[u8]) -> B256 {
    B256::from_slice(&header[4..36])
}

#[test]
fn flags_aliases_and_variables_judge_like_the_boot_file() {
    let Some(run) = Run::new() else { return };
    let boot = run.boot();
    let config = run.path("rollup.json");
    let value = |name: &str| boot[name].as_str().map_or(boot[name].to_string(), str::to_owned);
    let names = [
        ("l1-head", "l1-head", "l1_head"),
        ("agreed-l2-head-hash", "l2-head", "agreed_l2_head_hash"),
        ("agreed-l2-output-root", "l2-output-root", "agreed_l2_output_root"),
        ("claimed-l2-output-root", "l2-claim", "claimed_l2_output_root"),
        ("claimed-l2-block-number", "l2-block-number", "claimed_l2_block_number"),
    ];
    let base = ["single", "--native", "--witness", &run.witness].map(str::to_owned);
    let flags = |pick: fn(&(&str, &str, &str)) -> String, config_flag: &str| {
        let values = names.iter().flat_map(|name| [format!("--{}", pick(name)), value(name.2)]);
        let config = [format!("--{config_flag}"), config.clone()];
        let settings = ["--blob-key-style", "index", "--precompile-key-style", "v1"];
        let settings = settings.map(str::to_owned);
        base.iter().cloned().chain(values).chain(config).chain(settings).collect::<Vec<_>>()
    };
    let full = kona_host(flags(|name| name.0.into(), "rollup-config-path"));
    assert_eq!(full.code, 0, "{}", full.stderr);
    let aliases = kona_host(flags(|name| name.1.into(), "rollup-cfg"));
    assert_eq!(aliases.code, 0, "{}", aliases.stderr);

    let upper: Vec<_> =
        names.iter().map(|name| (name.0.replace('-', "_").to_uppercase(), value(name.2))).collect();
    let mut variables: Vec<_> =
        upper.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    variables.push(("ROLLUP_CONFIG_PATH", &config));
    let from_variables = kona_host_with_env(&base, &variables);
    assert_eq!(from_variables.code, 0, "{}", from_variables.stderr);
    variables.retain(|(name, _)| *name != "L1_HEAD");
    assert_eq!(kona_host_with_env(&base, &variables).code, 64);
}

#[test]
fn several_claims_end_as_the_worst_of_them() {
    let Some(run) = Run::new() else { return };
    let write = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut boot = run.boot();
        change(&mut boot);
        fs::write(run.path(name), boot.to_string()).unwrap();
        run.path(name)
    };
    let valid = run.path("boot.json");
    let invalid = write("invalid.json", &|boot| boot["claimed_l2_output_root"] = json!(HASH));
    let broken = write("broken.json", &|boot| boot["l1_head"] = json!(HASH));
    let judge = |boots: &[&String]| {
        let mut args = vec!["single", "--native", "--format", "json", "--witness", &run.witness];
        for boot in boots {
            args.extend(["--boot", boot.as_str()]);
        }
        let ended = kona_host(args);
        let verdicts = ended.stdout.lines().map(|line| {
            let object: Value = serde_json::from_str(line).unwrap();
            let word = object["verdict"].as_str().unwrap().to_owned();
            (word, PathBuf::from(object["boot"].as_str().unwrap()))
        });
        (ended.code, verdicts.collect::<Vec<_>>())
    };
    let verdict = |word: &str, path: &String| (word.to_owned(), Path::new(path).to_owned());
    assert_eq!(
        judge(&[&valid, &valid]),
        (0, vec![verdict("valid", &valid), verdict("valid", &valid)])
    );
    assert_eq!(
        judge(&[&invalid, &valid]),
        (1, vec![verdict("invalid", &invalid), verdict("valid", &valid)])
    );
    assert_eq!(
        judge(&[&broken, &invalid, &valid]),
        (2, vec![verdict("invalid", &invalid), verdict("valid", &valid)])
    );
}

#[test]
fn blocks_that_can_not_be_executed_are_errors() {
    let Some(fixtures) = fixtures() else {
        println!("skipped: there is no folder of fixtures (FIXTURES_DIR)");
        return;
    };
    let source = fixtures.join("blocks/unichain-10211000");
    let witness = source.join("preimages.kv.zst").to_string_lossy().into_owned();
    let block: Value =
        serde_json::from_slice(&fs::read(source.join("block.json")).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("block.json").to_string_lossy().into_owned();
    let execute = |change: &dyn Fn(&mut Value)| {
        let mut block = block.clone();
        change(&mut block);
        fs::write(&path, block.to_string()).unwrap();
        let args = ["execute-block", "--format", "json", "--block", &path, "--witness", &witness];
        kona_host(args)
    };
    check(&execute(&|block| block["parent_header"] = json!(1)), 2, "block-file-broken");
    check(&execute(&|block| block["rollup_config"] = json!({})), 2, "block-file-broken");
    let other_state = execute(&|block| block["parent_header"]["stateRoot"] = json!(HASH));
    check(&other_state, 2, "preimage-unusable");
    assert!(other_state.error()["value"].to_string().contains("keccak256 key 0x02abab"));
    let late = execute(&|block| block["parent_header"]["timestamp"] = json!("0xffffffffff"));
    check(&late, 2, "execution-failed");

    // A transaction that no block may have is an answer, not an error.
    let forged = execute(&|block| {
        let transactions = block["executing_payload"]["transactions"].as_array_mut().unwrap();
        transactions.push(json!("0x7d00"));
    });
    assert_eq!(forged.code, 1, "{}", forged.stderr);
    assert!(forged.result()["invalid_payload"].is_string());
    let missing = kona_host(["execute-block", "--block", "/none", "--witness", &witness]);
    assert_eq!(missing.code, 66);
}

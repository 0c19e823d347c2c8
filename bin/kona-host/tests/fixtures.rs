//! Real runs and real blocks: each must come out as recorded, and differently once it is changed.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::{Ended, fixtures, kona_host};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let arguments = Arguments::from_args();
    let trials = match fixtures() {
        Some(dir) => trials(&dir),
        None => {
            eprintln!("skipped: there is no folder of fixtures (FIXTURES_DIR)");
            Vec::new()
        }
    };
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials(dir: &Path) -> Vec<Trial> {
    let runs = cases(&dir.join("fpp")).into_iter().flat_map(|(name, run)| {
        let [valid, invalid, zero, bytes] = [&run; 4].map(PathBuf::clone);
        [
            Trial::test(format!("valid_claim::{name}"), move || judges_valid(&valid)),
            Trial::test(format!("changed_claim::{name}"), move || {
                judges_invalid(
                    &invalid,
                    "0xfefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe",
                )
            }),
            Trial::test(format!("zero_claim::{name}"), move || {
                judges_invalid(&zero, &format!("0x{}", "0".repeat(64)))
            }),
            Trial::test(format!("stores::{name}"), move || judges_from_every_store(&bytes)),
        ]
    });
    let blocks = cases(&dir.join("blocks")).into_iter().flat_map(|(name, block)| {
        let changed = block.clone();
        [
            Trial::test(format!("block::{name}"), move || reproduces_block(&block)),
            Trial::test(format!("changed_block::{name}"), move || names_the_difference(&changed)),
        ]
    });
    runs.chain(blocks).collect()
}

/// Folders below `dir`, with their names.
fn cases(dir: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut cases: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    cases.sort();
    cases
}

fn ensure(holds: bool, ended: &Ended) -> Result<(), Failed> {
    if holds {
        return Ok(());
    }
    let Ended { code, stdout, stderr } = ended;
    Err(format!("exit code {code}\nstdout: {stdout}\nstderr: {stderr}").into())
}

fn read_json(path: &Path) -> Result<Value, Failed> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn single(boot: &Path, source: [&str; 2], format: &str) -> Ended {
    let boot = text(boot);
    kona_host(["single", "--native", "--boot", &boot, source[0], source[1], "--format", format])
}

fn judges_valid(run: &Path) -> Result<(), Failed> {
    let (boot, witness) = (run.join("boot.json"), text(&run.join("preimages.kv.zst")));
    let ended = single(&boot, ["--witness", &witness], "text");
    ensure(ended.code == 0 && ended.stdout.starts_with("valid"), &ended)?;
    ensure(ended.stderr.contains("pre-images read"), &ended)?;

    let ended = single(&boot, ["--witness", &witness], "json");
    ensure(ended.code == 0, &ended)?;
    let (boot, result) = (read_json(&boot)?, ended.result());
    ensure(result["verdict"] == "valid", &ended)?;
    ensure(result["claimed_output_root"] == boot["claimed_l2_output_root"], &ended)?;
    ensure(result["computed_output_root"] == boot["claimed_l2_output_root"], &ended)?;
    ensure(result["l2_block_number"] == boot["claimed_l2_block_number"], &ended)?;
    ensure(result["chain_id"] == boot["chain_id"], &ended)?;
    ensure(result["summary"]["blocks_derived"].as_u64() > Some(0), &ended)
}

fn judges_invalid(run: &Path, claim: &str) -> Result<(), Failed> {
    let changed = tempfile::tempdir()?;
    let mut boot = read_json(&run.join("boot.json"))?;
    let right = boot["claimed_l2_output_root"].clone();
    boot["claimed_l2_output_root"] = claim.into();
    if let Some(config) = boot["rollup_config"].as_str() {
        boot["rollup_config"] = text(&fs::canonicalize(run.join(config))?).into();
    }
    let path = changed.path().join("boot.json");
    fs::write(&path, boot.to_string())?;

    let witness = text(&run.join("preimages.kv.zst"));
    let ended = single(&path, ["--witness", &witness], "json");
    ensure(ended.code == 1, &ended)?;
    let result = ended.result();
    ensure(result["verdict"] == "invalid", &ended)?;
    ensure(result["claimed_output_root"] == claim, &ended)?;
    ensure(result["computed_output_root"] == right, &ended)?;

    let ended = single(&path, ["--witness", &witness], "text");
    ensure(ended.code == 1 && ended.stdout.starts_with("invalid"), &ended)?;
    let has_both =
        [claim, right.as_str().unwrap_or("none")].map(|root| ended.stdout.contains(root));
    ensure(has_both == [true; 2], &ended)
}

/// The formats of op-program make a file of each value, which takes its time for a large run.
const TEXT_FILE_BYTES_MAX: u64 = 1_000_000;

fn judges_from_every_store(run: &Path) -> Result<(), Failed> {
    let (boot, archive) = (run.join("boot.json"), run.join("preimages.kv.zst"));
    let is_small = fs::metadata(&archive)?.len() <= TEXT_FILE_BYTES_MAX;
    let formats: &[_] = if is_small { &["pack", "file", "directory"] } else { &["pack"] };
    let dir = tempfile::tempdir()?;
    for format in formats {
        let (from, to) = (text(&archive), text(&dir.path().join(format)));
        let convert = ["store", "convert", "--from", &from, "--to", &to, "--to-format", format];
        let ended = kona_host(convert);
        ensure(ended.code == 0, &ended)?;
        let ended = kona_host(convert);
        ensure(ended.code == 73, &ended)?;

        let ended = single(&boot, ["--data-dir", &to], "json");
        ensure(ended.code == 0 && ended.result()["verdict"] == "valid", &ended)?;
    }
    Ok(())
}

fn execute(block: &Path, witness: &str, format: &str) -> Ended {
    let block = text(block);
    kona_host(["execute-block", "--block", &block, "--witness", witness, "--format", format])
}

fn reproduces_block(block: &Path) -> Result<(), Failed> {
    let file = block.join("block.json");
    let witness = text(&block.join("preimages.kv.zst"));
    let ended = execute(&file, &witness, "json");
    ensure(ended.code == 0, &ended)?;
    let (file, result) = (read_json(&file)?, ended.result());
    ensure(result["verdict"] == "match", &ended)?;
    ensure(result["computed_block_hash"] == file["expected_block_hash"], &ended)
}

/// A block with another gas limit has another header. Without the expected header all of it is
/// shown, with it the field that differs.
fn names_the_difference(block: &Path) -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let (path, header_path) = (dir.path().join("block.json"), dir.path().join("header.json"));
    let witness = text(&block.join("preimages.kv.zst"));

    let mut file = read_json(&block.join("block.json"))?;
    let right = file["expected_block_hash"].clone();
    file["expected_block_hash"] = format!("0x{}", "12".repeat(32)).into();
    fs::write(&path, file.to_string())?;
    let ended = execute(&path, &witness, "json");
    ensure(ended.code == 1 && ended.result()["computed_block_hash"] == right, &ended)?;
    let header = ended.result()["computed_header"].clone();
    ensure(header["stateRoot"].is_string(), &ended)?;
    fs::write(&header_path, header.to_string())?;

    let mut changed = header.clone();
    changed["receiptsRoot"] = format!("0x{}", "34".repeat(32)).into();
    file["expected_header"] = changed.clone();
    fs::write(&path, file.to_string())?;
    let ended = execute(&path, &witness, "json");
    let difference = &ended.result()["first_difference"];
    ensure(ended.code == 1 && difference["field"] == "receiptsRoot", &ended)?;
    ensure(difference["expected"] == changed["receiptsRoot"], &ended)?;
    ensure(difference["computed"] == header["receiptsRoot"], &ended)?;

    let ended = execute(&path, &witness, "text");
    ensure(ended.code == 1 && ended.stdout.contains("receiptsRoot"), &ended)?;

    // The flag goes before the file.
    let paths = [&path, &header_path].map(|path| text(path));
    let ended = kona_host([
        "execute-block",
        "--block",
        &paths[0],
        "--witness",
        &witness,
        "--expected-header",
        &paths[1],
        "--format",
        "json",
    ]);
    ensure(ended.code == 1 && ended.result()["first_difference"].is_null(), &ended)
}

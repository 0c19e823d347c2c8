//! Blocks of real chains, executed statelessly: each must come out with the hash it has there.
#![allow(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod support;

use kona_executor::Executor;
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use support::{archive::Archive, block_file::BlockFile, fixtures_dir};

fn main() {
    let arguments = Arguments::from_args();
    let Some(fixtures) = fixtures_dir() else {
        eprintln!("skipped: no fixtures folder, set FIXTURES_DIR");
        return;
    };
    let mut blocks: Vec<_> = std::fs::read_dir(fixtures.join("blocks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("block.json").is_file())
        .collect();
    blocks.sort();
    let trials = blocks.into_iter().map(|block| {
        let name = block.file_name().unwrap().to_string_lossy().into_owned();
        Trial::test(name, move || check(&block))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn check(dir: &Path) -> Result<(), Failed> {
    let file = BlockFile::open(&dir.join("block.json"));
    let archive = Archive::open(&dir.join("preimages.kv.zst"));
    let mut executor = Executor::new(&file.config, &archive, file.parent, None);
    let block = executor.execute(&file.attributes)?;
    if block.hash != file.expected_hash {
        let expected = file.expected_hash;
        return Err(format!("expected {expected}, executed {:#?}", block.header).into());
    }
    assert_eq!(block.header.hash_slow(), block.hash);
    assert_eq!(block.transaction_count, file.attributes.transactions.len());
    Ok(())
}

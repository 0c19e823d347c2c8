//! Configuration files of real runs: all generations are read, and say what the registry says.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use axos_genesis::{Fork, RollupConfig, registry};

/// The folder with fixtures, if this machine has it.
fn fixtures() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures");
    let folder = env::var_os("FIXTURES_DIR").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!("skipped: no fixtures at {}, set FIXTURES_DIR", folder.display());
        return None;
    }
    Some(folder)
}

/// Every file of that name one folder below `folder`.
fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    let runs = fs::read_dir(folder).expect("the folder of runs is readable");
    let entries = runs.map(|run| run.expect("an entry of the folder is readable").path());
    let mut files: Vec<PathBuf> =
        entries.map(|run| run.join(name)).filter(|file| file.is_file()).collect();
    files.sort();
    assert!(!files.is_empty(), "no {name} below {}", folder.display());
    files
}

#[test]
fn rollup_files_of_devnets_are_read_and_written_back() {
    let Some(fixtures) = fixtures() else { return };
    for file in files(&fixtures.join("fpp"), "rollup.json") {
        let config = RollupConfig::from_json(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(config.l2_chain_id, 901, "{}", file.display());
        assert_eq!(config.forks.active_fork(u64::MAX), Fork::Canyon);
        assert_eq!((config.channel_timeout, config.max_sequencer_drift), (120, 300));
        let written = serde_json::to_vec(&config).unwrap();
        assert_eq!(RollupConfig::from_json(&written).unwrap(), config, "{}", file.display());
    }
}

#[test]
fn rollup_configs_of_blocks_agree_with_the_registry() {
    let Some(fixtures) = fixtures() else { return };
    let mut chain_ids = Vec::new();
    for file in files(&fixtures.join("blocks"), "block.json") {
        let block: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let json = block["rollup_config"].to_string();
        let config = RollupConfig::from_json(json.as_bytes()).unwrap();

        // The files are older than the newest forks, which is all they may differ in.
        let mut known = registry::rollup_config(config.l2_chain_id).unwrap();
        let written_until = config.forks.active_fork(u64::MAX);
        let forks = &mut known.forks;
        forks.karst_time = None;
        forks.jovian_time = None;
        if written_until < Fork::Isthmus {
            forks.isthmus_time = None;
        }
        if config.forks.pectra_blob_schedule_time.is_none() {
            forks.pectra_blob_schedule_time = None;
        }
        known.keep_karst_upgrade_gas = false;
        assert_eq!(config, known, "{}", file.display());

        let written = serde_json::to_vec(&config).unwrap();
        assert_eq!(RollupConfig::from_json(&written).unwrap(), config, "{}", file.display());
        chain_ids.push(config.l2_chain_id);
    }
    chain_ids.sort_unstable();
    chain_ids.dedup();
    assert_eq!(chain_ids, [10, 130, 11_155_420]);
}

//! Whatever is changed in the pre-images of a valid claim: the claim is judged valid still, because
//! the change was not read, or it can't be judged. It is never judged invalid.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use bumpalo::Bump;
use kona_host::{Archive, Boot, HostError, KeyForm, NativeOracle, Store, judge};
use kona_preimage::{PreimageKey, PreimageKeyKind};
use kona_program::ProgramOptions;

type Record = (PreimageKey, Vec<u8>);

struct Run {
    boot: Boot,
    records: Vec<Record>,
}

impl Run {
    fn open(dir: &Path) -> Self {
        let archive = Archive::open(&dir.join("preimages.kv.zst"), KeyForm::Typed).unwrap();
        let keys = archive.keys().unwrap();
        let value = |key: PreimageKey| archive.value(key).unwrap().to_vec();
        Self {
            boot: Boot::from_file(&dir.join("boot.json")).unwrap(),
            records: keys.into_iter().map(|key| (key, value(key))).collect(),
        }
    }

    /// Judges the claim from other records.
    fn judge(&self, records: &[Record]) -> Result<bool, HostError> {
        let mut bytes = Vec::new();
        for (key, value) in records {
            bytes.extend_from_slice(key.as_bytes());
            bytes.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(value);
        }
        let archive = Archive::from_records(bytes, KeyForm::Typed).unwrap();
        let stores: [Box<dyn Store>; 1] = [Box::new(archive)];
        let arena = Bump::new();
        let oracle = NativeOracle::new(&stores, &arena);
        let options = ProgramOptions {
            blob_key_style: self.boot.blob_key_style.unwrap_or_default(),
            precompile_key_style: self.boot.precompile_key_style.unwrap_or_default(),
            ..ProgramOptions::default()
        };
        judge(&oracle, &self.boot, &options, &mut ()).map(|outcome| outcome.is_valid())
    }

    /// Applies `change` to each record in turn, and counts the runs that could not be judged.
    fn check_changes(&self, change: impl Fn(&mut Vec<Record>, usize)) -> usize {
        let mut failures = 0;
        for at in 0..self.records.len() {
            let mut records = self.records.clone();
            let key = records[at].0;
            change(&mut records, at);
            match self.judge(&records) {
                Ok(is_valid) => assert!(is_valid, "judged invalid after a change at {key}"),
                Err(_) => failures += 1,
            }
        }
        failures
    }
}

/// The small runs; none without the folder of fixtures.
fn runs() -> Vec<Run> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures");
    let dir = env::var_os("FIXTURES_DIR").map_or(default, PathBuf::from);
    if !dir.is_dir() {
        println!("skipped: there is no folder of fixtures (FIXTURES_DIR)");
        return Vec::new();
    }
    let mut runs: Vec<_> =
        fs::read_dir(dir.join("fpp")).unwrap().map(|e| e.unwrap().path()).collect();
    runs.sort();
    let is_small =
        |dir: &PathBuf| fs::metadata(dir.join("preimages.kv.zst")).unwrap().len() < 50_000;
    runs.into_iter().filter(is_small).map(|dir| Run::open(&dir)).collect()
}

#[test]
fn unchanged_runs_are_valid() {
    for run in runs() {
        assert!(run.judge(&run.records).unwrap());
    }
}

#[test]
fn a_missing_pre_image_is_never_an_invalid_claim() {
    for run in runs() {
        let failures = run.check_changes(|records, at| {
            records.remove(at);
        });
        assert!(failures > run.records.len() / 4, "{failures}");
    }
}

#[test]
fn a_changed_pre_image_is_never_an_invalid_claim() {
    for run in runs() {
        for position in 0..4 {
            run.check_changes(|records, at| {
                // Blobs and results can't be checked by hash, see the README.
                let (key, value) = &mut records[at];
                if key.kind() == PreimageKeyKind::Keccak256 && !value.is_empty() {
                    let byte = position * (value.len() - 1) / 3;
                    value[byte] ^= 0x20;
                }
            });
        }
    }
}

#[test]
fn a_truncated_pre_image_is_never_an_invalid_claim() {
    for run in runs() {
        for keep in [0, 1, 2] {
            run.check_changes(|records, at| {
                let value = &mut records[at].1;
                value.truncate(value.len() * keep / 3);
            });
        }
    }
}

//! Recorded runs whose pre-images are missing, cut short or changed.
//!
//! Whatever is wrong with the data, the program ends in an error that names the key. It never
//! panics, and never says anything else of the claim than with the data complete.

mod support;

use std::collections::BTreeSet;

use kona_preimage::{PreimageKey, PreimageKeyKind, PreimageOracle};
use kona_program::{Fault, ProgramError, Verdict, run};
use support::{DEVNETS, Recording, Run, Tampered, Verifying};

/// Keys tried in the long run; each try is a run.
const SAMPLE: usize = 24;

/// The keys a run reads. Of more than `limit`, some of every kind, spread over the whole range.
fn keys_read(recorded: &Run, limit: usize) -> Vec<PreimageKey> {
    let recording = Recording::new(&recorded.oracle);
    assert!(run(&recording, &recorded.options).is_ok_and(|verdict| verdict.is_valid()));
    let keys = recording.keys();
    if keys.len() <= limit {
        return keys.into_iter().collect();
    }
    let kinds: BTreeSet<PreimageKeyKind> = keys.iter().map(PreimageKey::kind).collect();
    kinds
        .iter()
        .flat_map(|kind| {
            let of_kind: Vec<_> = keys.iter().copied().filter(|key| key.kind() == *kind).collect();
            let step = of_kind.len().div_ceil(limit / kinds.len()).max(1);
            of_kind.into_iter().step_by(step)
        })
        .collect()
}

/// Runs and the keys to try in them.
fn cases() -> Vec<(Run, Vec<PreimageKey>)> {
    let devnets = DEVNETS.into_iter().map(|name| (name, usize::MAX));
    devnets
        .chain([("op-sepolia-16491249", SAMPLE)])
        .filter_map(|(name, limit)| {
            let recorded = Run::load(name)?;
            let keys = keys_read(&recorded, limit);
            Some((recorded, keys))
        })
        .collect()
}

fn judge(
    recorded: &Run,
    key: PreimageKey,
    value: Option<Vec<u8>>,
) -> Result<Verdict, ProgramError> {
    let tampered = Tampered { inner: &recorded.oracle, key, value };
    run(&Verifying(&tampered), &recorded.options)
}

/// Without verification, which in a VM is the chain's part, anything may come out but a panic.
fn judge_unverified(recorded: &Run, key: PreimageKey, value: Vec<u8>) {
    let tampered = Tampered { inner: &recorded.oracle, key, value: Some(value) };
    let _ = run(&tampered, &recorded.options);
}

#[test]
fn slow_missing_preimage_is_an_infrastructure_error_with_its_key() {
    for (recorded, keys) in cases() {
        for key in keys {
            let error = judge(&recorded, key, None).unwrap_err();
            // Configurations of unknown chains are for the user to give.
            let is_config = matches!(error, ProgramError::ChainConfig(_));
            let fault = if is_config { Fault::Input } else { Fault::Infrastructure };
            assert_eq!((error.key(), error.fault()), (Some(key), fault), "{error:?}");
        }
    }
}

#[test]
fn preimage_that_is_not_read_may_be_missing() {
    for name in DEVNETS {
        let Some(recorded) = Run::load(name) else { return };
        let read: BTreeSet<_> = keys_read(&recorded, usize::MAX).into_iter().collect();
        for key in recorded.keys.iter().filter(|key| !read.contains(key)) {
            assert!(judge(&recorded, *key, None).unwrap().is_valid(), "{name}: {key}");
        }
    }
}

#[test]
fn slow_truncated_preimage_is_an_error_with_its_key() {
    for (recorded, keys) in cases() {
        for key in keys {
            let value = recorded.oracle.read(key).unwrap();
            for length in [0, value.len() / 2, value.len() - 1] {
                let cut = value[..length].to_vec();
                // The verdict of a precompile is its whole value; its output can't be told.
                let is_form_only = key.kind() == PreimageKeyKind::Precompile && length > 0;
                if !is_form_only {
                    let error = judge(&recorded, key, Some(cut.clone())).unwrap_err();
                    assert_eq!(error.key(), Some(key), "{error:?}");
                }
                judge_unverified(&recorded, key, cut);
            }
        }
    }
}

#[test]
fn slow_changed_preimage_is_an_error_with_its_key() {
    for (recorded, keys) in cases() {
        for key in keys {
            let value = recorded.oracle.read(key).unwrap();
            for at in [0, value.len() / 2, value.len() - 1] {
                let mut changed = value.to_vec();
                changed[at] ^= 0x40;
                if matches!(key.kind(), PreimageKeyKind::Keccak256 | PreimageKeyKind::Sha256) {
                    let error = judge(&recorded, key, Some(changed.clone())).unwrap_err();
                    assert_eq!((error.key(), error.fault()), (Some(key), Fault::Infrastructure));
                }
                judge_unverified(&recorded, key, changed);
            }
            let mut longer = value.to_vec();
            longer.push(0);
            judge_unverified(&recorded, key, longer);
        }
    }
}

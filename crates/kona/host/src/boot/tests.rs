use std::fs;

use alloy_primitives::hex;
use serde_json::json;

use super::*;

/// A rollup configuration that is not built in.
fn rollup_json() -> serde_json::Value {
    json!({
        "genesis": {
            "l1": {"hash": B256::repeat_byte(1), "number": 0},
            "l2": {"hash": B256::repeat_byte(2), "number": 0},
            "l2_time": 1_700_000_000,
            "system_config": {
                "batcherAddr": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
                "overhead": B256::ZERO,
                "scalar": B256::with_last_byte(1),
                "gasLimit": 30_000_000
            }
        },
        "block_time": 2,
        "max_sequencer_drift": 300,
        "seq_window_size": 200,
        "channel_timeout": 120,
        "l1_chain_id": 900,
        "l2_chain_id": 901,
        "regolith_time": 0,
        "batch_inbox_address": "0xff00000000000000000000000000000000000901",
        "deposit_contract_address": "0x9a676e781a523b5d0c0e43731313a708cb607508",
        "l1_system_config_address": "0x0b306bf915c4d645ff596e518faf3f9669b97016"
    })
}

fn boot_json() -> serde_json::Value {
    json!({
        "chain_id": 10,
        "l1_head": B256::repeat_byte(0x11),
        "agreed_l2_head_hash": B256::repeat_byte(0x22),
        "agreed_l2_output_root": B256::repeat_byte(0x33),
        "claimed_l2_output_root": B256::repeat_byte(0x44),
        "claimed_l2_block_number": 0x0102,
        "blob_key_style": "index",
        "precompile_key_style": "v1",
        "rollup_config": null
    })
}

/// Boots from a file after `change`, with the rollup configuration beside it.
fn boot_with(change: impl FnOnce(&mut serde_json::Value)) -> Result<Boot, BootError> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("rollup.json"), rollup_json().to_string()).unwrap();
    fs::write(dir.path().join("empty.json"), "{}").unwrap();
    let mut json = boot_json();
    change(&mut json);
    let path = dir.path().join("boot.json");
    fs::write(&path, json.to_string()).unwrap();
    Boot::from_file(&path)
}

#[test]
fn boot_file_gives_the_values_of_all_local_keys() {
    let boot = boot_with(|_| {}).unwrap();
    let value = |index| boot.local_value(index, HintDialect::Kona).map(hex::encode);
    assert_eq!(value(1), Some("11".repeat(32)));
    assert_eq!(value(2), Some("33".repeat(32)));
    assert_eq!(value(3), Some("44".repeat(32)));
    assert_eq!(value(4), Some("0000000000000102".into()));
    assert_eq!(value(5), Some("000000000000000a".into()));
    for index in [0, 6, 7, 8, 9, u64::MAX] {
        assert_eq!(value(index), None);
    }
    assert_eq!(boot.blob_key_style, Some(BlobKeyStyle::Index));
    assert_eq!(boot.precompile_key_style, Some(PrecompileKeyStyle::V1));
    assert_eq!(boot.agreed_l2_head_hash, Some(B256::repeat_byte(0x22)));
}

#[test]
fn configurations_stand_where_the_dialect_has_them() {
    let boot = boot_with(|json| {
        json["chain_id"] = 901.into();
        json["rollup_config"] = "rollup.json".into();
    })
    .unwrap();
    let config = boot.configs.rollup.as_deref();
    assert_eq!(config, Some(rollup_json().to_string().as_bytes()));
    assert_eq!(boot.local_value(6, HintDialect::Kona), config);
    assert_eq!(boot.local_value(6, HintDialect::Kona2025), config);
    assert_eq!(boot.local_value(7, HintDialect::Go), config);
    assert_eq!(boot.local_value(7, HintDialect::Kona), None);
    assert_eq!(boot.local_value(6, HintDialect::Go), None);
}

#[test]
fn chain_must_be_built_in_or_have_a_configuration_of_its_own() {
    let unknown = boot_with(|json| json["chain_id"] = 901.into());
    assert!(matches!(unknown, Err(BootError::UnknownChain { .. })), "{unknown:?}");

    let other = boot_with(|json| {
        json["chain_id"] = 902.into();
        json["rollup_config"] = "rollup.json".into();
    });
    assert!(matches!(other, Err(BootError::ConfigChain { expected: 902, actual: 901, .. })));
    let celo = boot_with(|json| json["chain_id"] = 42_220.into());
    assert!(matches!(celo, Err(BootError::UnknownChain { .. })), "{celo:?}");
}

#[test]
fn configuration_that_would_be_passed_over_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rollup.json");
    let mut config = registry::rollup_config(10).unwrap();
    let flags = BootFlags {
        chain_id: Some(10),
        rollup_config_path: Some(path.clone()),
        ..BootFlags::default()
    };

    fs::write(&path, serde_json::to_vec(&config).unwrap()).unwrap();
    assert_eq!(Boot::from_flags(&flags).unwrap().chain_id, 10);
    config.channel_timeout += 1;
    fs::write(&path, serde_json::to_vec(&config).unwrap()).unwrap();
    let differs = Boot::from_flags(&flags);
    assert!(matches!(differs, Err(BootError::BuiltInDiffers { chain_id: 10, .. })));
}

#[test]
fn chain_id_may_come_from_the_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rollup.json");
    fs::write(&path, rollup_json().to_string()).unwrap();
    let flags = BootFlags { rollup_config_path: Some(path), ..BootFlags::default() };
    assert_eq!(Boot::from_flags(&flags).unwrap().chain_id, 901);
    let none = Boot::from_flags(&BootFlags::default());
    assert!(matches!(none, Err(BootError::NoChain)));
}

#[test]
fn files_that_are_no_such_thing_are_told_apart() {
    let no_file = boot_with(|json| json["rollup_config"] = "missing.json".into());
    assert!(matches!(no_file, Err(BootError::Open { path, .. }) if path.ends_with("missing.json")));
    let no_config = boot_with(|json| json["rollup_config"] = "empty.json".into());
    assert!(matches!(no_config, Err(BootError::RollupConfig { .. })));
    let no_l1 = boot_with(|json| json["l1_config"] = "empty.json".into());
    assert!(matches!(no_l1, Err(BootError::L1Config { .. })));
}

#[test]
fn broken_boot_files_are_rejected() {
    for field in [
        "chain_id",
        "l1_head",
        "agreed_l2_output_root",
        "claimed_l2_output_root",
        "claimed_l2_block_number",
    ] {
        let missing = boot_with(|json| {
            json.as_object_mut().unwrap().remove(field);
        });
        assert!(matches!(missing, Err(BootError::File { .. })), "{field}");
        let wrong = boot_with(|json| json[field] = "0x12".into());
        assert!(matches!(wrong, Err(BootError::File { .. })), "{field}");
    }
    let typo = boot_with(|json| json["blob_key_stile"] = "index".into());
    assert!(matches!(typo, Err(BootError::File { .. })));
    let style = boot_with(|json| json["blob_key_style"] = "indices".into());
    assert!(matches!(style, Err(BootError::File { .. })));
    let optional = boot_with(|json| {
        let fields = json.as_object_mut().unwrap();
        for field in ["agreed_l2_head_hash", "blob_key_style", "precompile_key_style"] {
            fields.remove(field);
        }
        fields.remove("rollup_config");
    });
    assert_eq!(optional.unwrap().blob_key_style, None);
}

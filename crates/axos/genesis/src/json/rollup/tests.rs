use alloc::{format, string::ToString};

use super::*;

/// The least a file must have.
const DEVNET: &str = r#"{
    "genesis": {
        "l1": {"hash": "0x1c5bfc11e91b66dd64239c9ffcaf371c729294068f1a4c98e8001570081c876f", "number": 0},
        "l2": {"hash": "0x43e77696357ba085401fb455c606bade7aa4230e850e1448870caf0dbee8f313", "number": 0},
        "l2_time": 1713572352,
        "system_config": {
            "batcherAddr": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
            "overhead": "0x834", "scalar": "0xf4240", "gasLimit": 30000000
        }
    },
    "block_time": 2, "max_sequencer_drift": 300, "seq_window_size": 200, "channel_timeout": 120,
    "l1_chain_id": 900, "l2_chain_id": 901,
    "batch_inbox_address": "0xff00000000000000000000000000000000000901",
    "deposit_contract_address": "0x9a676e781a523b5d0c0e43731313a708cb607508",
    "l1_system_config_address": "0x0b306bf915c4d645ff596e518faf3f9669b97016"
}"#;

/// The devnet's file with fields added; a field given twice counts as added.
fn read_with(fields: &str) -> Result<RollupConfig, RollupConfigJsonError> {
    let mut file: Value = serde_json::from_str(DEVNET).unwrap();
    let added: Value = serde_json::from_str(&format!("{{{fields}}}")).unwrap();
    file.as_object_mut().unwrap().extend(added.as_object().unwrap().clone());
    RollupConfig::from_json(file.to_string().as_bytes())
}

fn check_error(fields: &str, expect: &str) {
    let error = read_with(fields).unwrap_err();
    assert!(error.to_string().contains(expect), "{fields}: {error}");
}

#[test]
fn fields_of_no_consequence_are_ignored() {
    let plain = read_with("").unwrap();
    let noisy = r#""protocol_versions_address": "0x8062abc286f5e7d9428a0ccb9abd71e50d93b935",
        "interop_message_expiry_window": 3600, "alt_da": null, "use_plasma": false,
        "granite_channel_timeout": 50, "interop_time": null, "lagoon_time": null,
        "da_challenge_contract_address": "0x0000000000000000000000000000000000000000",
        "da_challenge_window": 160, "blobs_data": null, "chain_op_config": null"#;
    assert_eq!(read_with(noisy).unwrap(), plain);
    assert_eq!(plain.forks, ForkSchedule::default());
}

#[test]
fn alternative_data_availability_is_refused_by_field() {
    check_error(r#""alt_da": {"da_commitment_type": "GenericCommitment"}"#, "`alt_da` asks");
    check_error(r#""use_plasma": true"#, "`use_plasma` asks");
    check_error(r#""use_alt_da": true"#, "`use_alt_da` asks");
    let address = "0x97a2da87d3439b172e6dd027220e01c9cb565b80";
    for field in ["da_challenge_address", "da_challenge_contract_address"] {
        check_error(&format!(r#""{field}": "{address}""#), &format!("`{field}` asks"));
    }
}

#[test]
fn unknown_fork_is_refused_by_field() {
    for field in ["interop_time", "lagoon_time", "monsoon_time", "some_new_time"] {
        for time in ["0", "9999999999999", "\"soon\""] {
            let expect = format!("`{field}` schedules a fork at {time}");
            check_error(&format!(r#""{field}": {time}"#), &expect);
        }
    }
}

#[test]
fn other_values_of_fixed_rules_are_refused() {
    check_error(r#""granite_channel_timeout": 40"#, "`granite_channel_timeout` is 40, but only 50");
    check_error(r#""blobs_data": 0"#, "`blobs_data` is not supported");
    let two = r#""base_fee_params": {"elasticity_multiplier": "0x6"},
        "canyon_base_fee_params": {"elasticity_multiplier": "0x7"}"#;
    check_error(two, "`canyon_base_fee_params.elasticity_multiplier` is 7, but only 6");
}

#[test]
fn nonsense_is_refused_by_the_check() {
    check_error(r#""block_time": 0"#, "`block_time` must not be zero");
    check_error(r#""karst_time": 0"#, "Jovian before it is not");
    check_error(r#""l2_chain_id": "0x384""#, "both 900");
}

#[test]
fn wrong_form_is_a_parse_error_with_its_place() {
    let error = RollupConfig::from_json(br#"{"genesis": 1}"#).unwrap_err();
    assert!(matches!(&error, RollupConfigJsonError::Json(source) if source.line() == 1));
    for cut in 0..DEVNET.len() - 1 {
        let error = RollupConfig::from_json(&DEVNET.as_bytes()[..cut]).unwrap_err();
        assert!(matches!(error, RollupConfigJsonError::Json(_)), "{cut}");
    }
}

#[test]
fn regolith_left_out_below_a_later_fork_is_active_from_the_start() {
    let config = read_with(r#""canyon_time": 1713572360"#).unwrap();
    assert_eq!(config.forks.regolith_time, Some(0));
    assert_eq!(
        read_with(r#""canyon_time": 9, "regolith_time": 7"#).unwrap().forks.time(Fork::Regolith),
        Some(7)
    );
}

#[test]
fn base_fee_constants_are_read_in_every_form() {
    let ours = BaseFeeParams { elasticity: 2, denominator: 51, denominator_canyon: 252 };
    let forms = [
        r#""chain_op_config": {"eip1559Elasticity": 2, "eip1559Denominator": 51,
            "eip1559DenominatorCanyon": 252}"#,
        r#""chain_op_config": {"eip1559Elasticity": "0x2", "eip1559Denominator": "0x33",
            "eip1559DenominatorCanyon": "0xfc"}"#,
        r#""base_fee_params": {"max_change_denominator": "0x33", "elasticity_multiplier": "0x2"},
            "canyon_base_fee_params": {"max_change_denominator": 252, "elasticity_multiplier": 2}"#,
    ];
    for form in forms {
        assert_eq!(read_with(form).unwrap().base_fee_params, ours, "{form}");
    }
    check_error(r#""chain_op_config": {"eip1559Elasticity": 0}"#, "eip1559Elasticity` must not be");
    let wide = read_with(r#""chain_op_config": {"eip1559Denominator": 4294967296}"#);
    assert!(matches!(wide, Err(RollupConfigJsonError::Json(_))));
}

#[test]
fn base_fee_constants_left_out_are_those_of_the_registry() {
    assert_eq!(read_with("").unwrap().base_fee_params, BaseFeeParams::default());
    // Lisk.
    let lisk = BaseFeeParams { elasticity: 20, denominator: 1000, denominator_canyon: 1000 };
    assert_eq!(read_with(r#""l2_chain_id": 1135"#).unwrap().base_fee_params, lisk);
    let partly = r#""l2_chain_id": 1135, "chain_op_config": {"eip1559Elasticity": 2}"#;
    let expect = BaseFeeParams { elasticity: 2, ..lisk };
    assert_eq!(read_with(partly).unwrap().base_fee_params, expect);
}

#[test]
fn every_built_in_config_survives_a_round_trip() {
    for chain in registry::chains() {
        let json = serde_json::to_vec(&chain.config).unwrap();
        assert_eq!(RollupConfig::from_json(&json).unwrap(), chain.config, "{}", chain.name);
    }
}

#[test]
fn rule_switches_survive_a_round_trip_and_are_only_written_if_changed() {
    let mut config = read_with("").unwrap();
    assert!(!serde_json::to_string(&config).unwrap().contains("rule_switches"));
    config.switches.holocene_overlap_check = false;
    let json = serde_json::to_vec(&config).unwrap();
    assert_eq!(RollupConfig::from_json(&json).unwrap(), config);
}

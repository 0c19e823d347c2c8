use std::{format, string::String};

use axos_genesis::RuleSwitches;
use kona_preimage::{MemoryOracle, PreimageKey};

use super::*;

const KONA: HintDialect = HintDialect::Kona;
const GO: HintDialect = HintDialect::Go;

/// A rollup configuration of chain 901 over L1 chain 900, with `forks` put in.
fn rollup_json(forks: &str) -> String {
    let hash = |digit: &str| format!("0x{}", digit.repeat(64));
    let address = |digit: &str| format!("0x{}", digit.repeat(40));
    format!(
        r#"{{
        "genesis": {{
            "l1": {{ "hash": "{}", "number": 3 }},
            "l2": {{ "hash": "{}", "number": 0 }},
            "l2_time": 100,
            "system_config": {{
                "batcherAddr": "{}",
                "overhead": "{}",
                "scalar": "{}",
                "gasLimit": 30000000
            }}
        }},
        "block_time": 2, "max_sequencer_drift": 300, "seq_window_size": 200,
        "channel_timeout": 120, "l1_chain_id": 900, "l2_chain_id": 901, {forks}
        "batch_inbox_address": "{}",
        "deposit_contract_address": "{}",
        "l1_system_config_address": "{}"
        }}"#,
        hash("1"),
        hash("2"),
        address("3"),
        hash("0"),
        hash("4"),
        address("5"),
        address("6"),
        address("7"),
    )
}

const CANYON: &str = r#""regolith_time": 0, "canyon_time": 0,"#;
const ECOTONE: &str =
    r#""regolith_time": 0, "canyon_time": 0, "delta_time": 0, "ecotone_time": 0,"#;
const L1_JSON: &str = r#"{ "chainId": 900, "cancunTime": 50 }"#;

fn load(
    values: &[(u64, &str)],
    chain_id: u64,
    hint_dialect: HintDialect,
) -> Result<ChainConfig, ChainConfigError> {
    let mut oracle = MemoryOracle::default();
    for (index, value) in values {
        oracle.insert(PreimageKey::local(*index), value.as_bytes());
    }
    let options = ProgramOptions { hint_dialect, ..ProgramOptions::default() };
    ChainConfig::load(&oracle, chain_id, &options)
}

#[test]
fn known_chain_needs_no_local_key() {
    for dialect in [KONA, GO] {
        let chain = load(&[], 11_155_420, dialect).unwrap();
        assert_eq!(Some(chain.rollup), registry::rollup_config(11_155_420));
        assert_eq!(Some(chain.l1), registry::l1_config(11_155_111));
    }
}

#[test]
fn known_chain_can_not_be_replaced_by_local_keys() {
    let json = rollup_json(CANYON).replace("901", "10");
    for dialect in [KONA, GO] {
        let chain = load(&[(6, &json), (7, &json)], 10, dialect).unwrap();
        assert_eq!(Some(chain.rollup), registry::rollup_config(10));
    }
}

#[test]
fn unknown_chain_is_read_from_where_the_dialect_has_it() {
    let json = rollup_json(ECOTONE);
    for (dialect, rollup, l1) in [(KONA, 6, 7), (HintDialect::Kona2025, 6, 7), (GO, 7, 9)] {
        let chain = load(&[(rollup, &json), (l1, L1_JSON)], 901, dialect).unwrap();
        assert_eq!((chain.rollup.l2_chain_id, chain.rollup.genesis.l1.number.0), (901, 3));
        assert_eq!((chain.l1.chain_id, chain.l1.blob_schedule.len()), (900, 1));

        let error = load(&[(l1, L1_JSON)], 901, dialect).unwrap_err();
        let value = rollup_config_value(dialect);
        let key = PreimageKey::local(rollup);
        assert!(
            matches!(
                &error,
                ChainConfigError::Unread { chain_id: 901, value: v, source: OracleError::Missing { key: k } }
                    if *v == value && *k == key
            ),
            "{error}"
        );
    }
}

#[test]
fn l1_configuration_is_needed_from_ecotone_on_only() {
    let chain = load(&[(6, &rollup_json(CANYON))], 901, KONA).unwrap();
    assert_eq!(chain.l1, L1ChainConfig { chain_id: 900, blob_schedule: Default::default() });

    let error = load(&[(6, &rollup_json(ECOTONE))], 901, KONA).unwrap_err();
    let value = l1_config_value(KONA);
    assert!(matches!(&error, ChainConfigError::Unread { value: v, .. } if *v == value), "{error}");
}

#[test]
fn configuration_of_another_chain_is_refused() {
    let error = load(&[(6, &rollup_json(CANYON))], 902, KONA).unwrap_err();
    assert!(matches!(error, ChainConfigError::L2ChainId { expected: 902, actual: 901 }), "{error}");
    let l1 = L1_JSON.replace("900", "899");
    let error = load(&[(6, &rollup_json(ECOTONE)), (7, &l1)], 901, KONA).unwrap_err();
    assert!(matches!(error, ChainConfigError::L1ChainId { expected: 900, actual: 899 }), "{error}");
}

#[test]
fn marker_chain_id_leaves_the_chain_to_the_configuration_in_the_go_dialect_only() {
    let json = rollup_json(CANYON);
    let chain = load(&[(7, &json)], u64::MAX, GO).unwrap();
    assert_eq!(chain.rollup.l2_chain_id, 901);
    let error = load(&[(6, &json)], u64::MAX, KONA).unwrap_err();
    assert!(matches!(error, ChainConfigError::L2ChainId { actual: 901, .. }), "{error}");
}

#[test]
fn configuration_that_is_none_is_refused_with_its_key() {
    let unchecked = rollup_json(CANYON).replace(r#""block_time": 2"#, r#""block_time": 0"#);
    for json in ["", "{", "[]", "{}", "\u{0}", unchecked.as_str()] {
        let error = load(&[(6, json)], 901, KONA).unwrap_err();
        assert!(matches!(error, ChainConfigError::RollupJson { value, .. } if value.index == 6));
        let ecotone = rollup_json(ECOTONE);
        let error = load(&[(6, &ecotone), (7, json)], 901, KONA).unwrap_err();
        assert!(
            matches!(error, ChainConfigError::L1Json { .. } | ChainConfigError::L1ChainId { .. }),
            "{json}: {error}"
        );
    }
}

#[test]
fn chain_with_data_elsewhere_is_refused_by_name() {
    let error = load(&[], 42_220, KONA).unwrap_err();
    assert!(
        matches!(error, ChainConfigError::Registry(RegistryError::AltDa { name: "Celo", .. })),
        "{error}"
    );
}

#[test]
fn rule_switches_of_the_options_replace_those_of_the_configuration() {
    let off = RuleSwitches { holocene_overlap_check: false };
    for (rule_switches, expected) in [(None, true), (Some(off), false)] {
        let options = ProgramOptions { rule_switches, ..ProgramOptions::default() };
        let chain = ChainConfig::load(&MemoryOracle::default(), 10, &options).unwrap();
        assert_eq!(chain.rollup.switches.holocene_overlap_check, expected);
    }
}

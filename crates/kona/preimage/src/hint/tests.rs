use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use alloy_primitives::hex;
use proptest::prelude::*;

use super::*;

const DIALECTS: [HintDialect; 3] = [HintDialect::Kona, HintDialect::Kona2025, HintDialect::Go];

const HASH: B256 = B256::repeat_byte(0xaa);
const OTHER: B256 = B256::repeat_byte(0xbb);
const ADDRESS: Address = Address::repeat_byte(0x08);
const FULL: HintBlock = HintBlock::Full { hash: HASH, number: 0x1234 };

fn encode(hint: &Hint<'_>, dialect: HintDialect) -> Result<String, HintError> {
    let mut out = Vec::new();
    hint.encode(dialect, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// Pieces of a payload, joined: `h` and `o` are the two hashes, `a` the address, 8 bytes each for
/// numbers, anything else is hex.
fn payload(pieces: &[&str]) -> String {
    let mut text = String::from("0x");
    for piece in pieces {
        match *piece {
            "h" => text.push_str(&hex::encode(HASH)),
            "o" => text.push_str(&hex::encode(OTHER)),
            "a" => text.push_str(&hex::encode(ADDRESS)),
            other => match other.parse::<u64>() {
                Ok(number) => text.push_str(&hex::encode(number.to_be_bytes())),
                Err(_) => text.push_str(other.strip_prefix("x").unwrap()),
            },
        }
    }
    text
}

/// The texts in Kona, Kona2025 and Go, as name and pieces; `None` where there is no such hint.
fn check(hint: Hint<'_>, expect: [Option<(&str, &[&str])>; 3]) {
    for (dialect, expect) in DIALECTS.into_iter().zip(expect) {
        let text = encode(&hint, dialect);
        let Some((name, pieces)) = expect else {
            assert!(text.is_err(), "{hint:?} in {dialect}");
            continue;
        };
        assert_eq!(text, Ok(format!("{name} {}", payload(pieces))), "{dialect}");
    }
}

#[test]
fn hints_of_one_hash_are_alike_in_all_dialects() {
    let all = |hint, name: &str| check(hint, [Some((name, &["h"])); 3]);
    all(Hint::L1BlockHeader { hash: HASH }, "l1-block-header");
    all(Hint::L1Transactions { hash: HASH }, "l1-transactions");
    all(Hint::L1Receipts { hash: HASH }, "l1-receipts");
    all(Hint::AgreedPreState { commitment: HASH }, "agreed-pre-state");
    all(Hint::L2BlockHeader { hash: HASH, chain_id: None }, "l2-block-header");
    all(Hint::L2Transactions { hash: HASH, chain_id: None }, "l2-transactions");
    all(Hint::L2Code { hash: HASH, chain_id: None }, "l2-code");
    all(Hint::L2StateNode { hash: HASH, chain_id: None }, "l2-state-node");
}

#[test]
fn interop_hints_carry_the_chain_id() {
    let all = |hint, name: &str| check(hint, [Some((name, &["h", "10"])); 3]);
    all(Hint::L2BlockHeader { hash: HASH, chain_id: Some(10) }, "l2-block-header");
    all(Hint::L2Transactions { hash: HASH, chain_id: Some(10) }, "l2-transactions");
    all(Hint::L2Code { hash: HASH, chain_id: Some(10) }, "l2-code");
    all(Hint::L2StateNode { hash: HASH, chain_id: Some(10) }, "l2-state-node");
    all(Hint::L2Receipts { hash: HASH, chain_id: 10 }, "l2-receipts");

    let block_data = Some(("l2-block-data", &["h", "o", "10"][..]));
    check(Hint::L2BlockData { agreed_hash: HASH, hash: OTHER, chain_id: 10 }, [block_data; 3]);
    let output = Some(("l2-output-root", &["h", "10"][..]));
    check(Hint::L2OutputRoot { root: HASH, chain_id: 10 }, [output, output, None]);
}

#[test]
fn blob_hint_drops_the_index_in_the_kona_dialect_alone() {
    let old = Some(("l1-blob", &["h", "3", "99"][..]));
    let new = Some(("l1-blob", &["h", "99"][..]));
    check(Hint::L1Blob { hash: HASH, index: Some(3), timestamp: 99 }, [new, old, old]);
    check(Hint::L1Blob { hash: HASH, index: None, timestamp: 99 }, [new, None, None]);
}

#[test]
fn precompile_hints_share_a_name_but_not_a_payload() {
    let input = &[0xde, 0xad];
    let payload: &[&str] = &["a", "7", "xdead"];
    let kona = Some(("l1-precompile", payload));
    let go = Some(("l1-precompile-v2", payload));
    check(Hint::L1Precompile { address: ADDRESS, gas: 7, input }, [kona, kona, go]);

    let v1 = Some(("l1-precompile", &["a", "xdead"][..]));
    check(Hint::L1PrecompileV1 { address: ADDRESS, input }, [None, None, v1]);
}

#[test]
fn hosts_of_2024_differ_from_those_of_2025_in_precompile_hints_alone() {
    use HintDialect::{Go, Kona2024, Kona2025};
    let hint = Hint::L1PrecompileV1 { address: ADDRESS, input: &[0xde, 0xad] };
    assert_eq!(encode(&hint, Kona2024), encode(&hint, Go));
    let hint = Hint::L1Precompile { address: ADDRESS, gas: 7, input: &[0xde, 0xad] };
    assert!(encode(&hint, Kona2024).is_err());
    let precompiles = [HintKind::L1Precompile, HintKind::L1PrecompileV1];
    for kind in HintKind::ALL.into_iter().filter(|kind| !precompiles.contains(kind)) {
        assert_eq!(kind.name(Kona2024), kind.name(Kona2025), "{kind}");
        assert_eq!(kind.payload_size(Kona2024), kind.payload_size(Kona2025), "{kind}");
    }
}

#[test]
fn starting_output_has_two_names() {
    let kona = Some(("starting-l2-output", &["h"][..]));
    let go = Some(("l2-output", &["h"][..]));
    check(Hint::StartingOutput { root: HASH, chain_id: None }, [kona, kona, go]);
    let go = Some(("l2-output", &["h", "10"][..]));
    check(Hint::StartingOutput { root: HASH, chain_id: Some(10) }, [None, None, go]);
}

#[test]
fn proof_hints_name_the_block_as_the_dialect_wants() {
    let account = |block, chain_id| Hint::L2AccountProof { block, address: ADDRESS, chain_id };
    let name = "l2-account-proof";
    let number = Some((name, &["4660", "a"][..]));
    check(account(FULL, None), [number, number, None]);
    check(account(HintBlock::Number(0x1234), None), [number, number, None]);
    let number = Some((name, &["4660", "a", "10"][..]));
    let hash = Some((name, &["h", "a", "10"][..]));
    check(account(FULL, Some(10)), [number, number, hash]);
    check(account(HintBlock::Hash(HASH), Some(10)), [hash, None, hash]);

    let storage = |block, chain_id| Hint::L2AccountStorageProof {
        block,
        address: ADDRESS,
        slot: OTHER,
        chain_id,
    };
    let name = "l2-account-storage-proof";
    let number = Some((name, &["4660", "a", "o"][..]));
    check(storage(FULL, None), [number, number, None]);
    let hash = Some((name, &["h", "a", "o", "10"][..]));
    check(storage(HintBlock::Hash(HASH), Some(10)), [hash, None, None]);
}

#[test]
fn payload_witness_is_json_for_go_and_bytes_for_kona() {
    let attributes = br#"{"gasLimit":"0x1"}"#;
    let hint = |chain_id| Hint::L2PayloadWitness { parent_hash: HASH, attributes, chain_id };
    let json = |chain_id: &str| {
        let parent = hex::encode_prefixed(HASH);
        let attributes = r#"{"gasLimit":"0x1"}"#;
        let text = format!(
            r#"{{"parentBlockHash":"{parent}","payloadAttributes":{attributes}{chain_id}}}"#
        );
        format!("x{}", hex::encode(text))
    };
    let attributes = format!("x{}", hex::encode(attributes));

    let name = "l2-payload-witness";
    let kona: &[&str] = &["h", &attributes];
    let go = json("");
    check(hint(None), [Some((name, kona)), Some((name, kona)), Some((name, &[&go]))]);
    let kona: &[&str] = &["h", &attributes, "10"];
    let go = json(r#","chainID":"10""#);
    check(hint(Some(10)), [Some((name, kona)), Some((name, kona)), Some((name, &[&go]))]);
}

#[test]
fn go_witness_is_read_in_any_field_order_and_with_a_hex_chain_id() {
    let parent = hex::encode_prefixed(HASH);
    let json = format!(
        r#"{{ "chainID": "0x0a", "payloadAttributes": [1, {{}}], "parentBlockHash": "{parent}" }}"#
    );
    let text = format!("l2-payload-witness {}", hex::encode_prefixed(json));
    let mut scratch = Vec::new();
    let hint = Hint::decode(&text, HintDialect::Go, &mut scratch).unwrap();
    let attributes = b"[1, {}]";
    let expected = Hint::L2PayloadWitness { parent_hash: HASH, attributes, chain_id: Some(10) };
    assert_eq!(hint, expected);
}

#[test]
fn broken_witness_json_is_rejected() {
    let reject = |payload: &[u8], dialect| {
        let text = format!("l2-payload-witness {}", hex::encode_prefixed(payload));
        Hint::decode(&text, dialect, &mut Vec::new()).unwrap_err()
    };
    let is_json = |error| matches!(error, HintError::BrokenWitnessJson { .. });

    let mut payload = HASH.to_vec();
    assert!(is_json(reject(&payload, HintDialect::Kona)));
    payload.extend_from_slice(b"{\"a\":");
    assert!(is_json(reject(&payload, HintDialect::Kona)));
    payload.extend_from_slice(b"1}1234567");
    assert!(matches!(reject(&payload, HintDialect::Kona), HintError::WrongSize { actual: 7, .. }));
    for json in ["", "{}", "[]", "{\"parentBlockHash\":\"0x00\",\"payloadAttributes\":{}}"] {
        assert!(is_json(reject(json.as_bytes(), HintDialect::Go)), "{json}");
    }
    let parent = hex::encode_prefixed(HASH);
    for id in ["", "x", "-1", "18446744073709551616"] {
        let json = format!(
            r#"{{"parentBlockHash":"{parent}","payloadAttributes":{{}},"chainID":"{id}"}}"#
        );
        assert!(is_json(reject(json.as_bytes(), HintDialect::Go)), "{id}");
    }
}

#[test]
fn malformed_texts_are_rejected() {
    let reject = |text: &str| Hint::decode(text, HintDialect::Go, &mut Vec::new()).unwrap_err();
    let hash = hex::encode(HASH);
    for text in [
        String::new(),
        "l1-block-header".to_string(),
        "l1-block-header ".to_string(),
        format!("l1-block-header {hash}"),
        format!("l1-block-header  0x{hash}"),
        format!("l1-block-header 0x{hash} "),
        format!("l1-block-header 0x0x{hash}"),
        format!("l1-block-header 0x{}", &hash[1..]),
        format!("l1-block-header 0x{}g", &hash[1..]),
        format!("l1-block-header 0x{}é", &hash[2..]),
    ] {
        assert_eq!(reject(&text), HintError::NotNameAndHex, "{text}");
    }

    let name = "l1-nothing".to_string();
    let expected = HintError::UnknownName { name, dialect: HintDialect::Go };
    assert_eq!(reject(&format!("l1-nothing 0x{hash}")), expected);
    let HintError::UnknownName { name, .. } = reject(&format!("{} 0x", "é".repeat(1000))) else {
        panic!("an unknown name");
    };
    assert_eq!(name.chars().count(), 64);
}

#[test]
fn a_hint_that_can_not_be_written_leaves_the_output_alone() {
    let mut out = vec![1, 2, 3];
    let hint =
        Hint::L2AccountProof { block: HintBlock::Number(1), address: ADDRESS, chain_id: None };
    let error = hint.encode(HintDialect::Go, &mut out).unwrap_err();
    let kind = HintKind::L2AccountProof;
    assert_eq!(error, HintError::BlockUnknown { kind, dialect: HintDialect::Go });
    assert_eq!(out, [1, 2, 3]);
}

#[test]
fn payloads_of_any_other_size_are_rejected() {
    use super::dialect::PayloadSize;

    for dialect in HintDialect::ALL {
        for kind in HintKind::ALL {
            let Some(name) = kind.name(dialect) else { continue };
            for bytes in 0..100 {
                let text = format!("{name} 0x{}", "00".repeat(bytes));
                let mut scratch = Vec::new();
                let result = Hint::decode(&text, dialect, &mut scratch);
                let expected = kind.payload_size(dialect);
                if kind == HintKind::L2PayloadWitness {
                    assert!(result.is_err());
                } else if expected.allows(bytes) {
                    assert_eq!(result.map(|hint| hint.kind()), Ok(kind), "{name} {bytes}");
                } else {
                    let is_size = matches!(result, Err(HintError::WrongSize { actual, .. }) if actual == bytes);
                    assert!(is_size, "{name} {bytes}");
                }
            }
            let is_some_size_allowed = match kind.payload_size(dialect) {
                PayloadSize::OneOf(sizes) => !sizes.is_empty(),
                PayloadSize::AtLeast(_) => true,
            };
            assert!(is_some_size_allowed);
        }
    }
}

fn any_hash() -> impl Strategy<Value = B256> {
    any::<[u8; 32]>().prop_map(B256::new)
}

fn any_block() -> impl Strategy<Value = HintBlock> {
    prop_oneof![
        any::<u64>().prop_map(HintBlock::Number),
        any_hash().prop_map(HintBlock::Hash),
        (any_hash(), any::<u64>()).prop_map(|(hash, number)| HintBlock::Full { hash, number }),
    ]
}

/// Any hint of the given kind; borrowed parts come from `input` and `json`.
fn hint_of<'a>(
    kind: HintKind,
    (hash, other, address): (B256, B256, [u8; 20]),
    (number, gas, chain): (u64, u64, Option<u64>),
    block: HintBlock,
    (input, attributes): (&'a [u8], &'a [u8]),
) -> Hint<'a> {
    let address = Address::from(address);
    let (chain_id, id) = (chain, gas);
    match kind {
        HintKind::L1BlockHeader => Hint::L1BlockHeader { hash },
        HintKind::L1Transactions => Hint::L1Transactions { hash },
        HintKind::L1Receipts => Hint::L1Receipts { hash },
        HintKind::L1Blob => Hint::L1Blob { hash, index: chain, timestamp: number },
        HintKind::L1Precompile => Hint::L1Precompile { address, gas, input },
        HintKind::L1PrecompileV1 => Hint::L1PrecompileV1 { address, input },
        HintKind::L2BlockHeader => Hint::L2BlockHeader { hash, chain_id },
        HintKind::L2Transactions => Hint::L2Transactions { hash, chain_id },
        HintKind::L2Receipts => Hint::L2Receipts { hash, chain_id: id },
        HintKind::L2Code => Hint::L2Code { hash, chain_id },
        HintKind::L2StateNode => Hint::L2StateNode { hash, chain_id },
        HintKind::StartingOutput => Hint::StartingOutput { root: hash, chain_id },
        HintKind::AgreedPreState => Hint::AgreedPreState { commitment: hash },
        HintKind::L2OutputRoot => Hint::L2OutputRoot { root: hash, chain_id: id },
        HintKind::L2AccountProof => Hint::L2AccountProof { block, address, chain_id },
        HintKind::L2AccountStorageProof => {
            Hint::L2AccountStorageProof { block, address, slot: other, chain_id }
        }
        HintKind::L2PayloadWitness => {
            Hint::L2PayloadWitness { parent_hash: hash, attributes, chain_id }
        }
        HintKind::L2BlockData => Hint::L2BlockData { agreed_hash: hash, hash: other, chain_id: id },
    }
}

/// What reading can tell of what was written: one name of the block, the index where it is there.
fn as_written(hint: Hint<'_>, dialect: HintDialect) -> Hint<'_> {
    let one_name = |block| match (block, dialect) {
        (HintBlock::Full { hash, .. }, HintDialect::Go) => HintBlock::Hash(hash),
        (HintBlock::Full { number, .. }, _) => HintBlock::Number(number),
        (block, _) => block,
    };
    match hint {
        Hint::L1Blob { hash, timestamp, .. } if dialect == HintDialect::Kona => {
            Hint::L1Blob { hash, index: None, timestamp }
        }
        Hint::L2AccountProof { block, address, chain_id } => {
            Hint::L2AccountProof { block: one_name(block), address, chain_id }
        }
        Hint::L2AccountStorageProof { block, address, slot, chain_id } => {
            Hint::L2AccountStorageProof { block: one_name(block), address, slot, chain_id }
        }
        other => other,
    }
}

proptest! {
    #[test]
    fn hints_round_trip(
        hashes in (any_hash(), any_hash(), any::<[u8; 20]>()),
        numbers: (u64, u64, Option<u64>),
        block in any_block(),
        input: Vec<u8>,
        key in "[a-z]{0,8}",
    ) {
        let json = format!("{{\"{key}\":[1,\"}}\"]}}");
        for dialect in HintDialect::ALL {
            for kind in HintKind::ALL {
                let hint = hint_of(kind, hashes, numbers, block, (&input, json.as_bytes()));
                prop_assert_eq!(hint.kind(), kind);
                // A hint that no host of the dialect takes is refused, never written wrongly.
                let Ok(text) = encode(&hint, dialect) else { continue };
                let mut scratch = vec![0xff; 7];
                let read = Hint::decode(&text, dialect, &mut scratch);
                prop_assert_eq!(read, Ok(as_written(hint, dialect)));
            }
        }
    }

    #[test]
    fn any_text_is_read_or_rejected(text: String, name in 0..18usize, payload: Vec<u8>) {
        for dialect in HintDialect::ALL {
            let _ = Hint::decode(&text, dialect, &mut Vec::new());
            let name = HintKind::ALL[name].name(dialect).unwrap_or("none");
            let text = format!("{name} {}", hex::encode_prefixed(&payload));
            let mut scratch = Vec::new();
            if let Ok(hint) = Hint::decode(&text, dialect, &mut scratch) {
                prop_assert!(encode(&hint, dialect).is_ok());
            }
        }
    }
}

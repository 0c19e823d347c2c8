use alloc::vec::Vec;
use std::{path::PathBuf, println};

use alloy_primitives::{Address, B256, TxKind, address, b256, keccak256};
use axos_genesis::{ChainGenesis, ForkSchedule};
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext,
    context::TxEnv,
    context_interface::result::{ExecutionResult, Output},
};
use sha2::{Digest, Sha256};

use super::*;
use crate::{DepositTransaction, L1_INFO_DEPOSITOR};

/// The steps of a fork.
fn steps(fork: Fork) -> &'static [Step] {
    let found = BUILT_IN.iter().find(|(of, _)| *of == fork);
    found.map(|(_, steps)| *steps).unwrap()
}

/// Checks the source hashes and gas limits of a fork's transactions, as the specification has them.
fn check(fork: Fork, expect: &[(B256, u64)]) {
    let deposits: Vec<_> = steps(fork).iter().map(Step::encode_deposit).collect();
    let actual = deposits.iter().map(|bytes| {
        let deposit = DepositTransaction::decode_2718(bytes).unwrap();
        (deposit.source_hash, deposit.gas_limit)
    });
    assert_eq!(actual.collect::<Vec<_>>(), expect);
}

#[test]
fn source_hashes_of_ecotone() {
    check(
        Fork::Ecotone,
        &[
            (b256!("877a6077205782ea15a6dc8699fa5ebcec5e0f4389f09cb8eda09488231346f8"), 375_000),
            (b256!("a312b4510adf943510f05fcc8f15f86995a5066bd83ce11384688ae20e6ecf42"), 1_000_000),
            (b256!("18acb38c5ff1c238a7460ebc1b421fa49ec4874bdf1e0a530d234104e5e67dbc"), 50_000),
            (b256!("ee4f9385eceef498af0be7ec5862229f426dec41c8d42397c7257a5117d9230a"), 50_000),
            (b256!("0c1cb38e99dbc9cbfab3bb80863380b0905290b37eb3d6ab18dc01c1f3e75f93"), 80_000),
            (b256!("69b763c48478b9dc2f65ada09b3d92133ec592ea715ec65ad6e7f3dc519dc00c"), 0x3d090),
        ],
    );
}

#[test]
fn source_hashes_of_fjord() {
    check(
        Fork::Fjord,
        &[
            (b256!("86122c533fdcb89b16d8713174625e44578a89751d96c098ec19ab40a51a8ea3"), 1_450_000),
            (b256!("1e6bb0c28bfab3dc9b36ffb0f721f00d6937f33577606325692db0965a7d58c6"), 50_000),
            (b256!("bac7bb0d5961cad209a345408b0280a0d4686b1b20665e1b0f9cdafd73b19b6b"), 90_000),
        ],
    );
}

#[test]
fn source_hashes_of_isthmus() {
    check(
        Fork::Isthmus,
        &[
            (b256!("3b2d0821ca2411ad5cd3595804d1213d15737188ae4cbd58aa19c821a6c211bf"), 425_000),
            (b256!("fc70b48424763fa3fab9844253b4f8d508f91eb1f7cb11a247c9baec0afb8035"), 1_625_000),
            (b256!("107a570d3db75e6110817eb024f09f3172657e920634111ce9875d08a16daa96"), 500_000),
            (b256!("ebe8b5cb10ca47e0d8bda8f5355f2d66711a54ddeb0ef1d30e29418c9bf17a0e"), 50_000),
            (b256!("ecf2d9161d26c54eda6b7bfdd9142719b1e1199a6e5641468d1bf705bc531ab0"), 50_000),
            (b256!("ad74e1adb877ccbe176b8fa1cc559388a16e090ddbe8b512f5b37d07d887a927"), 50_000),
            (b256!("3ddf4b1302548dd92939826e970f260ba36167f4c25f18390a5e8b194b295319"), 90_000),
            (b256!("bfb734dae514c5974ddf803e54c1bc43d5cdb4a48ae27e1d9b875a5a150b553a"), 250_000),
        ],
    );
}

#[test]
fn source_hashes_of_jovian() {
    check(
        Fork::Jovian,
        &[
            (b256!("98faf23b9795967bc0b1c543144739d50dba3ea40420e77ad6ca9848dbfb62e8"), 447_315),
            (b256!("08447273a4fbce97bc8c515f97ac74efc461f6a4001553712f31ebc11288bad2"), 50_000),
            (b256!("d939cca6eca7bd0ee0c7e89f7e5b5cf7bf6f7afe7b6966bb45dfb95344b31545"), 1_750_714),
            (b256!("46b597e2d8346ed7749b46734074361e0b41a0ab9af7afda5bb4e367e072bcb8"), 50_000),
            (b256!("e836db6a959371756f8941be3e962d000f7e12a32e49e2c9ca42ba177a92716c"), 90_000),
        ],
    );
}

/// Hash of the code that a contract has once its creation code has run.
fn deployed_code_hash(code: &'static [u8]) -> B256 {
    let tx = TxEnv::builder()
        .caller(L1_INFO_DEPOSITOR)
        .kind(TxKind::Create)
        .gas_limit(16_000_000)
        .gas_price(0)
        .data(code.into());
    let context = Context::mainnet().with_db(revm::database_interface::EmptyDB::new());
    let mut evm = context.build_mainnet();
    match evm.transact(tx.build().unwrap()).unwrap().result {
        ExecutionResult::Success { output: Output::Create(code, _), .. } => keccak256(code),
        other => panic!("creation failed: {other:?}"),
    }
}

#[test]
fn deployed_code_is_that_of_the_specification() {
    let expect = [
        // Ecotone: L1Block, GasPriceOracle.
        b256!("c88a313aa75dc4fbf0b6850d9f9ae41e04243b7008cf3eadb29256d4a71c1dfd"),
        b256!("8b71360ea773b4cfaf1ae6d2bd15464a4e1e2e360f786e475f63aeaed8da0ae5"),
        // EIP-4788, whose code hash is that of the contract on every chain.
        b256!("f57acd40259872606d76197ef052f3d35588dadf919ee1f0e3cb9b62d3f4b02c"),
        // Fjord: GasPriceOracle.
        b256!("a88fa50a2745b15e6794247614b5298483070661adacb8d32d716434ed24c6b2"),
        // Isthmus: L1Block, GasPriceOracle, OperatorFeeVault, EIP-2935.
        b256!("8e3fe7a416d3e5f3b7be74ddd4e7e58e516fa3f80b67c6d930e3cd7297da4a4b"),
        b256!("4d195a9d7caf9fb6d4beaf80de252c626c853afd5868c4f4f8d19c9d301c2679"),
        b256!("57dc55c9c09ca456fa728f253fe7b895d3e6aae0706104935fe87c7721001971"),
        b256!("6e49e66782037c0555897870e29fa5e552daf4719552131a0abce779daec0a5d"),
        // Jovian: L1Block, GasPriceOracle.
        b256!("5f885ca815d2cf27a203123e50b8ae204fdca910b6995d90b2d7700cbb9240d1"),
        b256!("e9fc7c96c4db0d6078e3d359d7e8c982c350a513cb2c31121adf5e1e8a446614"),
    ];
    let actual = BUILT_IN.iter().flat_map(|(_, steps)| *steps).filter_map(|step| match step {
        Step::Deploy { code, .. } => Some(deployed_code_hash(code)),
        _ => None,
    });
    assert_eq!(actual.collect::<Vec<_>>(), expect);
}

#[test]
fn proxies_are_updated_to_what_was_deployed() {
    for (fork, steps) in BUILT_IN {
        let mut deployed = Vec::new();
        for step in steps {
            match step {
                Step::Deploy { from, .. } => deployed.push(from.create(0)),
                Step::UpdateProxy { implementation, .. } => {
                    assert!(deployed.contains(implementation), "{fork:?}: {implementation}");
                }
                Step::EnableFork { .. } => {}
            }
        }
    }
    assert_eq!(
        address!("3462413af4609098e1e27a490f554f260213d685").create(0),
        address!("0000f90827f1c53a10cb7a02335b175320002935"),
    );
    assert_eq!(
        address!("0b799c86a49deeb90402691f1041aa3af2d3c875").create(0),
        address!("000f3df6d732807ef1319fb7b8bb8522d0beac02"),
    );
}

#[test]
fn selectors_are_those_of_the_functions() {
    let selector = |signature: &str| keccak256(signature)[..4].to_vec();
    for (fork, signature) in [
        (Fork::Ecotone, "setEcotone()"),
        (Fork::Fjord, "setFjord()"),
        (Fork::Isthmus, "setIsthmus()"),
        (Fork::Jovian, "setJovian()"),
    ] {
        let called = steps(fork).iter().find_map(|step| match step {
            Step::EnableFork { selector, .. } => Some(selector.to_vec()),
            _ => None,
        });
        assert_eq!(called, Some(selector(signature)));
    }
    // The update of a proxy as the specification spells it out.
    let update = steps(Fork::Fjord)[1].encode_deposit();
    let update = DepositTransaction::decode_2718(&update).unwrap();
    let input = "3659cfe6000000000000000000000000a919894851548179a0750865e7974da599c0fac7";
    assert_eq!(alloy_primitives::hex::encode(update.input), input);
    assert_eq!((update.from, update.to), (Address::ZERO, Some(step::GAS_PRICE_ORACLE)));
    assert_eq!(selector("upgradeTo(address)"), update.input[..4]);
}

#[test]
fn only_the_first_block_of_a_fork_has_upgrade_transactions() {
    let config = RollupConfig {
        genesis: ChainGenesis { l2_time: 2, ..ChainGenesis::default() },
        block_time: 2,
        forks: ForkSchedule {
            ecotone_time: Some(10),
            fjord_time: Some(21),
            granite_time: Some(30),
            holocene_time: Some(30),
            isthmus_time: Some(40),
            jovian_time: Some(40),
            karst_time: Some(50),
            ..ForkSchedule::default()
        },
        ..RollupConfig::default()
    };
    for (l2_timestamp, count) in
        [(2, 0), (8, 0), (10, 6), (12, 0), (20, 0), (22, 3), (24, 0), (40, 8 + 5), (42, 0), (50, 0)]
    {
        let transactions = upgrade_transactions(&config, l2_timestamp);
        assert_eq!(transactions.len(), count, "at {l2_timestamp}");
    }
    assert!(needs_karst_bundle(&config, 50));
    assert!(!needs_karst_bundle(&config, 48) && !needs_karst_bundle(&config, 52));

    let forks = ForkSchedule { karst_time: Some(2), ..ForkSchedule::default() };
    let at_genesis = RollupConfig { forks, ..config };
    assert!(upgrade_transactions(&at_genesis, 2).is_empty());
    assert!(!needs_karst_bundle(&at_genesis, 2));
}

/// The Karst bundle, `None` where there are no fixtures.
fn karst_bundle() -> Option<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let fixtures = std::env::var_os("FIXTURES_DIR")
        .map_or_else(|| root.join("../shared/fixtures"), |folder| root.join(folder));
    let bundle = std::fs::read(fixtures.join("karst_upgrade_bundle.json"));
    if bundle.is_err() {
        println!("skipped: no karst_upgrade_bundle.json in {}", fixtures.display());
    }
    bundle.ok()
}

#[test]
fn karst_bundle_is_read() {
    let Some(json) = karst_bundle() else { return };
    assert_eq!(keccak256(&json), KARST_BUNDLE_KECCAK256);
    assert_eq!(B256::from_slice(&Sha256::digest(&json)), KARST_BUNDLE_SHA256);
    let bundle = UpgradeBundle::decode_karst(&json).unwrap();
    assert_eq!((bundle.transactions.len(), bundle.gas), (31, KARST_UPGRADE_GAS));

    let first = DepositTransaction::decode_2718(&bundle.transactions[0]).unwrap();
    let intent = "Karst 0: ConditionalDeployer Deployment";
    assert_eq!(first.source_hash, crate::DepositSource::Upgrade { intent }.hash());
    assert_eq!((first.from, first.gas_limit), (L1_INFO_DEPOSITOR, 580_000));
    let second = DepositTransaction::decode_2718(&bundle.transactions[1]).unwrap();
    let intent = "Karst 1: Upgrade ConditionalDeployer Implementation";
    assert_eq!(second.source_hash, crate::DepositSource::Upgrade { intent }.hash());
    assert_eq!(second.to, Some(address!("420000000000000000000000000000000000002c")));
}

#[test]
fn malformed_bundles_are_told_apart() {
    let decode = |json: &str| UpgradeBundle::decode("Karst", json.as_bytes());
    let bundle = |version: &str, transaction: &str| {
        decode(&std::format!(
            r#"{{"metadata": {{"version": "{version}"}}, "transactions": [{transaction}]}}"#
        ))
    };
    let transaction = |data: &str, gas: &str, intent: &str, more: &str| {
        std::format!(
            r#"{{"data": "{data}", "from": "0x0000000000000000000000000000000000000001",
                "gasLimit": {gas}, "intent": "{intent}", "to": null{more}}}"#
        )
    };
    let good = transaction("0xab", "7", "Do it", "");
    let read = bundle("1.0.0", &good).unwrap();
    assert_eq!(read.gas, 7);
    let deposit = DepositTransaction::decode_2718(&read.transactions[0]).unwrap();
    assert_eq!((deposit.to, deposit.input), (None, &[0xab][..]));

    assert_eq!(bundle("2.0.0", &good), Err(UpgradeError::Version { expected: "1.0.0" }));
    let no_intent = transaction("0xab", "7", "", "");
    assert_eq!(bundle("1.0.0", &no_intent), Err(UpgradeError::NoIntent { index: 0 }));
    let bad_data = transaction("0xabc", "7", "Do it", "");
    assert!(matches!(bundle("1.0.0", &bad_data), Err(UpgradeError::Data { index: 0, .. })));
    let bad_address = good.replace("0x00", "0x0");
    assert_eq!(bundle("1.0.0", &bad_address), Err(UpgradeError::Address { index: 0 }));
    let max = transaction("", &std::format!("{}", u64::MAX), "Do it", "");
    assert_eq!(bundle("1.0.0", &std::format!("{max},{good}")), Err(UpgradeError::Gas));
    let with_value = transaction("0xab", "7", "Do it", r#", "value": 1"#);
    assert!(matches!(bundle("1.0.0", &with_value), Err(UpgradeError::Json { .. })));
    assert!(matches!(decode("[]"), Err(UpgradeError::Json { .. })));
    assert!(matches!(decode(""), Err(UpgradeError::Json { .. })));
}

//! Transactions that a fork puts into its first L2 block.

use crate::{
    config::{Config, Fork},
    deposit::{Deposit, encode_deposit, source_hash},
    l1_info::{DEPOSITOR, L1_BLOCK},
    rule::{Hits, Rule},
};
use alloy_primitives::{Address, Bytes, address, hex};

/// A transaction of an upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpgradeTransaction {
    /// What it is for; the source hash comes of it.
    pub intent: String,
    /// Sender.
    pub from: Address,
    /// Receiver; none creates a contract.
    pub to: Option<Address>,
    /// Calldata or code.
    pub data: Bytes,
    /// Gas limit.
    pub gas_limit: u64,
}

const GAS_PRICE_ORACLE: Address = address!("420000000000000000000000000000000000000f");
const OPERATOR_FEE_VAULT: Address = address!("420000000000000000000000000000000000001b");

/// The upgrade transactions of an L2 block of that time; of several forks, the oldest's come first.
///
/// Spec: protocol/derivation.md#network-upgrade-automation-transactions
pub fn upgrade_transactions(config: &Config, l2_time: u64, hits: &mut Hits) -> Vec<Bytes> {
    let mut transactions = Vec::new();
    let mut add = |fork: Fork, rule: Rule, upgrade: &dyn Fn() -> Vec<UpgradeTransaction>| {
        if config.is_activation_block(fork, l2_time) {
            hits.hit(rule);
            transactions.extend(upgrade().iter().map(to_deposit));
        }
    };
    add(Fork::Ecotone, Rule::UpgradeEcotone, &ecotone);
    add(Fork::Fjord, Rule::UpgradeFjord, &fjord);
    add(Fork::Isthmus, Rule::UpgradeIsthmus, &isthmus);
    add(Fork::Jovian, Rule::UpgradeJovian, &jovian);
    add(Fork::Karst, Rule::UpgradeKarst, &|| karst(&config.karst_bundle));
    transactions
}

/// The bundle's transactions, with intents that name the fork and the place in the bundle.
///
/// Spec: protocol/l2-upgrades-1-execution.md#network-upgrade-transaction-bundle
fn karst(bundle: &[UpgradeTransaction]) -> Vec<UpgradeTransaction> {
    let intent = |index, intent| format!("Karst {index}: {intent}");
    let numbered = bundle.iter().enumerate().map(|(index, transaction)| UpgradeTransaction {
        intent: intent(index, &transaction.intent),
        ..transaction.clone()
    });
    numbered.collect()
}

/// Reads a bundle of upgrade transactions.
///
/// This is no JSON reader: it takes the file as it is, with texts that need no escapes.
/// Spec: protocol/l2-upgrades-1-execution.md#bundle-format
///
/// # Panics
/// If the file is not like that.
pub fn parse_bundle(json: &str) -> Vec<UpgradeTransaction> {
    let (_, list) = json.split_once("\"transactions\"").expect("a bundle has transactions");
    let objects = list.split('{').skip(1);
    objects
        .map(|object| UpgradeTransaction {
            intent: member(object, "intent").into(),
            from: member(object, "from").parse().expect("an address"),
            to: Some(member(object, "to").parse().expect("an address")),
            data: code(member(object, "data")),
            gas_limit: member(object, "gasLimit").parse().expect("a number"),
        })
        .collect()
}

/// The text or number behind `"key":` in an object without members of its own.
fn member<'a>(object: &'a str, key: &str) -> &'a str {
    let (_, value) = object.split_once(&format!("\"{key}\"")).expect("the member is there");
    let value = value.trim_start().trim_start_matches(':').trim_start();
    let end = match value.strip_prefix('"') {
        Some(text) => return text.split_once('"').expect("a text ends").0,
        None => value.find(|letter: char| !letter.is_ascii_digit()).expect("a number ends"),
    };
    &value[..end]
}

fn to_deposit(transaction: &UpgradeTransaction) -> Bytes {
    encode_deposit(&Deposit {
        source_hash: source_hash(2, transaction.intent.as_bytes()),
        from: transaction.from,
        to: transaction.to,
        gas: transaction.gas_limit,
        data: transaction.data.clone(),
        ..Deposit::default()
    })
}

/// Spec: protocol/ecotone/derivation.md#network-upgrade-automation-transactions
fn ecotone() -> Vec<UpgradeTransaction> {
    vec![
        deploy(
            "Ecotone: L1 Block Deployment",
            0,
            375_000,
            include_str!("../data/ecotone-l1-block.hex"),
        ),
        deploy(
            "Ecotone: Gas Price Oracle Deployment",
            1,
            1_000_000,
            include_str!("../data/ecotone-gas-price-oracle.hex"),
        ),
        proxy(
            "Ecotone: L1 Block Proxy Update",
            L1_BLOCK,
            "07dbe8500fc591d1852b76fee44d5a05e13097ff",
        ),
        proxy(
            "Ecotone: Gas Price Oracle Proxy Update",
            GAS_PRICE_ORACLE,
            "b528d11cc114e026f138fe568744c6d45ce6da7a",
        ),
        enable("Ecotone: Gas Price Oracle Set Ecotone", 80_000, "22b90ab3"),
        UpgradeTransaction {
            intent: "Ecotone: beacon block roots contract deployment".into(),
            from: address!("0b799c86a49deeb90402691f1041aa3af2d3c875"),
            to: None,
            gas_limit: 250_000,
            data: code(
                "60618060095f395ff33373fffffffffffffffffffffffffffffffffffffffe14604d5760203614602457\
                 5f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f\
                 5ffd5b62001fff42064281555f359062001fff015500",
            ),
        },
    ]
}

/// Spec: protocol/fjord/derivation.md#network-upgrade-automation-transactions
fn fjord() -> Vec<UpgradeTransaction> {
    vec![
        deploy(
            "Fjord: Gas Price Oracle Deployment",
            2,
            1_450_000,
            include_str!("../data/fjord-gas-price-oracle.hex"),
        ),
        proxy(
            "Fjord: Gas Price Oracle Proxy Update",
            GAS_PRICE_ORACLE,
            "a919894851548179a0750865e7974da599c0fac7",
        ),
        enable("Fjord: Gas Price Oracle Set Fjord", 90_000, "8e98b106"),
    ]
}

/// Spec: protocol/isthmus/derivation.md#network-upgrade-automation-transactions
fn isthmus() -> Vec<UpgradeTransaction> {
    vec![
        deploy(
            "Isthmus: L1 Block Deployment",
            3,
            425_000,
            include_str!("../data/isthmus-l1-block.hex"),
        ),
        deploy(
            "Isthmus: Gas Price Oracle Deployment",
            4,
            1_625_000,
            include_str!("../data/isthmus-gas-price-oracle.hex"),
        ),
        deploy(
            "Isthmus: Operator Fee Vault Deployment",
            5,
            500_000,
            include_str!("../data/isthmus-operator-fee.hex"),
        ),
        proxy(
            "Isthmus: L1 Block Proxy Update",
            L1_BLOCK,
            "ff256497d61dcd71a9e9ff43967c13fde1f72d12",
        ),
        proxy(
            "Isthmus: Gas Price Oracle Proxy Update",
            GAS_PRICE_ORACLE,
            "93e57a196454cb919193fa9946f14943cf733845",
        ),
        proxy(
            "Isthmus: Operator Fee Vault Proxy Update",
            OPERATOR_FEE_VAULT,
            "4fa2be8cd41504037f1838bce3bcc93bc68ff537",
        ),
        enable("Isthmus: Gas Price Oracle Set Isthmus", 90_000, "291b0383"),
        UpgradeTransaction {
            intent: "Isthmus: EIP-2935 Contract Deployment".into(),
            from: address!("3462413af4609098e1e27a490f554f260213d685"),
            to: None,
            gas_limit: 250_000,
            data: code(
                "60538060095f395ff33373fffffffffffffffffffffffffffffffffffffffe1460465760203603604257\
                 5f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611f\
                 ff60014303065500",
            ),
        },
    ]
}

/// Spec: protocol/jovian/derivation.md#network-upgrade-transactions
fn jovian() -> Vec<UpgradeTransaction> {
    vec![
        deploy(
            "Jovian: L1Block Deployment",
            6,
            447_315,
            include_str!("../data/jovian-l1-block.hex"),
        ),
        proxy("Jovian: L1Block Proxy Update", L1_BLOCK, "3ba4007f5c922fbb33c454b41ea7a1f11e83df2c"),
        deploy(
            "Jovian: GasPriceOracle Deployment",
            7,
            1_750_714,
            include_str!("../data/jovian-gas-price-oracle.hex"),
        ),
        proxy(
            "Jovian: GasPriceOracle Proxy Update",
            GAS_PRICE_ORACLE,
            "4f1db3c6abd250ba86e0928471a8f7db3afd88f1",
        ),
        enable("Jovian: Gas Price Oracle Set Jovian", 90_000, "b3d72079"),
    ]
}

/// Creates a contract from the deployer of that index.
fn deploy(intent: &str, deployer: u8, gas_limit: u64, hex: &str) -> UpgradeTransaction {
    let mut from = address!("4210000000000000000000000000000000000000");
    from[19] = deployer;
    UpgradeTransaction { intent: intent.into(), from, to: None, data: code(hex), gas_limit }
}

/// Points a proxy to another implementation.
fn proxy(intent: &str, proxy: Address, implementation: &str) -> UpgradeTransaction {
    UpgradeTransaction {
        intent: intent.into(),
        from: Address::ZERO,
        to: Some(proxy),
        data: code(&format!("3659cfe6{}{implementation}", "0".repeat(24))),
        gas_limit: 50_000,
    }
}

/// Tells the gas price oracle of the fork.
fn enable(intent: &str, gas_limit: u64, selector: &str) -> UpgradeTransaction {
    UpgradeTransaction {
        intent: intent.into(),
        from: DEPOSITOR,
        to: Some(GAS_PRICE_ORACLE),
        data: code(selector),
        gas_limit,
    }
}

fn code(hex: &str) -> Bytes {
    hex::decode(hex).expect("it is written so").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{B256, b256, keccak256};

    /// The source hashes that the specification gives.
    const SOURCE_HASHES: [B256; 22] = [
        b256!("877a6077205782ea15a6dc8699fa5ebcec5e0f4389f09cb8eda09488231346f8"),
        b256!("a312b4510adf943510f05fcc8f15f86995a5066bd83ce11384688ae20e6ecf42"),
        b256!("18acb38c5ff1c238a7460ebc1b421fa49ec4874bdf1e0a530d234104e5e67dbc"),
        b256!("ee4f9385eceef498af0be7ec5862229f426dec41c8d42397c7257a5117d9230a"),
        b256!("0c1cb38e99dbc9cbfab3bb80863380b0905290b37eb3d6ab18dc01c1f3e75f93"),
        b256!("69b763c48478b9dc2f65ada09b3d92133ec592ea715ec65ad6e7f3dc519dc00c"),
        b256!("86122c533fdcb89b16d8713174625e44578a89751d96c098ec19ab40a51a8ea3"),
        b256!("1e6bb0c28bfab3dc9b36ffb0f721f00d6937f33577606325692db0965a7d58c6"),
        b256!("bac7bb0d5961cad209a345408b0280a0d4686b1b20665e1b0f9cdafd73b19b6b"),
        b256!("3b2d0821ca2411ad5cd3595804d1213d15737188ae4cbd58aa19c821a6c211bf"),
        b256!("fc70b48424763fa3fab9844253b4f8d508f91eb1f7cb11a247c9baec0afb8035"),
        b256!("107a570d3db75e6110817eb024f09f3172657e920634111ce9875d08a16daa96"),
        b256!("ebe8b5cb10ca47e0d8bda8f5355f2d66711a54ddeb0ef1d30e29418c9bf17a0e"),
        b256!("ecf2d9161d26c54eda6b7bfdd9142719b1e1199a6e5641468d1bf705bc531ab0"),
        b256!("ad74e1adb877ccbe176b8fa1cc559388a16e090ddbe8b512f5b37d07d887a927"),
        b256!("3ddf4b1302548dd92939826e970f260ba36167f4c25f18390a5e8b194b295319"),
        b256!("bfb734dae514c5974ddf803e54c1bc43d5cdb4a48ae27e1d9b875a5a150b553a"),
        b256!("98faf23b9795967bc0b1c543144739d50dba3ea40420e77ad6ca9848dbfb62e8"),
        b256!("08447273a4fbce97bc8c515f97ac74efc461f6a4001553712f31ebc11288bad2"),
        b256!("d939cca6eca7bd0ee0c7e89f7e5b5cf7bf6f7afe7b6966bb45dfb95344b31545"),
        b256!("46b597e2d8346ed7749b46734074361e0b41a0ab9af7afda5bb4e367e072bcb8"),
        b256!("e836db6a959371756f8941be3e962d000f7e12a32e49e2c9ca42ba177a92716c"),
    ];

    #[test]
    fn source_hashes_are_those_of_the_specification() {
        let all = [ecotone(), fjord(), isthmus(), jovian()].concat();
        let hashes: Vec<B256> =
            all.iter().map(|upgrade| source_hash(2, upgrade.intent.as_bytes())).collect();
        assert_eq!(hashes, SOURCE_HASHES);
    }

    #[test]
    fn selectors_are_those_of_the_contracts() {
        for (signature, selector) in [
            ("upgradeTo(address)", "3659cfe6"),
            ("setEcotone()", "22b90ab3"),
            ("setFjord()", "8e98b106"),
            ("setIsthmus()", "291b0383"),
            ("setJovian()", "b3d72079"),
        ] {
            assert_eq!(keccak256(signature)[..4], code(selector));
        }
    }
}

//! Upgrade transactions of Isthmus.
//!
//! Spec: protocol/isthmus/derivation.md#network-upgrade-automation-transactions

use alloy_primitives::address;

use super::step::{GAS_PRICE_ORACLE, L1_BLOCK, OPERATOR_FEE_VAULT, Step};

pub(super) const STEPS: &[Step] = &[
    Step::Deploy {
        intent: "Isthmus: L1 Block Deployment",
        from: address!("4210000000000000000000000000000000000003"),
        gas_limit: 425_000,
        code: include_bytes!("bytecode/isthmus_l1_block.bin"),
    },
    Step::Deploy {
        intent: "Isthmus: Gas Price Oracle Deployment",
        from: address!("4210000000000000000000000000000000000004"),
        gas_limit: 1_625_000,
        code: include_bytes!("bytecode/isthmus_gas_price_oracle.bin"),
    },
    Step::Deploy {
        intent: "Isthmus: Operator Fee Vault Deployment",
        from: address!("4210000000000000000000000000000000000005"),
        gas_limit: 500_000,
        code: include_bytes!("bytecode/isthmus_operator_fee_vault.bin"),
    },
    Step::UpdateProxy {
        intent: "Isthmus: L1 Block Proxy Update",
        proxy: L1_BLOCK,
        implementation: address!("ff256497d61dcd71a9e9ff43967c13fde1f72d12"),
    },
    Step::UpdateProxy {
        intent: "Isthmus: Gas Price Oracle Proxy Update",
        proxy: GAS_PRICE_ORACLE,
        implementation: address!("93e57a196454cb919193fa9946f14943cf733845"),
    },
    Step::UpdateProxy {
        intent: "Isthmus: Operator Fee Vault Proxy Update",
        proxy: OPERATOR_FEE_VAULT,
        implementation: address!("4fa2be8cd41504037f1838bce3bcc93bc68ff537"),
    },
    Step::EnableFork {
        intent: "Isthmus: Gas Price Oracle Set Isthmus",
        gas_limit: 90_000,
        selector: [0x29, 0x1b, 0x03, 0x83],
    },
    Step::Deploy {
        intent: "Isthmus: EIP-2935 Contract Deployment",
        from: address!("3462413af4609098e1e27a490f554f260213d685"),
        gas_limit: 250_000,
        code: include_bytes!("bytecode/eip2935_block_hashes.bin"),
    },
];

//! Upgrade transactions of Jovian.
//!
//! Spec: protocol/jovian/derivation.md#network-upgrade-transactions

use alloy_primitives::address;

use super::step::{GAS_PRICE_ORACLE, L1_BLOCK, Step};

pub(super) const STEPS: &[Step] = &[
    Step::Deploy {
        intent: "Jovian: L1Block Deployment",
        from: address!("4210000000000000000000000000000000000006"),
        gas_limit: 447_315,
        code: include_bytes!("bytecode/jovian_l1_block.bin"),
    },
    Step::UpdateProxy {
        intent: "Jovian: L1Block Proxy Update",
        proxy: L1_BLOCK,
        implementation: address!("3ba4007f5c922fbb33c454b41ea7a1f11e83df2c"),
    },
    Step::Deploy {
        intent: "Jovian: GasPriceOracle Deployment",
        from: address!("4210000000000000000000000000000000000007"),
        gas_limit: 1_750_714,
        code: include_bytes!("bytecode/jovian_gas_price_oracle.bin"),
    },
    Step::UpdateProxy {
        intent: "Jovian: GasPriceOracle Proxy Update",
        proxy: GAS_PRICE_ORACLE,
        implementation: address!("4f1db3c6abd250ba86e0928471a8f7db3afd88f1"),
    },
    Step::EnableFork {
        intent: "Jovian: Gas Price Oracle Set Jovian",
        gas_limit: 90_000,
        selector: [0xb3, 0xd7, 0x20, 0x79],
    },
];

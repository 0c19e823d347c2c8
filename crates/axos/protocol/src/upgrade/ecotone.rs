//! Upgrade transactions of Ecotone.
//!
//! Spec: protocol/ecotone/derivation.md#network-upgrade-automation-transactions

use alloy_primitives::address;

use super::step::{GAS_PRICE_ORACLE, L1_BLOCK, Step};

pub(super) const STEPS: &[Step] = &[
    Step::Deploy {
        intent: "Ecotone: L1 Block Deployment",
        from: address!("4210000000000000000000000000000000000000"),
        gas_limit: 375_000,
        code: include_bytes!("bytecode/ecotone_l1_block.bin"),
    },
    Step::Deploy {
        intent: "Ecotone: Gas Price Oracle Deployment",
        from: address!("4210000000000000000000000000000000000001"),
        gas_limit: 1_000_000,
        code: include_bytes!("bytecode/ecotone_gas_price_oracle.bin"),
    },
    Step::UpdateProxy {
        intent: "Ecotone: L1 Block Proxy Update",
        proxy: L1_BLOCK,
        implementation: address!("07dbe8500fc591d1852b76fee44d5a05e13097ff"),
    },
    Step::UpdateProxy {
        intent: "Ecotone: Gas Price Oracle Proxy Update",
        proxy: GAS_PRICE_ORACLE,
        implementation: address!("b528d11cc114e026f138fe568744c6d45ce6da7a"),
    },
    Step::EnableFork {
        intent: "Ecotone: Gas Price Oracle Set Ecotone",
        gas_limit: 80_000,
        selector: [0x22, 0xb9, 0x0a, 0xb3],
    },
    Step::Deploy {
        intent: "Ecotone: beacon block roots contract deployment",
        from: address!("0b799c86a49deeb90402691f1041aa3af2d3c875"),
        gas_limit: 250_000,
        code: include_bytes!("bytecode/eip4788_beacon_roots.bin"),
    },
];

//! Upgrade transactions of Fjord.
//!
//! Spec: protocol/fjord/derivation.md#network-upgrade-automation-transactions

use alloy_primitives::address;

use super::step::{GAS_PRICE_ORACLE, Step};

pub(super) const STEPS: &[Step] = &[
    Step::Deploy {
        intent: "Fjord: Gas Price Oracle Deployment",
        from: address!("4210000000000000000000000000000000000002"),
        gas_limit: 1_450_000,
        code: include_bytes!("bytecode/fjord_gas_price_oracle.bin"),
    },
    Step::UpdateProxy {
        intent: "Fjord: Gas Price Oracle Proxy Update",
        proxy: GAS_PRICE_ORACLE,
        implementation: address!("a919894851548179a0750865e7974da599c0fac7"),
    },
    Step::EnableFork {
        intent: "Fjord: Gas Price Oracle Set Fjord",
        gas_limit: 90_000,
        selector: [0x8e, 0x98, 0xb1, 0x06],
    },
];

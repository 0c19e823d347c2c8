//! The three kinds of upgrade transactions that forks before Karst are made of.

use alloy_primitives::{Address, Bytes, U256, address};

use crate::{DepositSource, DepositTransaction, L1_BLOCK_ADDRESS, L1_INFO_DEPOSITOR};

/// The proxy of the `L1Block` contract.
pub(super) const L1_BLOCK: Address = L1_BLOCK_ADDRESS;
/// The proxy of the `GasPriceOracle` contract.
pub(super) const GAS_PRICE_ORACLE: Address = address!("420000000000000000000000000000000000000f");
/// The proxy of the `OperatorFeeVault` contract.
pub(super) const OPERATOR_FEE_VAULT: Address = address!("420000000000000000000000000000000000001b");

/// Gas limit of a proxy update.
const PROXY_UPDATE_GAS: u64 = 50_000;
/// Selector of `upgradeTo(address)`.
const UPGRADE_TO: [u8; 4] = [0x36, 0x59, 0xcf, 0xe6];

/// One upgrade transaction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Deploys a contract.
    Deploy {
        /// What the transaction is for.
        intent: &'static str,
        /// Sender; its first transaction on L2.
        from: Address,
        /// Gas limit.
        gas_limit: u64,
        /// Creation code.
        code: &'static [u8],
    },
    /// Makes a proxy use another implementation.
    UpdateProxy {
        /// What the transaction is for.
        intent: &'static str,
        /// The proxy.
        proxy: Address,
        /// The implementation, deployed by an earlier step.
        implementation: Address,
    },
    /// Tells the `GasPriceOracle` that the fork is active.
    EnableFork {
        /// What the transaction is for.
        intent: &'static str,
        /// Gas limit.
        gas_limit: u64,
        /// Selector of the function, which has no arguments.
        selector: [u8; 4],
    },
}

impl Step {
    /// EIP-2718 bytes of the deposit.
    pub(super) fn encode_deposit(&self) -> Bytes {
        match *self {
            Self::Deploy { intent, from, gas_limit, code } => {
                encode(intent, from, None, gas_limit, code)
            }
            Self::UpdateProxy { intent, proxy, implementation } => {
                let argument = implementation.into_word();
                let input = [&UPGRADE_TO[..], argument.as_slice()].concat();
                // The proxy takes this from the zero address alone, which can only be the protocol.
                encode(intent, Address::ZERO, Some(proxy), PROXY_UPDATE_GAS, &input)
            }
            Self::EnableFork { intent, gas_limit, selector } => {
                encode(intent, L1_INFO_DEPOSITOR, Some(GAS_PRICE_ORACLE), gas_limit, &selector)
            }
        }
    }
}

/// EIP-2718 bytes of an upgrade deposit, which moves no ether.
pub(super) fn encode(
    intent: &str,
    from: Address,
    to: Option<Address>,
    gas_limit: u64,
    input: &[u8],
) -> Bytes {
    DepositTransaction {
        source_hash: DepositSource::Upgrade { intent }.hash(),
        from,
        to,
        mint: U256::ZERO,
        value: U256::ZERO,
        gas_limit,
        is_system: false,
        input,
    }
    .encode_2718()
}

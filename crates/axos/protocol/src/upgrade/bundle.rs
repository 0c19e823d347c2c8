//! Upgrade transactions from a bundle.

use alloc::{borrow::Cow, format, vec::Vec};

use alloy_primitives::{Address, B256, Bytes, b256, hex};

use super::step::encode;

/// Sum of the gas limits in the Karst bundle. The first block of Karst has that much more gas.
///
/// Spec: protocol/l2-upgrades-1-execution.md#gas-allocation-specification
pub const KARST_UPGRADE_GAS: u64 = 55_370_657;
/// Keccak-256 of the Karst bundle.
pub const KARST_BUNDLE_KECCAK256: B256 =
    b256!("f5b3df617804110f98c1dc67159ac1d1f3eab7b0fb2874db51be2d56a90a8c27");
/// SHA-256 of the Karst bundle.
pub const KARST_BUNDLE_SHA256: B256 =
    b256!("08f5df36f7ff29a9421ab84beebe96684a7455df9a5d234a2468613a4008ad91");

/// The only version of the format.
const FORMAT_VERSION: &str = "1.0.0";

/// The upgrade transactions of a bundle.
///
/// Spec: protocol/l2-upgrades-1-execution.md#bundle-format
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeBundle {
    /// EIP-2718 bytes of the deposits in order.
    pub transactions: Vec<Bytes>,
    /// Sum of their gas limits.
    pub gas: u64,
}

/// Why the bytes of a bundle are not upgrade transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// Not the JSON that a bundle is made of.
    #[error("upgrade bundle is malformed at line {line}, column {column}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Another version of the format.
    #[error("upgrade bundle is not of version {expected}")]
    Version {
        /// The only known version.
        expected: &'static str,
    },
    /// A transaction does not say what it is for.
    #[error("upgrade transaction {index} has no intent")]
    NoIntent {
        /// Position of the transaction.
        index: usize,
    },
    /// The sender or recipient of a transaction is not an address.
    #[error("upgrade transaction {index} has a malformed address")]
    Address {
        /// Position of the transaction.
        index: usize,
    },
    /// The data of a transaction is not hexadecimal.
    #[error("data of upgrade transaction {index} is not hexadecimal")]
    Data {
        /// Position of the transaction.
        index: usize,
        /// What is wrong with it.
        #[source]
        source: hex::FromHexError,
    },
    /// The sum of the gas limits does not fit 64 bits.
    #[error("gas limits of the upgrade bundle do not fit 64 bits")]
    Gas,
}

impl UpgradeBundle {
    /// Reads the bundle of Karst. The caller has checked that it hashes to
    /// [`KARST_BUNDLE_KECCAK256`].
    ///
    /// # Errors
    /// [`UpgradeError`] if it is malformed.
    pub fn decode_karst(json: &[u8]) -> Result<Self, UpgradeError> {
        Self::decode("Karst", json)
    }

    /// Reads a bundle. The intent of each transaction gets the fork's name and its position in
    /// front, so that no two upgrades share a source hash.
    ///
    /// # Errors
    /// [`UpgradeError`] if it is malformed.
    pub fn decode(fork: &str, json: &[u8]) -> Result<Self, UpgradeError> {
        let bundle: Document<'_> = serde_json::from_slice(json)
            .map_err(|error| UpgradeError::Json { line: error.line(), column: error.column() })?;
        if bundle.metadata.version != FORMAT_VERSION {
            return Err(UpgradeError::Version { expected: FORMAT_VERSION });
        }
        let mut gas = 0u64;
        let mut transactions = Vec::with_capacity(bundle.transactions.len());
        for (index, entry) in bundle.transactions.iter().enumerate() {
            if entry.intent.is_empty() {
                return Err(UpgradeError::NoIntent { index });
            }
            let intent = format!("{fork} {index}: {}", entry.intent);
            let input = hex::decode(entry.data.as_ref())
                .map_err(|source| UpgradeError::Data { index, source })?;
            let address = |text: &Cow<'_, str>| {
                text.parse::<Address>().map_err(|_| UpgradeError::Address { index })
            };
            let from = address(&entry.from)?;
            let to = entry.to.as_ref().map(address).transpose()?;
            gas = gas.checked_add(entry.gas_limit).ok_or(UpgradeError::Gas)?;
            transactions.push(encode(&intent, from, to, entry.gas_limit, &input));
        }
        Ok(Self { transactions, gas })
    }
}

/// The JSON of a bundle.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    transactions: Vec<Entry<'a>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata<'a> {
    version: Cow<'a, str>,
}

/// A transaction. It has no value, and none can be given.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    data: Cow<'a, str>,
    #[serde(borrow)]
    from: Cow<'a, str>,
    gas_limit: u64,
    #[serde(borrow)]
    intent: Cow<'a, str>,
    #[serde(borrow)]
    to: Option<Cow<'a, str>>,
}

//! Logs of the `SystemConfig` contract that change the system configuration.
//!
//! ```text
//! event ConfigUpdate(uint256 indexed version, UpdateType indexed updateType, bytes data)
//! ```
//!
//! The ABI is read strictly: the one offset that fits, the exact length, zero padding, and
//! nothing behind. A log that breaks a rule changes nothing, and the caller goes on to the next.
//!
//! Spec: protocol/system-config.md#system-config-updates

use alloy_primitives::{Address, B256, U256, b256};

use crate::{EcotoneScalars, Fork, RollupConfig, ScalarError, SystemConfig};

/// First topic of every configuration update: keccak-256 of `ConfigUpdate(uint256,uint8,bytes)`.
pub const CONFIG_UPDATE_TOPIC: B256 =
    b256!("0x1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be");

/// Topics of a configuration update: event, version, type.
const TOPIC_COUNT: usize = 3;
/// Bytes in an ABI word.
const WORD_BYTES: usize = 32;

/// One change of the system configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigUpdate {
    /// Type 0: who posts batches.
    Batcher(Address),
    /// Type 1: L1 fee parameters, not interpreted yet; their meaning depends on the fork.
    FeeScalars {
        /// L1 fee overhead in gas.
        overhead: U256,
        /// L1 fee scalar, from Ecotone on a packed pair.
        scalar: U256,
    },
    /// Type 2: gas limit of an L2 block.
    GasLimit(u64),
    /// Type 3: who signs blocks on the peer-to-peer network; of no concern to derivation.
    UnsafeBlockSigner,
    /// Type 4: EIP-1559 parameters.
    Eip1559Params {
        /// Base fee change denominator.
        denominator: u32,
        /// Gas limit divided by gas target.
        elasticity: u32,
    },
    /// Type 5: operator fee.
    OperatorFeeParams {
        /// Fee per gas, in millionths.
        scalar: u32,
        /// Fee per transaction, in wei.
        constant: u64,
    },
    /// Type 6: lowest base fee, in wei.
    MinBaseFee(u64),
    /// Type 7: gas a byte of estimated data availability counts.
    DaFootprintGasScalar(u16),
}

/// Why a log of the `SystemConfig` contract is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SystemConfigLogError {
    /// Not as many topics as the event has.
    #[error("config update has {actual} topics, expected {expected}")]
    TopicCount {
        /// Topics of the event.
        expected: usize,
        /// Topics of the log.
        actual: usize,
    },
    /// Another event.
    #[error("log is of event {actual}, expected {expected}")]
    Event {
        /// [`CONFIG_UPDATE_TOPIC`].
        expected: B256,
        /// First topic of the log.
        actual: B256,
    },
    /// A version other than 0.
    #[error("config update has version {actual}, only 0 is known")]
    Version {
        /// Second topic of the log.
        actual: B256,
    },
    /// A type that is not defined.
    #[error("config update has type {actual}, which is not known")]
    UpdateType {
        /// Third topic of the log.
        actual: B256,
    },
    /// Data too short or too long for the type.
    #[error("config update has {actual} bytes of data, expected {expected}")]
    DataSize {
        /// Bytes that the type takes.
        expected: usize,
        /// Bytes of the log.
        actual: usize,
    },
    /// The ABI offset does not point at the word behind it.
    #[error("config update has ABI offset {actual}, expected {expected}")]
    Offset {
        /// The only offset allowed.
        expected: usize,
        /// The first word.
        actual: U256,
    },
    /// The ABI length is not the type's.
    #[error("config update has ABI length {actual}, expected {expected}")]
    Length {
        /// Bytes of payload of the type.
        expected: usize,
        /// The second word.
        actual: U256,
    },
    /// A value has bits set beyond its width.
    #[error("config update sets `{field}` to {actual}, which is wider than {bits} bits")]
    TooWide {
        /// What is set.
        field: &'static str,
        /// Width of its type.
        bits: usize,
        /// The word met.
        actual: B256,
    },
    /// From Ecotone on: a fee scalar that has no meaning.
    #[error("config update sets a fee scalar that is not of Ecotone")]
    Scalar(#[from] ScalarError),
    /// An elasticity without denominator can't be put into a header.
    #[error("config update sets EIP-1559 elasticity {elasticity} with denominator 0")]
    ZeroDenominator {
        /// The elasticity met.
        elasticity: u32,
    },
}

impl SystemConfig {
    /// Applies one log of the `SystemConfig` contract, found in the L1 block at `l1_timestamp`.
    ///
    /// # Errors
    /// [`SystemConfigLogError`] if the log breaks a rule. The configuration is then unchanged; the
    /// caller skips the log and applies those that follow.
    pub fn apply_update_log(
        &mut self,
        config: &RollupConfig,
        l1_timestamp: u64,
        topics: &[B256],
        data: &[u8],
    ) -> Result<(), SystemConfigLogError> {
        let update = ConfigUpdate::decode_log(topics, data)?;
        self.apply_update(update, config.is_active(Fork::Ecotone, l1_timestamp))
    }

    /// Applies one update; `is_ecotone` by the time of the L1 block that has it.
    ///
    /// # Errors
    /// [`SystemConfigLogError::Scalar`] from Ecotone on. The configuration is then unchanged.
    pub fn apply_update(
        &mut self,
        update: ConfigUpdate,
        is_ecotone: bool,
    ) -> Result<(), SystemConfigLogError> {
        match update {
            ConfigUpdate::Batcher(address) => self.batcher_address = address,
            // [Ecotone] A scalar that does not decode is ignored, the overhead has no meaning.
            ConfigUpdate::FeeScalars { scalar, .. } if is_ecotone => {
                EcotoneScalars::decode(scalar)?;
                self.scalar = scalar;
                self.overhead = U256::ZERO;
            }
            ConfigUpdate::FeeScalars { overhead, scalar } => {
                self.overhead = overhead;
                self.scalar = scalar;
            }
            ConfigUpdate::GasLimit(gas_limit) => self.gas_limit = gas_limit,
            ConfigUpdate::UnsafeBlockSigner => {}
            ConfigUpdate::Eip1559Params { denominator, elasticity } => {
                self.eip1559_denominator = denominator;
                self.eip1559_elasticity = elasticity;
            }
            ConfigUpdate::OperatorFeeParams { scalar, constant } => {
                self.operator_fee_scalar = scalar;
                self.operator_fee_constant = constant;
            }
            ConfigUpdate::MinBaseFee(min_base_fee) => self.min_base_fee = min_base_fee,
            ConfigUpdate::DaFootprintGasScalar(scalar) => self.da_footprint_gas_scalar = scalar,
        }
        Ok(())
    }
}

impl ConfigUpdate {
    /// Reads a log of the `SystemConfig` contract.
    ///
    /// # Errors
    /// The first [`SystemConfigLogError`] met.
    pub fn decode_log(topics: &[B256], data: &[u8]) -> Result<Self, SystemConfigLogError> {
        let &[event, version, update_type] = topics else {
            let (expected, actual) = (TOPIC_COUNT, topics.len());
            return Err(SystemConfigLogError::TopicCount { expected, actual });
        };
        if event != CONFIG_UPDATE_TOPIC {
            let expected = CONFIG_UPDATE_TOPIC;
            return Err(SystemConfigLogError::Event { expected, actual: event });
        }
        if version != B256::ZERO {
            return Err(SystemConfigLogError::Version { actual: version });
        }
        let unknown = SystemConfigLogError::UpdateType { actual: update_type };
        let [padding @ .., kind] = update_type.0;
        if padding != [0; WORD_BYTES - 1] {
            return Err(unknown);
        }
        match kind {
            0 => decode_batcher(data),
            1 => decode_fee_scalars(data),
            2 => decode_u64(data, "gas limit").map(Self::GasLimit),
            // The data is not looked at: any log of this type is fine.
            3 => Ok(Self::UnsafeBlockSigner),
            4 => decode_eip1559_params(data),
            5 => decode_operator_fee_params(data),
            6 => decode_u64(data, "minimum base fee").map(Self::MinBaseFee),
            7 => decode_da_footprint_gas_scalar(data),
            _ => Err(unknown),
        }
    }
}

/// Spec: protocol/system-config.md#batcher-hash
fn decode_batcher(data: &[u8]) -> Result<ConfigUpdate, SystemConfigLogError> {
    let [word] = decode_words(data)?;
    let [padding @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = word;
    if padding != [0; 12] {
        return Err(too_wide("batcher", 160, word));
    }
    Ok(ConfigUpdate::Batcher(Address::from_word(B256::from(word))))
}

/// Spec: protocol/system-config.md#fee-scalars
fn decode_fee_scalars(data: &[u8]) -> Result<ConfigUpdate, SystemConfigLogError> {
    let [overhead, scalar] = decode_words(data)?;
    Ok(ConfigUpdate::FeeScalars {
        overhead: U256::from_be_bytes(overhead),
        scalar: U256::from_be_bytes(scalar),
    })
}

/// Denominator and elasticity fill the lowest eight bytes; those above are not looked at.
///
/// Spec: protocol/holocene/system-config.md#configupdate
fn decode_eip1559_params(data: &[u8]) -> Result<ConfigUpdate, SystemConfigLogError> {
    let [word] = decode_words(data)?;
    let [.., d0, d1, d2, d3, e0, e1, e2, e3] = word;
    let denominator = u32::from_be_bytes([d0, d1, d2, d3]);
    let elasticity = u32::from_be_bytes([e0, e1, e2, e3]);
    if denominator == 0 && elasticity != 0 {
        return Err(SystemConfigLogError::ZeroDenominator { elasticity });
    }
    Ok(ConfigUpdate::Eip1559Params { denominator, elasticity })
}

/// Scalar and constant fill the lowest twelve bytes; those above are not looked at.
///
/// Spec: protocol/isthmus/system-config.md#configupdate
fn decode_operator_fee_params(data: &[u8]) -> Result<ConfigUpdate, SystemConfigLogError> {
    let [word] = decode_words(data)?;
    let [.., s0, s1, s2, s3, c0, c1, c2, c3, c4, c5, c6, c7] = word;
    Ok(ConfigUpdate::OperatorFeeParams {
        scalar: u32::from_be_bytes([s0, s1, s2, s3]),
        constant: u64::from_be_bytes([c0, c1, c2, c3, c4, c5, c6, c7]),
    })
}

/// Spec: protocol/jovian/system-config.md#da-footprint-configuration
fn decode_da_footprint_gas_scalar(data: &[u8]) -> Result<ConfigUpdate, SystemConfigLogError> {
    let value = decode_u64(data, "DA footprint gas scalar")?;
    u16::try_from(value)
        .map(ConfigUpdate::DaFootprintGasScalar)
        .map_err(|_| too_wide("DA footprint gas scalar", 16, U256::from(value).to_be_bytes()))
}

fn decode_u64(data: &[u8], field: &'static str) -> Result<u64, SystemConfigLogError> {
    let [word] = decode_words(data)?;
    U256::from_be_bytes(word).try_into().map_err(|_| too_wide(field, 64, word))
}

/// Reads ABI `bytes` that hold exactly `N` words: offset, length, words.
fn decode_words<const N: usize>(
    data: &[u8],
) -> Result<[[u8; WORD_BYTES]; N], SystemConfigLogError> {
    let expected = (2 + N) * WORD_BYTES;
    let (words, rest) = data.as_chunks::<WORD_BYTES>();
    let [offset, length, payload @ ..] = words else {
        return Err(SystemConfigLogError::DataSize { expected, actual: data.len() });
    };
    let offset = U256::from_be_bytes(*offset);
    if offset != U256::from(WORD_BYTES) {
        return Err(SystemConfigLogError::Offset { expected: WORD_BYTES, actual: offset });
    }
    let length = U256::from_be_bytes(*length);
    if length != U256::from(N * WORD_BYTES) {
        return Err(SystemConfigLogError::Length { expected: N * WORD_BYTES, actual: length });
    }
    match payload.try_into() {
        Ok(payload) if rest.is_empty() => Ok(payload),
        _ => Err(SystemConfigLogError::DataSize { expected, actual: data.len() }),
    }
}

fn too_wide(field: &'static str, bits: usize, word: [u8; WORD_BYTES]) -> SystemConfigLogError {
    SystemConfigLogError::TooWide { field, bits, actual: B256::from(word) }
}

#[cfg(test)]
mod tests;

//! The fee parameters a header carries in its extra data.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version: 0 from Holocene on, 1 from Jovian on |
//! | 1 | 4 | base fee change denominator, big-endian |
//! | 5 | 4 | elasticity, big-endian |
//! | 9 | 8 | lowest base fee in wei, big-endian; Jovian only |
//!
//! Spec: protocol/holocene/exec-engine.md#eip-1559-parameters-in-block-header

use alloy_primitives::Bytes;
use axos_genesis::{Fork, RollupConfig};
use axos_protocol::PayloadAttributes;

use crate::AttributeError;

/// Bytes of Holocene's extra data.
const HOLOCENE_BYTES: usize = 9;
/// Bytes of Jovian's extra data.
const JOVIAN_BYTES: usize = 17;
/// Version byte of Holocene's extra data.
const HOLOCENE_VERSION: u8 = 0;
/// Version byte of Jovian's extra data.
const JOVIAN_VERSION: u8 = 1;

/// Fee parameters for the block after the one whose header carries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeParameters {
    /// Base fee change denominator, at least 1.
    pub denominator: u32,
    /// Gas limit divided by gas target, at least 1.
    pub elasticity: u32,
    /// \[Jovian\] Lowest base fee, in wei.
    pub min_base_fee: Option<u64>,
}

/// Why extra data can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtraDataError {
    /// The extra data has another length than its fork prescribes.
    #[error("extra data has {actual} bytes instead of {expected}")]
    Length {
        /// Bytes of the fork's format.
        expected: usize,
        /// Bytes found.
        actual: usize,
    },
    /// The extra data has another version byte than its fork prescribes.
    #[error("extra data has version {actual} instead of {expected}")]
    Version {
        /// Version of the fork's format.
        expected: u8,
        /// Version found.
        actual: u8,
    },
    /// One of the parameters that are divided by is zero.
    #[error("extra data has denominator {denominator} and elasticity {elasticity}")]
    Zero {
        /// Denominator found.
        denominator: u32,
        /// Elasticity found.
        elasticity: u32,
    },
}

impl FeeParameters {
    /// The parameters a block's attributes ask for, or none before Holocene.
    ///
    /// # Errors
    /// [`AttributeError`] where the attributes are not those of the block's fork.
    ///
    /// Spec: protocol/holocene/exec-engine.md#payload-attributes-processing
    pub(crate) fn of_attributes(
        config: &RollupConfig,
        attributes: &PayloadAttributes,
    ) -> Result<Option<Self>, AttributeError> {
        let timestamp = attributes.timestamp;
        // [Holocene] The header carries the parameters.
        if !config.is_active(Fork::Holocene, timestamp) {
            return match (attributes.eip1559_params, attributes.min_base_fee) {
                (None, None) => Ok(None),
                (Some(_), _) => Err(AttributeError::Unexpected { field: "eip1559_params" }),
                (None, Some(_)) => Err(AttributeError::Unexpected { field: "min_base_fee" }),
            };
        }
        let (denominator, elasticity) =
            attributes.eip1559_params.ok_or(AttributeError::Missing { field: "eip1559_params" })?;
        let (denominator, elasticity) = match (denominator, elasticity) {
            // The system configuration never set them. Canyon, which is before Holocene, has set
            // the denominator that counts until then.
            (0, 0) => {
                (config.base_fee_params.denominator_canyon, config.base_fee_params.elasticity)
            }
            given => given,
        };
        if denominator == 0 || elasticity == 0 {
            return Err(AttributeError::ZeroFeeParameter { denominator, elasticity });
        }
        // [Jovian] A lowest base fee is added.
        let min_base_fee = match attributes.min_base_fee {
            None if config.is_active(Fork::Jovian, timestamp) => {
                return Err(AttributeError::Missing { field: "min_base_fee" });
            }
            Some(_) if !config.is_active(Fork::Jovian, timestamp) => {
                return Err(AttributeError::Unexpected { field: "min_base_fee" });
            }
            min_base_fee => min_base_fee,
        };
        Ok(Some(Self { denominator, elasticity, min_base_fee }))
    }

    /// Decodes the extra data of a Holocene block, or of a Jovian one if `is_jovian`.
    ///
    /// # Errors
    /// [`ExtraDataError`], each rule of the format its own.
    ///
    /// Spec: protocol/jovian/exec-engine.md#minimum-base-fee-in-block-header
    pub fn decode(extra_data: &[u8], is_jovian: bool) -> Result<Self, ExtraDataError> {
        let (expected_bytes, expected_version) = if is_jovian {
            (JOVIAN_BYTES, JOVIAN_VERSION)
        } else {
            (HOLOCENE_BYTES, HOLOCENE_VERSION)
        };
        let wrong_length =
            ExtraDataError::Length { expected: expected_bytes, actual: extra_data.len() };
        if extra_data.len() != expected_bytes {
            return Err(wrong_length);
        }
        let (head, tail) = extra_data.split_first_chunk::<HOLOCENE_BYTES>().ok_or(wrong_length)?;
        let [version, d0, d1, d2, d3, e0, e1, e2, e3] = *head;
        if version != expected_version {
            return Err(ExtraDataError::Version { expected: expected_version, actual: version });
        }
        let denominator = u32::from_be_bytes([d0, d1, d2, d3]);
        let elasticity = u32::from_be_bytes([e0, e1, e2, e3]);
        if denominator == 0 || elasticity == 0 {
            return Err(ExtraDataError::Zero { denominator, elasticity });
        }
        let min_base_fee = tail.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
        Ok(Self { denominator, elasticity, min_base_fee })
    }

    /// The extra data with these parameters: Jovian's with a lowest base fee, Holocene's without.
    pub fn encode(&self) -> Bytes {
        let mut bytes = [0; JOVIAN_BYTES];
        bytes[1..5].copy_from_slice(&self.denominator.to_be_bytes());
        bytes[5..9].copy_from_slice(&self.elasticity.to_be_bytes());
        match self.min_base_fee {
            None => {
                bytes[0] = HOLOCENE_VERSION;
                Bytes::copy_from_slice(&bytes[..HOLOCENE_BYTES])
            }
            Some(min_base_fee) => {
                bytes[0] = JOVIAN_VERSION;
                bytes[9..].copy_from_slice(&min_base_fee.to_be_bytes());
                Bytes::copy_from_slice(&bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;
    use axos_genesis::ForkSchedule;
    use proptest::prelude::*;

    fn config(holocene_time: Option<u64>, jovian_time: Option<u64>) -> RollupConfig {
        let forks = ForkSchedule { holocene_time, jovian_time, ..Default::default() };
        RollupConfig { forks, ..Default::default() }
    }

    fn attributes(params: Option<(u32, u32)>, min_base_fee: Option<u64>) -> PayloadAttributes {
        PayloadAttributes { eip1559_params: params, min_base_fee, ..Default::default() }
    }

    fn check(
        config: &RollupConfig,
        attributes: &PayloadAttributes,
        expected: Result<Option<&[u8]>, AttributeError>,
    ) {
        let encoded = FeeParameters::of_attributes(config, attributes)
            .map(|parameters| parameters.map(|parameters| parameters.encode()));
        assert_eq!(encoded, expected.map(|bytes| bytes.map(Bytes::copy_from_slice)));
    }

    #[test]
    fn zero_parameters_mean_the_canyon_denominator() {
        let attributes = attributes(Some((0, 0)), None);
        check(&config(Some(0), None), &attributes, Ok(Some(&hex!("00000000fa00000006"))));
    }

    #[test]
    fn jovian_adds_the_lowest_base_fee_even_if_zero() {
        let config = config(Some(0), Some(0));
        let zero = hex!("01000000fa000000060000000000000000");
        check(&config, &attributes(Some((0, 0)), Some(0)), Ok(Some(&zero)));
        let set = hex!("010000000a0000000200000000000f4240");
        check(&config, &attributes(Some((10, 2)), Some(1_000_000)), Ok(Some(&set)));
    }

    #[test]
    fn there_is_no_extra_data_before_holocene() {
        check(&config(None, None), &attributes(None, None), Ok(None));
    }

    #[test]
    fn attributes_of_another_fork_are_refused() {
        let (before, holocene, jovian) =
            (config(None, None), config(Some(0), None), config(Some(0), Some(0)));
        let params = Some((8, 2));
        let unexpected = |field| Err(AttributeError::Unexpected { field });
        let missing = |field| Err(AttributeError::Missing { field });
        check(&before, &attributes(params, None), unexpected("eip1559_params"));
        check(&before, &attributes(None, Some(0)), unexpected("min_base_fee"));
        check(&holocene, &attributes(None, None), missing("eip1559_params"));
        check(&holocene, &attributes(params, Some(0)), unexpected("min_base_fee"));
        check(&jovian, &attributes(params, None), missing("min_base_fee"));
    }

    #[test]
    fn a_single_zero_parameter_is_refused() {
        for (denominator, elasticity) in [(0, 6), (250, 0)] {
            let zero = AttributeError::ZeroFeeParameter { denominator, elasticity };
            let attributes = attributes(Some((denominator, elasticity)), None);
            check(&config(Some(0), None), &attributes, Err(zero));
        }
    }

    #[test]
    fn each_rule_of_the_format_has_its_error() {
        let decode = FeeParameters::decode;
        let holocene = hex!("00000000fa00000006");
        let jovian = hex!("01000000fa000000060000000000000001");
        assert_eq!(decode(&[], false), Err(ExtraDataError::Length { expected: 9, actual: 0 }));
        assert_eq!(
            decode(&holocene, true),
            Err(ExtraDataError::Length { expected: 17, actual: 9 })
        );
        assert_eq!(decode(&jovian, false), Err(ExtraDataError::Length { expected: 9, actual: 17 }));
        let mut wrong = holocene;
        wrong[0] = 1;
        assert_eq!(decode(&wrong, false), Err(ExtraDataError::Version { expected: 0, actual: 1 }));
        let zero = hex!("000000000000000006");
        assert_eq!(
            decode(&zero, false),
            Err(ExtraDataError::Zero { denominator: 0, elasticity: 6 })
        );
    }

    proptest! {
        #[test]
        fn decode_inverts_encode(
            denominator in 1u32..,
            elasticity in 1u32..,
            min_base_fee: Option<u64>,
        ) {
            let parameters = FeeParameters { denominator, elasticity, min_base_fee };
            let decoded = FeeParameters::decode(&parameters.encode(), min_base_fee.is_some());
            prop_assert_eq!(decoded, Ok(parameters));
        }
    }
}

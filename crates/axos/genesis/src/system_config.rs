//! The part of the configuration that L1 can change by log.

use alloy_primitives::{Address, U256};

/// Parameters read from the `SystemConfig` contract on L1.
///
/// Spec: protocol/system-config.md#system-config-updates
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SystemConfig {
    /// Account whose transactions to the inbox are read.
    pub batcher_address: Address,
    /// L1 fee overhead in gas; zero from Ecotone on.
    pub overhead: U256,
    /// L1 fee scalar; from Ecotone on a packed pair, version in the highest byte.
    pub scalar: U256,
    /// Gas limit of an L2 block.
    pub gas_limit: u64,
    /// \[Holocene\] EIP-1559 denominator; 0 together with elasticity 0 means the chain's
    /// constants.
    pub eip1559_denominator: u32,
    /// \[Holocene\] EIP-1559 elasticity.
    pub eip1559_elasticity: u32,
    /// \[Isthmus\] Operator fee per gas, in millionths.
    pub operator_fee_scalar: u32,
    /// \[Isthmus\] Operator fee per transaction, in wei.
    pub operator_fee_constant: u64,
    /// \[Jovian\] Lowest base fee, in wei.
    pub min_base_fee: u64,
    /// \[Jovian\] Gas a byte of estimated data availability counts; 0 means 400.
    pub da_footprint_gas_scalar: u16,
}

/// The two L1 fee scalars that Ecotone packs into one word, in millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EcotoneScalars {
    /// Weight of the L1 base fee.
    pub base_fee_scalar: u32,
    /// Weight of the L1 blob base fee.
    pub blob_base_fee_scalar: u32,
}

/// Why a fee scalar is not one of Ecotone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScalarError {
    /// The highest byte names a layout that is not defined.
    #[error("L1 fee scalar has version {actual}, only 0 and 1 are known")]
    Version {
        /// The version met.
        actual: u8,
    },
    /// Bytes that must be zero are not.
    #[error("L1 fee scalar of version {version} has bytes set in its padding: {scalar:#066x}")]
    Padding {
        /// Version of the layout.
        version: u8,
        /// The whole scalar.
        scalar: U256,
    },
}

impl SystemConfig {
    /// Nothing set, for constants.
    pub(crate) const EMPTY: Self = Self {
        batcher_address: Address::ZERO,
        overhead: U256::ZERO,
        scalar: U256::ZERO,
        gas_limit: 0,
        eip1559_denominator: 0,
        eip1559_elasticity: 0,
        operator_fee_scalar: 0,
        operator_fee_constant: 0,
        min_base_fee: 0,
        da_footprint_gas_scalar: 0,
    };

    /// The scalars of the L1 attributes transaction from Ecotone on.
    ///
    /// A version 0 scalar with bytes set in its padding can come from before Ecotone; its base
    /// fee scalar is the largest.
    ///
    /// # Errors
    /// [`ScalarError`] if the layout is unknown, or one of version 1 with bytes set in its
    /// padding.
    ///
    /// Spec: protocol/system-config.md#post-ecotone-scalar-encoding
    pub fn ecotone_scalars(&self) -> Result<EcotoneScalars, ScalarError> {
        match EcotoneScalars::decode(self.scalar) {
            Err(ScalarError::Padding { version: 0, .. }) => {
                Ok(EcotoneScalars { base_fee_scalar: u32::MAX, blob_base_fee_scalar: 0 })
            }
            decoded => decoded,
        }
    }
}

impl EcotoneScalars {
    /// Reads a packed scalar, strictly.
    ///
    /// | byte (big-endian) | version 0 | version 1 |
    /// |---|---|---|
    /// | 0 | 0 | 1 |
    /// | 1..24 | zero | zero |
    /// | 24..28 | zero | blob base fee scalar, u32 |
    /// | 28..32 | base fee scalar, u32 | base fee scalar, u32 |
    ///
    /// # Errors
    /// [`ScalarError`] if the version is unknown or padding is not zero.
    ///
    /// Spec: protocol/system-config.md#post-ecotone-scalar-encoding
    pub fn decode(scalar: U256) -> Result<Self, ScalarError> {
        let [low, middle_low, middle_high, high] = *scalar.as_limbs();
        let [version, high_padding @ ..] = high.to_be_bytes();
        let [blob @ .., base0, base1, base2, base3] = low.to_be_bytes();
        let blob_base_fee_scalar = u32::from_be_bytes(blob);

        let is_wide = high_padding != [0; 7] || middle_high != 0 || middle_low != 0;
        let padding_set = match version {
            0 => is_wide || blob_base_fee_scalar != 0,
            1 => is_wide,
            actual => return Err(ScalarError::Version { actual }),
        };
        if padding_set {
            return Err(ScalarError::Padding { version, scalar });
        }
        let base_fee_scalar = u32::from_be_bytes([base0, base1, base2, base3]);
        Ok(Self { base_fee_scalar, blob_base_fee_scalar })
    }

    /// The packed scalar of version 1.
    pub fn encode(self) -> U256 {
        let low = (u64::from(self.blob_base_fee_scalar) << 32) | u64::from(self.base_fee_scalar);
        U256::from_limbs([low, 0, 0, 1 << 56])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_scalar(bytes: &[(usize, u8)]) -> SystemConfig {
        let mut scalar = [0; 32];
        for (at, byte) in bytes {
            scalar[*at] = *byte;
        }
        SystemConfig { scalar: U256::from_be_bytes(scalar), ..SystemConfig::default() }
    }

    #[test]
    fn ecotone_scalar_version_0_has_no_blob_scalar() {
        let scalars = with_scalar(&[(28, 1), (31, 2)]).ecotone_scalars().unwrap();
        assert_eq!(
            scalars,
            EcotoneScalars { base_fee_scalar: 0x0100_0002, blob_base_fee_scalar: 0 }
        );
    }

    #[test]
    fn ecotone_scalar_version_0_with_padding_set_is_the_largest() {
        let largest = EcotoneScalars { base_fee_scalar: u32::MAX, blob_base_fee_scalar: 0 };
        for at in 1..28 {
            let config = with_scalar(&[(at, 1), (31, 2)]);
            assert_eq!(config.ecotone_scalars(), Ok(largest), "byte {at}");
            assert!(EcotoneScalars::decode(config.scalar).is_err(), "byte {at}");
        }
    }

    #[test]
    fn ecotone_scalar_version_1_with_padding_set_is_an_error() {
        for at in 1..24 {
            let config = with_scalar(&[(0, 1), (at, 1)]);
            let padding = ScalarError::Padding { version: 1, scalar: config.scalar };
            assert_eq!(config.ecotone_scalars(), Err(padding), "byte {at}");
        }
    }

    #[test]
    fn ecotone_scalar_of_unknown_version_is_an_error() {
        assert_eq!(
            with_scalar(&[(0, 2)]).ecotone_scalars(),
            Err(ScalarError::Version { actual: 2 })
        );
    }

    proptest! {
        #[test]
        fn ecotone_scalars_survive_a_round_trip(base_fee_scalar: u32, blob_base_fee_scalar: u32) {
            let scalars = EcotoneScalars { base_fee_scalar, blob_base_fee_scalar };
            prop_assert_eq!(EcotoneScalars::decode(scalars.encode()), Ok(scalars));
        }
    }
}

//! `genesis.system_config` of a rollup configuration file.

use alloy_primitives::{Address, B64, B256, U256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::number::{self, Number};
use crate::SystemConfig;

/// The fields as op-node writes them, and those of older and newer files of kona.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SystemConfigFile {
    #[serde(rename = "batcherAddr", alias = "batcherAddress")]
    batcher: Address,
    overhead: U256,
    scalar: U256,
    #[serde(deserialize_with = "number::deserialize")]
    gas_limit: u64,
    /// Denominator and elasticity, 4 bytes each.
    eip1559_params: Option<B64>,
    eip1559_denominator: Option<u32>,
    eip1559_elasticity: Option<u32>,
    /// Scalar and constant in the lowest 12 bytes.
    operator_fee_params: Option<B256>,
    operator_fee_scalar: Option<u32>,
    operator_fee_constant: Option<u64>,
    min_base_fee: Option<Number>,
    #[serde(rename = "daFootprintGasScalar")]
    da_footprint_gas_scalar: Option<u16>,
}

impl<'de> Deserialize<'de> for SystemConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = SystemConfigFile::deserialize(deserializer)?;
        // Where a file has both the packed and the single values, the packed ones count.
        let eip1559 = file.eip1559_params.map(|params| {
            let [d0, d1, d2, d3, e0, e1, e2, e3] = params.0;
            (u32::from_be_bytes([d0, d1, d2, d3]), u32::from_be_bytes([e0, e1, e2, e3]))
        });
        let (eip1559_denominator, eip1559_elasticity) = eip1559.unwrap_or((
            file.eip1559_denominator.unwrap_or_default(),
            file.eip1559_elasticity.unwrap_or_default(),
        ));
        let operator_fee = file.operator_fee_params.map(|word| {
            let [.., s0, s1, s2, s3, c0, c1, c2, c3, c4, c5, c6, c7] = word.0;
            let constant = u64::from_be_bytes([c0, c1, c2, c3, c4, c5, c6, c7]);
            (u32::from_be_bytes([s0, s1, s2, s3]), constant)
        });
        let (operator_fee_scalar, operator_fee_constant) = operator_fee.unwrap_or((
            file.operator_fee_scalar.unwrap_or_default(),
            file.operator_fee_constant.unwrap_or_default(),
        ));
        Ok(Self {
            batcher_address: file.batcher,
            overhead: file.overhead,
            scalar: file.scalar,
            gas_limit: file.gas_limit,
            eip1559_denominator,
            eip1559_elasticity,
            operator_fee_scalar,
            operator_fee_constant,
            min_base_fee: file.min_base_fee.map_or(0, |fee| fee.0),
            da_footprint_gas_scalar: file.da_footprint_gas_scalar.unwrap_or_default(),
        })
    }
}

/// What op-node reads. Fields of later forks are left out while they are zero, since an older
/// op-node refuses a file with fields it does not know.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SystemConfigOut {
    #[serde(rename = "batcherAddr")]
    batcher: Address,
    overhead: B256,
    scalar: B256,
    gas_limit: u64,
    #[serde(skip_serializing_if = "B64::is_zero")]
    eip1559_params: B64,
    #[serde(skip_serializing_if = "B256::is_zero")]
    operator_fee_params: B256,
    #[serde(skip_serializing_if = "is_zero")]
    min_base_fee: u64,
    #[serde(rename = "daFootprintGasScalar", skip_serializing_if = "is_zero")]
    da_footprint_gas_scalar: u16,
}

fn is_zero<T: PartialEq + Default>(value: &T) -> bool {
    *value == T::default()
}

impl Serialize for SystemConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let eip1559 =
            (u64::from(self.eip1559_denominator) << 32) | u64::from(self.eip1559_elasticity);
        let operator_fee =
            (u128::from(self.operator_fee_scalar) << 64) | u128::from(self.operator_fee_constant);
        SystemConfigOut {
            batcher: self.batcher_address,
            overhead: self.overhead.into(),
            scalar: self.scalar.into(),
            gas_limit: self.gas_limit,
            eip1559_params: B64::from(eip1559),
            operator_fee_params: U256::from(operator_fee).into(),
            min_base_fee: self.min_base_fee,
            da_footprint_gas_scalar: self.da_footprint_gas_scalar,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use proptest::prelude::*;

    use super::*;

    fn parse(fields: &str) -> serde_json::Result<SystemConfig> {
        serde_json::from_str(&format!(
            r#"{{"batcherAddr": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
                "overhead": "0xbc", "scalar": "0xa6fe0", "gasLimit": 30000000{fields}}}"#
        ))
    }

    #[test]
    fn short_and_padded_words_are_the_same() {
        let padded = r#"{"batcherAddress": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
            "overhead": "0x00000000000000000000000000000000000000000000000000000000000000bc",
            "scalar": "0x00000000000000000000000000000000000000000000000000000000000a6fe0",
            "gasLimit": "0x1c9c380"}"#;
        let short = parse("").unwrap();
        assert_eq!(serde_json::from_str::<SystemConfig>(padded).unwrap(), short);
        assert_eq!((short.overhead, short.scalar), (U256::from(188), U256::from(684_000)));
        assert_eq!(short.gas_limit, 30_000_000);
    }

    #[test]
    fn packed_and_single_parameters_are_the_same() {
        let packed = r#", "eip1559Params": "0x000000fa00000006", "operatorFeeParams":
            "0x0000000000000000000000000000000000000000000000070000000000000009""#;
        let single = r#", "eip1559Denominator": 250, "eip1559Elasticity": 6,
            "operatorFeeScalar": 7, "operatorFeeConstant": 9"#;
        let config = parse(packed).unwrap();
        assert_eq!(config, parse(single).unwrap());
        assert_eq!((config.eip1559_denominator, config.eip1559_elasticity), (250, 6));
        assert_eq!((config.operator_fee_scalar, config.operator_fee_constant), (7, 9));
    }

    #[test]
    fn null_parameters_are_zero() {
        let nulls = r#", "baseFeeScalar": null, "eip1559Params": null, "eip1559Denominator": null,
            "operatorFeeScalar": null, "minBaseFee": null, "daFootprintGasScalar": null"#;
        assert_eq!(parse(nulls).unwrap(), parse("").unwrap());
    }

    #[test]
    fn value_wider_than_its_field_is_refused() {
        assert!(parse(r#", "daFootprintGasScalar": 65536"#).is_err());
        assert!(parse(r#", "eip1559Denominator": 4294967296"#).is_err());
        assert!(parse(r#", "gasLimit": 18446744073709551616"#).is_err());
    }

    proptest! {
        #[test]
        fn system_config_survives_a_round_trip(
            addresses in any::<[u8; 20]>(), words in any::<[[u64; 4]; 2]>(),
            numbers in any::<(u64, u32, u32, u32)>(), fees in any::<(u64, u64, u16)>(),
        ) {
            let config = SystemConfig {
                batcher_address: addresses.into(),
                overhead: U256::from_limbs(words[0]),
                scalar: U256::from_limbs(words[1]),
                gas_limit: numbers.0,
                eip1559_denominator: numbers.1,
                eip1559_elasticity: numbers.2,
                operator_fee_scalar: numbers.3,
                operator_fee_constant: fees.0,
                min_base_fee: fees.1,
                da_footprint_gas_scalar: fees.2,
            };
            let json = serde_json::to_string(&config).unwrap().to_string();
            prop_assert_eq!(serde_json::from_str::<SystemConfig>(&json).unwrap(), config);
        }
    }
}

//! The L1 attributes that every L2 block begins with.

use crate::{
    bytes::Cursor,
    config::{BlockId, Config, Fork, SystemConfig},
    deposit::{Deposit, encode_deposit, source_hash},
    rule::{Hits, Rule},
    world::L1Block,
};
use alloy_primitives::{Address, B256, Bytes, U256, address};

/// Sender of L1 attributes and of some upgrades.
pub const DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");
/// Contract that receives L1 attributes.
pub const L1_BLOCK: Address = address!("4200000000000000000000000000000000000015");

const BEDROCK: [u8; 4] = [0x01, 0x5d, 0x8e, 0xb9];
const ECOTONE: [u8; 4] = [0x44, 0x0a, 0x5e, 0x20];
const ISTHMUS: [u8; 4] = [0x09, 0x89, 0x99, 0xbe];
const JOVIAN: [u8; 4] = [0x3d, 0xb6, 0xbe, 0x2b];

/// What is read back from L1 attributes. Fields that a layout lacks are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1Info {
    /// The L1 origin.
    pub origin: BlockId,
    /// Distance from the first L2 block with that origin.
    pub sequence_number: u64,
    /// Sender of batcher transactions.
    pub batcher: Address,
    /// Fee overhead of Bedrock.
    pub overhead: B256,
    /// Fee scalar of Bedrock.
    pub scalar: B256,
    /// Scalar of the base fee.
    pub base_fee_scalar: u32,
    /// Scalar of the blob base fee.
    pub blob_base_fee_scalar: u32,
    /// Scalar of the operator fee.
    pub operator_fee_scalar: u32,
    /// Constant of the operator fee.
    pub operator_fee_constant: u64,
    /// Scalar of the data footprint.
    pub da_footprint_gas_scalar: u16,
}

/// The L1 attributes transaction of an L2 block of that time, or the reason why there is none.
///
/// Spec: protocol/deposits.md#l1-attributes-deposited-transaction
pub fn l1_info_transaction(
    config: &Config,
    system_config: &SystemConfig,
    origin: &L1Block,
    sequence_number: u64,
    l2_time: u64,
    hits: &mut Hits,
) -> Result<Bytes, &'static str> {
    // [Regolith] A regular deposit with a modest gas limit.
    let is_regolith = config.is_active(Fork::Regolith, l2_time);
    let sequence_word = U256::from(sequence_number).to_be_bytes::<32>();
    Ok(encode_deposit(&Deposit {
        source_hash: source_hash(1, &[origin.hash.as_slice(), &sequence_word].concat()),
        from: DEPOSITOR,
        to: Some(L1_BLOCK),
        gas: if is_regolith { 1_000_000 } else { 150_000_000 },
        is_system: !is_regolith,
        data: if config.is_active_after_activation(Fork::Ecotone, l2_time) {
            packed_data(config, system_config, origin, sequence_number, l2_time, hits)?.into()
        } else {
            hits.hit(Rule::InfoBedrock);
            bedrock_data(system_config, origin, sequence_number).into()
        },
        ..Deposit::default()
    }))
}

/// Spec: protocol/deposits.md#l1-attributes---bedrock-canyon-delta
fn bedrock_data(system_config: &SystemConfig, origin: &L1Block, sequence_number: u64) -> Vec<u8> {
    let words = [
        U256::from(origin.header.number).into(),
        U256::from(origin.header.timestamp).into(),
        origin.base_fee().into(),
        origin.hash,
        U256::from(sequence_number).into(),
        system_config.batcher.into_word(),
        system_config.overhead,
        system_config.scalar,
    ];
    let words: Vec<u8> = words.iter().flat_map(|word| word.0).collect();
    [&BEDROCK, &words[..]].concat()
}

/// Spec: protocol/ecotone/l1-attributes.md#overview
fn packed_data(
    config: &Config,
    system_config: &SystemConfig,
    origin: &L1Block,
    sequence_number: u64,
    l2_time: u64,
    hits: &mut Hits,
) -> Result<Vec<u8>, &'static str> {
    let (base_scalar, blob_scalar) = ecotone_scalars(&system_config.scalar, hits)?;
    // [Isthmus] The operator fee. Spec: protocol/isthmus/l1-attributes.md#overview
    let is_isthmus = config.is_active_after_activation(Fork::Isthmus, l2_time);
    // [Jovian] The data footprint. Spec: protocol/jovian/l1-attributes.md#overview
    let is_jovian = config.is_active_after_activation(Fork::Jovian, l2_time);
    let (selector, rule) = match (is_isthmus, is_jovian) {
        (_, true) => (JOVIAN, Rule::InfoJovian),
        (true, false) => (ISTHMUS, Rule::InfoIsthmus),
        (false, false) => (ECOTONE, Rule::InfoEcotone),
    };
    hits.hit(rule);
    let mut data = selector.to_vec();
    data.extend(base_scalar.to_be_bytes());
    data.extend(blob_scalar.to_be_bytes());
    data.extend(sequence_number.to_be_bytes());
    data.extend(origin.header.timestamp.to_be_bytes());
    data.extend(origin.header.number.to_be_bytes());
    data.extend(origin.base_fee().to_be_bytes::<32>());
    data.extend(blob_base_fee(config, origin, hits).to_be_bytes::<32>());
    data.extend(origin.hash);
    data.extend(system_config.batcher.into_word());
    if is_isthmus || is_jovian {
        data.extend(system_config.operator_fee_scalar.to_be_bytes());
        data.extend(system_config.operator_fee_constant.to_be_bytes());
    }
    if is_jovian {
        let footprint = match system_config.da_footprint_gas_scalar {
            0 => {
                hits.hit(Rule::InfoDefaultFootprint);
                400
            }
            scalar => scalar,
        };
        data.extend(footprint.to_be_bytes());
    }
    Ok(data)
}

/// Base fee scalar and blob base fee scalar out of the versioned scalar.
///
/// Spec: protocol/system-config.md#post-ecotone-scalar-encoding
fn ecotone_scalars(scalar: &B256, hits: &mut Hits) -> Result<(u32, u32), &'static str> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().expect("four bytes"));
    match scalar[0] {
        0 if scalar[1..28] != [0; 27] => {
            hits.hit(Rule::InfoScalarPadding);
            Ok((u32::MAX, 0))
        }
        0 => Ok((number(&scalar[28..]), 0)),
        1 if scalar[1..24] == [0; 23] => Ok((number(&scalar[28..]), number(&scalar[24..28]))),
        _ => Err("scalar of unknown version"),
    }
}

/// What a unit of blob gas costs in the L1 origin, in wei.
///
/// Spec: protocol/ecotone/l1-attributes.md#overview
/// Spec: protocol/pectra-blob-schedule/derivation.md#if-enabled
fn blob_base_fee(config: &Config, origin: &L1Block, hits: &mut Hits) -> U256 {
    const CANCUN: u64 = 3_338_477;
    let time = origin.header.timestamp;
    let Some(excess) = origin.header.excess_blob_gas else {
        hits.hit(Rule::InfoNoBlobs);
        return U256::from(1);
    };
    if config.pectra_blob_schedule_time.is_some_and(|activation| time < activation) {
        hits.hit(Rule::InfoPectraDelayed);
        return fake_exponential(excess, CANCUN);
    }
    let active = config.blob_schedule.iter().rev().find(|(activation, _)| *activation <= time);
    fake_exponential(excess, active.map_or(CANCUN, |(_, fraction)| *fraction))
}

/// About `e` to the power of `numerator / denominator`, as EIP-4844 computes it.
fn fake_exponential(numerator: u64, denominator: u64) -> U256 {
    let (numerator, denominator) = (U256::from(numerator), U256::from(denominator));
    let mut term = denominator;
    let mut sum = U256::ZERO;
    let mut place = U256::from(1);
    while !term.is_zero() {
        sum += term;
        term = term * numerator / (denominator * place);
        place += U256::from(1);
    }
    sum / denominator
}

/// Reads L1 attributes in the layout that an L2 block of that time has.
pub fn decode_l1_info(config: &Config, l2_time: u64, data: &[u8]) -> Option<L1Info> {
    let mut cursor = Cursor::new(data);
    let selector = cursor.array::<4>()?;
    let info = if !config.is_active_after_activation(Fork::Ecotone, l2_time) {
        (selector == BEDROCK).then_some(())?;
        read_bedrock(&mut cursor)?
    } else {
        let mut info = read_packed(&mut cursor)?;
        let is_jovian = config.is_active_after_activation(Fork::Jovian, l2_time);
        let is_isthmus = is_jovian || config.is_active_after_activation(Fork::Isthmus, l2_time);
        if is_isthmus {
            info.operator_fee_scalar = u32::from_be_bytes(cursor.array()?);
            info.operator_fee_constant = u64::from_be_bytes(cursor.array()?);
        }
        if is_jovian {
            info.da_footprint_gas_scalar = u16::from_be_bytes(cursor.array()?);
        }
        let expected = match (is_isthmus, is_jovian) {
            (_, true) => JOVIAN,
            (true, false) => ISTHMUS,
            (false, false) => ECOTONE,
        };
        (selector == expected).then_some(info)?
    };
    cursor.is_empty().then_some(info)
}

fn read_bedrock(cursor: &mut Cursor<'_>) -> Option<L1Info> {
    let mut word = || cursor.array::<32>();
    let number = |word: [u8; 32]| u64::try_from(U256::from_be_bytes(word)).ok();
    let (l1_number, _time, _base_fee) = (number(word()?)?, word()?, word()?);
    Some(L1Info {
        origin: BlockId { number: l1_number, hash: B256::new(word()?) },
        sequence_number: number(word()?)?,
        batcher: Address::from_word(B256::new(word()?)),
        overhead: B256::new(word()?),
        scalar: B256::new(word()?),
        ..L1Info::default()
    })
}

fn read_packed(cursor: &mut Cursor<'_>) -> Option<L1Info> {
    let base_fee_scalar = u32::from_be_bytes(cursor.array()?);
    let blob_base_fee_scalar = u32::from_be_bytes(cursor.array()?);
    let sequence_number = u64::from_be_bytes(cursor.array()?);
    let _time = cursor.take(8)?;
    let number = u64::from_be_bytes(cursor.array()?);
    let _fees = cursor.take(64)?;
    Some(L1Info {
        origin: BlockId { number, hash: B256::new(cursor.array()?) },
        sequence_number,
        batcher: Address::from_word(B256::new(cursor.array()?)),
        base_fee_scalar,
        blob_base_fee_scalar,
        ..L1Info::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::keccak256;

    #[test]
    fn selectors_are_those_of_the_contract() {
        for (signature, selector) in [
            (
                "setL1BlockValues(uint64,uint64,uint256,bytes32,uint64,bytes32,uint256,uint256)",
                BEDROCK,
            ),
            ("setL1BlockValuesEcotone()", ECOTONE),
            ("setL1BlockValuesIsthmus()", ISTHMUS),
            ("setL1BlockValuesJovian()", JOVIAN),
        ] {
            assert_eq!(keccak256(signature)[..4], selector);
        }
    }

    #[test]
    fn blob_base_fee_grows_with_excess_gas() {
        assert_eq!(fake_exponential(0, 3_338_477), U256::from(1));
        assert_eq!(fake_exponential(10 * 131_072, 3_338_477), U256::from(1));
        assert_eq!(fake_exponential(100_000_000, 3_338_477), U256::from(10_203_769_476_395u64));
    }
}

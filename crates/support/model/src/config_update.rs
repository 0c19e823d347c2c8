//! Changes of the system configuration that logs of L1 tell of.

use crate::{
    bytes::Cursor,
    config::{Config, Fork, SystemConfig},
    receipt::Log,
    rule::{Hits, Rule},
};
use alloy_primitives::{Address, B256, U256, b256};

/// Hash of `ConfigUpdate(uint256,uint8,bytes)`.
pub const UPDATE_TOPIC: B256 =
    b256!("1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be");

/// Applies every update among the logs of an L1 block of that time, in order. One that can't be
/// read is skipped.
///
/// Spec: protocol/system-config.md#system-config-updates
pub fn apply_updates(
    config: &Config,
    l1_time: u64,
    logs: &[Log],
    system_config: &mut SystemConfig,
    hits: &mut Hits,
) {
    let is_update = |log: &&Log| {
        log.address == config.system_config_contract && log.topics.first() == Some(&UPDATE_TOPIC)
    };
    for log in logs.iter().filter(is_update) {
        let rule = apply(config, l1_time, log, system_config).unwrap_or_else(|rule| rule);
        hits.hit(rule);
    }
}

fn apply(config: &Config, l1_time: u64, log: &Log, to: &mut SystemConfig) -> Result<Rule, Rule> {
    let &[_, B256::ZERO, kind] = &log.topics[..] else {
        return Err(Rule::UpdateTopics);
    };
    let kind = u8::try_from(U256::from_be_bytes(kind.0)).map_err(|_| Rule::UpdateUnknown)?;
    let one = || argument::<1>(&log.data).ok_or(Rule::UpdateMalformed);
    match kind {
        0 => {
            let [word] = one()?;
            if word[..12] != [0; 12] {
                return Err(Rule::UpdateMalformed);
            }
            to.batcher = Address::from_word(word);
            Ok(Rule::UpdateBatcher)
        }
        1 => {
            let [overhead, scalar] = argument(&log.data).ok_or(Rule::UpdateMalformed)?;
            // [Ecotone] The scalar has a version, the overhead no meaning.
            if !config.is_active(Fork::Ecotone, l1_time) {
                (to.overhead, to.scalar) = (overhead, scalar);
                return Ok(Rule::UpdateScalars);
            }
            if !is_versioned_scalar(&scalar) {
                return Err(Rule::UpdateScalarsInvalid);
            }
            (to.overhead, to.scalar) = (B256::ZERO, scalar);
            Ok(Rule::UpdateScalarsEcotone)
        }
        2 => {
            to.gas_limit = number(one()?)?;
            Ok(Rule::UpdateGasLimit)
        }
        3 => Ok(Rule::UpdateSigner),
        4 => {
            let [word] = one()?;
            let params: [u8; 8] = word[24..].try_into().expect("eight bytes");
            // A denominator of zero goes with an elasticity of zero only.
            if params[..4] == [0; 4] && params[4..] != [0; 4] {
                return Err(Rule::UpdateEip1559Invalid);
            }
            to.eip1559 = params;
            Ok(Rule::UpdateEip1559)
        }
        5 => {
            let [word] = one()?;
            to.operator_fee_scalar = u32::from_be_bytes(word[20..24].try_into().expect("four"));
            to.operator_fee_constant = u64::from_be_bytes(word[24..].try_into().expect("eight"));
            Ok(Rule::UpdateOperatorFee)
        }
        6 => {
            to.min_base_fee = number(one()?)?;
            Ok(Rule::UpdateMinBaseFee)
        }
        7 => {
            let scalar = u16::try_from(number(one()?)?).map_err(|_| Rule::UpdateMalformed)?;
            to.da_footprint_gas_scalar = scalar;
            Ok(Rule::UpdateFootprint)
        }
        _ => Err(Rule::UpdateUnknown),
    }
}

/// The `N` words of the one dynamic argument, and nothing else.
fn argument<const N: usize>(data: &[u8]) -> Option<[B256; N]> {
    let mut cursor = Cursor::new(data);
    let (offset, length) = (word(&mut cursor)?, word(&mut cursor)?);
    if U256::from_be_bytes(offset.0) != U256::from(32)
        || U256::from_be_bytes(length.0) != U256::from(32 * N)
    {
        return None;
    }
    let mut words = [B256::ZERO; N];
    for slot in &mut words {
        *slot = word(&mut cursor)?;
    }
    cursor.is_empty().then_some(words)
}

fn word(cursor: &mut Cursor<'_>) -> Option<B256> {
    cursor.array().map(B256::new)
}

fn number([word]: [B256; 1]) -> Result<u64, Rule> {
    u64::try_from(U256::from_be_bytes(word.0)).map_err(|_| Rule::UpdateMalformed)
}

/// Whether a scalar has a known version. Padding must be zero in both.
///
/// Spec: protocol/system-config.md#post-ecotone-scalar-encoding
fn is_versioned_scalar(scalar: &B256) -> bool {
    match scalar[0] {
        0 => scalar[1..28] == [0; 27],
        1 => scalar[1..24] == [0; 23],
        _ => false,
    }
}

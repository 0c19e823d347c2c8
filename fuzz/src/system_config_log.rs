//! Logs of the `SystemConfig` contract: what is accepted is exactly what the ABI allows, and what
//! is refused changes nothing.
//!
//! | bytes | meaning |
//! |---|---|
//! | 0 | update type; with the highest bit set, in a topic with other bits set too |
//! | 1 | number of topics in the low three bits; bit 3 another event, bit 4 another version, bit 5 before Ecotone, bit 6 offset and length put right |
//! | 2.. | data of the log |

use alloy_primitives::{Address, B256, U256};
use axos_genesis::{
    CONFIG_UPDATE_TOPIC, ConfigUpdate, EcotoneScalars, ForkSchedule, RollupConfig, SystemConfig,
};

const ECOTONE_TIME: u64 = 1;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let &[kind, flags, ref data @ ..] = input else { return };
    let has = |bit: u8| flags & (1 << bit) != 0;
    let mut data = data.to_vec();
    if has(6) && data.len() >= 64 {
        let length = U256::from(data.len() - 64);
        data[..32].copy_from_slice(&U256::from(32).to_be_bytes::<32>());
        data[32..64].copy_from_slice(&length.to_be_bytes::<32>());
    }
    let kind_word: U256 = U256::from(kind) | (U256::from(kind >> 7) << 200);
    let topics = [
        if has(3) { B256::repeat_byte(1) } else { CONFIG_UPDATE_TOPIC },
        if has(4) { B256::repeat_byte(1) } else { B256::ZERO },
        B256::from(kind_word),
        B256::ZERO,
    ];
    let topics = &topics[..usize::from(flags & 7).min(topics.len())];
    let is_ecotone = !has(5);

    let well_formed = topics.len() == 3 && !has(3) && !has(4) && kind < 0x80;
    let expect = well_formed.then(|| naive(kind, &data)).flatten();
    let decoded = ConfigUpdate::decode_log(topics, &data);
    assert_eq!(decoded.ok(), expect, "{decoded:?}");

    let forks = ForkSchedule { ecotone_time: Some(ECOTONE_TIME), ..ForkSchedule::default() };
    let config = RollupConfig { forks, ..RollupConfig::default() };
    let before = SystemConfig { gas_limit: 7, overhead: U256::from(8), ..SystemConfig::default() };
    let mut after = before;
    let l1_timestamp = if is_ecotone { ECOTONE_TIME } else { ECOTONE_TIME - 1 };
    let result = after.apply_update_log(&config, l1_timestamp, topics, &data);
    let is_bad_scalar = matches!(expect, Some(ConfigUpdate::FeeScalars { scalar, .. })
        if is_ecotone && EcotoneScalars::decode(scalar).is_err());
    assert_eq!(result.is_ok(), expect.is_some() && !is_bad_scalar, "{result:?}");
    if result.is_err() {
        assert_eq!(after, before);
    } else {
        // Whatever the scalar is by now, the L1 attributes can be made of it.
        assert!(!is_ecotone || after.ecotone_scalars().is_ok());
    }
}

/// The rules once more, by arithmetic on whole words.
fn naive(kind: u8, data: &[u8]) -> Option<ConfigUpdate> {
    if kind == 3 {
        return Some(ConfigUpdate::UnsafeBlockSigner);
    }
    let payload_words = if kind == 1 { 2 } else { 1 };
    if data.len() != 64 + 32 * payload_words {
        return None;
    }
    let words: Vec<U256> = data.chunks(32).map(U256::from_be_slice).collect();
    if words[0] != U256::from(32) || words[1] != U256::from(32 * payload_words) {
        return None;
    }
    let value = words[2];
    let bits =
        |from: usize, count: usize| (value >> from) & ((U256::from(1) << count) - U256::from(1));
    match kind {
        0 if value.bit_len() <= 160 => {
            Some(ConfigUpdate::Batcher(Address::from_word(value.into())))
        }
        1 => Some(ConfigUpdate::FeeScalars { overhead: value, scalar: words[3] }),
        2 => value.try_into().ok().map(ConfigUpdate::GasLimit),
        4 => {
            let (denominator, elasticity) = (bits(32, 32).to(), bits(0, 32).to());
            let is_refused = denominator == 0 && elasticity != 0;
            (!is_refused).then_some(ConfigUpdate::Eip1559Params { denominator, elasticity })
        }
        5 => {
            let (scalar, constant) = (bits(64, 32).to(), bits(0, 64).to());
            Some(ConfigUpdate::OperatorFeeParams { scalar, constant })
        }
        6 => value.try_into().ok().map(ConfigUpdate::MinBaseFee),
        7 => value.try_into().ok().map(ConfigUpdate::DaFootprintGasScalar),
        _ => None,
    }
}

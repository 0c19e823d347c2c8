//! The precompiled contracts whose results an oracle knows.
//!
//! Gas and form of the input are checked before the oracle is asked: its key names the gas that L1
//! charges, and what L2 refuses must not depend on what L1 would say.
//!
//! | address | contract | gas | input bytes |
//! |---|---|---|---|
//! | 01 | ecrecover | 3,000 | any; the first 128 count, zeros are added |
//! | 08 | bn256 pairing | 45,000 + 34,000 a pair | 192 a pair, up to the fork's limit |
//! | 0a | KZG point evaluation | 50,000 | 192 |
//! | 0b | BLS G1 addition | 375 | 256 |
//! | 0c | BLS G1 multiplication | by EIP-2537 | 160 a pair, up to the fork's limit |
//! | 0d | BLS G2 addition | 600 | 512 |
//! | 0e | BLS G2 multiplication | by EIP-2537 | 288 a pair, up to the fork's limit |
//! | 0f | BLS pairing | 37,700 + 32,600 a pair | 384 a pair, up to the fork's limit |
//! | 10 | BLS field element to G1 | 5,500 | 64 |
//! | 11 | BLS field element to G2 | 23,800 | 128 |
//!
//! Spec: fault-proof/index.md#precompile-accelerators

use alloy_primitives::{Address, Bytes};
use k256::{Scalar, elliptic_curve::PrimeField};
use kona_preimage::OracleError;
use op_revm::{
    OpSpecId,
    precompiles::{bls12_381 as op_bls, bn254_pair as op_bn254},
};
use revm::precompile::{
    EthPrecompileOutput, EthPrecompileResult, PrecompileHalt, bls12_381_const as bls,
    bls12_381_utils::msm_required_gas, bn254::pair as bn254, kzg_point_evaluation as kzg,
};

use super::PrecompileOracle;

/// Runs an accelerated contract, which must exist in `spec`; `None` if the one at `address` is not
/// accelerated.
pub(super) fn run(
    oracle: &dyn PrecompileOracle,
    spec: OpSpecId,
    address: &Address,
    input: &[u8],
    gas_limit: u64,
) -> Result<Option<EthPrecompileResult>, OracleError> {
    let Some(contract) = Contract::at(address) else { return Ok(None) };
    let gas = match contract.price(spec, input) {
        Ok(gas) if gas <= gas_limit => gas,
        Ok(_) => return Ok(Some(Err(PrecompileHalt::OutOfGas))),
        Err(halt) => return Ok(Some(Err(halt))),
    };
    let output = match contract {
        Contract::EcRecover => recover(oracle, *address, gas, input)?,
        _ => oracle.run(*address, gas, input)?,
    };
    Ok(Some(match output {
        Some(output) => Ok(EthPrecompileOutput::new(gas, Bytes::copy_from_slice(output))),
        None => Err(PrecompileHalt::other_static("the L1 contract failed")),
    }))
}

/// The contracts, in the order of their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contract {
    EcRecover,
    Bn256Pairing,
    KzgPointEvaluation,
    BlsG1Add,
    BlsG1Msm,
    BlsG2Add,
    BlsG2Msm,
    BlsPairing,
    BlsMapFpToG1,
    BlsMapFp2ToG2,
}

impl Contract {
    fn at(address: &Address) -> Option<Self> {
        let (zeros, [last]) = address.0.split_at(19) else { return None };
        if zeros.iter().any(|byte| *byte != 0) {
            return None;
        }
        Some(match last {
            0x01 => Self::EcRecover,
            0x08 => Self::Bn256Pairing,
            0x0a => Self::KzgPointEvaluation,
            0x0b => Self::BlsG1Add,
            0x0c => Self::BlsG1Msm,
            0x0d => Self::BlsG2Add,
            0x0e => Self::BlsG2Msm,
            0x0f => Self::BlsPairing,
            0x10 => Self::BlsMapFpToG1,
            0x11 => Self::BlsMapFp2ToG2,
            _ => return None,
        })
    }

    /// The gas a call costs, or why its input is refused.
    fn price(self, spec: OpSpecId, input: &[u8]) -> Result<u64, PrecompileHalt> {
        match self {
            Self::EcRecover => Ok(ECRECOVER_GAS),
            Self::Bn256Pairing => {
                let pairs = units(input, BN256_PAIR_BYTES, bn256_pairing_bytes_max(spec))
                    .ok_or(PrecompileHalt::Bn254PairLength)?;
                Ok(bn254::ISTANBUL_PAIR_BASE + bn254::ISTANBUL_PAIR_PER_POINT * to_gas(pairs))
            }
            Self::KzgPointEvaluation => price_kzg(input),
            Self::BlsG1Add => fixed(input, bls::G1_ADD_INPUT_LENGTH, bls::G1_ADD_BASE_GAS_FEE),
            Self::BlsG2Add => fixed(input, bls::G2_ADD_INPUT_LENGTH, bls::G2_ADD_BASE_GAS_FEE),
            Self::BlsMapFpToG1 => {
                fixed(input, bls::PADDED_FP_LENGTH, bls::MAP_FP_TO_G1_BASE_GAS_FEE)
            }
            Self::BlsMapFp2ToG2 => {
                fixed(input, bls::PADDED_FP2_LENGTH, bls::MAP_FP2_TO_G2_BASE_GAS_FEE)
            }
            Self::BlsG1Msm => {
                let pairs = some_units(input, bls::G1_MSM_INPUT_LENGTH, g1_msm_bytes_max(spec))?;
                let table = &bls::DISCOUNT_TABLE_G1_MSM;
                Ok(msm_required_gas(pairs, table, bls::G1_MSM_BASE_GAS_FEE))
            }
            Self::BlsG2Msm => {
                let pairs = some_units(input, bls::G2_MSM_INPUT_LENGTH, g2_msm_bytes_max(spec))?;
                let table = &bls::DISCOUNT_TABLE_G2_MSM;
                Ok(msm_required_gas(pairs, table, bls::G2_MSM_BASE_GAS_FEE))
            }
            Self::BlsPairing => {
                let pairs =
                    some_units(input, bls::PAIRING_INPUT_LENGTH, bls_pairing_bytes_max(spec))?;
                Ok(bls::PAIRING_OFFSET_BASE + bls::PAIRING_MULTIPLIER_BASE * to_gas(pairs))
            }
        }
    }
}

/// Gas of ecrecover, which op-revm keeps to itself.
pub(crate) const ECRECOVER_GAS: u64 = 3_000;
/// Bytes of input that ecrecover looks at.
pub(crate) const ECRECOVER_INPUT_BYTES: usize = 128;
/// Bytes of a pair of bn256 points.
const BN256_PAIR_BYTES: usize = 192;

/// Unlimited before Granite.
///
/// Spec: protocol/granite/exec-engine.md#bn256pairing-precompile-input-restriction
fn bn256_pairing_bytes_max(spec: OpSpecId) -> usize {
    if spec.is_enabled_in(OpSpecId::KARST) {
        super::KARST_BN256_PAIRING_BYTES_MAX
    } else if spec.is_enabled_in(OpSpecId::JOVIAN) {
        op_bn254::JOVIAN_MAX_INPUT_SIZE
    } else if spec.is_enabled_in(OpSpecId::GRANITE) {
        op_bn254::GRANITE_MAX_INPUT_SIZE
    } else {
        usize::MAX
    }
}

/// Spec: protocol/isthmus/exec-engine.md#bls-precompiles
fn g1_msm_bytes_max(spec: OpSpecId) -> usize {
    // [Jovian] Tighter limits.
    if spec.is_enabled_in(OpSpecId::JOVIAN) {
        op_bls::JOVIAN_G1_MSM_MAX_INPUT_SIZE
    } else {
        op_bls::ISTHMUS_G1_MSM_MAX_INPUT_SIZE
    }
}

/// Spec: protocol/isthmus/exec-engine.md#bls-precompiles
fn g2_msm_bytes_max(spec: OpSpecId) -> usize {
    // [Jovian] Tighter limits.
    if spec.is_enabled_in(OpSpecId::JOVIAN) {
        op_bls::JOVIAN_G2_MSM_MAX_INPUT_SIZE
    } else {
        op_bls::ISTHMUS_G2_MSM_MAX_INPUT_SIZE
    }
}

/// Spec: protocol/isthmus/exec-engine.md#bls-precompiles
fn bls_pairing_bytes_max(spec: OpSpecId) -> usize {
    // [Jovian] Tighter limits.
    if spec.is_enabled_in(OpSpecId::JOVIAN) {
        op_bls::JOVIAN_PAIRING_MAX_INPUT_SIZE
    } else {
        op_bls::ISTHMUS_PAIRING_MAX_INPUT_SIZE
    }
}

/// How many whole units the input has; `None` if it has a rest or more than `bytes_max` bytes.
fn units(input: &[u8], unit_bytes: usize, bytes_max: usize) -> Option<usize> {
    let is_allowed = input.len() <= bytes_max && input.len().is_multiple_of(unit_bytes);
    is_allowed.then(|| input.len() / unit_bytes)
}

/// As [`units`], of which there must be at least one.
fn some_units(input: &[u8], unit_bytes: usize, bytes_max: usize) -> Result<usize, PrecompileHalt> {
    units(input, unit_bytes, bytes_max).filter(|units| *units > 0).ok_or(WRONG_LENGTH)
}

fn fixed(input: &[u8], bytes: usize, gas: u64) -> Result<u64, PrecompileHalt> {
    if input.len() == bytes { Ok(gas) } else { Err(WRONG_LENGTH) }
}

const WRONG_LENGTH: PrecompileHalt = PrecompileHalt::other_static("wrong input length");

/// A count of units of input, of which there are fewer than input bytes.
fn to_gas(units: usize) -> u64 {
    u64::try_from(units).unwrap_or(u64::MAX)
}

/// The commitment is compared with its versioned hash here, so that only proofs are asked for.
fn price_kzg(input: &[u8]) -> Result<u64, PrecompileHalt> {
    const INPUT_BYTES: usize = 192;
    let gas = fixed(input, INPUT_BYTES, kzg::GAS_COST)?;
    let (versioned_hash, commitment) = (&input[..32], &input[96..144]);
    if kzg::kzg_to_versioned_hash(commitment) != versioned_hash {
        return Err(PrecompileHalt::BlobMismatchedVersion);
    }
    Ok(gas)
}

/// ecrecover never fails: where nothing can be recovered it returns nothing. A signature out of
/// range is told apart here, so that only the others are asked for.
fn recover<'o>(
    oracle: &'o dyn PrecompileOracle,
    address: Address,
    gas: u64,
    input: &[u8],
) -> Result<Option<&'o [u8]>, OracleError> {
    let mut padded = [0; ECRECOVER_INPUT_BYTES];
    let given = input.len().min(ECRECOVER_INPUT_BYTES);
    padded[..given].copy_from_slice(&input[..given]);
    if !is_signature_in_range(&padded) {
        return Ok(Some(&[]));
    }
    Ok(Some(oracle.run(address, gas, &padded)?.unwrap_or_default()))
}

/// Whether v is 27 or 28, and both r and s are from 1 to the order of the curve less 1.
fn is_signature_in_range(input: &[u8; ECRECOVER_INPUT_BYTES]) -> bool {
    let [_hash, v, r, s] = [0, 32, 64, 96].map(|start| &input[start..start + 32]);
    let is_scalar = |word: &[u8]| {
        let word = <[u8; 32]>::try_from(word).unwrap_or_default();
        Option::<Scalar>::from(Scalar::from_repr(word.into()))
            .is_some_and(|scalar| !bool::from(scalar.is_zero()))
    };
    v[..31].iter().all(|byte| *byte == 0)
        && matches!(v[31], 27 | 28)
        && is_scalar(r)
        && is_scalar(s)
}

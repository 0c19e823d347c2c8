//! Call data of the L1 attributes transaction.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256};
use axos_genesis::{EcotoneScalars, Fork, L1BlockId, L1Number, RollupConfig};

use super::{
    DaFootprintGasScalar, EcotoneFees, L1BlockFees, L1BlockInfo, L1InfoError, OperatorFee,
};

/// How the L1 attributes are put into call data.
///
/// Bedrock's are ABI words behind a selector: number, timestamp, base fee, hash, sequence number,
/// batcher, overhead, scalar. The later ones are packed:
///
/// | offset | size | field | since |
/// |---|---|---|---|
/// | 0 | 4 | selector | |
/// | 4 | 4 | base fee scalar | Ecotone |
/// | 8 | 4 | blob base fee scalar | |
/// | 12 | 8 | sequence number | |
/// | 20 | 8 | L1 timestamp | |
/// | 28 | 8 | L1 number | |
/// | 36 | 32 | base fee | |
/// | 68 | 32 | blob base fee | |
/// | 100 | 32 | L1 hash | |
/// | 132 | 32 | batcher | |
/// | 164 | 4 | operator fee scalar | Isthmus |
/// | 168 | 8 | operator fee constant | |
/// | 176 | 2 | DA footprint gas scalar | Jovian |
///
/// All numbers are big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum L1InfoLayout {
    /// `setL1BlockValues(uint64,uint64,uint256,bytes32,uint64,bytes32,uint256,uint256)`.
    Bedrock,
    /// `setL1BlockValuesEcotone()`.
    ///
    /// Spec: protocol/ecotone/l1-attributes.md#overview
    Ecotone,
    /// `setL1BlockValuesIsthmus()`.
    ///
    /// Spec: protocol/isthmus/l1-attributes.md#overview
    Isthmus,
    /// `setL1BlockValuesJovian()`.
    ///
    /// Spec: protocol/jovian/l1-attributes.md#overview
    Jovian,
}

impl L1InfoLayout {
    /// The layout of the L2 block at `l2_timestamp`. The first block of a fork still uses the old
    /// one, since the contract that takes the new one is deployed later in that block; where the
    /// fork is active at genesis there is no such block.
    ///
    /// Spec: protocol/ecotone/l1-attributes.md#ecotone-l1block-upgrade
    pub fn at(config: &RollupConfig, l2_timestamp: u64) -> Self {
        let is_past_first_block = |fork| {
            config.is_active(fork, l2_timestamp) && !config.is_activation_block(fork, l2_timestamp)
        };
        // [Jovian], [Isthmus], [Ecotone] From the second block on.
        if is_past_first_block(Fork::Jovian) {
            Self::Jovian
        } else if is_past_first_block(Fork::Isthmus) {
            Self::Isthmus
        } else if is_past_first_block(Fork::Ecotone) {
            Self::Ecotone
        } else {
            Self::Bedrock
        }
    }

    /// Bytes of the call data.
    pub const fn size(self) -> usize {
        match self {
            Self::Bedrock => 4 + 8 * 32,
            Self::Ecotone => 164,
            Self::Isthmus => 176,
            Self::Jovian => 178,
        }
    }

    /// First four bytes of the call data.
    pub const fn selector(self) -> u32 {
        match self {
            Self::Bedrock => 0x015d_8eb9,
            Self::Ecotone => 0x440a_5e20,
            Self::Isthmus => 0x0989_99be,
            Self::Jovian => 0x3db6_be2b,
        }
    }
}

impl L1BlockInfo {
    /// How this is put into call data.
    pub const fn layout(&self) -> L1InfoLayout {
        match self.fees {
            L1BlockFees::Bedrock { .. } => L1InfoLayout::Bedrock,
            L1BlockFees::Ecotone(_) => L1InfoLayout::Ecotone,
            L1BlockFees::Isthmus(..) => L1InfoLayout::Isthmus,
            L1BlockFees::Jovian(..) => L1InfoLayout::Jovian,
        }
    }

    /// The call data of the L1 attributes transaction.
    pub fn encode(&self) -> Vec<u8> {
        let layout = self.layout();
        let mut out = Vec::with_capacity(layout.size());
        out.extend_from_slice(&layout.selector().to_be_bytes());
        match self.fees {
            L1BlockFees::Bedrock { overhead, scalar } => {
                let words = [
                    U256::from(self.l1_origin.number.0).into(),
                    U256::from(self.timestamp).into(),
                    self.base_fee.into(),
                    self.l1_origin.hash,
                    U256::from(self.sequence_number).into(),
                    self.batcher_address.into_word(),
                    overhead.into(),
                    scalar.into(),
                ];
                out.extend_from_slice(words.map(|word: B256| word.0).as_flattened());
            }
            L1BlockFees::Ecotone(fees) => self.put_ecotone(&mut out, &fees),
            L1BlockFees::Isthmus(fees, operator_fee) => {
                self.put_ecotone(&mut out, &fees);
                operator_fee.put(&mut out);
            }
            L1BlockFees::Jovian(fees, operator_fee, DaFootprintGasScalar(scalar)) => {
                self.put_ecotone(&mut out, &fees);
                operator_fee.put(&mut out);
                out.extend_from_slice(&scalar.to_be_bytes());
            }
        }
        out
    }

    fn put_ecotone(&self, out: &mut Vec<u8>, fees: &EcotoneFees) {
        out.extend_from_slice(&fees.scalars.base_fee_scalar.to_be_bytes());
        out.extend_from_slice(&fees.scalars.blob_base_fee_scalar.to_be_bytes());
        out.extend_from_slice(&self.sequence_number.to_be_bytes());
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.l1_origin.number.0.to_be_bytes());
        out.extend_from_slice(&self.base_fee.to_be_bytes::<32>());
        out.extend_from_slice(&fees.blob_base_fee.to_be_bytes::<32>());
        out.extend_from_slice(self.l1_origin.hash.as_slice());
        out.extend_from_slice(self.batcher_address.into_word().as_slice());
    }

    /// Reads the call data of the L1 attributes transaction in the L2 block at `l2_timestamp`.
    ///
    /// # Errors
    /// [`L1InfoError`] if it is not exactly of the layout in force.
    pub fn decode(
        config: &RollupConfig,
        l2_timestamp: u64,
        call_data: &[u8],
    ) -> Result<Self, L1InfoError> {
        Self::decode_layout(L1InfoLayout::at(config, l2_timestamp), call_data)
    }

    /// Reads call data of a given layout.
    ///
    /// # Errors
    /// [`L1InfoError`] if it is not exactly of that layout.
    pub fn decode_layout(layout: L1InfoLayout, call_data: &[u8]) -> Result<Self, L1InfoError> {
        let (expected, actual) = (layout.size(), call_data.len());
        if actual != expected {
            return Err(L1InfoError::Size { expected, actual });
        }
        let mut reader = Reader { layout, rest: call_data };
        let (expected, actual) = (layout.selector(), u32::from_be_bytes(reader.take()?));
        if actual != expected {
            return Err(L1InfoError::Selector { expected, actual });
        }
        if layout == L1InfoLayout::Bedrock { reader.bedrock() } else { reader.since_ecotone() }
    }
}

impl OperatorFee {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.scalar.to_be_bytes());
        out.extend_from_slice(&self.constant.to_be_bytes());
    }
}

/// What is left of call data.
struct Reader<'a> {
    layout: L1InfoLayout,
    rest: &'a [u8],
}

impl Reader<'_> {
    fn bedrock(&mut self) -> Result<L1BlockInfo, L1InfoError> {
        let number = self.wide_u64("number")?;
        let timestamp = self.wide_u64("timestamp")?;
        let base_fee = self.u256()?;
        let hash = self.take()?.into();
        let sequence_number = self.wide_u64("sequence_number")?;
        let batcher_address = self.wide_address("batcher")?;
        let fees = L1BlockFees::Bedrock { overhead: self.u256()?, scalar: self.u256()? };
        let l1_origin = L1BlockId { hash, number: L1Number(number) };
        Ok(L1BlockInfo { l1_origin, timestamp, base_fee, sequence_number, batcher_address, fees })
    }

    fn since_ecotone(&mut self) -> Result<L1BlockInfo, L1InfoError> {
        let base_fee_scalar = u32::from_be_bytes(self.take()?);
        let blob_base_fee_scalar = u32::from_be_bytes(self.take()?);
        let scalars = EcotoneScalars { base_fee_scalar, blob_base_fee_scalar };
        let sequence_number = u64::from_be_bytes(self.take()?);
        let timestamp = u64::from_be_bytes(self.take()?);
        let number = u64::from_be_bytes(self.take()?);
        let base_fee = self.u256()?;
        let fees = EcotoneFees { scalars, blob_base_fee: self.u256()? };
        let hash = self.take()?.into();
        let batcher_address = self.wide_address("batcher")?;
        let fees = match self.layout {
            L1InfoLayout::Bedrock | L1InfoLayout::Ecotone => L1BlockFees::Ecotone(fees),
            L1InfoLayout::Isthmus => L1BlockFees::Isthmus(fees, self.operator_fee()?),
            L1InfoLayout::Jovian => {
                let operator_fee = self.operator_fee()?;
                let scalar = DaFootprintGasScalar(u16::from_be_bytes(self.take()?));
                L1BlockFees::Jovian(fees, operator_fee, scalar)
            }
        };
        let l1_origin = L1BlockId { hash, number: L1Number(number) };
        Ok(L1BlockInfo { l1_origin, timestamp, base_fee, sequence_number, batcher_address, fees })
    }

    fn operator_fee(&mut self) -> Result<OperatorFee, L1InfoError> {
        let scalar = u32::from_be_bytes(self.take()?);
        let constant = u64::from_be_bytes(self.take()?);
        Ok(OperatorFee { scalar, constant })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], L1InfoError> {
        let missing = L1InfoError::Size { expected: N, actual: self.rest.len() };
        let (taken, rest) = self.rest.split_first_chunk().ok_or(missing)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn u256(&mut self) -> Result<U256, L1InfoError> {
        self.take().map(U256::from_be_bytes::<32>)
    }

    /// A word that must not exceed 64 bits.
    fn wide_u64(&mut self, field: &'static str) -> Result<u64, L1InfoError> {
        let word = self.u256()?;
        u64::try_from(word).map_err(|_| L1InfoError::TooWide { field, bits: 64 })
    }

    /// A word that must be an address.
    fn wide_address(&mut self, field: &'static str) -> Result<Address, L1InfoError> {
        let word = B256::new(self.take()?);
        let address = Address::from_word(word);
        let too_wide = L1InfoError::TooWide { field, bits: 160 };
        if address.into_word() == word { Ok(address) } else { Err(too_wide) }
    }
}

//! Reading hints.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, hex};
use serde_json::value::RawValue;

use super::{Hint, HintBlock, HintDialect, HintError, HintKind, error::ExpectedSize};

/// Characters of an unknown name that are kept for the report.
const REPORTED_NAME_CHARS_MAX: usize = 64;

impl<'a> Hint<'a> {
    /// Reads a hint's text. The payload's bytes go to `scratch`, from which the hint borrows.
    ///
    /// # Errors
    /// [`HintError`] for anything that a host of `dialect` would not take.
    pub fn decode(
        text: &str,
        dialect: HintDialect,
        scratch: &'a mut Vec<u8>,
    ) -> Result<Self, HintError> {
        let (name, payload) = text.split_once(' ').ok_or(HintError::NotNameAndHex)?;
        let digits = payload.strip_prefix("0x").ok_or(HintError::NotNameAndHex)?;
        let kind = HintKind::from_name(name, dialect).ok_or_else(|| HintError::UnknownName {
            name: name.chars().take(REPORTED_NAME_CHARS_MAX).collect(),
            dialect,
        })?;

        decode_hex(digits, scratch)?;
        let expected = kind.payload_size(dialect);
        if !expected.allows(scratch.len()) {
            let (expected, actual) = (ExpectedSize(expected), scratch.len());
            return Err(HintError::WrongSize { kind, dialect, expected, actual });
        }
        if kind == HintKind::L2PayloadWitness {
            return decode_payload_witness(scratch, dialect);
        }
        Reader(scratch).hint(kind).ok_or(HintError::NotNameAndHex)
    }
}

fn decode_hex(digits: &str, out: &mut Vec<u8>) -> Result<(), HintError> {
    // A second prefix would be dropped silently.
    if digits.starts_with("0x") || !digits.len().is_multiple_of(2) {
        return Err(HintError::NotNameAndHex);
    }
    out.clear();
    out.resize(digits.len() / 2, 0);
    hex::decode_to_slice(digits, out).map_err(|_| HintError::NotNameAndHex)
}

/// A payload of an allowed size, being taken apart from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    fn hash(&mut self) -> Option<B256> {
        self.take().map(B256::new)
    }

    fn address(&mut self) -> Option<Address> {
        self.take().map(Address::from)
    }

    fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    /// The rest, if any, as chain id. Sizes are checked, so the rest has 0 or 8 bytes.
    fn chain_id(&mut self) -> Option<u64> {
        self.number()
    }

    /// A block by number if the payload without it, and with or without chain id, leaves 8 bytes.
    fn block(&mut self, bytes_after: usize) -> Option<HintBlock> {
        if self.0.len() < bytes_after + 32 {
            self.number().map(HintBlock::Number)
        } else {
            self.hash().map(HintBlock::Hash)
        }
    }

    /// The hint; `None` only if a size slipped through the table of sizes.
    fn hint(mut self, kind: HintKind) -> Option<Hint<'a>> {
        let r = &mut self;
        Some(match kind {
            HintKind::L1BlockHeader => Hint::L1BlockHeader { hash: r.hash()? },
            HintKind::L1Transactions => Hint::L1Transactions { hash: r.hash()? },
            HintKind::L1Receipts => Hint::L1Receipts { hash: r.hash()? },
            HintKind::L1Blob => {
                let hash = r.hash()?;
                let index = if r.0.len() == 16 { Some(r.number()?) } else { None };
                Hint::L1Blob { hash, index, timestamp: r.number()? }
            }
            HintKind::L1Precompile => {
                Hint::L1Precompile { address: r.address()?, gas: r.number()?, input: r.0 }
            }
            HintKind::L1PrecompileV1 => Hint::L1PrecompileV1 { address: r.address()?, input: r.0 },
            HintKind::L2BlockHeader => {
                Hint::L2BlockHeader { hash: r.hash()?, chain_id: r.chain_id() }
            }
            HintKind::L2Transactions => {
                Hint::L2Transactions { hash: r.hash()?, chain_id: r.chain_id() }
            }
            HintKind::L2Receipts => Hint::L2Receipts { hash: r.hash()?, chain_id: r.number()? },
            HintKind::L2Code => Hint::L2Code { hash: r.hash()?, chain_id: r.chain_id() },
            HintKind::L2StateNode => Hint::L2StateNode { hash: r.hash()?, chain_id: r.chain_id() },
            HintKind::StartingOutput => {
                Hint::StartingOutput { root: r.hash()?, chain_id: r.chain_id() }
            }
            HintKind::AgreedPreState => Hint::AgreedPreState { commitment: r.hash()? },
            HintKind::L2OutputRoot => Hint::L2OutputRoot { root: r.hash()?, chain_id: r.number()? },
            HintKind::L2AccountProof => Hint::L2AccountProof {
                block: r.block(20)?,
                address: r.address()?,
                chain_id: r.chain_id(),
            },
            HintKind::L2AccountStorageProof => Hint::L2AccountStorageProof {
                block: r.block(20 + 32)?,
                address: r.address()?,
                slot: r.hash()?,
                chain_id: r.chain_id(),
            },
            // Its extent depends on the JSON in it.
            HintKind::L2PayloadWitness => return None,
            HintKind::L2BlockData => {
                Hint::L2BlockData { agreed_hash: r.hash()?, hash: r.hash()?, chain_id: r.number()? }
            }
        })
    }
}

fn decode_payload_witness(payload: &[u8], dialect: HintDialect) -> Result<Hint<'_>, HintError> {
    match dialect {
        HintDialect::Go => decode_go_witness(payload),
        HintDialect::Kona | HintDialect::Kona2025 | HintDialect::Kona2024 => {
            decode_kona_witness(payload, dialect)
        }
    }
}

/// Parent hash, JSON, and in interop a chain id. Only the JSON's own end tells them apart.
fn decode_kona_witness(payload: &[u8], dialect: HintDialect) -> Result<Hint<'_>, HintError> {
    let broken = HintError::BrokenWitnessJson { line: 0, column: 0 };
    let mut reader = Reader(payload);
    let parent_hash = reader.hash().ok_or_else(|| broken.clone())?;

    let mut values = serde_json::Deserializer::from_slice(reader.0).into_iter::<&RawValue>();
    values.next().ok_or_else(|| broken.clone())?.map_err(broken_json)?;
    let (attributes, rest) = reader.0.split_at_checked(values.byte_offset()).ok_or(broken)?;
    let chain_id = match rest.len() {
        0 => None,
        _ => Some(u64::from_be_bytes(rest.try_into().map_err(|_| HintError::WrongSize {
            kind: HintKind::L2PayloadWitness,
            dialect,
            expected: ExpectedSize(super::dialect::PayloadSize::OneOf(&[0, 8])),
            actual: rest.len(),
        })?)),
    };
    Ok(Hint::L2PayloadWitness { parent_hash, attributes, chain_id })
}

/// The object that Go hosts read.
#[derive(serde::Deserialize)]
struct GoWitness<'a> {
    #[serde(rename = "parentBlockHash")]
    parent_hash: B256,
    #[serde(rename = "payloadAttributes", borrow)]
    attributes: &'a RawValue,
    #[serde(rename = "chainID", borrow, default)]
    chain_id: Option<&'a str>,
}

fn decode_go_witness(payload: &[u8]) -> Result<Hint<'_>, HintError> {
    let witness: GoWitness<'_> = serde_json::from_slice(payload).map_err(broken_json)?;
    let chain_id = witness
        .chain_id
        .map(|text| match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => text.parse(),
        })
        .transpose()
        .map_err(|_| HintError::BrokenWitnessJson { line: 0, column: 0 })?;
    Ok(Hint::L2PayloadWitness {
        parent_hash: witness.parent_hash,
        attributes: witness.attributes.get().as_bytes(),
        chain_id,
    })
}

fn broken_json(error: serde_json::Error) -> HintError {
    HintError::BrokenWitnessJson { line: error.line(), column: error.column() }
}

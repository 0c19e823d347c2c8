//! Writing hints.

use alloc::vec::Vec;

use alloy_primitives::hex;

use super::{Hint, HintBlock, HintDialect, HintError, HintKind, error::ExpectedSize};

impl Hint<'_> {
    /// Appends the hint's text, `name 0xhex` in ASCII, to `out`.
    ///
    /// # Errors
    /// Where the dialect has no such hint or can't express this one; `out` is then unchanged. No
    /// program depends on a hint, so one that can't be written may be left out.
    pub fn encode(&self, dialect: HintDialect, out: &mut Vec<u8>) -> Result<(), HintError> {
        let start = out.len();
        let result = self.try_encode(dialect, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    fn try_encode(&self, dialect: HintDialect, out: &mut Vec<u8>) -> Result<(), HintError> {
        let kind = self.kind();
        let name = kind.name(dialect).ok_or(HintError::NotInDialect { kind, dialect })?;
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b" 0x");

        let mut payload = Payload { out, bytes: 0 };
        payload.put_hint(self, dialect)?;
        let actual = payload.bytes;

        let expected = kind.payload_size(dialect);
        if !expected.allows(actual) {
            let expected = ExpectedSize(expected);
            return Err(HintError::WrongSize { kind, dialect, expected, actual });
        }
        Ok(())
    }
}

/// Hex digits being appended, and how many bytes they stand for.
struct Payload<'a> {
    out: &'a mut Vec<u8>,
    bytes: usize,
}

impl Payload<'_> {
    fn put(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        let start = self.out.len();
        self.out.resize(start + 2 * bytes.len(), 0);
        // The target has the right size, which is all that this could complain about.
        let _ = hex::encode_to_slice(bytes, &mut self.out[start..]);
        self.bytes += bytes.len();
    }

    fn put_chain_id(&mut self, chain_id: Option<u64>) {
        if let Some(chain_id) = chain_id {
            self.put(chain_id.to_be_bytes());
        }
    }

    fn put_hint(&mut self, hint: &Hint<'_>, dialect: HintDialect) -> Result<(), HintError> {
        match *hint {
            Hint::L1BlockHeader { hash }
            | Hint::L1Transactions { hash }
            | Hint::L1Receipts { hash }
            | Hint::AgreedPreState { commitment: hash } => self.put(hash),
            Hint::L1Blob { hash, index, timestamp } => {
                self.put(hash);
                if dialect != HintDialect::Kona {
                    let index = index.ok_or(HintError::BlobIndexUnknown { dialect })?;
                    self.put(index.to_be_bytes());
                }
                self.put(timestamp.to_be_bytes());
            }
            Hint::L1Precompile { address, gas, input } => {
                self.put(address);
                self.put(gas.to_be_bytes());
                self.put(input);
            }
            Hint::L1PrecompileV1 { address, input } => {
                self.put(address);
                self.put(input);
            }
            Hint::L2BlockHeader { hash, chain_id }
            | Hint::L2Transactions { hash, chain_id }
            | Hint::L2Code { hash, chain_id }
            | Hint::L2StateNode { hash, chain_id }
            | Hint::StartingOutput { root: hash, chain_id } => {
                self.put(hash);
                self.put_chain_id(chain_id);
            }
            Hint::L2Receipts { hash, chain_id } | Hint::L2OutputRoot { root: hash, chain_id } => {
                self.put(hash);
                self.put(chain_id.to_be_bytes());
            }
            Hint::L2AccountProof { block, address, chain_id } => {
                self.put_block(block, hint.kind(), dialect)?;
                self.put(address);
                self.put_chain_id(chain_id);
            }
            Hint::L2AccountStorageProof { block, address, slot, chain_id } => {
                self.put_block(block, hint.kind(), dialect)?;
                self.put(address);
                self.put(slot);
                self.put_chain_id(chain_id);
            }
            Hint::L2PayloadWitness { .. } => self.put_payload_witness(hint, dialect),
            Hint::L2BlockData { agreed_hash, hash, chain_id } => {
                self.put(agreed_hash);
                self.put(hash);
                self.put(chain_id.to_be_bytes());
            }
        }
        Ok(())
    }

    /// Where both names of the block are known, kona hosts get the number, which all of them take.
    fn put_block(
        &mut self,
        block: HintBlock,
        kind: HintKind,
        dialect: HintDialect,
    ) -> Result<(), HintError> {
        match (dialect, block) {
            (HintDialect::Go, HintBlock::Hash(hash) | HintBlock::Full { hash, .. })
            | (HintDialect::Kona, HintBlock::Hash(hash)) => self.put(hash),
            (
                HintDialect::Kona | HintDialect::Kona2025 | HintDialect::Kona2024,
                HintBlock::Number(number) | HintBlock::Full { number, .. },
            ) => self.put(number.to_be_bytes()),
            (HintDialect::Go, HintBlock::Number(_))
            | (HintDialect::Kona2025 | HintDialect::Kona2024, HintBlock::Hash(_)) => {
                return Err(HintError::BlockUnknown { kind, dialect });
            }
        }
        Ok(())
    }

    /// Go hosts get one JSON object, kona hosts bytes around the JSON of the attributes.
    fn put_payload_witness(&mut self, hint: &Hint<'_>, dialect: HintDialect) {
        let Hint::L2PayloadWitness { parent_hash, attributes, chain_id } = *hint else { return };
        if dialect != HintDialect::Go {
            self.put(parent_hash);
            self.put(attributes);
            self.put_chain_id(chain_id);
            return;
        }
        self.put(b"{\"parentBlockHash\":\"");
        self.put(hex::Buffer::<32, true>::new().format(&parent_hash.0));
        self.put(b"\",\"payloadAttributes\":");
        self.put(attributes);
        if let Some(chain_id) = chain_id {
            self.put(alloc::format!(",\"chainID\":\"{chain_id}\""));
        }
        self.put(b"}");
    }
}

//! The inputs of the guest that executes one block.

use std::{fs, path::Path};

use alloy_consensus::Header;
use alloy_primitives::{Address, B64, B256, Bytes, U64};
use alloy_rlp::{Encodable, Header as RlpHeader};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{ArchiveHost, HarnessError};

/// A block file.
#[derive(Deserialize)]
struct BlockFile<'a> {
    #[serde(borrow)]
    rollup_config: &'a RawValue,
    parent_header: Header,
    executing_payload: Payload,
    expected_block_hash: B256,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    timestamp: U64,
    prev_randao: B256,
    suggested_fee_recipient: Address,
    withdrawals: Option<Vec<serde_json::Value>>,
    parent_beacon_block_root: Option<B256>,
    transactions: Vec<Bytes>,
    gas_limit: U64,
    eip1559_params: Option<B64>,
    min_base_fee: Option<U64>,
}

/// A host with the inputs and state of the single block in `folder`. With `expected`, the block
/// is to have that hash instead of the right one.
///
/// # Errors
/// If a file can't be read.
pub fn single_block(folder: &Path, expected: Option<B256>) -> Result<ArchiveHost, HarnessError> {
    let mut host = ArchiveHost::read(&folder.join("preimages.kv.zst"), true)?;
    let path = folder.join("block.json");
    let json =
        fs::read(&path).map_err(|source| HarnessError::Read { path: path.clone(), source })?;
    let block: BlockFile<'_> = serde_json::from_slice(&json)
        .map_err(|source| HarnessError::Json { path: path.clone(), source })?;
    host.insert_local(1, block.rollup_config.get());
    host.insert_local(2, alloy_rlp::encode(&block.parent_header));
    host.insert_local(3, block.executing_payload.encode());
    host.insert_local(4, expected.unwrap_or(block.expected_block_hash));
    Ok(host)
}

impl Payload {
    /// The list that the guest reads.
    fn encode(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        self.timestamp.to::<u64>().encode(&mut fields);
        self.prev_randao.encode(&mut fields);
        self.suggested_fee_recipient.encode(&mut fields);
        self.withdrawals.is_some().encode(&mut fields);
        encode_optional(self.parent_beacon_block_root.as_ref().map(|root| &root[..]), &mut fields);
        self.transactions.encode(&mut fields);
        self.gas_limit.to::<u64>().encode(&mut fields);
        encode_optional(self.eip1559_params.as_ref().map(|params| &params[..]), &mut fields);
        let min_base_fee = self.min_base_fee.map(|fee| fee.to::<u64>().to_be_bytes());
        encode_optional(min_base_fee.as_ref().map(|fee| &fee[..]), &mut fields);

        let mut rlp = Vec::new();
        RlpHeader { list: true, payload_length: fields.len() }.encode(&mut rlp);
        rlp.extend_from_slice(&fields);
        rlp
    }
}

fn encode_optional(bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    bytes.unwrap_or_default().encode(out);
}

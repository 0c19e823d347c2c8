//! Executes one L2 block statelessly, and compares its hash.
//!
//! | local key | value |
//! |---|---|
//! | 1 | rollup configuration, JSON |
//! | 2 | header of the parent, RLP |
//! | 3 | payload attributes, RLP, see [`payload`] |
//! | 4 | hash the block must have |
//!
//! Exit status: 0 if it has that hash, 1 if not, 2 if it can't be executed.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

extern crate alloc;

mod payload;
mod state;

use alloy_consensus::{Header, Sealable};
use alloy_primitives::B256;
use alloy_rlp::Decodable;
use axos_genesis::{RollupConfig, RollupConfigJsonError};
use kona_executor::{Executor, ExecutorError};
use kona_guest::{DescriptorOracle, eprintln, println};
use kona_preimage::{HintDialect, OracleError, PreimageKey, PreimageOracle};

use crate::{payload::decode_payload, state::OracleState};

kona_guest::entry!(program);

/// Why the block can't be executed.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Oracle(#[from] OracleError),
    #[error("the rollup configuration can't be used: {0}")]
    Config(#[from] RollupConfigJsonError),
    #[error("header or payload can't be decoded: {0}")]
    Rlp(#[from] alloy_rlp::Error),
    #[error("the block can't be executed: {0}")]
    Executor(#[from] ExecutorError),
}

fn program() -> u8 {
    let oracle = DescriptorOracle::new(HintDialect::Kona);
    match execute(&oracle) {
        Ok(is_match) => u8::from(!is_match),
        Err(error) => {
            eprintln!("{error}");
            2
        }
    }
}

/// Whether the block has the hash it must have.
fn execute(oracle: &DescriptorOracle) -> Result<bool, Error> {
    let config = RollupConfig::from_json(oracle.read(PreimageKey::local(1))?)?;
    let parent = Header::decode(&mut oracle.read(PreimageKey::local(2))?)?;
    let attributes = decode_payload(oracle.read(PreimageKey::local(3))?)?;
    let expected = B256::from(*oracle.read_array::<32>(PreimageKey::local(4))?);

    let state = OracleState(oracle);
    let block = Executor::new(&config, state, parent.seal_slow(), None).execute(&attributes)?;
    let is_match = block.hash == expected;
    let word = if is_match { "match" } else { "mismatch" };
    println!("{word}: block {} has hash {}", block.header.number, block.hash);
    Ok(is_match)
}

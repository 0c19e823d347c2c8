//! Reads the pre-images whose hashes local key 1 lists, after a hint each, and checks them.
//!
//! Exit status 0 if all are what their hashes say, 1 if one is not, 2 if one can't be read.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use alloy_primitives::{B256, keccak256};
use kona_guest::{DescriptorOracle, eprintln, println};
use kona_preimage::{Hint, HintDialect, OracleError, PreimageKey, PreimageOracle};

kona_guest::entry!(program);

fn program() -> u8 {
    let oracle = DescriptorOracle::new(HintDialect::Kona);
    match check_all(&oracle) {
        Ok(wrong) => u8::from(wrong > 0),
        Err(error) => {
            eprintln!("{error}");
            2
        }
    }
}

/// How many are not what their hash says.
fn check_all(oracle: &impl PreimageOracle) -> Result<usize, OracleError> {
    let mut wrong = 0;
    let hashes = oracle.read(PreimageKey::local(1))?;
    for hash in hashes.as_chunks::<32>().0 {
        let hash = B256::from(*hash);
        let hint = Hint::L1BlockHeader { hash };
        let value = oracle.read_hinted(PreimageKey::keccak256(hash), &hint)?;
        let is_right = keccak256(value) == hash;
        println!("{hash}: {} bytes, {}", value.len(), if is_right { "right" } else { "wrong" });
        wrong += usize::from(!is_right);
        // A second read has the same value, and asks nobody.
        if oracle.read(PreimageKey::keccak256(hash))? != value {
            wrong += 1;
        }
    }
    Ok(wrong)
}

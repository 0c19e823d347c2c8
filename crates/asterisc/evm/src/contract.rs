//! The compiled contracts, as `cargo xtask contracts` checks that they come out of their sources.

use alloy_primitives::hex;

/// Code of the contract `RISCV` once it is deployed.
pub const RISCV: [u8; RISCV_HEX.len() / 2] = decode(RISCV_HEX);

/// Code of `StoredOracle`, which stands in for the pre-image oracle: it keeps what it is given,
/// unproven, in the storage layout of the real one.
pub const STORED_ORACLE: [u8; STORED_ORACLE_HEX.len() / 2] = decode(STORED_ORACLE_HEX);

const RISCV_HEX: &str = include_str!("../../../../contracts/snapshots/RISCV.hex");
const STORED_ORACLE_HEX: &str = include_str!("../../../../contracts/snapshots/StoredOracle.hex");

const fn decode<const N: usize>(text: &str) -> [u8; N] {
    match hex::const_decode_to_array(text.as_bytes()) {
        Ok(code) => code,
        Err(_) => panic!("a file of contracts/snapshots is not hexadecimal"),
    }
}

//! Tiny contracts, put together from opcodes.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use revm::bytecode::opcode::*;

/// `PUSHn` of a number, as short as it goes.
fn push(value: impl TryInto<U256, Error: std::fmt::Debug>) -> Vec<u8> {
    let value: U256 = value.try_into().unwrap();
    let bytes = value.to_be_bytes_trimmed_vec();
    match u8::try_from(bytes.len()).unwrap() {
        0 => vec![PUSH1, 0],
        length => [vec![PUSH1 - 1 + length], bytes].concat(),
    }
}

fn word(index: u64) -> Vec<u8> {
    [push(32 * index), vec![CALLDATALOAD]].concat()
}

/// Copies the input from `skipped` on to memory at 0.
fn copy_input(skipped: u64) -> Vec<u8> {
    [input_bytes(skipped), push(skipped), push(0), vec![CALLDATACOPY]].concat()
}

/// Size of the input from `skipped` on.
fn input_bytes(skipped: u64) -> Vec<u8> {
    [push(skipped), vec![CALLDATASIZE, SUB]].concat()
}

fn store_top(slot: u64) -> Vec<u8> {
    [push(slot), vec![SSTORE]].concat()
}

/// Stores the second word of the input in the slot that the first one names.
pub(crate) fn store() -> Bytes {
    [word(1), word(0), vec![SSTORE]].concat().into()
}

/// Input for [`store`].
pub(crate) fn store_input(slot: u64, value: U256) -> Bytes {
    [B256::from(U256::from(slot)), B256::from(value)].concat().into()
}

/// Stores what `BLOCKHASH` gives for the first word of the input, in the slot of that number.
pub(crate) fn block_hash() -> Bytes {
    [word(0), vec![DUP1, BLOCKHASH, SWAP1, SSTORE]].concat().into()
}

/// Stores what `opcode` gives in slot 0.
pub(crate) fn store_result_of(opcode: u8) -> Bytes {
    [vec![opcode], store_top(0)].concat().into()
}

/// Reverts.
pub(crate) fn revert() -> Bytes {
    [push(0), push(0), vec![REVERT]].concat().into()
}

/// Runs into an invalid opcode.
pub(crate) fn invalid() -> Bytes {
    vec![INVALID].into()
}

/// Destroys itself in favour of its caller.
pub(crate) fn self_destruct() -> Bytes {
    vec![CALLER, SELFDESTRUCT].into()
}

/// Logs its input, with its caller as the topic.
pub(crate) fn log() -> Bytes {
    [copy_input(0), vec![CALLER, CALLDATASIZE], push(0), vec![LOG1]].concat().into()
}

/// Calls `target` by `DELEGATECALL` with its own input. Stores whether it worked in slot 0, the
/// bytes returned in slot 1, and the first word returned in slot 2.
pub(crate) fn delegate_to(target: Address) -> Bytes {
    let arguments = [push(0), push(0), vec![CALLDATASIZE], push(0)].concat();
    let call = [push(target.into_word()), vec![GAS, DELEGATECALL], store_top(0)].concat();
    let length = [vec![RETURNDATASIZE], store_top(1)].concat();
    let clear = [push(0), push(0), vec![MSTORE]].concat();
    let copy = [vec![RETURNDATASIZE], push(0), push(0), vec![RETURNDATACOPY]].concat();
    let first = [push(0), vec![MLOAD], store_top(2)].concat();
    [copy_input(0), arguments, call, length, clear, copy, first].concat().into()
}

/// Deploys the code that follows the first word of its input by `CREATE2`, with that word as salt
/// and all value it was sent.
pub(crate) fn factory() -> Bytes {
    let create = [word(0), input_bytes(32), push(0), vec![CALLVALUE, CREATE2]].concat();
    [copy_input(32), create].concat().into()
}

/// Input for [`factory`].
pub(crate) fn factory_input(salt: u64, init_code: &[u8]) -> Bytes {
    [B256::from(U256::from(salt)).as_slice(), init_code].concat().into()
}

/// Where a factory deploys to.
pub(crate) fn created_by(factory: Address, salt: u64, init_code: &[u8]) -> Address {
    factory.create2(B256::from(U256::from(salt)), keccak256(init_code))
}

/// Init code of [`self_destruct`], which stores `value` in `slot` on the way.
pub(crate) fn init_self_destruct(slot: u64, value: u64) -> Bytes {
    let store = [push(value), store_top(slot)].concat();
    let code = U256::from_be_slice(&self_destruct());
    let deploy = [push(code), push(0), vec![MSTORE], push(2), push(30), vec![RETURN]].concat();
    [store, deploy].concat().into()
}

/// Without input, destroys itself in favour of its caller. With input, copies the value of the slot
/// that the first word names to the slot that the second one names.
pub(crate) fn killable_copy() -> Bytes {
    // The jump is 4 bytes long, so the target is byte 6.
    let jump = [vec![CALLDATASIZE], push(6), vec![JUMPI]].concat();
    let kill = vec![CALLER, SELFDESTRUCT, JUMPDEST];
    let copy = [word(0), vec![SLOAD], word(1), vec![SSTORE]].concat();
    [jump, kill, copy].concat().into()
}

/// Input for [`killable_copy`].
pub(crate) fn copy_input_of(from: u64, to: u64) -> Bytes {
    [B256::from(U256::from(from)), B256::from(U256::from(to))].concat().into()
}

/// Init code that stores 1 in `slot` and deploys `code`.
pub(crate) fn init(slot: u64, code: &[u8]) -> Bytes {
    let store = [push(1), store_top(slot)].concat();
    let length = push(u64::try_from(code.len()).unwrap());
    let tail = |offset: usize| {
        let offset = push(u64::try_from(offset).unwrap());
        [length.clone(), vec![DUP1], offset, push(0), vec![CODECOPY], push(0), vec![RETURN]]
            .concat()
    };
    let offset = store.len() + tail(0xff).len();
    [store, tail(offset), code.to_vec()].concat().into()
}

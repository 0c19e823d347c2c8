//! What a start-up code finds on its stack.

use asterisc_isa::Register;
use asterisc_state::VmState;

use crate::load::write_range;

/// Where the stack pointer starts.
const STACK_POINTER: u64 = 1 << 60;
/// Auxiliary vector: the page size.
const AT_PAGESZ: u64 = 6;
/// Auxiliary vector: where the random bytes are.
const AT_RANDOM: u64 = 25;

/// The words from 8 bytes above the stack pointer on; the one at it, the number of arguments, is
/// never written and so 0.
const STACK: [u64; 10] = [
    // Where the list of arguments would end, and the first string of the environment: an address
    // that reads as empty. Then the end of the environment.
    0x42,
    0x35,
    0,
    AT_PAGESZ,
    4096,
    AT_RANDOM,
    STACK_POINTER + 72,
    // End of the auxiliary vector, then the random bytes.
    0,
    u64::from_le_bytes(*b"rand pro"),
    u64::from_le_bytes(*b"tolambda"),
];

/// Sets the stack pointer and writes the words above it.
pub(crate) fn set_up_stack(state: &mut VmState) {
    state.hart.write_register(Register::SP, STACK_POINTER);
    let mut address = STACK_POINTER + 8;
    for word in STACK {
        write_range(&mut state.memory, address, &word.to_le_bytes());
        address += 8;
    }
}

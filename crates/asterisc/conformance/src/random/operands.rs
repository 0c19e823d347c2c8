//! Operands that meet others: registers with a role, and values near something.

use super::Random;
use crate::assembly::Reg;

/// Registers that hold addresses, and are seldom written.
pub(super) const ANCHORS: [Reg; 7] = [2, 8, 9, 14, 18, 19, 22];
/// The one that points into the code.
pub(super) const CODE_ANCHOR: Reg = 9;
/// One that is a multiple of 8, for atomics.
pub(super) const ALIGNED_ANCHOR: Reg = 22;
/// Registers that count loops, by their depth.
pub(super) const COUNTERS: [Reg; 2] = [20, 21];

/// Where programs stand: far into a page, so that they cross its end.
pub(super) const CODE: u64 = 0x1_0e00;
/// Bytes of a program, about.
pub(super) const CODE_BYTES: u64 = 0x600;
/// Where data is: the end of a page.
const DATA: u64 = 0x4_2000;
/// Keys of pre-images, which a program may pick.
pub(super) const KEYS: u64 = 0x4_4000;
/// How many of them.
pub(super) const KEY_COUNT: u64 = 8;

/// The value a register starts with.
pub(super) fn start_value(random: &mut Random, register: Reg) -> u64 {
    let near = |random: &mut Random, address: u64| address.wrapping_add(random.below(32)) - 16;
    match register {
        2 | 22 => DATA + 8 * random.below(16) - 64,
        8 => near(random, DATA),
        9 => CODE + 2 * random.below(CODE_BYTES / 2),
        14 => KEYS + 32 * random.below(KEY_COUNT),
        // Between two chunks of the fast engine's memory.
        18 => near(random, 1 << 40),
        // The top of memory, and its bottom.
        19 => 0u64.wrapping_sub(16).wrapping_add(random.below(32)),
        _ => value(random),
    }
}

/// Numbers near zero and the ends of widths, addresses, instructions, numbers of system calls.
pub(super) fn value(random: &mut Random) -> u64 {
    match random.below(8) {
        0 => random.below(16),
        1 => 0u64.wrapping_sub(random.below(16)),
        2 => (1u64 << random.below(64)).wrapping_sub(random.below(3)),
        3 => CODE + random.below(CODE_BYTES),
        4 => DATA - 16 + random.below(32),
        5 => u64::from(random.word()),
        6 => *random.pick(&[25, 63, 64, 98, 113, 163, 214, 222]),
        _ => random.next(),
    }
}

/// Any register to be read.
pub(super) fn source(random: &mut Random) -> Reg {
    u8::try_from(random.below(32)).expect("a register")
}

/// A register to be written: most times none of those with a role.
pub(super) fn target(random: &mut Random) -> Reg {
    let has_role = |register: &Reg| {
        ANCHORS.contains(register) || COUNTERS.contains(register) || [1, 17].contains(register)
    };
    let mut register = source(random);
    while has_role(&register) && !random.percent(2) {
        register = source(random);
    }
    register
}

/// A register that holds an address.
pub(super) fn anchor(random: &mut Random) -> Reg {
    match random.below(25) {
        0 => source(random),
        // The end of a page.
        1..8 => 8,
        _ => *random.pick(&ANCHORS),
    }
}

//! The fast engine against the step that all engines share, on random programs: loops, stores into
//! code, accesses across pages, compressed instructions, atomics, system calls with an oracle, and
//! stops at random steps.
//!
//! `DIFFERENTIAL_STEPS` asks for more steps, `DIFFERENTIAL_SEED` for other programs; a failure names
//! the seed of its program.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::env;

use alloy_primitives::{B256, U256};
use asterisc_fast::{FastVm, LaneHasher};
use asterisc_isa::{COMPRESSED, INSTRUCTIONS, Op, Register};
use asterisc_state::{Hart, SparseMemory, VmState};
use asterisc_step::{Host, LiveAccess, OutputStream, StepError, step};

/// Where programs stand: an address far into a page, so that they cross its end.
const CODE: u64 = 0x1_0e00;
/// Bytes of a program.
const CODE_BYTES: u64 = 0x400;

/// A seeded generator (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).unwrap()]
    }

    fn word(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap()
    }
}

/// Answers every key but those that end in an odd byte, and remembers what the program said.
#[derive(Default, PartialEq, Debug)]
struct TestHost {
    preimage: Vec<u8>,
    hints: Vec<Vec<u8>>,
    output: Vec<u8>,
}

impl Host for TestHost {
    type Error = B256;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], B256> {
        if key[31] % 4 == 1 {
            return Err(key);
        }
        self.preimage = key.iter().cycle().take(usize::from(key[31])).copied().collect();
        Ok(&self.preimage)
    }

    fn hint(&mut self, hint: &[u8]) -> Result<(), B256> {
        self.hints.push(hint.to_vec());
        Ok(())
    }

    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        self.output.extend(&bytes[..bytes.len().min(16)]);
    }
}

/// One instruction, likely a legal one, often with operands that meet others.
fn instruction(random: &mut Random) -> Vec<u8> {
    match random.below(20) {
        0 => random.word().to_le_bytes().to_vec(),
        1 => 0x0000_0073u32.to_le_bytes().to_vec(),
        2..8 => {
            let row = loop {
                let row = random.pick(COMPRESSED);
                if !matches!(row.op, Op::Illegal(_)) {
                    break row;
                }
            };
            let operands = random.word().to_le_bytes();
            let operands = u16::from_le_bytes([operands[0], operands[1]]);
            ((operands & !row.mask) | row.pattern).to_le_bytes().to_vec()
        }
        _ => {
            let row = loop {
                let row = random.pick(INSTRUCTIONS);
                if !matches!(row.op, Op::Illegal(_)) || random.below(50) == 0 {
                    break row;
                }
            };
            let mut operands = random.word();
            // Short branches and jumps stay inside the program.
            if matches!(row.mask, 0x707f | 0x7f) && random.below(4) != 0 {
                operands &= 0x03ff_ffff;
            }
            ((operands & !row.mask) | row.pattern).to_le_bytes().to_vec()
        }
    }
}

/// Addresses in code, at the ends of pages and chunks, around zero; small numbers; anything.
fn value(random: &mut Random) -> u64 {
    match random.below(8) {
        0 => random.below(16),
        1 | 2 => CODE + random.below(CODE_BYTES),
        3 => (1 << 40) - 8 + random.below(16),
        4 => 0x2000 - 8 + random.below(16),
        5 => u64::MAX - random.below(16),
        6 => *random.pick(&[25, 63, 64, 93, 98, 113, 163, 214, 222]),
        _ => random.next(),
    }
}

fn program(random: &mut Random) -> VmState {
    let mut state: VmState = VmState::default();
    let mut code = Vec::new();
    while (code.len() as u64) < CODE_BYTES {
        code.extend(instruction(random));
    }
    state.memory.write_bytes(CODE, &code);
    let mut registers = [0; Register::COUNT];
    registers[1..].iter_mut().for_each(|register| *register = value(random));
    state.hart = Hart {
        pc: CODE + random.below(CODE_BYTES) / 2 * 2,
        registers,
        heap: 0x7f00_0000_0000,
        preimage_key: B256::from(U256::from(random.next())),
        load_reservation: value(random),
        ..Hart::default()
    };
    state
}

/// Runs one program in both engines; gives the steps both took.
fn compare(seed: u64, steps_max: u64) -> u64 {
    let mut random = Random(seed | 1);
    let mut reference = program(&mut random);
    let mut fast = FastVm::new(&reference);
    let (mut reference_host, mut fast_host) = (TestHost::default(), TestHost::default());
    let hasher = LaneHasher::detect();
    let mut taken = 0;
    while taken < steps_max && !reference.hart.exited {
        let longest = *random.pick(&[1, 10, 100, 1000]);
        let stop = 1 + random.below(longest);
        let mut expected = Ok(());
        for _ in 0..stop {
            let mut access = LiveAccess { state: &mut reference, host: &mut reference_host };
            expected = step(&mut access);
            if expected.is_err() || reference.hart.exited {
                break;
            }
        }
        let actual = fast.run(stop, &mut fast_host);
        assert_eq!(actual, expected, "seed {seed}");
        assert_eq!(fast.hart(), &reference.hart, "seed {seed}");
        assert_eq!(fast_host, reference_host, "seed {seed}");
        if let Err(StepError::Revert(_) | StepError::Host(_)) = expected {
            return reference.hart.step;
        }
        assert!(expected.is_ok() || matches!(expected, Err(StepError::PreimageEnd { .. })));
        if expected.is_err() {
            return reference.hart.step;
        }
        if random.below(8) == 0 || reference.hart.exited {
            let (actual, expected) = (fast.witness(&hasher), reference.witness(&hasher));
            assert_eq!(actual, expected, "seed {seed}");
        }
        taken = reference.hart.step;
    }
    let copy = fast.to_state();
    assert!(copy.memory.pages().eq(reference.memory.pages()), "seed {seed}");
    taken
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn the_fast_engine_takes_the_steps_of_the_reference() {
    let steps_min = number("DIFFERENTIAL_STEPS", 2_000_000);
    let first = number("DIFFERENTIAL_SEED", 1);
    let (mut steps, mut programs) = (0, 0);
    while steps < steps_min {
        let seed = first.wrapping_add(programs).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        steps += compare(seed, 20_000);
        programs += 1;
    }
    println!("{steps} steps of {programs} programs");
}

//! Programs: pieces of code, one after the other, then back to the start.

use alloy_primitives::{B256, U256};
use asterisc_isa::{
    COMPRESSED, CompressedFormat, CompressedSpec, Format, INSTRUCTIONS, InstructionSpec, Op,
    Register,
};
use asterisc_state::{Hart, SparseMemory, VmState};

use super::{
    Random,
    operands::{
        ALIGNED_ANCHOR, CODE, CODE_ANCHOR, CODE_BYTES, COUNTERS, KEY_COUNT, KEYS, anchor, source,
        start_value, target, value,
    },
};
use crate::assembly::{
    BRANCH_OPS, BRANCH_OPS_C, Inst, Order, Reg, c_branch, c_j, c_jalr, c_jr, c_li, ecall,
    immediate, jal, jalr, load, load_reserved, lui, store, store_conditional,
};

/// The state a random program starts in.
pub fn random_state(random: &mut Random) -> VmState {
    let mut state: VmState = VmState::default();
    let code = program(random);
    state.memory.write_bytes(CODE, &code);
    for number in 0..KEY_COUNT {
        let mut key = U256::from_limbs([0; 4].map(|_: u64| random.next())).to_be_bytes::<32>();
        // The last byte is the length of the pre-image; most of them are not short.
        key[31] = key[31] & !3 | if random.percent(80) { 0x80 } else { 0 };
        state.memory.write_bytes(KEYS + 32 * number, &key);
    }
    let mut registers = [0; Register::COUNT];
    for (number, register) in (0..).zip(&mut registers).skip(1) {
        *register = start_value(random, number);
    }
    state.hart = Hart {
        pc: CODE,
        registers,
        heap: 0x7f00_0000_0000,
        preimage_key: B256::from(U256::from(random.next() & !3)),
        load_reservation: value(random),
        ..Hart::default()
    };
    state
}

/// Code that begins at [`CODE`].
fn program(random: &mut Random) -> Vec<u8> {
    let mut code = Vec::new();
    while (code.len() as u64) < CODE_BYTES {
        code.extend(piece(random, 0));
    }
    // Back to the start, and a function behind it.
    let back = i64::try_from(code.len()).expect("a program is short");
    code.extend(jal(0, -back).encode());
    code.extend(pieces(random, 6, COUNTERS.len()));
    code.extend(jalr(0, 1, 0).encode());
    code
}

/// Some pieces, which have no loops where `depth` is the number of counters.
fn pieces(random: &mut Random, count: u64, depth: usize) -> Vec<u8> {
    (0..count).flat_map(|_| piece(random, depth)).collect()
}

/// A few instructions that belong together.
fn piece(random: &mut Random, depth: usize) -> Vec<u8> {
    match random.below(100) {
        0..2 if depth == 0 => call(random),
        2..8 if depth < COUNTERS.len() => repeat(random, depth),
        8..16 => skip(random, depth),
        16..20 => system_call(random),
        20..22 => store_code(random),
        22..25 => reserve(random),
        // Anything may stand in code.
        25 if random.percent(10) => random.word().to_le_bytes().to_vec(),
        26..60 => compressed(random),
        _ => instruction(random),
    }
}

fn encode(list: &[Inst]) -> Vec<u8> {
    list.iter().flat_map(Inst::encode).collect()
}

/// A loop of some rounds.
fn repeat(random: &mut Random, depth: usize) -> Vec<u8> {
    let (counter, rounds) = (COUNTERS[depth], random.between(1, 30));
    let mut code = c_li(counter, rounds).encode();
    let count = 1 + random.below(8);
    let body = pieces(random, count, depth + 1);
    let back = -i64::try_from(body.len() + 4).expect("a body is short");
    code.extend(body);
    code.extend(immediate("addi", counter, counter, -1).encode());
    let is_below = random.percent(50);
    let op = &BRANCH_OPS[if is_below { 2 } else { 1 }];
    // 0 < counter, or counter != 0.
    let [rs1, rs2] = if is_below { [0, counter] } else { [counter, 0] };
    code.extend(op.of(rs1, rs2, back).encode());
    code
}

/// A branch or jump over some instructions, now and then into the middle of one.
fn skip(random: &mut Random, depth: usize) -> Vec<u8> {
    let count = 1 + random.below(4);
    let body = pieces(random, count, depth.max(1));
    let bytes = i64::try_from(body.len()).expect("a body is short");
    let off = if random.percent(3) { -2 } else { 0 };
    let is_near = bytes < 240;
    let mut code = match random.below(4) {
        0 if is_near => {
            let register = 8 + source(random) % 8;
            c_branch(*random.pick(&BRANCH_OPS_C), register, bytes + 2 + off)
        }
        1 if is_near => c_j(bytes + 2 + off),
        2 => jal(target(random), bytes + 4 + off),
        _ => random.pick(BRANCH_OPS).of(source(random), source(random), bytes + 4 + off),
    }
    .encode();
    code.extend(body);
    code
}

/// A jump by the register that knows where the code is, with or without a way back.
fn call(random: &mut Random) -> Vec<u8> {
    let inst = match random.below(4) {
        0 => c_jalr(CODE_ANCHOR),
        1 => c_jr(CODE_ANCHOR),
        _ => jalr(*random.pick(&[0, 1, 5]), CODE_ANCHOR, random.between(-64, 64)),
    };
    inst.encode()
}

/// A system call, most times with arguments that make sense.
fn system_call(random: &mut Random) -> Vec<u8> {
    if random.percent(5) {
        return ecall().encode();
    }
    let set = |register: Reg, value: i64| immediate("addi", register, 0, value);
    let copy = |register: Reg, from: Reg, add: i64| immediate("addi", register, from, add);
    let count = random.between(0, 70);
    let list = match random.below(16) {
        // A key and then its pre-image.
        0..4 => vec![set(10, 6), copy(11, 14, 0), set(12, 32), set(17, 64), ecall()],
        4..8 => {
            let at = random.between(-40, 40);
            vec![set(10, 5), copy(11, anchor(random), at), set(12, count), set(17, 63), ecall()]
        }
        8 => {
            let at = random.between(-40, 40);
            vec![set(10, 6), copy(11, anchor(random), at), set(12, count), set(17, 64), ecall()]
        }
        9 => vec![set(10, random.between(0, 4)), set(12, count), set(17, 64), ecall()],
        10 => vec![copy(11, anchor(random), random.between(-40, 40)), set(17, 113), ecall()],
        11 => vec![set(10, 7), copy(11, anchor(random), -8), set(17, 163), ecall()],
        12 => vec![set(10, 0), set(13, 0x22), set(14, -1), set(17, 222), ecall()],
        13 => {
            vec![set(10, random.between(0, 8)), set(11, random.between(0, 4)), set(17, 25), ecall()]
        }
        14 if random.percent(3) => vec![set(17, 93), ecall()],
        _ => vec![set(17, random.between(200, 300)), ecall()],
    };
    encode(&list)
}

/// Writes an instruction into the code, at any half-word.
fn store_code(random: &mut Random) -> Vec<u8> {
    let bytes = if random.percent(50) { instruction(random) } else { compressed(random) };
    let [low, high, rest @ ..] = bytes.as_slice() else { return bytes };
    let is_wide = rest.len() == 2;
    let half = i64::from(u16::from_le_bytes([*low, *high]));
    let word = rest.first_chunk::<2>().map_or(0, |rest| i64::from(u16::from_le_bytes(*rest)));
    // The value by two instructions, as a compiler makes it; the upper part may be one too high.
    let value = word << 16 | half;
    let lower = ((value & 0xfff) ^ 0x800) - 0x800;
    let upper = ((value - lower) >> 12) & 0xf_ffff;
    let upper = if upper >= 1 << 19 { upper - (1 << 20) } else { upper };
    let offset = random.between(-200, 200);
    let width = if is_wide { "sw" } else { "sh" };
    let register = 5;
    encode(&[
        lui(register, upper),
        immediate("addiw", register, register, lower),
        store(width, register, CODE_ANCHOR, offset & if random.percent(90) { !1 } else { !0 }),
    ])
}

/// A pair of load-reserved and store-conditional, with or without something between.
fn reserve(random: &mut Random) -> Vec<u8> {
    let (first, second) = (4 << random.below(2), 4 << random.below(2));
    let mut code = load_reserved(first, target(random), ALIGNED_ANCHOR, Order::Acquire).encode();
    if random.percent(50) {
        code.extend(instruction(random));
    }
    let (rd, rs2) = (target(random), source(random));
    code.extend(store_conditional(second, rd, rs2, ALIGNED_ANCHOR, Order::Release).encode());
    code
}

/// Puts a register into a field.
fn put(word: u32, at: u32, register: Reg) -> u32 {
    word & !(0x1f << at) | u32::from(register) << at
}

/// A 32-bit instruction of the tables: one that stays in line, most times with operands that have
/// their role.
fn instruction(random: &mut Random) -> Vec<u8> {
    let leaves = |row: &InstructionSpec| match row.op {
        Op::Illegal(_) | Op::Ecall | Op::AmoUnknownW | Op::AmoUnknownD => true,
        Op::Jalr => true,
        _ => matches!(row.format, Format::Branch | Format::Jump) && row.op != Op::BranchNever,
    };
    let row = loop {
        let row = random.pick(INSTRUCTIONS);
        if !leaves(row) || random.below(400) == 0 {
            break row;
        }
    };
    let mut operands = put(random.word(), 7, target(random));
    match row.format {
        Format::Load | Format::Store => operands = put(operands, 15, anchor(random)),
        Format::Atomic | Format::LoadReserved if !random.percent(2) => {
            operands = put(operands, 15, ALIGNED_ANCHOR);
        }
        _ => {}
    }
    // Short offsets, so that accesses meet, at ends of pages above all.
    if matches!(row.format, Format::Load | Format::Store) && random.percent(80) {
        let reach = *random.pick(&[8, 64]);
        let offset = random.between(-reach, reach);
        operands = match row.format {
            Format::Load => load("lb", 0, 0, offset).bits | operands & 0x000f_ffff,
            _ => store("sb", 0, 0, offset).bits | operands & 0x01ff_f000,
        };
    }
    ((operands & !row.mask) | row.pattern).to_le_bytes().to_vec()
}

/// A 16-bit instruction of the tables, likewise.
fn compressed(random: &mut Random) -> Vec<u8> {
    use CompressedFormat as F;

    let leaves = |row: &CompressedSpec| {
        let jumps = [F::Jump, F::Branch, F::JumpRegister, F::JumpRegisterLink];
        matches!(row.op, Op::Illegal(_)) || jumps.contains(&row.format)
    };
    loop {
        let row = random.pick(COMPRESSED);
        if leaves(row) && random.below(400) != 0 {
            continue;
        }
        let [low, high, ..] = random.word().to_le_bytes();
        let half = (u16::from_le_bytes([low, high]) & !row.mask) | row.pattern;
        // What writes a register with a role is drawn anew.
        let decoded = asterisc_isa::decode_compressed(half);
        let rd = decoded.rd.number();
        let has_role = [1, 2, 8, 9, 14, 17, 18, 19, 20, 21, 22].contains(&rd);
        if matches!(decoded.op, Op::Illegal(_)) || has_role && !random.percent(3) {
            continue;
        }
        return half.to_le_bytes().to_vec();
    }
}

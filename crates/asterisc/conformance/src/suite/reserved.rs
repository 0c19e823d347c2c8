//! Encodings that revert, each with its code, and those this machine reads more leniently than the
//! manual.

use super::Suite;
use crate::assembly::{
    AMO_OPS, Effect, Inst, Order, csr, ebreak, ecall, fence, immediate, register,
};

const ILLEGAL: u64 = 0x0bad_c0de;
const UNKNOWN: u64 = 0xf001_c0de;
const MISALIGNED: u64 = 0xbad1_0ad0;
const ATOMIC_WIDTH: u64 = 0x00ba_da70;
const UNKNOWN_ATOMIC: u64 = 0x0f00_1a70;
const STORE_WIDTH: u64 = 0xbad5_12e8;

pub(super) fn add_cases(suite: &mut Suite) {
    opcodes(suite);
    inside_known_opcodes(suite);
    atomics(suite);
    compressed(suite);
    lenient(suite);
    without_effect(suite);
}

/// A word of opcode, rd, funct3, rs1, rs2, funct7; the registers are a0 to a2.
const fn word(opcode: u32, funct3: u32, funct7: u32) -> u32 {
    funct7 << 25 | 12 << 20 | 11 << 15 | funct3 << 12 | 10 << 7 | opcode
}

fn reverts(suite: &mut Suite, name: String, bits: u32, code: u64) {
    suite.add(format!("reserved/{name}"), |case| {
        let data = case.data();
        case.set(11, data).pattern(data - 16, 32);
        case.emit(Inst::with_effect(bits, Effect::Revert(code))).reverts(code);
    });
}

/// Every opcode that is none, with the lowest and the highest operands.
fn opcodes(suite: &mut Suite) {
    let known = [
        0x03, 0x07, 0x0f, 0x13, 0x17, 0x1b, 0x23, 0x27, 0x2f, 0x33, 0x37, 0x3b, 0x53, 0x63, 0x67,
        0x6f, 0x73,
    ];
    for opcode in (0x03..0x80).step_by(4).filter(|opcode| !known.contains(opcode)) {
        for (name, operands) in [("zeros", 0), ("ones", !0x7f), ("some", word(0, 3, 0x11))] {
            reverts(suite, format!("opcode_{opcode:#04x}/{name}"), operands | opcode, UNKNOWN);
        }
    }
}

fn inside_known_opcodes(suite: &mut Suite) {
    let mut list = vec![("load", word(0x03, 7, 0), ILLEGAL)];
    list.extend((4..8).map(|funct3| ("store", word(0x23, funct3, 0), STORE_WIDTH)));
    for upper in [0x02, 0x04, 0x08, 0x10, 0x18, 0x22, 0x40, 0x60, 0x7e] {
        list.push(("srli", word(0x13, 5, upper), ILLEGAL));
        list.push(("srliw", word(0x1b, 5, upper), ILLEGAL));
        list.push(("add", word(0x33, 0, upper), ILLEGAL));
        list.push(("srl", word(0x33, 5, upper), ILLEGAL));
        list.push(("addw", word(0x3b, 0, upper), ILLEGAL));
        list.push(("srlw", word(0x3b, 5, upper), ILLEGAL));
    }
    // Bit 5 of the amount of a word's shift.
    for upper in [0x01, 0x21, 0x41] {
        list.push(("slliw", word(0x1b, 1, upper), ILLEGAL));
        list.push(("srliw", word(0x1b, 5, upper), ILLEGAL));
    }
    for funct3 in [2, 3, 4, 6, 7] {
        list.push(("word_immediate", word(0x1b, funct3, 0), ILLEGAL));
        list.push(("word_register", word(0x3b, funct3, 0), ILLEGAL));
        list.push(("word_register", word(0x3b, funct3, 0x20), ILLEGAL));
    }
    for funct3 in 1..4 {
        list.push(("word_product", word(0x3b, funct3, 1), ILLEGAL));
    }
    for (name, bits, code) in list {
        reverts(suite, format!("{name}/{bits:#010x}"), bits, code);
    }
}

fn atomics(suite: &mut Suite) {
    for funct3 in [0, 1, 4, 5, 6, 7] {
        for funct5 in [0, 2, 3, 31] {
            let bits = word(0x2f, funct3, funct5 << 2);
            reverts(suite, format!("atomic_width/{bits:#010x}"), bits, ATOMIC_WIDTH);
        }
    }
    let known: [u32; 11] = [0, 1, 2, 3, 4, 8, 12, 16, 20, 24, 28];
    for funct5 in (0..32).filter(|funct5| !known.contains(funct5)) {
        for funct3 in [2, 3] {
            let bits = word(0x2f, funct3, funct5 << 2 | funct5 & 3);
            reverts(suite, format!("atomic_operation/{bits:#010x}"), bits, UNKNOWN_ATOMIC);
            // The address is looked at first.
            suite.add(format!("reserved/atomic_operation_misaligned/{bits:#010x}"), |case| {
                case.set(11, case.data() + 2);
                case.emit(Inst::with_effect(bits, Effect::Revert(MISALIGNED))).reverts(MISALIGNED);
            });
        }
    }
}

/// What a half-word comes to, in place of the instruction it would be.
fn compressed(suite: &mut Suite) {
    let list: [(&str, u32, u64); 30] = [
        ("all_zero", 0x0000, UNKNOWN),
        ("c.addi4spn_zero", 0x0004, ILLEGAL),
        ("c.addi4spn_zero_last", 0x001c, ILLEGAL),
        ("c.fld", 0x2000, UNKNOWN),
        ("c.fld_operands", 0x3ffc, UNKNOWN),
        ("quadrant_0_funct3_4", 0x8000, ILLEGAL),
        ("quadrant_0_funct3_4_operands", 0x9ffc, ILLEGAL),
        ("c.fsd", 0xa000, UNKNOWN),
        ("c.fsd_operands", 0xbffc, UNKNOWN),
        ("c.addiw_x0", 0x2001, ILLEGAL),
        ("c.addiw_x0_operands", 0x307d, ILLEGAL),
        ("c.lui_zero", 0x6281, ILLEGAL),
        ("c.lui_x0_zero", 0x6001, ILLEGAL),
        ("c.addi16sp_zero", 0x6101, ILLEGAL),
        ("register_op_1_2", 0x9c41, ILLEGAL),
        ("register_op_1_2_operands", 0x9fdd, ILLEGAL),
        ("register_op_1_3", 0x9c61, ILLEGAL),
        ("register_op_1_3_operands", 0x9ffd, ILLEGAL),
        ("c.fldsp", 0x2002, UNKNOWN),
        ("c.fldsp_operands", 0x3ffe, UNKNOWN),
        ("c.lwsp_x0", 0x4002, ILLEGAL),
        ("c.lwsp_x0_operands", 0x507e, ILLEGAL),
        ("c.ldsp_x0", 0x6002, ILLEGAL),
        ("c.ldsp_x0_operands", 0x707e, ILLEGAL),
        ("c.jr_x0", 0x8002, ILLEGAL),
        ("c.fsdsp", 0xa002, UNKNOWN),
        ("c.fsdsp_operands", 0xbffe, UNKNOWN),
        ("c.fld_s1", 0x2084, UNKNOWN),
        ("c.fsd_s1", 0xa084, UNKNOWN),
        ("c.fsdsp_s1", 0xa4a6, UNKNOWN),
    ];
    for (name, bits, code) in list {
        reverts(suite, format!("compressed/{name}"), bits, code);
    }
}

/// Words with bits the manual reserves and this machine does not look at.
fn lenient(suite: &mut Suite) {
    let mut list = Vec::new();
    for (name, funct3) in [("sll", 1), ("slt", 2), ("sltu", 3), ("xor", 4), ("or", 6), ("and", 7)] {
        for funct7 in [0x02, 0x20, 0x21, 0x7f] {
            list.push((name, word(0x33, funct3, funct7), register(name, 10, 11, 12)));
        }
    }
    for funct7 in [0x02, 0x20, 0x7f] {
        list.push(("sllw", word(0x3b, 1, funct7), register("sllw", 10, 11, 12)));
    }
    // Bits above the shift amount.
    for upper in [0x02, 0x20, 0x7e] {
        list.push(("slli", word(0x13, 1, upper), immediate("slli", 10, 11, 12)));
        list.push(("slliw", word(0x1b, 1, upper), immediate("slliw", 10, 11, 12)));
    }
    for funct3 in 1..8 {
        let bits = 8 << 20 | 11 << 15 | funct3 << 12 | 10 << 7 | 0x67;
        list.push(("jalr", bits, crate::assembly::jalr(10, 11, 8)));
    }
    for rs2 in [1, 31] {
        let inst = crate::assembly::load_reserved(8, 10, 11, Order::Relaxed);
        list.push(("lr.d", inst.bits | rs2 << 20, inst));
    }
    for operands in [1 << 7, 31 << 15, 10 << 7 | 11 << 15] {
        list.push(("ecall", ecall().bits | operands, ecall()));
    }
    for (name, bits, means) in list {
        suite.add(format!("lenient/{name}/{bits:#010x}"), |case| {
            let data = case.data();
            case.set(11, data).set(12, 0x1_0000_0007).pattern(data - 16, 32).machine_only();
            case.emit(Inst::with_effect(bits, means.effect)).steps(1).end_at(0);
        });
    }
}

/// Words that do nothing here: floating point, privileged instructions, fences, and branches of
/// which no condition is known.
fn without_effect(suite: &mut Suite) {
    let mut list = vec![("ebreak", ebreak().bits), ("fence", fence(0, 0x0ff).bits)];
    list.extend([("fence.tso", fence(0, 0x833).bits), ("fence.i", fence(1, 0).bits)]);
    list.extend((2..8).map(|funct3| ("fence", fence(funct3, 0xfff).bits)));
    for immediate in [0x002, 0x102, 0x105, 0x302, 0x7ff, 0x800, 0xfff] {
        list.push(("privileged", immediate << 20 | 0x73));
        list.push(("privileged", immediate << 20 | 11 << 15 | 10 << 7 | 0x73));
    }
    for opcode in [0x07, 0x27, 0x53] {
        list.extend((0..8).map(|funct3| ("float", word(opcode, funct3, 0x71))));
        list.push(("float", !0x7f | opcode));
    }
    list.extend([2, 3].map(|funct3| ("branch", word(0x63, funct3, 0))));
    for (name, bits) in list {
        suite.add(format!("without_effect/{name}/{bits:#010x}"), |case| {
            case.emit(Inst::with_effect(bits, Effect::Nothing)).machine_only();
            case.emit(immediate("addi", 5, 10, 1));
        });
    }
    for funct3 in 1..8 {
        suite.add(format!("csr/funct3_{funct3}"), |case| {
            for number in [0x000, 0x300, 0xc00, 0xfff] {
                case.emit(csr(funct3, 10, 11, number)).emit(csr(funct3, 0, 31, number));
                case.set(12, 1).emit(csr(funct3, 12, 12, number));
            }
            case.machine_only();
        });
    }
    // An atomic's address is checked although its operation does nothing.
    suite.add("without_effect/amoor_of_zero", |case| {
        let data = case.data();
        case.pattern(data - 16, 32).set(5, data);
        case.emit(AMO_OPS[3].of(8, 6, 0, 5, Order::Relaxed));
    });
}

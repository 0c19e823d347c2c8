//! Arithmetic on registers and immediates, of I and M.

use super::{
    Suite,
    values::{EDGES, Named, WIDTHS, immediates, named, values},
};
use crate::assembly::{
    IMMEDIATE_OPS, ImmediateOp, REGISTER_OPS, Reg, RegisterOp, auipc, immediate, lui,
};

pub(super) fn add_cases(suite: &mut Suite) {
    for op in REGISTER_OPS {
        let group = if op.is_multiplication() { "rv64m" } else { "rv64i" };
        for set in [&EDGES, &WIDTHS] {
            values_with_each(suite, group, op, set);
        }
        aliases(suite, group, op);
        every_register(suite, group, op);
    }
    for op in IMMEDIATE_OPS {
        immediate_with_each(suite, op);
        immediate_aliases(suite, op);
    }
    upper(suite);
}

/// One operand with each of the set and with zero, on both sides. The values are in x1 to x15,
/// results go to x16 to x30.
fn values_with_each(suite: &mut Suite, group: &str, op: &RegisterOp, set: &[Named; 15]) {
    for (first, (value_name, _)) in (1..).zip(set) {
        suite.add(format!("{group}/{}/{value_name}_with_each", op.name), |case| {
            case.set_all(&values(set));
            for second in 1..16 {
                case.emit(op.of(15 + second, first, second));
            }
            case.emit(op.of(1, first, 0)).emit(op.of(2, 0, first));
        });
    }
}

/// Registers that are the same or zero: rd, rs1, rs2 as a function of two registers.
type Alias = (&'static str, fn(Reg, Reg) -> [Reg; 3]);

const ALIASES: [Alias; 8] = [
    ("rd_eq_rs1", |a, b| [a, a, b]),
    ("rd_eq_rs2", |a, b| [b, a, b]),
    ("rs1_eq_rs2", |a, b| [b, a, a]),
    ("all_equal", |a, _| [a, a, a]),
    ("rd_x0", |a, b| [0, a, b]),
    ("rs1_x0", |a, b| [a, 0, b]),
    ("rs2_x0", |a, b| [b, a, 0]),
    ("all_x0", |_, _| [0, 0, 0]),
];

fn aliases(suite: &mut Suite, group: &str, op: &RegisterOp) {
    for (alias, registers) in ALIASES {
        for (set_name, set) in [("edges", &EDGES), ("widths", &WIDTHS)] {
            suite.add(format!("{group}/{}/{alias}_{set_name}", op.name), |case| {
                case.set_all(&values(set));
                for (first, second) in (1..16).zip([8, 9, 10, 11, 12, 13, 14, 15, 1, 2, 3, 4, 5]) {
                    let [rd, rs1, rs2] = registers(first, second);
                    case.emit(op.of(rd, rs1, rs2));
                }
            });
        }
    }
}

/// Every register in every place once.
fn every_register(suite: &mut Suite, group: &str, op: &RegisterOp) {
    suite.add(format!("{group}/{}/every_register", op.name), |case| {
        for register in 0..32 {
            case.emit(op.of(register, (register + 11) % 32, (register + 19) % 32));
        }
        // x31 is written.
        case.machine_only();
    });
}

/// All values with one immediate.
fn immediate_with_each(suite: &mut Suite, op: &ImmediateOp) {
    let list = match op.shift_bits {
        0 => immediates(12),
        6 => vec![0, 1, 2, 31, 32, 33, 62, 63],
        _ => vec![0, 1, 2, 15, 16, 30, 31],
    };
    for value in list {
        for (set_name, set) in [("edges", &EDGES), ("widths", &WIDTHS)] {
            suite.add(format!("rv64i/{}/{}_with_{set_name}", op.name, named(value)), |case| {
                case.set_all(&values(set));
                for register in 1..16 {
                    case.emit(op.of(15 + register, register, value));
                }
            });
        }
    }
}

fn immediate_aliases(suite: &mut Suite, op: &ImmediateOp) {
    let value = if op.shift_bits == 0 { -77 } else { 13 };
    suite.add(format!("rv64i/{}/rd_eq_rs1", op.name), |case| {
        case.set_all(&values(&EDGES));
        for register in 1..31 {
            case.emit(op.of(register, register, value));
        }
    });
    suite.add(format!("rv64i/{}/x0", op.name), |case| {
        for register in 0..31 {
            case.emit(op.of(0, register, value)).emit(op.of(register, 0, value));
        }
    });
    suite.add(format!("rv64i/{}/every_register", op.name), |case| {
        for register in 0..32 {
            case.emit(op.of(register, (register + 13) % 32, value));
        }
        case.machine_only();
    });
}

fn upper(suite: &mut Suite) {
    for value in immediates(20) {
        suite.add(format!("rv64i/lui/{}", named(value)), |case| {
            for register in [0, 1, 15, 30] {
                case.emit(lui(register, value)).emit(immediate("addiw", 7, register, -1));
            }
        });
        suite.add(format!("rv64i/auipc/{}", named(value)), |case| {
            for register in [0, 1, 15, 30] {
                case.emit(auipc(register, value));
            }
        });
    }
    // From the first page down, and from the last one up.
    for (name, pc, value) in [("wraps_down", 0x100u64, -(1 << 19)), ("wraps_up", !0xfff, 1)] {
        suite.add(format!("rv64i/auipc/{name}"), |case| {
            case.org(pc).emit(auipc(5, value)).emit(auipc(6, -1)).machine_only();
        });
    }
}

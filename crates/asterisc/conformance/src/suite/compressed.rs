//! Every 16-bit instruction, at addresses that are a multiple of 4 and at those that are not.

use super::{
    Suite,
    control::both_ways,
    values::{EDGES, WIDTHS, named, values},
};
use crate::{
    assembly::{
        BRANCH_OPS_C, Inst, LOAD_OPS_C, REGISTER_OPS_C, Reg, SHIFT_OPS_C, STORE_OPS_C, c_add,
        c_addi, c_addi4spn, c_addi16sp, c_addiw, c_andi, c_branch, c_ebreak, c_j, c_jalr, c_jr,
        c_li, c_load, c_load_sp, c_lui, c_mv, c_nop, c_register, c_shift, c_slli, c_store,
        c_store_sp, immediate, load,
    },
    case::CaseBuilder,
};

/// Immediates of six bits.
const SIX: [i64; 11] = [-32, -31, -17, -16, -2, -1, 0, 1, 15, 16, 31];
/// Shift amounts.
const AMOUNTS: [i64; 9] = [0, 1, 2, 15, 16, 31, 32, 33, 63];
/// The registers fields of three bits can name.
const PRIME: std::ops::Range<Reg> = 8..16;

pub(super) fn add_cases(suite: &mut Suite) {
    immediates(suite);
    stack_pointer(suite);
    registers(suite);
    memory(suite);
    memory_of_the_stack(suite);
    branches(suite);
    jumps(suite);
    register_jumps(suite);
}

/// Adds a case at both kinds of addresses.
fn add(suite: &mut Suite, name: &str, build: impl Fn(&mut CaseBuilder)) {
    for (alignment, offset) in [("at_4", 0), ("at_2", 2)] {
        suite.add(format!("rv64c/{name}_{alignment}"), |case| {
            case.org(case.code() + offset);
            build(case);
        });
    }
}

fn immediates(suite: &mut Suite) {
    type Make = fn(Reg, i64) -> Inst;
    let all: [(&str, Make); 5] = [
        ("c.addi", c_addi),
        ("c.addiw", c_addiw),
        ("c.li", c_li),
        ("c.lui", c_lui),
        ("c.andi", c_andi),
    ];
    for (name, make) in all {
        for value in SIX {
            // Zero is reserved for one of them; another one means the stack pointer with x2.
            if name == "c.lui" && value == 0 {
                continue;
            }
            for (set_name, set) in [("edges", EDGES), ("widths", WIDTHS)] {
                add(suite, &format!("{name}/{}_on_{set_name}", named(value)), |case| {
                    case.set_all(&values(&set));
                    let registers = if name == "c.andi" { PRIME } else { 1..31 };
                    for register in registers.filter(|it| name != "c.lui" || *it != 2) {
                        case.emit(make(register, value));
                    }
                });
            }
        }
    }
    for value in SIX {
        add(suite, &format!("c.nop/{}", named(value)), |case| {
            case.emit(c_nop(value));
            // Hints: the target is x0.
            case.emit(c_li(0, value)).emit(c_slli(0, value & 31)).emit(c_mv(0, 5));
            case.emit(c_add(0, 5)).emit(c_lui(0, if value == 0 { 1 } else { value }));
        });
    }
    shifts(suite);
}

fn shifts(suite: &mut Suite) {
    for amount in AMOUNTS {
        for (set_name, set) in [("edges", EDGES), ("widths", WIDTHS)] {
            let name = format!("{}_on_{set_name}", named(amount));
            add(suite, &format!("c.slli/{name}"), |case| {
                case.set_all(&values(&set));
                (1..31).for_each(|register| {
                    case.emit(c_slli(register, amount));
                });
            });
            for op in SHIFT_OPS_C {
                add(suite, &format!("{}/{name}", op.0), |case| {
                    case.set_all(&values(&set));
                    PRIME.for_each(|register| {
                        case.emit(c_shift(op, register, amount));
                    });
                });
            }
        }
    }
}

fn stack_pointer(suite: &mut Suite) {
    for value in [-512, -496, -256, -128, -64, -32, -16, 16, 32, 64, 128, 256, 480, 496] {
        add(suite, &format!("c.addi16sp/{}", named(value)), |case| {
            case.set(2, 0x8000_0000).emit(c_addi16sp(value)).emit(c_addi16sp(value));
        });
    }
    for value in [4, 8, 16, 32, 64, 128, 256, 512, 1016, 1020] {
        add(suite, &format!("c.addi4spn/{value}"), |case| {
            case.set(2, 0u64.wrapping_sub(64));
            PRIME.for_each(|register| {
                case.emit(c_addi4spn(register, value));
            });
        });
    }
}

fn registers(suite: &mut Suite) {
    for op in REGISTER_OPS_C {
        for (set_name, set) in [("edges", EDGES), ("widths", WIDTHS)] {
            add(suite, &format!("{}/{set_name}", op.0), |case| {
                case.set_all(&values(&set));
                for rd in PRIME {
                    for rs2 in PRIME {
                        // Other values for the pairs to come.
                        case.emit(c_register(op, rd, rs2)).emit(immediate("xori", rd, rd, 0x55));
                    }
                }
            });
        }
    }
    for (name, make) in [("c.mv", c_mv as fn(Reg, Reg) -> Inst), ("c.add", c_add)] {
        for (set_name, set) in [("edges", EDGES), ("widths", WIDTHS)] {
            add(suite, &format!("{name}/{set_name}"), |case| {
                case.set_all(&values(&set));
                for register in 1..16 {
                    case.emit(make(15 + register, register)).emit(make(register, register));
                    case.emit(make(register, 16));
                }
            });
        }
    }
    add(suite, "c.ebreak/does_nothing", |case| {
        case.emit(c_ebreak()).emit(c_addi(5, 1)).machine_only();
    });
}

/// Offsets of loads and stores, in units of their width.
const UNITS: [i64; 10] = [0, 1, 2, 3, 4, 8, 15, 16, 30, 31];

fn memory(suite: &mut Suite) {
    for unit in UNITS {
        // The address is unaligned, and crosses a page with one of the offsets.
        for shift in [-4, 0, 3] {
            let name = |op: &str| format!("{op}/unit_{unit}_shifted_{}", named(shift));
            for op in LOAD_OPS_C {
                add(suite, &name(op.0), |case| {
                    let (data, offset) = (case.data(), unit * op.2.cast_signed());
                    case.pattern(data - 16, 32);
                    for rs1 in PRIME {
                        let address = data.wrapping_add_signed(shift - offset);
                        case.set(rs1, address);
                    }
                    // Into other registers first, then into the address itself.
                    (8..12).for_each(|rd| {
                        case.emit(c_load(op, rd, rd + 4, offset));
                    });
                    (12..16).for_each(|rd| {
                        case.emit(c_load(op, rd, rd, offset));
                    });
                });
            }
            for op in STORE_OPS_C {
                add(suite, &name(op.0), |case| {
                    let (data, offset) = (case.data(), unit * op.2.cast_signed());
                    case.pattern(data - 16, 32).set(30, data);
                    for rs1 in [8, 9, 15] {
                        let address = data.wrapping_add_signed(shift - offset);
                        case.set(rs1, address);
                    }
                    for (rs2, rs1) in [(10, 8), (15, 9), (14, 15), (8, 8)] {
                        case.emit(c_store(op, rs2, rs1, offset)).emit(load("ld", 16, 30, shift));
                    }
                });
            }
        }
    }
}

fn memory_of_the_stack(suite: &mut Suite) {
    for unit in [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 62, 63] {
        for (shift, bytes) in [(-4, 4), (0, 4), (3, 4), (-4, 8), (0, 8), (3, 8)] {
            let offset = unit * i64::try_from(bytes).expect("4 or 8");
            let (load_name, store_name) =
                if bytes == 4 { ("c.lwsp", "c.swsp") } else { ("c.ldsp", "c.sdsp") };
            let place = format!("unit_{unit}_shifted_{}", named(shift));
            add(suite, &format!("{load_name}/{place}"), |case| {
                let data = case.data();
                case.pattern(data - 16, 32).set(2, data.wrapping_add_signed(shift - offset));
                for rd in [1, 3, 8, 15, 16, 30, 2] {
                    case.emit(c_load_sp(bytes, rd, offset));
                }
            });
            add(suite, &format!("{store_name}/{place}"), |case| {
                let data = case.data();
                case.pattern(data - 16, 32).set(2, data.wrapping_add_signed(shift - offset));
                case.set(30, data);
                for rs2 in [0, 1, 8, 16, 29, 2] {
                    case.emit(c_store_sp(bytes, rs2, offset)).emit(load("ld", 16, 30, shift));
                }
            });
        }
    }
}

fn branches(suite: &mut Suite) {
    for op in BRANCH_OPS_C {
        for offset in [-256, -254, -130, -128, -34, -4, -2, 2, 4, 6, 30, 32, 126, 128, 252, 254] {
            for (how, value) in [("zero", 0), ("high_bit", 1 << 63), ("low_bit", 1)] {
                add(suite, &format!("{}/by_{}_{how}", op.0, named(offset)), |case| {
                    let from = case.here() + 0x1000;
                    case.set(9, value).org(from).emit(c_branch(op, 9, offset));
                    both_ways(case, offset);
                });
            }
        }
        add(suite, &format!("{}/every_register", op.0), |case| {
            case.set(8, 0).set(10, 0).set(14, 0);
            for register in PRIME {
                case.emit(c_branch(op, register, 4)).emit(c_addi(20, 1)).emit(c_slli(20, 1));
            }
        });
        add(suite, &format!("{}/loop", op.0), |case| {
            case.set(8, 5).set(9, 0);
            let start = case.here();
            case.emit(c_addi(9, 2)).emit(c_addi(8, -1));
            let back = start.cast_signed() - case.here().cast_signed();
            case.emit(c_branch(op, 8, back));
        });
    }
}

fn jumps(suite: &mut Suite) {
    for offset in [-2048, -2046, -1024, -514, -256, -34, -4, 4, 34, 66, 256, 514, 1024, 2044, 2046]
    {
        add(suite, &format!("c.j/by_{}", named(offset)), |case| {
            let from = case.here() + 0x1000;
            case.org(from).emit(c_j(offset));
            case.org(from.wrapping_add_signed(offset)).emit(c_addi(9, 1));
            if offset == -4 {
                // The harness has no room behind it.
                case.machine_only();
            }
        });
    }
    add(suite, "c.j/to_itself", |case| {
        case.emit(c_j(0)).steps(5).machine_only();
    });
}

fn register_jumps(suite: &mut Suite) {
    for register in [1, 2, 5, 8, 15, 16, 30] {
        for (parity, odd) in [("even", 0), ("odd", 1)] {
            add(suite, &format!("c.jr/x{register}_{parity}"), |case| {
                let target = case.here() + 0x122;
                case.set(register, target + odd).emit(c_jr(register));
                case.org(target).emit(c_addi(9, 1));
            });
            add(suite, &format!("c.jalr/x{register}_{parity}"), |case| {
                let target = case.here() + 0x122;
                case.set(register, target + odd).emit(c_jalr(register));
                case.org(target).emit(c_addi(9, 1)).emit(c_mv(10, 1));
            });
        }
    }
}

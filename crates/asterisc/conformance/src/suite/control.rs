//! Branches and jumps: conditions, directions, distances, links.

use super::{
    Suite,
    values::{EDGES, Named, WIDTHS, immediates, named, values},
};
use crate::{
    assembly::{BRANCH_OPS, BranchOp, branch, c_addi, c_li, c_nop, immediate, jal, jalr},
    case::{BLOCK_BYTES, CaseBuilder},
};

pub(super) fn add_cases(suite: &mut Suite) {
    for op in BRANCH_OPS {
        for set in [&EDGES, &WIDTHS] {
            conditions(suite, op, set);
        }
        branch_distances(suite, op);
        branch_registers(suite, op);
        loops(suite, op);
    }
    jumps(suite);
    register_jumps(suite);
}

/// One operand with each of the set: a bit of x16 for each branch that is not taken.
fn conditions(suite: &mut Suite, op: &BranchOp, set: &[Named; 15]) {
    for (first, (value_name, _)) in (1..).zip(set) {
        suite.add(format!("rv64i/{}/{value_name}_with_each", op.name), |case| {
            case.set_all(&values(set));
            for second in 0..16 {
                case.emit(immediate("slli", 16, 16, 1));
                case.emit(op.of(first, second, 8)).emit(immediate("ori", 16, 16, 1));
                case.emit(op.of(second, first, 6)).emit(c_addi(17, 1));
            }
        });
    }
}

/// Every distance at the ends of its range, and the shortest ones.
fn branch_distances(suite: &mut Suite, op: &BranchOp) {
    let distances = [-4096, -4094, -2048, -34, -32, -6, -4, -2, 2, 4, 6, 32, 34, 2046, 4092, 4094];
    for offset in distances {
        for (how, values) in [("equal", [5, 5]), ("less", [5, 6]), ("more", [6, 5])] {
            suite.add(format!("rv64i/{}/by_{}_{how}", op.name, named(offset)), |case| {
                let from = case.code() + 0x1000;
                case.set(5, values[0]).set(6, values[1]).org(from).emit(op.of(5, 6, offset));
                both_ways(case, offset);
            });
        }
    }
    suite.add(format!("rv64i/{}/to_itself", op.name), |case| {
        case.set(5, 1).set(6, 1).emit(op.of(5, 6, 0)).steps(5).machine_only();
    });
}

/// What follows a branch, where it is taken and where it is not: x7 or x8 tells which way it went.
pub(super) fn both_ways(case: &mut CaseBuilder, offset: i64) {
    if offset.unsigned_abs() < 16 {
        // The ways overlap, or lead into the branch itself.
        case.steps(1).machine_only();
        return;
    }
    let end = case.code() + 0x2800;
    let target = case.last().wrapping_add_signed(offset);
    for (start, register) in [(case.here(), 7), (target, 8)] {
        case.org(start).emit(c_li(register, 1));
        let rest = end.cast_signed() - case.here().cast_signed();
        case.emit(jal(0, rest));
    }
    case.end_at(end);
}

fn branch_registers(suite: &mut Suite, op: &BranchOp) {
    suite.add(format!("rv64i/{}/every_register", op.name), |case| {
        for register in 0..32 {
            case.emit(op.of(register, (register + 7) % 32, 6)).emit(c_addi(20, 1));
            case.emit(op.of(register, register, 6)).emit(c_addi(21, 1));
        }
    });
}

/// Counts down and up, so that the branch is taken backwards some times and then not.
fn loops(suite: &mut Suite, op: &BranchOp) {
    for (direction, step) in [("down", -1), ("up", 1)] {
        suite.add(format!("rv64i/{}/loop_{direction}", op.name), |case| {
            case.set(5, 3).set(6, 0).set(7, 0);
            let start = case.here();
            case.emit(c_addi(7, 1)).emit(immediate("addi", 5, 5, step));
            let back = start.cast_signed() - case.here().cast_signed();
            // Some of these never end by themselves.
            case.emit(op.of(5, 6, back)).steps(40).machine_only();
        });
    }
    suite.add(format!("rv64i/{}/loop_that_ends", op.name), |case| {
        case.set(5, 3).set(7, 0);
        let start = case.here();
        case.emit(c_addi(7, 1)).emit(c_addi(5, -1));
        case.emit(branch("beq", 5, 0, 8));
        let back = start.cast_signed() - case.here().cast_signed();
        case.emit(op.of(7, 7, back)).emit(op.of(7, 0, 4));
    });
}

fn jumps(suite: &mut Suite) {
    let near = [-0x1000, -0x800, -66, -34, -6, -4, 4, 6, 34, 66, 0x7fe, 0x800, 0xffe];
    for offset in near {
        for rd in [0, 1, 5, 30] {
            suite.add(format!("rv64i/jal/by_{}_x{rd}", named(offset)), |case| {
                let from = case.code() + 0x1000;
                let target = from.wrapping_add_signed(offset);
                case.org(from).emit(jal(rd, offset)).org(target).emit(c_addi(9, 1));
                case.emit(c_nop(0));
                if (-8..0).contains(&offset) {
                    // The harness has no room behind it.
                    case.machine_only();
                }
            });
        }
    }
    for (name, offset) in [("min", -(1 << 20)), ("max", (1 << 20) - 2)] {
        suite.add(format!("rv64i/jal/{name}"), |case| {
            let middle = case.code() + 66 * BLOCK_BYTES;
            case.blocks(132).org(middle).emit(jal(1, offset));
            case.org(middle.wrapping_add_signed(offset)).emit(c_addi(9, 1));
            // The harness reaches no start that far away.
            case.machine_only();
        });
    }
    suite.add("rv64i/jal/to_itself", |case| {
        case.emit(jal(1, 0)).steps(5).machine_only();
    });
    suite.add("rv64i/jal/wraps_around", |case| {
        case.org(0).emit(jal(1, -8)).org(0u64.wrapping_sub(8)).emit(jal(2, 16)).machine_only();
        case.end_at(8);
    });
    suite.add("rv64i/jal/every_link_register", |case| {
        for register in 0..31 {
            case.emit(jal(register, 6)).emit(c_addi(9, 1));
        }
    });
}

fn register_jumps(suite: &mut Suite) {
    for offset in immediates(12) {
        for (alias, rd, rs1) in [("link", 1, 5), ("rd_eq_rs1", 5, 5), ("no_link", 0, 5)] {
            suite.add(format!("rv64i/jalr/{alias}_offset_{}", named(offset)), |case| {
                // The lowest bit of an odd sum is dropped.
                let target = case.code() + 0x100;
                case.set(5, target.wrapping_add_signed(-offset));
                case.emit(jalr(rd, rs1, offset)).org(target).emit(c_addi(9, 1));
                case.emit(immediate("addi", 10, 5, 1));
            });
        }
    }
    suite.add("rv64i/jalr/odd_target", |case| {
        let target = case.code() + 0x102;
        let end = case.code() + 4;
        case.set(5, target + 1).emit(jalr(1, 5, 0)).org(target).emit(jalr(5, 1, 1)).end_at(end);
    });
    suite.add("rv64i/jalr/from_x0", |case| {
        case.emit(jalr(1, 0, -16)).org(0u64.wrapping_sub(16)).emit(jalr(0, 0, 0x7fe));
        case.org(0x7fe).emit(c_addi(9, 1)).machine_only();
    });
    suite.add("rv64i/jalr/call_and_return", |case| {
        let function = case.code() + 0x200;
        case.set(5, function).set(9, 0);
        case.emit(jalr(1, 5, 0)).emit(c_nop(0)).emit(jalr(1, 5, 0));
        let end = case.here();
        case.org(function).emit(c_addi(9, 3)).emit(jalr(0, 1, 0)).end_at(end);
    });
}

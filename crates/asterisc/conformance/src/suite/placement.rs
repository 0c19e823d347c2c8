//! Where instructions stand: across the ends of leaves and pages, at odd addresses, in memory the
//! program writes.

use super::Suite;
use crate::{
    assembly::{
        AMO_OPS, Inst, Order, auipc, branch, c_addi, c_li, c_mv, c_nop, csr, ecall, fence,
        immediate, jal, jalr, load, load_reserved, lui, register, store, store_conditional,
    },
    case::CaseBuilder,
};

pub(super) fn add_cases(suite: &mut Suite) {
    for (name, inst) in of_every_kind() {
        straddling(suite, name, inst);
        at_an_odd_address(suite, name, inst);
    }
    compressed_at_odd_addresses(suite);
    around_the_top(suite);
    written_code(suite);
}

/// One instruction of every kind. x5 is an address in the data, x6 one that crosses a page, x7 one
/// of a function.
fn of_every_kind() -> Vec<(&'static str, Inst)> {
    vec![
        ("lui", lui(9, 0x12345)),
        ("auipc", auipc(9, -7)),
        ("addi", immediate("addi", 9, 10, -1)),
        ("sraiw", immediate("sraiw", 9, 10, 31)),
        ("xor", register("xor", 9, 10, 11)),
        ("mulhsu", register("mulhsu", 9, 10, 11)),
        ("divw", register("divw", 9, 10, 11)),
        ("lw_in_leaf", load("lw", 9, 5, 0)),
        ("ld_across", load("ld", 9, 6, 0)),
        ("sw_in_leaf", store("sw", 9, 5, 0)),
        ("sd_across", store("sd", 9, 6, 0)),
        ("lr", load_reserved(8, 9, 5, Order::Relaxed)),
        ("sc_fails", store_conditional(8, 9, 10, 5, Order::Relaxed)),
        ("amo", AMO_OPS[0].of(4, 9, 10, 5, Order::Relaxed)),
        ("beq_taken", branch("beq", 9, 9, 10)),
        ("bne_not_taken", branch("bne", 9, 9, 10)),
        ("jal", jal(1, 10)),
        ("jalr", jalr(1, 7, 0)),
        ("fence", fence(0, 0xff)),
        ("csr", csr(2, 9, 0, 0xc00)),
        ("ecall", ecall()),
    ]
}

fn registers_for_every_kind(case: &mut CaseBuilder) {
    let (data, function) = (case.data(), case.code() + 0x400);
    case.pattern(data - 16, 32).set(5, data + 8).set(6, data - 3).set(7, function);
    case.set(10, 0x8000_0001).set(11, 3);
}

/// A 4-byte instruction that begins 2 bytes before the end of a leaf or a page.
fn straddling(suite: &mut Suite, name: &str, inst: Inst) {
    let is_user_level = name != "ecall" && name != "csr";
    for (edge, from_end) in [("leaf", 0xfe0), ("page", 0x1000)] {
        suite.add(format!("placement/straddles_{edge}/{name}"), |case| {
            registers_for_every_kind(case);
            let at = case.code() + from_end - 2;
            case.org(at - 2).emit(c_nop(0)).emit(inst).emit(c_li(12, 1)).emit(c_nop(0));
            case.emit(c_li(13, 1)).emit(c_li(14, 1)).emit(c_li(15, 1));
            // The other ways lead to the same end.
            let end = case.here();
            let function = case.code() + 0x400;
            case.org(function).emit(c_li(8, 4));
            let back = end.cast_signed() - case.here().cast_signed();
            case.emit(jal(0, back)).end_at(end);
            if !is_user_level {
                case.machine_only();
            }
        });
    }
    // Both halves and the access itself in different leaves, with one of them in no page.
    suite.add(format!("placement/straddles_into_nothing/{name}"), |case| {
        registers_for_every_kind(case);
        let at = 0x5_0000_0000 - 2;
        case.org(at).emit(inst).steps(1).end_at(0).machine_only();
    });
}

/// A 32-bit instruction at an odd address executes inside a leaf; only branches mind.
fn at_an_odd_address(suite: &mut Suite, name: &str, inst: Inst) {
    let reverts = match name {
        "beq_taken" | "bne_not_taken" | "jal" => Some(0xbad1_0ad0),
        _ => None,
    };
    for offset in [1, 27] {
        suite.add(format!("placement/odd_{offset}/{name}"), |case| {
            registers_for_every_kind(case);
            case.org(case.code() + offset).emit(inst).steps(1).end_at(0).machine_only();
            reverts.map(|code| case.reverts(code));
        });
    }
    for offset in [29, 31] {
        suite.add(format!("placement/odd_{offset}/{name}"), |case| {
            registers_for_every_kind(case);
            case.org(case.code() + offset).emit(inst).reverts(0xbad2_2220);
        });
    }
}

fn compressed_at_odd_addresses(suite: &mut Suite) {
    for (offset, code) in [(1, 0xf001_c0de), (27, 0xf001_c0de), (29, 0xbad2_2220)] {
        suite.add(format!("placement/odd_{offset}/c.addi"), |case| {
            case.org(case.code() + offset).emit(c_addi(5, 1)).emit(c_addi(5, 1)).reverts(code);
        });
    }
    for offset in [26, 28, 30, 4094] {
        suite.add(format!("placement/end_of_leaf_{offset}/c.addi"), |case| {
            case.org(case.code() + offset).emit(c_addi(5, 1)).emit(c_addi(5, 1)).emit(c_addi(5, 1));
        });
    }
}

/// The last instruction of memory, and the one that lies on both ends of it.
fn around_the_top(suite: &mut Suite) {
    suite.add("placement/top/ends_at_the_top", |case| {
        case.org(0u64.wrapping_sub(4)).emit(immediate("addi", 5, 5, 1)).emit(c_addi(5, 1));
        case.machine_only();
    });
    suite.add("placement/top/lies_on_both_ends", |case| {
        case.org(0u64.wrapping_sub(2)).emit(immediate("addi", 5, 5, 1)).emit(jal(1, -4));
        case.steps(4).machine_only();
    });
    suite.add("placement/top/compressed", |case| {
        case.org(0u64.wrapping_sub(2)).emit(c_addi(5, 1)).emit(c_addi(5, 1)).machine_only();
    });
}

/// A program that overwrites itself sees it at once.
fn written_code(suite: &mut Suite) {
    let new = immediate("addi", 9, 9, 0x40);
    suite.add("placement/written/next_instruction", |case| {
        let next = case.code() + 4;
        case.set(5, u64::from(new.bits)).set(6, next).set(9, 0).writes(new);
        case.emit(store("sw", 5, 6, 0)).emit(immediate("addi", 9, 9, 1)).machine_only();
    });
    suite.add("placement/written/loop", |case| {
        let start = case.here();
        case.set(5, u64::from(new.bits)).set(6, start).set(9, 0).set(8, 3).writes(new);
        case.emit(immediate("addi", 9, 9, 1)).emit(store("sw", 5, 6, 0)).emit(fence(1, 0));
        case.emit(c_addi(8, -1));
        let back = start.cast_signed() - case.here().cast_signed();
        case.emit(branch("bne", 8, 0, back));
    });
    suite.add("placement/written/half_of_an_instruction", |case| {
        // The upper half has the immediate: 1 becomes 0x40.
        let half = case.code() + 6;
        case.set(5, u64::from(new.bits >> 16)).set(6, half).set(9, 0).writes(new);
        case.emit(store("sh", 5, 6, 0)).emit(immediate("addi", 9, 9, 1)).machine_only();
    });
    suite.add("placement/written/across_pages", |case| {
        let at = case.code() + 0xffe;
        case.set(5, u64::from(new.bits)).set(6, at).set(9, 0).set(8, 2).writes(new);
        case.org(at).emit(immediate("addi", 9, 9, 1)).emit(store("sw", 5, 6, 0));
        case.emit(fence(1, 0)).emit(c_addi(8, -1));
        let back = at.cast_signed() - case.here().cast_signed();
        case.emit(branch("bne", 8, 0, back));
    });
    suite.add("placement/written/compressed_becomes_wide", |case| {
        let start = case.here();
        case.set(5, u64::from(new.bits)).set(6, start).set(9, 0).set(8, 2).writes(new);
        case.emit(c_addi(9, 1)).emit(c_mv(10, 9)).emit(store("sw", 5, 6, 0)).emit(fence(1, 0));
        case.emit(c_addi(8, -1));
        let back = start.cast_signed() - case.here().cast_signed();
        case.emit(branch("bne", 8, 0, back));
    });
    suite.add("placement/written/by_an_atomic", |case| {
        let next = case.code() + 4;
        case.set(5, u64::from(new.bits)).set(6, next).set(9, 0).writes(new);
        case.emit(AMO_OPS[1].of(4, 7, 5, 6, Order::Relaxed));
        case.emit(immediate("addi", 9, 9, 1)).machine_only();
    });
}

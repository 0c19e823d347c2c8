//! Atomics: every operation, width and ordering; reservations as this machine keeps them.

use super::{Suite, values::EDGES};
use crate::assembly::{
    AMO_OPS, AmoOp, Inst, Order, Reg, ecall, load, load_reserved, store, store_conditional,
};

const MISALIGNED: u64 = 0xbad1_0ad0;

/// Suffix and bytes of both widths.
const WIDTH: [(&str, u64); 2] = [("w", 4), ("d", 8)];

pub(super) fn add_cases(suite: &mut Suite) {
    for op in AMO_OPS {
        for (suffix, bytes) in WIDTH {
            let name = format!("rv64a/{}.{suffix}", op.name);
            values_with_each(suite, &name, op, bytes);
            aliases(suite, &name, op, bytes);
            misaligned(suite, &name, bytes, |rs1| op.of(bytes, 5, 6, rs1, Order::Relaxed));
        }
    }
    for (suffix, bytes) in WIDTH {
        reservations(suite, suffix, bytes);
        misaligned(suite, &format!("rv64a/lr.{suffix}"), bytes, |rs1| {
            load_reserved(bytes, 5, rs1, Order::Relaxed)
        });
        misaligned(suite, &format!("rv64a/sc.{suffix}"), bytes, |rs1| {
            store_conditional(bytes, 5, 6, rs1, Order::Relaxed)
        });
    }
    rules_of_this_machine(suite);
}

/// One old value, and each of the set as operand, by eights: operands in x1 to x8, old values go to
/// x9 to x16, new ones to x17 to x24. The words lie at the end of a leaf.
fn values_with_each(suite: &mut Suite, name: &str, op: &AmoOp, bytes: u64) {
    for (at, (value_name, old)) in EDGES.iter().enumerate() {
        for (half, operands) in [("low", &EDGES[..8]), ("high", &EDGES[7..])] {
            suite.add(format!("{name}/{value_name}_with_{half}"), |case| {
                let data = case.data();
                case.pattern(data, 64).set(30, data + 32 - bytes).set(29, *old);
                for (rs2, (_, value)) in (1..).zip(operands) {
                    case.set(rs2, *value).emit(store("sd", 29, 30, 0));
                    case.emit(op.of(bytes, 8 + rs2, rs2, 30, Order::ALL[at % 4]));
                    case.emit(load("ld", 16 + rs2, 30, 0));
                }
            });
        }
    }
}

fn aliases(suite: &mut Suite, name: &str, op: &AmoOp, bytes: u64) {
    let aliases: [(&str, [Reg; 3]); 7] = [
        ("rd_eq_rs2", [6, 6, 5]),
        ("rd_eq_rs1", [5, 6, 5]),
        ("rs1_eq_rs2", [6, 5, 5]),
        ("all_equal", [5, 5, 5]),
        ("rd_x0", [0, 6, 5]),
        ("rs2_x0", [6, 0, 5]),
        ("rd_and_rs2_x0", [0, 0, 5]),
    ];
    for (alias, [rd, rs2, rs1]) in aliases {
        suite.add(format!("{name}/{alias}"), |case| {
            let data = case.data();
            case.pattern(data - 16, 32).set(5, data).set(30, data);
            case.emit(op.of(bytes, rd, rs2, rs1, Order::Both));
            case.emit(load("ld", 7, 30, 0));
        });
    }
    suite.add(format!("{name}/rs1_x0"), |case| {
        case.pattern(0, 16).emit(op.of(bytes, 5, 6, 0, Order::Relaxed)).machine_only();
    });
}

fn misaligned(suite: &mut Suite, name: &str, bytes: u64, inst: impl Fn(Reg) -> Inst) {
    for offset in 1..bytes {
        suite.add(format!("{name}/misaligned_by_{offset}"), |case| {
            let data = case.data();
            case.pattern(data - 16, 32).set(7, data + offset).emit(inst(7)).reverts(MISALIGNED);
        });
    }
}

fn reservations(suite: &mut Suite, suffix: &str, bytes: u64) {
    let group = format!("rv64a/lr_sc.{suffix}");
    for order in Order::ALL {
        suite.add(format!("{group}/pair_{order:?}").to_lowercase(), |case| {
            let data = case.data();
            case.pattern(data - 16, 64).set(5, data).set(8, 0x8877_6655_4433_2211);
            case.emit(load_reserved(bytes, 6, 5, order));
            case.emit(store_conditional(bytes, 7, 8, 5, order));
            // The second one has no reservation any more.
            case.emit(store_conditional(bytes, 9, 6, 5, order)).emit(load("ld", 10, 5, 0));
        });
    }
    suite.add(format!("{group}/signs"), |case| {
        let data = case.data();
        case.bytes(data, &[0xff; 8]).bytes(data + 8, &[0x7f; 8]).set(5, data).set(6, data + 8);
        case.emit(load_reserved(bytes, 7, 5, Order::Relaxed));
        case.emit(load_reserved(bytes, 8, 6, Order::Relaxed));
    });
    suite.add(format!("{group}/of_another_address_fails"), |case| {
        let data = case.data();
        case.pattern(data - 16, 64).set(5, data).set(6, data + 8);
        case.emit(load_reserved(bytes, 7, 5, Order::Relaxed));
        case.emit(store_conditional(bytes, 8, 9, 6, Order::Relaxed));
        case.emit(store_conditional(bytes, 10, 9, 5, Order::Relaxed)).emit(load("ld", 11, 5, 0));
    });
    suite.add(format!("{group}/without_a_reservation_fails"), |case| {
        let data = case.data();
        case.pattern(data - 16, 64).set(5, data);
        // At user level the harness itself leaves none.
        case.emit(store_conditional(bytes, 8, 9, 5, Order::Relaxed)).emit(load("ld", 11, 5, 0));
    });
    let aliases: [(&str, [Reg; 4]); 5] = [
        ("lr_rd_eq_rs1", [5, 7, 8, 6]),
        ("sc_rd_eq_rs1", [7, 6, 8, 6]),
        ("sc_rd_eq_rs2", [7, 8, 8, 6]),
        ("sc_all_equal", [7, 6, 6, 6]),
        ("rd_x0", [0, 0, 8, 6]),
    ];
    for (alias, [loaded, result, value, address]) in aliases {
        suite.add(format!("{group}/{alias}"), |case| {
            let data = case.data();
            case.pattern(data - 16, 64).set(5, data).set(6, data).set(30, data);
            case.emit(load_reserved(bytes, loaded, 5, Order::Relaxed));
            case.emit(store_conditional(bytes, result, value, address, Order::Relaxed));
            case.emit(load("ld", 11, 30, 0));
        });
    }
}

/// Where this machine is simpler than the manual asks it to be: a reservation is an address.
fn rules_of_this_machine(suite: &mut Suite) {
    let pair = |first: u64, second: u64, between: Option<Inst>| {
        let mut list = vec![load_reserved(first, 6, 5, Order::Relaxed)];
        list.extend(between);
        list.push(store_conditional(second, 7, 8, 5, Order::Relaxed));
        list.push(load("ld", 9, 5, 0));
        list
    };
    let cases = [
        ("width_is_not_reserved_d_w", pair(8, 4, None)),
        ("width_is_not_reserved_w_d", pair(4, 8, None)),
        ("survives_a_store", pair(8, 8, Some(store("sb", 8, 5, 3)))),
        ("survives_an_amo", pair(8, 8, Some(AMO_OPS[0].of(8, 0, 8, 5, Order::Relaxed)))),
        ("survives_a_system_call", pair(4, 4, Some(ecall()))),
        ("is_replaced_by_the_next_one", pair(4, 4, Some(load_reserved(4, 6, 10, Order::Relaxed)))),
    ];
    for (name, list) in cases {
        suite.add(format!("rv64a/reservation/{name}"), |case| {
            let data = case.data();
            case.pattern(data - 16, 64).set(5, data).set(10, data + 8).machine_only();
            list.iter().for_each(|inst| {
                case.emit(*inst);
            });
        });
    }
    for (name, reservation, address) in [("zero_is_none_and_matches_zero", 0, 0), ("kept", 64, 64)]
    {
        suite.add(format!("rv64a/reservation/{name}"), |case| {
            case.start().reservation = reservation;
            case.pattern(0, 128).set(5, address).machine_only();
            case.emit(store_conditional(8, 7, 8, 5, Order::Relaxed));
            case.emit(store_conditional(8, 9, 8, 5, Order::Relaxed)).emit(load("ld", 10, 5, 0));
        });
    }
}

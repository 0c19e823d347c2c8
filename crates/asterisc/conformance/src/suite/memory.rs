//! Loads and stores: widths, signs, offsets, and the ends of leaves, pages and memory.

use super::{
    Suite,
    values::{immediates, named},
};
use crate::assembly::{LOAD_OPS, LoadOp, STORE_OPS, StoreOp, load, store};

pub(super) fn add_cases(suite: &mut Suite) {
    for op in LOAD_OPS {
        loads(suite, op);
    }
    for op in STORE_OPS {
        stores(suite, op);
    }
    together(suite);
}

/// Where accesses begin, relative to the end of a page.
const PLACES: [(&str, i64); 3] = [("leaf_edge", -64), ("page_edge", -16), ("inside", 64)];

fn loads(suite: &mut Suite, op: &LoadOp) {
    // Offset 0 to 31 from each place, so that each byte of a leaf is the first one once.
    for (place, from) in PLACES {
        for (half, first) in [("low", 0), ("high", 16)] {
            suite.add(format!("rv64i/{}/{place}_{half}", op.name), |case| {
                let data = case.data();
                case.pattern(data - 128, 256).set(30, data);
                for (register, offset) in (1..).zip(first..first + 16) {
                    case.emit(op.of(register, 30, from + offset));
                }
            });
        }
    }
    for offset in immediates(12) {
        suite.add(format!("rv64i/{}/offset_{}", op.name, named(offset)), |case| {
            let data = case.data();
            case.pattern(data - 16, 32).set(5, data.wrapping_add_signed(-offset));
            case.emit(op.of(6, 5, offset)).emit(op.of(5, 5, offset)).emit(op.of(0, 31, 0x7ff));
        });
    }
    suite.add(format!("rv64i/{}/signs", op.name), |case| {
        let data = case.data();
        // Both signs in the highest byte of each width.
        let bytes = [0x80, 0x7f, 0xff, 0x00, 0x7f, 0x80, 0x00, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0x7f];
        case.bytes(data, &bytes).set(30, data);
        for (register, offset) in (1..16).zip(0..) {
            case.emit(op.of(register, 30, offset));
        }
    });
    suite.add(format!("rv64i/{}/top_of_memory", op.name), |case| {
        case.pattern(0u64.wrapping_sub(16), 32).set(30, 0).machine_only();
        for (register, offset) in (1..).zip(-12..12) {
            case.emit(op.of(register, 30, offset)).emit(op.of(register, 0, offset));
        }
    });
    suite.add(format!("rv64i/{}/x0_is_not_written", op.name), |case| {
        let data = case.data();
        case.pattern(data - 16, 32).set(5, data);
        case.emit(op.of(0, 5, 0)).emit(op.of(0, 5, -3));
    });
}

fn stores(suite: &mut Suite, op: &StoreOp) {
    for (place, from) in PLACES {
        for offset in 0..32 {
            suite.add(format!("rv64i/{}/{place}_{offset}", op.name), |case| {
                let data = case.data();
                case.pattern(data - 128, 256).set(30, data);
                case.emit(op.of(29, 30, from + offset)).emit(load("ld", 5, 30, from + offset));
            });
        }
    }
    for offset in immediates(12) {
        suite.add(format!("rv64i/{}/offset_{}", op.name, named(offset)), |case| {
            let data = case.data();
            case.pattern(data - 16, 32).set(5, data.wrapping_add_signed(-offset));
            case.emit(op.of(6, 5, offset)).emit(op.of(0, 5, offset)).emit(op.of(5, 5, offset));
        });
    }
    suite.add(format!("rv64i/{}/top_of_memory", op.name), |case| {
        case.pattern(0u64.wrapping_sub(16), 32).set(30, 0).machine_only();
        for (register, offset) in (1..).zip(-12..12) {
            case.emit(op.of(register, 30, offset)).emit(load("ld", 29, 0, offset));
        }
    });
    suite.add(format!("rv64i/{}/fresh_page", op.name), |case| {
        // Nothing is there before; a store of zero makes a page that changes no root.
        case.set(30, 0x7fff_0000_0000).set(29, 0x5555_0000_0ffc).machine_only();
        case.emit(op.of(0, 30, 0)).emit(op.of(1, 29, 0)).emit(op.of(2, 29, 8));
    });
}

/// Stores that overlap what other widths read.
fn together(suite: &mut Suite) {
    for wide in STORE_OPS {
        for narrow in STORE_OPS {
            suite.add(format!("rv64i/{}/then_{}", wide.name, narrow.name), |case| {
                let data = case.data();
                case.set(30, data).pattern(data - 16, 32);
                for offset in -9..9 {
                    case.emit(wide.of(7, 30, offset)).emit(narrow.of(8, 30, offset + 1));
                    case.emit(load("ld", 9, 30, offset)).emit(store("sd", 9, 30, offset + 32));
                }
            });
        }
    }
}

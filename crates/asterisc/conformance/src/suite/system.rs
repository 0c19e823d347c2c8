//! System calls, with their effects on memory at the ends of leaves.

use super::Suite;
use crate::{
    assembly::{c_nop, ecall, immediate, load},
    case::CaseBuilder,
};

pub(super) fn add_cases(suite: &mut Suite) {
    plain(suite);
    exits(suite);
    mappings(suite);
    files(suite);
    stores(suite);
    preimages(suite);
    for number in [101, 261, 422] {
        suite.add(format!("system/forbidden/{number}"), |case| {
            call(case, number, &[]).reverts(0xf001_ca11);
        });
    }
    for resource in [0, 6, 8, u64::MAX] {
        suite.add(format!("system/getrlimit/resource_{resource}"), |case| {
            let data = case.data();
            call(case, 163, &[resource, data]).reverts(0xf_0012);
        });
    }
}

/// A call with its number in a7 and arguments from a0 on.
fn call<'a>(case: &'a mut CaseBuilder, number: u64, arguments: &[u64]) -> &'a mut CaseBuilder {
    case.machine_only().set(17, number);
    for (register, value) in (10..).zip(arguments) {
        case.set(register, *value);
    }
    case.emit(ecall())
}

fn plain(suite: &mut Suite) {
    let numbers = [
        0,
        17,
        20,
        21,
        29,
        56,
        59,
        78,
        79,
        92,
        95,
        98,
        123,
        124,
        132,
        134,
        135,
        160,
        172,
        174,
        176,
        178,
        214,
        215,
        220,
        233,
        278,
        1 << 32,
        (1 << 32) + 93,
        u64::MAX,
    ];
    for number in numbers {
        suite.add(format!("system/number/{number}"), |case| {
            call(case, number, &[1, 2, 3, 4, 5]);
        });
    }
}

fn exits(suite: &mut Suite) {
    for number in [93, 94] {
        for code in [0, 1, 2, 255, 256, 257, u64::MAX] {
            suite.add(format!("system/exit_{number}/{code}"), |case| {
                // What stands behind it is never reached.
                call(case, number, &[code]).emit(c_nop(0)).emit(immediate("addi", 5, 5, 1));
                case.steps(4).end_at(0);
            });
        }
    }
}

fn mappings(suite: &mut Suite) {
    for length in [0, 1, 4095, 4096, 4097, 1 << 40, u64::MAX - 4095, u64::MAX - 4094, u64::MAX] {
        for (name, address, flags, file) in [
            ("anywhere", 0, 0x22, u64::MAX),
            ("at_an_address", 0x1234_5678, 0x20, u64::MAX),
            ("of_a_file", 0, 0x22, 3),
            ("not_anonymous", 0, 0x02, u64::MAX),
        ] {
            suite.add(format!("system/mmap/{name}_{length}"), |case| {
                call(case, 222, &[address, length, 3, flags, file]);
            });
        }
    }
}

fn files(suite: &mut Suite) {
    for file in [0, 1, 2, 3, 4, 5, 6, 7, 1 << 32, u64::MAX] {
        for command in [0, 1, 2, 3, 4, (1 << 32) + 1] {
            suite.add(format!("system/fcntl/{file}_{command}"), |case| {
                call(case, 25, &[file, command]);
            });
        }
        // Reads of pre-images and writes of keys have their own tests.
        for count in [0, 1, 33] {
            if file != 5 {
                suite.add(format!("system/read/{file}_{count}"), |case| {
                    let data = case.data();
                    call(case, 63, &[file, data, count]);
                });
            }
            if file != 6 {
                suite.add(format!("system/write/{file}_{count}"), |case| {
                    let data = case.data();
                    // A hint of no bytes, as far as it goes.
                    call(case, 64, &[file, data, count]);
                });
            }
        }
    }
}

/// `clock_gettime` and `getrlimit` store 16 bytes, at any address.
fn stores(suite: &mut Suite) {
    for (name, number) in [("clock_gettime", 113), ("getrlimit", 163)] {
        for offset in -33..2 {
            suite.add(format!("system/{name}/at_{}", super::values::named(offset)), |case| {
                let data = case.data();
                let address = data.wrapping_add_signed(offset);
                case.pattern(data - 64, 128).set(30, address);
                call(case, number, &[7, address]);
                case.emit(load("ld", 5, 30, 0)).emit(load("ld", 6, 30, 8));
            });
        }
        suite.add(format!("system/{name}/at_the_top"), |case| {
            call(case, number, &[7, u64::MAX - 7]);
        });
    }
}

fn preimages(suite: &mut Suite) {
    for offset in [0, 1, 8, 16, 24, 31] {
        for count in [0, 1, 7, 8, 16, 31, 32, 33, u64::MAX] {
            suite.add(format!("system/write_key/at_{offset}_{count}"), |case| {
                let data = case.data();
                case.pattern(data - 64, 128).start().preimage_offset = 77;
                case.start().preimage_key = [0xab; 32];
                call(case, 64, &[6, data + offset, count]);
            });
        }
    }
    for length in [0u8, 1, 24, 32, 33, 100] {
        for offset in [0, 1, 7, 8, 9, 31, 32, 40] {
            for (count, at) in [(32, 0), (u64::MAX, 5), (1, 31), (0, 0), (7, 28)] {
                let name = format!("{length}_from_{offset}_at_{at}_{count}");
                suite.add(format!("system/read_preimage/{name}"), |case| {
                    let data = case.data();
                    case.pattern(data - 64, 128);
                    let start = case.start();
                    start.preimage_key = [2; 32];
                    start.preimage_offset = offset;
                    start.preimage = u64::from(length).to_be_bytes().to_vec();
                    start.preimage.extend(1..=length);
                    let is_past_end = offset >= u64::from(length) + 8;
                    call(case, 63, &[5, data + at, count]);
                    if is_past_end {
                        case.reverts(0xbadf_00d0);
                    }
                });
            }
        }
    }
}

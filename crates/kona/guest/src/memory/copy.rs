//! `memcpy` and `memmove`.

use core::arch::naked_asm;

/// Copies `count` bytes between blocks that do not overlap.
///
/// As `memmove`, in plain words: load all, then store all.
///
/// # Safety
/// As C says: `count` bytes can be read at `source` and written at `target`.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn memcpy(target: *mut u8, source: *const u8, count: usize) -> *mut u8 {
    naked_asm!(
        "li a4, 64",
        "mv a3, a0",
        "bgeu a2, a4, 2f",
        "tail {short}",
        // Pieces of 64 bytes, upwards.
        "2:",
        "ld a5, 0(a1)",
        "ld a6, 8(a1)",
        "ld a7, 16(a1)",
        "ld t0, 24(a1)",
        "ld t1, 32(a1)",
        "ld t2, 40(a1)",
        "ld t3, 48(a1)",
        "ld t4, 56(a1)",
        "sd a5, 0(a3)",
        "sd a6, 8(a3)",
        "sd a7, 16(a3)",
        "sd t0, 24(a3)",
        "sd t1, 32(a3)",
        "sd t2, 40(a3)",
        "sd t3, 48(a3)",
        "sd t4, 56(a3)",
        "addi a1, a1, 64",
        "addi a2, a2, -64",
        "addi a3, a3, 64",
        "bgeu a2, a4, 2b",
        "tail {short}",
        short = sym move_short,
    )
}

/// Copies `count` bytes between blocks that may overlap.
///
/// # Safety
/// As C says: `count` bytes can be read at `source` and written at `target`.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn memmove(target: *mut u8, source: *const u8, count: usize) -> *mut u8 {
    naked_asm!(
        // Upwards is right unless the target begins inside of the source.
        "sub a4, a0, a1",
        "bltu a4, a2, 2f",
        "tail {upwards}",
        "2:",
        "li a4, 64",
        "mv a3, a0",
        "bltu a2, a4, 4f",
        // Pieces of 64 bytes, downwards from the end.
        "add a1, a1, a2",
        "add a3, a3, a2",
        "3:",
        "ld a5, -8(a1)",
        "ld a6, -16(a1)",
        "ld a7, -24(a1)",
        "ld t0, -32(a1)",
        "ld t1, -40(a1)",
        "ld t2, -48(a1)",
        "ld t3, -56(a1)",
        "ld t4, -64(a1)",
        "sd a5, -8(a3)",
        "sd a6, -16(a3)",
        "sd a7, -24(a3)",
        "sd t0, -32(a3)",
        "sd t1, -40(a3)",
        "sd t2, -48(a3)",
        "sd t3, -56(a3)",
        "sd t4, -64(a3)",
        "addi a1, a1, -64",
        "addi a2, a2, -64",
        "addi a3, a3, -64",
        "bgeu a2, a4, 3b",
        "sub a1, a1, a2",
        "sub a3, a3, a2",
        "4:",
        "tail {short}",
        short = sym move_short,
        upwards = sym memcpy,
    )
}

/// Moves the `a2` bytes at `a1`, fewer than 64, to `a3`. Keeps `a0`.
///
/// # Safety
/// As `memmove`.
#[unsafe(naked)]
unsafe extern "C" fn move_short() {
    naked_asm!(
        "add t5, a1, a2",
        "add t6, a3, a2",
        "li t0, 32",
        "bltu a2, t0, 3f",
        "ld a4, 0(a1)",
        "ld a5, 8(a1)",
        "ld a6, 16(a1)",
        "ld a7, 24(a1)",
        "beq a2, t0, 2f",
        "ld t0, -32(t5)",
        "ld t1, -24(t5)",
        "ld t2, -16(t5)",
        "ld t3, -8(t5)",
        "sd t0, -32(t6)",
        "sd t1, -24(t6)",
        "sd t2, -16(t6)",
        "sd t3, -8(t6)",
        "2:",
        "sd a4, 0(a3)",
        "sd a5, 8(a3)",
        "sd a6, 16(a3)",
        "sd a7, 24(a3)",
        "ret",
        // 16 to 31.
        "3:",
        "andi t0, a2, 16",
        "beqz t0, 4f",
        "ld a4, 0(a1)",
        "ld a5, 8(a1)",
        "ld a6, -16(t5)",
        "ld a7, -8(t5)",
        "sd a4, 0(a3)",
        "sd a5, 8(a3)",
        "sd a6, -16(t6)",
        "sd a7, -8(t6)",
        "ret",
        // 8 to 15.
        "4:",
        "andi t0, a2, 8",
        "beqz t0, 5f",
        "ld a4, 0(a1)",
        "ld a5, -8(t5)",
        "sd a4, 0(a3)",
        "sd a5, -8(t6)",
        "ret",
        // 4 to 7.
        "5:",
        "andi t0, a2, 4",
        "beqz t0, 6f",
        "lw a4, 0(a1)",
        "lw a5, -4(t5)",
        "sw a4, 0(a3)",
        "sw a5, -4(t6)",
        "ret",
        // 0 to 3.
        "6:",
        "beqz a2, 7f",
        "srli t0, a2, 1",
        "add t1, a1, t0",
        "add t2, a3, t0",
        "lb a4, 0(a1)",
        "lb a5, 0(t1)",
        "lb a6, -1(t5)",
        "sb a4, 0(a3)",
        "sb a5, 0(t2)",
        "sb a6, -1(t6)",
        "7:",
        "ret",
    )
}

//! `memset`.

use core::arch::naked_asm;

/// Writes the low byte of `byte` to `count` bytes.
///
/// # Safety
/// As C says: `count` bytes can be written at `target`.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn memset(target: *mut u8, byte: i32, count: usize) -> *mut u8 {
    naked_asm!(
        "mv a3, a0",
        "andi a1, a1, 255",
        "beqz a1, 1f",
        // Eight copies of the byte.
        "slli a4, a1, 8",
        "or a1, a1, a4",
        "slli a4, a1, 16",
        "or a1, a1, a4",
        "slli a4, a1, 32",
        "or a1, a1, a4",
        "1:",
        "li a4, 64",
        "bltu a2, a4, 3f",
        "2:",
        "sd a1, 0(a3)",
        "sd a1, 8(a3)",
        "sd a1, 16(a3)",
        "sd a1, 24(a3)",
        "sd a1, 32(a3)",
        "sd a1, 40(a3)",
        "sd a1, 48(a3)",
        "sd a1, 56(a3)",
        "addi a2, a2, -64",
        "addi a3, a3, 64",
        "bgeu a2, a4, 2b",
        // Fewer than 64: from both ends, overlapping.
        "3:",
        "add t6, a3, a2",
        "li t0, 32",
        "bltu a2, t0, 4f",
        "sd a1, 0(a3)",
        "sd a1, 8(a3)",
        "sd a1, 16(a3)",
        "sd a1, 24(a3)",
        "sd a1, -32(t6)",
        "sd a1, -24(t6)",
        "sd a1, -16(t6)",
        "sd a1, -8(t6)",
        "ret",
        "4:",
        "andi t0, a2, 16",
        "beqz t0, 5f",
        "sd a1, 0(a3)",
        "sd a1, 8(a3)",
        "sd a1, -16(t6)",
        "sd a1, -8(t6)",
        "ret",
        "5:",
        "andi t0, a2, 8",
        "beqz t0, 6f",
        "sd a1, 0(a3)",
        "sd a1, -8(t6)",
        "ret",
        "6:",
        "andi t0, a2, 4",
        "beqz t0, 7f",
        "sw a1, 0(a3)",
        "sw a1, -4(t6)",
        "ret",
        "7:",
        "beqz a2, 8f",
        "srli t0, a2, 1",
        "add t0, t0, a3",
        "sb a1, 0(a3)",
        "sb a1, 0(t0)",
        "sb a1, -1(t6)",
        "8:",
        "ret",
    )
}

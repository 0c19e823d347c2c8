//! `memcmp` and `bcmp`.

use core::arch::naked_asm;

/// Below, above or equal to 0, as the first bytes that differ.
///
/// # Safety
/// As C says: `count` bytes can be read at both addresses.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    naked_asm!(
        "li a5, 8",
        "bltu a2, a5, 3f",
        // Words, as long as they are equal.
        "2:",
        "ld a3, 0(a0)",
        "ld a4, 0(a1)",
        "bne a3, a4, 3f",
        "addi a0, a0, 8",
        "addi a1, a1, 8",
        "addi a2, a2, -8",
        "bgeu a2, a5, 2b",
        // Bytes: of the words that differ, or the last few.
        "3:",
        "add a2, a2, a0",
        "4:",
        "beq a0, a2, 5f",
        "lbu a3, 0(a0)",
        "lbu a4, 0(a1)",
        "addi a0, a0, 1",
        "addi a1, a1, 1",
        "beq a3, a4, 4b",
        "sub a0, a3, a4",
        "ret",
        "5:",
        "li a0, 0",
        "ret",
    )
}

/// 0 if and only if all bytes are equal.
///
/// # Safety
/// As C says: `count` bytes can be read at both addresses.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    naked_asm!(
        "add t5, a0, a2",
        "add t6, a1, a2",
        "li a5, 16",
        "bltu a2, a5, 3f",
        "2:",
        "ld a3, 0(a0)",
        "ld a4, 0(a1)",
        "ld a6, 8(a0)",
        "ld a7, 8(a1)",
        "bne a3, a4, 8f",
        "bne a6, a7, 8f",
        "addi a2, a2, -16",
        "addi a0, a0, 16",
        "addi a1, a1, 16",
        "bgeu a2, a5, 2b",
        // Fewer than 16: two words or half-words that overlap.
        "3:",
        "andi t0, a2, 8",
        "beqz t0, 4f",
        "ld a3, 0(a0)",
        "ld a4, 0(a1)",
        "ld a6, -8(t5)",
        "ld a7, -8(t6)",
        "j 7f",
        "4:",
        "andi t0, a2, 4",
        "beqz t0, 5f",
        "lw a3, 0(a0)",
        "lw a4, 0(a1)",
        "lw a6, -4(t5)",
        "lw a7, -4(t6)",
        "j 7f",
        "5:",
        "beqz a2, 6f",
        "srli t0, a2, 1",
        "add t1, a0, t0",
        "add t2, a1, t0",
        "lbu a3, 0(a0)",
        "lbu a4, 0(a1)",
        "bne a3, a4, 8f",
        "lbu a3, 0(t1)",
        "lbu a4, 0(t2)",
        "lbu a6, -1(t5)",
        "lbu a7, -1(t6)",
        "j 7f",
        "6:",
        "li a0, 0",
        "ret",
        "7:",
        "bne a3, a4, 8f",
        "bne a6, a7, 8f",
        "li a0, 0",
        "ret",
        "8:",
        "li a0, 1",
        "ret",
    )
}

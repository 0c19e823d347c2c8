/* Environment of the public RISC-V tests on a machine without control registers and traps: a test
 * starts at _start and reports by the exit system call. Exit code 0 is a pass; a failure has the
 * number of the failed case and bit 7, so that it is never 0. */

#ifndef RISCV_TEST_H
#define RISCV_TEST_H

#define TESTNUM gp

#define RVTEST_RV64U

#define RVTEST_CODE_BEGIN  \
        .section .text.init; \
        .globl _start;       \
_start: li TESTNUM, 0

#define RVTEST_CODE_END unimp

#define RVTEST_PASS        \
        li a0, 0;          \
        li a7, 93;         \
        ecall

#define RVTEST_FAIL        \
        ori a0, TESTNUM, 128; \
        li a7, 93;         \
        ecall

#define RVTEST_DATA_BEGIN .align 4
#define RVTEST_DATA_END

#endif

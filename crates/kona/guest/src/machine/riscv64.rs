//! asterisc, and Linux as `qemu-riscv64` plays it.
//!
//! The number goes to a7, arguments to a0 and on. The result comes in a0. asterisc writes a1, too:
//! the error number, or 0. Linux keeps a1 and gives the negated error number in a0.

use core::{
    arch::{asm, naked_asm},
    mem::MaybeUninit,
    ptr::NonNull,
};

use crate::{DescriptorError, FileDescriptor};

const READ: usize = 63;
const WRITE: usize = 64;
const EXIT: usize = 93;
const MMAP: usize = 222;

/// Results from here on are errors.
const FIRST_ERROR: usize = usize::MAX - 4095;

const PROT_READ_WRITE: usize = 1 | 2;
/// Private, anonymous, and without a reservation: asterisc looks at the bit of anonymous only.
const MAP_FLAGS: usize = 0x02 | 0x20 | 0x4000;
const NO_FILE: usize = usize::MAX;

/// Where the machine begins. The stack pointer is set already, and misaligned by nothing.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn _start() -> ! {
    naked_asm!(
        ".option push",
        ".option norelax",
        "lla gp, __global_pointer$",
        ".option pop",
        "andi sp, sp, -16",
        "mv fp, zero",
        "mv ra, zero",
        "tail {start}",
        start = sym crate::entry::start,
    )
}

/// One system call with up to three arguments.
///
/// # Safety
/// Where an argument is an address, the call must be allowed to read or write there.
#[inline(always)]
unsafe fn syscall3(number: usize, a0: usize, a1: usize, a2: usize) -> Result<usize, i32> {
    let (result, error);
    // SAFETY: The kernel or VM keeps all registers but a0 and a1, which are outputs; memory counts
    // as written. The caller vouches for the addresses.
    unsafe {
        asm!(
            "ecall",
            in("a7") number,
            inlateout("a0") a0 => result,
            inlateout("a1") a1 => error,
            in("a2") a2,
            options(nostack),
        );
    }
    check(result, error)
}

/// Any system call of asterisc: its result and its error number. For programs that test the
/// machine.
///
/// # Safety
/// Where an argument is an address, the call must be allowed to read or write there.
pub unsafe fn system_call(number: usize, arguments: [usize; 6]) -> (usize, usize) {
    let (result, error);
    let [a0, a1, a2, a3, a4, a5] = arguments;
    // SAFETY: As in `syscall3`.
    unsafe {
        asm!(
            "ecall",
            in("a7") number,
            inlateout("a0") a0 => result,
            inlateout("a1") a1 => error,
            in("a2") a2,
            in("a3") a3,
            in("a4") a4,
            in("a5") a5,
            options(nostack),
        );
    }
    (result, error)
}

#[inline(always)]
fn check(result: usize, error: usize) -> Result<usize, i32> {
    if result < FIRST_ERROR {
        return Ok(result);
    }
    let errno = if result == usize::MAX { error } else { result.wrapping_neg() };
    Err(i32::try_from(errno).unwrap_or(i32::MAX))
}

#[inline(always)]
pub(super) fn read(
    file: FileDescriptor,
    buffer: &mut [MaybeUninit<u8>],
) -> Result<usize, DescriptorError> {
    let (start, length) = (buffer.as_mut_ptr() as usize, buffer.len());
    // SAFETY: The call writes at most `length` bytes from `start` on, all of the buffer.
    unsafe { syscall3(READ, usize::from(file.number()), start, length) }
        .map_err(|errno| DescriptorError { errno })
}

#[inline(always)]
pub(super) fn write(file: FileDescriptor, bytes: &[u8]) -> Result<usize, DescriptorError> {
    // SAFETY: The call reads the bytes of the slice alone.
    unsafe { syscall3(WRITE, usize::from(file.number()), bytes.as_ptr() as usize, bytes.len()) }
        .map_err(|errno| DescriptorError { errno })
}

pub(super) fn exit(status: u8) -> ! {
    // SAFETY: The call does not return; no memory is touched.
    unsafe {
        asm!("ecall", in("a7") EXIT, in("a0") usize::from(status), options(noreturn, nostack))
    }
}

pub(super) fn reserve(bytes: usize) -> Option<NonNull<u8>> {
    let (result, error);
    // SAFETY: As in `syscall3`; a new anonymous mapping touches no memory in use.
    unsafe {
        asm!(
            "ecall",
            in("a7") MMAP,
            inlateout("a0") 0usize => result,
            inlateout("a1") bytes => error,
            in("a2") PROT_READ_WRITE,
            in("a3") MAP_FLAGS,
            in("a4") NO_FILE,
            in("a5") 0,
            options(nostack),
        );
    }
    let address: usize = check(result, error).ok()?;
    NonNull::new(core::ptr::with_exposed_provenance_mut(address))
}

//! cannon, in its version with 64 bits and several threads, of which a program uses one.
//!
//! The number goes to $v0, arguments to $a0 and on. The result comes in $v0; $a3 is 0, or 1 where
//! $v0 is an error number.

use core::{
    arch::{asm, naked_asm},
    mem::MaybeUninit,
    ptr::NonNull,
};

use crate::{DescriptorError, FileDescriptor};

const READ: usize = 5000;
const WRITE: usize = 5001;
const MMAP: usize = 5009;
const EXIT_GROUP: usize = 5205;

const PROT_READ_WRITE: usize = 1 | 2;
/// Private, anonymous and without a reservation, by the numbers of MIPS.
const MAP_FLAGS: usize = 0x0002 | 0x0800 | 0x0400;
const NO_FILE: usize = usize::MAX;

/// Where the machine begins; the stack pointer is set already.
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn __start() -> ! {
    naked_asm!(
        ".set noreorder",
        "move $ra, $zero",
        "move $fp, $zero",
        "dla $t9, {start}",
        "jr $t9",
        "nop",
        start = sym crate::entry::start,
    )
}

/// One system call with up to six arguments.
///
/// # Safety
/// Where an argument is an address, the call must be allowed to read or write there.
#[inline(always)]
unsafe fn syscall(number: usize, arguments: [usize; 6]) -> Result<usize, i32> {
    let (result, failed): (usize, usize);
    let [a0, a1, a2, a3, a4, a5] = arguments;
    // SAFETY: The registers that Linux may change are outputs, cannon changes $v0 and $a3 alone.
    // The caller vouches for the addresses.
    unsafe {
        asm!(
            "syscall",
            inlateout("$2") number => result,
            in("$4") a0,
            in("$5") a1,
            in("$6") a2,
            inlateout("$7") a3 => failed,
            in("$8") a4,
            in("$9") a5,
            lateout("$3") _,
            lateout("$10") _,
            lateout("$11") _,
            lateout("$12") _,
            lateout("$13") _,
            lateout("$14") _,
            lateout("$15") _,
            lateout("$24") _,
            lateout("$25") _,
            options(nostack),
        );
    }
    match failed {
        0 => Ok(result),
        _ => Err(i32::try_from(result).unwrap_or(i32::MAX)),
    }
}

pub(super) fn read(
    file: FileDescriptor,
    buffer: &mut [MaybeUninit<u8>],
) -> Result<usize, DescriptorError> {
    let (start, length) = (buffer.as_mut_ptr() as usize, buffer.len());
    // SAFETY: The call writes at most `length` bytes from `start` on, all of the buffer.
    unsafe { syscall(READ, [usize::from(file.number()), start, length, 0, 0, 0]) }
        .map_err(|errno| DescriptorError { errno })
}

pub(super) fn write(file: FileDescriptor, bytes: &[u8]) -> Result<usize, DescriptorError> {
    let (start, length) = (bytes.as_ptr() as usize, bytes.len());
    // SAFETY: The call reads the bytes of the slice alone.
    unsafe { syscall(WRITE, [usize::from(file.number()), start, length, 0, 0, 0]) }
        .map_err(|errno| DescriptorError { errno })
}

pub(super) fn exit(status: u8) -> ! {
    // SAFETY: The call does not return; no memory is touched.
    unsafe {
        asm!(
            "syscall",
            in("$2") EXIT_GROUP,
            in("$4") usize::from(status),
            options(noreturn, nostack),
        )
    }
}

pub(super) fn reserve(bytes: usize) -> Option<NonNull<u8>> {
    // SAFETY: A new anonymous mapping touches no memory in use.
    let address =
        unsafe { syscall(MMAP, [0, bytes, PROT_READ_WRITE, MAP_FLAGS, NO_FILE, 0]) }.ok()?;
    NonNull::new(core::ptr::with_exposed_provenance_mut(address))
}

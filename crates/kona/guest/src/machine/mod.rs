//! The system calls, one module for each machine.
//!
//! | machine | module | program is |
//! |---|---|---|
//! | asterisc: RISC-V, 64 bits | `riscv64` | alone on the machine |
//! | cannon: MIPS, 64 bits, big-endian | `mips64` | alone on the machine |
//! | any with the standard library | `hosted` | a process, for tests and native runs |

#[cfg(all(target_os = "none", target_arch = "riscv64"))]
mod riscv64;
#[cfg(all(target_os = "none", target_arch = "riscv64"))]
use riscv64 as target;
#[cfg(all(target_os = "none", target_arch = "riscv64"))]
pub use riscv64::system_call;

#[cfg(all(target_os = "none", target_arch = "mips64"))]
mod mips64;
#[cfg(all(target_os = "none", target_arch = "mips64"))]
use mips64 as target;

#[cfg(not(target_os = "none"))]
mod hosted;
#[cfg(not(target_os = "none"))]
use hosted as target;

use core::mem::MaybeUninit;

use crate::{DescriptorError, FileDescriptor};

/// Reads at most `buffer.len()` bytes, and says how many; none at the end of the file.
///
/// Machines move few bytes in one go: asterisc at most to the end of a 32-byte leaf of memory,
/// cannon to the end of a word.
///
/// # Errors
/// [`DescriptorError`] if the file can't be read.
pub fn read(file: FileDescriptor, buffer: &mut [u8]) -> Result<usize, DescriptorError> {
    target::read(file, as_uninit(buffer))
}

/// As [`read`], into memory that need not hold anything yet. The bytes counted are written.
pub(crate) fn read_uninit(
    file: FileDescriptor,
    buffer: &mut [MaybeUninit<u8>],
) -> Result<usize, DescriptorError> {
    target::read(file, buffer)
}

/// Writes at least one byte of `bytes`, if there are any, and says how many.
///
/// # Errors
/// [`DescriptorError`] if the file can't be written.
pub fn write(file: FileDescriptor, bytes: &[u8]) -> Result<usize, DescriptorError> {
    target::write(file, bytes)
}

/// Ends the program.
pub fn exit(status: u8) -> ! {
    target::exit(status)
}

/// Whether `file` is open, and a pipe. For hosts, which must not take a file for a VM.
#[cfg(not(target_os = "none"))]
pub fn is_pipe(file: FileDescriptor) -> bool {
    target::is_pipe(file)
}

/// Address space of `bytes` bytes, which costs nothing until it is written, and is zero till then.
/// `None` if the machine has no more.
#[cfg(target_os = "none")]
pub(crate) fn reserve(bytes: usize) -> Option<core::ptr::NonNull<u8>> {
    target::reserve(bytes)
}

fn as_uninit(buffer: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    let (start, length) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: The same memory, borrowed for as long. Targets only ever write bytes to it, so it
    // still holds initialised ones when the borrow ends.
    unsafe { core::slice::from_raw_parts_mut(start, length) }
}

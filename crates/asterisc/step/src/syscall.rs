//! System calls: the few a program of one thread needs.
//!
//! The number is in a7, arguments are in a0 to a5. The result goes to a0 and an error number to a1:
//! not the convention of Linux, where a1 keeps its value and errors are negative results.

use alloy_primitives::B256;
use asterisc_isa::{Register, RevertCode};
use asterisc_state::{LEAF_BYTES, PAGE_BYTES};

use crate::{OutputStream, StateAccess, access::leaf_offset, step::ARGUMENTS};

/// System calls by number; all others do nothing and return 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syscall {
    /// 25.
    Fcntl,
    /// 56: always refused.
    Openat,
    /// 63.
    Read,
    /// 64.
    Write,
    /// 93 and 94.
    Exit,
    /// 101, 261 and 422 (`nanosleep`, `prlimit64`, `futex_time64`): these revert.
    Forbidden,
    /// 113.
    ClockGettime,
    /// 163.
    Getrlimit,
    /// 214.
    Brk,
    /// 220: pretends that a child with id 1 was made.
    Clone,
    /// 222.
    Mmap,
}

impl Syscall {
    /// The call with this number, if it is one that does anything.
    pub const fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            25 => Self::Fcntl,
            56 => Self::Openat,
            63 => Self::Read,
            64 => Self::Write,
            93 | 94 => Self::Exit,
            101 | 261 | 422 => Self::Forbidden,
            113 => Self::ClockGettime,
            163 => Self::Getrlimit,
            214 => Self::Brk,
            220 => Self::Clone,
            222 => Self::Mmap,
            _ => return None,
        })
    }
}

/// The open files of every program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDescriptor {
    /// 0: always at its end.
    Stdin,
    /// 1.
    Stdout,
    /// 2.
    Stderr,
    /// 3.
    HintRead,
    /// 4.
    HintWrite,
    /// 5.
    PreimageRead,
    /// 6.
    PreimageWrite,
}

impl FileDescriptor {
    /// The file with this number; all 64 bits count.
    pub const fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            0 => Self::Stdin,
            1 => Self::Stdout,
            2 => Self::Stderr,
            3 => Self::HintRead,
            4 => Self::HintWrite,
            5 => Self::PreimageRead,
            6 => Self::PreimageWrite,
            _ => return None,
        })
    }
}

/// What a call leaves in a0 and a1.
struct Return {
    value: u64,
    error: u64,
}

impl Return {
    const fn value(value: u64) -> Self {
        Self { value, error: 0 }
    }

    const fn error(error: u64) -> Self {
        Self { value: u64::MAX, error }
    }
}

/// Error number for a file that is not open.
pub const BAD_FILE: u64 = 0x4d;
/// Error number for an invalid argument.
pub const INVALID: u64 = 0x16;
/// Error number for a refused access.
pub const REFUSED: u64 = 0x0d;
/// What every call of `brk` returns.
pub const BREAK: u64 = 0x4000_0000;
/// What every clock shows: seconds and nanoseconds.
pub const CLOCK: [u64; 2] = [1337, 42];
/// The resource `getrlimit` knows: the number of open files.
pub const LIMIT_FILES: u64 = 7;
/// Soft and hard limit of open files.
pub const FILES_MAX: [u64; 2] = [1024, 1024];
/// The flag of an anonymous mapping.
pub const MAP_ANONYMOUS: u64 = 0x20;

/// Executes the system call in the registers; pc is left alone.
pub(crate) fn system_call<A: StateAccess>(access: &mut A) -> Result<(), A::Error> {
    let hart = access.hart();
    let [a0, a1, a2, a3, a4] = ARGUMENTS.map(|register| hart.register(register));
    let number = hart.register(Register::A7);
    let result = match Syscall::from_number(number) {
        Some(Syscall::Exit) => {
            hart.exit_code = a0.to_le_bytes()[0];
            hart.exited = true;
            return Ok(());
        }
        Some(Syscall::Forbidden) => return Err(RevertCode::ForbiddenSyscall.into()),
        Some(Syscall::Fcntl) => fcntl(a0, a1),
        Some(Syscall::Openat) => Return::error(REFUSED),
        Some(Syscall::Read) => read(access, a0, a1, a2)?,
        Some(Syscall::Write) => write(access, a0, a1, a2)?,
        Some(Syscall::ClockGettime) => store_pair(access, a1, CLOCK)?,
        Some(Syscall::Getrlimit) if a0 == LIMIT_FILES => store_pair(access, a1, FILES_MAX)?,
        Some(Syscall::Getrlimit) => return Err(RevertCode::UnknownLimit.into()),
        Some(Syscall::Brk) => Return::value(BREAK),
        Some(Syscall::Clone) => Return::value(1),
        Some(Syscall::Mmap) => mmap(&mut hart.heap, a0, a1, a3, a4),
        None => Return::value(0),
    };
    let hart = access.hart();
    hart.write_register(Register::A0, result.value);
    hart.write_register(Register::A1, result.error);
    Ok(())
}

/// Flags and mode of the open files.
fn fcntl(descriptor: u64, command: u64) -> Return {
    use FileDescriptor as File;

    match (command, FileDescriptor::from_number(descriptor)) {
        // F_GETFD: no flags.
        (1, Some(_)) => Return::value(0),
        // F_GETFL: read only, or write only.
        (3, Some(File::Stdin | File::HintRead | File::PreimageRead)) => Return::value(0),
        (3, Some(_)) => Return::value(1),
        (1 | 3, None) => Return::error(BAD_FILE),
        _ => Return::error(INVALID),
    }
}

/// Hands out anonymous memory; nothing is ever unmapped.
fn mmap(heap: &mut u64, address: u64, length: u64, flags: u64, descriptor: u64) -> Return {
    if flags & MAP_ANONYMOUS == 0 || descriptor != u64::MAX {
        return Return::error(BAD_FILE);
    }
    if address != 0 {
        return Return::value(address);
    }
    let page = PAGE_BYTES as u64;
    let start = *heap;
    *heap = start.wrapping_add(length.wrapping_add(page - 1) & !(page - 1));
    Return::value(start)
}

/// Stores two numbers, side by side.
fn store_pair<A: StateAccess>(
    access: &mut A,
    address: u64,
    [first, second]: [u64; 2],
) -> Result<Return, A::Error> {
    let pair = u128::from(second) << 64 | u128::from(first);
    access.store(address, &pair.to_le_bytes())?;
    Ok(Return::value(0))
}

/// Reads from a file.
fn read<A: StateAccess>(
    access: &mut A,
    descriptor: u64,
    address: u64,
    count: u64,
) -> Result<Return, A::Error> {
    match FileDescriptor::from_number(descriptor) {
        Some(FileDescriptor::Stdin) => Ok(Return::value(0)),
        // The acknowledgement is not written: no program looks at it.
        Some(FileDescriptor::HintRead) => Ok(Return::value(count)),
        Some(FileDescriptor::PreimageRead) => read_preimage(access, address, count),
        _ => Ok(Return::error(BAD_FILE)),
    }
}

/// Reads on from the pre-image, at most to the end of the leaf.
fn read_preimage<A: StateAccess>(
    access: &mut A,
    address: u64,
    count: u64,
) -> Result<Return, A::Error> {
    let mut leaf = access.read_leaf(address)?;
    let (key, offset) = (access.hart().preimage_key, access.hart().preimage_offset);
    let part = access.read_preimage(key, offset)?;
    let at = leaf_offset(address);
    let count = clip(count, at).min(usize::from(part.length));
    leaf[at..at + count].copy_from_slice(&part.bytes[..count]);
    access.write_leaf(address, &leaf)?;
    let count = count as u64;
    let hart = access.hart();
    hart.preimage_offset = hart.preimage_offset.wrapping_add(count);
    Ok(Return::value(count))
}

/// Writes to a file.
fn write<A: StateAccess>(
    access: &mut A,
    descriptor: u64,
    address: u64,
    count: u64,
) -> Result<Return, A::Error> {
    match FileDescriptor::from_number(descriptor) {
        Some(FileDescriptor::Stdout) => {
            access.write_output(OutputStream::Stdout, address, count)?
        }
        Some(FileDescriptor::Stderr) => {
            access.write_output(OutputStream::Stderr, address, count)?
        }
        Some(FileDescriptor::HintWrite) => access.write_hint(address, count)?,
        Some(FileDescriptor::PreimageWrite) => return write_key(access, address, count),
        _ => return Ok(Return::error(BAD_FILE)),
    }
    Ok(Return::value(count))
}

/// Shifts bytes into the pre-image key from its low end, at most to the end of the leaf, and starts
/// the pre-image over.
fn write_key<A: StateAccess>(access: &mut A, address: u64, count: u64) -> Result<Return, A::Error> {
    let leaf = access.read_leaf(address)?;
    let at = leaf_offset(address);
    let count = clip(count, at);
    let hart = access.hart();
    let mut key = [0; 32];
    key[..32 - count].copy_from_slice(&hart.preimage_key[count..]);
    key[32 - count..].copy_from_slice(&leaf[at..at + count]);
    hart.preimage_key = B256::new(key);
    hart.preimage_offset = 0;
    Ok(Return::value(count as u64))
}

/// At most as many bytes as the leaf has from `at` on.
fn clip(count: u64, at: usize) -> usize {
    let rest = LEAF_BYTES - at;
    usize::try_from(count).map_or(rest, |count| count.min(rest))
}

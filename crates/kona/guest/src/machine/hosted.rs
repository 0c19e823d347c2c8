//! A process of an operating system.

use core::mem::MaybeUninit;
use std::{
    fs::File,
    io::{ErrorKind, Read, Write},
    mem::ManuallyDrop,
    os::{fd::FromRawFd, unix::fs::FileTypeExt},
};

use crate::{DescriptorError, FileDescriptor};

/// The file, which must not be closed: others use it, too.
fn file(descriptor: FileDescriptor) -> ManuallyDrop<File> {
    // SAFETY: The descriptor is never closed through this value. If it is not open at all, reads
    // and writes fail with an error of the operating system.
    ManuallyDrop::new(unsafe { File::from_raw_fd(i32::from(descriptor.number())) })
}

/// Tries again when a signal came in between.
fn until_done(mut call: impl FnMut() -> std::io::Result<usize>) -> Result<usize, DescriptorError> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(DescriptorError { errno: error.raw_os_error().unwrap_or(0) });
            }
            Ok(count) => return Ok(count),
        }
    }
}

pub(super) fn is_pipe(descriptor: FileDescriptor) -> bool {
    file(descriptor).metadata().is_ok_and(|file| file.file_type().is_fifo())
}

pub(super) fn read(
    descriptor: FileDescriptor,
    buffer: &mut [MaybeUninit<u8>],
) -> Result<usize, DescriptorError> {
    let (start, length) = (buffer.as_mut_ptr().cast::<u8>(), buffer.len());
    buffer.fill(MaybeUninit::new(0));
    // SAFETY: All bytes were just initialised, and the borrow is the one of `buffer`.
    let buffer = unsafe { core::slice::from_raw_parts_mut(start, length) };
    until_done(|| file(descriptor).read(buffer))
}

pub(super) fn write(descriptor: FileDescriptor, bytes: &[u8]) -> Result<usize, DescriptorError> {
    until_done(|| file(descriptor).write(bytes))
}

pub(super) fn exit(status: u8) -> ! {
    std::process::exit(i32::from(status))
}

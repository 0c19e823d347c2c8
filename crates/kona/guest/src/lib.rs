#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(target_arch = "mips64", feature(asm_experimental_arch))]

extern crate alloc;
// Where there is an operating system, programs run as ordinary processes.
#[cfg(not(target_os = "none"))]
extern crate std;

mod machine;
#[cfg(not(target_os = "none"))]
pub use machine::is_pipe;
#[cfg(all(target_os = "none", target_arch = "riscv64"))]
pub use machine::system_call;
pub use machine::{exit, read, write};

mod descriptor;
pub use descriptor::{DescriptorError, FileDescriptor};

mod entry;
pub use entry::{EXIT_PANIC, run};

mod channel;
pub use channel::DescriptorChannel;

mod oracle;
pub use oracle::DescriptorOracle;

mod print;
pub use print::{Stream, print_args};

mod heap;
pub use heap::{Heap, Reserve};

#[cfg(target_os = "none")]
mod panic;

#[cfg(all(target_os = "none", target_arch = "riscv64"))]
mod memory;

#[cfg(all(target_os = "none", target_arch = "riscv64"))]
mod keccak;

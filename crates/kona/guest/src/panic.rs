//! The end of a program that panics.

use core::panic::PanicInfo;

use crate::{EXIT_PANIC, Stream, exit, print_args};

/// Says why on stderr and exits with [`EXIT_PANIC`].
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    print_args(Stream::Stderr, format_args!("{info}\n"));
    exit(EXIT_PANIC)
}

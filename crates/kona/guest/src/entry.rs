//! From the machine's first step to the program, and from its result to the exit status.

use crate::exit;

/// Exit status of a program that panics. For the program that judges claims, it is that of every
/// end other than a verdict.
pub const EXIT_PANIC: u8 = 2;

/// Makes a function `fn() -> u8` the program: its result is the exit status.
///
/// On a bare machine this defines the symbol that the entry point calls. Elsewhere it defines
/// `main`, so that the same program is an ordinary process, which talks to its host on the same
/// descriptors.
///
/// The program's file begins with `#![cfg_attr(target_os = "none", no_std, no_main)]`.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[cfg(target_os = "none")]
        const _: () = {
            // Defining a symbol counts as unsafe; this one is declared by kona-guest alone, with
            // the same signature.
            #[allow(unsafe_code, reason = "the entry point finds the program by its symbol")]
            #[unsafe(no_mangle)]
            extern "Rust" fn __kona_guest_main() -> u8 {
                const MAIN: fn() -> u8 = $main;
                MAIN()
            }
        };

        #[cfg(not(target_os = "none"))]
        fn main() {
            $crate::run($main)
        }
    };
}

/// Runs a program and ends with its status.
pub fn run(main: fn() -> u8) -> ! {
    exit(main())
}

#[cfg(target_os = "none")]
unsafe extern "Rust" {
    /// The program, as [`crate::entry!`] defines it.
    safe fn __kona_guest_main() -> u8;
}

/// What the entry point calls once the stack can be used.
#[cfg(target_os = "none")]
pub(crate) extern "C" fn start() -> ! {
    run(|| __kona_guest_main())
}

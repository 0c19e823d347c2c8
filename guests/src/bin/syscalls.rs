//! Makes every system call of asterisc, with the arguments at which its result changes, and
//! compares.
//!
//! Exit status 0 if all results are those of the table, 1 if not.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

kona_guest::entry!(program);

#[cfg(not(all(target_os = "none", target_arch = "riscv64")))]
fn program() -> u8 {
    kona_guest::eprintln!("these are the system calls of asterisc; there are others here");
    2
}

#[cfg(all(target_os = "none", target_arch = "riscv64"))]
fn program() -> u8 {
    bare::program()
}

#[cfg(all(target_os = "none", target_arch = "riscv64"))]
mod bare {
    use kona_guest::{println, system_call};

    /// What is given back on failure.
    const FAILED: usize = usize::MAX;
    /// Error numbers.
    const BAD_FILE: usize = 0x4d;
    const NOT_SUPPORTED: usize = 0x16;
    const NO_ACCESS: usize = 0x0d;

    const READ: usize = 63;
    const WRITE: usize = 64;
    const FCNTL: usize = 25;
    const OPENAT: usize = 56;
    const CLOCK_GETTIME: usize = 113;
    const GETRLIMIT: usize = 163;
    const BRK: usize = 214;
    const MMAP: usize = 222;
    const CLONE: usize = 220;

    /// A leaf of memory, and one more.
    #[repr(align(32))]
    struct Leaves([u8; 64]);

    #[derive(Default)]
    struct Checks {
        wrong: u8,
    }

    impl Checks {
        fn call(&mut self, number: usize, arguments: &[usize], expected: (usize, usize)) {
            let mut all = [0; 6];
            for (place, argument) in all.iter_mut().zip(arguments) {
                *place = *argument;
            }
            let actual = call(number, all);
            if actual != expected {
                println!("call {number} {arguments:x?}: {actual:x?} instead of {expected:x?}");
                self.wrong = 1;
            }
        }

        fn bytes(&mut self, what: &str, actual: &[u8], expected: &[u8]) {
            if actual != expected {
                println!("{what}: {actual:x?} instead of {expected:x?}");
                self.wrong = 1;
            }
        }
    }

    #[allow(unsafe_code, reason = "addresses of buffers are passed as numbers")]
    fn call(number: usize, arguments: [usize; 6]) -> (usize, usize) {
        // SAFETY: Addresses passed are those of buffers of the size passed with them, borrowed for
        // writing where the call writes; all others are refused before memory is touched.
        unsafe { system_call(number, arguments) }
    }

    pub(super) fn program() -> u8 {
        let mut checks = Checks::default();
        files(&mut checks);
        preimage(&mut checks);
        memory(&mut checks);
        clock_and_limits(&mut checks);
        others(&mut checks);
        println!("{}", if checks.wrong == 0 { "all as expected" } else { "some differ" });
        checks.wrong
    }

    fn files(checks: &mut Checks) {
        let mut buffer = Leaves([7; 64]);
        let at = buffer.0.as_mut_ptr() as usize;
        // Input is at its end, acknowledgements are imaginary.
        checks.call(READ, &[0, at, 64], (0, 0));
        checks.call(READ, &[3, at, 5], (5, 0));
        for file in [1, 2, 4, 6, 7, FAILED] {
            checks.call(READ, &[file, at, 1], (FAILED, BAD_FILE));
        }
        for file in [0, 3, 5, 7, 1 << 32] {
            checks.call(WRITE, &[file, at, 1], (FAILED, BAD_FILE));
        }
        checks.call(WRITE, &[1, at, 0], (0, 0));
        checks.call(WRITE, &[2, at, 0], (0, 0));
        checks.bytes("untouched buffer", &buffer.0, &[7; 64]);
        // A hint in two parts.
        let hint = *b"\0\0\0\x06hint 1";
        checks.call(WRITE, &[4, hint.as_ptr() as usize, 6], (6, 0));
        checks.call(WRITE, &[4, hint.as_ptr() as usize + 6, 4], (4, 0));
        // F_GETFD, F_GETFL, and what is not known.
        for file in 0..7 {
            checks.call(FCNTL, &[file, 1], (0, 0));
            let is_writable = [1, 2, 4, 6].contains(&file);
            checks.call(FCNTL, &[file, 3], (usize::from(is_writable), 0));
        }
        checks.call(FCNTL, &[7, 1], (FAILED, BAD_FILE));
        checks.call(FCNTL, &[7, 3], (FAILED, BAD_FILE));
        checks.call(FCNTL, &[0, 4], (FAILED, NOT_SUPPORTED));
        checks.call(OPENAT, &[0, at, 0], (FAILED, NO_ACCESS));
    }

    /// The value of local key 1 is the bytes from 1 to 40.
    fn preimage(checks: &mut Checks) {
        let mut key = Leaves([0xff; 64]);
        key.0[8] = 1;
        key.0[9..39].fill(0);
        key.0[39] = 1;
        let at = key.0.as_ptr() as usize;
        // A key that lies in two leaves goes in two parts.
        checks.call(WRITE, &[6, at + 8, 32], (24, 0));
        checks.call(WRITE, &[6, at + 32, 8], (8, 0));
        checks.call(WRITE, &[6, at + 32, 0], (0, 0));
        let mut value = Leaves([0; 64]);
        let to = value.0.as_mut_ptr() as usize;
        checks.call(READ, &[5, to, 0], (0, 0));
        // Length and value as one stream, to the end of the leaf at most.
        checks.call(READ, &[5, to + 29, 8], (3, 0));
        checks.call(READ, &[5, to, 5], (5, 0));
        checks.bytes("length", &value.0[..5], &[0, 0, 0, 0, 40]);
        checks.call(READ, &[5, to + 32, 100], (32, 0));
        checks.call(READ, &[5, to, 100], (8, 0));
        checks.bytes("end of value", &value.0[..8], &[33, 34, 35, 36, 37, 38, 39, 40]);
        checks.bytes("start of value", &value.0[32..36], &[1, 2, 3, 4]);
    }

    fn memory(checks: &mut Checks) {
        const ANONYMOUS: usize = 0x20;
        checks.call(BRK, &[0], (0x4000_0000, 0));
        checks.call(BRK, &[1 << 40], (0x4000_0000, 0));
        checks.call(MMAP, &[0, 1, 3, 0, FAILED, 0], (FAILED, BAD_FILE));
        checks.call(MMAP, &[0, 1, 3, ANONYMOUS, 3, 0], (FAILED, BAD_FILE));
        checks.call(MMAP, &[0x1234_5001, 1, 3, ANONYMOUS, FAILED, 0], (0x1234_5001, 0));
        let (heap, _) = call(MMAP, [0, 0, 3, ANONYMOUS, FAILED, 0]);
        checks.call(MMAP, &[0, 1, 3, ANONYMOUS, FAILED, 0], (heap, 0));
        checks.call(MMAP, &[0, 4097, 3, ANONYMOUS, FAILED, 0], (heap + 4096, 0));
        checks.call(MMAP, &[0, 0, 3, ANONYMOUS, FAILED, 0], (heap + 3 * 4096, 0));
    }

    fn clock_and_limits(checks: &mut Checks) {
        for offset in [0, 8, 17, 29] {
            let mut buffer = Leaves([0xaa; 64]);
            let at = buffer.0.as_mut_ptr() as usize + offset;
            let pair = |a: u64, b: u64| {
                let mut expected = [0xaa; 64];
                expected[offset..offset + 8].copy_from_slice(&a.to_le_bytes());
                expected[offset + 8..offset + 16].copy_from_slice(&b.to_le_bytes());
                expected
            };
            checks.call(CLOCK_GETTIME, &[1, at], (0, 0));
            checks.bytes("time", &buffer.0, &pair(1337, 42));
            checks.call(GETRLIMIT, &[7, at], (0, 0));
            checks.bytes("limits", &buffer.0, &pair(1024, 1024));
        }
    }

    fn others(checks: &mut Checks) {
        checks.call(CLONE, &[0, 0], (1, 0));
        // Everything else succeeds and does nothing: futex, getpid, getrandom, munmap and so on.
        for number in [0, 98, 123, 172, 215, 278, 1000, FAILED] {
            checks.call(number, &[5, 6, 7], (0, 0));
        }
    }
}

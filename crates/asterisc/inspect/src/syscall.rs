//! System calls in words.

use asterisc_isa::Register;
use asterisc_state::Hart;
use asterisc_step::{FileDescriptor, Syscall};
use serde::Serialize;

use crate::Hex;

/// A system call that is about to be made, and what it returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyscallView {
    /// Its number (a7).
    pub number: u64,
    /// Its name on Linux.
    pub name: &'static str,
    /// What the machine does on it.
    pub behaviour: &'static str,
    /// Arguments that matter.
    pub arguments: Vec<Argument>,
    /// a0 after it; none after an exit and where the step reverts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Hex>,
    /// a1 after it: 0, or an error number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Hex>,
}

/// An argument of a system call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Argument {
    /// Register it is in.
    pub register: &'static str,
    /// Name.
    pub name: &'static str,
    /// Value.
    pub value: Hex,
    /// What the value stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<&'static str>,
}

impl SyscallView {
    /// The call that is in the registers.
    pub(crate) fn of(hart: &Hart) -> Self {
        let number = hart.register(Register::A7);
        let call = Syscall::from_number(number);
        let names = argument_names(call);
        let arguments = names.iter().map(|(register, name)| {
            let value = hart.register(*register);
            let meaning = meaning(call, name, value);
            Argument { register: register.name(), name, value: Hex(value), meaning }
        });
        Self {
            number,
            name: syscall_name(number),
            behaviour: behaviour(call, hart),
            arguments: arguments.collect(),
            result: None,
            error: None,
        }
    }

    /// Adds what the call returned.
    pub(crate) fn returned(&mut self, after: &Hart) {
        if !after.exited {
            self.result = Some(Hex(after.register(Register::A0)));
            self.error = Some(Hex(after.register(Register::A1)));
        }
    }
}

/// Names of calls on Linux for RISC-V, as far as programs make them.
pub const fn syscall_name(number: u64) -> &'static str {
    match number {
        17 => "getcwd",
        20 => "epoll_create1",
        21 => "epoll_ctl",
        25 => "fcntl",
        29 => "ioctl",
        56 => "openat",
        57 => "close",
        59 => "pipe2",
        63 => "read",
        64 => "write",
        78 => "readlinkat",
        79 => "newfstatat",
        80 => "fstat",
        93 => "exit",
        94 => "exit_group",
        96 => "set_tid_address",
        98 => "futex",
        101 => "nanosleep",
        113 => "clock_gettime",
        123 => "sched_getaffinity",
        124 => "sched_yield",
        130 => "tkill",
        131 => "tgkill",
        132 => "sigaltstack",
        134 => "rt_sigaction",
        135 => "rt_sigprocmask",
        160 => "uname",
        163 => "getrlimit",
        172 => "getpid",
        174 => "getuid",
        175 => "geteuid",
        176 => "getgid",
        177 => "getegid",
        178 => "gettid",
        214 => "brk",
        215 => "munmap",
        220 => "clone",
        222 => "mmap",
        226 => "mprotect",
        233 => "madvise",
        261 => "prlimit64",
        278 => "getrandom",
        422 => "futex_time64",
        _ => "unknown",
    }
}

const fn argument_names(call: Option<Syscall>) -> &'static [(Register, &'static str)] {
    match call {
        Some(Syscall::Exit) => &[(Register::A0, "code")],
        Some(Syscall::Read | Syscall::Write) => {
            &[(Register::A0, "fd"), (Register::A1, "buffer"), (Register::A2, "count")]
        }
        Some(Syscall::Fcntl) => &[(Register::A0, "fd"), (Register::A1, "command")],
        Some(Syscall::ClockGettime) => &[(Register::A0, "clock"), (Register::A1, "buffer")],
        Some(Syscall::Getrlimit) => &[(Register::A0, "resource"), (Register::A1, "buffer")],
        Some(Syscall::Brk) => &[(Register::A0, "address")],
        Some(Syscall::Mmap) => &[
            (Register::A0, "address"),
            (Register::A1, "length"),
            (Register::A3, "flags"),
            (Register::A4, "fd"),
        ],
        Some(Syscall::Openat | Syscall::Clone | Syscall::Forbidden) | None => &[],
    }
}

/// What an argument's value stands for.
fn meaning(call: Option<Syscall>, name: &str, value: u64) -> Option<&'static str> {
    match (call, name) {
        (Some(Syscall::Mmap), "fd") => (value == u64::MAX).then_some("none"),
        (Some(Syscall::Mmap), "flags") => (value & 0x20 != 0).then_some("anonymous"),
        (Some(Syscall::Fcntl), "command") => match value {
            1 => Some("F_GETFD"),
            3 => Some("F_GETFL"),
            _ => None,
        },
        (Some(Syscall::Getrlimit), "resource") => (value == 7).then_some("number of open files"),
        (_, "fd") => Some(match FileDescriptor::from_number(value)? {
            FileDescriptor::Stdin => "stdin",
            FileDescriptor::Stdout => "stdout",
            FileDescriptor::Stderr => "stderr",
            FileDescriptor::HintRead => "hint acknowledgements",
            FileDescriptor::HintWrite => "hints",
            FileDescriptor::PreimageRead => "pre-images",
            FileDescriptor::PreimageWrite => "pre-image keys",
        }),
        _ => None,
    }
}

/// What the machine does on a call, in one clause.
fn behaviour(call: Option<Syscall>, hart: &Hart) -> &'static str {
    let file = FileDescriptor::from_number(hart.register(Register::A0));
    match call {
        Some(Syscall::Exit) => "ends the program",
        Some(Syscall::Read) => match file {
            Some(FileDescriptor::Stdin) => "always at its end",
            Some(FileDescriptor::HintRead) => "acknowledged; nothing is written to memory",
            Some(FileDescriptor::PreimageRead) => {
                "reads on from the pre-image, at most to the end of the buffer's leaf"
            }
            _ => "refused: not open for reading",
        },
        Some(Syscall::Write) => match file {
            Some(FileDescriptor::Stdout | FileDescriptor::Stderr) => "output, outside of the state",
            Some(FileDescriptor::HintWrite) => "hints, outside of the state",
            Some(FileDescriptor::PreimageWrite) => {
                "shifts bytes into the pre-image key, at most to the end of the buffer's leaf"
            }
            _ => "refused: not open for writing",
        },
        Some(Syscall::Fcntl) => "tells flags or mode of a file",
        Some(Syscall::Openat) => "always refused",
        Some(Syscall::Forbidden) => "must not be made",
        Some(Syscall::ClockGettime) => "stores the same time on every call",
        Some(Syscall::Getrlimit) => "stores the limit of open files; no other is known",
        Some(Syscall::Brk) => "always the same break",
        Some(Syscall::Clone) => "makes no thread, and pretends it did",
        Some(Syscall::Mmap) => "hands out anonymous memory, which is never taken back",
        None => "does nothing",
    }
}

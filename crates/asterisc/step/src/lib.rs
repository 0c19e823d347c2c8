#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod access;
pub use access::{OutputStream, PreimagePart, StateAccess};

mod step;
pub use step::{step, step_decoded};

pub mod syscall;
pub use syscall::{FileDescriptor, Syscall};

mod live;
pub use live::{Host, LiveAccess, StepError};

mod record;
pub use record::{PreimageRead, RecordingAccess, StepWitness};

mod hint;
pub use hint::{HINT_BUFFER_BYTES_MAX, HINT_BYTES_MAX, send_hints};

//! One module a command.

pub(crate) mod bench;
mod bench_vm;
pub(crate) mod contracts;
pub(crate) mod demo;
pub(crate) mod differential;
pub(crate) mod fuzz;
pub(crate) mod guest;
pub(crate) mod interop;
pub(crate) mod lint;
pub(crate) mod no_std;
pub(crate) mod pipelines;
pub(crate) mod prestate;
pub(crate) mod release_notes;
pub(crate) mod riscv_tests;
pub(crate) mod test;

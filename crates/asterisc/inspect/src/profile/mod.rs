//! Where the steps of a program go: exactly, by function and by the way that leads there.
//!
//! Every step is counted for the function it is executed in, under the functions that called it.
//! Calls and returns are told from jumps by the registers they use, as the RISC-V manual advises
//! predictors of return addresses to; see `call_stack.rs` for what is done where a program keeps to
//! no such rule.

mod call_stack;
mod call_tree;
mod decoded;
mod firefox;
mod folded;
mod summary;
mod timeline;
mod tracer;

pub use call_tree::{CallNode, CallTree, NodeId};
pub use firefox::write_firefox;
pub use folded::write_folded;
pub use summary::{FunctionSteps, Summary, TreeLine};
pub use timeline::{Slice, Timeline};
pub use tracer::{Profile, Profiler};

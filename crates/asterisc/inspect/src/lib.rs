#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod function;
pub use function::{Function, FunctionId, FunctionTable, Location};

mod hex;
pub use hex::Hex;

mod listing;
pub use listing::{Line, Listing, ListingItem, Target};

mod explain;
pub use explain::{ExplainError, Explanation, explain};

mod explain_text;
mod observe;

mod preimage_key;
pub use preimage_key::key_kind;

mod syscall;
pub use syscall::{Argument, SyscallView, syscall_name};

pub mod profile;

#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod error;
pub use error::{NodeError, TrieError};

mod source;
pub use source::NodeSource;

mod nibbles;
pub use nibbles::{KEY_BYTES_MAX, Nibbles};

mod trie;
pub use trie::{EMPTY_ROOT, Trie};

mod list;
pub use list::{LIST_ITEMS_MAX, first_of_list, ordered_list, ordered_list_root};

mod node;
mod rlp;

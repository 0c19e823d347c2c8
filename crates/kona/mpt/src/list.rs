//! Ordered lists: tries whose keys are the RLP of 0, 1, 2 and so on.
//!
//! Transactions and receipts of a block stand in such tries. The RLP of 0 is `80`, that of 1 is
//! `01`: in the trie, item 0 comes between items 127 and 128.

mod index;
mod place;
mod read;
mod root;

pub use read::{LIST_ITEMS_MAX, first_of_list, ordered_list};
pub use root::ordered_list_root;

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod exit;
pub use exit::Exit;

mod format;
pub use format::{OutputFormat, print_result, write_result};

mod report;
pub use report::{Report, note, print_error, write_error};

mod summary;
pub use summary::Summary;

mod progress;
pub use progress::Progress;

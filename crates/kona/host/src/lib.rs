#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cli;

mod judge;
pub use judge::{Outcome, judge};

mod execute_block;
pub use execute_block::{BlockFile, BlockFileError, BlockOutcome, HeaderDifference, execute_block};

mod boot;
pub use boot::{Boot, BootError, BootFlags, Configs};

mod oracle;
pub use oracle::{
    DisputeOracle, KindCounts, NativeOracle, ReadCounts, ReadFailure, precompile_preimage,
};

mod server;
pub use server::{Patience, ServerError, check_descriptors, serve};

mod store;
pub use store::{
    ARCHIVE_BYTES_MAX, Archive, ArchiveError, ArchiveWriter, ConvertError, Converted, DataFormat,
    KeyForm, PackError, PackStore, PackWriter, Store, StoreError, TextFiles, TextLayout,
    TextWriter, convert, open_data_dir,
};

mod error;
pub use error::{HostError, Preimage};

mod peak_memory;
mod trace;

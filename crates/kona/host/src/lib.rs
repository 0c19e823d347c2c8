#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod boot;
pub use boot::{Boot, BootError, BootFlags, Configs};

mod store;
pub use store::{
    ARCHIVE_BYTES_MAX, Archive, ArchiveError, ArchiveWriter, ConvertError, Converted, DataFormat,
    KeyForm, PackError, PackStore, PackWriter, Store, StoreError, TextFiles, TextLayout,
    TextWriter, convert, open_data_dir,
};

mod oracle;
pub use oracle::{DisputeOracle, KindCounts, NativeOracle, ReadCounts, ReadFailure};

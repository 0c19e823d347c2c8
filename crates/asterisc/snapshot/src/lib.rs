#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod binary;
pub use binary::{read_binary, write_binary};

mod json;
pub use json::{read_json, write_json};

mod json_format;

mod documents;
pub use documents::{write_meta, write_proof, write_witness};

mod file;
pub use file::{AtomicFile, FileError, StateFormat, load_state, save_document, save_state};

mod error;
pub use error::StateError;

//! Where pre-images are kept: archives, the text files of op-program, and the pack store.
//!
//! A store only says what it holds under a key. Whether the value is what the key commits to is
//! checked by whoever reads, see [`crate::NativeOracle`] and [`convert`].

mod archive;
pub use archive::{ARCHIVE_BYTES_MAX, Archive, ArchiveError, ArchiveWriter, KeyForm};

mod convert;
pub use convert::{ConvertError, Converted, convert};

mod error;
pub use error::StoreError;

mod kv_format;
pub use kv_format::{DataFormat, open_data_dir};

mod pack;
pub use pack::{PackError, PackStore, PackWriter};

mod text_files;
pub use text_files::{TextFiles, TextLayout, TextWriter};

use bumpalo::Bump;
use kona_preimage::PreimageKey;

/// Pre-images that can be looked up by key.
pub trait Store {
    /// The value of `key`, or `None` if there is none.
    ///
    /// The value is borrowed from the store if it holds it in memory, else it is read into `arena`.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read, or is damaged at this value.
    fn get<'a>(&'a self, key: PreimageKey, arena: &'a Bump)
    -> Result<Option<&'a [u8]>, StoreError>;

    /// All keys, ascending.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be listed.
    fn keys(&self) -> Result<Vec<PreimageKey>, StoreError>;

    /// Keeps a value that was computed, for others that read the same store. A store that has the
    /// key already stays as it is, and so do stores that nothing can be added to, which is what
    /// this does by default.
    ///
    /// # Errors
    /// [`StoreError`] if the value can't be written.
    fn add(&self, _key: PreimageKey, _value: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
}

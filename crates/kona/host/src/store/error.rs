use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use kona_preimage::PreimageKey;

use super::{ArchiveError, DataFormat, PackError};

/// Why a store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or directory can't be opened.
    #[error("{} can't be opened", path.display())]
    Open {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A file that is open can't be read or written.
    #[error("reading or writing {} failed", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// Something is there already that must not be overwritten.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file or directory.
        path: PathBuf,
    },
    /// A file is no archive, or a damaged one.
    #[error("{} can't be used as an archive", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: ArchiveError,
    },
    /// A pack store is damaged.
    #[error("{} can't be used as a pack store", path.display())]
    Pack {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: PackError,
    },
    /// A data directory does not tell its format, and nobody else did.
    #[error("{} has no kvformat file to tell its format", dir.display())]
    FormatUnknown {
        /// The directory.
        dir: PathBuf,
    },
    /// A data directory tells a format that is not known.
    #[error("{} has data of format {found:?}, which can't be read", dir.display())]
    FormatUnsupported {
        /// The directory.
        dir: PathBuf,
        /// The format it tells.
        found: String,
    },
    /// A data directory tells another format than was asked for.
    #[error("{} has data of format {recorded}, not {asked}", dir.display())]
    FormatConflict {
        /// The directory.
        dir: PathBuf,
        /// The format it tells.
        recorded: DataFormat,
        /// The format asked for.
        asked: DataFormat,
    },
    /// A text file holds something else than hex digits.
    #[error("{} holds something else than the hex digits of a value", path.display())]
    NotHex {
        /// The file.
        path: PathBuf,
    },
    /// A value longer than any pre-image may be.
    #[error("the value of key {key} has {length} bytes, above {max}")]
    ValueTooLong {
        /// The key.
        key: PreimageKey,
        /// Bytes of the value.
        length: u64,
        /// Bytes allowed.
        max: u64,
    },
    /// Another value is held under the same key already.
    #[error("key {key} has another value in the store already")]
    ValueConflict {
        /// The key.
        key: PreimageKey,
    },
    /// There is no memory for a value.
    #[error("no memory for the {length} bytes of key {key}")]
    OutOfMemory {
        /// The key.
        key: PreimageKey,
        /// Bytes of the value.
        length: u64,
    },
}

impl StoreError {
    /// Opens a file to read.
    pub(crate) fn open_file(path: &Path) -> Result<File, Self> {
        let open = |source| Self::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(open)?;
        // Opening a directory works; reading it would fail with less to say.
        if file.metadata().map_err(open)?.is_dir() {
            return Err(open(io::ErrorKind::IsADirectory.into()));
        }
        Ok(file)
    }
}

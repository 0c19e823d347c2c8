//! Files by name: formats, compression, and never a half-written one.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process,
};

use asterisc_state::{PairHasher, SparseMemory, VmState};
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};

use crate::{StateError, read_binary, read_json, write_binary, write_json};

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file can't be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file holds no state.
    #[error("{} holds no state", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        #[source]
        source: StateError,
    },
    /// The file can't be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The form of a state, by the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFormat {
    /// Names that end in `.bin` or `.bin.gz`.
    Binary,
    /// All others.
    Json,
}

impl StateFormat {
    /// The form the name of `path` asks for.
    pub fn of(path: &Path) -> Self {
        let name = path.as_os_str().as_encoded_bytes();
        if name.ends_with(b".bin") || name.ends_with(b".bin.gz") {
            Self::Binary
        } else {
            Self::Json
        }
    }
}

/// Whether the name asks for compression.
fn is_gzip(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b".gz")
}

/// Reads a state into whichever memory is asked for; nothing but a page is kept beside it.
///
/// # Errors
/// Where the file can't be read, or holds none.
pub fn load_state<M: SparseMemory + Default>(path: &Path) -> Result<VmState<M>, FileError> {
    let file = File::open(path)
        .map_err(|source| FileError::Open { path: path.to_owned(), source })
        .map(BufReader::new)?;
    let state = match (StateFormat::of(path), is_gzip(path)) {
        (StateFormat::Binary, false) => read_binary(file),
        (StateFormat::Binary, true) => read_compressed_binary(GzDecoder::new(file)),
        (StateFormat::Json, false) => read_json(file),
        (StateFormat::Json, true) => read_json(BufReader::new(GzDecoder::new(file))),
    };
    state.map_err(|source| FileError::State { path: path.to_owned(), source })
}

/// Reads on behind the state, to the checksum at the end.
fn read_compressed_binary<M: SparseMemory + Default>(
    mut source: impl Read,
) -> Result<VmState<M>, StateError> {
    let state = read_binary(&mut source)?;
    io::copy(&mut source, &mut io::sink())?;
    Ok(state)
}

/// Writes a state with its witness and hash.
///
/// # Errors
/// Where the file can't be written; what stood there before is untouched then.
pub fn save_state<M: SparseMemory>(
    state: &mut VmState<M>,
    path: &Path,
    hasher: &impl PairHasher,
) -> Result<(), FileError> {
    let witness = state.witness(hasher);
    let hash = witness.hash();
    save_document(path, |out| match StateFormat::of(path) {
        StateFormat::Binary => write_binary(state, &witness, hash, out),
        StateFormat::Json => write_json(state, &witness, hash, out),
    })
}

/// Writes whatever `write` gives, compressed if the name asks for it.
///
/// # Errors
/// Where the file can't be written; what stood there before is untouched then.
pub fn save_document(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let mut file = AtomicFile::create(path).map_err(failed)?;
    if is_gzip(path) {
        let mut encoder = GzEncoder::new(&mut file, Compression::default());
        write(&mut encoder).map_err(failed)?;
        encoder.finish().map_err(failed)?;
    } else {
        write(&mut file).map_err(failed)?;
    }
    file.commit().map_err(failed)
}

/// A file that takes its place once it is complete.
///
/// What is there already and no file, such as `/dev/null` or a pipe, is written to and stays. A
/// symbolic link stays, too: the file it leads to is replaced.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    temporary: Option<PathBuf>,
    file: Option<BufWriter<File>>,
}

impl AtomicFile {
    /// Begins a file beside `path`.
    ///
    /// # Errors
    /// Where the folder can't be written to.
    pub fn create(path: &Path) -> io::Result<Self> {
        if Self::is_in_place(path) {
            let file = File::options().write(true).open(path)?;
            return Ok(Self::new(path, None, file));
        }
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut name = OsString::from(".");
        name.push(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
        name.push(format!(".{}.tmp", process::id()));
        let temporary = path.with_file_name(name);
        let file = File::create_new(&temporary).or_else(|error| match error.kind() {
            // What is left of a process that had the same id.
            io::ErrorKind::AlreadyExists => File::create(&temporary),
            _ => Err(error),
        })?;
        Ok(Self::new(path, Some(temporary), file))
    }

    /// Whether `path` is a device or a pipe, which is written to where it is.
    pub fn is_in_place(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
    }

    fn new(path: &Path, temporary: Option<PathBuf>, file: File) -> Self {
        let file = Some(BufWriter::with_capacity(1 << 16, file));
        Self { path: path.to_owned(), temporary, file }
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// Where it can't be completed; then it is removed.
    pub fn commit(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            if let Some(temporary) = &self.temporary {
                file.sync_all()?;
                fs::rename(temporary, &self.path)?;
            }
        }
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().ok_or(io::ErrorKind::NotConnected)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().ok_or(io::ErrorKind::NotConnected)?.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Harmless after a commit: the temporary name is gone then.
            let _ = fs::remove_file(temporary);
        }
    }
}

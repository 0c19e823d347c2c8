//! Data directories, which tell their format in a file named `kvformat`.

use std::{
    fmt, fs,
    io::{self},
    path::Path,
};

use super::{PackStore, Store, StoreError, TextFiles, TextLayout};

/// Name of the file that tells the format, without a line end.
pub(crate) const FORMAT_FILE: &str = "kvformat";

/// How a data directory keeps its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DataFormat {
    /// op-program's `file`: one text file a value.
    File,
    /// op-program's `directory`: one text file a value, in directories by the key's start.
    Directory,
    /// Our own: one file of records and a sorted index.
    Pack,
}

impl DataFormat {
    /// The word that stands in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Pack => "pack",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::File, Self::Directory, Self::Pack].into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for DataFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Opens a data directory for reading; nothing in it is changed.
///
/// `asked` is needed only where the directory does not tell its format.
///
/// # Errors
/// [`StoreError`] if there is no such directory, its format is not known or not the one asked for,
/// or it is damaged.
pub fn open_data_dir(dir: &Path, asked: Option<DataFormat>) -> Result<Box<dyn Store>, StoreError> {
    let open = |source| StoreError::Open { path: dir.to_owned(), source };
    if !fs::metadata(dir).map_err(open)?.is_dir() {
        return Err(open(io::ErrorKind::NotADirectory.into()));
    }
    Ok(match resolve_format(dir, asked)? {
        DataFormat::File => Box::new(TextFiles::new(dir, TextLayout::Flat)),
        DataFormat::Directory => Box::new(TextFiles::new(dir, TextLayout::Nested)),
        DataFormat::Pack => Box::new(PackStore::open(dir)?),
    })
}

fn resolve_format(dir: &Path, asked: Option<DataFormat>) -> Result<DataFormat, StoreError> {
    match (read_format(dir)?, asked) {
        (Some(recorded), Some(asked)) if recorded != asked => {
            Err(StoreError::FormatConflict { dir: dir.to_owned(), recorded, asked })
        }
        (Some(format), _) | (None, Some(format)) => Ok(format),
        (None, None) => Err(StoreError::FormatUnknown { dir: dir.to_owned() }),
    }
}

fn read_format(dir: &Path) -> Result<Option<DataFormat>, StoreError> {
    let path = dir.join(FORMAT_FILE);
    let found = match fs::read_to_string(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::Io { path, source }),
    };
    let found = found.trim_end();
    match DataFormat::from_name(found) {
        Some(format) => Ok(Some(format)),
        None => {
            let found = found.chars().take(32).collect();
            Err(StoreError::FormatUnsupported { dir: dir.to_owned(), found })
        }
    }
}

/// Makes an empty data directory that tells its format.
///
/// # Errors
/// [`StoreError::Exists`] if the directory is there and not empty.
pub(crate) fn create_data_dir(dir: &Path, format: DataFormat) -> Result<(), StoreError> {
    let io_error = |source| StoreError::Io { path: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(io_error)?;
    if fs::read_dir(dir).map_err(io_error)?.next().is_some() {
        return Err(StoreError::Exists { path: dir.to_owned() });
    }
    fs::write(dir.join(FORMAT_FILE), format.name()).map_err(io_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(format: Option<&str>, asked: Option<DataFormat>) -> Result<(), StoreError> {
        let dir = tempfile::tempdir().unwrap();
        if let Some(format) = format {
            fs::write(dir.path().join(FORMAT_FILE), format).unwrap();
        }
        open_data_dir(dir.path(), asked).map(|_| ())
    }

    #[test]
    fn format_comes_from_the_directory_or_the_flag() {
        open(Some("file"), None).unwrap();
        open(Some("directory\n"), Some(DataFormat::Directory)).unwrap();
        open(None, Some(DataFormat::File)).unwrap();
    }

    #[test]
    fn format_that_is_unknown_or_contradicted_is_an_error() {
        assert!(matches!(open(None, None), Err(StoreError::FormatUnknown { .. })));
        let pebble = open(Some("pebble"), Some(DataFormat::File));
        assert!(
            matches!(pebble, Err(StoreError::FormatUnsupported { found, .. }) if found == "pebble")
        );
        let conflict = open(Some("file"), Some(DataFormat::Directory));
        assert!(matches!(conflict, Err(StoreError::FormatConflict { .. })));
    }

    #[test]
    fn a_directory_with_something_in_it_is_not_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        create_data_dir(dir.path(), DataFormat::File).unwrap();
        let again = create_data_dir(dir.path(), DataFormat::File);
        assert!(matches!(again, Err(StoreError::Exists { .. })));
        let missing = open_data_dir(&dir.path().join("none"), None).map(|_| ());
        assert!(matches!(missing, Err(StoreError::Open { .. })));
    }
}

//! The text files of op-program: a value is a file with its hex digits, named after the key.
//!
//! | layout | path of key `0x0212ab…` |
//! |---|---|
//! | flat | `0x0212ab….txt` |
//! | nested | `0212/ab….txt` |

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process,
};

use alloy_primitives::hex;
use bumpalo::Bump;
use kona_preimage::{PREIMAGE_BYTES_MAX, PreimageKey};

use super::{DataFormat, Store, StoreError, kv_format::create_data_dir};

const EXTENSION: &str = ".txt";
/// Digits of a key that name the directory of the nested layout.
const DIRECTORY_DIGITS: usize = 4;

/// Where the file of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLayout {
    /// All in one directory: op-program's `file`.
    Flat,
    /// In directories by the first two bytes of the key: op-program's `directory`.
    Nested,
}

impl TextLayout {
    fn path(self, dir: &Path, key: PreimageKey) -> PathBuf {
        let digits = hex::encode(key.as_bytes());
        match self {
            Self::Flat => dir.join(format!("0x{digits}{EXTENSION}")),
            Self::Nested => {
                let (directory, name) = digits.split_at(DIRECTORY_DIGITS);
                dir.join(directory).join(format!("{name}{EXTENSION}"))
            }
        }
    }

    const fn data_format(self) -> DataFormat {
        match self {
            Self::Flat => DataFormat::File,
            Self::Nested => DataFormat::Directory,
        }
    }
}

/// A directory of text files, read one by one when asked for.
#[derive(Debug, Clone)]
pub struct TextFiles {
    dir: PathBuf,
    layout: TextLayout,
}

impl TextFiles {
    /// Reads from `dir`. Nothing is opened yet.
    pub fn new(dir: &Path, layout: TextLayout) -> Self {
        Self { dir: dir.to_owned(), layout }
    }
}

impl Store for TextFiles {
    fn get<'a>(
        &'a self,
        key: PreimageKey,
        arena: &'a Bump,
    ) -> Result<Option<&'a [u8]>, StoreError> {
        let path = self.layout.path(&self.dir, key);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::Open { path, source }),
        };
        let text = match read_text(file) {
            Ok(text) => text,
            Err(source) => return Err(StoreError::Io { path, source }),
        };

        let digits = text.trim_ascii_end();
        let length = digits.len() / 2;
        let length_u64 = u64::try_from(length).unwrap_or(u64::MAX);
        if length_u64 > PREIMAGE_BYTES_MAX {
            let (length, max) = (length_u64, PREIMAGE_BYTES_MAX);
            return Err(StoreError::ValueTooLong { key, length, max });
        }
        let value = arena
            .try_alloc_slice_fill_copy(length, 0u8)
            .map_err(|_| StoreError::OutOfMemory { key, length: length_u64 })?;
        // A prefix is not written by op-program, and would be dropped by the decoder.
        if digits.starts_with(b"0x") || hex::decode_to_slice(digits, value).is_err() {
            return Err(StoreError::NotHex { path });
        }
        Ok(Some(value))
    }

    fn keys(&self) -> Result<Vec<PreimageKey>, StoreError> {
        let mut keys = Vec::new();
        match self.layout {
            TextLayout::Flat => list_names(&self.dir, |name| {
                keys.extend(parse_key(name.strip_prefix("0x").unwrap_or_default()));
            })?,
            TextLayout::Nested => {
                let mut directories = Vec::new();
                list_names(&self.dir, |name| {
                    if name.len() == DIRECTORY_DIGITS && name.bytes().all(|b| b.is_ascii_hexdigit())
                    {
                        directories.push(name.to_owned());
                    }
                })?;
                for directory in directories {
                    list_names(&self.dir.join(&directory), |name| {
                        keys.extend(parse_key(&format!("{directory}{name}")));
                    })?;
                }
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// The file appears as a whole: it is written under another name first.
    fn add(&self, key: PreimageKey, value: &[u8]) -> Result<(), StoreError> {
        let path = self.layout.path(&self.dir, key);
        if path.exists() {
            return Ok(());
        }
        let partial = path.with_extension(format!("partial-{}", process::id()));
        let write = || {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&partial, hex::encode(value))?;
            fs::rename(&partial, &path)
        };
        write().map_err(|source| StoreError::Io { path: path.clone(), source })
    }
}

/// The digits, and no more of the file than a value can have.
fn read_text(file: File) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.take(2 * PREIMAGE_BYTES_MAX + 2).read_to_end(&mut text)?;
    Ok(text)
}

/// The key that a file is named after; other files are none of our business.
fn parse_key(name: &str) -> Option<PreimageKey> {
    let digits = name.strip_suffix(EXTENSION)?;
    if digits.bytes().any(|b| b.is_ascii_uppercase() || b == b'x') {
        return None;
    }
    digits.parse().ok()
}

fn list_names(dir: &Path, mut visit: impl FnMut(&str)) -> Result<(), StoreError> {
    let io_error = |source| StoreError::Io { path: dir.to_owned(), source };
    for entry in fs::read_dir(dir).map_err(io_error)? {
        if let Some(name) = entry.map_err(io_error)?.file_name().to_str() {
            visit(name);
        }
    }
    Ok(())
}

/// Writes text files into a new data directory.
#[derive(Debug)]
pub struct TextWriter {
    files: TextFiles,
}

impl TextWriter {
    /// Makes the data directory.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is something in it already.
    pub fn create(dir: &Path, layout: TextLayout) -> Result<Self, StoreError> {
        create_data_dir(dir, layout.data_format())?;
        Ok(Self { files: TextFiles::new(dir, layout) })
    }

    /// Writes the file of a value.
    ///
    /// # Errors
    /// [`StoreError::Io`] if that fails.
    pub fn put(&mut self, key: PreimageKey, value: &[u8]) -> Result<(), StoreError> {
        let path = self.files.layout.path(&self.files.dir, key);
        let write = || {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            File::create_new(&path)?.write_all(hex::encode(value).as_bytes())
        };
        write().map_err(|source| StoreError::Io { path: path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PreimageKey {
        "0x0212ab0000000000000000000000000000000000000000000000000000000000".parse().unwrap()
    }

    #[test]
    fn files_are_where_op_program_has_them() {
        let dir = tempfile::tempdir().unwrap();
        let rest = "ab0000000000000000000000000000000000000000000000000000000000.txt";
        for (layout, path, format) in [
            (TextLayout::Flat, format!("0x0212{rest}"), "file"),
            (TextLayout::Nested, format!("0212/{rest}"), "directory"),
        ] {
            let dir = dir.path().join(format);
            let mut writer = TextWriter::create(&dir, layout).unwrap();
            writer.put(key(), &[0xc0, 0xff, 0xee]).unwrap();
            assert_eq!(fs::read_to_string(dir.join(path)).unwrap(), "c0ffee");
            assert_eq!(fs::read_to_string(dir.join("kvformat")).unwrap(), format);

            fs::write(dir.join("README"), "not a value").unwrap();
            let store = TextFiles::new(&dir, layout);
            let arena = Bump::new();
            assert_eq!(store.get(key(), &arena).unwrap(), Some(&[0xc0, 0xff, 0xee][..]));
            assert_eq!(store.get(PreimageKey::local(1), &arena).unwrap(), None);
            assert_eq!(store.keys().unwrap(), [key()]);
        }
    }

    #[test]
    fn a_value_is_added_once_and_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        for layout in [TextLayout::Flat, TextLayout::Nested] {
            let store = TextFiles::new(dir.path(), layout);
            store.add(key(), &[0xc0, 0xff, 0xee]).unwrap();
            store.add(key(), &[1]).unwrap();
            let arena = Bump::new();
            assert_eq!(store.get(key(), &arena).unwrap(), Some(&[0xc0, 0xff, 0xee][..]));
            assert_eq!(store.keys().unwrap(), [key()]);
            let parent = layout.path(dir.path(), key()).parent().unwrap().to_owned();
            let files =
                fs::read_dir(parent).unwrap().filter(|e| e.as_ref().unwrap().path().is_file());
            assert_eq!(files.count(), 1, "nothing partial is left");
        }
        let store = TextFiles::new(&dir.path().join("0212/file"), TextLayout::Nested);
        fs::write(dir.path().join("0212/file"), "no directory").unwrap();
        assert!(matches!(store.add(key(), &[1]), Err(StoreError::Io { .. })));
    }

    #[test]
    fn contents_other_than_hex_digits_are_rejected() {
        let dir = tempfile::tempdir().unwrap();
        let store = TextFiles::new(dir.path(), TextLayout::Flat);
        let path = TextLayout::Flat.path(dir.path(), key());
        let get = |text: &str| {
            fs::write(&path, text).unwrap();
            let arena = Bump::new();
            store.get(key(), &arena).map(|value| value.map(<[u8]>::to_vec))
        };
        assert_eq!(get("").unwrap(), Some(vec![]));
        assert_eq!(get("00ff\n").unwrap(), Some(vec![0, 0xff]));
        for text in ["0", "0g", "0x00", "00 ff", "\n00"] {
            assert!(matches!(get(text), Err(StoreError::NotHex { .. })), "{text:?}");
        }
    }
}

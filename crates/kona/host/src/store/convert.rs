//! Copies pre-images from one store to another, checking each on the way.

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use bumpalo::Bump;
use kona_preimage::{OracleError, PreimageKey, PreimageKeyKind, verify};

use super::{ArchiveWriter, DataFormat, PackWriter, Store, StoreError, TextLayout, TextWriter};

/// Why a store could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// A store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key that was listed has no value.
    #[error("key {key} was listed, but has no value")]
    Vanished {
        /// The key.
        key: PreimageKey,
    },
    /// A value is not what its key commits to.
    #[error("the store holds a wrong value")]
    WrongValue(#[source] OracleError),
}

/// How much was copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Converted {
    /// Values.
    pub values: u64,
    /// Bytes of the values.
    pub bytes: u64,
}

/// Copies everything in `from` to a new store at `to`; `None` makes an archive. `on_value` hears of
/// each value copied, with how many there are in all.
///
/// # Errors
/// - [`StoreError::Exists`] if there is something at `to` already.
/// - [`ConvertError::WrongValue`] if a value is not what its key commits to.
/// - [`ConvertError::Store`] if either store fails. What was written so far is left behind.
pub fn convert(
    from: &dyn Store,
    to: &Path,
    format: Option<DataFormat>,
    mut on_value: impl FnMut(u64, u64),
) -> Result<Converted, ConvertError> {
    let keys = from.keys()?;
    let total = u64::try_from(keys.len()).unwrap_or(u64::MAX);
    let mut target = Target::create(to, format)?;
    let mut converted = Converted::default();
    let mut arena = Bump::new();
    for key in keys {
        let value = from.get(key, &arena)?.ok_or(ConvertError::Vanished { key })?;
        check(key, value).map_err(ConvertError::WrongValue)?;
        target.put(key, value)?;
        converted.values += 1;
        converted.bytes += u64::try_from(value.len()).unwrap_or_default();
        on_value(converted.values, total);
        arena.reset();
    }
    target.finish()?;
    Ok(converted)
}

/// Stores may hold more than a program reads, such as the KZG proof of a blob beside its field
/// elements, so that only hashes are checked.
fn check(key: PreimageKey, value: &[u8]) -> Result<(), OracleError> {
    match key.kind() {
        PreimageKeyKind::Keccak256 | PreimageKeyKind::Sha256 => verify(key, value).map(|_| ()),
        _ => Ok(()),
    }
}

/// The store being written.
enum Target {
    Archive { path: PathBuf, writer: ArchiveWriter<BufWriter<File>> },
    Text(TextWriter),
    Pack(PackWriter),
}

impl Target {
    fn create(path: &Path, format: Option<DataFormat>) -> Result<Self, StoreError> {
        Ok(match format {
            None => Self::create_archive(path)?,
            Some(DataFormat::File) => Self::Text(TextWriter::create(path, TextLayout::Flat)?),
            Some(DataFormat::Directory) => {
                Self::Text(TextWriter::create(path, TextLayout::Nested)?)
            }
            Some(DataFormat::Pack) => Self::Pack(PackWriter::create(path)?),
        })
    }

    fn create_archive(path: &Path) -> Result<Self, StoreError> {
        let error = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AlreadyExists => StoreError::Exists { path: path.to_owned() },
            _ => StoreError::Io { path: path.to_owned(), source },
        };
        let file = File::create_new(path).map_err(error)?;
        let writer = ArchiveWriter::new(BufWriter::new(file)).map_err(error)?;
        Ok(Self::Archive { path: path.to_owned(), writer })
    }

    fn put(&mut self, key: PreimageKey, value: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Archive { path, writer } => writer
                .append(key, value)
                .map_err(|source| StoreError::Io { path: path.clone(), source }),
            Self::Text(writer) => writer.put(key, value),
            Self::Pack(writer) => writer.put(key, value),
        }
    }

    fn finish(self) -> Result<(), StoreError> {
        match self {
            Self::Archive { path, writer } => {
                let finish = || writer.finish()?.into_inner()?.sync_all();
                finish().map_err(|source| StoreError::Io { path, source })
            }
            Self::Text(_) => Ok(()),
            Self::Pack(mut writer) => writer.commit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, keccak256};

    use super::*;
    use crate::store::{Archive, KeyForm, open_data_dir};

    fn sample() -> Archive {
        let mut values: Vec<_> = [&b""[..], b"a", b"longer", &[7; 70_000]]
            .into_iter()
            .map(|value| (PreimageKey::keccak256(keccak256(value)), value))
            .collect();
        values.push((PreimageKey::local(1), b"boot value"));
        values.push((PreimageKey::blob_from_hash(B256::ZERO), &[0; 48]));
        values.sort_unstable();
        let mut bytes = Vec::new();
        for (key, value) in values {
            bytes.extend_from_slice(key.as_bytes());
            bytes.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(value);
        }
        Archive::from_records(bytes, KeyForm::Typed).unwrap()
    }

    fn contents(store: &dyn Store) -> Vec<(PreimageKey, Vec<u8>)> {
        let arena = Bump::new();
        let value = |key| store.get(key, &arena).unwrap().unwrap().to_vec();
        store.keys().unwrap().into_iter().map(|key| (key, value(key))).collect()
    }

    #[test]
    fn every_store_holds_what_it_was_made_from() {
        let dir = tempfile::tempdir().unwrap();
        let sample = sample();
        for format in [DataFormat::File, DataFormat::Directory, DataFormat::Pack] {
            let to = dir.path().join(format.name());
            let mut calls = 0;
            let converted = convert(&sample, &to, Some(format), |done, total| {
                calls += 1;
                assert_eq!((done, total), (calls, 6));
            });
            assert_eq!(converted.unwrap(), Converted { values: 6, bytes: 70_065 });
            let store = open_data_dir(&to, None).unwrap();
            assert_eq!(contents(&*store), contents(&sample), "{format}");

            // And back.
            let archive = dir.path().join(format!("{format}.zst"));
            convert(&*store, &archive, None, |_, _| {}).unwrap();
            let archive = Archive::open(&archive, KeyForm::Typed).unwrap();
            assert_eq!(contents(&archive), contents(&sample), "{format}");
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "precious").unwrap();
        for (to, format) in [(file.as_path(), None), (dir.path(), Some(DataFormat::Pack))] {
            let error = convert(&sample(), to, format, |_, _| {}).unwrap_err();
            assert!(matches!(error, ConvertError::Store(StoreError::Exists { .. })), "{error:?}");
        }
        assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    }

    #[test]
    fn a_wrong_value_is_not_copied() {
        let mut bytes = PreimageKey::keccak256(B256::ZERO).as_bytes().to_vec();
        bytes.extend_from_slice(&[0; 4]);
        let archive = Archive::from_records(bytes, KeyForm::Typed).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("pack");
        let error = convert(&archive, &to, Some(DataFormat::Pack), |_, _| {}).unwrap_err();
        assert!(matches!(error, ConvertError::WrongValue(OracleError::HashMismatch { .. })));
        assert!(open_data_dir(&to, None).unwrap().keys().unwrap().is_empty());
    }
}

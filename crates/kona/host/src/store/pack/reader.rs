use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use bumpalo::Bump;
use kona_preimage::{PREIMAGE_BYTES_MAX, PreimageKey};

use super::{
    INDEX_FILE, PackError, RECORD_CHECKSUM_BYTES, RECORD_HEADER_BYTES, VALUES_FILE,
    VALUES_HEADER_BYTES, VALUES_MAGIC, check_start,
    index::{Index, Location},
    record_checksum,
};
use crate::store::{Store, StoreError};

/// A pack store, open for reading. It shows what was committed when it was opened.
#[derive(Debug)]
pub struct PackStore {
    values: File,
    values_path: PathBuf,
    index: Index,
}

impl PackStore {
    /// Opens the store in `dir`.
    ///
    /// # Errors
    /// [`StoreError::Open`] if a file is missing, [`StoreError::Pack`] if one is damaged.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let index_path = dir.join(INDEX_FILE);
        let index = fs::read(&index_path)
            .map_err(|source| StoreError::Open { path: index_path.clone(), source })?;
        let index = Index::from_bytes(index)
            .map_err(|source| StoreError::Pack { path: index_path, source })?;

        let values_path = dir.join(VALUES_FILE);
        let values = StoreError::open_file(&values_path)?;
        check_values(&values, &index)
            .map_err(|source| StoreError::Pack { path: values_path.clone(), source })?;
        Ok(Self { values, values_path, index })
    }

    /// All keys with the places of their values, ascending.
    pub(super) fn locations(&self) -> impl Iterator<Item = (PreimageKey, Location)> {
        self.index.iter()
    }

    /// Bytes of the file of values that count.
    pub(super) const fn committed(&self) -> u64 {
        self.index.committed
    }

    /// Reads a whole record and checks that it is the one meant.
    fn read_record<'a>(
        &self,
        key: PreimageKey,
        Location { offset, length }: Location,
        arena: &'a Bump,
    ) -> Result<&'a [u8], StoreError> {
        if u64::from(length) > PREIMAGE_BYTES_MAX {
            let (length, max) = (length.into(), PREIMAGE_BYTES_MAX);
            return Err(StoreError::ValueTooLong { key, length, max });
        }
        let damaged = || self.pack_error(PackError::Record { offset });
        let value_bytes = usize::try_from(length).map_err(|_| damaged())?;
        let size = RECORD_HEADER_BYTES + value_bytes + RECORD_CHECKSUM_BYTES;
        let record = arena
            .try_alloc_slice_fill_copy(size, 0u8)
            .map_err(|_| StoreError::OutOfMemory { key, length: length.into() })?;
        self.values.read_exact_at(record, offset).map_err(|error| self.pack_error(error.into()))?;

        let (content, checksum) = record.split_last_chunk().ok_or_else(damaged)?;
        let (head, value) = content.split_at_checked(RECORD_HEADER_BYTES).ok_or_else(damaged)?;
        let is_meant = head.starts_with(key.as_bytes()) && head.ends_with(&length.to_be_bytes());
        if !is_meant || record_checksum(content) != u32::from_be_bytes(*checksum) {
            return Err(damaged());
        }
        Ok(value)
    }

    fn pack_error(&self, source: PackError) -> StoreError {
        StoreError::Pack { path: self.values_path.clone(), source }
    }
}

impl Store for PackStore {
    fn get<'a>(
        &'a self,
        key: PreimageKey,
        arena: &'a Bump,
    ) -> Result<Option<&'a [u8]>, StoreError> {
        let Some(location) = self.index.find(key) else { return Ok(None) };
        self.read_record(key, location, arena).map(Some)
    }

    fn keys(&self) -> Result<Vec<PreimageKey>, StoreError> {
        Ok(self.locations().map(|(key, _)| key).collect())
    }
}

fn check_values(values: &File, index: &Index) -> Result<(), PackError> {
    let mut header = [0; VALUES_HEADER_BYTES];
    match values.read_exact_at(&mut header, 0) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(PackError::Magic),
        other => other?,
    }
    check_start(&header, VALUES_MAGIC)?;
    let (expected, actual) = (index.committed, values.metadata()?.len());
    if actual < expected {
        return Err(PackError::ValuesTruncated { expected, actual });
    }
    Ok(())
}

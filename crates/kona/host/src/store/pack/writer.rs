use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use kona_preimage::{PREIMAGE_BYTES_MAX, PreimageKey};

use super::{
    INDEX_FILE, INDEX_FILE_NEW, PackError, PackStore, RECORD_CHECKSUM_BYTES, RECORD_HEADER_BYTES,
    VALUES_FILE, index::Index, index::Location, record_checksum, values_header,
};
use crate::store::{DataFormat, StoreError, kv_format::create_data_dir};

/// Adds values to a pack store. Nothing counts until [`Self::commit`].
#[derive(Debug)]
pub struct PackWriter {
    dir: PathBuf,
    values: BufWriter<File>,
    /// Where the next record goes.
    end: u64,
    entries: BTreeMap<PreimageKey, Location>,
}

impl PackWriter {
    /// Makes a new, empty store.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the directory has something in it.
    pub fn create(dir: &Path) -> Result<Self, StoreError> {
        create_data_dir(dir, DataFormat::Pack)?;
        let path = dir.join(VALUES_FILE);
        let start = || {
            let mut file =
                OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
            lock(&file)?;
            file.write_all(&values_header())?;
            let end = file.stream_position()?;
            Ok::<_, PackError>((file, end))
        };
        let (file, end) = start().map_err(|source| StoreError::Pack { path, source })?;
        let entries = BTreeMap::new();
        let values = BufWriter::new(file);
        let mut writer = Self { dir: dir.to_owned(), values, end, entries };
        writer.commit()?;
        Ok(writer)
    }

    /// Opens a store to add to it. Records that were never committed are cut off.
    ///
    /// # Errors
    /// As [`PackStore::open`], and [`PackError::Locked`] if another program is writing.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(VALUES_FILE);
        let pack_error = |source| StoreError::Pack { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|source| StoreError::Open { path: path.clone(), source })?;
        lock(&file).map_err(pack_error)?;

        // Only now nobody else can commit.
        let store = PackStore::open(dir)?;
        let end = store.committed();
        let mut cut_off = || {
            file.set_len(end)?;
            file.seek(SeekFrom::Start(end))
        };
        cut_off().map_err(|error| pack_error(error.into()))?;
        Ok(Self {
            dir: dir.to_owned(),
            values: BufWriter::new(file),
            end,
            entries: store.locations().collect(),
        })
    }

    /// Adds a value; nothing happens if it is there already.
    ///
    /// # Errors
    /// [`StoreError::ValueConflict`] if the key has another value, [`StoreError::ValueTooLong`],
    /// and [`StoreError::Pack`] if writing fails.
    pub fn put(&mut self, key: PreimageKey, value: &[u8]) -> Result<(), StoreError> {
        if let Some(held) = self.entries.get(&key) {
            return self.check_same(key, *held, value);
        }
        let length = u64::try_from(value.len()).unwrap_or(u64::MAX);
        let too_long = || StoreError::ValueTooLong { key, length, max: PREIMAGE_BYTES_MAX };
        let length_u32 = u32::try_from(length).map_err(|_| too_long())?;
        if length > PREIMAGE_BYTES_MAX {
            return Err(too_long());
        }

        let size = RECORD_HEADER_BYTES + value.len() + RECORD_CHECKSUM_BYTES;
        let mut record = Vec::with_capacity(size);
        record.extend_from_slice(key.as_bytes());
        record.extend_from_slice(&length_u32.to_be_bytes());
        record.extend_from_slice(value);
        record.extend_from_slice(&record_checksum(&record).to_be_bytes());
        self.values.write_all(&record).map_err(|error| self.io_error(error))?;
        self.entries.insert(key, Location { offset: self.end, length: length_u32 });
        self.end += u64::try_from(size).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Makes everything added so far count, even if the machine stops right after.
    ///
    /// # Errors
    /// [`StoreError::Pack`] if writing fails. What was committed before still counts.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        self.flush_values().map_err(|error| self.io_error(error))?;
        replace_index(&self.dir, &Index::encode(&self.entries, self.end)).map_err(|source| {
            let path = self.dir.join(INDEX_FILE_NEW);
            StoreError::Pack { path, source: source.into() }
        })?;
        Ok(())
    }

    fn flush_values(&mut self) -> io::Result<()> {
        self.values.flush()?;
        self.values.get_ref().sync_data()
    }

    fn check_same(
        &mut self,
        key: PreimageKey,
        held: Location,
        value: &[u8],
    ) -> Result<(), StoreError> {
        if usize::try_from(held.length) != Ok(value.len()) {
            return Err(StoreError::ValueConflict { key });
        }
        let mut bytes = vec![0; value.len()];
        let at = held.offset + RECORD_HEADER_BYTES as u64;
        let read =
            self.values.flush().and_then(|()| self.values.get_ref().read_exact_at(&mut bytes, at));
        read.map_err(|error| self.io_error(error))?;
        if bytes == value { Ok(()) } else { Err(StoreError::ValueConflict { key }) }
    }

    fn io_error(&self, error: io::Error) -> StoreError {
        StoreError::Pack { path: self.dir.join(VALUES_FILE), source: error.into() }
    }
}

fn lock(file: &File) -> Result<(), PackError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(PackError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The rename is what commits: it happens as a whole or not at all.
fn replace_index(dir: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = dir.join(INDEX_FILE_NEW);
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, dir.join(INDEX_FILE))?;
    File::open(dir)?.sync_all()
}

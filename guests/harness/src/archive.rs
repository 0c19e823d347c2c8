//! Pre-images in memory, served to a machine.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use alloy_primitives::B256;
use asterisc_step::{Host, OutputStream};
use kona_preimage::{Hint, HintDialect};

/// Bytes before each value: key, then length.
const RECORD_HEAD_BYTES: usize = 36;

/// Why a guest can't be run.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// A file can't be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A JSON file is not what it should be.
    #[error("{} is not what it should be", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The guest is no program for asterisc.
    #[error("cannot load {}", path.display())]
    Elf {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: asterisc_elf::ElfError,
    },
    /// An archive ends in the middle of a record.
    #[error("{} ends in the middle of a record", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// The guest came to a step without a next state.
    #[error("step {step} has no next state")]
    Step {
        /// The step, counted before it.
        step: u64,
        /// Why.
        #[source]
        source: asterisc_step::StepError<Missing>,
    },
}

/// There is no pre-image for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no pre-image for {0}")]
pub struct Missing(pub B256);

/// Serves pre-images from memory, and keeps what the guest prints.
#[derive(Debug, Clone, Default)]
pub struct ArchiveHost {
    values: HashMap<B256, Vec<u8>>,
    /// What the guest printed, to stdout and stderr in turn.
    pub output: Vec<u8>,
    /// The hints sent, as text.
    pub hints: Vec<String>,
    /// The family of hosts that hints are read as.
    dialect: HintDialect,
}

impl ArchiveHost {
    /// The pre-images of an archive. With `has_plain_keys`, its keys are keccak-256 hashes.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn read(path: &Path, has_plain_keys: bool) -> Result<Self, HarnessError> {
        let read = |source| HarnessError::Read { path: path.to_owned(), source };
        let bytes = zstd::decode_all(fs::File::open(path).map_err(read)?).map_err(read)?;
        let mut values = HashMap::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (key, value, after) = split_record(rest)
                .ok_or_else(|| HarnessError::Truncated { path: path.to_owned() })?;
            let key = if has_plain_keys { typed(key) } else { key };
            values.insert(key, value.to_vec());
            rest = after;
        }
        Ok(Self { values, ..Self::default() })
    }

    /// Reads hints as hosts of `dialect` do.
    #[must_use]
    pub fn with_dialect(self, dialect: HintDialect) -> Self {
        Self { dialect, ..self }
    }

    /// Serves `value` under local key `index`.
    pub fn insert_local(&mut self, index: u64, value: impl AsRef<[u8]>) {
        let mut key = B256::ZERO;
        key[0] = 1;
        key[24..].copy_from_slice(&index.to_be_bytes());
        self.insert(key, value);
    }

    /// Serves `value` under `key`.
    pub fn insert(&mut self, key: B256, value: impl AsRef<[u8]>) {
        self.values.insert(key, value.as_ref().to_vec());
    }

    /// What the guest printed, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

fn split_record(record: &[u8]) -> Option<(B256, &[u8], &[u8])> {
    let (head, rest) = record.split_at_checked(RECORD_HEAD_BYTES)?;
    let (key, length) = head.split_at(32);
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((B256::from_slice(key), value, rest))
}

/// The key of the value with this keccak-256 hash.
fn typed(mut hash: B256) -> B256 {
    hash[0] = 2;
    hash
}

impl Host for ArchiveHost {
    type Error = Missing;

    fn preimage(&mut self, key: B256, _offset: u64) -> Result<&[u8], Missing> {
        self.values.get(&key).map(Vec::as_slice).ok_or(Missing(key))
    }

    /// Results of precompiles are computed when they are hinted at; nothing else comes of hints.
    fn hint(&mut self, hint: &[u8]) -> Result<(), Missing> {
        let text = String::from_utf8_lossy(hint).into_owned();
        if let Ok(hint) = Hint::decode(&text, self.dialect, &mut Vec::new())
            && let Some((key, result)) = kona_host::precompile_preimage(&hint)
        {
            self.insert(B256::new(*key.as_bytes()), result);
        }
        self.hints.push(text);
        Ok(())
    }

    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }
}

//! The oracle of a native run: stores and boot values, checked as no chain is there to do it.

mod counts;
pub use counts::{KindCounts, ReadCounts};

mod precompile;
use precompile::Call;
pub use precompile::precompile_preimage;

#[cfg(test)]
mod tests;

use std::cell::RefCell;

use alloy_primitives::B256;
use bumpalo::Bump;
use hashbrown::HashMap;
use kona_executor::L2StateProvider;
use kona_mpt::NodeSource;
use kona_preimage::{
    Hint, HintDialect, KeyHashBuilder, OracleError, PreimageKey, PreimageKeyKind, PreimageOracle,
    Verified, verify,
};

use crate::{Boot, Store, StoreError};

/// Pre-images out of stores, each checked once.
///
/// Values of keccak-256 and SHA-256 keys are hashed, blob elements must be field elements, and
/// results of L1 precompiles are computed here. Values stay in memory, or in the arena, so that
/// they can be lent for as long as both live. One oracle may serve any number of disputes.
pub struct NativeOracle<'a> {
    stores: &'a [Box<dyn Store>],
    arena: &'a Bump,
    values: RefCell<HashMap<PreimageKey, &'a [u8], KeyHashBuilder>>,
    counts: RefCell<ReadCounts>,
    failure: RefCell<Option<ReadFailure>>,
}

/// More about the last read that failed than the program can tell.
#[derive(Debug)]
pub struct ReadFailure {
    /// The key asked for.
    pub key: PreimageKey,
    /// The last hint before, as text, if there was one.
    pub hint: Option<String>,
    /// What the store said, if it is the store that failed.
    pub source: Option<StoreError>,
}

impl<'a> NativeOracle<'a> {
    /// Reads from `stores`, the first that has a key; values that are not in memory go to `arena`.
    pub fn new(stores: &'a [Box<dyn Store>], arena: &'a Bump) -> Self {
        Self {
            stores,
            arena,
            values: RefCell::default(),
            counts: RefCell::default(),
            failure: RefCell::default(),
        }
    }

    /// The value of `key`, checked, for as long as stores and arena live.
    ///
    /// # Errors
    /// [`OracleError::Missing`] if no store has it, [`OracleError::SourceFailed`] if one fails, and
    /// as [`verify`]. More about it is then in [`Self::take_failure`].
    pub fn value(&self, key: PreimageKey) -> Result<&'a [u8], OracleError> {
        let held = self.values.borrow().get(&key).copied();
        let value = match held {
            Some(value) => value,
            None => self.fetch(key).inspect_err(|_| self.note_failure(key, None))?,
        };
        self.counts.borrow_mut().add_read(key.kind());
        Ok(value)
    }

    /// How much has been read since the last call.
    pub fn take_counts(&self) -> ReadCounts {
        self.counts.take()
    }

    /// What is known of the last read that failed.
    pub fn take_failure(&self) -> Option<ReadFailure> {
        self.failure.take()
    }

    /// Reads a value for the first time.
    fn fetch(&self, key: PreimageKey) -> Result<&'a [u8], OracleError> {
        let value = self.look_up(key)?.ok_or(OracleError::Missing { key })?;
        let verified = verify(key, value)?;
        self.counts.borrow_mut().add_value(key.kind(), value.len(), verified);
        self.values.borrow_mut().insert(key, value);
        Ok(value)
    }

    fn look_up(&self, key: PreimageKey) -> Result<Option<&'a [u8]>, OracleError> {
        for store in self.stores {
            match store.get(key, self.arena) {
                Ok(None) => {}
                Ok(Some(value)) => return Ok(Some(value)),
                Err(error) => {
                    self.note_failure(key, Some(error));
                    return Err(OracleError::SourceFailed { key });
                }
            }
        }
        Ok(None)
    }

    fn note_failure(&self, key: PreimageKey, source: Option<StoreError>) {
        let mut failure = self.failure.borrow_mut();
        // The store's own words came first.
        let source = source.or_else(|| failure.take().filter(|f| f.key == key)?.source);
        *failure = Some(ReadFailure { key, hint: None, source });
    }

    fn note_hint(&self, hint: Option<String>) {
        if let Some(failure) = &mut *self.failure.borrow_mut() {
            failure.hint = hint;
        }
    }

    /// Computes the result of an L1 precompile, so that the read that follows finds it. What a
    /// store has for the key must be the same.
    fn serve_precompile(&self, call: Call<'_>) -> Result<(), OracleError> {
        let key = call.key();
        if self.values.borrow().contains_key(&key) {
            return Ok(());
        }
        let Some(result) = call.result() else { return Ok(()) };
        if self.look_up(key)?.is_some_and(|stored| stored != result) {
            self.note_failure(key, None);
            return Err(OracleError::WrongPrecompileResult { key });
        }
        let result: &'a [u8] = self.arena.alloc_slice_copy(&result);
        self.counts.borrow_mut().add_value(key.kind(), result.len(), Verified::Content);
        self.values.borrow_mut().insert(key, result);
        Ok(())
    }
}

impl std::fmt::Debug for NativeOracle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeOracle")
            .field("stores", &self.stores.len())
            .field("values", &self.values.borrow().len())
            .finish_non_exhaustive()
    }
}

/// State of an L2 chain, for runs that know no typed keys.
impl<'b, 'a: 'b> NodeSource<'b> for NativeOracle<'a> {
    fn node(&self, hash: B256) -> Result<&'b [u8], OracleError> {
        self.value(PreimageKey::keccak256(hash))
    }
}

impl<'b, 'a: 'b> L2StateProvider<'b> for NativeOracle<'a> {
    fn code(&self, hash: B256) -> Result<&'b [u8], OracleError> {
        self.value(PreimageKey::keccak256(hash))
    }

    fn header(&self, hash: B256) -> Result<&'b [u8], OracleError> {
        self.value(PreimageKey::keccak256(hash))
    }
}

/// A [`NativeOracle`] with the boot values of one dispute.
#[derive(Debug)]
pub struct DisputeOracle<'o, 'a> {
    native: &'o NativeOracle<'a>,
    boot: &'o Boot,
    dialect: HintDialect,
    /// The last hint, as text.
    last_hint: RefCell<Vec<u8>>,
}

/// Longest part of a hint that is kept for a report, in bytes.
const REPORTED_HINT_BYTES_MAX: usize = 256;

impl<'o, 'a> DisputeOracle<'o, 'a> {
    /// Serves local keys from `boot`, as hosts of `dialect` do, and all others from `native`.
    pub fn new(native: &'o NativeOracle<'a>, boot: &'o Boot, dialect: HintDialect) -> Self {
        Self { native, boot, dialect, last_hint: RefCell::default() }
    }

    /// The family of programs it serves.
    pub(crate) const fn dialect(&self) -> HintDialect {
        self.dialect
    }

    fn local_value(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        let value = key.local_index().and_then(|index| self.boot.local_value(index, self.dialect));
        let Some(value) = value else {
            self.native.note_failure(key, None);
            return Err(OracleError::Missing { key });
        };
        let mut counts = self.native.counts.borrow_mut();
        counts.add_value(key.kind(), value.len(), Verified::Form);
        counts.add_read(key.kind());
        Ok(value)
    }

    fn note_hint(&self) {
        let text = String::from_utf8_lossy(&self.last_hint.borrow()).into_owned();
        self.native.note_hint(Some(text).filter(|text| !text.is_empty()));
    }
}

impl PreimageOracle for DisputeOracle<'_, '_> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        match key.kind() {
            PreimageKeyKind::Local => self.local_value(key),
            _ => self.native.value(key).inspect_err(|_| self.note_hint()),
        }
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        // Only precompile hints say something that can't be looked up.
        let served = Call::of(hint).map_or(Ok(()), |call| self.native.serve_precompile(call));
        self.remember(hint);
        served.inspect_err(|_| self.note_hint())
    }

    fn read_hinted(&self, key: PreimageKey, hint: &Hint<'_>) -> Result<&[u8], OracleError> {
        match key.kind() {
            PreimageKeyKind::Local => return self.local_value(key),
            PreimageKeyKind::Precompile => self.hint(hint)?,
            _ => {}
        }
        self.native.value(key).inspect_err(|_| {
            self.remember(hint);
            self.note_hint();
        })
    }
}

impl DisputeOracle<'_, '_> {
    /// Keeps what a hint at a precompile led to, in the stores that can be added to: the result,
    /// and what its key is the hash of. Whoever puts the result on chain needs the latter.
    ///
    /// # Errors
    /// [`StoreError`] if a store can't be written to.
    pub(crate) fn keep_precompile(&self, hint: &Hint<'_>) -> Result<(), StoreError> {
        let Some(call) = Call::of(hint) else { return Ok(()) };
        let key = call.key();
        let Some(result) = self.native.values.borrow().get(&key).copied() else { return Ok(()) };
        let (call_key, call) = call.preimage_of_key();
        for store in self.native.stores {
            store.add(call_key, &call)?;
            store.add(key, result)?;
        }
        Ok(())
    }

    fn remember(&self, hint: &Hint<'_>) {
        let mut text = self.last_hint.borrow_mut();
        text.clear();
        // A hint that the dialect lacks leaves the text empty.
        let _ = hint.encode(self.dialect, &mut text);
        text.truncate(REPORTED_HINT_BYTES_MAX);
    }
}

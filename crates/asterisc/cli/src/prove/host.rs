//! What is outside of a run that is made twice.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use alloy_primitives::B256;
use asterisc_step::{Host, OutputStream};

use crate::{ServerError, host::CliHost};

/// Keeps all pre-images of a first run, and is all that a second one needs.
#[derive(Debug)]
pub(super) struct RecordingHost {
    /// `None` in the second run, which is silent.
    live: Option<CliHost>,
    values: HashMap<B256, Vec<u8>>,
    /// Kinds of keys that were read.
    kinds: BTreeSet<u8>,
    has_new_kind: bool,
}

impl RecordingHost {
    pub(super) fn new(live: CliHost) -> Self {
        Self {
            live: Some(live),
            values: HashMap::new(),
            kinds: BTreeSet::new(),
            has_new_kind: false,
        }
    }

    /// The host of the second run.
    pub(super) fn replay(&mut self) -> Self {
        let values = std::mem::take(&mut self.values);
        Self { live: None, values, kinds: BTreeSet::new(), has_new_kind: false }
    }

    /// Whether a pre-image of a kind was read that was not before; only told in the second run.
    pub(super) const fn has_new_kind(&self) -> bool {
        self.has_new_kind
    }

    /// As [`Self::has_new_kind`], and forgets it.
    pub(super) const fn take_new_kind(&mut self) -> bool {
        std::mem::replace(&mut self.has_new_kind, false)
    }
}

impl Host for RecordingHost {
    type Error = ServerError;

    fn preimage(&mut self, key: B256, offset: u64) -> Result<&[u8], ServerError> {
        if self.live.is_none() {
            self.has_new_kind |= self.kinds.insert(key[0]);
        }
        match (self.values.entry(key), &mut self.live) {
            (Entry::Occupied(value), _) => Ok(value.into_mut()),
            (Entry::Vacant(value), Some(live)) => {
                Ok(value.insert(live.preimage(key, offset)?.to_vec()))
            }
            (Entry::Vacant(_), None) => Err(ServerError::None { key }),
        }
    }

    fn hint(&mut self, hint: &[u8]) -> Result<(), ServerError> {
        self.live.as_mut().map_or(Ok(()), |live| live.hint(hint))
    }

    fn output(&mut self, stream: OutputStream, bytes: &[u8]) {
        if let Some(live) = &mut self.live {
            live.output(stream, bytes);
        }
    }

    fn wants_stop(&self) -> bool {
        self.has_new_kind || self.live.as_ref().is_some_and(Host::wants_stop)
    }
}

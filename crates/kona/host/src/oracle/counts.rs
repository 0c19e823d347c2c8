//! How much a run read.

use kona_preimage::{PreimageKeyKind, Verified};

/// Reads of keys of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindCounts {
    /// Values read for the first time.
    pub values: u64,
    /// Bytes of those values.
    pub bytes: u64,
    /// Reads, first or not.
    pub reads: u64,
}

/// How much was read, by kind of key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadCounts {
    kinds: [KindCounts; PreimageKeyKind::ALL.len()],
    /// Bytes hashed to check values against their keys.
    pub hashed_bytes: u64,
}

impl ReadCounts {
    /// Reads of keys of `kind`.
    pub fn of(&self, kind: PreimageKeyKind) -> KindCounts {
        self.kinds.get(Self::index(kind)).copied().unwrap_or_default()
    }

    /// Reads of keys of all kinds together.
    pub fn total(&self) -> KindCounts {
        let mut total = KindCounts::default();
        for kind in &self.kinds {
            total.values += kind.values;
            total.bytes += kind.bytes;
            total.reads += kind.reads;
        }
        total
    }

    /// Counts a value that is read for the first time.
    pub(super) fn add_value(&mut self, kind: PreimageKeyKind, bytes: usize, verified: Verified) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let counts = &mut self.kinds[Self::index(kind)];
        counts.values += 1;
        counts.bytes += bytes;
        let is_hash = matches!(kind, PreimageKeyKind::Keccak256 | PreimageKeyKind::Sha256);
        if is_hash && verified == Verified::Content {
            self.hashed_bytes += bytes;
        }
    }

    /// Counts a read.
    pub(super) fn add_read(&mut self, kind: PreimageKeyKind) {
        self.kinds[Self::index(kind)].reads += 1;
    }

    /// Type bytes go from 1 to 6.
    fn index(kind: PreimageKeyKind) -> usize {
        usize::from(kind.byte() - 1)
    }
}

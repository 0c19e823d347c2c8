//! Tables that are computed, not written.

pub(crate) mod zero_hashes;

//! Hashes of recent blocks, for the `BLOCKHASH` opcode.
//!
//! They are found by walking the headers down from the parent. The history contract of EIP-2935
//! would need fewer reads for far ancestors, but its storage is not part of the witness that
//! engines make for a block, while the headers that `BLOCKHASH` names are.

use alloc::collections::VecDeque;
use alloy_primitives::B256;
use alloy_rlp::{Decodable, Header as RlpHeader};

use super::{L2StateProvider, StateError};

/// How far back `BLOCKHASH` can look: 256 blocks, the parent being the first.
const BLOCKS_MAX: usize = 256;

/// The hashes found so far, of the newest block and of its ancestors without a gap.
#[derive(Debug)]
pub(super) struct BlockHashes {
    /// Number of the newest block, the parent of the one that is executed.
    newest: u64,
    /// Hash of the newest block.
    newest_hash: B256,
    /// Hashes of the blocks below, from the newest down.
    ancestors: VecDeque<B256>,
}

impl BlockHashes {
    pub(super) const fn new(newest: u64, newest_hash: B256) -> Self {
        Self { newest, newest_hash, ancestors: VecDeque::new() }
    }

    /// Adds the block on top.
    pub(super) fn push(&mut self, hash: B256) {
        self.ancestors.push_front(self.newest_hash);
        self.ancestors.truncate(BLOCKS_MAX - 1);
        self.newest_hash = hash;
        self.newest = self.newest.saturating_add(1);
    }

    /// Hash of block `number`; zero where `BLOCKHASH` may not look.
    pub(super) fn hash<'a>(
        &mut self,
        number: u64,
        provider: &impl L2StateProvider<'a>,
    ) -> Result<B256, StateError> {
        let depth = self.newest.checked_sub(number).and_then(|depth| usize::try_from(depth).ok());
        let Some(depth) = depth.filter(|depth| *depth < BLOCKS_MAX) else {
            return Ok(B256::ZERO);
        };
        let Some(index) = depth.checked_sub(1) else {
            return Ok(self.newest_hash);
        };
        loop {
            if let Some(hash) = self.ancestors.get(index) {
                return Ok(*hash);
            }
            let oldest = self.ancestors.back().copied().unwrap_or(self.newest_hash);
            let parent = parent_hash(provider.header(oldest)?)
                .map_err(|source| StateError::Header { hash: oldest, source })?;
            self.ancestors.push_back(parent);
        }
    }
}

/// The parent hash, which is the first field of a header.
fn parent_hash(mut header: &[u8]) -> Result<B256, alloy_rlp::Error> {
    if !RlpHeader::decode(&mut header)?.list {
        return Err(alloy_rlp::Error::UnexpectedString);
    }
    B256::decode(&mut header)
}

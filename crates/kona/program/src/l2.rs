//! L2 as the pre-image oracle shows it: the chain up to the agreed block.
//!
//! Blocks above the agreed one are made by the [`Engine`](crate::engine::Engine) and never asked
//! for here.
//!
//! Spec: fault-proof/index.md#main-content

use alloc::{vec, vec::Vec};

use alloy_primitives::B256;
use axos_driver::L2Source;
use axos_genesis::{Fork, L2BlockRef, L2Number, RollupConfig};
use axos_pipeline::L2BlockInfo;
use axos_protocol::{L2Header, read_l2_block};
use kona_mpt::{TrieError, first_of_list, ordered_list};
use kona_preimage::{Hint, PreimageKey, PreimageOracle};

use crate::{ListKind, SourceError, list::ListNodes};

/// The L2 chain that ends in the agreed block.
#[derive(Debug)]
pub(crate) struct L2Chain<'a, O> {
    oracle: &'a O,
    config: &'a RollupConfig,
    head: L2Number,
    /// The agreed block, its parent and so on, as far as the chain has been walked.
    headers: Vec<L2Header>,
}

impl<'a, O: PreimageOracle> L2Chain<'a, O> {
    /// The chain that ends in the block with this header.
    pub(crate) fn new(oracle: &'a O, config: &'a RollupConfig, head: L2Header) -> Self {
        Self { oracle, config, head: head.number, headers: vec![head] }
    }

    /// The agreed block, with its system configuration.
    ///
    /// # Errors
    /// [`SourceError`] if its first transaction can't be read.
    pub(crate) fn head_info(&mut self) -> Result<L2BlockInfo, SourceError> {
        let header = self.at(self.head)?.clone();
        self.info(&header)
    }

    /// Header of the block at `number`, which is not above the head.
    fn at(&mut self, number: L2Number) -> Result<&L2Header, SourceError> {
        let above = || SourceError::AboveL2Head { number };
        let depth = self.head.0.checked_sub(number.0).ok_or_else(above)?;
        // No chain is as long as a depth that does not fit.
        let depth = usize::try_from(depth).unwrap_or(usize::MAX);
        while self.headers.len() <= depth {
            self.walk_back()?;
        }
        self.headers.get(depth).ok_or_else(above)
    }

    /// Header of the block with that hash, which is remembered if it is the next one below those
    /// known, as it is while walking back.
    fn of_hash(&mut self, hash: B256) -> Result<L2Header, SourceError> {
        if let Some(known) = self.headers.iter().rev().find(|header| header.hash == hash) {
            return Ok(known.clone());
        }
        let header = read_header(self.oracle, hash)?;
        if self.headers.last().is_some_and(|lowest| lowest.parent_hash == hash) {
            self.headers.push(header.clone());
        }
        Ok(header)
    }

    fn walk_back(&mut self) -> Result<(), SourceError> {
        let Some(lowest) = self.headers.last() else { return Ok(()) };
        self.headers.push(read_header(self.oracle, lowest.parent_hash)?);
        Ok(())
    }

    /// Reads the first transaction of a block, and what it and the header tell.
    fn info(&self, header: &L2Header) -> Result<L2BlockInfo, SourceError> {
        let first = match self.is_genesis(header) {
            true => None,
            false => first_of_list(header.transactions_root, &self.announce(header.hash)?)
                .map_err(|source| list_error(header.hash, source))?,
        };
        self.info_from(header, first)
    }

    fn info_from(
        &self,
        header: &L2Header,
        first: Option<&[u8]>,
    ) -> Result<L2BlockInfo, SourceError> {
        let (block, system_config) = read_l2_block(self.config, header, first)
            .map_err(|source| SourceError::L2Block { hash: header.hash, source })?;
        Ok(L2BlockInfo { block, system_config })
    }

    fn is_genesis(&self, header: &L2Header) -> bool {
        header.number == self.config.genesis.l2.number
    }

    fn announce(&self, block: B256) -> Result<ListNodes<'a, O>, SourceError> {
        let hint = Hint::L2Transactions { hash: block, chain_id: None };
        Ok(ListNodes::announce(self.oracle, &hint)?)
    }
}

impl<O: PreimageOracle> L2Source for L2Chain<'_, O> {
    type Error = SourceError;

    fn block_info(&mut self, hash: B256) -> Result<L2BlockInfo, SourceError> {
        let header = self.of_hash(hash)?;
        self.info(&header)
    }

    fn block_ref(&mut self, number: L2Number) -> Result<L2BlockRef, SourceError> {
        let header = self.at(number)?.clone();
        Ok(self.info(&header)?.block)
    }

    fn block(&mut self, number: L2Number) -> Result<(L2BlockRef, Vec<&[u8]>), SourceError> {
        let header = self.at(number)?.clone();
        let nodes = self.announce(header.hash)?;
        let transactions = ordered_list(header.transactions_root, &nodes)
            .map_err(|source| list_error(header.hash, source))?;
        let block = self.info_from(&header, transactions.first().copied())?.block;
        Ok((block, transactions))
    }

    fn upgrade_bundle(&mut self, _fork: Fork, hash: B256) -> Result<&[u8], SourceError> {
        Ok(self.oracle.read(PreimageKey::keccak256(hash))?)
    }
}

fn list_error(block: B256, source: TrieError) -> SourceError {
    SourceError::list(ListKind::L2Transactions, block, source)
}

fn read_header(oracle: &impl PreimageOracle, hash: B256) -> Result<L2Header, SourceError> {
    let hint = Hint::L2BlockHeader { hash, chain_id: None };
    let rlp = oracle.read_hinted(PreimageKey::keccak256(hash), &hint)?;
    L2Header::decode(hash, rlp).map_err(|source| SourceError::L2Header { hash, source })
}

//! The world as the blocking driver sees it.

use alloy_primitives::{B256, Bytes};
use axos_driver::{Engine as DriverEngine, Execution, L1Source, L2Source};
use axos_genesis::{Fork, L1BlockRef, L1Number, L2BlockRef, L2Number, RollupConfig};
use axos_pipeline::{Blob, DerivedAttributes, IndexedBlobHash, L2BlockInfo};

use crate::{Built, Engine, L1Block, World};

/// Data that the world does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing(
    /// What kind of data.
    pub &'static str,
);

impl core::fmt::Display for Missing {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} is not there", self.0)
    }
}

impl core::error::Error for Missing {}

/// The L1 chain of a world.
#[derive(Debug, Clone, Copy)]
pub struct WorldL1<'a>(
    /// The world.
    pub &'a World,
);

/// The L2 chain up to the block a run starts from.
#[derive(Debug, Clone)]
pub struct WorldL2(
    /// From genesis on.
    pub Vec<Built>,
);

/// The made-up engine of a world.
#[derive(Debug, Clone)]
pub struct WorldEngine {
    /// The constants of L2.
    pub config: RollupConfig,
    /// What makes up the blocks.
    pub engine: Engine,
    /// What was built, in the order of building. Rejected payloads are not in it.
    pub built: Vec<L2BlockRef>,
}

impl WorldL1<'_> {
    fn block(&self, hash: B256) -> Result<&L1Block, Missing> {
        self.0.l1.iter().find(|it| it.block.hash == hash).ok_or(Missing("L1 block"))
    }
}

impl L1Source for WorldL1<'_> {
    type Error = Missing;

    fn header(&mut self, hash: B256) -> Result<&[u8], Missing> {
        Ok(&self.block(hash)?.rlp)
    }

    fn header_by_number(&mut self, number: L1Number) -> Result<Option<(B256, &[u8])>, Missing> {
        let block = self.0.l1.iter().find(|it| it.block.number == number);
        Ok(block.map(|it| (it.block.hash, it.rlp.as_ref())))
    }

    fn receipts(&mut self, block: L1BlockRef) -> Result<Vec<&[u8]>, Missing> {
        Ok(self.block(block.hash)?.receipts.iter().map(AsRef::as_ref).collect())
    }

    fn transactions(&mut self, block: L1BlockRef) -> Result<Vec<&[u8]>, Missing> {
        Ok(self.block(block.hash)?.transactions.iter().map(AsRef::as_ref).collect())
    }

    fn blobs(
        &mut self,
        block: L1BlockRef,
        blobs: &[IndexedBlobHash],
    ) -> Result<Vec<&Blob>, Missing> {
        let all = &self.block(block.hash)?.blobs;
        let at = |index| usize::try_from(index).ok().and_then(|index| all.get(index));
        blobs.iter().map(|it| at(it.index).map(|blob| &**blob).ok_or(Missing("blob"))).collect()
    }
}

impl WorldL2 {
    fn find(&self, is_wanted: impl Fn(&L2BlockRef) -> bool) -> Result<&Built, Missing> {
        self.0.iter().find(|it| is_wanted(it.block())).ok_or(Missing("L2 block"))
    }
}

impl L2Source for WorldL2 {
    type Error = Missing;

    fn block_info(&mut self, hash: B256) -> Result<L2BlockInfo, Missing> {
        Ok(self.find(|block| block.hash == hash)?.info)
    }

    fn block_ref(&mut self, number: L2Number) -> Result<L2BlockRef, Missing> {
        Ok(*self.find(|block| block.number == number)?.block())
    }

    fn block(&mut self, number: L2Number) -> Result<(L2BlockRef, Vec<&[u8]>), Missing> {
        let built = self.find(|block| block.number == number)?;
        let derived = built.derived.as_ref();
        let transactions: &[Bytes] = derived.map_or(&[], |it| &it.attributes.transactions);
        Ok((*built.block(), transactions.iter().map(AsRef::as_ref).collect()))
    }

    fn upgrade_bundle(&mut self, _: Fork, _: B256) -> Result<&[u8], Missing> {
        Err(Missing("upgrade bundle"))
    }
}

impl WorldEngine {
    /// An engine that refuses payloads with one of these transactions.
    pub fn new(world: &World, invalid: Vec<Bytes>) -> Self {
        Self { config: world.config.clone(), engine: Engine { invalid }, built: Vec::new() }
    }
}

impl DriverEngine for WorldEngine {
    type Error = Missing;

    fn execute(&mut self, attributes: &DerivedAttributes) -> Result<Execution, Missing> {
        Ok(match self.engine.execute(&self.config, attributes) {
            Some(block) => {
                self.built.push(block.block);
                Execution::Sealed(block)
            }
            None => Execution::InvalidPayload,
        })
    }
}

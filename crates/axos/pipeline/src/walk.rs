//! Finds the L1 block to start at: far enough below the safe head that no channel which is still
//! of use started before it.
//!
//! One tiny picture, for a safe head with L1 origin 100 and a channel timeout of 50: the L2 chain is
//! walked back to the last block with an L1 origin of 50 or lower, and derivation starts there.
//!
//! Spec: protocol/derivation.md#finding-the-sync-starting-point

use core::ops::ControlFlow;

use alloy_primitives::B256;
use axos_genesis::{L1Number, RollupConfig, SystemConfig};
use axos_protocol::L1Header;

use crate::{
    Error, L2BlockInfo, Request,
    pull::{Pause, Pull},
};

/// The walk from a safe head down.
#[derive(Debug)]
pub(crate) struct Walk {
    safe_head: L2BlockInfo,
    /// How far the walk has come.
    block: L2BlockInfo,
    /// The header of that block's L1 origin, where it had to be asked for.
    origin: Option<L1Header>,
}

/// Where derivation starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartingPoint {
    /// The L1 block to read first.
    pub origin: L1Header,
    /// The system configuration in force there, which the safe head's need not be.
    pub system_config: SystemConfig,
}

/// Whether an L2 block is far enough below the safe head.
enum Depth {
    Enough,
    TooLittle,
    /// It depends on the time of the block's L1 origin.
    NeedsOrigin,
}

impl Walk {
    /// Starts at the safe head.
    pub(crate) const fn new(safe_head: L2BlockInfo) -> Self {
        Self { safe_head, block: safe_head, origin: None }
    }

    /// The L1 origin of the block the walk ends at.
    pub(crate) fn run(&mut self, config: &RollupConfig) -> Pull<StartingPoint> {
        match self.depth(config) {
            Depth::TooLittle => {
                let hash = self.block.block.parent_hash;
                Pause::Needs(Request::L2BlockInfo { hash }).stop()
            }
            Depth::NeedsOrigin => self.need_origin(),
            Depth::Enough => match self.origin.take() {
                Some(origin) => {
                    let system_config = self.block.system_config;
                    ControlFlow::Continue(StartingPoint { origin, system_config })
                }
                None => self.need_origin(),
            },
        }
    }

    /// Takes the parent of the block the walk is at.
    ///
    /// # Errors
    /// If it is another block.
    pub(crate) fn provide_block(&mut self, block: L2BlockInfo) -> Result<(), Error> {
        let (expected, actual) = (self.block.block.parent_hash, block.block.hash);
        if expected != actual {
            return Err(Error::WrongHash { expected, actual });
        }
        if block.block.l1_origin != self.block.block.l1_origin {
            self.origin = None;
        }
        self.block = block;
        Ok(())
    }

    /// Takes the header of the L1 origin of the block the walk is at.
    ///
    /// # Errors
    /// If it has another number than that block says.
    pub(crate) fn provide_origin(&mut self, header: L1Header) -> Result<(), Error> {
        let (expected, actual) = (self.block.block.l1_origin.number.0, header.number.0);
        if expected != actual {
            return Err(Error::WrongNumber { expected, actual });
        }
        self.origin = Some(header);
        Ok(())
    }

    /// Hash of that L1 origin.
    pub(crate) const fn origin_hash(&self) -> B256 {
        self.block.block.l1_origin.hash
    }

    fn depth(&self, config: &RollupConfig) -> Depth {
        let (block, genesis) = (&self.block.block, &config.genesis);
        let origin = block.l1_origin.number;
        if block.number <= genesis.l2.number || origin <= genesis.l1.number {
            return Depth::Enough;
        }
        if let Some(header) = &self.origin {
            // [Granite] The time of the block walked to decides on the timeout, not the safe head's.
            return self.is_below(config.channel_timeout(header.timestamp), origin);
        }
        // Most steps can be decided without the header, because it is either timeout or the other.
        let timeouts = [config.channel_timeout(0), config.channel_timeout(u64::MAX)];
        match timeouts.map(|timeout| self.is_below(timeout, origin)) {
            [Depth::Enough, Depth::Enough] => Depth::Enough,
            [Depth::TooLittle, Depth::TooLittle] => Depth::TooLittle,
            _ => Depth::NeedsOrigin,
        }
    }

    const fn is_below(&self, timeout: u64, origin: L1Number) -> Depth {
        if origin.0.saturating_add(timeout) > self.safe_head.block.l1_origin.number.0 {
            Depth::TooLittle
        } else {
            Depth::Enough
        }
    }

    fn need_origin<T>(&self) -> Pull<T> {
        Pause::Needs(Request::L1Header { hash: self.origin_hash() }).stop()
    }
}

#[cfg(test)]
mod tests;

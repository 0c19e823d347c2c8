//! Steps from one L1 block to the next, and keeps the system configuration that the batcher of each
//! block is known by.
//!
//! Spec: protocol/derivation.md#l1-traversal

use core::ops::ControlFlow;

use alloy_primitives::B256;
use axos_genesis::{Fork, L1BlockRef, L1Number, RollupConfig, SystemConfig};
use axos_protocol::{L1Header, LogFilter, config_updates, deposits_from_receipts};

use crate::{
    Error, Request, ResetReason,
    l1_window::{Epoch, EpochLogs},
    pull::{Pause, Pull},
};

/// The L1 block that is read now, and what is known of the one after it.
#[derive(Debug)]
pub(crate) struct L1Traversal {
    origin: L1BlockRef,
    transactions_root: B256,
    system_config: SystemConfig,
    /// Blocks below this one are no origin of an L2 block to come: their deposits don't matter.
    first_epoch: L1Number,
    next: Next,
}

/// What is known of the next block.
#[derive(Debug)]
enum Next {
    Unknown,
    BeyondHead,
    /// Its receipts are needed.
    Header(L1Header),
    Complete(L1Header, EpochLogs),
}

impl L1Traversal {
    /// Starts at a block, with the system configuration in force there. L2 blocks to come have
    /// `first_epoch` or a later block as their origin.
    pub(crate) const fn new(
        start: &L1Header,
        system_config: SystemConfig,
        first_epoch: L1Number,
    ) -> Self {
        Self {
            origin: start.block_ref(),
            transactions_root: start.transactions_root,
            system_config,
            first_epoch,
            next: Next::Unknown,
        }
    }

    /// The L1 block that is read now.
    pub(crate) const fn origin(&self) -> L1BlockRef {
        self.origin
    }

    /// Root of the transactions of that block.
    pub(crate) const fn transactions_root(&self) -> B256 {
        self.transactions_root
    }

    /// The system configuration in force in that block.
    pub(crate) const fn system_config(&self) -> &SystemConfig {
        &self.system_config
    }

    /// Moves on to the next block. `None`: there is none yet.
    pub(crate) fn advance(&mut self, config: &RollupConfig) -> Pull<Option<Epoch>> {
        let (header, logs) = match core::mem::replace(&mut self.next, Next::Unknown) {
            Next::Unknown => {
                let number = self.origin.number.next();
                return Pause::Needs(Request::L1HeaderByNumber { number }).stop();
            }
            Next::BeyondHead => return ControlFlow::Continue(None),
            Next::Header(header) => {
                if header.parent_hash != self.origin.hash {
                    let (origin, next_parent) = (self.origin.id(), header.parent_hash);
                    return Pause::Reset(ResetReason::L1Reorg { origin, next_parent }).stop();
                }
                if self.may_have_logs(config, &header) {
                    let block = header.block_ref();
                    self.next = Next::Header(header);
                    return Pause::Needs(Request::L1Receipts { block }).stop();
                }
                (header, EpochLogs::default())
            }
            Next::Complete(header, logs) => (header, logs),
        };
        let is_ecotone = config.is_active(Fork::Ecotone, header.timestamp);
        logs.apply_updates(&mut self.system_config, is_ecotone);
        self.origin = header.block_ref();
        self.transactions_root = header.transactions_root;
        ControlFlow::Continue(Some(Epoch { block: self.origin, header, logs }))
    }

    /// Takes the header of the next block, or the word that there is none.
    ///
    /// # Errors
    /// If it is of another height.
    pub(crate) fn provide_header(&mut self, header: Option<L1Header>) -> Result<(), Error> {
        self.next = match header {
            None => Next::BeyondHead,
            Some(header) => {
                let (expected, actual) = (self.origin.number.next().0, header.number.0);
                if expected != actual {
                    return Err(Error::WrongNumber { expected, actual });
                }
                Next::Header(header)
            }
        };
        Ok(())
    }

    /// Takes the receipts of the next block.
    ///
    /// # Errors
    /// If they can't be decoded.
    pub(crate) fn provide_receipts(
        &mut self,
        config: &RollupConfig,
        receipts: &[&[u8]],
    ) -> Result<(), Error> {
        let Next::Header(header) = &self.next else { return Ok(()) };
        let number = header.number;
        let bad_receipts = |source| Error::Receipts { number, source };
        let updates =
            config_updates(receipts, config.l1_system_config_address).map_err(bad_receipts)?;
        // A malformed deposit stops derivation, but only once its epoch is built.
        let deposits = if number < self.first_epoch {
            Ok(Default::default())
        } else {
            deposits_from_receipts(receipts, config.deposit_contract_address, header.hash)
        };
        let header = header.clone();
        self.next = Next::Complete(header, EpochLogs { deposits, updates });
        Ok(())
    }

    /// Whether the block can have logs that matter. Logs that the header's bloom filter rules out
    /// are not there.
    fn may_have_logs(&self, config: &RollupConfig, header: &L1Header) -> bool {
        let updates = LogFilter::config_updates(config.l1_system_config_address);
        let deposits = LogFilter::deposits(config.deposit_contract_address);
        updates.may_match(&header.logs_bloom)
            || (header.number >= self.first_epoch && deposits.may_match(&header.logs_bloom))
    }
}

//! What a run tells while it goes on, for progress bars and logs.

use axos_genesis::{L1BlockId, L1BlockRef, L2BlockRef};
use axos_pipeline::{DerivedAttributes, Dropped};
use kona_executor::ExecutorError;

use crate::{BootInfo, ChainConfig};

/// Is told what a run does, as it does it. It has no say in it.
///
/// Every method does nothing unless it is overridden; `()` overrides none.
#[allow(unused_variables, reason = "the names document the arguments")]
pub trait Trace {
    /// The inputs are read.
    fn booted(&mut self, boot: &BootInfo, chain: &ChainConfig) {}

    /// Derivation begins: it builds on `agreed`, and reads L1 up to `head` at most.
    fn started(&mut self, agreed: &L2BlockRef, head: L1BlockId) {}

    /// Derivation moved on to this L1 block.
    fn l1_block(&mut self, block: &L1BlockRef) {}

    /// Batcher data broke a rule and is ignored.
    fn dropped(&mut self, dropped: &Dropped) {}

    /// A payload was refused for what one of its transactions is. From Holocene on, the same
    /// payload follows without the transactions of its batch.
    fn payload_rejected(&mut self, attributes: &DerivedAttributes, reason: &ExecutorError) {}

    /// A block was executed.
    fn executed(&mut self, block: &L2BlockRef, transactions: usize, gas_used: u64) {}
}

impl Trace for () {}

impl<T: Trace + ?Sized> Trace for &mut T {
    fn booted(&mut self, boot: &BootInfo, chain: &ChainConfig) {
        (**self).booted(boot, chain);
    }

    fn started(&mut self, agreed: &L2BlockRef, head: L1BlockId) {
        (**self).started(agreed, head);
    }

    fn l1_block(&mut self, block: &L1BlockRef) {
        (**self).l1_block(block);
    }

    fn dropped(&mut self, dropped: &Dropped) {
        (**self).dropped(dropped);
    }

    fn payload_rejected(&mut self, attributes: &DerivedAttributes, reason: &ExecutorError) {
        (**self).payload_rejected(attributes, reason);
    }

    fn executed(&mut self, block: &L2BlockRef, transactions: usize, gas_used: u64) {
        (**self).executed(block, transactions, gas_used);
    }
}

//! Tells on stderr how far a run is.

use axos_genesis::{L1BlockId, L1BlockRef, L2BlockRef};
use axos_pipeline::{DerivedAttributes, Dropped};
use kona_executor::ExecutorError;
use kona_program::{BootInfo, ChainConfig, Trace};
use support_cli::{Progress, note};

/// A progress bar over L2 blocks, and, if wanted, a line for each thing that happens.
#[derive(Debug)]
pub(crate) struct Teller {
    progress: Progress,
    is_verbose: bool,
    agreed: u64,
    claimed: u64,
}

impl Teller {
    /// Shows a bar, and lines if `is_verbose`.
    pub(crate) fn new(is_verbose: bool) -> Self {
        Self { progress: Progress::new(0, "blocks"), is_verbose, agreed: 0, claimed: 0 }
    }

    fn tell(&self, line: impl FnOnce() -> String) {
        if self.is_verbose {
            self.progress.suspend(|| note(&line()));
        }
    }
}

impl Trace for Teller {
    fn booted(&mut self, boot: &BootInfo, _chain: &ChainConfig) {
        self.claimed = boot.claimed_block_number.0;
        self.tell(|| format!("boot: chain {}, L1 head {}", boot.chain_id, boot.l1_head));
    }

    fn started(&mut self, agreed: &L2BlockRef, head: L1BlockId) {
        self.agreed = agreed.number.0;
        self.progress.set_total(self.claimed.saturating_sub(self.agreed));
        self.tell(|| {
            let (number, origin) = (agreed.number, agreed.l1_origin.number);
            format!("start: L2 block {number} of L1 origin {origin}, L1 head {}", head.number)
        });
    }

    fn l1_block(&mut self, block: &L1BlockRef) {
        self.progress.note(format!("at L1 block {}", block.number));
        self.tell(|| format!("L1 block {} {}", block.number, block.hash));
    }

    fn dropped(&mut self, dropped: &Dropped) {
        self.tell(|| format!("dropped: {dropped:?}"));
    }

    fn payload_rejected(&mut self, attributes: &DerivedAttributes, reason: &ExecutorError) {
        let parent = attributes.parent.number;
        self.tell(|| format!("payload on L2 block {parent} rejected: {reason:?}"));
    }

    fn executed(&mut self, block: &L2BlockRef, transactions: usize, gas_used: u64) {
        self.progress.set(block.number.0.saturating_sub(self.agreed));
        self.tell(|| {
            let (number, hash) = (block.number, block.hash);
            format!("L2 block {number} {hash}: {transactions} transactions, {gas_used} gas")
        });
    }
}

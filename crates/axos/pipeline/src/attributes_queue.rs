//! Turns a batch into the payload attributes of an L2 block.
//!
//! Spec: protocol/derivation.md#payload-attributes-derivation

use core::ops::ControlFlow;

use alloy_primitives::{B256, keccak256};
use axos_genesis::{Fork, L1ChainConfig, RollupConfig};
use axos_protocol::{
    AttributesError, AttributesInput, UpgradeBundle, build_attributes, needs_karst_bundle,
};

use crate::{
    DerivedAttributes, Error, KARST_BUNDLE_HASH, L2BlockInfo, Request, ResetReason,
    batch_queue::NextBatch,
    l1_window::{Epoch, L1Window},
    pull::{Pause, Pull},
};

/// The batch that attributes are made of next.
#[derive(Debug, Default)]
pub(crate) struct AttributesQueue {
    batch: Option<NextBatch>,
    karst_bundle: Option<UpgradeBundle>,
}

impl AttributesQueue {
    /// Whether a batch is needed.
    pub(crate) const fn is_idle(&self) -> bool {
        self.batch.is_none()
    }

    /// Takes a batch that passed all checks.
    pub(crate) fn push(&mut self, batch: NextBatch) {
        self.batch = Some(batch);
    }

    /// The attributes of the block that the batch describes, on top of `parent`.
    pub(crate) fn next(
        &mut self,
        config: &RollupConfig,
        l1_config: &L1ChainConfig,
        window: &L1Window,
        parent: &L2BlockInfo,
    ) -> Pull<DerivedAttributes> {
        let Some(NextBatch { batch, is_last_in_span }) = &self.batch else {
            return Pause::BlockDone.stop();
        };
        let number = batch.epoch_number;
        let Some(epoch) = window.get(number) else {
            return Pause::Failed(Error::OriginUnknown { number }).stop();
        };
        let needs_bundle = needs_karst_bundle(config, batch.timestamp);
        if needs_bundle && self.karst_bundle.is_none() {
            let (fork, hash) = (Fork::Karst, KARST_BUNDLE_HASH);
            return Pause::Needs(Request::UpgradeBundle { fork, hash }).stop();
        }

        // The configuration changes, and deposits come in, with the first block of an epoch only.
        let is_first_of_epoch = parent.block.l1_origin.number != number;
        let mut system_config = parent.system_config;
        let mut deposits: &[_] = &[];
        if is_first_of_epoch {
            let is_ecotone = config.is_active(Fork::Ecotone, epoch.block.timestamp);
            epoch.logs.apply_updates(&mut system_config, is_ecotone);
            deposits = match &epoch.logs.deposits {
                Ok(deposits) => deposits,
                Err(source) => {
                    return Pause::Failed(Error::Receipts { number, source: *source }).stop();
                }
            };
        }
        let input = AttributesInput {
            parent: &parent.block,
            system_config: &system_config,
            l1_header: &epoch.header,
            deposits,
            karst_bundle: self.karst_bundle.as_ref().filter(|_| needs_bundle),
            batch_transactions: &batch.transactions,
        };
        let (attributes, deposit_count) = match build_attributes(config, l1_config, &input) {
            Ok(built) => built,
            Err(error) => return into_pause(error, epoch).stop(),
        };
        let sequence_number =
            if is_first_of_epoch { 0 } else { parent.block.sequence_number.saturating_add(1) };
        let derived = DerivedAttributes {
            attributes,
            parent: parent.block,
            l1_origin: epoch.block.id(),
            sequence_number,
            derived_from: window.origin(),
            is_last_in_span: *is_last_in_span,
            deposit_count,
        };
        *self = Self::default();
        ControlFlow::Continue(derived)
    }

    /// Takes the bundle of upgrade transactions.
    ///
    /// # Errors
    /// If it is not the one asked for.
    pub(crate) fn provide_bundle(&mut self, bundle: &[u8], expected: B256) -> Result<(), Error> {
        let actual = keccak256(bundle);
        if actual != expected {
            return Err(Error::WrongHash { expected, actual });
        }
        self.karst_bundle = Some(UpgradeBundle::decode_karst(bundle)?);
        Ok(())
    }
}

fn into_pause(error: AttributesError, epoch: &Epoch) -> Pause {
    match error {
        AttributesError::EpochMismatch { expected, actual } => {
            let epoch = epoch.block.number;
            Pause::Reset(ResetReason::EpochMismatch { epoch, expected, actual })
        }
        AttributesError::OriginAheadOfBlock { l1_time, l2_time } => {
            Pause::Reset(ResetReason::OriginAheadOfBlock { l1_time, l2_time })
        }
        error => Pause::Failed(Error::Attributes(error)),
    }
}

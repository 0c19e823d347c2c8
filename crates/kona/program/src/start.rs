//! Where derivation starts: far enough below the agreed block that no channel which is still of use
//! started before.
//!
//! One tiny picture, for an agreed block of L1 origin 100 and a channel timeout of 50: L1 is read
//! from block 50 on, with the batcher that counted there.
//!
//! The rule walks the L2 chain back to the last block of origin 50 or lower, for two facts: that
//! block's L1 origin, and the batcher in its L1 attributes. Both can be told from L1 headers alone.
//! Every L1 block is the origin of some L2 block, so the origin is the first L1 block that is low
//! enough. And the batcher is the one of the agreed block, unless an L1 block in between changed
//! it, which the bloom filters of their headers all but rule out. That spares hundreds of L2
//! headers and transactions. Only if the batcher did change, the L2 chain has to be walked.
//!
//! Spec: protocol/derivation.md#finding-the-sync-starting-point

use alloc::sync::Arc;

use axos_driver::L1Source;
use axos_genesis::{ConfigUpdate, L1BlockId, L1ChainConfig, L1Number, RollupConfig};
use axos_pipeline::{L2BlockInfo, Pipeline, StartingPoint};
use axos_protocol::{L1Header, LogFilter, config_updates};
use kona_preimage::PreimageOracle;

use crate::{ProgramError, l1::L1Chain};

/// Demands that the agreed block builds on the L1 chain given.
///
/// # Errors
/// [`ProgramError::L1HeadBelowOrigin`] and [`ProgramError::OriginNotInChain`], and
/// [`ProgramError::Source`] if the chain can't be read that far.
pub(crate) fn check_origin<O: PreimageOracle>(
    l1: &mut L1Chain<'_, O>,
    origin: L1BlockId,
) -> Result<(), ProgramError> {
    match l1.at(origin.number)? {
        None => Err(ProgramError::L1HeadBelowOrigin { head: l1.head(), origin }),
        Some((found, _)) if found != origin.hash => {
            Err(ProgramError::OriginNotInChain { origin, found })
        }
        Some(_) => Ok(()),
    }
}

/// A pipeline that goes on from `agreed`.
///
/// # Errors
/// [`ProgramError`] if L1 data can't be read.
pub(crate) fn new_pipeline<O: PreimageOracle>(
    config: &Arc<RollupConfig>,
    l1_config: L1ChainConfig,
    l1: &mut L1Chain<'_, O>,
    agreed: L2BlockInfo,
) -> Result<Pipeline, ProgramError> {
    let config = Arc::clone(config);
    Ok(match find_start(l1, &config, &agreed)? {
        Some(start) => Pipeline::starting_at(config, l1_config, agreed, start),
        None => Pipeline::new(config, l1_config, agreed),
    })
}

/// The starting point, or `None` if only the L2 chain can tell.
fn find_start<O: PreimageOracle>(
    l1: &mut L1Chain<'_, O>,
    config: &RollupConfig,
    agreed: &L2BlockInfo,
) -> Result<Option<StartingPoint>, ProgramError> {
    let updates = LogFilter::config_updates(config.l1_system_config_address);
    let mut number = agreed.block.l1_origin.number;
    loop {
        let Some(origin) = l1.header_at(number)? else { return Ok(None) };
        if is_low_enough(config, number, origin.timestamp, agreed.block.l1_origin.number) {
            let system_config = agreed.system_config;
            return Ok(Some(StartingPoint { origin, system_config }));
        }
        // What an L1 block changes counts from that block on, so the starting point's own changes
        // are in force already.
        if updates.may_match(&origin.logs_bloom) && changes_batcher(l1, config, &origin)? {
            return Ok(None);
        }
        number = L1Number(number.0.saturating_sub(1));
    }
}

/// Whether a channel that started below this L1 block has timed out by the agreed block's origin.
fn is_low_enough(
    config: &RollupConfig,
    number: L1Number,
    l1_timestamp: u64,
    agreed_origin: L1Number,
) -> bool {
    // [Granite] The timeout is the one at the time of the block walked to.
    let timeout = config.channel_timeout(l1_timestamp);
    number <= config.genesis.l1.number || number.0.saturating_add(timeout) <= agreed_origin.0
}

fn changes_batcher<O: PreimageOracle>(
    l1: &mut L1Chain<'_, O>,
    config: &RollupConfig,
    header: &L1Header,
) -> Result<bool, ProgramError> {
    let receipts = l1.receipts(header.block_ref())?;
    let updates = config_updates(&receipts, config.l1_system_config_address)
        .map_err(|source| axos_pipeline::Error::Receipts { number: header.number, source })?;
    Ok(updates.iter().any(|update| matches!(update, ConfigUpdate::Batcher(_))))
}

#[cfg(test)]
mod tests;

//! Takes batches out of a complete channel.
//!
//! One tiny picture: a channel that decompresses to `a1 00.. a1 01.. ff` gives a singular batch,
//! then a span batch, then ends in a malformed place.
//!
//! Spec: protocol/derivation.md#channel-reader-batch-decoding

use alloy_primitives::Bytes;
use axos_genesis::{Fork, L1BlockRef, RollupConfig};
use axos_protocol::{Batch, SingularBatch, SpanBatch};

use crate::{BatchDrop, ChannelDrop, Dropped};

/// The channel that is being read.
#[derive(Debug, Default)]
pub(crate) struct ChannelReader {
    open: Option<axos_protocol::ChannelReader>,
}

/// A batch with all its transactions.
#[derive(Debug)]
pub(crate) enum DecodedBatch {
    /// One L2 block.
    Singular(SingularBatch),
    /// \[Delta\] A run of L2 blocks.
    Span(SpanBatch),
}

impl ChannelReader {
    /// Whether a channel is needed before a batch can be read.
    pub(crate) const fn is_idle(&self) -> bool {
        self.open.is_none()
    }

    /// Starts to read a channel that was completed in the L1 block `origin`.
    ///
    /// # Errors
    /// Why the channel is dropped.
    pub(crate) fn open(
        &mut self,
        data: Bytes,
        config: &RollupConfig,
        origin: &L1BlockRef,
    ) -> Result<(), Dropped> {
        // [Fjord] Brotli, and ten times the size. The L1 block decides.
        let is_fjord = config.is_active(Fork::Fjord, origin.timestamp);
        let reader = axos_protocol::ChannelReader::new(data, is_fjord)
            .map_err(|_| Dropped::Channel(ChannelDrop::Compression))?;
        self.open = Some(reader);
        Ok(())
    }

    /// The next batch of the channel, `None` at its end.
    ///
    /// # Errors
    /// What is dropped: a batch that can't be used, or the rest of the channel.
    pub(crate) fn next_batch(
        &mut self,
        config: &RollupConfig,
        origin: &L1BlockRef,
    ) -> Result<Option<DecodedBatch>, Dropped> {
        let Some(reader) = &mut self.open else { return Ok(None) };
        match reader.next_batch() {
            Some(Batch::Singular(batch)) => Ok(Some(DecodedBatch::Singular(batch))),
            Some(Batch::Span(batch)) => {
                // [Delta] Decided here by the L1 block the channel was completed in. The batch
                // stage decides once more, by the L1 origin of the first block.
                if !config.is_active(Fork::Delta, origin.timestamp) {
                    return Err(Dropped::Batch(BatchDrop::SpanBeforeDelta));
                }
                // A span batch that is well framed but has a malformed transaction does not end
                // the channel.
                let span = batch
                    .derive(config)
                    .map_err(|_| Dropped::Batch(BatchDrop::MalformedTransaction))?;
                Ok(Some(DecodedBatch::Span(span)))
            }
            None => {
                let is_malformed = reader.is_malformed();
                self.close();
                if is_malformed {
                    return Err(Dropped::Channel(ChannelDrop::Malformed));
                }
                Ok(None)
            }
        }
    }

    /// Drops what is left of the channel.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }
}

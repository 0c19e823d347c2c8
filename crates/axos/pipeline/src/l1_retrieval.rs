//! Finds the batcher's data in an L1 block: call data, and blobs from Ecotone on.
//!
//! One tiny picture: from a block with transactions `foreign (2 blobs) | batcher calldata | batcher
//! (blobs b, c)` come the call data, the payload of blob 2 and the payload of blob 3.
//!
//! Spec: protocol/derivation.md#l1-retrieval

use alloc::{collections::VecDeque, vec::Vec};
use core::ops::ControlFlow;

use alloy_consensus::EMPTY_ROOT_HASH;
use alloy_primitives::{Address, Bytes};
use axos_genesis::{Fork, RollupConfig};
use axos_protocol::{L1Transaction, decode_blob};

use crate::{
    Blob, Dropped, Error, IndexedBlobHash, Request, ResetReason,
    l1_traversal::L1Traversal,
    pull::{Pause, Pull},
};

/// EIP-2718 type of a transaction with blobs.
const BLOB_TX_TYPE: u8 = 0x03;

/// The batcher's data in the current L1 block.
#[derive(Debug, Default)]
pub(crate) struct L1Retrieval {
    state: State,
}

#[derive(Debug, Default)]
enum State {
    /// The block was not looked at yet.
    #[default]
    Closed,
    /// The data found, some of it still to be fetched.
    Needs { data: VecDeque<Data>, blobs: Vec<IndexedBlobHash> },
    /// The data found. Used up once it is empty.
    Open(VecDeque<Data>),
}

/// One piece of batcher data.
#[derive(Debug)]
enum Data {
    /// What frames are cut from.
    Payload(Bytes),
    /// The place of a blob that is still to be fetched.
    Blob,
    /// A blob without payload.
    EmptyBlob { index: u64 },
}

impl L1Retrieval {
    /// The next piece of batcher data in the block that `traversal` is at.
    pub(crate) fn next(&mut self, traversal: &L1Traversal) -> Pull<Bytes> {
        let block = traversal.origin();
        if let State::Closed = self.state {
            if traversal.transactions_root() != EMPTY_ROOT_HASH {
                return Pause::Needs(Request::L1Transactions { block }).stop();
            }
            self.state = State::Open(VecDeque::new());
        }
        match &mut self.state {
            State::Needs { blobs, .. } => {
                let blobs = blobs.clone();
                Pause::Needs(Request::L1Blobs { block, blobs }).stop()
            }
            State::Open(data) => match data.pop_front() {
                Some(Data::Payload(payload)) => ControlFlow::Continue(payload),
                Some(Data::EmptyBlob { index }) => Pause::from(Dropped::Blob { index }).stop(),
                Some(Data::Blob) | None => Pause::BlockDone.stop(),
            },
            State::Closed => Pause::BlockDone.stop(),
        }
    }

    /// Forgets the block: `traversal` moved on to another one.
    pub(crate) fn close(&mut self) {
        self.state = State::Closed;
    }

    /// Takes the transactions of the block.
    ///
    /// # Errors
    /// If one can't be decoded.
    pub(crate) fn provide_transactions(
        &mut self,
        config: &RollupConfig,
        traversal: &L1Traversal,
        transactions: &[&[u8]],
    ) -> Result<(), Error> {
        let origin = traversal.origin();
        // [Ecotone] Blobs. Before that, the call data of a blob transaction counts like any other.
        let takes_blobs = config.is_active(Fork::Ecotone, origin.timestamp);
        let batcher = traversal.system_config().batcher_address;
        let found =
            find_data(config, batcher, takes_blobs, transactions).map_err(|(index, source)| {
                Error::L1Transaction { number: origin.number, index, source }
            })?;
        self.state = match found {
            (data, blobs) if blobs.is_empty() => State::Open(data),
            (data, blobs) => State::Needs { data, blobs },
        };
        Ok(())
    }

    /// Takes the blobs that were asked for.
    ///
    /// # Errors
    /// If there are more or fewer of them.
    ///
    /// Spec: protocol/ecotone/derivation.md#ecotone-blob-retrieval
    pub(crate) fn provide_blobs(
        &mut self,
        traversal: &L1Traversal,
        given: &[&Blob],
    ) -> Result<(), ResetReason> {
        let State::Needs { data, blobs } = &mut self.state else { return Ok(()) };
        let (expected, actual) = (blobs.len(), given.len());
        if expected != actual {
            let block = traversal.origin().id();
            return Err(ResetReason::BlobCount { block, expected, actual });
        }
        let places = data.iter_mut().filter(|data| matches!(data, Data::Blob));
        for (place, (hash, blob)) in places.zip(blobs.iter().zip(given)) {
            *place = match decode_blob(blob) {
                Ok(payload) => Data::Payload(payload.into()),
                Err(_) => Data::EmptyBlob { index: hash.index },
            };
        }
        self.state = State::Open(core::mem::take(data));
        Ok(())
    }
}

type Found = (VecDeque<Data>, Vec<IndexedBlobHash>);

/// Picks the batcher's data out of the transactions of a block. An error comes with the position of
/// the transaction.
fn find_data(
    config: &RollupConfig,
    batcher: Address,
    takes_blobs: bool,
    transactions: &[&[u8]],
) -> Result<Found, (usize, axos_protocol::L1TransactionError)> {
    let (mut data, mut blobs) = (VecDeque::new(), Vec::new());
    // Counts the blobs of all transactions, as the block's blobs are numbered.
    let mut blob_index = 0u64;
    for (position, raw) in transactions.iter().enumerate() {
        let transaction = L1Transaction::decode(raw).map_err(|source| (position, source))?;
        let is_batcher =
            transaction.is_from_batcher(config.batch_inbox_address, batcher, config.l1_chain_id);
        if is_batcher && !(takes_blobs && transaction.tx_type == BLOB_TX_TYPE) {
            data.push_back(Data::Payload(Bytes::copy_from_slice(transaction.input)));
        }
        if transaction.blob_count() == 0 {
            continue;
        }
        for hash in transaction.blob_hashes() {
            if is_batcher && takes_blobs {
                blobs.push(IndexedBlobHash { index: blob_index, hash });
                data.push_back(Data::Blob);
            }
            blob_index = blob_index.saturating_add(1);
        }
    }
    Ok((data, blobs))
}

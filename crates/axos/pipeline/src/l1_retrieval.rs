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
use axos_protocol::{L1Sender, L1Transaction, SignedHash, decode_blob};

use crate::{
    Blob, Dropped, Error, IndexedBlobHash, Request, ResetReason,
    l1_traversal::L1Traversal,
    pull::{Pause, Pull},
};

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
    /// Transactions to the inbox, some of them from senders that are still to be told.
    NeedsSigners { candidates: Vec<Candidate>, signed: Vec<SignedHash> },
    /// The data found, some of it still to be fetched.
    NeedsBlobs { data: VecDeque<Data>, blobs: Vec<IndexedBlobHash> },
    /// The data found. Used up once it is empty.
    Open(VecDeque<Data>),
}

/// A transaction to the inbox, which may be the batcher's.
#[derive(Debug)]
struct Candidate {
    /// The batcher, or a signer.
    sender: L1Sender,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Calldata(Bytes),
    Blobs(Vec<IndexedBlobHash>),
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
            State::NeedsSigners { signed, .. } => {
                let signed = signed.clone();
                Pause::Needs(Request::L1Signers { block, signed }).stop()
            }
            State::NeedsBlobs { blobs, .. } => {
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
        let candidates = find_candidates(config, batcher, takes_blobs, transactions).map_err(
            |(index, source)| Error::L1Transaction { number: origin.number, index, source },
        )?;
        let signed: Vec<_> = candidates.iter().filter_map(Candidate::signed).collect();
        self.state = if signed.is_empty() {
            State::of_batcher(candidates)
        } else {
            State::NeedsSigners { candidates, signed }
        };
        Ok(())
    }

    /// Takes the signers that were asked for.
    ///
    /// # Errors
    /// If there are more or fewer of them.
    pub(crate) fn provide_signers(
        &mut self,
        traversal: &L1Traversal,
        signers: &[Option<Address>],
    ) -> Result<(), Error> {
        let State::NeedsSigners { candidates, signed } = &mut self.state else { return Ok(()) };
        let (expected, actual) = (signed.len(), signers.len());
        if expected != actual {
            return Err(Error::WrongCount { expected, actual });
        }
        let batcher = Some(traversal.system_config().batcher_address);
        let mut candidates = core::mem::take(candidates);
        let mut signers = signers.iter();
        // Those without a signature are the batcher's for sure.
        candidates.retain(|it| it.signed().is_none() || signers.next() == Some(&batcher));
        self.state = State::of_batcher(candidates);
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
        let State::NeedsBlobs { data, blobs } = &mut self.state else { return Ok(()) };
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

impl State {
    /// The data of transactions that are all the batcher's.
    fn of_batcher(transactions: Vec<Candidate>) -> Self {
        let (mut data, mut blobs) = (VecDeque::new(), Vec::new());
        for Candidate { content, .. } in transactions {
            match content {
                Content::Calldata(calldata) => data.push_back(Data::Payload(calldata)),
                Content::Blobs(hashes) => {
                    data.extend(hashes.iter().map(|_| Data::Blob));
                    blobs.extend(hashes);
                }
            }
        }
        if blobs.is_empty() { Self::Open(data) } else { Self::NeedsBlobs { data, blobs } }
    }
}

impl Candidate {
    const fn signed(&self) -> Option<SignedHash> {
        match self.sender {
            L1Sender::Signer(signed) => Some(signed),
            L1Sender::Account(_) | L1Sender::Unknown => None,
        }
    }
}

/// Picks the transactions of a block that may be the batcher's. An error comes with the position of
/// the transaction.
fn find_candidates(
    config: &RollupConfig,
    batcher: Address,
    takes_blobs: bool,
    transactions: &[&[u8]],
) -> Result<Vec<Candidate>, (usize, axos_protocol::L1TransactionError)> {
    let mut candidates = Vec::new();
    // Counts the blobs of all transactions, as the block's blobs are numbered.
    let mut blob_count = 0u64;
    for (position, raw) in transactions.iter().enumerate() {
        let transaction = L1Transaction::decode(raw).map_err(|source| (position, source))?;
        let first_blob = blob_count;
        let blobs = u64::try_from(transaction.blob_count()).unwrap_or(u64::MAX);
        blob_count = blob_count.saturating_add(blobs);
        if transaction.to != Some(config.batch_inbox_address) {
            continue;
        }
        let sender = transaction.sender(config.l1_chain_id);
        match sender {
            L1Sender::Signer(_) => {}
            L1Sender::Account(account) if account == batcher => {}
            L1Sender::Account(_) | L1Sender::Unknown => continue,
        }
        let content = if takes_blobs && transaction.has_blobs() {
            let hashes = (first_blob..).zip(transaction.blob_hashes());
            Content::Blobs(hashes.map(|(index, hash)| IndexedBlobHash { index, hash }).collect())
        } else {
            Content::Calldata(Bytes::copy_from_slice(transaction.input))
        };
        candidates.push(Candidate { sender, content });
    }
    Ok(candidates)
}

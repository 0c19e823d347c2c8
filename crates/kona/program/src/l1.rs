//! L1 as the pre-image oracle shows it: the chain that ends in the L1 head.
//!
//! The oracle vouches for what it hands out, so nothing here is hashed again.
//!
//! Spec: fault-proof/index.md#main-content

use alloc::{boxed::Box, vec, vec::Vec};

use alloy_primitives::{Address, B256};
use alloy_rlp::Decodable;
use axos_driver::L1Source;
use axos_genesis::{L1BlockId, L1BlockRef, L1Number};
use axos_pipeline::{Blob, IndexedBlobHash};
use axos_protocol::{BLOB_BYTES, L1Header, SignedHash};
use kona_executor::recover_signer;
use kona_mpt::ordered_list;
use kona_preimage::{Hint, PreimageKey, PreimageOracle};

use crate::{
    ListKind, ProgramOptions, SourceError, blob::read_blob, l2_state::L1Precompiles,
    list::ListNodes,
};

/// The L1 chain that ends in a given block.
#[derive(Debug)]
pub(crate) struct L1Chain<'a, O> {
    oracle: &'a O,
    options: ProgramOptions,
    /// Number of the first of `headers`.
    head_number: L1Number,
    /// The L1 head, its parent and so on, as far as the chain has been walked: numbers descend by
    /// one, so that the position tells the number.
    headers: Vec<(B256, &'a [u8])>,
    /// Buffers of the blobs read last.
    blobs: Vec<Box<Blob>>,
    reads: L1Reads,
}

/// How much has been read from L1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct L1Reads {
    /// Headers.
    pub headers: u64,
    /// Blocks whose transactions were read.
    pub transaction_lists: u64,
    /// Blocks whose receipts were read.
    pub receipt_lists: u64,
    /// Blobs.
    pub blobs: u64,
}

impl<'a, O: PreimageOracle> L1Chain<'a, O> {
    /// The chain that ends in the block of hash `head`.
    ///
    /// # Errors
    /// [`SourceError`] if its header can't be read.
    pub(crate) fn new(
        oracle: &'a O,
        options: &ProgramOptions,
        head: B256,
    ) -> Result<Self, SourceError> {
        let rlp = read_header(oracle, head)?;
        Ok(Self {
            oracle,
            options: *options,
            head_number: decode_header(head, rlp)?.number,
            headers: vec![(head, rlp)],
            blobs: Vec::new(),
            reads: L1Reads { headers: 1, ..L1Reads::default() },
        })
    }

    /// The last block of the chain.
    pub(crate) fn head(&self) -> L1BlockId {
        let hash = self.headers.first().map_or(B256::ZERO, |(hash, _)| *hash);
        L1BlockId { hash, number: self.head_number }
    }

    /// How much has been read so far.
    pub(crate) const fn reads(&self) -> L1Reads {
        self.reads
    }

    /// Hash and RLP of the header at `number`, or `None` above the head.
    ///
    /// # Errors
    /// [`SourceError`] if a header on the way down from the head can't be read.
    pub(crate) fn at(&mut self, number: L1Number) -> Result<Option<(B256, &'a [u8])>, SourceError> {
        let Some(depth) = self.head_number.0.checked_sub(number.0) else { return Ok(None) };
        // No chain is as long as a depth that does not fit.
        let depth = usize::try_from(depth).unwrap_or(usize::MAX);
        while self.headers.len() <= depth {
            self.walk_back()?;
        }
        Ok(self.headers.get(depth).copied())
    }

    /// The header at `number`, or `None` above the head.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub(crate) fn header_at(&mut self, number: L1Number) -> Result<Option<L1Header>, SourceError> {
        self.at(number)?.map(|(hash, rlp)| decode_header(hash, rlp)).transpose()
    }

    /// Adds the parent of the lowest header known. Nothing but the parent's hash is decoded.
    fn walk_back(&mut self) -> Result<(), SourceError> {
        let Some(&(hash, rlp)) = self.headers.last() else { return Ok(()) };
        let parent = decode_parent_hash(rlp).ok_or(SourceError::L1ParentHash { hash })?;
        self.headers.push((parent, read_header(self.oracle, parent)?));
        self.reads.headers += 1;
        Ok(())
    }

    /// The header of a block of the chain, or of any other block by its hash.
    fn header_of(&self, block: L1BlockRef) -> Result<L1Header, SourceError> {
        let known = self.position(block.number).and_then(|position| self.headers.get(position));
        let rlp = match known {
            Some((hash, rlp)) if *hash == block.hash => rlp,
            _ => read_header(self.oracle, block.hash)?,
        };
        decode_header(block.hash, rlp)
    }

    fn position(&self, number: L1Number) -> Option<usize> {
        usize::try_from(self.head_number.0.checked_sub(number.0)?).ok()
    }
}

impl<'a, O: PreimageOracle> L1Source for L1Chain<'a, O> {
    type Error = SourceError;

    fn header(&mut self, hash: B256) -> Result<&[u8], SourceError> {
        self.reads.headers += 1;
        read_header(self.oracle, hash)
    }

    fn header_by_number(&mut self, number: L1Number) -> Result<Option<(B256, &[u8])>, SourceError> {
        self.at(number)
    }

    fn receipts(&mut self, block: L1BlockRef) -> Result<Vec<&[u8]>, SourceError> {
        self.reads.receipt_lists += 1;
        let root = self.header_of(block)?.receipts_root;
        let nodes = ListNodes::announce(self.oracle, &Hint::L1Receipts { hash: block.hash })?;
        ordered_list(root, &nodes)
            .map_err(|source| SourceError::list(ListKind::L1Receipts, block.hash, source))
    }

    fn transactions(&mut self, block: L1BlockRef) -> Result<Vec<&[u8]>, SourceError> {
        self.reads.transaction_lists += 1;
        let root = self.header_of(block)?.transactions_root;
        let nodes = ListNodes::announce(self.oracle, &Hint::L1Transactions { hash: block.hash })?;
        ordered_list(root, &nodes)
            .map_err(|source| SourceError::list(ListKind::L1Transactions, block.hash, source))
    }

    /// By L1's ecrecover.
    fn signers(&mut self, signed: &[SignedHash]) -> Result<Vec<Option<Address>>, SourceError> {
        let key_style = self.options.precompile_key_style;
        let precompiles = L1Precompiles { oracle: self.oracle, key_style };
        let signer = |it: &SignedHash| recover_signer(Some(&precompiles), &it.hash, &it.signature);
        signed.iter().map(|it| Ok(signer(it)?)).collect()
    }

    fn blobs(
        &mut self,
        block: L1BlockRef,
        wanted: &[IndexedBlobHash],
    ) -> Result<Vec<&Blob>, SourceError> {
        self.blobs.truncate(wanted.len());
        for (position, hash) in wanted.iter().enumerate() {
            if self.blobs.len() <= position {
                self.blobs.push(new_blob());
            }
            let Some(blob) = self.blobs.get_mut(position) else { continue };
            let style = self.options.blob_key_style;
            read_blob(self.oracle, style, block.timestamp, hash, blob)?;
            self.reads.blobs += 1;
        }
        Ok(self.blobs.iter().map(|blob| &**blob).collect())
    }
}

/// A zeroed blob, made on the heap: it is too large for a stack.
fn new_blob() -> Box<Blob> {
    match vec![0; BLOB_BYTES].into_boxed_slice().try_into() {
        Ok(blob) => blob,
        // The slice was made with the length of a blob.
        Err(_) => unreachable!(),
    }
}

fn read_header<O: PreimageOracle>(oracle: &O, hash: B256) -> Result<&[u8], SourceError> {
    let hint = Hint::L1BlockHeader { hash };
    Ok(oracle.read_hinted(PreimageKey::keccak256(hash), &hint)?)
}

fn decode_header(hash: B256, rlp: &[u8]) -> Result<L1Header, SourceError> {
    L1Header::decode(hash, rlp).map_err(|source| SourceError::L1Header { hash, source })
}

/// The first field of a header.
fn decode_parent_hash(mut rlp: &[u8]) -> Option<B256> {
    let list = alloy_rlp::Header::decode(&mut rlp).ok()?;
    list.list.then(|| B256::decode(&mut rlp).ok()).flatten()
}

#[cfg(test)]
mod tests;

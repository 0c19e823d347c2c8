//! What can go wrong in a run, and whose fault it is.

use alloc::boxed::Box;

use alloy_primitives::B256;
use axos_genesis::{L1BlockId, L2BlockId, L2Number};
use axos_pipeline::ResetReason;
use axos_protocol::{HeaderError, L2BlockError, ReceiptsError};
use kona_executor::{ExecutorError, OutputRootError};
use kona_mpt::TrieError;
use kona_preimage::{OracleError, PreimageKey};

use crate::{BootError, BootValue, ChainConfigError};

/// Why a claim could not be judged. None of these says that the claim is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// The inputs of the dispute can't be read.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// There is no usable configuration of the chain.
    #[error(transparent)]
    ChainConfig(#[from] ChainConfigError),
    /// The agreed output root is not one of an L2 output.
    #[error("the agreed output root {root} is not an output root")]
    AgreedOutput {
        /// The agreed output root.
        root: B256,
        /// What is wrong with its pre-image.
        #[source]
        source: OutputRootError,
    },
    /// The L1 chain ends below the L1 block that the agreed L2 block builds on.
    #[error(
        "the L1 head is block {} ({}), but the agreed L2 block builds on L1 block {} ({}): give a \
         later L1 head, or an earlier agreed block",
        head.number, head.hash, origin.number, origin.hash
    )]
    L1HeadBelowOrigin {
        /// The L1 head.
        head: L1BlockId,
        /// The L1 origin of the agreed block.
        origin: L1BlockId,
    },
    /// The agreed L2 block builds on an L1 block of another chain.
    #[error(
        "the agreed L2 block builds on L1 block {} ({}), but the chain of the L1 head has {found} \
         there: give an L1 head of the same chain",
        origin.number, origin.hash
    )]
    OriginNotInChain {
        /// The L1 origin of the agreed block.
        origin: L1BlockId,
        /// Hash of the block of the same number in the chain given.
        found: B256,
    },
    /// Data of L1 or L2 could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Derivation can't go on.
    #[error("derivation failed")]
    Derivation(#[from] axos_pipeline::Error),
    /// The L1 chain does not fit together, or does not fit to the agreed block.
    #[error("the L1 chain does not fit to the agreed block: {0:?}")]
    Reset(ResetReason),
    /// A block could not be executed, for a reason other than its transactions.
    #[error("execution of block {number} failed")]
    Execution {
        /// Number of the block.
        number: L2Number,
        /// What went wrong.
        #[source]
        source: Box<ExecutorError>,
    },
    /// Derivation wants to build on a block that is neither the agreed one nor built on it.
    #[error("block {} ({}) to build on is not known", block.number, block.hash)]
    UnknownParent {
        /// The block.
        block: L2BlockId,
    },
    /// The output root of the block reached could not be computed.
    #[error("the output root of block {number} cannot be computed")]
    OutputRoot {
        /// Number of the block.
        number: L2Number,
        /// What went wrong.
        #[source]
        source: Box<ExecutorError>,
    },
}

/// Why data of L1 or L2 could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The host did not give a pre-image.
    #[error("a pre-image could not be had")]
    Oracle(#[from] OracleError),
    /// A list of transactions or receipts is incomplete or malformed.
    #[error("the {list} of block {block} cannot be read")]
    List {
        /// Which list.
        list: ListKind,
        /// Hash of the block.
        block: B256,
        /// What is wrong with its trie.
        #[source]
        source: Box<TrieError>,
    },
    /// An L1 header is malformed.
    #[error("L1 header {hash} is malformed")]
    L1Header {
        /// Hash of the block.
        hash: B256,
        /// What is wrong with it.
        #[source]
        source: HeaderError,
    },
    /// An L1 header does not start with the hash of a parent.
    #[error("L1 header {hash} names no parent")]
    L1ParentHash {
        /// Hash of the block.
        hash: B256,
    },
    /// An L2 header is malformed.
    #[error("L2 header {hash} is malformed")]
    L2Header {
        /// Hash of the block.
        hash: B256,
        /// What is wrong with it.
        #[source]
        source: HeaderError,
    },
    /// An L2 header is malformed, found on executing on top of it.
    #[error("L2 header {hash} is malformed")]
    ParentHeader {
        /// Hash of the block.
        hash: B256,
        /// What the decoder said.
        #[source]
        source: alloy_rlp::Error,
    },
    /// An L2 block is not one that derivation makes.
    #[error("L2 block {hash} is not a derived one")]
    L2Block {
        /// Hash of the block.
        hash: B256,
        /// What is wrong with it.
        #[source]
        source: L2BlockError,
    },
    /// A block above the agreed one was asked for, where there is none.
    #[error("L2 block {number} is above the agreed block")]
    AboveL2Head {
        /// Number of the block.
        number: L2Number,
    },
}

/// A list that a block header commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Transactions of an L1 block.
    L1Transactions,
    /// Receipts of an L1 block.
    L1Receipts,
    /// Transactions of an L2 block.
    L2Transactions,
}

impl core::fmt::Display for ListKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::L1Transactions => "L1 transactions",
            Self::L1Receipts => "L1 receipts",
            Self::L2Transactions => "L2 transactions",
        })
    }
}

/// Who has to act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The host did not give what the inputs lead to, or gave something else: its data has to be
    /// completed or repaired.
    Infrastructure,
    /// The inputs are wrong, or do not fit together: others have to be given.
    Input,
    /// What must not happen has happened: it has to be reported.
    Bug,
}

impl From<OracleError> for ProgramError {
    fn from(error: OracleError) -> Self {
        Self::Source(error.into())
    }
}

impl ProgramError {
    /// Who has to act on it.
    pub const fn fault(&self) -> Fault {
        match self {
            Self::Boot(BootError::Unread { .. }) => Fault::Infrastructure,
            Self::Boot(BootError::Length { .. })
            | Self::ChainConfig(_)
            | Self::AgreedOutput { .. }
            | Self::L1HeadBelowOrigin { .. }
            | Self::OriginNotInChain { .. }
            | Self::Reset(_) => Fault::Input,
            Self::UnknownParent { .. } => Fault::Bug,
            Self::Source(error) => error.fault(),
            Self::Derivation(error) => derivation_fault(error),
            Self::Execution { source, .. } | Self::OutputRoot { source, .. } => {
                execution_fault(source)
            }
        }
    }

    /// The pre-image that is missing or malformed, if that is what went wrong.
    pub fn key(&self) -> Option<PreimageKey> {
        match self {
            Self::Boot(BootError::Unread { value, .. } | BootError::Length { value, .. }) => {
                Some(value.key())
            }
            Self::ChainConfig(error) => error.value().map(BootValue::key),
            Self::AgreedOutput { root, .. } => Some(PreimageKey::keccak256(*root)),
            Self::Source(error) => error.key(),
            Self::Execution { source, .. } | Self::OutputRoot { source, .. } => {
                execution_key(source)
            }
            _ => None,
        }
    }
}

impl SourceError {
    pub(crate) fn list(list: ListKind, block: B256, source: TrieError) -> Self {
        Self::List { list, block, source: Box::new(source) }
    }

    const fn fault(&self) -> Fault {
        match self {
            Self::Oracle(_)
            | Self::List { .. }
            | Self::L1Header { .. }
            | Self::L1ParentHash { .. }
            | Self::L2Header { .. }
            | Self::ParentHeader { .. } => Fault::Infrastructure,
            Self::L2Block { .. } => Fault::Input,
            Self::AboveL2Head { .. } => Fault::Bug,
        }
    }

    fn key(&self) -> Option<PreimageKey> {
        match self {
            Self::Oracle(error) => oracle_key(error),
            Self::List { source, .. } => trie_key(source),
            Self::L1Header { hash, .. }
            | Self::L1ParentHash { hash }
            | Self::L2Header { hash, .. }
            | Self::ParentHeader { hash, .. } => Some(PreimageKey::keccak256(*hash)),
            Self::L2Block { .. } | Self::AboveL2Head { .. } => None,
        }
    }
}

/// What a caller can give wrong, the program does not; what it hands on is the host's.
const fn derivation_fault(error: &axos_pipeline::Error) -> Fault {
    use axos_pipeline::Error;
    match error {
        // A deposit that can't be read is what L1 says, not how the host says it.
        Error::Receipts { source: ReceiptsError::Deposit { .. }, .. } => Fault::Input,
        Error::WrongNumber { .. }
        | Error::Header(_)
        | Error::L1Transaction { .. }
        | Error::Receipts { .. }
        | Error::UpgradeBundle(_) => Fault::Infrastructure,
        Error::Attributes(_) | Error::OriginUnknown { .. } => Fault::Input,
        _ => Fault::Bug,
    }
}

const fn execution_fault(error: &ExecutorError) -> Fault {
    match error {
        ExecutorError::Oracle(_) | ExecutorError::Trie(_) | ExecutorError::State(_) => {
            Fault::Infrastructure
        }
        _ => Fault::Bug,
    }
}

fn execution_key(error: &ExecutorError) -> Option<PreimageKey> {
    match error {
        ExecutorError::Oracle(error) => oracle_key(error),
        ExecutorError::Trie(error) => trie_key(error),
        _ => None,
    }
}

const fn oracle_key(error: &OracleError) -> Option<PreimageKey> {
    match error {
        OracleError::Missing { key }
        | OracleError::RetriesExhausted { key, .. }
        | OracleError::SourceFailed { key }
        | OracleError::HashMismatch { key, .. }
        | OracleError::WrongLength { key, .. }
        | OracleError::TooLong { key, .. }
        | OracleError::OutOfMemory { key, .. }
        | OracleError::NotAFieldElement { key }
        | OracleError::PrecompileStatus { key, .. } => Some(*key),
        _ => None,
    }
}

fn trie_key(error: &TrieError) -> Option<PreimageKey> {
    match error {
        TrieError::Unread { source, .. } => oracle_key(source),
        TrieError::Node { hash, .. } => Some(PreimageKey::keccak256(*hash)),
        _ => None,
    }
}

//! Everything that can go wrong, as whoever ran the command gets it.

mod report;

#[cfg(test)]
mod tests;

use std::{io, path::PathBuf};

use alloy_primitives::B256;
use axos_genesis::L2Number;
use kona_executor::ExecutorError;
use kona_preimage::PreimageKey;
use kona_program::ProgramError;

use crate::{BlockFileError, BootError, ConvertError, ReadFailure, ServerError, StoreError};

/// Why a command did not come to a result.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The inputs of the dispute can't be used.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A store of pre-images can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A store can't be copied.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// The claim is about a block that both sides agree on already.
    #[error("the claimed block {claimed} is below the agreed block {agreed}")]
    ClaimBelowAgreed {
        /// Number of the claimed block.
        claimed: L2Number,
        /// Number of the agreed block.
        agreed: L2Number,
    },
    /// The agreed output root is not of the agreed block.
    #[error("the agreed output root {root} is of block {actual}, not of {expected}")]
    AgreedHead {
        /// The agreed output root.
        root: B256,
        /// Hash of the agreed block as given.
        expected: B256,
        /// Hash of the block that the output root commits to.
        actual: B256,
    },
    /// A store failed in the middle of a run.
    #[error("a pre-image can't be read")]
    Read {
        /// The pre-image, and the hint before.
        preimage: Preimage,
        /// What the store says.
        #[source]
        source: Box<StoreError>,
    },
    /// The program could not judge the claim.
    #[error("the claim can't be judged")]
    Program {
        /// The pre-image at fault, if it is one.
        preimage: Option<Preimage>,
        /// What the program says.
        #[source]
        source: Box<ProgramError>,
    },
    /// A file with a block to execute can't be used.
    #[error(transparent)]
    BlockFile(#[from] BlockFileError),
    /// A block could not be executed, for a reason other than its transactions.
    #[error("the block of {} can't be executed", path.display())]
    Execution {
        /// The file with the block.
        path: PathBuf,
        /// The pre-image at fault, if it is one.
        preimage: Option<Preimage>,
        /// What the executor says.
        #[source]
        source: Box<ExecutorError>,
    },
    /// A program in a VM can't be served.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The result can't be written.
    #[error("the result can't be written to stdout")]
    Output(#[from] io::Error),
}

/// A pre-image that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preimage {
    /// Its key.
    pub key: PreimageKey,
    /// The last hint before it was asked for, as text, if there was one.
    pub hint: Option<String>,
}

impl HostError {
    /// What the program says, with what the oracle knows of its last failure.
    pub(crate) fn program(source: ProgramError, failure: Option<ReadFailure>) -> Self {
        match store_failure(failure) {
            Ok(error) => error,
            Err(last) => {
                let preimage = at_fault(source.key(), last);
                Self::Program { preimage, source: Box::new(source) }
            }
        }
    }

    /// As [`Self::program`], for the block in `path`.
    pub(crate) fn execution(
        path: PathBuf,
        source: ExecutorError,
        failure: Option<ReadFailure>,
    ) -> Self {
        match store_failure(failure) {
            Ok(error) => error,
            Err(last) => {
                let key = last.as_ref().map(|last| last.key);
                Self::Execution { path, preimage: at_fault(key, last), source: Box::new(source) }
            }
        }
    }
}

/// The error of the store, if it is that which failed, else the pre-image.
fn store_failure(failure: Option<ReadFailure>) -> Result<HostError, Option<Preimage>> {
    let Some(ReadFailure { key, hint, source }) = failure else { return Err(None) };
    let preimage = Preimage { key, hint };
    match source {
        Some(source) => Ok(HostError::Read { preimage, source: Box::new(source) }),
        None => Err(Some(preimage)),
    }
}

/// The pre-image of `key`, with the hint if the last failure was about that key.
fn at_fault(key: Option<PreimageKey>, last: Option<Preimage>) -> Option<Preimage> {
    let key = key?;
    Some(last.filter(|last| last.key == key).unwrap_or(Preimage { key, hint: None }))
}

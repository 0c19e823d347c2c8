//! How a stage answers the one behind it.
//!
//! Data is pulled from the last stage on: it asks the stage before it, and so on to L1. An answer
//! is a value, or a [`Pause`] that every stage hands on unchanged, so that a `?` in a stage reads
//! "unless there is nothing for now". "Not yet" is no error, hence [`ControlFlow`] and not
//! [`Result`].

use core::ops::ControlFlow;

use crate::{Dropped, Error, Request, ResetReason};

/// A value, or why there is none for now.
pub(crate) type Pull<T> = ControlFlow<Pause, T>;

/// Why a pull brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The current L1 block is used up: only a further one can bring more.
    BlockDone,
    /// Data from outside is missing. The same pull, repeated, goes on from here.
    Needs(Request),
    /// Data was thrown away. The same pull, repeated, goes on behind it.
    Dropped(Dropped),
    /// The L1 chain changed.
    Reset(ResetReason),
    /// Derivation can't go on.
    Failed(Error),
}

impl Pause {
    /// This pause as the end of a pull.
    pub(crate) const fn stop<T>(self) -> Pull<T> {
        ControlFlow::Break(self)
    }
}

impl From<Dropped> for Pause {
    fn from(dropped: Dropped) -> Self {
        Self::Dropped(dropped)
    }
}

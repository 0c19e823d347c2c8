//! What can go wrong, each with what to try.

use std::{io, path::PathBuf};

use alloy_primitives::B256;
use asterisc_elf::{ElfError, SymbolTable};
use asterisc_inspect::{ExplainError, FunctionTable, Line};
use asterisc_isa::RevertCode;
use asterisc_snapshot::FileError;
use asterisc_state::{Hart, SparseMemory, VmState};
use asterisc_step::StepError;

use crate::ServerError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A state or another file can't be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file can't be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is no program for this machine.
    #[error("cannot load {}", path.display())]
    Elf {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        #[source]
        source: ElfError,
    },
    /// The file with the symbols can't be read.
    #[error("cannot read the symbols in {} (pass --meta \"\" to go without)", path.display())]
    MetaRead {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file with the symbols holds something else.
    #[error("{} holds no symbols (pass --meta \"\" to go without)", path.display())]
    Meta {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        #[source]
        source: serde_json::Error,
    },
    /// The program came to a step that reverts.
    #[error(
        "revert {code} at step {step}, pc {pc:#x} in {symbol}: {instruction}; \
         no valid next state exists"
    )]
    Revert {
        /// Code and meaning.
        code: RevertCode,
        /// The step, counted before it.
        step: u64,
        /// Address of the instruction.
        pc: u64,
        /// Symbol it lies in.
        symbol: String,
        /// The instruction.
        instruction: String,
    },
    /// The program read past the end of a pre-image: that step reverts on chain.
    #[error(
        "the program reads pre-image {key} at offset {offset}, past its end at {length}, at step \
         {step}, pc {pc:#x} in {symbol}; no valid next state exists"
    )]
    PreimageEnd {
        /// Key of the pre-image.
        key: B256,
        /// Where the program reads.
        offset: u64,
        /// Bytes of the pre-image, the 8 of its length included.
        length: u64,
        /// The step, counted before it.
        step: u64,
        /// Address of the instruction.
        pc: u64,
        /// Symbol it lies in.
        symbol: String,
    },
    /// The program sends a hint that no server would take.
    #[error(
        "the program sends a hint of {bytes} bytes, above the limit of {max}, at step {step}, \
         pc {pc:#x} in {symbol}"
    )]
    HintLength {
        /// Bytes of the hint so far.
        bytes: u64,
        /// Bytes allowed.
        max: usize,
        /// The step, counted before it.
        step: u64,
        /// Address of the instruction.
        pc: u64,
        /// Symbol it lies in.
        symbol: String,
    },
    /// No function has the name.
    #[error("no function is called {name:?}; a whole name is one, or its end behind ::")]
    NoFunction {
        /// The name asked for.
        name: String,
    },
    /// There is nothing to list, or more than a listing is good for.
    #[error("{from:#x} to {to:#x} is no range of 1 to {max} bytes")]
    Range {
        /// The first address.
        from: u64,
        /// The address behind the last one.
        to: u64,
        /// Bytes of a listing, at most.
        max: u64,
    },
    /// A state is past the step that was asked for.
    #[error("the state is at step {actual} already, which is past step {wanted}")]
    PastStep {
        /// Step asked for.
        wanted: u64,
        /// Step of the state.
        actual: u64,
    },
    /// A run has no step to prove.
    #[error("there is no step to prove: the run ends at step {step}, where the state is already")]
    NothingToProve {
        /// Step of the state.
        step: u64,
    },
    /// The step replayed from its witness comes to something else: an error of this program.
    #[error("this must not happen, please report it: {0}")]
    Replay(ExplainError<ServerError>),
    /// Not all come to the same state: an error of this program.
    #[error(
        "this must not happen, please report it: step {step} leads to state {expected}, but {who} \
         says {actual}"
    )]
    Disagree {
        /// The step, counted before it.
        step: u64,
        /// State that the fast engine came to.
        expected: B256,
        /// Who does not agree.
        who: &'static str,
        /// What that one came to: a state, or why there is none.
        actual: String,
    },
    /// The pre-image server failed.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The result can't be printed.
    #[error("cannot write the result")]
    Output(#[from] io::Error),
    /// Signals can't be listened to.
    #[error("cannot listen to signals")]
    Signals(#[from] ctrlc::Error),
    /// A person or a script stopped the run.
    #[error("command interrupted")]
    Interrupted,
}

impl CliError {
    /// A step that failed. The step counter of `state` counts it already; pc is still at it.
    pub(crate) fn from_step<M: SparseMemory>(
        error: StepError<ServerError>,
        state: &VmState<M>,
        symbols: &SymbolTable,
    ) -> Self {
        let Hart { step, pc, .. } = state.hart;
        let step = step.saturating_sub(1);
        let functions = FunctionTable::new(symbols);
        let symbol = functions.locate(pc).to_string();
        match error {
            StepError::Revert(code) => {
                let instruction = Line::at(&state.memory, pc, &functions).text;
                Self::Revert { code, step, pc, symbol, instruction }
            }
            StepError::PreimageEnd { key, offset, length } => {
                Self::PreimageEnd { key, offset, length, step, pc, symbol }
            }
            StepError::HintLength { bytes, max } => {
                Self::HintLength { bytes, max, step, pc, symbol }
            }
            StepError::Host(error) => Self::Server(error),
        }
    }

    /// Exit status: 130 after a signal, 1 else.
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::Interrupted => 130,
            _ => 1,
        }
    }
}

//! A guest, and what running it comes to.

use std::{fs, path::Path};

use asterisc_elf::{LoadedProgram, Symbol, SymbolTable, load_elf};
use asterisc_fast::{FastVm, LaneHasher};
use asterisc_state::{Hart, StateHash, VmState};
use asterisc_step::{LiveAccess, step};

use crate::{ArchiveHost, HarnessError};

/// A program, ready to run.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The state before its first step.
    pub prestate: VmState,
    /// Its symbols.
    pub symbols: SymbolTable,
}

/// What executes steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `asterisc-fast`.
    Fast,
    /// `asterisc_step::step`, on plain memory.
    Reference,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Run {
    /// The last state, without memory.
    pub hart: Hart,
    /// Hash of the last state, with its status byte.
    pub hash: StateHash,
    /// Pages of memory at the end.
    pub pages: usize,
}

impl Guest {
    /// Loads an ELF file as `asterisc load-elf` does.
    ///
    /// # Errors
    /// If it can't be read or is no program for asterisc.
    pub fn load(path: &Path) -> Result<Self, HarnessError> {
        let file = fs::read(path)
            .map_err(|source| HarnessError::Read { path: path.to_owned(), source })?;
        let LoadedProgram { state: prestate, symbols } = load_elf(&file)
            .map_err(|source| HarnessError::Elf { path: path.to_owned(), source })?;
        Ok(Self { prestate, symbols: named(symbols) })
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// If a step has no next state.
    pub fn run(&self, engine: Engine, host: &mut ArchiveHost) -> Result<Run, HarnessError> {
        match engine {
            Engine::Fast => self.run_fast(host),
            Engine::Reference => self.run_reference(host),
        }
    }

    fn run_fast(&self, host: &mut ArchiveHost) -> Result<Run, HarnessError> {
        let mut vm = FastVm::new(&self.prestate);
        while !vm.hart().exited {
            let result = vm.run(u64::MAX, host);
            result.map_err(|source| HarnessError::Step { step: vm.hart().step, source })?;
        }
        let pages = vm.page_count();
        let hash = vm.witness(&LaneHasher::detect()).hash();
        Ok(Run { hart: vm.hart().clone(), hash, pages })
    }

    fn run_reference(&self, host: &mut ArchiveHost) -> Result<Run, HarnessError> {
        let mut state = self.prestate.clone();
        while !state.hart.exited {
            let at = state.hart.step;
            step(&mut LiveAccess { state: &mut state, host })
                .map_err(|source| HarnessError::Step { step: at, source })?;
        }
        let hash = state.hash(&LaneHasher::detect());
        let pages = state.memory.pages().count();
        Ok(Run { hart: state.hart, hash, pages })
    }
}

/// Without the labels that compilers make up, which hide the function they are in.
fn named(symbols: SymbolTable) -> SymbolTable {
    let is_name = |symbol: &&Symbol| !symbol.name.starts_with(['.', '$']) && symbol.size > 0;
    SymbolTable::new(symbols.symbols().iter().filter(is_name).cloned().collect())
}

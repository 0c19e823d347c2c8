//! `cargo xtask prestate`: the absolute prestates of the program, by its reproducible build.
//!
//! A game on chain is about one prestate: the hash of the machine's state before the first step,
//! with the program in memory. `prestates.json` keeps them under version control.

use std::{collections::BTreeMap, fs};

use asterisc_elf::load_elf;
use asterisc_state::PortableHasher;

use super::guest;
use crate::{
    process::{Failure, Result, announce},
    workspace::Workspace,
};

/// The file, from the root.
const FILE: &str = "prestates.json";
/// Programs that games are about, and what they are built for.
const PROGRAMS: [&str; 2] = ["kona-client", "kona-client-2024"];
const VARIANT: &str = "riscv64imac";

/// Hashes by program, by variant.
type Prestates = BTreeMap<String, BTreeMap<String, String>>;

/// Builds the programs and writes their prestates, or with `verify` fails if one is another.
pub(crate) fn run(workspace: &Workspace, verify: bool) -> Result {
    for program in PROGRAMS {
        guest::run(workspace, Some(program), None)?;
    }
    let computed = compute(workspace)?;
    let mut text = serde_json::to_string_pretty(&computed)
        .map_err(|error| Failure::new(format!("{FILE}: {error}")))?;
    text.push('\n');
    if !verify {
        announce(format_args!("writing {FILE}"));
        return fs::write(workspace.root.join(FILE), text)
            .map_err(|error| Failure::new(format!("{FILE}: {error}")));
    }
    let recorded: Prestates = serde_json::from_str(&workspace.read(FILE)?)
        .map_err(|error| Failure::new(format!("{FILE}: {error}")))?;
    if recorded == computed {
        print!("{text}");
        return Ok(());
    }
    Err(Failure::new(format!(
        "the prestates built here are others than those of {FILE}:\n{text}\
         after a change that is meant, run `cargo xtask prestate`"
    )))
}

fn compute(workspace: &Workspace) -> Result<Prestates> {
    let mut prestates = Prestates::new();
    for name in PROGRAMS {
        let path = guest::root(workspace).join(VARIANT).join(name);
        let failed = |error: String| Failure::new(format!("{}: {error}", path.display()));
        let file = fs::read(&path).map_err(|error| failed(error.to_string()))?;
        let mut program = load_elf(&file).map_err(|error| failed(error.to_string()))?;
        let hash = program.state.hash(&PortableHasher).to_string();
        prestates.entry(name.to_owned()).or_default().insert(VARIANT.to_owned(), hash);
    }
    Ok(prestates)
}

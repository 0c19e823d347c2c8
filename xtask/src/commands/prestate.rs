//! `cargo xtask prestate`: the absolute prestates of the program, by its reproducible build.
//!
//! A game on chain is about one prestate: the hash of the machine's state before the first step,
//! with the program in memory. `prestates.json` keeps them under version control.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use asterisc_elf::{LoadedProgram, load_elf};
use asterisc_snapshot::{FileError, save_document, save_state, write_meta};
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

/// Builds the programs and writes their prestates, or with `verify` fails if one is another. With
/// `output`, that folder gets the files of a release as well.
pub(crate) fn run(workspace: &Workspace, verify: bool, output: Option<&Path>) -> Result {
    for program in PROGRAMS {
        guest::run(workspace, Some(program), None, guest::Toolchain::Debian)?;
    }
    let mut computed = Prestates::new();
    for name in PROGRAMS {
        let mut program = load(workspace, name)?;
        let hash = program.state.hash(&PortableHasher).to_string();
        if let Some(folder) = output {
            write_files(workspace, folder, name, &mut program, &hash)?;
        }
        computed.entry(name.to_owned()).or_default().insert(VARIANT.to_owned(), hash);
    }
    let mut text =
        serde_json::to_string_pretty(&computed).map_err(|error| failed(FILE.as_ref(), &error))?;
    text.push('\n');
    if let Some(folder) = output {
        write(&folder.join(FILE), &text)?;
    }
    if !verify {
        return write(&workspace.root.join(FILE), &text);
    }
    let recorded: Prestates = serde_json::from_str(&workspace.read(FILE)?)
        .map_err(|error| failed(FILE.as_ref(), &error))?;
    if recorded == computed {
        print!("{text}");
        return Ok(());
    }
    Err(Failure::new(format!(
        "the prestates built here are others than those of {FILE}:\n{text}\
         after a change that is meant, run `cargo xtask prestate`"
    )))
}

/// Where the build put a program.
fn elf(workspace: &Workspace, name: &str) -> PathBuf {
    guest::root(workspace).join(VARIANT).join(name)
}

fn load(workspace: &Workspace, name: &str) -> Result<LoadedProgram> {
    let path = elf(workspace, name);
    let file = fs::read(&path).map_err(|error| failed(&path, &error))?;
    load_elf(&file).map_err(|error| failed(&path, &error))
}

/// The program, its symbols, and its state by the name that op-challenger looks for.
fn write_files(
    workspace: &Workspace,
    folder: &Path,
    name: &str,
    program: &mut LoadedProgram,
    hash: &str,
) -> Result {
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let elf = elf(workspace, name);
    let copy = folder.join(format!("{name}-{VARIANT}.elf"));
    fs::copy(elf, &copy).map_err(|error| failed(&copy, &error))?;
    let unwritten = |error: FileError| match error.source() {
        Some(cause) => Failure::new(format!("{error}: {cause}")),
        None => Failure::new(error.to_string()),
    };
    let meta = folder.join(format!("{name}-{VARIANT}.meta.json"));
    save_document(&meta, |out| write_meta(&program.symbols, out)).map_err(unwritten)?;
    let state = folder.join(format!("{hash}.bin.gz"));
    save_state(&mut program.state, &state, &PortableHasher).map_err(unwritten)
}

fn write(path: &Path, text: &str) -> Result {
    announce(format_args!("writing {}", path.display()));
    fs::write(path, text).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &impl std::fmt::Display) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

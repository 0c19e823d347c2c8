//! Where the repository is, and what is in it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::process::{self, Failure, Result};

/// Folders that builds make, which are no part of the repository.
const BUILT_FOLDERS: [&str; 4] = ["target", "node_modules", "out", "cache"];

/// The repository.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Its root folder.
    pub(crate) root: PathBuf,
    /// What Cargo knows of it.
    pub(crate) metadata: Metadata,
}

impl Workspace {
    /// Finds the repository this command was built from.
    pub(crate) fn find() -> Result<Self> {
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let xtask = manifest_dir.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = xtask.parent().unwrap_or(&xtask).to_path_buf();
        let metadata = MetadataCommand::new()
            .no_deps()
            .manifest_path(root.join("Cargo.toml"))
            .exec()
            .map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { root, metadata })
    }

    /// Cargo, in the root folder.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root);
        cargo
    }

    /// Where builds go.
    pub(crate) fn target_dir(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// Packages of the workspace.
    pub(crate) fn packages(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    /// Files under version control and new ones that are not ignored, as paths from the root.
    ///
    /// Where there is no git, all files but hidden ones and those of builds.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut git = Command::new("git");
        git.current_dir(&self.root);
        git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
        if let Ok(list) = process::read(&mut git) {
            let exists = |path: &&str| self.root.join(path).is_file();
            return Ok(list.lines().filter(exists).map(str::to_owned).collect());
        }
        let mut files = Vec::new();
        self.walk(&self.root, &mut files)
            .map_err(|error| Failure::new(format!("{}: {error}", self.root.display())))?;
        Ok(files)
    }

    fn walk(&self, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') || BUILT_FOLDERS.contains(&&*name) {
                continue;
            }
            if path.is_dir() {
                self.walk(&path, files)?;
            } else if let Some(path) = self.relative(&path).to_str() {
                files.push(path.to_owned());
            }
        }
        Ok(())
    }

    /// The text of a file, by its path from the root.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.root.join(path))
            .map_err(|error| Failure::new(format!("{path}: {error}")))
    }

    /// A path as seen from the root.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// The folder with fixtures: `FIXTURES_DIR`, else beside the repository.
    ///
    /// # Errors
    /// If there is none, with what to set.
    pub(crate) fn fixtures(&self) -> Result<PathBuf> {
        let given = env::var_os("FIXTURES_DIR").map(PathBuf::from);
        let folder = given.unwrap_or_else(|| self.root.join("../shared/fixtures"));
        folder.canonicalize().map_err(|_| {
            Failure::unavailable(format!(
                "no fixtures at {}; set FIXTURES_DIR to the folder that has them",
                folder.display()
            ))
        })
    }

    /// The source of the kernels for the VM: in `KERNELS_DIR`, else beside the fixtures.
    ///
    /// # Errors
    /// If it is not there, with what to set.
    pub(crate) fn kernels(&self) -> Result<PathBuf> {
        let folder = match env::var_os("KERNELS_DIR") {
            Some(given) => PathBuf::from(given),
            None => self.fixtures()?.join("../bench"),
        };
        folder.join("kernels.c").canonicalize().map_err(|_| {
            Failure::unavailable(format!(
                "no kernels.c in {}; set KERNELS_DIR to the folder that has it",
                folder.display()
            ))
        })
    }
}

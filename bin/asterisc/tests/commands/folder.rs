//! A folder to run commands in, and what they say compared with what is checked in.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Output},
};

use serde_json::{Value, json};

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_asterisc");

/// A folder for one test that is removed when it ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("asterisc-{name}-{}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        Command::new(BINARY).args(args).current_dir(&self.0).output().unwrap()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), content).unwrap();
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.0.join(name)).unwrap()).unwrap()
    }

    /// Writes a state that is about to execute `code`.
    pub(crate) fn write_state(&self, code: &[u32], registers: &[(usize, u64)]) {
        let mut page: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        page.resize(4096, 0);
        let mut values = [0u64; 32];
        for (register, value) in registers {
            values[*register] = *value;
        }
        let state = json!({
            "memory": [{"index": 1, "data": hex(&page)}], "pc": 0x1000,
            "registers": values.as_slice(),
        });
        self.write("state.json", state.to_string());
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Compares with `tests/commands/NAME`; with `UPDATE_PAGES` in the environment, writes it anew.
pub(crate) fn compare(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands").join(name);
    if env::var_os("UPDATE_PAGES").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{name} is another; UPDATE_PAGES=1 writes it anew");
}

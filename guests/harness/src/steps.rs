//! The table of guest steps: how many steps each guest takes for each fixture.
//!
//! A step is what a dispute is about and what a challenger has to run, so a change of the numbers
//! is to be seen in review. Builds are reproducible, so the numbers are exact.

use std::{
    collections::BTreeMap,
    env, fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use crate::HarnessError;

/// Set to write the table anew instead of comparing.
const UPDATE: &str = "UPDATE_GUEST_STEPS";

/// Whose turn it is to use the table.
static TURN: Mutex<()> = Mutex::new(());

/// Steps by fixture, by guest.
type Table = BTreeMap<String, BTreeMap<String, u64>>;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../steps.json")
}

/// Compares the steps of one guest for each fixture with the table, or puts them into it if
/// `UPDATE_GUEST_STEPS` is set. Gives one line for each difference.
///
/// # Errors
/// If the table can't be read or written.
pub fn compare_steps(guest: &str, steps: &[(&str, u64)]) -> Result<Vec<String>, HarnessError> {
    // Tests run side by side, and one that is written is not to be read meanwhile.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |source| HarnessError::Read { path: path(), source };
    let broken = |source| HarnessError::Json { path: path(), source };
    let text = fs::read(path()).map_err(failed)?;
    let mut table: Table = serde_json::from_slice(&text).map_err(broken)?;
    if env::var_os(UPDATE).is_some() {
        let rows = steps.iter().map(|(fixture, steps)| ((*fixture).to_owned(), *steps));
        table.entry(guest.to_owned()).or_default().extend(rows);
        let mut text = serde_json::to_string_pretty(&table).map_err(broken)?;
        text.push('\n');
        fs::write(path(), text).map_err(failed)?;
        return Ok(Vec::new());
    }
    let expected = table.get(guest);
    let differences = steps.iter().filter_map(|(fixture, actual)| {
        let expected = expected.and_then(|rows| rows.get(*fixture)).copied();
        (expected != Some(*actual))
            .then(|| format!("{guest}, {fixture}: {actual} steps, {expected:?} in steps.json"))
    });
    Ok(differences.collect())
}

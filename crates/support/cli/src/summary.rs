//! Figures of a run, on stderr.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Names and values, printed as two columns.
///
/// ```
/// let mut summary = support_cli::Summary::new("run");
/// summary.row("blocks derived", 1).row("time", "0.41 s");
/// assert_eq!(summary.to_string(), "run\n  blocks derived  1\n  time            0.41 s\n");
/// ```
#[derive(Debug, Clone)]
pub struct Summary {
    title: String,
    rows: Vec<(&'static str, String)>,
}

impl Summary {
    /// An empty table under `title`.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        self.rows.push((name, value.to_string()));
        self
    }

    /// Writes the table to stderr. There is nobody to tell if that fails.
    pub fn print(&self) {
        let _ = write!(io::stderr().lock(), "{self}");
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.title)?;
        let width = self.rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in &self.rows {
            writeln!(f, "  {name:width$}  {value}")?;
        }
        Ok(())
    }
}

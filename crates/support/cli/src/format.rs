//! The result of a command, on stdout.

use std::{
    fmt::Display,
    io::{self, Write},
};

use serde::Serialize;

/// Who reads the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// People.
    #[default]
    Text,
    /// Scripts: one JSON object on one line.
    Json,
}

/// Writes a result to stdout.
///
/// # Errors
/// If stdout can't be written, such as a pipe whose reader is gone.
pub fn print_result<R: Display + Serialize>(format: OutputFormat, result: &R) -> io::Result<()> {
    write_result(&mut io::stdout().lock(), format, result)
}

/// Writes a result to `out`: its [`Display`] text, or its JSON.
///
/// # Errors
/// If `out` can't be written.
pub fn write_result<R: Display + Serialize>(
    out: &mut impl Write,
    format: OutputFormat,
    result: &R,
) -> io::Result<()> {
    match format {
        OutputFormat::Text => writeln!(out, "{result}")?,
        OutputFormat::Json => {
            serde_json::to_writer(&mut *out, result)?;
            writeln!(out)?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Answer {
        value: u8,
    }

    impl Display for Answer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "the value is {}", self.value)
        }
    }

    #[test]
    fn a_result_is_text_or_one_line_of_json() {
        let check = |format, expect: &str| {
            let mut out = Vec::new();
            write_result(&mut out, format, &Answer { value: 7 }).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expect);
        };
        check(OutputFormat::Text, "the value is 7\n");
        check(OutputFormat::Json, "{\"value\":7}\n");
    }
}

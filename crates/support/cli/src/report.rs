//! Errors, as a person or a script gets them on stderr.

use std::{
    error::Error,
    io::{self, Write},
};

use serde::Serialize;

use crate::{Exit, OutputFormat};

/// An error that can be shown to whoever ran the command.
pub trait Report: Error {
    /// A stable name for scripts, in lower case with hyphens.
    fn code(&self) -> &'static str;

    /// How the binary ends.
    fn exit(&self) -> Exit;

    /// The value that was wrong: a key, a path, a flag.
    fn value(&self) -> Option<String> {
        None
    }

    /// What to try next.
    fn advice(&self) -> Option<String> {
        None
    }
}

/// Writes an error to stderr. There is nobody to tell if that fails.
pub fn print_error(format: OutputFormat, error: &(impl Report + 'static)) {
    let _ = write_error(&mut io::stderr().lock(), format, error);
}

/// Writes a line to stderr. There is nobody to tell if that fails.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes an error to `out`.
///
/// # Errors
/// If `out` can't be written.
pub fn write_error(
    out: &mut impl Write,
    format: OutputFormat,
    error: &(impl Report + 'static),
) -> io::Result<()> {
    match format {
        OutputFormat::Text => write_text(out, error)?,
        OutputFormat::Json => {
            serde_json::to_writer(&mut *out, &ErrorObject::new(error))?;
            writeln!(out)?;
        }
    }
    out.flush()
}

fn write_text(out: &mut impl Write, error: &(impl Report + 'static)) -> io::Result<()> {
    writeln!(out, "error: {error} [{}]", error.code())?;
    if let Some(value) = error.value() {
        writeln!(out, "  value: {value}")?;
    }
    for cause in causes(error) {
        writeln!(out, "  cause: {cause}")?;
    }
    if let Some(advice) = error.advice() {
        writeln!(out, "  try:   {advice}")?;
    }
    Ok(())
}

/// The texts of all sources, outermost first. A source that only repeats its holder is left out.
fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut last = error.to_string();
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        if text != last {
            causes.push(text.clone());
        }
        last = text;
        next = source.source();
    }
    causes
}

/// The JSON form of an error.
#[derive(Serialize)]
struct ErrorObject {
    error: ErrorFields,
}

#[derive(Serialize)]
struct ErrorFields {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    causes: Vec<String>,
    #[serde(rename = "try", skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
    exit_code: u8,
}

impl ErrorObject {
    fn new(error: &(impl Report + 'static)) -> Self {
        Self {
            error: ErrorFields {
                code: error.code(),
                message: error.to_string(),
                value: error.value(),
                causes: causes(error),
                advice: error.advice(),
                exit_code: error.exit().code(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the file can't be read")]
    struct FileError(#[source] Wrapper);

    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    struct Wrapper(#[from] io::Error);

    impl Report for FileError {
        fn code(&self) -> &'static str {
            "file-unreadable"
        }

        fn exit(&self) -> Exit {
            Exit::NoInput
        }

        fn value(&self) -> Option<String> {
            Some("/x".into())
        }

        fn advice(&self) -> Option<String> {
            Some("name another file".into())
        }
    }

    fn render(format: OutputFormat) -> String {
        let mut out = Vec::new();
        let error = FileError(Wrapper(io::Error::other("no such disk")));
        write_error(&mut out, format, &error).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_names_code_value_cause_and_next_step() {
        let expected = "error: the file can't be read [file-unreadable]\n  value: /x\n  \
                        cause: no such disk\n  try:   name another file\n";
        assert_eq!(render(OutputFormat::Text), expected);
    }

    #[test]
    fn json_is_one_line_with_the_same_facts() {
        let expected = concat!(
            r#"{"error":{"code":"file-unreadable","message":"the file can't be read","#,
            r#""value":"/x","causes":["no such disk"],"try":"name another file","exit_code":66}}"#,
            "\n"
        );
        assert_eq!(render(OutputFormat::Json), expected);
    }
}

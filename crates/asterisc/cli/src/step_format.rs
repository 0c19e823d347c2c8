//! Names of files with the step in them.

use std::{path::PathBuf, str::FromStr};

/// A name with a place for the step, as in `proof-%d.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFormat {
    before: String,
    after: String,
}

/// A name without one place for the step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} must have one %d, for the step, and no other % but %%")]
pub struct StepFormatError {
    /// The name.
    pub text: String,
}

impl StepFormat {
    /// The file for `step`.
    pub fn path(&self, step: u64) -> PathBuf {
        PathBuf::from(format!("{}{step}{}", self.before, self.after))
    }
}

impl FromStr for StepFormat {
    type Err = StepFormatError;

    fn from_str(text: &str) -> Result<Self, StepFormatError> {
        let error = || StepFormatError { text: text.to_owned() };
        let mut parts = vec![String::new()];
        let mut rest = text;
        while let Some((literal, verb)) = rest.split_once('%') {
            let last = parts.last_mut().ok_or_else(error)?;
            last.push_str(literal);
            rest = if let Some(rest) = verb.strip_prefix('%') {
                last.push('%');
                rest
            } else {
                parts.push(String::new());
                verb.strip_prefix('d').ok_or_else(error)?
            };
        }
        parts.last_mut().ok_or_else(error)?.push_str(rest);
        match <[String; 2]>::try_from(parts) {
            Ok([before, after]) => Ok(Self { before, after }),
            Err(_) => Err(error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_goes_where_the_verb_is() {
        let path = |text: &str| text.parse::<StepFormat>().unwrap().path(17);
        assert_eq!(path("proof-%d.json"), PathBuf::from("proof-17.json"));
        assert_eq!(path("a%%/%d"), PathBuf::from("a%/17"));
        for text in ["proof.json", "%d-%d", "%x", "%", "-"] {
            assert!(text.parse::<StepFormat>().is_err(), "{text}");
        }
    }
}

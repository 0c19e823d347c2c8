//! Patterns of steps: at which steps something is done.

use std::{num::NonZeroU64, str::FromStr};

/// At which steps something is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pattern {
    /// `never`, or nothing.
    #[default]
    Never,
    /// `always`.
    Always,
    /// `=N`: at step N.
    At(u64),
    /// `%N`: at every step that N divides, 0 included.
    Every(NonZeroU64),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The text has another form.
    #[error("{text:?} is no pattern: never, always, =STEP or %STEPS is one")]
    Form {
        /// The text.
        text: String,
    },
    /// What follows the sign is no number.
    #[error("{text:?} is no pattern: {number:?} is no number of 64 bits")]
    Number {
        /// The text.
        text: String,
        /// The part that should be a number.
        number: String,
    },
    /// Nothing is divisible by zero.
    #[error("{text:?} is no pattern: no step is divisible by 0")]
    Zero {
        /// The text.
        text: String,
    },
}

impl Pattern {
    /// Whether `step` is one of the steps.
    pub const fn matches(self, step: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::At(at) => step == at,
            Self::Every(every) => step.is_multiple_of(every.get()),
        }
    }

    /// The first of the steps after `step`, if there is one.
    pub const fn next_after(self, step: u64) -> Option<u64> {
        match self {
            Self::Always => step.checked_add(1),
            Self::At(at) if at > step => Some(at),
            Self::Never | Self::At(_) => None,
            Self::Every(every) => (step - step % every.get()).checked_add(every.get()),
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let number = |number: &str| {
            parse_number(number).ok_or_else(|| PatternError::Number {
                text: text.to_owned(),
                number: number.to_owned(),
            })
        };
        match text {
            "" | "never" => Ok(Self::Never),
            "always" => Ok(Self::Always),
            _ => match (text.strip_prefix('='), text.strip_prefix('%')) {
                (Some(at), _) => number(at).map(Self::At),
                (_, Some(every)) => NonZeroU64::new(number(every)?)
                    .map(Self::Every)
                    .ok_or_else(|| PatternError::Zero { text: text.to_owned() }),
                _ => Err(PatternError::Form { text: text.to_owned() }),
            },
        }
    }
}

/// A number as Go writes them: decimal, or with the prefix 0x, 0b, 0o or 0; underscores may stand
/// between digits and after a prefix.
pub(crate) fn parse_number(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (&lower[2..], 16),
        [b'0', b'b', ..] => (&lower[2..], 2),
        [b'0', b'o', ..] => (&lower[2..], 8),
        [b'0', _, ..] => (&lower[1..], 8),
        _ => (lower.as_str(), 10),
    };
    // An underscore needs a digit behind it, and one, or the prefix, before it.
    let is_misplaced = digits.ends_with('_') || digits.contains("__");
    if is_misplaced || (radix == 10 && digits.starts_with('_')) || digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), radix).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_are_those_of_op_challenger() {
        let every = |steps| Pattern::Every(NonZeroU64::new(steps).unwrap());
        let good = [
            ("", Pattern::Never),
            ("never", Pattern::Never),
            ("always", Pattern::Always),
            ("=0", Pattern::At(0)),
            ("=0x1_0", Pattern::At(16)),
            ("%100000", every(100_000)),
            ("%0b11", every(3)),
            ("%010", every(8)),
            ("%1_000", every(1000)),
            ("=18446744073709551615", Pattern::At(u64::MAX)),
        ];
        for (text, pattern) in good {
            assert_eq!(text.parse(), Ok(pattern), "{text}");
        }
        let bad =
            ["%0", "%", "=", "5", "Never", "=-1", "=1_", "=_1", "=18446744073709551616", "=+1"];
        for text in bad {
            let error = text.parse::<Pattern>().unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }

    proptest! {
        #[test]
        fn the_next_step_is_the_first_that_matches(step in 0..500u64, number in 1..60u64) {
            let every = Pattern::Every(NonZeroU64::new(number).unwrap());
            for pattern in [Pattern::Never, Pattern::Always, Pattern::At(number), every] {
                let expected = (step + 1..step + 100).find(|step| pattern.matches(*step));
                prop_assert_eq!(pattern.next_after(step), expected);
            }
        }
    }
}

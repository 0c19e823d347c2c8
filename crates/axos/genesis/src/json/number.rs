//! Whole numbers as configuration files write them: `250`, `"250"` or `"0xfa"`.

use core::fmt;

use serde::{Deserialize, Deserializer, de};

/// A number that may stand in quotes, decimal or with `0x` in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor).map(Self)
    }
}

/// For `#[serde(deserialize_with)]` on a plain `u64`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Number::deserialize(deserializer).map(|number| number.0)
}

struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number below 2^64, plain, in quotes, or as hex in quotes")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        Ok(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
        u64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let (digits, radix) = match text.strip_prefix("0x") {
            Some(digits) => (digits, 16),
            None => (text, 10),
        };
        // `from_str_radix` would take a plus sign too.
        let is_unsigned = !digits.starts_with('+');
        let parsed = u64::from_str_radix(digits, radix).ok().filter(|_| is_unsigned);
        parsed.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_read_plain_in_quotes_and_in_hex() {
        for text in ["250", "\"250\"", "\"0xfa\"", "\"0x00FA\""] {
            assert_eq!(serde_json::from_str::<Number>(text).unwrap(), Number(250), "{text}");
        }
        let max = "\"0xffffffffffffffff\"";
        assert_eq!(serde_json::from_str::<Number>(max).unwrap(), Number(u64::MAX));
    }

    #[test]
    fn what_is_not_a_whole_number_is_refused() {
        let bad =
            ["-1", "1.5", "\"\"", "\"0x\"", "\"+1\"", "\"0x+1\"", "\"fa\"", "true", "null", "[]"];
        for text in bad.into_iter().chain(["18446744073709551616", "\"0x10000000000000000\""]) {
            assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
        }
    }
}

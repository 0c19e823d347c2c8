//! Ends a run at a read of a pre-image.

use std::str::FromStr;

use alloy_primitives::{B256, hex};

/// At which reads a run ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreimageStop {
    /// At a read of a key that begins so, at an offset.
    pub key: KeyStop,
    /// At a read of a pre-image with more bytes than this, the 8 bytes of its length included; 0
    /// is never.
    pub larger_than: u64,
}

/// Which keys, and where in their pre-images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum KeyStop {
    /// None.
    #[default]
    Never,
    /// All of them.
    Any,
    /// Those with a prefix, at one offset.
    Prefix {
        /// First bytes of the key.
        prefix: Vec<u8>,
        /// Offset of the read, the 8 bytes of length included.
        offset: u64,
    },
}

/// Why a text does not name keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyStopError {
    /// The prefix is no hexadecimal number of at most 32 bytes.
    #[error("{text:?} is no prefix of a key: at most 64 hexadecimal digits, two to a byte")]
    Prefix {
        /// The text.
        text: String,
    },
    /// The offset is no number.
    #[error("{text:?} is no offset in a pre-image")]
    Offset {
        /// The text.
        text: String,
    },
    /// There is no such type.
    #[error("{text:?} is no type of key: local, keccak, sha256, blob, precompile or any is one")]
    Type {
        /// The text.
        text: String,
    },
}

impl PreimageStop {
    /// Whether a run ends with a read at `offset` of a pre-image with `length` bytes of data.
    pub fn matches(&self, key: B256, offset: u64, length: u64) -> bool {
        let by_key = match &self.key {
            KeyStop::Never => false,
            KeyStop::Any => true,
            KeyStop::Prefix { prefix, offset: wanted } => {
                key.starts_with(prefix) && offset == *wanted
            }
        };
        by_key || (self.larger_than != 0 && length.saturating_add(8) > self.larger_than)
    }
}

impl KeyStop {
    /// The first read of any key of a type.
    ///
    /// # Errors
    /// Where there is no such type.
    pub fn of_type(text: &str) -> Result<Self, KeyStopError> {
        let kind = match text {
            "any" => return Ok(Self::Any),
            "local" => 1,
            "keccak" => 2,
            "sha256" => 4,
            "blob" => 5,
            "precompile" => 6,
            _ => return Err(KeyStopError::Type { text: text.to_owned() }),
        };
        Ok(Self::Prefix { prefix: vec![kind], offset: 0 })
    }
}

impl FromStr for KeyStop {
    type Err = KeyStopError;

    /// `PREFIX` or `PREFIX@OFFSET`; an empty prefix is never met.
    fn from_str(text: &str) -> Result<Self, KeyStopError> {
        let (prefix, offset) = text.split_once('@').unwrap_or((text, "0"));
        let bytes = hex::decode(prefix)
            .ok()
            .filter(|bytes| bytes.len() <= 32)
            .ok_or_else(|| KeyStopError::Prefix { text: prefix.to_owned() })?;
        // Always decimal: 010 is ten here, unlike in other numbers.
        let offset = Some(offset)
            .filter(|offset| !offset.starts_with('+'))
            .and_then(|offset| offset.parse().ok())
            .ok_or_else(|| KeyStopError::Offset { text: offset.to_owned() })?;
        if bytes.is_empty() {
            return Ok(Self::Never);
        }
        Ok(Self::Prefix { prefix: bytes, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(stop: &str, key: B256, offset: u64) -> bool {
        let key_stop = stop.parse::<KeyStop>().unwrap();
        PreimageStop { key: key_stop, larger_than: 0 }.matches(key, offset, 100)
    }

    #[test]
    fn a_prefix_and_an_offset_name_a_read() {
        let key = B256::repeat_byte(0x02);
        assert!(stops("0x0202", key, 0));
        assert!(!stops("0x0202", key, 8));
        assert!(stops("02@8", key, 8));
        assert!(!stops("03", key, 0));
        assert!(!stops("", key, 0));
        for text in ["0x0", "zz", &"00".repeat(33)] {
            assert!(matches!(text.parse::<KeyStop>(), Err(KeyStopError::Prefix { .. })), "{text}");
        }
        for text in ["02@x", "02@", "02@+8", "02@0x8"] {
            assert!(matches!(text.parse::<KeyStop>(), Err(KeyStopError::Offset { .. })), "{text}");
        }
    }

    #[test]
    fn an_offset_is_decimal_with_zeros_before_it_too() {
        let key = B256::repeat_byte(0x02);
        assert!(stops("02@010", key, 10));
        assert!(stops("02@08", key, 8));
    }

    #[test]
    fn a_type_names_its_first_reads_and_any_names_all() {
        let by_type =
            |kind: &str| PreimageStop { key: KeyStop::of_type(kind).unwrap(), larger_than: 0 };
        let keccak = B256::repeat_byte(0x02);
        assert!(by_type("keccak").matches(keccak, 0, 1));
        assert!(!by_type("keccak").matches(keccak, 8, 1));
        assert!(!by_type("blob").matches(keccak, 0, 1));
        assert!(by_type("any").matches(keccak, 8, 1));
        assert!(KeyStop::of_type("kzg").is_err());
    }

    #[test]
    fn a_size_counts_the_length_before_the_data() {
        let stop = PreimageStop { key: KeyStop::Never, larger_than: 40 };
        assert!(!stop.matches(B256::ZERO, 0, 32));
        assert!(stop.matches(B256::ZERO, 0, 33));
        assert!(!PreimageStop::default().matches(B256::ZERO, 0, u64::MAX));
    }
}

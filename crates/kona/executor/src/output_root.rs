//! The output root: one hash for an L2 block and the state it left.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 32 | version, all zero |
//! | 32 | 32 | state root |
//! | 64 | 32 | storage root of the `L2ToL1MessagePasser` |
//! | 96 | 32 | block hash |
//!
//! Spec: protocol/proposals.md#l2-output-commitment-construction

use alloy_primitives::{Address, B256, address, keccak256};

/// Bytes of an output root's pre-image.
pub const OUTPUT_ROOT_PREIMAGE_BYTES: usize = 128;

/// The predeploy whose storage holds the withdrawals.
///
/// Spec: protocol/predeploys.md#l2tol1messagepasser
pub(crate) const MESSAGE_PASSER: Address = address!("4200000000000000000000000000000000000016");

/// What an output root commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OutputRoot {
    /// Root of the state after the block.
    pub state_root: B256,
    /// Storage root of the `L2ToL1MessagePasser` after the block.
    pub message_passer_storage_root: B256,
    /// Hash of the block.
    pub block_hash: B256,
}

/// Why bytes are not the pre-image of an output root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutputRootError {
    /// The pre-image has another length.
    #[error("an output root's pre-image has {OUTPUT_ROOT_PREIMAGE_BYTES} bytes, not {actual}")]
    Length {
        /// Bytes found.
        actual: usize,
    },
    /// The pre-image is of another version than 0.
    #[error("an output root of version {version}, of which only 0 is known")]
    Version {
        /// Version found.
        version: B256,
    },
}

impl OutputRoot {
    /// Decodes a pre-image.
    ///
    /// # Errors
    /// [`OutputRootError`] if it is not one of version 0.
    pub fn decode(preimage: &[u8]) -> Result<Self, OutputRootError> {
        let (words, rest) = preimage.as_chunks::<32>();
        let ([version, state_root, message_passer_storage_root, block_hash], []) = (words, rest)
        else {
            return Err(OutputRootError::Length { actual: preimage.len() });
        };
        if *version != [0; 32] {
            return Err(OutputRootError::Version { version: version.into() });
        }
        Ok(Self {
            state_root: state_root.into(),
            message_passer_storage_root: message_passer_storage_root.into(),
            block_hash: block_hash.into(),
        })
    }

    /// The pre-image.
    pub fn encode(&self) -> [u8; OUTPUT_ROOT_PREIMAGE_BYTES] {
        let mut preimage = [0; OUTPUT_ROOT_PREIMAGE_BYTES];
        preimage[32..64].copy_from_slice(self.state_root.as_slice());
        preimage[64..96].copy_from_slice(self.message_passer_storage_root.as_slice());
        preimage[96..].copy_from_slice(self.block_hash.as_slice());
        preimage
    }

    /// The output root itself: keccak-256 of the pre-image.
    pub fn hash(&self) -> B256 {
        keccak256(self.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> OutputRoot {
        OutputRoot {
            state_root: B256::repeat_byte(1),
            message_passer_storage_root: B256::repeat_byte(2),
            block_hash: B256::repeat_byte(3),
        }
    }

    #[test]
    fn the_pre_image_is_four_words_of_which_the_first_is_zero() {
        let preimage = sample().encode();
        let expected = [[0; 32], [1; 32], [2; 32], [3; 32]].concat();
        assert_eq!(preimage.as_slice(), expected);
        assert_eq!(sample().hash(), keccak256(expected));
    }

    #[test]
    fn other_lengths_and_versions_are_refused() {
        let mut preimage = sample().encode().to_vec();
        for actual in [0, 127, 129, 160] {
            preimage.resize(actual, 0);
            assert_eq!(OutputRoot::decode(&preimage), Err(OutputRootError::Length { actual }));
        }
        let mut preimage = sample().encode();
        preimage[31] = 1;
        let version = B256::with_last_byte(1);
        assert_eq!(OutputRoot::decode(&preimage), Err(OutputRootError::Version { version }));
    }

    proptest! {
        #[test]
        fn decode_inverts_encode(a: [u8; 32], b: [u8; 32], c: [u8; 32]) {
            let root = OutputRoot {
                state_root: a.into(),
                message_passer_storage_root: b.into(),
                block_hash: c.into(),
            };
            prop_assert_eq!(OutputRoot::decode(&root.encode()), Ok(root));
        }
    }
}

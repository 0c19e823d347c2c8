//! The calldata of a step.

use alloy_primitives::{B256, U256};

use asterisc_state::{LeafProof, StateWitness};

/// Arguments of `step(bytes,bytes,bytes32)`.
///
/// | offset | content |
/// |---|---|
/// | 0 | selector |
/// | 4 | 96, where the state starts |
/// | 36 | 512, where the proofs start |
/// | 68 | local context |
/// | 100 | 362, then the state, padded to 384 bytes |
/// | 516 | length of the proofs, then the proofs |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepCall<'a> {
    /// The state witness before the step.
    pub prestate: &'a [u8],
    /// Leaf proofs, in the order of their use.
    pub proof: &'a [u8],
    /// What tells the local pre-images of one dispute from those of another.
    pub local_context: B256,
}

impl StepCall<'_> {
    /// Selector of the function.
    pub const SELECTOR: [u8; 4] = [0xe1, 0x4c, 0xed, 0x32];
    /// Offset of the state witness.
    pub const STATE_OFFSET: usize = 132;
    /// Offset of the first proof, where the state has the length it must have.
    pub const PROOF_OFFSET: usize = 548;

    /// The calldata. State and proofs of any length are encoded as what they are.
    pub fn encode(&self) -> Vec<u8> {
        let state = padded(self.prestate);
        let mut calldata = Vec::with_capacity(Self::PROOF_OFFSET + self.proof.len());
        calldata.extend(Self::SELECTOR);
        calldata.extend(word(3 * 32));
        calldata.extend(word(4 * 32 + state.len()));
        calldata.extend(self.local_context);
        calldata.extend(word(self.prestate.len()));
        calldata.extend(state);
        calldata.extend(word(self.proof.len()));
        calldata.extend(padded(self.proof));
        calldata
    }
}

/// A number as an ABI word.
fn word(number: usize) -> [u8; 32] {
    U256::from(number).to_be_bytes()
}

/// Bytes filled up with zeros to whole words.
fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(32), 0);
    padded
}

const _: () = assert!(StateWitness::BYTES.next_multiple_of(32) == 384);
const _: () = assert!(LeafProof::BYTES.is_multiple_of(32), "proofs need no padding");

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::keccak256;

    #[test]
    fn the_selector_is_that_of_the_signature() {
        assert_eq!(keccak256("step(bytes,bytes,bytes32)")[..4], StepCall::SELECTOR);
    }

    #[test]
    fn state_and_proofs_stand_where_the_contract_looks() {
        let call = StepCall { prestate: &[1; 362], proof: &[2; 1920], local_context: B256::ZERO };
        let calldata = call.encode();
        assert_eq!(calldata.len(), StepCall::PROOF_OFFSET + 1920);
        assert_eq!(calldata[StepCall::STATE_OFFSET - 1..][..2], [106, 1]);
        assert_eq!(calldata[StepCall::PROOF_OFFSET - 1..][..2], [128, 2]);
    }
}

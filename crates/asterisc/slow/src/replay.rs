//! One step over a witness.

use alloy_primitives::B256;
use asterisc_isa::RevertCode;
use asterisc_state::{Hart, Leaf, LeafProof, StateWitness, WitnessError};
use asterisc_step::{OutputStream, PreimagePart, StateAccess, step};

/// Hands out parts of pre-images, as the on-chain oracle does.
pub trait PreimageParts {
    /// At most 32 bytes of the pre-image (its 8-byte length, then its data) from `offset` on;
    /// `None` where that part was never loaded.
    fn part(&mut self, key: B256, offset: u64) -> Option<PreimagePart>;
}

/// Why a step can't be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The prestate is no state witness.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The proofs have no whole number of leaf proofs.
    #[error("proofs have {actual} bytes, which is no multiple of {unit}")]
    ProofLength {
        /// Bytes of one leaf proof.
        unit: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The step reverts.
    #[error("the step reverts: {0}")]
    Revert(RevertCode),
}

impl From<RevertCode> for ReplayError {
    fn from(code: RevertCode) -> Self {
        Self::Revert(code)
    }
}

/// Repeats the step from `prestate`; returns the witness of the state after it.
///
/// Proofs the step has no use for are ignored.
///
/// # Errors
/// Where the witness is malformed, a proof is missing or does not lead to the memory root, or the
/// step has no next state.
pub fn replay<O: PreimageParts>(
    prestate: &[u8],
    proofs: &[u8],
    oracle: &mut O,
) -> Result<StateWitness, ReplayError> {
    let (hart, memory_root) = StateWitness::decode(prestate)?;
    if !proofs.len().is_multiple_of(LeafProof::BYTES) {
        return Err(ReplayError::ProofLength { unit: LeafProof::BYTES, actual: proofs.len() });
    }
    let mut access = ReplayAccess { hart, memory_root, proofs, last: None, oracle };
    step(&mut access)?;
    Ok(StateWitness::encode(&access.hart, access.memory_root))
}

/// State that is known by its root and the proofs of what a step touches.
struct ReplayAccess<'a, O> {
    hart: Hart,
    memory_root: B256,
    /// Proofs that were not used yet.
    proofs: &'a [u8],
    /// The proof used last.
    last: Option<LeafProof>,
    oracle: &'a mut O,
}

impl<O: PreimageParts> StateAccess for ReplayAccess<'_, O> {
    type Error = ReplayError;

    fn hart(&mut self) -> &mut Hart {
        &mut self.hart
    }

    fn read_leaf(&mut self, address: u64) -> Result<Leaf, ReplayError> {
        let proof = self
            .proofs
            .split_off(..LeafProof::BYTES)
            .and_then(LeafProof::decode)
            .filter(|proof| proof.root(address) == self.memory_root)
            .ok_or(RevertCode::MemoryProof)?;
        let leaf = proof.leaf;
        self.last = Some(proof);
        Ok(leaf)
    }

    fn write_leaf(&mut self, address: u64, leaf: &Leaf) -> Result<(), ReplayError> {
        let proof = self.last.as_ref().ok_or(RevertCode::MemoryProof)?;
        self.memory_root = proof.root_with(address, leaf);
        Ok(())
    }

    fn read_preimage(&mut self, key: B256, offset: u64) -> Result<PreimagePart, ReplayError> {
        Ok(self.oracle.part(key, offset).ok_or(RevertCode::PreimageRead)?)
    }

    fn write_output(&mut self, _: OutputStream, _: u64, _: u64) -> Result<(), ReplayError> {
        Ok(())
    }

    fn write_hint(&mut self, _: u64, _: u64) -> Result<(), ReplayError> {
        Ok(())
    }
}

//! Steps on a live state that take a proof of every leaf they touch.

use alloc::vec::Vec;

use alloy_primitives::B256;
use asterisc_state::{
    Hart, Leaf, Memory, PairHasher, SparseMemory, StateHash, StateWitness, VmState,
};

use crate::{Host, LiveAccess, OutputStream, PreimagePart, StateAccess, StepError, step};

/// The part of a pre-image a step read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreimageRead {
    /// Typed key.
    pub key: B256,
    /// Offset of the read, the 8 bytes of length included.
    pub offset: u64,
    /// All of the data, without its length.
    pub data: Vec<u8>,
}

/// All that is needed to repeat one step without the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepWitness {
    /// The state before the step.
    pub prestate: StateWitness,
    /// Proofs of the leaves the step touches, in the order it does.
    pub proof: Vec<u8>,
    /// The pre-image the step read of, if it did.
    pub preimage: Option<PreimageRead>,
    /// Hash of the state after the step.
    pub poststate: StateHash,
}

impl StepWitness {
    /// Executes a step and records it.
    ///
    /// # Errors
    /// The state has no next one, and must not be used any more.
    pub fn record<H: Host, M: SparseMemory>(
        state: &mut VmState<M>,
        host: &mut H,
        hasher: &impl PairHasher,
    ) -> Result<Self, StepError<H::Error>> {
        let prestate = state.witness(hasher);
        let mut access = RecordingAccess::new(LiveAccess { state, host }, hasher);
        step(&mut access)?;
        let (proof, preimage) = access.finish();
        Ok(Self { prestate, proof, preimage, poststate: state.hash(hasher) })
    }
}

/// A live state of which every access is recorded.
#[derive(Debug)]
pub struct RecordingAccess<'a, H, P, M = Memory> {
    live: LiveAccess<'a, H, M>,
    hasher: &'a P,
    proof: Vec<u8>,
    preimage: Option<PreimageRead>,
}

impl<'a, H, P, M> RecordingAccess<'a, H, P, M> {
    /// Records what is accessed from now on.
    pub const fn new(live: LiveAccess<'a, H, M>, hasher: &'a P) -> Self {
        Self { live, hasher, proof: Vec::new(), preimage: None }
    }

    /// The proofs taken, in order, and the pre-image that was read; also after a step that failed.
    pub fn finish(self) -> (Vec<u8>, Option<PreimageRead>) {
        (self.proof, self.preimage)
    }
}

impl<H: Host, P: PairHasher, M: SparseMemory> StateAccess for RecordingAccess<'_, H, P, M> {
    type Error = StepError<H::Error>;

    fn hart(&mut self) -> &mut Hart {
        self.live.hart()
    }

    fn read_leaf(&mut self, address: u64) -> Result<Leaf, Self::Error> {
        let proof = self.live.state.memory.prove(address, self.hasher);
        proof.encode(&mut self.proof);
        Ok(proof.leaf)
    }

    fn write_leaf(&mut self, address: u64, leaf: &Leaf) -> Result<(), Self::Error> {
        self.live.write_leaf(address, leaf)
    }

    fn read_preimage(&mut self, key: B256, offset: u64) -> Result<PreimagePart, Self::Error> {
        let part = self.live.read_preimage(key, offset)?;
        let data = self.live.host.preimage(key, offset).map_err(StepError::Host)?.to_vec();
        self.preimage = Some(PreimageRead { key, offset, data });
        Ok(part)
    }

    fn write_output(
        &mut self,
        stream: OutputStream,
        address: u64,
        count: u64,
    ) -> Result<(), Self::Error> {
        self.live.write_output(stream, address, count)
    }

    fn write_hint(&mut self, address: u64, count: u64) -> Result<(), Self::Error> {
        self.live.write_hint(address, count)
    }
}

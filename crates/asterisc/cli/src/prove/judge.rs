//! Those who have to come to the same poststate from the witness of a step.

use alloy_primitives::B256;
use asterisc_evm::EvmStep;
use asterisc_fast::LaneHasher;
use asterisc_slow::{PreimageParts, replay};
use asterisc_state::LeafProof;
use asterisc_step::{PreimagePart, PreimageRead, StepWitness};

use crate::CliError;

/// The provable machine and the contract.
#[derive(Debug)]
pub(super) struct Judges {
    pub(super) hasher: LaneHasher,
    contract: EvmStep,
}

/// What a proven step took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    /// Leaves of memory that were proven.
    pub(super) leaves: u64,
    /// Gas inside the call.
    pub(super) gas: u64,
    /// State after the step.
    pub(super) state_hash: B256,
}

impl Default for Judges {
    fn default() -> Self {
        Self { hasher: LaneHasher::detect(), contract: EvmStep::new() }
    }
}

impl Judges {
    /// Has a step judged by both.
    pub(super) fn judge(&mut self, step: u64, witness: &StepWitness) -> Result<Verdict, CliError> {
        let expected = witness.poststate.0;
        let disagree = |who, actual| CliError::Disagree { step, expected, who, actual };

        let mut oracle = OnePreimage(witness.preimage.as_ref());
        match replay(witness.prestate.as_bytes(), &witness.proof, &mut oracle) {
            Ok(poststate) if poststate.hash() == witness.poststate => {}
            Ok(poststate) => {
                return Err(disagree("the provable machine", poststate.hash().to_string()));
            }
            Err(error) => return Err(disagree("the provable machine", error.to_string())),
        }
        let outcome = self.contract.step(witness, B256::ZERO);
        match outcome {
            Ok(outcome) if outcome.state_hash == expected => Ok(Verdict {
                leaves: (witness.proof.len() / LeafProof::BYTES) as u64,
                gas: outcome.gas_used,
                state_hash: expected,
            }),
            Ok(outcome) => Err(disagree("the contract", outcome.state_hash.to_string())),
            Err(error) => Err(disagree("the contract", error.to_string())),
        }
    }
}

/// An oracle with the pre-image of one step.
struct OnePreimage<'a>(Option<&'a PreimageRead>);

impl PreimageParts for OnePreimage<'_> {
    fn part(&mut self, key: B256, offset: u64) -> Option<PreimagePart> {
        let read = self.0.filter(|read| read.key == key)?;
        PreimagePart::of(&read.data, offset)
    }
}

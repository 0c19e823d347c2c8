//! What the L1 fee of a block's transactions is reckoned from.

use alloy_primitives::U256;
use op_revm::{L1BlockInfo, OpSpecId};

use crate::{L2StateProvider, StateError, environment::Environment, state::StateDb};

/// The values of the L1 origin as this block's own L1 attributes transaction has set them.
#[derive(Debug)]
pub(super) struct L1Fees {
    /// What op-revm reckons with.
    pub(super) values: L1BlockInfo,
    /// What Bedrock's formula takes, where it is still the one that counts.
    bedrock: Option<L1BlockInfo>,
}

impl L1Fees {
    /// Reads the values. Must be called after the deposits.
    pub(super) fn read<'a, P: L2StateProvider<'a>>(
        environment: &Environment<'_>,
        state: &mut StateDb<'a, P>,
    ) -> Result<Self, StateError> {
        let number = U256::from(environment.number);
        let values = L1BlockInfo::try_fetch(state, number, environment.spec)?;
        let bedrock = if is_before_first_ecotone_values(environment.spec, &values) {
            Some(L1BlockInfo::try_fetch(state, number, OpSpecId::CANYON)?)
        } else {
            None
        };
        Ok(Self { values, bedrock })
    }

    /// The L1 fee of a transaction, where it is not the one that op-revm comes to.
    pub(super) fn fee(&mut self, transaction: &[u8]) -> Option<U256> {
        let bedrock = self.bedrock.as_mut()?;
        bedrock.clear_tx_l1_cost();
        Some(bedrock.calculate_tx_l1_cost(transaction, OpSpecId::CANYON))
    }
}

/// Whether Ecotone's rules hold while its values were never set.
///
/// In its first block the L1 attributes transaction is still the old one, so that the old formula
/// has to be used. op-revm does so with a scalar of zero instead of the old scalar, and not at all
/// where Fjord starts in the same block. From the next block on the blob base fee is at least 1.
///
/// Spec: protocol/ecotone/l1-attributes.md#overview
fn is_before_first_ecotone_values(spec: OpSpecId, values: &L1BlockInfo) -> bool {
    let is_zero = |value: Option<U256>| value.is_none_or(|value| value.is_zero());
    spec.is_enabled_in(OpSpecId::ECOTONE)
        && is_zero(values.l1_blob_base_fee)
        && is_zero(values.l1_blob_base_fee_scalar)
        && values.l1_base_fee_scalar.is_zero()
}

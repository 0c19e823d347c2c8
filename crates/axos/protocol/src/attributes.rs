//! Payload attributes: what the execution engine needs to build one L2 block.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes};
use axos_genesis::{Fork, L1ChainConfig, L2BlockRef, RollupConfig, SystemConfig};

use crate::{
    L1BlockInfo, L1Header, L1InfoError, UpgradeBundle, needs_karst_bundle, upgrade_transactions,
};

/// What the execution engine needs to build one L2 block.
///
/// Spec: protocol/derivation.md#building-individual-payload-attributes
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayloadAttributes {
    /// Timestamp of the block, in seconds.
    pub timestamp: u64,
    /// Randomness of the L1 origin (its mix hash).
    pub prev_randao: B256,
    /// Where fees go; always the sequencer fee vault.
    pub suggested_fee_recipient: Address,
    /// \[Canyon\] Whether the block has an (always empty) withdrawals list.
    pub has_withdrawals: bool,
    /// \[Ecotone\] Parent beacon block root of the L1 origin, zero where L1 has none.
    pub parent_beacon_block_root: Option<B256>,
    /// EIP-2718 bytes of every transaction in order. Those from batches are not checked yet: what
    /// does not decode canonically makes the payload invalid.
    pub transactions: Vec<Bytes>,
    /// Gas limit of the block.
    pub gas_limit: u64,
    /// \[Holocene\] Base fee parameters for the header, (denominator, elasticity). Both 0: the
    /// chain's Canyon constants.
    pub eip1559_params: Option<(u32, u32)>,
    /// \[Jovian\] Lowest base fee for the header, in wei.
    pub min_base_fee: Option<u64>,
}

/// Fees go here: the sequencer fee vault on L2.
pub const SEQUENCER_FEE_VAULT: Address =
    alloy_primitives::address!("4200000000000000000000000000000000000011");

/// What payload attributes are made of.
#[derive(Debug, Clone, Copy)]
pub struct AttributesInput<'a> {
    /// The L2 block to build on.
    pub parent: &'a L2BlockRef,
    /// The system configuration: that of the parent, plus the updates in the L1 origin if the
    /// block is the first of its epoch.
    pub system_config: &'a SystemConfig,
    /// Header of the L1 origin.
    pub l1_header: &'a L1Header,
    /// EIP-2718 bytes of the user deposits; none unless the block is the first of its epoch.
    pub deposits: &'a [Bytes],
    /// Bundle of upgrade transactions, where
    /// [`needs_karst_bundle`](crate::needs_karst_bundle).
    pub karst_bundle: Option<&'a UpgradeBundle>,
    /// EIP-2718 bytes of the transactions of the batch.
    pub batch_transactions: &'a [Bytes],
}

/// Why payload attributes can't be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// Reset: the L1 origin is the parent's number with another hash, or does not follow it.
    #[error("L1 origin does not fit the parent's: expected {expected}, met {actual}")]
    EpochMismatch {
        /// Hash of the parent's L1 origin.
        expected: B256,
        /// Hash met in its place.
        actual: B256,
    },
    /// Reset: the block would be older than its L1 origin.
    #[error("L1 origin at {l1_time} is ahead of the L2 block at {l2_time}")]
    OriginAheadOfBlock {
        /// Time of the L1 origin, in seconds.
        l1_time: u64,
        /// Time of the L2 block, in seconds.
        l2_time: u64,
    },
    /// The first block of Karst needs its bundle.
    #[error("the first block of Karst needs its bundle of upgrade transactions")]
    KarstBundleMissing,
    /// The L1 attributes transaction can't be built.
    #[error("L1 attributes transaction can't be built")]
    L1Info(#[from] L1InfoError),
}

/// Builds the payload attributes of the next L2 block. The number tells how many of the
/// transactions, counted from the first, are deposits.
///
/// The transactions in order: L1 attributes, user deposits, upgrade transactions, batch.
///
/// # Errors
/// The first [`AttributesError`] met. [`AttributesError::is_reset`] tells those that mean that the
/// L1 chain is not the one the parent was derived from.
///
/// Spec: protocol/derivation.md#deriving-payload-attributes
pub fn build_attributes(
    config: &RollupConfig,
    l1_config: &L1ChainConfig,
    input: &AttributesInput<'_>,
) -> Result<(PayloadAttributes, usize), AttributesError> {
    let AttributesInput { parent, system_config, l1_header, .. } = *input;
    let sequence_number = compute_sequence_number(parent, l1_header)?;
    let timestamp = parent.timestamp.wrapping_add(config.block_time);
    if timestamp < l1_header.timestamp {
        let (l1_time, l2_time) = (l1_header.timestamp, timestamp);
        return Err(AttributesError::OriginAheadOfBlock { l1_time, l2_time });
    }

    // [Karst] The upgrade transactions come in a bundle and bring their own gas.
    let bundle = if needs_karst_bundle(config, timestamp) {
        Some(input.karst_bundle.ok_or(AttributesError::KarstBundleMissing)?)
    } else {
        None
    };
    let upgrade_gas = bundle.map_or(0, |bundle| bundle.gas);
    let gas_limit = system_config.gas_limit.wrapping_add(upgrade_gas);

    let l1_info =
        L1BlockInfo::new(config, l1_config, system_config, sequence_number, l1_header, timestamp)?;
    let mut transactions =
        Vec::with_capacity(1 + input.deposits.len() + input.batch_transactions.len());
    transactions.push(l1_info.to_deposit(config, timestamp));
    transactions.extend_from_slice(input.deposits);
    transactions.extend(upgrade_transactions(config, timestamp));
    transactions.extend(bundle.iter().flat_map(|bundle| &bundle.transactions).cloned());
    let deposit_count = transactions.len();
    transactions.extend_from_slice(input.batch_transactions);

    let is_active = |fork| config.is_active(fork, timestamp);
    let attributes = PayloadAttributes {
        timestamp,
        prev_randao: l1_header.mix_hash,
        suggested_fee_recipient: SEQUENCER_FEE_VAULT,
        has_withdrawals: is_active(Fork::Canyon),
        parent_beacon_block_root: is_active(Fork::Ecotone)
            .then(|| l1_header.parent_beacon_block_root.unwrap_or_default()),
        transactions,
        gas_limit,
        eip1559_params: eip1559_params(config, system_config, timestamp),
        min_base_fee: is_active(Fork::Jovian).then_some(system_config.min_base_fee),
    };
    Ok((attributes, deposit_count))
}

/// Spec: protocol/holocene/derivation.md#attributes-builder
fn eip1559_params(
    config: &RollupConfig,
    system_config: &SystemConfig,
    timestamp: u64,
) -> Option<(u32, u32)> {
    let SystemConfig { eip1559_denominator, eip1559_elasticity, .. } = *system_config;
    // [Holocene] The first block takes the chain's constants, whatever its L1 origin says.
    if config.is_activation_block(Fork::Holocene, timestamp) {
        return Some((0, 0));
    }
    let is_holocene = config.is_active(Fork::Holocene, timestamp);
    is_holocene.then_some((eip1559_denominator, eip1559_elasticity))
}

/// The distance of the next block to the first of its epoch, after checking that its L1 origin is
/// that of the parent or the block after it.
fn compute_sequence_number(
    parent: &L2BlockRef,
    l1_header: &L1Header,
) -> Result<u64, AttributesError> {
    let expected = parent.l1_origin.hash;
    let is_same_epoch = l1_header.number == parent.l1_origin.number;
    let actual = if is_same_epoch { l1_header.hash } else { l1_header.parent_hash };
    if actual != expected {
        return Err(AttributesError::EpochMismatch { expected, actual });
    }
    Ok(if is_same_epoch { parent.sequence_number.wrapping_add(1) } else { 0 })
}

impl AttributesError {
    /// Whether derivation has to start over on another L1 chain; everything else stops it.
    pub const fn is_reset(&self) -> bool {
        matches!(self, Self::EpochMismatch { .. } | Self::OriginAheadOfBlock { .. })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use alloy_primitives::{Bloom, U256};
    use axos_genesis::{ChainGenesis, ForkSchedule, L1BlockId, L1Number, L2Number};

    use super::*;
    use crate::L1InfoLayout;

    /// Ten seconds from fork to fork, blocks every two.
    fn config() -> RollupConfig {
        RollupConfig {
            genesis: ChainGenesis { l2_time: 1, ..ChainGenesis::default() },
            block_time: 2,
            forks: ForkSchedule {
                regolith_time: Some(0),
                canyon_time: Some(21),
                ecotone_time: Some(31),
                fjord_time: Some(41),
                holocene_time: Some(51),
                isthmus_time: Some(61),
                jovian_time: Some(71),
                karst_time: Some(81),
                ..ForkSchedule::default()
            },
            ..RollupConfig::default()
        }
    }

    fn system_config() -> SystemConfig {
        SystemConfig {
            gas_limit: 1_000,
            eip1559_denominator: 250,
            eip1559_elasticity: 6,
            min_base_fee: 9,
            ..SystemConfig::default()
        }
    }

    fn l1_header() -> L1Header {
        L1Header {
            hash: B256::repeat_byte(1),
            parent_hash: B256::repeat_byte(2),
            transactions_root: B256::ZERO,
            receipts_root: B256::ZERO,
            logs_bloom: Bloom::ZERO,
            number: L1Number(10),
            timestamp: 3,
            mix_hash: B256::repeat_byte(3),
            base_fee: U256::from(7),
            excess_blob_gas: None,
            parent_beacon_block_root: Some(B256::repeat_byte(4)),
        }
    }

    /// A block in the epoch before that of [`l1_header`].
    fn parent(timestamp: u64) -> L2BlockRef {
        L2BlockRef {
            hash: B256::repeat_byte(5),
            number: L2Number(20),
            parent_hash: B256::ZERO,
            timestamp,
            l1_origin: L1BlockId { hash: B256::repeat_byte(2), number: L1Number(9) },
            sequence_number: 4,
        }
    }

    fn bundle() -> UpgradeBundle {
        UpgradeBundle { transactions: vec![Bytes::from_static(b"upgrade")], gas: 500 }
    }

    fn build(
        parent: &L2BlockRef,
        l1_header: &L1Header,
        karst_bundle: Option<&UpgradeBundle>,
    ) -> Result<(PayloadAttributes, usize), AttributesError> {
        let input = AttributesInput {
            parent,
            system_config: &system_config(),
            l1_header,
            deposits: &[Bytes::from_static(b"deposit")],
            karst_bundle,
            batch_transactions: &[Bytes::from_static(b"batch")],
        };
        build_attributes(&config(), &L1ChainConfig::default(), &input)
    }

    /// Attributes of the block at `timestamp`, the first of its epoch.
    fn at(timestamp: u64) -> (PayloadAttributes, usize) {
        build(&parent(timestamp - 2), &l1_header(), Some(&bundle())).unwrap()
    }

    #[test]
    fn fields_appear_with_their_fork() {
        let expect = |timestamp, transactions| PayloadAttributes {
            timestamp,
            prev_randao: B256::repeat_byte(3),
            suggested_fee_recipient: SEQUENCER_FEE_VAULT,
            transactions,
            gas_limit: 1_000,
            ..PayloadAttributes::default()
        };
        for timestamp in [11, 23, 33, 43, 53, 63, 73, 83] {
            let (attributes, _) = at(timestamp);
            let mut expect = expect(timestamp, attributes.transactions.clone());
            expect.has_withdrawals = timestamp > 20;
            expect.parent_beacon_block_root = (timestamp > 30).then_some(B256::repeat_byte(4));
            expect.eip1559_params = (timestamp > 50).then_some((250, 6));
            expect.min_base_fee = (timestamp > 70).then_some(9);
            assert_eq!(attributes, expect, "at {timestamp}");
            assert_eq!(attributes.transactions.len(), 3);
        }
        let no_root = L1Header { parent_beacon_block_root: None, ..l1_header() };
        let (attributes, _) = build(&parent(31), &no_root, None).unwrap();
        assert_eq!(attributes.parent_beacon_block_root, Some(B256::ZERO));
    }

    #[test]
    fn eip1559_params_are_zero_in_the_first_block_of_holocene() {
        assert_eq!(at(49).0.eip1559_params, None);
        assert_eq!(at(51).0.eip1559_params, Some((0, 0)));
        assert_eq!(at(53).0.eip1559_params, Some((250, 6)));
    }

    #[test]
    fn transactions_have_their_order() {
        let (attributes, deposit_count) = at(81);
        let [info, rest @ ..] = attributes.transactions.as_slice() else {
            panic!("no transaction")
        };
        assert_eq!(rest, [&b"deposit"[..], b"upgrade", b"batch"].map(Bytes::from_static));
        assert_eq!(deposit_count, 3);
        let info = crate::DepositTransaction::decode_2718(info).unwrap();
        let info = L1BlockInfo::decode(&config(), 81, info.input).unwrap();
        assert_eq!(info.layout(), L1InfoLayout::Jovian);
        assert_eq!((info.l1_origin, info.sequence_number), (l1_header().block_ref().id(), 0));

        let (attributes, deposit_count) = at(31);
        assert_eq!((attributes.transactions.len(), deposit_count), (1 + 1 + 6 + 1, 8));
        assert_eq!(attributes.transactions[2], upgrade_transactions(&config(), 31)[0]);
    }

    #[test]
    fn first_block_of_karst_has_the_gas_of_its_bundle_on_top() {
        assert_eq!(at(79).0.gas_limit, 1_000);
        assert_eq!(at(81).0.gas_limit, 1_500);
        assert_eq!(at(83).0.gas_limit, 1_000);
        let without = build(&parent(79), &l1_header(), None);
        assert_eq!(without, Err(AttributesError::KarstBundleMissing));
        assert!(!AttributesError::KarstBundleMissing.is_reset());
    }

    #[test]
    fn l1_origin_must_be_the_parents_or_the_next() {
        let sequence_number = |parent: &L2BlockRef, l1_header: &L1Header| {
            let (attributes, _) = build(parent, l1_header, None)?;
            let info = crate::DepositTransaction::decode_2718(&attributes.transactions[0]).unwrap();
            let info = L1BlockInfo::decode(&config(), attributes.timestamp, info.input).unwrap();
            Ok::<_, AttributesError>(info.sequence_number)
        };
        let same_epoch = L2BlockRef { l1_origin: l1_header().block_ref().id(), ..parent(11) };
        assert_eq!(sequence_number(&parent(11), &l1_header()), Ok(0));
        assert_eq!(sequence_number(&same_epoch, &l1_header()), Ok(5));

        let expected = B256::repeat_byte(2);
        let actual = B256::repeat_byte(9);
        let no_child = L1Header { parent_hash: actual, ..l1_header() };
        let mismatch = AttributesError::EpochMismatch { expected, actual };
        assert_eq!(sequence_number(&parent(11), &no_child), Err(mismatch));
        assert!(mismatch.is_reset());
        let sibling = L1Header { hash: actual, ..l1_header() };
        let mismatch = AttributesError::EpochMismatch { expected: l1_header().hash, actual };
        assert_eq!(sequence_number(&same_epoch, &sibling), Err(mismatch));
    }

    #[test]
    fn block_must_not_be_older_than_its_l1_origin() {
        let check = |timestamp| {
            let l1_header = L1Header { timestamp, ..l1_header() };
            build(&parent(11), &l1_header, None).map(|(attributes, _)| attributes.timestamp)
        };
        assert_eq!(check(13), Ok(13));
        let error = AttributesError::OriginAheadOfBlock { l1_time: 14, l2_time: 13 };
        assert_eq!(check(14), Err(error));
        assert!(error.is_reset());
    }
}

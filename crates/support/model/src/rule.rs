//! The rules of derivation by name, and how often each decided something.

use std::{collections::BTreeMap, fmt};

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One decision that derivation can take.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[$doc])* $name),*
        }

        impl Rule {
            /// Every rule, in the order of the pipeline.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

rules! {
    /// The walk back for the start ended at a genesis block.
    StartAtGenesis,
    /// The walk back for the start ended a channel timeout before the safe head's origin.
    StartAfterTimeout,

    /// A transaction to another address than the inbox.
    TxNotToInbox,
    /// A transaction to the inbox of a type that may not carry batches.
    TxWrongType,
    /// A transaction to the inbox from somebody else than the batcher.
    TxForeignSender,
    /// Calldata of a batcher transaction.
    TxCalldata,
    /// Calldata of a blob transaction before Ecotone, which counts.
    TxBlobCalldata,
    /// Batcher transaction that is a deposit.
    TxDeposit,
    /// A blob with data.
    BlobData,
    /// A blob that is zero all over.
    BlobZero,
    /// A blob of another encoding version.
    BlobVersion,
    /// A blob whose length is more than it can hold.
    BlobLength,
    /// A blob with one of the two high bits of a field element set.
    BlobHighBits,
    /// A blob with data behind its end.
    BlobTrailing,

    /// Batcher data without a byte.
    DataEmpty,
    /// Batcher data of another version.
    DataVersion,
    /// Batcher data without a frame.
    DataNoFrames,
    /// A frame cut short.
    FrameShort,
    /// A frame that says it is longer than allowed.
    FrameTooLong,
    /// A frame whose last byte is neither 0 nor 1.
    FrameIsLast,
    /// Batcher data of which all frames are good.
    FramesGood,

    /// Frame queue: same channel, but the frame before was the last.
    QueueAfterLast,
    /// Frame queue: same channel, but not the next number.
    QueueWrongNumber,
    /// Frame queue: a first frame throws out an unfinished channel.
    QueueUnfinished,
    /// Frame queue: a later frame of another channel.
    QueueOtherChannel,

    /// Channel bank: a new channel.
    BankOpen,
    /// Channel bank: a second closing frame.
    BankSecondClose,
    /// Channel bank: a frame number a second time.
    BankDuplicate,
    /// Channel bank: a frame number behind the end.
    BankBeyondEnd,
    /// Channel bank: a closing frame throws out higher numbers.
    BankCloseRemoves,
    /// Channel bank: a frame is stored.
    BankFrame,
    /// Channel bank: a channel is dropped for want of room.
    BankPruned,
    /// Channel bank: the first channel timed out.
    BankTimedOut,
    /// Channel bank: the first channel is read.
    BankReadFirst,
    /// Channel bank: a channel behind an unfinished one is read.
    BankReadLater,
    /// Channel bank: a finished channel waits behind an unfinished one, before Canyon.
    BankWaits,

    /// Channel assembler: the channel timed out.
    AssemblerTimedOut,
    /// Channel assembler: a first frame opens a channel.
    AssemblerOpen,
    /// Channel assembler: a first frame replaces an unfinished channel.
    AssemblerReplace,
    /// Channel assembler: a later frame without a channel.
    AssemblerNoChannel,
    /// Channel assembler: a frame of another channel.
    AssemblerOtherChannel,
    /// Channel assembler: not the next number.
    AssemblerWrongNumber,
    /// Channel assembler: the channel grew too large.
    AssemblerTooLarge,
    /// Channel assembler: a channel is complete.
    AssemblerComplete,

    /// A channel without a byte.
    ChannelEmpty,
    /// A channel whose first byte names no compression.
    ChannelUnknownCompression,
    /// A brotli channel before Fjord.
    ChannelBrotliEarly,
    /// A channel whose zlib header is wrong.
    ChannelZlibHeader,
    /// A zlib channel.
    ChannelZlib,
    /// A brotli channel.
    ChannelBrotli,
    /// A channel that is cut short or damaged: the batches before that place count.
    ChannelDamaged,
    /// A channel with a batch beyond the limit: the batches before it count.
    ChannelClipped,
    /// The end of a channel's data between two batches.
    BatchesEnd,
    /// A batch that is no RLP string ends its channel.
    BatchNotString,
    /// A batch without a byte ends its channel.
    BatchEmpty,
    /// A batch of unknown version ends its channel.
    BatchVersion,
    /// A malformed singular batch ends its channel.
    SingularMalformed,
    /// A malformed span batch ends its channel.
    SpanMalformed,
    /// A span batch before Delta is skipped.
    SpanEarly,
    /// A span batch with a transaction that can't be rebuilt is skipped.
    SpanTransaction,
    /// A singular batch is decoded.
    SingularDecoded,
    /// A span batch is decoded.
    SpanDecoded,

    /// Span batch: cut short.
    SpanShort,
    /// Span batch: no block.
    SpanNoBlocks,
    /// Span batch: too many blocks.
    SpanManyBlocks,
    /// Span batch: too many transactions in a block or in all.
    SpanManyTransactions,
    /// Span batch: transaction data that is no list.
    SpanDataNotList,
    /// Span batch: legacy transaction, protected.
    SpanTxProtected,
    /// Span batch: legacy transaction, unprotected.
    SpanTxUnprotected,
    /// Span batch: transaction with access list.
    SpanTxAccessList,
    /// Span batch: transaction with priority fee.
    SpanTxDynamicFee,
    /// Span batch: transaction with authorisations.
    SpanTxSetCode,
    /// Span batch: transaction with authorisations that would create a contract.
    SpanTxSetCodeCreation,
    /// Span batch: transaction type that can't stand in a span batch.
    SpanTxType,

    /// Singular batch is of the future: kept before Holocene.
    SingleFuture,
    /// Singular batch is of the future: dropped from Holocene on.
    SingleFutureDropped,
    /// Singular batch is of the past.
    SinglePast,
    /// Singular batch on another parent.
    SingleParent,
    /// Singular batch included after its sequencing window.
    SingleTooLate,
    /// Singular batch of an older epoch.
    SingleOldEpoch,
    /// Singular batch of the next epoch, which is not known yet.
    SingleEpochUnknown,
    /// Singular batch of an epoch too far ahead.
    SingleEpochAhead,
    /// Singular batch on another L1 chain.
    SingleEpochHash,
    /// Singular batch older than its L1 origin.
    SingleBeforeOrigin,
    /// Singular batch too far ahead of its L1 origin, with transactions.
    SingleDrift,
    /// Empty singular batch too far ahead of its L1 origin that could have taken the next one.
    SingleDriftStays,
    /// Empty singular batch too far ahead of its L1 origin, rightly.
    SingleDriftRight,
    /// A batch with an empty transaction.
    TransactionEmpty,
    /// A batch with a deposit.
    TransactionDeposit,
    /// A batch with a set-code transaction before Isthmus.
    TransactionSetCodeEarly,
    /// A batch with a post-execution transaction.
    TransactionPostExec,
    /// Transactions in Jovian's activation block.
    TransactionInActivationBlock,
    /// Singular batch accepted.
    SingleAccepted,

    /// Span batch of the next epoch, which is not known yet.
    SpanEpochUnknown,
    /// Span batch whose first origin is older than Delta.
    SpanOriginEarly,
    /// Span batch is of the future: kept before Holocene.
    SpanFuture,
    /// Span batch is of the future: dropped from Holocene on.
    SpanFutureDropped,
    /// Span batch without a new block.
    SpanPast,
    /// Span batch off the grid of block times.
    SpanMisaligned,
    /// Span batch that begins before the chain does.
    SpanNoParent,
    /// Span batch on another parent.
    SpanParent,
    /// Span batch included after its sequencing window.
    SpanTooLate,
    /// Span batch whose first epoch is too far ahead.
    SpanEpochAhead,
    /// Span batch whose last epoch is not known yet.
    SpanEndUnknown,
    /// Span batch on another L1 chain.
    SpanEndHash,
    /// Span batch whose first epoch is older than its parent's.
    SpanOldEpoch,
    /// Span batch with a new block of an older epoch than the safe head's.
    SpanBlockOldEpoch,
    /// Span batch with a block older than its L1 origin.
    SpanBeforeOrigin,
    /// Span batch with a block too far ahead of its L1 origin, with transactions.
    SpanDrift,
    /// As before, and the block could have taken the next origin.
    SpanDriftStays,
    /// Span batch with an empty block too far ahead of its origin, rightly.
    SpanDriftRight,
    /// Span batch that differs from the safe chain in the number of transactions.
    SpanOverlapCount,
    /// Span batch that differs from the safe chain in a transaction.
    SpanOverlapTransaction,
    /// Span batch that differs from the safe chain in an L1 origin.
    SpanOverlapOrigin,
    /// Span batch that repeats a part of the safe chain.
    SpanOverlapEqual,
    /// Span batch accepted.
    SpanAccepted,

    /// Batch ignored: L1 has not reached the safe head's origin.
    OriginBehind,
    /// Rest of a span batch dropped since its parent is another block than thought.
    SpanRestDropped,
    /// Channel flushed after an invalid batch.
    FlushInvalid,
    /// Empty batch: too early.
    EmptyTooEarly,
    /// Empty batch of the same epoch, before the next one begins.
    EmptySameEpoch,
    /// Empty batch since an epoch needs one block.
    EmptyFirstOfEpoch,
    /// No empty batch, but the window moves on.
    EmptyAdvance,
    /// Empty batch although L1 has data left, since the window has long passed.
    EmptyOverdue,
    /// Queue, channels and batches dropped at Holocene.
    HoloceneDrops,

    /// Payload with another origin than its parent.
    AttributesNewEpoch,
    /// Payload with the origin of its parent.
    AttributesSameEpoch,
    /// Upgrade transactions of Ecotone.
    UpgradeEcotone,
    /// Upgrade transactions of Fjord.
    UpgradeFjord,
    /// Upgrade transactions of Isthmus.
    UpgradeIsthmus,
    /// Upgrade transactions of Jovian.
    UpgradeJovian,
    /// Upgrade transactions of Karst.
    UpgradeKarst,
    /// Gas of Karst's upgrade taken off again.
    KarstGasRemoved,
    /// Gas of Karst's upgrade kept.
    KarstGasKept,
    /// Zero EIP-1559 parameters in Holocene's activation block.
    HoloceneZeroParams,
    /// L1 attributes of Bedrock.
    InfoBedrock,
    /// L1 attributes of Ecotone.
    InfoEcotone,
    /// L1 attributes of Isthmus.
    InfoIsthmus,
    /// L1 attributes of Jovian.
    InfoJovian,
    /// Scalar of version 0 with something in its padding.
    InfoScalarPadding,
    /// Footprint scalar of zero stands for 400.
    InfoDefaultFootprint,
    /// Blob base fee of an L1 without blobs.
    InfoNoBlobs,
    /// Blob base fee as in Cancun, since the chain says so.
    InfoPectraDelayed,
    /// Payload refused before Holocene: dropped.
    PayloadDropped,
    /// Payload refused before Holocene in the middle of a span: its blocks are rolled back.
    PayloadRollback,
    /// Payload refused from Holocene on: only its deposits are left.
    PayloadDepositsOnly,

    /// Receipt of a failed transaction.
    ReceiptFailed,
    /// Receipt of a future type that can be read.
    ReceiptFuture,
    /// Receipt of a future type that can't.
    ReceiptFutureUnreadable,
    /// Receipt of another type than its transaction.
    ReceiptOtherType,
    /// Deposit.
    DepositLog,
    /// Deposit that creates a contract.
    DepositCreation,
    /// Deposit that mints nothing.
    DepositNoMint,
    /// Log of a stranger with the topic of a deposit.
    DepositForeign,
    /// Malformed deposit: critical.
    DepositMalformed,
    /// Log of the configuration with the wrong number of topics or another version.
    UpdateTopics,
    /// Update of unknown type.
    UpdateUnknown,
    /// Update whose data is not as it must be.
    UpdateMalformed,
    /// Update of the batcher.
    UpdateBatcher,
    /// Update of overhead and scalar before Ecotone.
    UpdateScalars,
    /// Update of the scalar from Ecotone on.
    UpdateScalarsEcotone,
    /// Update to a scalar that is not valid from Ecotone on: ignored.
    UpdateScalarsInvalid,
    /// Update of the gas limit.
    UpdateGasLimit,
    /// Update of the unsafe block signer: ignored.
    UpdateSigner,
    /// Update of the EIP-1559 parameters.
    UpdateEip1559,
    /// Update to EIP-1559 parameters that the engine would refuse.
    UpdateEip1559Invalid,
    /// Update of the operator fee.
    UpdateOperatorFee,
    /// Update of the lowest base fee.
    UpdateMinBaseFee,
    /// Update of the footprint scalar.
    UpdateFootprint,
}

/// How often each rule decided something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    counts: BTreeMap<Rule, u64>,
}

impl Hits {
    /// Counts one use of `rule`.
    pub fn hit(&mut self, rule: Rule) {
        *self.counts.entry(rule).or_default() += 1;
    }

    /// Uses of `rule` so far.
    pub fn count(&self, rule: Rule) -> u64 {
        self.counts.get(&rule).copied().unwrap_or_default()
    }

    /// Adds the counts of another run.
    pub fn merge(&mut self, other: &Self) {
        for (rule, count) in &other.counts {
            *self.counts.entry(*rule).or_default() += count;
        }
    }

    /// Rules that were never used.
    pub fn missing(&self) -> Vec<Rule> {
        Rule::ALL.iter().copied().filter(|rule| self.count(*rule) == 0).collect()
    }
}

/// One line a rule, with its count.
impl fmt::Display for Hits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rule in Rule::ALL {
            writeln!(f, "{:>10}  {rule:?}", self.count(*rule))?;
        }
        Ok(())
    }
}

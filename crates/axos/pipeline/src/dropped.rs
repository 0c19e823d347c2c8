//! Batcher data that broke a rule, one variant a rule.
//!
//! None of these is an error: the batcher may post what it likes, and what breaks a rule is skipped
//! the same way by everyone. They are told apart for logs and for tests.

use axos_genesis::{L1BlockId, L1Number, L2Number};

/// Batcher data that is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// A blob does not hold an encoded payload. The blob is skipped, its transaction's other blobs
    /// are not.
    ///
    /// Spec: protocol/ecotone/derivation.md#blob-encoding
    Blob {
        /// Position among all blobs of the L1 block.
        index: u64,
    },
    /// The data of one batcher transaction, or of one blob, is not a sequence of frames.
    ///
    /// Spec: protocol/derivation.md#batcher-transaction-format
    BatcherTransaction,
    /// \[Holocene\] Frames out of order right after they were read.
    ///
    /// Spec: protocol/holocene/derivation.md#frame-queue
    Frames {
        /// How many frames.
        count: usize,
    },
    /// One frame did not fit its channel.
    Frame(FrameDrop),
    /// A channel, with all its frames.
    Channel(ChannelDrop),
    /// A batch. From Holocene on, the rest of its channel goes with it, except where the rule says
    /// otherwise.
    Batch(BatchDrop),
}

/// Why a frame is ignored.
///
/// Spec: protocol/derivation.md#loading-frames
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameDrop {
    /// The channel has been open for too long.
    ChannelTimedOut,
    /// The channel has a closing frame already.
    SecondClosingFrame,
    /// The channel has a frame of this number.
    DuplicateNumber,
    /// The channel is closed by a frame of this or a lower number.
    AfterClosingFrame,
    /// \[Holocene\] No channel is open and this is not a first frame.
    NoChannel,
    /// \[Holocene\] The frame belongs to another channel than the open one.
    OtherChannel,
    /// \[Holocene\] The frame is not the next one of its channel.
    OutOfOrder,
}

/// Why a channel is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelDrop {
    /// It has been open for too long.
    ///
    /// Spec: protocol/derivation.md#timeouts
    TimedOut,
    /// The channel bank outgrew its limit and this was its oldest channel.
    ///
    /// Spec: protocol/derivation.md#pruning
    BankFull,
    /// \[Holocene\] Its frames outgrew the limit.
    ///
    /// Spec: protocol/holocene/derivation.md#pruning
    TooLarge,
    /// \[Holocene\] Another channel started before this one was complete.
    ///
    /// Spec: protocol/holocene/derivation.md#reading--frame-loading
    Replaced,
    /// It is empty, or its compression is unknown, damaged from the first byte, or not yet active.
    ///
    /// Spec: protocol/derivation.md#channel-format
    Compression,
    /// It ends in something that is not a batch. Batches before that have been used.
    ///
    /// Spec: protocol/derivation.md#batch-format
    Malformed,
}

/// Why a batch is ignored.
///
/// Spec: protocol/derivation.md#batch-queue
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchDrop {
    /// It was read while the L1 origin of the safe head was not reached yet, so its blocks are
    /// safe already.
    OriginBehind,
    /// \[Delta\] A span batch in an L1 block, or with a first L1 origin, from before Delta.
    ///
    /// Spec: protocol/delta/span-batches.md#span-batch-activation-rule
    SpanBeforeDelta,
    /// \[Delta\] A span batch with a transaction that can't be put together. Its channel goes on.
    MalformedTransaction,
    /// Its block, or all blocks of the span, are safe already. Before Holocene this is an ordinary
    /// drop. From Holocene on it leaves the channel alone.
    Past,
    /// \[Holocene\] It starts above the next block.
    Future,
    /// \[Holocene\] A span batch whose last L1 origin is not in the L1 window, so that it can't be
    /// judged. It is taken off, and the channel goes on.
    Undecided,
    /// A span batch that starts between two blocks of the safe chain.
    Misaligned,
    /// A span batch that starts at or below L2 genesis.
    BelowGenesis,
    /// It does not build on the safe chain.
    ParentMismatch,
    /// Its sequencing window was over when it was included.
    TooLate {
        /// Its first epoch.
        epoch: L1Number,
        /// The L1 block it was included in.
        included_in: L1Number,
    },
    /// Its epoch is older than the one of the block it builds on.
    EpochTooOld,
    /// Its epoch is neither the one of the block it builds on nor the one after it.
    EpochTooNew,
    /// Its epoch is not the L1 block of that number.
    EpochHashMismatch {
        /// The L1 block of that number.
        expected: L1BlockId,
    },
    /// A block of a span batch names an L1 origin that is not in the L1 window.
    UnknownOrigin {
        /// The number it names.
        number: L1Number,
    },
    /// A block is older than its L1 origin.
    BeforeOrigin,
    /// A block with transactions is too far ahead of its L1 origin.
    DriftExceeded,
    /// A block without transactions is too far ahead of its L1 origin, though it could have moved
    /// on to the next one.
    NextOriginNotAdopted,
    /// A transaction of no bytes.
    EmptyTransaction,
    /// A deposit transaction.
    DepositTransaction,
    /// A post-execution transaction, a type of a fork that is not scheduled.
    PostExecTransaction,
    /// \[Isthmus\] A `SetCode` transaction in a block from before Isthmus.
    ///
    /// Spec: protocol/isthmus/derivation.md#activation
    SetCodeBeforeIsthmus,
    /// \[Jovian\] Transactions in the fork's first block.
    ///
    /// Spec: protocol/jovian/derivation.md#activation-block-rules
    ActivationBlockNotEmpty,
    /// A block of the span batch that is safe already has another number of transactions there.
    OverlapTransactionCount {
        /// The block.
        number: L2Number,
        /// Transactions of the safe block that came from a batch.
        expected: usize,
        /// Transactions in the span batch.
        actual: usize,
    },
    /// A block of the span batch that is safe already has other transactions there.
    OverlapTransaction {
        /// The block.
        number: L2Number,
        /// Position among the transactions that came from a batch.
        index: usize,
    },
    /// A block of the span batch that is safe already has another L1 origin there.
    OverlapOrigin {
        /// The block.
        number: L2Number,
        /// Number of the safe block's L1 origin.
        expected: L1Number,
        /// Number of the L1 origin in the span batch.
        actual: L1Number,
    },
    /// The rest of a span batch whose previous block was rejected by the execution engine.
    ///
    /// Spec: protocol/derivation.md#l1-sync-payload-attributes-processing
    ParentRejected,
}

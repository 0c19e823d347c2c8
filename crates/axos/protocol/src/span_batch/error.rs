/// Why bytes are not a span batch, or why one can't be expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanBatchError {
    /// The batch ends inside a column.
    #[error("`{field}` needs {expected} more bytes, {actual} are left")]
    Truncated {
        /// Name of the column.
        field: &'static str,
        /// Bytes the next part of the column takes.
        expected: usize,
        /// Bytes left.
        actual: usize,
    },
    /// A number takes more than 64 bits.
    #[error("`{field}` is wider than 64 bits")]
    Overflow {
        /// Name of the column.
        field: &'static str,
    },
    /// The batch is of no blocks.
    #[error("span batch has no blocks")]
    NoBlocks,
    /// More blocks or transactions than allowed.
    #[error("`{field}` exceeds {limit} elements")]
    TooManyElements {
        /// Name of the column.
        field: &'static str,
        /// [`SPAN_BATCH_ELEMENTS_MAX`](super::SPAN_BATCH_ELEMENTS_MAX).
        limit: u64,
    },
    /// A bit list has bits set beyond its length.
    #[error("`{field}` has bits set beyond its {length}")]
    SurplusBits {
        /// Name of the column.
        field: &'static str,
        /// Number of bits of the list.
        length: usize,
    },
    /// The data of a transaction is not an RLP list.
    #[error("data of transaction {index} is not a list")]
    TransactionFraming {
        /// Position of the transaction in the batch.
        index: usize,
    },
    /// The data of a transaction is too long.
    #[error("data of transaction {index} exceeds {limit} bytes")]
    TransactionTooLarge {
        /// Position of the transaction in the batch.
        index: usize,
        /// Limit in bytes, without the type byte.
        limit: usize,
    },
    /// A transaction is of a type that a span batch can't hold.
    #[error("transaction {index} has type {actual:#04x}, which a span batch can't hold")]
    TransactionType {
        /// Position of the transaction in the batch.
        index: usize,
        /// The type met.
        actual: u8,
    },
    /// The data of a transaction does not have the fields of its type.
    #[error("data of transaction {index} does not have the fields of type {tx_type}")]
    TransactionFields {
        /// Position of the transaction in the batch.
        index: usize,
        /// Type of the transaction.
        tx_type: u8,
    },
    /// A `SetCode` transaction without recipient.
    #[error("SetCode transaction {index} has no recipient")]
    SetCodeWithoutRecipient {
        /// Position of the transaction in the batch.
        index: usize,
    },
    /// A post-execution transaction with an entry in a column that has no meaning for it.
    #[error("post-execution transaction {index} has a recipient, signature, nonce or gas limit")]
    PostExecEntries {
        /// Position of the transaction in the batch.
        index: usize,
    },
    /// On encoding: a transaction of a block is not the canonical encoding of a known type.
    #[error("transaction {index} is not canonical")]
    NotCanonical {
        /// Position of the transaction in the batch.
        index: usize,
    },
    /// On encoding: a transaction is signed for another chain.
    #[error("transaction {index} is signed for another chain than {expected}")]
    ChainId {
        /// Position of the transaction in the batch.
        index: usize,
        /// Chain id of the batch.
        expected: u64,
    },
    /// On encoding: the L1 origins of two neighbouring blocks are not equal or successive.
    #[error("L1 origin of block {index} does not follow that of the block before")]
    EpochOrder {
        /// Position of the block in the batch.
        index: usize,
    },
}

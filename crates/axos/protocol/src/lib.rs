//! The encodings of L2 derivation, from batcher transactions to payload attributes.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod rlp;

mod blob;
pub use blob::{BLOB_BYTES, BLOB_DATA_BYTES_MAX, BlobError, decode_blob, encode_blob};

mod l1_transaction;
pub use l1_transaction::{L1Sender, L1Transaction, L1TransactionError, SignedHash};

mod frame;
pub use frame::{
    ChannelId, DERIVATION_VERSION_0, FRAME_ACCOUNTING_BYTES, FRAME_DATA_BYTES_MAX,
    FRAME_OVERHEAD_BYTES, Frame, FrameError, SharedFrame, decode_frames, decode_shared_frames,
};

mod channel;
pub use channel::{
    CHANNEL_DECOMPRESSED_BYTES_MAX, CHANNEL_DECOMPRESSED_BYTES_MAX_FJORD, ChannelError,
    ChannelReader, channel_bytes_max,
};

mod batch;
pub use batch::{Batch, BatchError, SINGULAR_BATCH_TYPE, SPAN_BATCH_TYPE, SingularBatch};

mod span_batch;
pub use span_batch::{
    RawSpanBatch, SPAN_BATCH_ELEMENTS_MAX, SpanBatch, SpanBatchBlock, SpanBatchError,
    UnknownL1Origin,
};

mod deposit;
pub use deposit::{
    DEPOSIT_TOPIC, DEPOSIT_TX_TYPE, DepositLogError, DepositSource, DepositTransaction,
    DepositTransactionError, decode_deposit_log, deposits_from_receipts,
};

mod receipt;
pub use receipt::{ReceiptsError, config_updates, update_system_config};

mod bloom;
pub use bloom::LogFilter;

mod header;
pub use header::{HeaderError, L1Header, L2Header};

mod l1_info;
pub use l1_info::{
    DaFootprintGasScalar, EcotoneFees, L1_BLOCK_ADDRESS, L1_INFO_DEPOSITOR, L1BlockFees,
    L1BlockInfo, L1InfoError, L1InfoLayout, OperatorFee,
};

mod l2_block;
pub use l2_block::{L2BlockError, read_l2_block, read_l2_block_ref};

mod upgrade;
pub use upgrade::{
    KARST_BUNDLE_KECCAK256, KARST_BUNDLE_SHA256, KARST_UPGRADE_GAS, UpgradeBundle, UpgradeError,
    needs_karst_bundle, upgrade_transactions,
};

mod attributes;
pub use attributes::{
    AttributesError, AttributesInput, PayloadAttributes, SEQUENCER_FEE_VAULT, build_attributes,
};

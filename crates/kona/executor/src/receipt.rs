//! Receipts, as the header commits to them.

use alloc::vec::Vec;
use alloy_consensus::{Eip658Value, Receipt, ReceiptWithBloom};
use alloy_eips::Encodable2718;
use alloy_primitives::{Bloom, BloomInput, Log};
use op_alloy_consensus::{OpDepositReceipt, OpReceiptEnvelope, OpTxType};
use op_revm::OpHaltReason;
use revm::context::result::ExecutionResult;

use crate::keccak_cache::KeccakCache;

/// Version of a deposit's receipt that commits to its nonce.
///
/// Spec: protocol/deposits.md#deposit-receipt
const DEPOSIT_RECEIPT_VERSION: u64 = 1;

/// Builds the receipts of a block, in the order of its transactions.
#[derive(Debug)]
pub(crate) struct ReceiptBuilder {
    receipts: Vec<Vec<u8>>,
    logs_bloom: Bloom,
}

impl ReceiptBuilder {
    pub(crate) fn new(count: usize) -> Self {
        Self { receipts: Vec::with_capacity(count), logs_bloom: Bloom::ZERO }
    }

    /// Adds the receipt of a transaction.
    ///
    /// `deposit_nonce` is the nonce of a deposit's sender before it ran. Before Canyon it must be
    /// absent, although Regolith's receipts have it: the header does not commit to it.
    pub(crate) fn push(
        &mut self,
        kind: OpTxType,
        result: ExecutionResult<OpHaltReason>,
        cumulative_gas_used: u64,
        deposit_nonce: Option<u64>,
        keccak: &mut KeccakCache,
    ) {
        let status = Eip658Value::Eip658(result.is_success());
        let logs = result.into_logs();
        let logs_bloom = bloom_of(&logs, keccak);
        self.logs_bloom.accrue_bloom(&logs_bloom);
        let receipt = Receipt { status, cumulative_gas_used, logs };
        let envelope = match kind {
            OpTxType::Legacy => OpReceiptEnvelope::Legacy(with_bloom(receipt, logs_bloom)),
            OpTxType::Eip2930 => OpReceiptEnvelope::Eip2930(with_bloom(receipt, logs_bloom)),
            OpTxType::Eip1559 => OpReceiptEnvelope::Eip1559(with_bloom(receipt, logs_bloom)),
            OpTxType::Eip7702 => OpReceiptEnvelope::Eip7702(with_bloom(receipt, logs_bloom)),
            OpTxType::PostExec => OpReceiptEnvelope::PostExec(with_bloom(receipt, logs_bloom)),
            OpTxType::Deposit => {
                let receipt = OpDepositReceipt {
                    inner: receipt,
                    deposit_nonce,
                    deposit_receipt_version: deposit_nonce.map(|_| DEPOSIT_RECEIPT_VERSION),
                };
                OpReceiptEnvelope::Deposit(with_bloom(receipt, logs_bloom))
            }
        };
        self.receipts.push(envelope.encoded_2718());
    }

    /// The EIP-2718 bytes of all receipts, and the bloom filter over all their logs.
    pub(crate) fn finish(self) -> (Vec<Vec<u8>>, Bloom) {
        (self.receipts, self.logs_bloom)
    }
}

const fn with_bloom<R>(receipt: R, logs_bloom: Bloom) -> ReceiptWithBloom<R> {
    ReceiptWithBloom { receipt, logs_bloom }
}

fn bloom_of(logs: &[Log], keccak: &mut KeccakCache) -> Bloom {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        bloom.accrue(BloomInput::Hash(keccak.address(log.address)));
        for topic in log.topics() {
            bloom.accrue(BloomInput::Hash(keccak.word(*topic)));
        }
    }
    bloom
}

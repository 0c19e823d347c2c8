//! One L2 block, executed statelessly on its parent.

mod diff;
pub use diff::HeaderDifference;

mod file;
pub(crate) use file::read_header;
pub use file::{BlockFile, BlockFileError};

use std::{
    fmt,
    path::Path,
    time::{Duration, Instant},
};

use alloy_consensus::{Header, Sealable};
use alloy_primitives::B256;
use kona_executor::{ExecutedBlock, Executor, ExecutorError};
use serde::Serialize;
use support_cli::Summary;

use crate::{HostError, NativeOracle, ReadCounts, peak_memory::peak_memory_bytes};

/// What executing a block came to.
#[derive(Debug, Clone)]
pub struct BlockOutcome {
    /// The hash it was to have.
    pub expected_hash: B256,
    /// What came out, or why no block can have these transactions.
    pub executed: Result<ExecutedBlock, ExecutorError>,
    /// The first header field that differs, if the expected header is known.
    pub difference: Option<HeaderDifference>,
    /// What was read.
    pub reads: ReadCounts,
    /// How long it took.
    pub time: Duration,
}

/// Executes the block in `path` with state from `oracle`. `expected` goes before the expected
/// header that the file may hold.
///
/// # Errors
/// [`HostError::BlockFile`] if the file can't be used, [`HostError::Execution`] if the block can't
/// be executed for a reason other than its transactions.
pub fn execute_block(
    path: &Path,
    expected: Option<Header>,
    oracle: &NativeOracle<'_>,
) -> Result<BlockOutcome, HostError> {
    let start = Instant::now();
    let file = BlockFile::read(path)?;
    let expected = expected.or(file.expected_header);
    let parent = file.parent_header.seal_slow();

    // Without an oracle for precompiles, all of them are computed.
    let mut executor = Executor::new(&file.rollup_config, oracle, parent, None);
    let executed = match executor.execute(&file.payload) {
        Err(error) if !matches!(error, ExecutorError::InvalidPayload { .. }) => {
            let failure = oracle.take_failure();
            return Err(HostError::execution(path.to_owned(), error, failure));
        }
        executed => executed,
    };
    let difference = match (&executed, expected) {
        (Ok(block), Some(expected)) => diff::first_difference(&expected, &block.header),
        _ => None,
    };
    Ok(BlockOutcome {
        expected_hash: file.expected_block_hash,
        executed,
        difference,
        reads: oracle.take_counts(),
        time: start.elapsed(),
    })
}

impl BlockOutcome {
    /// Whether the block is the one expected.
    pub fn is_match(&self) -> bool {
        self.computed_hash() == Some(self.expected_hash)
    }

    /// The hash that came out.
    pub fn computed_hash(&self) -> Option<B256> {
        self.executed.as_ref().ok().map(|block| block.hash)
    }

    /// The figures of the run, for people.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::new("block");
        if let Ok(block) = &self.executed {
            summary
                .row("number", block.header.number)
                .row("transactions executed", block.transaction_count)
                .row("gas used", block.header.gas_used);
        }
        summary
            .row("pre-images read", self.reads.total().values)
            .row("bytes hashed", self.reads.hashed_bytes)
            .row("time", format_args!("{:.3} s", self.time.as_secs_f64()));
        if let Some(bytes) = peak_memory_bytes() {
            summary.row("peak memory", format_args!("{} MB", bytes / 1_000_000));
        }
        summary.row("verdict", self.word());
        summary
    }

    fn word(&self) -> &'static str {
        if self.is_match() { "match" } else { "mismatch" }
    }
}

impl fmt::Display for BlockOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  expected block hash  {}", self.word(), self.expected_hash)?;
        let block = match &self.executed {
            Ok(block) => block,
            Err(error) => {
                write!(f, "\n  no block can have these transactions: {error}")?;
                let mut source = std::error::Error::source(error);
                while let Some(cause) = source {
                    write!(f, ": {cause}")?;
                    source = cause.source();
                }
                return Ok(());
            }
        };
        write!(f, "\n  computed block hash  {}", block.hash)?;
        if self.is_match() {
            return Ok(());
        }
        if let Some(HeaderDifference { field, expected, computed }) = &self.difference {
            write!(f, "\n  first difference     {field}")?;
            return write!(f, "\n    expected  {expected}\n    computed  {computed}");
        }
        write!(f, "\n  computed header")?;
        for (field, value) in diff::fields(&block.header) {
            write!(f, "\n    {field:24}  {value}")?;
        }
        Ok(())
    }
}

/// The outcome as scripts get it.
#[derive(Serialize)]
struct OutcomeObject<'a> {
    verdict: &'static str,
    expected_block_hash: B256,
    computed_block_hash: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid_payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_difference: Option<&'a HeaderDifference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    computed_header: Option<&'a Header>,
    transactions_executed: Option<usize>,
    preimages_read: u64,
    bytes_hashed: u64,
    seconds: f64,
}

impl Serialize for BlockOutcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let block = self.executed.as_ref().ok();
        let object = OutcomeObject {
            verdict: self.word(),
            expected_block_hash: self.expected_hash,
            computed_block_hash: self.computed_hash(),
            invalid_payload: self.executed.as_ref().err().map(ToString::to_string),
            first_difference: self.difference.as_ref(),
            computed_header: block.filter(|_| !self.is_match()).map(|block| &block.header),
            transactions_executed: block.map(|block| block.transaction_count),
            preimages_read: self.reads.total().values,
            bytes_hashed: self.reads.hashed_bytes,
            seconds: self.time.as_secs_f64(),
        };
        object.serialize(serializer)
    }
}

//! One claim: run the program natively, and say what came out.

use std::{
    fmt,
    path::PathBuf,
    time::{Duration, Instant},
};

use alloy_primitives::B256;
use kona_executor::OutputRoot;
use kona_preimage::{PreimageKey, PreimageKeyKind};
use kona_program::{InvalidReason, Judgement, ProgramOptions, Trace, Verdict, run_traced};
use serde::Serialize;
use support_cli::Summary;

use crate::{
    Boot, DisputeOracle, HostError, NativeOracle, ReadCounts, peak_memory::peak_memory_bytes,
};

/// A verdict, and what it took.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The boot file, if there was one.
    pub boot: Option<PathBuf>,
    /// What the program says.
    pub verdict: Verdict,
    /// What was read.
    pub reads: ReadCounts,
    /// How long the program ran.
    pub time: Duration,
    /// Most memory that the process has held so far, in bytes, if the system tells.
    pub peak_memory_bytes: Option<u64>,
}

/// Judges the claim of `boot` with pre-images from `oracle`.
///
/// # Errors
/// - [`HostError::Program`] if the claim can't be judged, with all that is known of the pre-image
///   that kept it from that.
/// - [`HostError::ClaimBelowAgreed`] and [`HostError::AgreedHead`] if the inputs do not fit
///   together.
pub fn judge(
    oracle: &NativeOracle<'_>,
    boot: &Boot,
    options: &ProgramOptions,
    trace: &mut impl Trace,
) -> Result<Outcome, HostError> {
    let start = Instant::now();
    oracle.take_counts();
    oracle.take_failure();
    check_agreed_head(oracle, boot)?;
    let mut verdict = run(oracle, boot, options, trace)?;
    match verdict.judgement {
        // On chain it is enough that such a claim loses. Here somebody mixed up two blocks.
        Judgement::Invalid(InvalidReason::BelowAgreedBlock) => {
            return Err(HostError::ClaimBelowAgreed {
                claimed: verdict.claimed_block_number,
                agreed: verdict.block.number,
            });
        }
        // The program refuses a zero claim without a look at the chain. What would have been right
        // is found by judging another one.
        Judgement::Invalid(InvalidReason::ZeroClaim) => {
            let mut other = boot.clone();
            other.claimed_l2_output_root = B256::repeat_byte(0xff);
            let judged = run(oracle, &other, options, trace)?;
            verdict = Verdict {
                judgement: verdict.judgement,
                claimed_output_root: verdict.claimed_output_root,
                ..judged
            };
        }
        _ => {}
    }
    Ok(Outcome {
        boot: boot.path.clone(),
        verdict,
        reads: oracle.take_counts(),
        time: start.elapsed(),
        peak_memory_bytes: peak_memory_bytes(),
    })
}

fn run(
    oracle: &NativeOracle<'_>,
    boot: &Boot,
    options: &ProgramOptions,
    trace: &mut impl Trace,
) -> Result<Verdict, HostError> {
    let dispute = DisputeOracle::new(oracle, boot, options.hint_dialect);
    run_traced(&dispute, options, trace)
        .map_err(|source| HostError::program(source, oracle.take_failure()))
}

/// The agreed output root commits to the hash of the agreed block. If its pre-image can't be read,
/// the program will say so.
fn check_agreed_head(oracle: &NativeOracle<'_>, boot: &Boot) -> Result<(), HostError> {
    let Some(expected) = boot.agreed_l2_head_hash else { return Ok(()) };
    let root = boot.agreed_l2_output_root;
    let output = oracle.value(PreimageKey::keccak256(root)).ok().map(OutputRoot::decode);
    match output {
        Some(Ok(output)) if output.block_hash != expected => {
            Err(HostError::AgreedHead { root, expected, actual: output.block_hash })
        }
        _ => Ok(()),
    }
}

impl Outcome {
    /// Whether the claim holds.
    pub const fn is_valid(&self) -> bool {
        self.verdict.is_valid()
    }

    /// The figures of the run, for people.
    pub fn summary(&self) -> Summary {
        let (stats, total) = (&self.verdict.stats, self.reads.total());
        let mut summary = Summary::new(format!("chain {}", self.verdict.chain_id));
        summary
            .row("L2 blocks derived", stats.blocks_executed)
            .row("transactions executed", stats.transactions_executed)
            .row("gas used", stats.gas_used)
            .row("pre-images read", self.kinds())
            .row("bytes read", total.bytes)
            .row("bytes hashed", self.reads.hashed_bytes)
            .row("time", format_args!("{:.3} s", self.time.as_secs_f64()));
        if let Some(bytes) = self.peak_memory_bytes {
            summary.row("peak memory", format_args!("{} MB", bytes / 1_000_000));
        }
        summary.row("verdict", self.word());
        summary
    }

    const fn word(&self) -> &'static str {
        if self.is_valid() { "valid" } else { "invalid" }
    }

    /// How many pre-images of each kind were read.
    fn kinds(&self) -> String {
        let mut text = self.reads.total().values.to_string();
        let mut separator = " (";
        for kind in PreimageKeyKind::ALL {
            let values = self.reads.of(kind).values;
            if values > 0 {
                text.push_str(&format!("{separator}{values} {kind}"));
                separator = ", ";
            }
        }
        if separator == ", " {
            text.push(')');
        }
        text
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { claimed_block_number: number, chain_id, claimed_output_root, .. } =
            &self.verdict;
        write!(f, "{}: block {number} of chain {chain_id}", self.word())?;
        write!(f, "\n  claimed output root   {claimed_output_root}")?;
        if let Some(computed) = self.verdict.computed_output_root {
            write!(f, "\n  computed output root  {computed}")?;
        }
        if self.verdict.block.number < *number {
            write!(f, "\n  L1 data ended at block {}", self.verdict.block.number)?;
        }
        Ok(())
    }
}

/// The verdict as scripts get it.
#[derive(Serialize)]
struct VerdictObject<'a> {
    verdict: &'static str,
    chain_id: u64,
    l2_block_number: u64,
    claimed_output_root: B256,
    computed_output_root: Option<B256>,
    reached_l2_block_number: u64,
    reached_l2_block_hash: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    boot: Option<&'a PathBuf>,
    summary: SummaryObject,
}

#[derive(Serialize)]
struct SummaryObject {
    blocks_derived: u64,
    transactions_executed: u64,
    gas_used: u64,
    preimages_read: u64,
    bytes_read: u64,
    bytes_hashed: u64,
    seconds: f64,
    peak_memory_bytes: Option<u64>,
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (verdict, stats) = (&self.verdict, &self.verdict.stats);
        let total = self.reads.total();
        let object = VerdictObject {
            verdict: self.word(),
            chain_id: verdict.chain_id,
            l2_block_number: verdict.claimed_block_number.0,
            claimed_output_root: verdict.claimed_output_root,
            computed_output_root: verdict.computed_output_root,
            reached_l2_block_number: verdict.block.number.0,
            reached_l2_block_hash: verdict.block.hash,
            boot: self.boot.as_ref(),
            summary: SummaryObject {
                blocks_derived: stats.blocks_executed,
                transactions_executed: stats.transactions_executed,
                gas_used: stats.gas_used,
                preimages_read: total.values,
                bytes_read: total.bytes,
                bytes_hashed: self.reads.hashed_bytes,
                seconds: self.time.as_secs_f64(),
                peak_memory_bytes: self.peak_memory_bytes,
            },
        };
        object.serialize(serializer)
    }
}

//! The program: boot, derive, execute, judge.
//!
//! Spec: fault-proof/index.md#fault-proof-program

use alloc::sync::Arc;

use alloy_primitives::B256;
use axos_driver::{Driver, DriverError, Step};
use axos_genesis::{L2BlockId, L2Number};
use kona_executor::OutputRoot;
use kona_preimage::{Hint, PreimageKey, PreimageOracle};

use crate::{
    BootInfo, ChainConfig, ProgramError, ProgramOptions, SourceError, Stats, Trace, Verdict,
    engine::{AgreedBlock, Engine},
    l1::L1Chain,
    l2::L2Chain,
    l2_state::L1Precompiles,
    start::{check_origin, new_pipeline},
};

/// Judges the claim that the oracle's boot values state.
///
/// # Errors
/// [`ProgramError`] if the claim can't be judged. A wrong claim is no error.
pub fn run<O: PreimageOracle>(
    oracle: &O,
    options: &ProgramOptions,
) -> Result<Verdict, ProgramError> {
    run_traced(oracle, options, &mut ())
}

/// As [`run`], and tells `trace` what happens meanwhile.
///
/// # Errors
/// As [`run`].
pub fn run_traced<O: PreimageOracle, T: Trace>(
    oracle: &O,
    options: &ProgramOptions,
    trace: &mut T,
) -> Result<Verdict, ProgramError> {
    let boot = BootInfo::load(oracle)?;
    let chain = ChainConfig::load(oracle, boot.chain_id, options)?;
    trace.booted(&boot, &chain);

    let agreed = read_agreed_block(oracle, boot.agreed_output_root)?;
    match Verdict::without_derivation(&boot, agreed.id()) {
        Some(verdict) => Ok(verdict),
        None => derive(oracle, options, &boot, chain, agreed, trace),
    }
}

/// The block behind the agreed output root.
fn read_agreed_block(
    oracle: &impl PreimageOracle,
    root: B256,
) -> Result<AgreedBlock, ProgramError> {
    let hint = Hint::StartingOutput { root, chain_id: None };
    let preimage = oracle.read_hinted(PreimageKey::keccak256(root), &hint)?;
    let output = OutputRoot::decode(preimage)
        .map_err(|source| ProgramError::AgreedOutput { root, source })?;
    Ok(AgreedBlock::read(oracle, output.block_hash, root)?)
}

/// Derives and executes up to the claimed block, and compares the root reached with the claim.
///
/// Spec: fault-proof/index.md#main-content
fn derive<O: PreimageOracle, T: Trace>(
    oracle: &O,
    options: &ProgramOptions,
    boot: &BootInfo,
    chain: ChainConfig,
    agreed: AgreedBlock,
    trace: &mut T,
) -> Result<Verdict, ProgramError> {
    let config = Arc::new(chain.rollup);
    let mut l1 = L1Chain::new(oracle, options, boot.l1_head)?;
    let mut l2 = L2Chain::new(oracle, &config, agreed.l2_header());
    let safe_head = l2.head_info()?;
    check_origin(&mut l1, safe_head.block.l1_origin)?;
    let pipeline = new_pipeline(&config, chain.l1, &mut l1, safe_head)?;
    trace.started(&safe_head.block, l1.head());

    let precompiles = L1Precompiles { oracle, key_style: options.precompile_key_style };
    let engine = Engine::new(&config, oracle, &precompiles, agreed, trace);
    let mut driver = Driver::with_pipeline(pipeline, l1, l2, engine);
    let last = advance(&mut driver, boot.claimed_block_number)?;
    let root = driver.engine_mut().output_root(last)?;
    let stats = Stats { l1: driver.l1().reads(), ..driver.engine().stats };
    Ok(Verdict { stats, ..Verdict::compare(boot, last, root) })
}

/// Goes on until the target is built or L1 has nothing more to say, and returns the last block
/// that counts.
fn advance<O: PreimageOracle, T: Trace>(
    driver: &mut ProgramDriver<'_, O, T>,
    target: L2Number,
) -> Result<L2BlockId, ProgramError> {
    loop {
        let head = driver.pipeline().parent().block;
        if head.number >= target {
            return Ok(head.id());
        }
        match driver.step().map_err(program_error)? {
            Step::Exhausted => return Ok(driver.pipeline().safe_head().block.id()),
            Step::Advanced(block) => driver.engine_mut().trace.l1_block(&block),
            Step::Dropped(dropped) => {
                let engine = driver.engine_mut();
                engine.stats.batcher_data_dropped += 1;
                engine.trace.dropped(&dropped);
            }
            Step::Fetched | Step::Built(_) | Step::RejectedPayload { .. } => {}
        }
    }
}

type ProgramDriver<'a, O, T> = Driver<L1Chain<'a, O>, L2Chain<'a, O>, Engine<'a, O, &'a mut T>>;

fn program_error(error: DriverError<SourceError, SourceError, ProgramError>) -> ProgramError {
    match error {
        DriverError::L1(error) | DriverError::L2(error) => error.into(),
        DriverError::Engine(error) => error,
        DriverError::Pipeline(error) => error.into(),
        DriverError::Reset(reason) => ProgramError::Reset(reason),
    }
}

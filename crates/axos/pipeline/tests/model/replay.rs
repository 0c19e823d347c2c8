//! Runs the pipeline on a world of the model and compares what both make of it.

use std::sync::Arc;

use alloy_primitives::B256;
use axos_genesis::{L2BlockRef, RollupConfig};
use axos_pipeline::{Blob, DerivedAttributes, Input, L2BlockInfo, Outcome, Pipeline, Request};
use axos_protocol::{L2Header, PayloadAttributes, SignedHash, read_l2_block, read_l2_block_ref};
use support_model::{
    Halt, L1Block, L2Block, ModelStep, Outcome as ModelOutcome, scenario::Scenario,
};

use crate::convert;

/// Where pipeline and model part, in words.
pub(crate) type Difference = String;

/// Runs the pipeline on the scenario's world.
///
/// # Errors
/// The first difference to what the model derives.
pub(crate) fn replay(scenario: &Scenario, bundle: Option<&[u8]>) -> Result<(), Difference> {
    Replay::new(scenario, bundle).run()
}

struct Replay<'a> {
    scenario: &'a Scenario,
    bundle: Option<&'a [u8]>,
    config: Arc<RollupConfig>,
    pipeline: Pipeline,
    /// The safe chain, with the blocks that the model says were built.
    l2: Vec<L2Block>,
    /// Steps of the model that are still to come.
    steps: std::slice::Iter<'a, ModelStep>,
}

impl<'a> Replay<'a> {
    fn new(scenario: &'a Scenario, bundle: Option<&'a [u8]>) -> Self {
        let world = &scenario.world;
        let config = Arc::new(convert::rollup_config(&world.config));
        let l2 = world.l2.clone();
        let safe_head = info(&config, l2.last().expect("a chain has a block"));
        let l1_config = convert::l1_chain_config(&world.config);
        let pipeline = Pipeline::new(Arc::clone(&config), l1_config, safe_head);
        Self { scenario, bundle, config, pipeline, l2, steps: scenario.derived.steps.iter() }
    }

    fn run(&mut self) -> Result<(), Difference> {
        loop {
            match self.pipeline.step() {
                Ok(Outcome::Needs(request)) => {
                    if let Err(error) = self.provide(&request) {
                        return self.compare_end(&format!("{error:?}"), error.is_critical());
                    }
                }
                Ok(Outcome::Attributes(derived)) => self.take(&derived)?,
                Ok(Outcome::Advanced(_) | Outcome::Dropped(_)) => {}
                Ok(Outcome::Exhausted) => return self.compare_end("exhausted", false),
                Ok(Outcome::Reset(reason)) => return Err(format!("reset: {reason}")),
                Err(error) => return self.compare_end(&format!("{error:?}"), error.is_critical()),
            }
        }
    }

    /// Both must have ended, and both with an error or both without.
    fn compare_end(&mut self, how: &str, is_critical: bool) -> Result<(), Difference> {
        if let Some(missing) = self.steps.next() {
            let at = missing.attributes.timestamp;
            return Err(format!("ended ({how}), but the model goes on with the block at {at}"));
        }
        let halt = self.scenario.derived.halt;
        if is_critical != matches!(halt, Some(Halt::Critical(_))) {
            return Err(format!("ended with {how}, but the model with {halt:?}"));
        }
        Ok(())
    }

    /// Compares attributes with the next step of the model and does what the engine did there.
    fn take(&mut self, derived: &DerivedAttributes) -> Result<(), Difference> {
        let Some(step) = self.steps.next() else {
            let at = derived.attributes.timestamp;
            return Err(format!("the model has no block at {at}: {derived:#?}"));
        };
        self.compare_step(derived, step)?;
        match &step.outcome {
            ModelOutcome::Accepted => self.accept(step),
            ModelOutcome::Dropped { safe_number } => {
                self.l2.retain(|block| block.header.number <= *safe_number);
                self.pipeline.reject_payload().map_err(|error| error.to_string())
            }
            ModelOutcome::DepositsOnly(trimmed) => {
                self.pipeline.reject_payload().map_err(|error| error.to_string())?;
                match self.pipeline.step() {
                    Ok(Outcome::Attributes(retried)) => {
                        compare(&retried.attributes, &convert::attributes(trimmed))?;
                        self.accept(step)
                    }
                    other => Err(format!("no deposits-only attributes, but {other:?}")),
                }
            }
        }
    }

    fn compare_step(
        &self,
        derived: &DerivedAttributes,
        step: &ModelStep,
    ) -> Result<(), Difference> {
        compare(&derived.attributes, &convert::attributes(&step.attributes))?;
        let expected = (
            step.attributes.parent_hash,
            convert::l1_id(&step.attributes.l1_origin),
            convert::l1_id(&step.derived_from),
        );
        let actual = (derived.parent.hash, derived.l1_origin, derived.derived_from.id());
        if actual != expected {
            let at = derived.attributes.timestamp;
            return Err(format!("at {at}: {actual:?}, but the model has {expected:?}"));
        }
        Ok(())
    }

    fn accept(&mut self, step: &ModelStep) -> Result<(), Difference> {
        let block = step.block.clone().expect("the model built it");
        let result = self.pipeline.accept(info(&self.config, &block));
        self.l2.push(block);
        result.map_err(|error| error.to_string())
    }

    fn provide(&mut self, request: &Request) -> Result<(), axos_pipeline::Error> {
        let l1 = &self.scenario.world.l1;
        let by_hash = |hash: &B256| l1.iter().find(|block| block.hash == *hash);
        let l2_by_number = |number: u64| {
            let found = self.l2.iter().find(|block| block.header.number == number);
            found.expect("the pipeline asks for blocks of the safe chain only")
        };
        match request {
            Request::L2BlockInfo { hash } => {
                let found = self.l2.iter().find(|block| block.hash == *hash);
                let found = info(&self.config, found.expect("it is a block of the safe chain"));
                self.pipeline.provide(Input::L2BlockInfo(found))
            }
            Request::L2BlockRef { number } => {
                let found = reference(&self.config, l2_by_number(number.0));
                self.pipeline.provide(Input::L2BlockRef(found))
            }
            Request::L2Block { number } => {
                let found = l2_by_number(number.0);
                let block = reference(&self.config, found);
                let transactions = slices(&found.transactions);
                self.pipeline.provide(Input::L2Block { block, transactions: &transactions })
            }
            Request::L1Header { hash } => provide_header(&mut self.pipeline, by_hash(hash)),
            Request::L1HeaderByNumber { number } => {
                let found = l1.iter().find(|block| block.header.number == number.0);
                provide_header(&mut self.pipeline, found)
            }
            Request::L1Receipts { block } => {
                let found = by_hash(&block.hash).expect("it is an L1 block");
                self.pipeline.provide(Input::L1Receipts(&slices(&found.receipts)))
            }
            Request::L1Transactions { block } => {
                let found = by_hash(&block.hash).expect("it is an L1 block");
                self.pipeline.provide(Input::L1Transactions(&slices(&found.transactions)))
            }
            Request::L1Signers { signed, .. } => {
                let signers: Vec<_> = signed.iter().map(SignedHash::signer).collect();
                self.pipeline.provide(Input::L1Signers(&signers))
            }
            Request::L1Blobs { block, blobs } => {
                let found = by_hash(&block.hash).expect("it is an L1 block");
                let blob = |index: u64| -> &Blob {
                    let index = usize::try_from(index).expect("few blobs");
                    found.blobs[index].as_ref().try_into().expect("a blob has its size")
                };
                let blobs: Vec<&Blob> = blobs.iter().map(|wanted| blob(wanted.index)).collect();
                self.pipeline.provide(Input::L1Blobs(&blobs))
            }
            Request::UpgradeBundle { .. } => {
                let bundle = self.bundle.expect("Karst is there only with its bundle");
                self.pipeline.provide(Input::UpgradeBundle(bundle))
            }
        }
    }
}

fn provide_header(
    pipeline: &mut Pipeline,
    block: Option<&Arc<L1Block>>,
) -> Result<(), axos_pipeline::Error> {
    let Some(block) = block else {
        return pipeline.provide(Input::L1BeyondHead);
    };
    let rlp = alloy_rlp::encode(&block.header);
    pipeline.provide(Input::L1Header { hash: block.hash, rlp: &rlp })
}

fn slices(items: &[alloy_primitives::Bytes]) -> Vec<&[u8]> {
    items.iter().map(AsRef::as_ref).collect()
}

fn header(block: &L2Block) -> L2Header {
    L2Header::decode(block.hash, &alloy_rlp::encode(&block.header)).expect("a header is a header")
}

fn reference(config: &RollupConfig, block: &L2Block) -> L2BlockRef {
    let first = block.transactions.first().map(AsRef::as_ref);
    read_l2_block_ref(config, &header(block), first).expect("derived blocks can be read back")
}

fn info(config: &RollupConfig, block: &L2Block) -> L2BlockInfo {
    let first = block.transactions.first().map(AsRef::as_ref);
    read_l2_block(config, &header(block), first).expect("derived blocks can be read back").into()
}

/// Names the first field in which attributes differ.
fn compare(actual: &PayloadAttributes, expected: &PayloadAttributes) -> Result<(), Difference> {
    if actual == expected {
        return Ok(());
    }
    let (a, e) = (&actual.transactions, &expected.transactions);
    let at = actual.timestamp;
    if a != e {
        let place = a.iter().zip(e).take_while(|(a, e)| a == e).count();
        let (counts, a, e) = ((a.len(), e.len()), a.get(place), e.get(place));
        return Err(format!("at {at}: {counts:?} transactions, number {place}:\n{a:?}\n{e:?}"));
    }
    let without = |attributes: &PayloadAttributes| PayloadAttributes {
        transactions: Vec::new(),
        ..attributes.clone()
    };
    Err(format!("at {at}:\n{:?}\n{:?}", without(actual), without(expected)))
}

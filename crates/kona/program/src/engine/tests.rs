use std::vec::Vec;

use alloc::sync::Arc;
use axos_driver::{Driver, Engine as _, Step};

use super::*;
use crate::{ChainConfig, Fault, l1::L1Chain, l2::L2Chain, start::new_pipeline, support::Run};

/// Remembers what derivation asks for.
struct Remembering<E> {
    engine: E,
    attributes: Vec<DerivedAttributes>,
}

impl<E: axos_driver::Engine> axos_driver::Engine for Remembering<E> {
    type Error = E::Error;

    fn execute(&mut self, attributes: &DerivedAttributes) -> Result<Execution, E::Error> {
        self.attributes.push(attributes.clone());
        self.engine.execute(attributes)
    }
}

/// Gives `check` a fresh engine, and what the whole run asks of it.
fn with_run(
    name: &str,
    check: impl FnOnce(Engine<'_, kona_preimage::MemoryOracle, ()>, &[DerivedAttributes]),
) {
    let Some(Run { boot, options, oracle, .. }) = Run::load(name) else { return };
    let oracle = &oracle;
    let chain = ChainConfig::load(oracle, boot.chain_id, &options).unwrap();
    let output = oracle.read(PreimageKey::keccak256(boot.agreed_output_root)).unwrap();
    let agreed =
        AgreedBlock::read(oracle, B256::from_slice(&output[96..]), boot.agreed_output_root)
            .unwrap();
    let config = Arc::new(chain.rollup);
    let mut l1 = L1Chain::new(oracle, &options, boot.l1_head).unwrap();
    let mut l2 = L2Chain::new(oracle, &config, agreed.l2_header());
    let head = l2.head_info().unwrap();
    let pipeline = new_pipeline(&config, chain.l1, &mut l1, head).unwrap();

    let precompiles = L1Precompiles { oracle, key_style: options.precompile_key_style };
    let engine = Engine::new(&config, oracle, &precompiles, agreed.clone(), ());
    let remembering = Remembering { engine, attributes: Vec::new() };
    let mut driver = Driver::with_pipeline(pipeline, l1, l2, remembering);
    while driver.pipeline().parent().block.number < boot.claimed_block_number {
        assert_ne!(driver.step().unwrap(), Step::Exhausted);
    }
    let fresh = Engine::new(&config, oracle, &precompiles, agreed, ());
    check(fresh, &driver.engine().attributes);
}

fn execute<O: PreimageOracle>(
    engine: &mut Engine<'_, O, ()>,
    attributes: &DerivedAttributes,
) -> L2BlockInfo {
    match engine.execute(attributes).unwrap() {
        Execution::Sealed(block) => block,
        Execution::InvalidPayload => panic!("a recorded payload is valid"),
    }
}

#[test]
fn blocks_that_were_taken_back_can_be_built_on_again() {
    with_run("devnet-270-280", |mut engine, attributes| {
        let agreed = engine.agreed.id();
        let (blocks, roots): (Vec<_>, Vec<_>) = attributes
            .iter()
            .map(|attributes| {
                let block = execute(&mut engine, attributes);
                (block, engine.output_root(block.block.id()).unwrap())
            })
            .unzip();
        assert_eq!(blocks.len(), 10);
        assert_eq!(engine.built.len(), 10);
        assert!((1..roots.len()).all(|at| roots[at] != roots[at - 1]));

        // Back to each block, the agreed one included, and up again.
        for back in 0..blocks.len() {
            assert_eq!(execute(&mut engine, &attributes[back]), blocks[back]);
            assert_eq!(engine.output_root(blocks[back].block.id()).unwrap(), roots[back]);
            assert_eq!(engine.built.len(), back + 1);
            for (attributes, block) in attributes.iter().zip(&blocks).skip(back + 1) {
                assert_eq!(execute(&mut engine, attributes), *block);
            }
        }
        assert_eq!(engine.output_root(agreed).unwrap(), engine.agreed.output_root);
    });
}

#[test]
fn block_that_was_never_built_can_not_be_built_on() {
    with_run("devnet-10-20", |mut engine, attributes| {
        let mut foreign = attributes[0].clone();
        foreign.parent.hash = B256::repeat_byte(9);
        let error = engine.execute(&foreign).unwrap_err();
        let parent = foreign.parent.id();
        assert!(matches!(error, ProgramError::UnknownParent { block } if block == parent));
        assert_eq!(error.fault(), Fault::Bug);
        // It did no harm.
        execute(&mut engine, &attributes[0]);
    });
}

#[test]
fn rejected_payload_leaves_the_parent_to_build_on() {
    with_run("devnet-10-20", |mut engine, attributes| {
        let mut bad = attributes[0].clone();
        bad.attributes.transactions.push(alloy_primitives::Bytes::from_static(&[0xf8, 1, 2]));
        assert_eq!(engine.execute(&bad).unwrap(), Execution::InvalidPayload);
        assert_eq!((engine.stats.payloads_rejected, engine.stats.blocks_executed), (1, 0));
        execute(&mut engine, &attributes[0]);
        assert_eq!((engine.stats.payloads_rejected, engine.stats.blocks_executed), (1, 1));
    });
}

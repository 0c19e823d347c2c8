//! Runs the pipeline on a world.

use alloy_primitives::Bytes;
use axos_genesis::{L2BlockRef, L2Number};
use axos_pipeline::{
    Blob, DerivedAttributes, Dropped, Error, Input, L2BlockInfo, Outcome, Pipeline, Request,
};
use axos_protocol::SignedHash;

use crate::{Engine, World};

/// A pipeline with all it needs around it, and what it did.
#[derive(Debug)]
pub struct Run {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// What builds its blocks.
    pub engine: Engine,
    /// The L2 chain from genesis on.
    pub chain: Vec<Built>,
    /// Batcher data that was ignored.
    pub drops: Vec<Dropped>,
    /// Heights of the L1 blocks entered.
    pub advanced: Vec<u64>,
    /// What was asked for.
    pub requests: Vec<Request>,
    /// Numbers of the blocks whose payload was rejected.
    pub rejected: Vec<u64>,
}

/// An L2 block and what it was made of.
#[derive(Debug, Clone)]
pub struct Built {
    /// The block, and the system configuration in it.
    pub info: L2BlockInfo,
    /// What it was built of, `None` for genesis.
    pub derived: Option<DerivedAttributes>,
}

impl Built {
    /// The transactions that came from a batch.
    pub fn batch_transactions(&self) -> &[Bytes] {
        self.derived.as_ref().map_or(&[], |it| &it.attributes.transactions[it.deposit_count..])
    }

    /// The block.
    pub fn block(&self) -> &L2BlockRef {
        &self.info.block
    }
}

impl Run {
    /// A run from L2 genesis on.
    pub fn new(world: &World) -> Self {
        Self::from_chain(world, vec![Built { info: world.genesis(), derived: None }])
    }

    /// A run that goes on from the last of these blocks.
    pub fn from_chain(world: &World, chain: Vec<Built>) -> Self {
        let safe_head = chain.last().unwrap().info;
        let (config, l1_config) = (world.config.clone(), world.l1_config.clone());
        Self {
            pipeline: Pipeline::new(config, l1_config, safe_head),
            engine: Engine::default(),
            chain,
            drops: Vec::new(),
            advanced: Vec::new(),
            requests: Vec::new(),
            rejected: Vec::new(),
        }
    }

    /// Derives all that the world has, from genesis on.
    pub fn all(world: &World) -> Self {
        let mut run = Self::new(world);
        run.exhaust(world);
        run
    }

    /// Goes on until L1 is exhausted.
    #[track_caller]
    pub fn exhaust(&mut self, world: &World) {
        match self.until_stop(world) {
            Ok(Outcome::Exhausted) => {}
            other => panic!("stopped at {other:?}"),
        }
    }

    /// Goes on until nothing can be answered any more.
    pub fn until_stop(&mut self, world: &World) -> Result<Outcome, Error> {
        loop {
            let outcome = self.pipeline.step()?;
            if let Some(stop) = self.react(world, outcome)? {
                return Ok(stop);
            }
        }
    }

    /// Makes one step, and reacts to it.
    pub fn step(&mut self, world: &World) {
        let outcome = self.pipeline.step().unwrap();
        self.react(world, outcome).unwrap();
    }

    /// Goes on until there are attributes, and leaves them unanswered.
    #[track_caller]
    pub fn until_attributes(&mut self, world: &World) -> DerivedAttributes {
        loop {
            match self.pipeline.step().unwrap() {
                Outcome::Attributes(derived) => return *derived,
                outcome => assert_eq!(self.react(world, outcome), Ok(None)),
            }
        }
    }

    /// Goes on until something is asked for, and leaves it unanswered.
    #[track_caller]
    pub fn until_request(&mut self, world: &World, is_wanted: impl Fn(&Request) -> bool) {
        loop {
            match self.pipeline.step().unwrap() {
                Outcome::Needs(request) if is_wanted(&request) => return,
                outcome => assert_eq!(self.react(world, outcome), Ok(None)),
            }
        }
    }

    /// Does what an outcome calls for. `Some`: there is nothing to do about it.
    fn react(&mut self, world: &World, outcome: Outcome) -> Result<Option<Outcome>, Error> {
        match outcome {
            Outcome::Needs(request) => self.answer(world, request)?,
            Outcome::Attributes(derived) => self.build(world, *derived)?,
            Outcome::Advanced(block) => self.advanced.push(block.number.0),
            Outcome::Dropped(dropped) => self.drops.push(dropped),
            stop @ (Outcome::Exhausted | Outcome::Reset(_)) => return Ok(Some(stop)),
        }
        Ok(None)
    }

    /// Batch transactions of every block above genesis.
    pub fn contents(&self) -> Vec<Vec<Bytes>> {
        self.chain.iter().skip(1).map(|built| built.batch_transactions().to_vec()).collect()
    }

    /// L1 origins of every block above genesis.
    pub fn epochs(&self) -> Vec<u64> {
        self.chain.iter().skip(1).map(|built| built.block().l1_origin.number.0).collect()
    }

    /// Number of the last block.
    pub fn head(&self) -> u64 {
        self.chain.last().unwrap().block().number.0
    }

    fn build(&mut self, world: &World, derived: DerivedAttributes) -> Result<(), Error> {
        let number = derived.parent.number.0 + 1;
        self.chain.truncate(usize::try_from(number).unwrap());
        assert_eq!(self.chain.last().unwrap().block(), &derived.parent);
        match self.engine.execute(&world.config, &derived) {
            Some(info) => {
                self.pipeline.accept(info)?;
                self.chain.push(Built { info, derived: Some(derived) });
            }
            None => {
                self.rejected.push(number);
                self.pipeline.reject_payload()?;
            }
        }
        Ok(())
    }

    fn l2(&self, number: L2Number) -> &Built {
        &self.chain[usize::try_from(number.0).unwrap()]
    }

    fn answer(&mut self, world: &World, request: Request) -> Result<(), Error> {
        let l1 = |hash| world.l1.iter().find(|it| it.block.hash == hash);

        match &request {
            Request::L2BlockInfo { hash } => {
                let info = self.chain.iter().find(|it| it.block().hash == *hash).unwrap().info;
                self.pipeline.provide(Input::L2BlockInfo(info))?;
            }
            Request::L2BlockRef { number } => {
                let block = *self.l2(*number).block();
                self.pipeline.provide(Input::L2BlockRef(block))?;
            }
            Request::L2Block { number } => {
                let built = self.l2(*number).clone();
                let all = built.derived.map_or(Vec::new(), |it| it.attributes.transactions);
                let transactions = borrow(&all);
                let (block, transactions) = (built.info.block, transactions.as_slice());
                self.pipeline.provide(Input::L2Block { block, transactions })?;
            }
            Request::L1Header { hash } => {
                let input = l1(*hash)
                    .map_or(Input::Missing, |it| Input::L1Header { hash: *hash, rlp: &it.rlp });
                self.pipeline.provide(input)?;
            }
            Request::L1HeaderByNumber { number } => {
                let block = world.l1.get(usize::try_from(number.0).unwrap());
                let input = block.map_or(Input::L1BeyondHead, |it| Input::L1Header {
                    hash: it.block.hash,
                    rlp: &it.rlp,
                });
                self.pipeline.provide(input)?;
            }
            Request::L1Receipts { block } => match l1(block.hash) {
                Some(it) => self.pipeline.provide(Input::L1Receipts(&borrow(&it.receipts)))?,
                None => self.pipeline.provide(Input::Missing)?,
            },
            Request::L1Transactions { block } => match l1(block.hash) {
                Some(it) => {
                    self.pipeline.provide(Input::L1Transactions(&borrow(&it.transactions)))?;
                }
                None => self.pipeline.provide(Input::Missing)?,
            },
            Request::L1Signers { signed, .. } => {
                let signers: Vec<_> = signed.iter().map(SignedHash::signer).collect();
                self.pipeline.provide(Input::L1Signers(&signers))?;
            }
            Request::L1Blobs { block, blobs } => {
                let all = &l1(block.hash).unwrap().blobs;
                let wanted = blobs.iter().map(|it| &*all[usize::try_from(it.index).unwrap()]);
                let wanted: Vec<&Blob> = wanted.collect();
                self.pipeline.provide(Input::L1Blobs(&wanted))?;
            }
            Request::UpgradeBundle { .. } => {
                let bundle = world.karst_bundle.clone().unwrap_or_default();
                self.pipeline.provide(Input::UpgradeBundle(&bundle))?;
            }
        }
        self.requests.push(request);
        Ok(())
    }
}

fn borrow(items: &[Bytes]) -> Vec<&[u8]> {
    items.iter().map(AsRef::as_ref).collect()
}

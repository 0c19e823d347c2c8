//! A rollup node in small: the same pipeline as in the fault proof program, driven from an async
//! provider.
//!
//! The pipeline does no I/O. All that a node adds is the loop in `Node::run`, which awaits what the
//! pipeline asks for, and decides what to do when the L1 chain ends or changes. The rest of this
//! file stands in for the network: an L1 that mines a block every few milliseconds and reorganises
//! itself once, and an engine that makes up blocks.
//!
//! `cargo run -p axos-driver --example tokio`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "an example that talks")]

use std::{future::Future, time::Duration};

use alloy_consensus::{EMPTY_ROOT_HASH, Header};
use alloy_primitives::{B256, Bytes, keccak256};
use axos_genesis::{ChainGenesis, L1BlockId, L1ChainConfig, L1Number, L2BlockRef, RollupConfig};
use axos_pipeline::{
    Blob, DerivedAttributes, IndexedBlobHash, Input, L2BlockInfo, Outcome, Pipeline, Request,
};
use axos_protocol::SignedHash;
use tokio::sync::watch;

/// What a node needs of an L1 client. `None` and empty answers mean that the block is gone.
trait L1Provider {
    fn header(&self, hash: B256) -> impl Future<Output = Option<Bytes>>;
    fn header_by_number(&self, number: L1Number) -> impl Future<Output = Option<(B256, Bytes)>>;
    fn receipts(&self, hash: B256) -> impl Future<Output = Option<Vec<Bytes>>>;
    fn transactions(&self, hash: B256) -> impl Future<Output = Option<Vec<Bytes>>>;
    fn blobs(
        &self,
        hash: B256,
        blobs: &[IndexedBlobHash],
    ) -> impl Future<Output = Option<Vec<Box<Blob>>>>;
    /// Returns when the chain has another head.
    fn changed(&mut self) -> impl Future<Output = bool>;
}

/// What a node needs of an execution client.
trait EngineClient {
    fn block(&self, hash: B256) -> impl Future<Output = Option<L2BlockInfo>>;
    /// Builds and executes a block; `None` if the payload is invalid.
    fn build(&mut self, derived: &DerivedAttributes) -> impl Future<Output = Option<L2BlockInfo>>;
    /// The newest block that no reorg of L1 can touch.
    fn finalized(&self) -> L2BlockInfo;
}

struct Node<L1, E> {
    pipeline: Pipeline,
    l1: L1,
    engine: E,
}

impl<L1: L1Provider, E: EngineClient> Node<L1, E> {
    /// Follows L1 until it does not change any more.
    async fn run(&mut self) -> Result<(), axos_pipeline::Error> {
        loop {
            match self.pipeline.step()? {
                Outcome::Needs(request) => self.answer(&request).await?,
                Outcome::Attributes(derived) => match self.engine.build(&derived).await {
                    Some(block) => self.pipeline.accept(block)?,
                    None => self.pipeline.reject_payload()?,
                },
                Outcome::Advanced(block) => {
                    let safe = self.pipeline.safe_head().block;
                    println!("L1 block {}, safe head {}", block.number, safe.number);
                }
                Outcome::Dropped(dropped) => println!("ignored: {dropped:?}"),
                Outcome::Exhausted => {
                    if !self.l1.changed().await {
                        return Ok(());
                    }
                }
                Outcome::Reset(reason) => {
                    println!("reset: {reason}");
                    self.pipeline.reset(self.engine.finalized());
                }
            }
        }
    }

    /// Awaits what the pipeline asks for. Where a real node would try again, this one does not.
    async fn answer(&mut self, request: &Request) -> Result<(), axos_pipeline::Error> {
        let Self { pipeline, l1, engine } = self;
        match request {
            Request::L2BlockInfo { hash } => {
                let block = engine.block(*hash).await.expect("the engine knows its own chain");
                pipeline.provide(Input::L2BlockInfo(block))
            }
            Request::L1Header { hash } => match l1.header(*hash).await {
                Some(rlp) => pipeline.provide(Input::L1Header { hash: *hash, rlp: &rlp }),
                None => pipeline.provide(Input::Missing),
            },
            Request::L1HeaderByNumber { number } => match l1.header_by_number(*number).await {
                Some((hash, rlp)) => pipeline.provide(Input::L1Header { hash, rlp: &rlp }),
                None => pipeline.provide(Input::L1BeyondHead),
            },
            Request::L1Receipts { block } => match l1.receipts(block.hash).await {
                Some(receipts) => pipeline.provide(Input::L1Receipts(&borrow(&receipts))),
                None => pipeline.provide(Input::Missing),
            },
            Request::L1Transactions { block } => match l1.transactions(block.hash).await {
                Some(all) => pipeline.provide(Input::L1Transactions(&borrow(&all))),
                None => pipeline.provide(Input::Missing),
            },
            Request::L1Signers { signed, .. } => {
                let signers: Vec<_> = signed.iter().map(SignedHash::signer).collect();
                pipeline.provide(Input::L1Signers(&signers))
            }
            Request::L1Blobs { block, blobs } => match l1.blobs(block.hash, blobs).await {
                Some(blobs) => {
                    let blobs: Vec<&Blob> = blobs.iter().map(AsRef::as_ref).collect();
                    pipeline.provide(Input::L1Blobs(&blobs))
                }
                None => pipeline.provide(Input::Missing),
            },
            // No span batch and no fork comes along in this example.
            Request::L2BlockRef { .. }
            | Request::L2Block { .. }
            | Request::UpgradeBundle { .. } => unreachable!("{request:?}"),
        }
    }
}

fn borrow(items: &[Bytes]) -> Vec<&[u8]> {
    items.iter().map(AsRef::as_ref).collect()
}

/// Seconds between L1 blocks.
const L1_BLOCK_SECS: u64 = 12;

/// L1 in memory: hash and RLP of each header. Its blocks are empty.
#[derive(Clone)]
struct MemoryL1(watch::Receiver<Vec<(B256, Bytes)>>);

impl L1Provider for MemoryL1 {
    async fn header(&self, hash: B256) -> Option<Bytes> {
        self.0.borrow().iter().find(|(it, _)| *it == hash).map(|(_, rlp)| rlp.clone())
    }

    async fn header_by_number(&self, number: L1Number) -> Option<(B256, Bytes)> {
        self.0.borrow().get(usize::try_from(number.0).ok()?).cloned()
    }

    async fn receipts(&self, hash: B256) -> Option<Vec<Bytes>> {
        self.header(hash).await.map(|_| Vec::new())
    }

    async fn transactions(&self, hash: B256) -> Option<Vec<Bytes>> {
        self.header(hash).await.map(|_| Vec::new())
    }

    async fn blobs(&self, _: B256, _: &[IndexedBlobHash]) -> Option<Vec<Box<Blob>>> {
        None
    }

    async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// Adds an empty block to `chain`. The salt tells blocks of the same height apart.
fn mine(chain: &mut Vec<(B256, Bytes)>, salt: u8) {
    let number = u64::try_from(chain.len()).unwrap();
    let header = Header {
        parent_hash: chain.last().map_or(B256::ZERO, |(hash, _)| *hash),
        number,
        timestamp: number * L1_BLOCK_SECS,
        transactions_root: EMPTY_ROOT_HASH,
        receipts_root: EMPTY_ROOT_HASH,
        extra_data: vec![salt].into(),
        ..Header::default()
    };
    let rlp: Bytes = alloy_rlp::encode(&header).into();
    chain.push((keccak256(&rlp), rlp));
}

/// Mines blocks, and exchanges two of them on the way.
async fn mine_for_a_while(chain: watch::Sender<Vec<(B256, Bytes)>>) {
    for round in 0..20_u8 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        chain.send_modify(|chain| {
            if round == 10 {
                chain.truncate(chain.len() - 2);
                mine(chain, 1);
                mine(chain, 1);
            }
            mine(chain, 0);
        });
    }
}

/// An engine in memory, whose blocks have a made-up hash.
struct MemoryEngine {
    chain: Vec<L2BlockInfo>,
}

impl EngineClient for MemoryEngine {
    async fn block(&self, hash: B256) -> Option<L2BlockInfo> {
        self.chain.iter().find(|it| it.block.hash == hash).copied()
    }

    async fn build(&mut self, derived: &DerivedAttributes) -> Option<L2BlockInfo> {
        let hash = keccak256(derived.attributes.transactions.concat());
        let parent = self.block(derived.parent.hash).await?;
        let block = L2BlockInfo { block: derived.block_ref(hash), ..parent };
        self.chain.push(block);
        Some(block)
    }

    fn finalized(&self) -> L2BlockInfo {
        self.chain[0]
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), axos_pipeline::Error> {
    let mut chain = Vec::new();
    mine(&mut chain, 0);
    let l1 = L1BlockId { hash: chain[0].0, number: L1Number(0) };
    let config = RollupConfig {
        genesis: ChainGenesis { l1, ..ChainGenesis::default() },
        block_time: 2,
        max_sequencer_drift: 600,
        seq_window_size: 4,
        channel_timeout: 10,
        l1_chain_id: 1,
        l2_chain_id: 10,
        ..RollupConfig::default()
    };
    let genesis = L2BlockInfo {
        block: L2BlockRef { l1_origin: l1, ..L2BlockRef::default() },
        ..L2BlockInfo::default()
    };
    let (sender, receiver) = watch::channel(chain);
    let mut node = Node {
        pipeline: Pipeline::new(config, L1ChainConfig::default(), genesis),
        l1: MemoryL1(receiver),
        engine: MemoryEngine { chain: vec![genesis] },
    };
    let (result, ()) = tokio::join!(node.run(), mine_for_a_while(sender));
    let safe = node.pipeline.safe_head().block;
    println!("safe head {} at {} seconds", safe.number, safe.timestamp);
    result
}

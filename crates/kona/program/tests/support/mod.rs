//! Recorded runs as oracles, and oracles that misbehave in one place.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};
#[allow(unused_imports, reason = "unit tests of a crate without std have no such prelude")]
use std::{
    string::{String, ToString},
    vec::Vec,
};

use alloy_consensus::Header;
use alloy_primitives::B256;
use alloy_rlp::Decodable;
use axos_genesis::{L1BlockId, L2BlockRef, L2Number};
use kona_preimage::{
    BlobKeyStyle, Hint, MemoryOracle, OracleError, PrecompileKeyStyle, PreimageKey,
    PreimageKeyKind, PreimageOracle, local_index,
};
use kona_program::{BootInfo, ProgramOptions, Trace, run_traced};
use revm::precompile::Precompiles;
use serde_json::Value;

/// All recorded runs, shortest first.
pub(crate) const RUNS: [&str; 5] =
    ["devnet-7-13", "devnet-10-20", "devnet-20-30", "devnet-270-280", "op-sepolia-16491249"];

/// The recorded runs that take next to no time.
pub(crate) const DEVNETS: [&str; 4] =
    ["devnet-7-13", "devnet-10-20", "devnet-20-30", "devnet-270-280"];

/// A recorded run.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) boot: BootInfo,
    pub(crate) options: ProgramOptions,
    pub(crate) oracle: MemoryOracle,
    /// Keys of the archive, in its order.
    pub(crate) keys: Vec<PreimageKey>,
}

impl Run {
    /// The run of that name, or `None`, said on stderr, where there are no fixtures.
    pub(crate) fn load(name: &str) -> Option<Self> {
        let folder = fixtures()?.join("fpp").join(name);
        let boot = read_json(&folder.join("boot.json"));
        let archive = fs::read(folder.join("preimages.kv.zst")).expect("an archive");
        let archive = zstd::decode_all(archive.as_slice()).expect("a Zstandard stream");
        let mut oracle = MemoryOracle::default();
        let keys = read_records(&archive, &mut oracle);

        if let Some(file) = boot["rollup_config"].as_str() {
            let config = fs::read(folder.join(file)).expect("a rollup configuration");
            oracle.insert(PreimageKey::local(local_index::KONA_ROLLUP_CONFIG), config);
        }
        let mut run = Self { boot: boot_info(&boot), options: options(&boot), oracle, keys };
        run.set_boot(run.boot);
        run.learn_precompiles();
        Some(run)
    }

    /// Replaces the boot values.
    pub(crate) fn set_boot(&mut self, boot: BootInfo) {
        self.boot = boot;
        let values: [(u64, &[u8]); 5] = [
            (local_index::L1_HEAD, boot.l1_head.as_slice()),
            (local_index::AGREED_OUTPUT_ROOT, boot.agreed_output_root.as_slice()),
            (local_index::CLAIMED_OUTPUT_ROOT, boot.claimed_output_root.as_slice()),
            (local_index::CLAIMED_BLOCK_NUMBER, &boot.claimed_block_number.0.to_be_bytes()),
            (local_index::L2_CHAIN_ID, &boot.chain_id.to_be_bytes()),
        ];
        for (index, value) in values {
            self.oracle.insert(PreimageKey::local(index), value);
        }
    }
}

impl Run {
    /// Adds results of precompiles, which hosts compute: recordings have none, as the programs that
    /// made them recovered senders themselves.
    fn learn_precompiles(&mut self) {
        let learning = Learning { inner: &self.oracle, learned: RefCell::default() };
        run_traced(&learning, &self.options, &mut ()).expect("a verdict");
        for (key, result) in learning.learned.into_inner() {
            self.oracle.insert(key, result);
        }
    }

    /// Replaces the claim.
    pub(crate) fn set_claim(&mut self, claimed_output_root: B256, number: L2Number) {
        let claimed_block_number = number;
        self.set_boot(BootInfo { claimed_output_root, claimed_block_number, ..self.boot });
    }

    /// Hash of the block below an L1 block; zero below the first one.
    pub(crate) fn parent_of_l1_block(&self, hash: B256) -> B256 {
        self.header(hash).parent_hash
    }

    /// The L1 origin of the agreed block.
    pub(crate) fn agreed_l1_origin(&self) -> L1BlockId {
        let mut origin = OriginOf::default();
        run_traced(&self.oracle, &self.options, &mut origin).expect("a verdict");
        origin.0.expect("a start")
    }

    /// Puts another L1 block of the same height and parent into the oracle.
    pub(crate) fn insert_sibling_of_l1_block(&mut self, hash: B256) -> B256 {
        let mut header = self.header(hash);
        header.timestamp += 1;
        self.oracle.insert_keccak256(alloy_rlp::encode(&header));
        header.hash_slow()
    }

    fn header(&self, hash: B256) -> Header {
        let rlp = self.oracle.read(PreimageKey::keccak256(hash)).expect("a header");
        Header::decode(&mut &*rlp).expect("a header")
    }
}

/// Remembers the L1 origin of the agreed block.
#[derive(Default)]
struct OriginOf(Option<L1BlockId>);

impl Trace for OriginOf {
    fn started(&mut self, agreed: &L2BlockRef, _head: L1BlockId) {
        self.0 = Some(agreed.l1_origin);
    }
}

fn fixtures() -> Option<PathBuf> {
    let folder = env::var_os("FIXTURES_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/fixtures"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    std::eprintln!("skipped: no fixtures at {}", folder.display());
    None
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("boot values")).expect("JSON")
}

/// Records of key, u32 length and value.
fn read_records(mut archive: &[u8], oracle: &mut MemoryOracle) -> Vec<PreimageKey> {
    let mut keys = Vec::new();
    while let Some((key, rest)) = archive.split_first_chunk::<32>() {
        let (length, rest) = rest.split_first_chunk().expect("a length");
        let length = usize::try_from(u32::from_be_bytes(*length)).expect("a length");
        let (value, rest) = rest.split_at(length);
        let key = PreimageKey::from_bytes(*key).expect("a typed key");
        oracle.insert(key, value);
        keys.push(key);
        archive = rest;
    }
    assert!(archive.is_empty(), "a record is cut off");
    keys
}

fn boot_info(json: &Value) -> BootInfo {
    let hash = |field: &str| -> B256 {
        json[field].as_str().expect("a hash").parse().expect("32 bytes of hex")
    };
    let number = |field: &str| json[field].as_u64().expect("a number");
    BootInfo {
        l1_head: hash("l1_head"),
        agreed_output_root: hash("agreed_l2_output_root"),
        claimed_output_root: hash("claimed_l2_output_root"),
        claimed_block_number: L2Number(number("claimed_l2_block_number")),
        chain_id: number("chain_id"),
    }
}

fn options(json: &Value) -> ProgramOptions {
    let blob_key_style = match json["blob_key_style"].as_str() {
        Some("index") => BlobKeyStyle::Index,
        other => panic!("blob key style {other:?}"),
    };
    let precompile_key_style = match json["precompile_key_style"].as_str() {
        Some("v1") => PrecompileKeyStyle::V1,
        other => panic!("precompile key style {other:?}"),
    };
    ProgramOptions { blob_key_style, precompile_key_style, ..ProgramOptions::default() }
}

/// Computes results of precompiles that are not there.
struct Learning<'a> {
    inner: &'a MemoryOracle,
    learned: RefCell<BTreeMap<PreimageKey, &'static [u8]>>,
}

impl PreimageOracle for Learning<'_> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        match self.learned.borrow().get(&key) {
            Some(result) => Ok(result),
            None => self.inner.read(key),
        }
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        if let Hint::L1PrecompileV1 { address, input } = *hint {
            let contract = Precompiles::prague().get(&address).expect("a contract of L1");
            let output = contract.execute(input, u64::MAX, 0).expect("no fatal error");
            let status = u8::from(output.is_success());
            let result = [&[status], &output.bytes[..]].concat();
            let key = PreimageKey::precompile(PrecompileKeyStyle::V1, address, 0, input);
            self.learned.borrow_mut().insert(key, result.leak());
        }
        Ok(())
    }
}

/// Keeps a record of what is read and hinted.
pub(crate) struct Recording<'a, O> {
    inner: &'a O,
    reads: RefCell<BTreeMap<PreimageKey, u64>>,
    hints: RefCell<BTreeMap<String, u64>>,
}

impl<'a, O> Recording<'a, O> {
    pub(crate) fn new(inner: &'a O) -> Self {
        Self { inner, reads: RefCell::default(), hints: RefCell::default() }
    }

    /// The keys that were read.
    pub(crate) fn keys(&self) -> BTreeSet<PreimageKey> {
        self.reads.borrow().keys().copied().collect()
    }

    /// How many reads there were by kind of key: of different keys, and in all.
    pub(crate) fn reads_by_kind(&self) -> BTreeMap<PreimageKeyKind, (u64, u64)> {
        let mut kinds = BTreeMap::<_, (u64, u64)>::new();
        for (key, count) in &*self.reads.borrow() {
            let (different, all) = kinds.entry(key.kind()).or_default();
            *different += 1;
            *all += count;
        }
        kinds
    }

    /// How many hints there were by kind.
    pub(crate) fn hints_by_kind(&self) -> BTreeMap<String, u64> {
        self.hints.borrow().clone()
    }
}

impl<O: PreimageOracle> PreimageOracle for Recording<'_, O> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        *self.reads.borrow_mut().entry(key).or_default() += 1;
        self.inner.read(key)
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        *self.hints.borrow_mut().entry(hint.kind().to_string()).or_default() += 1;
        self.inner.hint(hint)
    }

    /// As an oracle that remembers: hints go out for the first read of a key.
    fn read_hinted(&self, key: PreimageKey, hint: &Hint<'_>) -> Result<&[u8], OracleError> {
        if !self.reads.borrow().contains_key(&key) {
            self.hint(hint)?;
        }
        self.read(key)
    }
}

/// Has another value at one key, or none.
pub(crate) struct Tampered<'a, O> {
    pub(crate) inner: &'a O,
    pub(crate) key: PreimageKey,
    pub(crate) value: Option<Vec<u8>>,
}

impl<O: PreimageOracle> PreimageOracle for Tampered<'_, O> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        if key == self.key {
            return self.value.as_deref().ok_or(OracleError::Missing { key });
        }
        self.inner.read(key)
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        self.inner.hint(hint)
    }
}

/// Checks every value against its key, as a native host does.
pub(crate) struct Verifying<'a, O>(pub(crate) &'a O);

impl<O: PreimageOracle> PreimageOracle for Verifying<'_, O> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        let value = self.0.read(key)?;
        kona_preimage::verify(key, value)?;
        Ok(value)
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        self.0.hint(hint)
    }
}

//! Steps that read pre-images from the published oracle, which has checked each of them itself.
//!
//! The contract is `PreimageOracle` 1.0.0, out of the package that `contracts/package-lock.json`
//! names. Its keys of precompiles have no gas, as programs of 2024 have them.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod steps;

use std::{env, fs, path::PathBuf};

use alloy_primitives::{B256, U256, hex, keccak256};
use asterisc_evm::{EvmError, EvmOutcome, EvmStep, StepCall};
use asterisc_isa::Register;
use asterisc_state::SparseMemory;
use serde_json::Value;
use sha2::{Digest, Sha256};

use steps::{Preimages, Recorded, state_with};

/// Where npm has put its packages. Without the variable, a package that is not there is no error.
const PACKAGES: &str = "CONTRACTS_PACKAGES";
const ARTIFACT: &str =
    "@eth-optimism/contracts-bedrock/forge-artifacts/PreimageOracle.sol/PreimageOracle.json";
const CONTEXT: B256 = B256::repeat_byte(0xcc);
/// More than the published oracle costs beside ours, per read.
const GAS_BETWEEN_ORACLES: u64 = 1_000;

/// A pre-image, and how the oracle is told of it.
struct Case {
    name: &'static str,
    key: B256,
    value: Vec<u8>,
    /// A function of the oracle, and its arguments with the offset of the part among them.
    load: fn(offset: u64) -> (&'static str, Vec<Argument>),
}

enum Argument {
    Word(B256),
    Bytes(Vec<u8>),
}

use Argument::{Bytes, Word};

const LONG: [u8; 77] = [0x5a; 77];
const IDENT: u64 = 3;
const LOCAL_WORD: B256 = B256::repeat_byte(0xab);
/// Public test vectors: a signature, and a proof of one evaluation of a blob.
const SIGNATURE: [u8; 128] = hex!(
    "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
    "000000000000000000000000000000000000000000000000000000000000001c"
    "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
    "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
);
const SIGNER: [u8; 32] = hex!("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
const POINT: B256 =
    B256::new(hex!("564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"));
const ELEMENT: B256 =
    B256::new(hex!("24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"));
const COMMITMENT: [u8; 48] = hex!(
    "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
    "5f26936857bc3a7c2539ea8ec3a952b7"
);
const PROOF: [u8; 48] = hex!(
    "873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612"
    "fbeafdad446cbc7bcdbdcd780af2c16a"
);

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "local",
            key: typed(1, U256::from(IDENT).into()),
            value: LOCAL_WORD.to_vec(),
            load: |offset| {
                let arguments = [number(IDENT), CONTEXT, LOCAL_WORD, number(32), number(offset)];
                let function = "loadLocalData(uint256,bytes32,bytes32,uint256,uint256)";
                (function, arguments.map(Word).into())
            },
        },
        Case {
            name: "keccak-256",
            key: typed(2, keccak256(LONG)),
            value: LONG.to_vec(),
            load: |offset| {
                let arguments = vec![Word(number(offset)), Bytes(LONG.to_vec())];
                ("loadKeccak256PreimagePart(uint256,bytes)", arguments)
            },
        },
        Case {
            name: "SHA-256",
            key: typed(4, B256::from_slice(&Sha256::digest(LONG))),
            value: LONG.to_vec(),
            load: |offset| {
                let arguments = vec![Word(number(offset)), Bytes(LONG.to_vec())];
                ("loadSha256PreimagePart(uint256,bytes)", arguments)
            },
        },
        Case {
            name: "blob",
            key: typed(5, keccak256([&COMMITMENT[..], POINT.as_slice()].concat())),
            value: ELEMENT.to_vec(),
            load: |offset| {
                let proof = [Bytes(COMMITMENT.to_vec()), Bytes(PROOF.to_vec())];
                let arguments = [Word(POINT), Word(ELEMENT)].into_iter().chain(proof);
                let function = "loadBlobPreimagePart(uint256,uint256,bytes,bytes,uint256)";
                (function, arguments.chain([Word(number(offset))]).collect())
            },
        },
        Case {
            name: "precompile",
            key: typed(6, keccak256([&number(1)[12..], &SIGNATURE].concat())),
            value: [&[1], &SIGNER[..]].concat(),
            load: |offset| {
                let arguments =
                    vec![Word(number(offset)), Word(number(1)), Bytes(SIGNATURE.to_vec())];
                ("loadPrecompilePreimagePart(uint256,address,bytes)", arguments)
            },
        },
    ]
}

fn number(number: u64) -> B256 {
    U256::from(number).into()
}

fn typed(kind: u8, mut hash: B256) -> B256 {
    hash[0] = kind;
    hash
}

/// Calldata of a function, its arguments by the rules of the ABI.
fn encode((function, arguments): (&str, Vec<Argument>)) -> Vec<u8> {
    let (mut head, mut tail) = (keccak256(function)[..4].to_vec(), Vec::new());
    for argument in &arguments {
        match argument {
            Word(word) => head.extend(word),
            Bytes(bytes) => {
                head.extend(U256::from(arguments.len() * 32 + tail.len()).to_be_bytes::<32>());
                tail.extend(U256::from(bytes.len()).to_be_bytes::<32>());
                tail.extend(bytes);
                tail.resize(tail.len().next_multiple_of(32), 0);
            }
        }
    }
    [head, tail].concat()
}

/// An EVM with the published oracle; `None`, said on stderr, where npm has not installed it.
fn published() -> Option<EvmStep> {
    let given = env::var_os(PACKAGES).map(PathBuf::from);
    let folder = given.clone().unwrap_or_else(|| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../contracts/node_modules")
    });
    let path = folder.join(ARTIFACT);
    if given.is_none() && !path.exists() {
        eprintln!("skipped: no {}; `cargo xtask contracts` installs it", path.display());
        return None;
    }
    let artifact: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let code = hex::decode(artifact["bytecode"]["object"].as_str().unwrap()).unwrap();
    // Least size of a proposal, and period of challenges; neither matters to what is read here.
    let creation = [&code, number(126_000).as_slice(), number(86_400).as_slice()].concat();
    let mut evm = EvmStep::new();
    evm.deploy_oracle(creation).unwrap();
    Some(evm)
}

/// The step that reads from `offset` of a pre-image on.
fn read_of(case: &Case, offset: u64) -> Recorded {
    let mut state = state_with(0x1000, 0x73);
    state.memory.write_bytes(0x2000, &[0xee; 32]);
    state.hart.write_register(Register::A7, 63);
    state.hart.registers[10..13].copy_from_slice(&[5, 0x2000, 32]);
    (state.hart.preimage_key, state.hart.preimage_offset) = (case.key, offset);
    Recorded::of(&mut state, &mut Preimages([(case.key, case.value.clone())].into()))
}

fn step_on(evm: &mut EvmStep, recorded: &Recorded) -> Result<EvmOutcome, EvmError> {
    let prestate = recorded.prestate.as_bytes();
    let call = StepCall { prestate, proof: &recorded.proof, local_context: CONTEXT };
    evm.call(call.encode())
}

#[test]
fn every_kind_of_pre_image_is_read_from_the_published_oracle() {
    let Some(mut evm) = published() else { return };
    for case in cases() {
        let length = 8 + u64::try_from(case.value.len()).unwrap();
        for offset in [0, 8, length - 1] {
            let name = format!("{} from {offset} on", case.name);
            let recorded = read_of(&case, offset);
            let missing = step_on(&mut evm, &recorded);
            assert!(missing.is_err(), "{name}: read before it was loaded");

            evm.call_oracle(encode((case.load)(offset))).unwrap();
            let outcome = step_on(&mut evm, &recorded);
            recorded.assert_is(&outcome, &name);

            let ours = recorded.on_chain(&mut EvmStep::new(), CONTEXT).unwrap();
            let difference = outcome.unwrap().gas_used.abs_diff(ours.gas_used);
            assert!(difference < GAS_BETWEEN_ORACLES, "{name}: {difference} gas");
        }
    }
}

#[test]
fn the_published_oracle_does_not_take_what_is_not_so() {
    let Some(mut evm) = published() else { return };
    let wrong = ELEMENT.0.map(|byte| byte ^ 1).into();
    let arguments = vec![
        Word(POINT),
        Word(wrong),
        Bytes(COMMITMENT.to_vec()),
        Bytes(PROOF.to_vec()),
        Word(number(0)),
    ];
    let function = "loadBlobPreimagePart(uint256,uint256,bytes,bytes,uint256)";
    assert!(evm.call_oracle(encode((function, arguments))).is_err());
}

//! Binds what is accelerated to op-revm's own contracts, for every fork and address.

use super::{PrecompileOracle, Precompiles, accelerated, split_precompile_result};
use alloc::{vec, vec::Vec};
use alloy_primitives::{Address, Bytes, U256, hex};
use core::cell::RefCell;
use kona_preimage::{OracleError, PreimageKey};
use op_revm::{OpSpecId, precompiles::OpPrecompiles};
use revm::precompile::{
    EthPrecompileOutput, EthPrecompileResult, Precompile, PrecompileHalt, u64_to_address,
};

const SPECS: [OpSpecId; 10] = [
    OpSpecId::BEDROCK,
    OpSpecId::REGOLITH,
    OpSpecId::CANYON,
    OpSpecId::ECOTONE,
    OpSpecId::FJORD,
    OpSpecId::GRANITE,
    OpSpecId::HOLOCENE,
    OpSpecId::ISTHMUS,
    OpSpecId::JOVIAN,
    OpSpecId::KARST,
];

/// The contracts that must be accelerated where they exist, with the bytes of one unit of input.
const ACCELERATED: [(u64, usize); 10] = [
    (0x01, 128),
    (0x08, 192),
    (0x0a, 192),
    (0x0b, 256),
    (0x0c, 160),
    (0x0d, 512),
    (0x0e, 288),
    (0x0f, 384),
    (0x10, 64),
    (0x11, 128),
];

/// Limits on input bytes from a fork on.
const LIMITS: [(OpSpecId, u64, usize); 9] = [
    (OpSpecId::GRANITE, 0x08, 112_687),
    (OpSpecId::ISTHMUS, 0x0c, 513_760),
    (OpSpecId::ISTHMUS, 0x0e, 488_448),
    (OpSpecId::ISTHMUS, 0x0f, 235_008),
    (OpSpecId::JOVIAN, 0x08, 81_984),
    (OpSpecId::JOVIAN, 0x0c, 288_960),
    (OpSpecId::JOVIAN, 0x0e, 278_784),
    (OpSpecId::JOVIAN, 0x0f, 156_672),
    (OpSpecId::KARST, 0x08, 57_600),
];

/// Answers as L1 does, which has no limits of L2, and keeps a list of what it was asked.
#[derive(Default)]
struct L1 {
    asked: RefCell<Vec<(Address, u64, Bytes)>>,
}

impl PrecompileOracle for L1 {
    fn run(&self, address: Address, gas: u64, input: &[u8]) -> Result<Option<&[u8]>, OracleError> {
        self.asked.borrow_mut().push((address, gas, Bytes::copy_from_slice(input)));
        let output = execute(native(OpSpecId::ISTHMUS, address).unwrap(), input, gas);
        Ok(output.ok().map(|output| -> &[u8] { output.bytes.to_vec().leak() }))
    }
}

/// Answers to nothing.
struct Broken;

impl PrecompileOracle for Broken {
    fn run(&self, _: Address, _: u64, _: &[u8]) -> Result<Option<&[u8]>, OracleError> {
        Err(broken())
    }
}

fn broken() -> OracleError {
    OracleError::SourceFailed { key: PreimageKey::precompile_from_hash(Default::default()) }
}

fn native(spec: OpSpecId, address: Address) -> Option<&'static Precompile> {
    OpPrecompiles::new_with_spec(spec).precompiles().get(&address)
}

fn execute(precompile: &Precompile, input: &[u8], gas_limit: u64) -> EthPrecompileResult {
    let output = precompile.execute(input, gas_limit, 0).unwrap();
    match output.halt_reason() {
        Some(halt) => Err(halt.clone()),
        None => Ok(EthPrecompileOutput::new(output.gas_used, output.bytes)),
    }
}

/// What an accelerated call gives; `None` if it is not accelerated.
fn run(
    oracle: &dyn PrecompileOracle,
    spec: OpSpecId,
    address: Address,
    input: &[u8],
    gas_limit: u64,
) -> Option<EthPrecompileResult> {
    Precompiles::new(spec, Some(oracle)).run_checked(&address, input, gas_limit).unwrap()
}

/// The limit on the input of a contract, if there is any.
fn limit(spec: OpSpecId, address: u64) -> Option<usize> {
    let of_address = LIMITS.iter().filter(|(from, of, _)| *of == address && spec >= *from);
    of_address.map(|(_, _, bytes)| *bytes).next_back()
}

#[test]
fn exactly_the_listed_contracts_are_accelerated_in_every_fork() {
    for spec in SPECS {
        for address in (0..=0x20).chain([0x100, 0x101, 0x0100_0001]) {
            let exists = native(spec, u64_to_address(address)).is_some();
            let is_listed = ACCELERATED.iter().any(|(listed, _)| *listed == address);
            // Without gas no call gets as far as the oracle.
            let result = run(&Broken, spec, u64_to_address(address), &[], 0);
            assert_eq!(result.is_some(), exists && is_listed, "{spec:?} {address:#x}");
        }
        let far = Address::with_last_byte(1) | Address::repeat_byte(0x10);
        assert!(run(&Broken, spec, far, &[], 0).is_none());
    }
}

#[test]
fn gas_and_limits_are_those_of_op_revm_for_every_fork_and_address() {
    for spec in SPECS {
        for (number, unit) in ACCELERATED {
            let address = u64_to_address(number);
            let Some(precompile) = native(spec, address) else { continue };
            let largest = limit(spec, number).unwrap_or(20 * unit) / unit * unit;
            let karst_only = number == 0x08 && spec == OpSpecId::KARST;
            let sizes = [0, 1, unit - 1, unit, unit + 1, 2 * unit, largest - unit, largest]
                .into_iter()
                // op-revm does not know Karst's limit.
                .chain([largest + 1, largest + unit].into_iter().filter(|_| !karst_only));
            for size in sizes {
                check_price(spec, precompile, address, &vec![0; size]);
            }
        }
    }
}

/// The same gas makes the difference between out of gas and not, and the same input is refused
/// whatever the gas.
fn check_price(spec: OpSpecId, precompile: &Precompile, address: Address, input: &[u8]) {
    let context = || alloc::format!("{spec:?} {address} {} bytes", input.len());
    // A price is found by halving: less is out of gas, and the oracle is not asked then.
    let is_out_of_gas =
        |result: &EthPrecompileResult| matches!(result, Err(PrecompileHalt::OutOfGas));
    // An error means that the oracle was asked, so that neither gas nor input were wrong.
    let accelerated =
        |gas| accelerated::run(&Broken, spec, &address, input, gas).unwrap_or_default();
    match accelerated(u64::MAX) {
        // Refused with all the gas there is: op-revm refuses too. ecrecover alone is never refused,
        // and gives nothing for a signature out of range.
        Some(Err(halt)) => {
            assert!(!matches!(halt, PrecompileHalt::OutOfGas));
            assert!(execute(precompile, input, u64::MAX).is_err(), "{}", context());
        }
        _ => {
            let (mut low, mut high) = (0, 1 << 40);
            while low + 1 < high {
                let middle = (low + high) / 2;
                let is_short = accelerated(middle).as_ref().is_some_and(is_out_of_gas);
                if is_short { low = middle } else { high = middle }
            }
            assert!(is_out_of_gas(&execute(precompile, input, high - 1)), "{}", context());
            // Large inputs take long where there is gas for them.
            if input.len() <= 2_000 {
                let output = execute(precompile, input, high);
                assert_eq!(output.unwrap().gas_used, high, "{}", context());
            }
        }
    }
}

#[test]
fn no_fork_takes_an_input_above_its_limit() {
    for spec in SPECS {
        for (number, unit) in ACCELERATED {
            let Some(limit) = limit(spec, number) else { continue };
            let address = u64_to_address(number);
            let above = vec![0; (limit / unit + 1) * unit];
            assert!(run(&Broken, spec, address, &above, u64::MAX).unwrap().is_err());
            let natively = Precompiles::new(spec, None).run_checked(&address, &above, u64::MAX);
            let is_refused = match natively.unwrap() {
                Some(result) => result.is_err(),
                None => execute(native(spec, address).unwrap(), &above, u64::MAX).is_err(),
            };
            assert!(is_refused, "{spec:?} {number:#x}");
        }
    }
}

#[test]
fn karst_limits_the_bn256_pairing_to_57600_bytes() {
    let address = u64_to_address(0x08);
    let refused = Some(Err(PrecompileHalt::Bn254PairLength));
    let natively = |spec, bytes| {
        Precompiles::new(spec, None).run_checked(&address, &vec![0; bytes], u64::MAX).unwrap()
    };
    assert_eq!(natively(OpSpecId::KARST, 57_600), None);
    assert_eq!(natively(OpSpecId::KARST, 57_792), refused);
    assert_eq!(natively(OpSpecId::JOVIAN, 57_792), None);
}

/// A signature that recovers to an address, as ecrecover takes it.
fn good_signature() -> Vec<u8> {
    hex!(
        "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
        "000000000000000000000000000000000000000000000000000000000000001c"
        "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
        "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
    )
    .to_vec()
}

/// Inputs of which some work and some fail, for the contract at each address.
fn inputs() -> Vec<(u64, Vec<u8>)> {
    let good = good_signature();
    let with = |index: usize, byte| {
        let mut changed = good.clone();
        changed[index] = byte;
        changed
    };
    let without = |range: core::ops::Range<usize>| {
        let mut changed = good.clone();
        changed[range].fill(0);
        changed
    };
    let kzg = hex!(
        "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
        "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
        "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
        "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
        "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253"
        "fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a"
    );
    let mut bad_kzg = kzg;
    bad_kzg[40] ^= 1;
    let mut inputs = vec![
        (0x01, good.clone()),
        (0x01, [good.clone(), vec![7; 40]].concat()),
        (0x01, good[..100].to_vec()),
        (0x01, vec![]),
        (0x01, with(63, 27)),
        (0x01, with(63, 29)),
        (0x01, with(40, 1)),
        (0x01, without(64..96)),
        (0x01, without(96..128)),
        (0x01, [&good[..64], &[0xff; 64]].concat()),
        (0x08, vec![]),
        (0x08, vec![0; 384]),
        (0x08, vec![1; 192]),
        (0x0a, kzg.to_vec()),
        (0x0a, bad_kzg.to_vec()),
        (0x0a, vec![0; 192]),
    ];
    for (address, unit) in &ACCELERATED[3..] {
        inputs.push((*address, vec![0; *unit]));
        inputs.push((*address, vec![1; *unit]));
        inputs.push((*address, vec![0; *unit + 1]));
    }
    inputs
}

#[test]
fn accelerated_contracts_give_what_op_revm_gives() {
    let mut successes = 0;
    for (number, input) in inputs() {
        let address = u64_to_address(number);
        let expected = execute(native(OpSpecId::ISTHMUS, address).unwrap(), &input, 1_000_000);
        let actual = run(&L1::default(), OpSpecId::ISTHMUS, address, &input, 1_000_000).unwrap();
        successes += usize::from(expected.is_ok());
        assert_eq!(actual.ok(), expected.ok(), "{number:#x} {}", hex::encode(&input));
    }
    assert!(successes > 15, "only {successes} inputs worked");
}

#[test]
fn ecrecover_asks_for_its_first_128_bytes_with_zeros_added() {
    let good = good_signature();
    let address = u64_to_address(1);
    // The last byte of s is 0x49; without it s ends in a zero that is added again.
    for (input, expected) in [
        (good.clone(), good.clone()),
        ([good.clone(), vec![7; 40]].concat(), good.clone()),
        (good[..127].to_vec(), [&good[..127], &[0]].concat()),
    ] {
        let oracle = L1::default();
        run(&oracle, OpSpecId::GRANITE, address, &input, 3_000).unwrap().unwrap();
        assert_eq!(oracle.asked.take(), [(address, 3_000, expected.into())]);
    }
}

#[test]
fn a_failed_ecrecover_succeeds_with_nothing() {
    struct Failing;
    impl PrecompileOracle for Failing {
        fn run(&self, _: Address, _: u64, _: &[u8]) -> Result<Option<&[u8]>, OracleError> {
            Ok(None)
        }
    }
    let nothing = EthPrecompileOutput::new(3_000, Bytes::new());
    let address = u64_to_address(1);
    for input in [good_signature(), vec![0; 128], vec![]] {
        let result = run(&Failing, OpSpecId::GRANITE, address, &input, 3_000);
        assert_eq!(result, Some(Ok(nothing.clone())));
    }
}

#[test]
fn the_oracle_is_asked_with_the_gas_charged_and_only_if_there_is_enough() {
    let oracle = L1::default();
    let address = u64_to_address(0x08);
    let gas = 45_000 + 2 * 34_000;
    let run = |gas| run(&oracle, OpSpecId::BEDROCK, address, &[0; 384], gas).unwrap();
    assert_eq!(run(gas - 1), Err(PrecompileHalt::OutOfGas));
    assert!(oracle.asked.borrow().is_empty());
    let true_word = Bytes::from(U256::from(1).to_be_bytes_vec());
    assert_eq!(run(gas + 5), Ok(EthPrecompileOutput::new(gas, true_word)));
    assert_eq!(oracle.asked.take(), [(address, gas, vec![0; 384].into())]);
}

#[test]
fn an_oracle_that_does_not_answer_is_an_error() {
    for (number, input) in [(0x01, good_signature()), (0x08, vec![0; 192])] {
        let precompiles = Precompiles::new(OpSpecId::GRANITE, Some(&Broken));
        let result = precompiles.run_checked(&u64_to_address(number), &input, u64::MAX);
        assert_eq!(result, Err(broken()));
    }
}

#[test]
fn a_result_starts_with_a_status_of_0_or_1() {
    let key = PreimageKey::precompile_from_hash(Default::default());
    let split = |preimage| split_precompile_result(key, preimage);
    assert_eq!(split(&[1]), Ok(Some([].as_slice())));
    assert_eq!(split(&[1, 2, 3]), Ok(Some([2, 3].as_slice())));
    assert_eq!(split(&[0]), Ok(None));
    assert_eq!(split(&[0, 2, 3]), Ok(None));
    assert_eq!(split(&[2, 3]), Err(OracleError::PrecompileStatus { key, status: 2 }));
    assert_eq!(split(&[]), Err(OracleError::WrongLength { key, expected: 1, actual: 0 }));
}

use std::{
    cell::Cell,
    collections::BTreeMap,
    io::{Read, Write},
    os::unix::net::UnixStream,
};

use alloy_primitives::{Address, B256, hex, keccak256};
use bumpalo::Bump;
use kona_preimage::{ArenaOracle, HintWriter, OracleReader, PrecompileKeyStyle, local_index};

use super::*;
use crate::{Boot, BootFlags, NativeOracle, Store, StoreError};

const CHAIN: u64 = 11_155_420;

/// One end of a pair of sockets.
struct Socket(UnixStream);

impl Channel for Socket {
    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ChannelError> {
        self.0.read_exact(buffer).map_err(|_| ChannelError::Closed)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        self.0.write_all(bytes).map_err(|_| ChannelError::Closed)
    }
}

/// A store in memory, which counts how often it is asked for what it lacks.
#[derive(Default)]
struct Values {
    values: BTreeMap<PreimageKey, Vec<u8>>,
    misses: Cell<u32>,
}

impl Store for Values {
    fn get<'a>(&'a self, key: PreimageKey, _: &'a Bump) -> Result<Option<&'a [u8]>, StoreError> {
        let value = self.values.get(&key).map(Vec::as_slice);
        self.misses.set(self.misses.get() + u32::from(value.is_none()));
        Ok(value)
    }

    fn keys(&self) -> Result<Vec<PreimageKey>, StoreError> {
        Ok(self.values.keys().copied().collect())
    }
}

fn boot() -> Boot {
    Boot::from_flags(&BootFlags {
        l1_head: B256::repeat_byte(0x11),
        chain_id: Some(CHAIN),
        ..BootFlags::default()
    })
    .unwrap()
}

fn served(
    values: &[&[u8]],
    patience: Patience,
    program: impl FnOnce(Socket, Socket) + Send + 'static,
) -> Result<(), ServerError> {
    served_in(HintDialect::Kona, values, patience, program)
}

/// Serves what `values` have to `program`, which runs in a thread of its own.
fn served_in(
    dialect: HintDialect,
    values: &[&[u8]],
    patience: Patience,
    program: impl FnOnce(Socket, Socket) + Send + 'static,
) -> Result<(), ServerError> {
    let mut store = Values::default();
    for value in values {
        store.values.insert(PreimageKey::keccak256(keccak256(value)), value.to_vec());
    }
    let stores: [Box<dyn Store>; 1] = [Box::new(store)];
    let arena = Bump::new();
    let native = NativeOracle::new(&stores, &arena);
    let boot = boot();
    let oracle = DisputeOracle::new(&native, &boot, dialect);
    let (preimages, their_preimages) = UnixStream::pair().unwrap();
    let (hints, their_hints) = UnixStream::pair().unwrap();
    let program = thread::spawn(move || program(Socket(their_preimages), Socket(their_hints)));
    let result = serve_over(Socket(preimages), Socket(hints), &oracle, patience);
    program.join().unwrap();
    result
}

fn reads(
    values: &[&[u8]],
    patience: Patience,
    check: impl FnOnce(&ArenaOracle<'_, Socket, Socket>) + Send + 'static,
) -> Result<(), ServerError> {
    served(values, patience, |preimages, hints| {
        let arena = Bump::new();
        let hints = HintWriter::new(hints, HintDialect::Kona);
        check(&ArenaOracle::new(&arena, OracleReader::new(preimages), hints));
    })
}

#[test]
fn values_of_the_dispute_and_of_stores_are_served_until_the_program_is_done() {
    let result = reads(&[b"value"], Patience::NONE, |oracle| {
        let head = oracle.read(PreimageKey::local(local_index::L1_HEAD)).unwrap();
        assert_eq!(head, [0x11; 32]);
        let chain = oracle.read(PreimageKey::local(local_index::L2_CHAIN_ID)).unwrap();
        assert_eq!(chain, CHAIN.to_be_bytes());
        let hash = keccak256(b"value");
        let hint = Hint::L1BlockHeader { hash };
        assert_eq!(oracle.read_hinted(PreimageKey::keccak256(hash), &hint).unwrap(), b"value");
    });
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn a_missing_preimage_is_looked_for_a_few_times_and_named_with_its_hint() {
    let hash = B256::repeat_byte(0x99);
    let key = PreimageKey::keccak256(hash);
    let patience = Patience { attempts: 3, pause: Duration::from_millis(1) };
    let result = reads(&[], patience, move |oracle| {
        assert!(oracle.read_hinted(key, &Hint::L1Receipts { hash }).is_err());
    });
    let Err(ServerError::Preimage { preimage, hint_error: None, source }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(*source, OracleError::RetriesExhausted { key, attempts: 3 });
    assert_eq!(preimage, Preimage { key, hint: Some(format!("l1-receipts {hash}")) });
}

#[test]
fn a_hint_that_nobody_understands_is_taken_and_told_of_when_a_preimage_is_missing() {
    let key = PreimageKey::keccak256(B256::repeat_byte(0x99));
    let result = served(&[b"value"], Patience::NONE, move |mut preimages, mut hints| {
        let hint = b"make-coffee 0x01";
        hints.write_all(&u32::try_from(hint.len()).unwrap().to_be_bytes()).unwrap();
        hints.write_all(hint).unwrap();
        let mut acknowledgement = [7];
        hints.read_exact(&mut acknowledgement).unwrap();
        assert_eq!(acknowledgement, [0]);
        // What is there is served all the same.
        preimages.write_all(PreimageKey::keccak256(keccak256(b"value")).as_bytes()).unwrap();
        let mut value = [0; 13];
        preimages.read_exact(&mut value).unwrap();
        assert_eq!(&value[8..], b"value");
        preimages.write_all(key.as_bytes()).unwrap();
        assert!(preimages.read_exact(&mut value).is_err());
    });
    let Err(ServerError::Preimage { preimage, hint_error: Some(error), .. }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(preimage, Preimage { key, hint: Some("make-coffee 0x01".into()) });
    assert!(error.to_string().contains("make-coffee"), "{error}");
}

#[test]
fn results_of_precompiles_are_computed_from_their_hint() {
    // The identity of the curve: an empty pairing is 1.
    let address = Address::with_last_byte(8);
    let (gas, input) = (45_000, b"".as_slice());
    let key = PreimageKey::precompile(PrecompileKeyStyle::V2, address, gas, input);
    let result = reads(&[], Patience::NONE, move |oracle| {
        let hint = Hint::L1Precompile { address, gas, input };
        let value = oracle.read_hinted(key, &hint).unwrap();
        assert_eq!((value.len(), value[0], value[32]), (33, 1, 1));
    });
    assert!(result.is_ok(), "{result:?}");
}

/// Payloads with gas and without have one name, and nothing in them tells which is which.
#[test]
fn a_precompile_hint_without_gas_is_read_as_the_dialect_says() {
    let address = Address::with_last_byte(1);
    // A public test vector.
    let input = hex!(
        "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
        "000000000000000000000000000000000000000000000000000000000000001c"
        "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
        "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
    );
    let key = PreimageKey::precompile(PrecompileKeyStyle::V1, address, 0, &input);
    let result = served_in(HintDialect::Kona2024, &[], Patience::NONE, move |preimages, hints| {
        let arena = Bump::new();
        let hints = HintWriter::new(hints, HintDialect::Kona2024);
        let oracle = ArenaOracle::new(&arena, OracleReader::new(preimages), hints);
        let value = oracle.read_hinted(key, &Hint::L1PrecompileV1 { address, input: &input });
        let signer = hex!("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
        assert_eq!(value, Ok(&[&[1], &signer[..]].concat()[..]));
    });
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn what_is_no_key_is_an_error_of_its_own() {
    let result = served(&[], Patience::NONE, |mut preimages, _hints| {
        preimages.write_all(&[0; 32]).unwrap();
        assert!(preimages.read_exact(&mut [0]).is_err());
    });
    assert!(matches!(result, Err(ServerError::Key(_))), "{result:?}");
}

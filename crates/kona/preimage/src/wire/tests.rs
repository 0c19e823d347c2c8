use alloc::{format, string::String, vec, vec::Vec};

use alloy_primitives::{B256, hex};
use bumpalo::Bump;
use proptest::prelude::*;

use super::*;
use crate::PreimageOracle;
use crate::{ArenaOracle, Hint, HintDialect, MemoryOracle, OracleError, PreimageKey};

/// A channel whose other side has spoken already, and whose own words are kept.
#[derive(Debug, Default)]
struct Script {
    incoming: Vec<u8>,
    read: usize,
    outgoing: Vec<u8>,
}

impl Script {
    fn new(incoming: impl Into<Vec<u8>>) -> Self {
        Self { incoming: incoming.into(), ..Self::default() }
    }
}

impl Channel for Script {
    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ChannelError> {
        let left = &self.incoming[self.read..];
        if left.is_empty() && !buffer.is_empty() {
            return Err(ChannelError::Closed);
        }
        let Some(bytes) = left.get(..buffer.len()) else {
            let error = ChannelError::Truncated { expected: buffer.len(), actual: left.len() };
            self.read = self.incoming.len();
            return Err(error);
        };
        buffer.copy_from_slice(bytes);
        self.read += buffer.len();
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        self.outgoing.extend_from_slice(bytes);
        Ok(())
    }
}

fn key() -> PreimageKey {
    PreimageKey::keccak256(B256::repeat_byte(0x5a))
}

fn answer(value: &[u8]) -> Vec<u8> {
    let mut bytes = u64::try_from(value.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(value);
    bytes
}

/// Runs one read against the bytes of a host.
fn read(incoming: &[u8]) -> Result<Vec<u8>, OracleError> {
    let arena = Bump::new();
    let mut reader = OracleReader::new(Script::new(incoming));
    reader.read_into(key(), &arena).map(<[u8]>::to_vec)
}

#[test]
fn client_writes_the_key_and_reads_length_and_value() {
    let mut script = Script::new(hex!("0000000000000003 c0ffee"));
    let arena = Bump::new();
    let value = OracleReader::new(&mut script).read_into(key(), &arena);
    assert_eq!(value, Ok(&hex!("c0ffee")[..]));
    let expected = hex!("025a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a");
    assert_eq!(script.outgoing, expected);
    assert_eq!(read(&[0; 8]), Ok(vec![]));
}

#[test]
fn server_reads_a_key_and_writes_length_and_value() {
    let mut oracle = MemoryOracle::default();
    oracle.insert(key(), hex!("c0ffee"));
    let mut script = Script::new(*key().as_bytes());
    let mut server = OracleServer::new(&mut script);
    assert_eq!(server.serve_one(&oracle), Ok(Served::One));
    assert_eq!(server.serve_one(&oracle), Ok(Served::Closed));
    assert_eq!(script.outgoing, hex!("0000000000000003 c0ffee"));
}

#[test]
fn server_answers_nothing_where_it_can_not_serve() {
    let check = |incoming: &[u8], expect: ServeError<OracleError>| {
        let mut script = Script::new(incoming);
        let result = OracleServer::new(&mut script).serve_one(&MemoryOracle::default());
        assert_eq!(result, Err(expect));
        assert!(script.outgoing.is_empty());
    };
    check(key().as_bytes(), ServeError::Source(OracleError::Missing { key: key() }));
    let truncated = ChannelError::Truncated { expected: 32, actual: 31 };
    check(&key().as_bytes()[..31], ServeError::Channel(truncated));
    let error = crate::KeyError::UnknownKind { byte: 0, key: [0; 32] };
    check(&[0; 32], ServeError::Key(error));
}

#[test]
fn client_refuses_values_above_the_limit_before_reading_them() {
    let refuse = |length: u64| {
        let error = OracleError::TooLong { key: key(), length, max: PREIMAGE_BYTES_MAX };
        assert_eq!(read(&length.to_be_bytes()), Err(error));
    };
    refuse(PREIMAGE_BYTES_MAX + 1);
    refuse(u64::MAX);
    let truncated = read(&PREIMAGE_BYTES_MAX.to_be_bytes());
    assert!(matches!(truncated, Err(OracleError::Channel(ChannelError::Truncated { .. }))));
}

#[test]
fn server_refuses_values_above_the_limit() {
    let mut oracle = MemoryOracle::default();
    let length = PREIMAGE_BYTES_MAX + 1;
    oracle.insert(key(), vec![0; usize::try_from(length).unwrap()]);
    let mut script = Script::new(*key().as_bytes());
    let result = OracleServer::new(&mut script).serve_one(&oracle);
    let error = OracleError::TooLong { key: key(), length, max: PREIMAGE_BYTES_MAX };
    assert_eq!(result, Err(ServeError::Source(error)));
    assert!(script.outgoing.is_empty());
}

#[test]
fn client_reads_into_a_buffer_of_the_right_size_alone() {
    let read = |value: &[u8]| {
        let mut buffer = [0; 3];
        OracleReader::new(Script::new(answer(value))).read_exact(key(), &mut buffer)?;
        Ok(buffer)
    };
    assert_eq!(read(b"abc"), Ok(*b"abc"));
    for wrong in ["", "ab", "abcd"] {
        let actual = wrong.len();
        let error = OracleError::WrongLength { key: key(), expected: 3, actual };
        assert_eq!(read(wrong.as_bytes()), Err(error));
    }
}

#[test]
fn a_closed_channel_is_told_apart_from_a_truncated_answer() {
    let full = answer(b"value");
    assert_eq!(read(&[]), Err(OracleError::Channel(ChannelError::Closed)));
    for length in 1..full.len() {
        let result = read(&full[..length]);
        let is_truncated =
            matches!(result, Err(OracleError::Channel(ChannelError::Truncated { .. })));
        assert!(is_truncated, "{length} bytes gave {result:?}");
    }
    assert_eq!(read(&full), Ok(b"value".to_vec()));
}

#[test]
fn hint_has_a_32_bit_length_and_waits_for_a_zero_byte() {
    let hint = Hint::L1BlockHeader { hash: B256::repeat_byte(0x11) };
    let text = format!("l1-block-header 0x{}", "11".repeat(32));
    let mut expected = hex!("00000052").to_vec();
    expected.extend_from_slice(text.as_bytes());

    let mut script = Script::new([0]);
    let mut writer = HintWriter::new(&mut script, HintDialect::Kona);
    assert_eq!(writer.send(&hint), Ok(()));
    assert_eq!(script.outgoing, expected);

    let mut writer = HintWriter::new(Script::new([7]), HintDialect::Kona);
    assert_eq!(writer.send(&hint), Err(OracleError::HintRejected { ack: 7 }));
    let mut writer = HintWriter::new(Script::default(), HintDialect::Kona);
    assert_eq!(writer.send(&hint), Err(OracleError::Channel(ChannelError::Closed)));

    let mut script = Script::new(expected);
    let mut seen = String::new();
    let mut reader = HintReader::new(&mut script);
    let mut take = |hint: &str| {
        seen = hint.into();
        Ok::<(), OracleError>(())
    };
    assert_eq!(reader.serve_one(&mut take), Ok(Served::One));
    assert_eq!(reader.serve_one(&mut take), Ok(Served::Closed));
    assert_eq!(seen, text);
    assert_eq!(script.outgoing, [0]);
}

#[test]
fn a_hint_the_dialect_lacks_is_not_sent() {
    let mut script = Script::default();
    let mut writer = HintWriter::new(&mut script, HintDialect::Go);
    assert_eq!(writer.send(&Hint::L2OutputRoot { root: B256::ZERO, chain_id: 1 }), Ok(()));
    assert!(script.outgoing.is_empty());
}

#[test]
fn a_hint_that_fails_is_acknowledged_all_the_same() {
    let serve = |incoming: &[u8]| {
        let mut script = Script::new(incoming);
        let missing = OracleError::Missing { key: key() };
        let result = HintReader::new(&mut script).serve_one(|_| Err::<(), _>(missing));
        (result, script.outgoing)
    };
    let missing = ServeError::Source(OracleError::Missing { key: key() });
    assert_eq!(serve(&hex!("00000001 61")), (Err(missing), vec![0]));
    assert_eq!(serve(&hex!("00000001 ff")), (Err(ServeError::HintNotText), vec![0]));
}

#[test]
fn hints_above_the_limit_or_cut_short_are_rejected() {
    let serve = |incoming: &[u8]| {
        HintReader::new(Script::new(incoming)).serve_one(|_| Ok::<(), OracleError>(()))
    };
    let length = HINT_BYTES_MAX + 1;
    let too_long = ServeError::HintTooLong { length, max: HINT_BYTES_MAX };
    assert_eq!(serve(&length.to_be_bytes()), Err(too_long));
    for incoming in [&hex!("000000")[..], &hex!("00000002"), &hex!("00000002 61")] {
        let result = serve(incoming);
        let is_truncated =
            matches!(result, Err(ServeError::Channel(ChannelError::Truncated { .. })));
        assert!(is_truncated, "{result:?}");
    }
}

#[test]
fn oracle_asks_and_hints_once_per_key() {
    let hint = Hint::L1BlockHeader { hash: B256::ZERO };
    let arena = Bump::new();
    let mut values = Script::new(answer(b"value"));
    let mut hints = Script::new([0, 0]);
    {
        let reader = OracleReader::new(&mut values);
        let writer = HintWriter::new(&mut hints, HintDialect::Kona);
        let oracle = ArenaOracle::new(&arena, reader, writer);
        let first = oracle.read_hinted(key(), &hint).unwrap();
        let bytes_in_use = arena.allocated_bytes();
        let again = oracle.read_hinted(key(), &hint).unwrap();
        assert!(core::ptr::eq(first, again), "the same bytes, not a copy");
        assert_eq!(oracle.read(key()), Ok(first));
        assert_eq!(oracle.read_array::<5>(key()), Ok(b"value"));
        let wrong = OracleError::WrongLength { key: key(), expected: 4, actual: 5 };
        assert_eq!(oracle.read_array::<4>(key()), Err(wrong));
        assert_eq!(arena.allocated_bytes(), bytes_in_use);
    }
    assert_eq!(values.outgoing, key().as_bytes());
    assert_eq!(hints.outgoing.len(), 4 + "l1-block-header 0x".len() + 64);
}

proptest! {
    #[test]
    fn what_the_server_writes_the_client_reads(
        values in proptest::collection::vec(any::<Vec<u8>>(), 1..20),
    ) {
        let mut oracle = MemoryOracle::default();
        let keys: Vec<_> = values.iter().map(|v| oracle.insert_keccak256(v.as_slice())).collect();

        let requests: Vec<u8> = keys.iter().flat_map(|key| *key.as_bytes()).collect();
        let mut server_side = Script::new(requests.clone());
        let mut server = OracleServer::new(&mut server_side);
        while server.serve_one(&oracle) == Ok(Served::One) {}

        let arena = Bump::new();
        let mut client_side = Script::new(server_side.outgoing);
        let mut reader = OracleReader::new(&mut client_side);
        for (key, value) in keys.iter().zip(&values) {
            prop_assert_eq!(reader.read_into(*key, &arena), Ok(value.as_slice()));
        }
        prop_assert_eq!(client_side.read, client_side.incoming.len());
        prop_assert_eq!(client_side.outgoing, requests);
    }

    #[test]
    fn any_incoming_bytes_are_served_or_rejected(incoming: Vec<u8>) {
        let oracle = MemoryOracle::default();
        let _ = OracleServer::new(Script::new(incoming.as_slice())).serve_one(&oracle);
        let mut hints = HintReader::new(Script::new(incoming.as_slice()));
        while hints.serve_one(|_| Ok::<(), OracleError>(())) == Ok(Served::One) {}
        let _ = read(&incoming);
    }
}

use alloc::string::ToString;

use alloy_primitives::{address, b256, keccak256};
use proptest::prelude::*;

use super::*;

#[test]
fn local_key_is_a_right_aligned_index() {
    let key = PreimageKey::local(0x0102);
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes[30] = 1;
    bytes[31] = 2;
    assert_eq!(key.as_bytes(), &bytes);
    assert_eq!(key.local_index(), Some(0x0102));
    assert_eq!(PreimageKey::local(u64::MAX).local_index(), Some(u64::MAX));
    assert_eq!(PreimageKey::keccak256(B256::ZERO).local_index(), None);
}

#[test]
fn hash_keys_replace_the_first_byte_alone() {
    let hash = b256!("0xabababababababababababababababababababababababababababababababab");
    let keys = [
        (2, PreimageKey::keccak256(hash)),
        (3, PreimageKey::generic(hash)),
        (4, PreimageKey::sha256(hash)),
        (5, PreimageKey::blob_from_hash(hash)),
        (6, PreimageKey::precompile_from_hash(hash)),
    ];
    for (byte, key) in keys {
        assert_eq!(key.as_bytes()[0], byte);
        assert_eq!(key.kind().byte(), byte);
        assert_eq!(key.as_bytes()[1..], hash[1..]);
    }
}

#[test]
fn precompile_key_commits_to_gas_unless_the_old_style_is_set() {
    let address = address!("0x0000000000000000000000000000000000000008");
    let with_gas = |style, gas| PreimageKey::precompile(style, address, gas, b"in");

    let mut input = address.to_vec();
    input.extend_from_slice(&7u64.to_be_bytes());
    input.extend_from_slice(b"in");
    let expected = PreimageKey::precompile_from_hash(keccak256(&input));
    assert_eq!(with_gas(PrecompileKeyStyle::V2, 7), expected);
    assert_ne!(with_gas(PrecompileKeyStyle::V2, 8), expected);

    let mut input = address.to_vec();
    input.extend_from_slice(b"in");
    let expected = PreimageKey::precompile_from_hash(keccak256(&input));
    assert_eq!(with_gas(PrecompileKeyStyle::V1, 7), expected);
    assert_eq!(with_gas(PrecompileKeyStyle::V1, 8), expected);
    assert_eq!(PrecompileKeyStyle::default(), PrecompileKeyStyle::V2);
}

#[test]
fn zero_and_reserved_kinds_are_rejected() {
    for byte in 0..=u8::MAX {
        let mut key = [0x55; 32];
        key[0] = byte;
        let expected = if (1..=6).contains(&byte) {
            Ok(PreimageKey(key))
        } else {
            Err(KeyError::UnknownKind { byte, key })
        };
        assert_eq!(PreimageKey::from_bytes(key), expected);
    }
}

#[test]
fn text_of_a_wrong_size_or_alphabet_is_rejected() {
    let check = |text: &str, expect| assert_eq!(text.parse::<PreimageKey>(), Err(expect));
    let good = PreimageKey::keccak256(B256::ZERO).to_string();
    check("", KeyError::Length { expected: 64, actual: 0 });
    check(&good[..65], KeyError::Length { expected: 64, actual: 63 });
    check(&good.replace("02", "0x"), KeyError::NotHex);
    check(&good.replace("02", "0g"), KeyError::NotHex);
    check(&good.replace("02", "é"), KeyError::NotHex);
}

proptest! {
    #[test]
    fn bytes_and_text_round_trip(kind in 1..=6u8, rest: [u8; 31]) {
        let mut bytes = [kind; 32];
        bytes[1..].copy_from_slice(&rest);
        let key = PreimageKey::from_bytes(bytes).unwrap();
        prop_assert_eq!(key.as_bytes(), &bytes);
        prop_assert_eq!(key.to_string(), hex::encode_prefixed(bytes));
        prop_assert_eq!(key.to_string().parse(), Ok(key));
        prop_assert_eq!(hex::encode(bytes).parse(), Ok(key));
    }
}

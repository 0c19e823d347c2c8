use std::vec;

use axos_pipeline::IndexedBlobHash;
use kona_preimage::{BlobKeyStyle, BlobKeys, COMMITMENT_BYTES, MemoryOracle, OracleError};

use super::*;
use crate::test_chain::{TestL1, insert_list_of_one};

fn open(chain: &TestL1) -> L1Chain<'_, MemoryOracle> {
    L1Chain::new(&chain.oracle, &ProgramOptions::default(), chain.head()).unwrap()
}

fn block_ref(chain: &TestL1, number: u64) -> L1BlockRef {
    open(chain).header_at(L1Number(number)).unwrap().unwrap().block_ref()
}

#[test]
fn headers_are_found_by_number_and_read_once() {
    let chain = TestL1::new(10, 20, |_, _| {});
    let mut l1 = open(&chain);
    assert_eq!(l1.head(), chain.id(20));
    for number in [20, 15, 10, 18, 10, 20] {
        let header = l1.header_at(L1Number(number)).unwrap().unwrap();
        assert_eq!((header.number, header.hash), (L1Number(number), chain.id(number).hash));
    }
    assert_eq!(l1.reads().headers, 11);
}

#[test]
fn there_is_no_block_above_the_head() {
    let chain = TestL1::new(10, 20, |_, _| {});
    let mut l1 = open(&chain);
    for number in [21, u64::MAX] {
        assert_eq!(l1.at(L1Number(number)), Ok(None));
    }
}

#[test]
fn missing_header_is_named() {
    let mut chain = TestL1::new(10, 20, |_, _| {});
    let key = chain.key(15);
    chain.oracle.remove(key);
    let mut l1 = open(&chain);
    assert!(l1.at(L1Number(16)).is_ok());
    for number in [15, 10, 0] {
        let missing = SourceError::Oracle(OracleError::Missing { key });
        assert_eq!(l1.at(L1Number(number)), Err(missing));
    }
    // A chain that is shorter than its numbers say ends in a parent of hash zero.
    let chain = TestL1::new(10, 20, |_, _| {});
    let missing = OracleError::Missing { key: PreimageKey::keccak256(B256::ZERO) };
    assert_eq!(open(&chain).at(L1Number(3)), Err(SourceError::Oracle(missing)));
}

#[test]
fn bytes_that_are_no_header_are_an_error() {
    for bytes in [&[][..], &[0x80], &[0xc0], &[0xf8, 0xff], b"\xe1\xa0", &[0; 600]] {
        let mut chain = TestL1::new(10, 20, |_, _| {});
        let hash = chain.id(15).hash;
        chain.oracle.insert(chain.key(15), bytes);
        let error = open(&chain).at(L1Number(14)).unwrap_err();
        assert_eq!(error, SourceError::L1ParentHash { hash });
        let error = open(&chain).header_at(L1Number(15)).unwrap_err();
        assert!(matches!(error, SourceError::L1Header { hash: h, .. } if h == hash));
    }
}

#[test]
fn lists_are_read_by_the_roots_of_the_block() {
    let (transaction, receipt) = ([7; 40], [8; 50]);
    let chain = TestL1::new(1, 3, |header, oracle| {
        if header.number == 2 {
            header.transactions_root = insert_list_of_one(oracle, &transaction);
            header.receipts_root = insert_list_of_one(oracle, &receipt);
        }
    });
    let block = block_ref(&chain, 2);
    let mut l1 = open(&chain);
    // Once by its hash alone, once as part of the chain.
    for _ in 0..2 {
        assert_eq!(l1.transactions(block), Ok(vec![&transaction[..]]));
        assert_eq!(l1.receipts(block), Ok(vec![&receipt[..]]));
        l1.at(L1Number(1)).unwrap();
    }
    let empty = block_ref(&chain, 1);
    assert_eq!(l1.transactions(empty), Ok(vec![]));
    assert_eq!(l1.receipts(empty), Ok(vec![]));
    assert_eq!((l1.reads().transaction_lists, l1.reads().receipt_lists), (3, 3));
}

/// Puts a blob into the oracle whose field element `n` has the number `n` and `seed` in it.
fn insert_blob(oracle: &mut MemoryOracle, style: BlobKeyStyle, seed: u8) -> B256 {
    let commitment = [seed; COMMITMENT_BYTES];
    let key = oracle.insert_sha256(commitment);
    for (index, key) in BlobKeys::new(style, &commitment).enumerate() {
        oracle.insert(key, field_element(index, seed));
    }
    // A versioned hash starts with a version where the key has its kind.
    let mut versioned_hash = B256::from(key);
    versioned_hash.0[0] = 1;
    versioned_hash
}

fn field_element(index: usize, seed: u8) -> [u8; 32] {
    let mut element = [seed; 32];
    element[..2].copy_from_slice(&u16::try_from(index).unwrap().to_be_bytes());
    element
}

#[test]
fn blobs_are_put_together_in_the_order_asked_for_whatever_the_key_style() {
    for blob_key_style in [BlobKeyStyle::RootOfUnity, BlobKeyStyle::Index] {
        let mut hashes = vec![];
        let chain = TestL1::new(1, 1, |_, oracle| {
            hashes = (1..4).map(|seed| insert_blob(oracle, blob_key_style, seed)).collect();
        });
        let options = ProgramOptions { blob_key_style, ..ProgramOptions::default() };
        let mut l1 = L1Chain::new(&chain.oracle, &options, chain.head()).unwrap();
        // More, fewer and other blobs than before: buffers are used again.
        for order in [&[0][..], &[2, 0, 1], &[1], &[1, 1]] {
            let wanted: Vec<IndexedBlobHash> =
                order.iter().map(|at| IndexedBlobHash { index: 9, hash: hashes[*at] }).collect();
            let blobs = l1.blobs(block_ref(&chain, 1), &wanted).unwrap();
            assert_eq!(blobs.len(), order.len());
            for (blob, at) in blobs.iter().zip(order) {
                let seed = u8::try_from(at + 1).unwrap();
                for (index, element) in blob.chunks(32).enumerate() {
                    assert_eq!(element, field_element(index, seed));
                }
            }
        }
        assert_eq!(l1.reads().blobs, 7);
    }
}

#[test]
fn field_element_or_commitment_of_another_size_is_an_error() {
    let style = BlobKeyStyle::default();
    let commitment = [1; COMMITMENT_BYTES];
    let mut hash = B256::ZERO;
    let mut chain = TestL1::new(1, 1, |_, oracle| hash = insert_blob(oracle, style, 1));
    let block = block_ref(&chain, 1);
    let wanted = [IndexedBlobHash { index: 0, hash }];
    let element = PreimageKey::blob(style, &commitment, 4095).unwrap();
    for (key, expected) in [(element, 32), (PreimageKey::sha256(hash), 48)] {
        let value = chain.oracle.remove(key).unwrap();
        let missing = SourceError::Oracle(OracleError::Missing { key });
        assert_eq!(open(&chain).blobs(block, &wanted).unwrap_err(), missing);
        for actual in [0, expected - 1, expected + 1] {
            chain.oracle.insert(key, vec![0; actual]);
            let wrong = SourceError::Oracle(OracleError::WrongLength { key, expected, actual });
            assert_eq!(open(&chain).blobs(block, &wanted).unwrap_err(), wrong);
        }
        chain.oracle.insert(key, value);
    }
    assert!(open(&chain).blobs(block, &wanted).is_ok());
}

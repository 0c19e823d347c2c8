//! Compares the memory functions, the hash function and the heap with plain loops.
//!
//! Exit status 0 if all agree; a panic says what does not.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::{vec, vec::Vec};
use core::{cmp::Ordering, hint::black_box};

use alloy_primitives::{Keccak256, keccak256};
use kona_guest::println;

kona_guest::entry!(program);

/// Longest block, in bytes: several rounds of every loop.
const BYTES_MAX: usize = 140;
/// Offsets that are tried: all places in a word, and one more.
const OFFSETS: usize = 9;

fn program() -> u8 {
    for length in 0..=BYTES_MAX {
        for offset in 0..OFFSETS {
            check_copy(length, offset, (3 * length + offset) % OFFSETS);
            check_fill(length, offset);
            check_compare(length, offset);
            check_move(length, offset);
        }
    }
    println!("copies, fills, moves and compares agree");
    check_hash();
    println!("hashes agree");
    check_heap();
    println!("the heap is sound");
    0
}

/// Bytes that differ from their neighbours.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| black_box(low_byte(i * 37 + i / 251 + 11))).collect()
}

const fn low_byte(number: usize) -> u8 {
    number.to_le_bytes()[0]
}

fn check_copy(length: usize, to: usize, from: usize) {
    let source = pattern(length + OFFSETS);
    let mut target = vec![0xee; length + 2 * OFFSETS];
    let mut expected = target.clone();
    for i in 0..length {
        expected[to + i] = black_box(source[from + i]);
    }
    target[to..to + length].copy_from_slice(&source[from..from + length]);
    assert_same(&target, &expected, "copy", length, to);
}

fn check_fill(length: usize, at: usize) {
    for byte in [0, 0x80, 0xa5] {
        let mut block = pattern(length + 2 * OFFSETS);
        let mut expected = block.clone();
        for place in expected.iter_mut().skip(at).take(length) {
            *place = black_box(byte);
        }
        block[at..at + length].fill(byte);
        assert_same(&block, &expected, "fill", length, at);
    }
}

/// Blocks that overlap, in both directions, by all but a few bytes and by half.
fn check_move(length: usize, distance: usize) {
    for distance in [distance, length / 2 + distance] {
        for (from, to) in [(0, distance), (distance, 0)] {
            let mut block = pattern(length + distance + OFFSETS);
            let mut expected = block.clone();
            for i in 0..length {
                expected[to + i] = black_box(block[from + i]);
            }
            block.copy_within(from..from + length, to);
            assert_same(&block, &expected, "move", length, distance);
        }
    }
}

/// Equal blocks, and blocks with one byte above or below, at any place.
fn check_compare(length: usize, at: usize) {
    let left = pattern(length + at);
    let right = left.clone();
    assert!(black_box(&left[at..]) == black_box(&right[at..]), "{length} equal bytes at {at}");
    assert_eq!(black_box(&left[at..]).cmp(black_box(&right[at..])), Ordering::Equal);
    for place in at..at + length {
        let mut other = right.clone();
        other[place] ^= 0x80;
        let expected = left[place].cmp(&other[place]);
        assert_eq!(black_box(&left[at..]).cmp(black_box(&other[at..])), expected);
        assert!(black_box(&left[at..]) != black_box(&other[at..]), "byte {place} of {length}");
    }
}

fn assert_same(actual: &[u8], expected: &[u8], what: &str, length: usize, at: usize) {
    for (i, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        assert!(
            black_box(*actual) == black_box(*expected),
            "{what} of {length} bytes at {at}: byte {i} is {actual} instead of {expected}"
        );
    }
}

/// The hash of the machine and the one of the library, up to two blocks and a bit.
fn check_hash() {
    let bytes = pattern(300 + OFFSETS);
    for length in 0..300 {
        let block = &bytes[length % OFFSETS..length % OFFSETS + length];
        let mut hasher = Keccak256::new();
        hasher.update(block);
        assert_eq!(keccak256(block), hasher.finalize(), "hash of {length} bytes");
    }
}

/// Blocks of many sizes, given back in another order, never overlap, and new zeros are zeros.
fn check_heap() {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for round in 0..2000usize {
        let length = (round * 7919) % 700 + usize::from(round % 97 == 0) * 5000;
        let block = vec![0u8; length];
        assert!(block.iter().all(|byte| *black_box(byte) == 0), "zeros of {length} bytes");
        let mut block = block;
        block.fill(low_byte(round));
        // Grown in place or moved, a block keeps what is in it.
        block.extend_from_slice(&[low_byte(round); 33]);
        blocks.push(block);
        if round % 3 == 2 {
            let block = blocks.swap_remove((round * 31) % blocks.len());
            let first = block.first().copied();
            assert!(block.iter().all(|byte| Some(*byte) == first), "block of {}", block.len());
        }
    }
    for block in blocks {
        let first = block.first().copied();
        assert!(block.iter().all(|byte| Some(*byte) == first), "block of {}", block.len());
    }
}

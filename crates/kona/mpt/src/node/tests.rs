//! One case for each reason to refuse a node.

use super::*;
use alloc::{vec, vec::Vec};
use proptest::prelude::*;

const HASH: [u8; 33] = {
    let mut item = [7; 33];
    item[0] = HASH_CODE;
    item
};

const EMPTY: &[u8] = &[EMPTY_STRING_CODE];

fn list(items: &[&[u8]]) -> Vec<u8> {
    let payload = items.concat();
    let mut rlp = Vec::new();
    Header { list: true, payload_length: payload.len() }.encode(&mut rlp);
    rlp.extend_from_slice(&payload);
    rlp
}

fn branch(children: &[(usize, &[u8])], value: &[u8]) -> Vec<u8> {
    let mut items = vec![&[0x80][..]; 16];
    children.iter().for_each(|(at, item)| items[*at] = item);
    items.push(value);
    list(&items)
}

fn check(rlp: &[u8], expected: NodeError) {
    check_at(rlp, 0, expected);
}

fn check_at(rlp: &[u8], depth: usize, expected: NodeError) {
    assert_eq!(decode_node(rlp, depth).unwrap_err(), expected, "{rlp:02x?}");
}

#[test]
fn leaf_is_borrowed() {
    let rlp = list(&[&[0x82, 0x20, 0x11], &[0x83, 1, 2, 3]]);
    let Node::Leaf { path, value } = decode_node(&rlp, 0).unwrap() else { panic!() };
    assert_eq!((path, value), (&[0x20, 0x11][..], &[1, 2, 3][..]));
    assert_eq!(value.as_ptr_range().end, rlp.as_ptr_range().end);
}

#[test]
fn leaf_with_a_path_of_32_bytes_is_not_taken_for_a_branch() {
    let rlp = list(&[&[&[0xa0, 0x31][..], &[0x11; 31]].concat(), &HASH]);
    let Node::Leaf { path, value } = decode_node(&rlp, 0).unwrap() else { panic!() };
    assert_eq!((path.len(), value), (32, &[7; 32][..]));
}

#[test]
fn extension_is_borrowed() {
    let rlp = list(&[&[0x11], &HASH]);
    let Node::Extension { path, child } = decode_node(&rlp, 0).unwrap() else { panic!() };
    assert_eq!((path, child), (&[0x11][..], Child::Hash(&B256::repeat_byte(7))));
}

#[test]
fn branch_knows_its_children() {
    let rlp = branch(&[(0, &HASH), (9, &[0xc2, 0x20, 1]), (15, &HASH)], &[0x80]);
    let Node::Branch(items) = decode_node(&rlp, 0).unwrap() else { panic!() };
    assert_eq!(items.occupied, 0b1000_0010_0000_0001);
    assert!(items.has_inline);
    let hash = Child::Hash(&B256::repeat_byte(7));
    let inline = Child::Inline(&[0xc2, 0x20, 1]);
    assert_eq!(items.children().collect::<Vec<_>>(), [(0, hash), (9, inline), (15, hash)]);
    assert_eq!((items.child(9), items.child(8)), (inline, Child::Absent));
}

#[test]
fn node_must_be_canonical_rlp() {
    use alloy_rlp::Error;
    check(&[], Error::InputTooShort.into());
    check(&[0xf8, 0x02, 0x20, 0x01], Error::NonCanonicalSize.into());
    check(&[0xf9, 0x00, 0x38], Error::LeadingZero.into());
    check(&[0xc3, 0x20, 0x01], Error::InputTooShort.into());
    check(&list(&[&[0x20], &[0x81, 0x01]]), Error::NonCanonicalSingleByte.into());
    check(&list(&[&[0x81, 0x20], &[0x01]]), Error::NonCanonicalSingleByte.into());
    check(&list(&[&[0x20], &[0xc1, 0x01]]), Error::UnexpectedList.into());
    check(&list(&[&[0xc1, 0x20], &[0x01]]), Error::UnexpectedList.into());
    check(&[0xff; 9], Error::InputTooShort.into());
}

#[test]
fn node_must_be_a_list() {
    check(&[0x80], NodeError::NotAList);
    check(&[0x05], NodeError::NotAList);
    check(&HASH, NodeError::NotAList);
}

#[test]
fn node_must_fill_its_bytes() {
    check(&[0xc2, 0x20, 0x01, 0x00], NodeError::Length { expected: 3, actual: 4 });
}

#[test]
fn node_must_have_2_or_17_items() {
    check(&list(&[]), NodeError::ItemCount);
    check(&list(&[&[0x20]]), NodeError::ItemCount);
    check(&list(&[EMPTY; 3]), NodeError::ItemCount);
    check(&list(&[HASH.as_slice(); 16]), NodeError::ItemCount);
    check(&list(&[EMPTY; 18]), NodeError::ItemCount);
}

#[test]
fn path_must_be_flagged_and_padded_rightly() {
    for first in [0x01, 0x0f, 0x21, 0x40, 0x7f] {
        check(&list(&[&[first], &HASH]), NodeError::PathFlag { first });
    }
    check(&list(&[&[0x82, 0x80, 0x11], &HASH]), NodeError::PathFlag { first: 0x80 });
    check(&list(&[&[0x80], &HASH]), NodeError::PathFlag { first: 0 });
}

#[test]
fn path_must_not_be_longer_than_a_key() {
    let leaf = list(&[&[&[0xa1, 0x20][..], &[0x11; 32]].concat(), &HASH]);
    assert!(decode_node(&leaf, 0).is_ok());
    check_at(&leaf, 1, NodeError::PathTooLong { depth: 1, nibbles: 64 });
    let longer = list(&[&[&[0xa1, 0x31][..], &[0x11; 32]].concat(), &HASH]);
    check(&longer, NodeError::PathTooLong { depth: 0, nibbles: 65 });
    let branch = branch(&[(1, &HASH), (2, &HASH)], &[0x80]);
    assert!(decode_node(&branch, 63).is_ok());
    check_at(&branch, 64, NodeError::PathTooLong { depth: 64, nibbles: 1 });
    check_at(
        &list(&[&[0x11], &HASH]),
        usize::MAX,
        NodeError::PathTooLong { depth: usize::MAX, nibbles: 1 },
    );
}

#[test]
fn leaf_must_have_a_value() {
    check(&list(&[&[0x20], &[0x80]]), NodeError::EmptyValue);
}

#[test]
fn extension_must_have_a_path_and_a_child() {
    check(&list(&[&[0x00], &HASH]), NodeError::EmptyPath);
    check(&list(&[&[0x11], &[0x80]]), NodeError::EmptyChild);
}

#[test]
fn child_must_be_absent_a_hash_or_embedded() {
    for item in [&[0x01][..], &[0x81, 0x80], &[0x82, 1, 2]] {
        let expected = NodeError::Child { first: item[0] };
        check(&branch(&[(1, &HASH), (2, item)], &[0x80]), expected);
        check(&list(&[&[0x11], item]), expected);
    }
}

#[test]
fn embedded_node_must_be_shorter_than_32_bytes() {
    let inline = [&[0xde][..], &[1; 30]].concat();
    assert!(decode_node(&list(&[&[0x11], &inline]), 0).is_ok());
    let inline = [&[0xdf][..], &[1; 31]].concat();
    check(&list(&[&[0x11], &inline]), NodeError::InlineTooLong);
    check(&branch(&[(3, &inline)], &[0x80]), NodeError::InlineTooLong);
    let inline = [&[0xf8, 56][..], &[1; 56]].concat();
    check(&list(&[&[0x11], &inline]), NodeError::InlineTooLong);
}

#[test]
fn branch_must_have_two_children() {
    check(&branch(&[], &[0x80]), NodeError::TooFewChildren { actual: 0 });
    check(&branch(&[(4, &HASH)], &[0x80]), NodeError::TooFewChildren { actual: 1 });
}

#[test]
fn branch_must_have_no_value() {
    check(&branch(&[(1, &HASH), (2, &HASH)], &[0x05]), NodeError::BranchValue);
    check(&branch(&[(1, &HASH), (2, &HASH)], &HASH), NodeError::BranchValue);
    check(&branch(&[(1, &HASH), (2, &HASH)], &[0xc0]), NodeError::BranchValue);
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_or_refused(rlp in prop::collection::vec(any::<u8>(), 0..100), depth in 0..70usize) {
        let _ = decode_node(&rlp, depth);
    }

    #[test]
    fn items_of_any_kind_are_decoded_or_refused(
        items in prop::collection::vec(
            prop_oneof![
                Just(vec![0x80]), Just(HASH.to_vec()), Just(vec![0xc2, 0x20, 1]),
                prop::collection::vec(any::<u8>(), 0..4),
            ],
            0..19,
        ),
        depth in 0..70usize,
    ) {
        let items: Vec<_> = items.iter().map(Vec::as_slice).collect();
        if let Ok(Node::Branch(branch)) = decode_node(&list(&items), depth) {
            let count = u32::try_from(branch.children().count()).unwrap();
            prop_assert_eq!(count, branch.occupied.count_ones());
        }
    }
}

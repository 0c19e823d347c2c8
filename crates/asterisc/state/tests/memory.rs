//! Memory against the plainest model there is, and its tree against proofs.

use std::collections::BTreeMap;

use asterisc_state::{Memory, PortableHasher, SparseMemory, leaf_address};
use proptest::{collection::vec, prelude::*};

/// Addresses that meet: few pages, page ends, and the top of the address space.
fn address() -> impl Strategy<Value = u64> {
    (
        prop_oneof![Just(0u64), Just(0x1000), Just(0x7f00_0000_0000), Just(u64::MAX - 0x80)],
        0..0x1100u64,
    )
        .prop_map(|(base, offset)| base.wrapping_add(offset))
}

proptest! {
    #[test]
    fn reads_what_was_written_last(writes in vec((address(), vec(any::<u8>(), 0..80)), 0..40)) {
        let mut memory = Memory::new();
        let mut model = BTreeMap::new();
        for (address, bytes) in &writes {
            memory.write_bytes(*address, bytes);
            for (offset, byte) in bytes.iter().enumerate() {
                model.insert(address.wrapping_add(offset as u64), *byte);
            }
        }
        for (address, bytes) in &writes {
            let start = address.wrapping_sub(3);
            let mut ours = vec![0; bytes.len() + 6];
            memory.read_bytes(start, &mut ours);
            for (offset, byte) in ours.iter().enumerate() {
                let expected = model.get(&start.wrapping_add(offset as u64)).copied().unwrap_or(0);
                prop_assert_eq!(*byte, expected);
            }
        }
    }

    #[test]
    fn zeros_that_take_no_room_are_zeros(
        writes in vec((address(), vec(any::<u8>(), 0..80), 0..10_000u64), 0..10),
    ) {
        let mut memory = Memory::new();
        let mut plain = Memory::new();
        for (address, bytes, zeros) in &writes {
            for memory in [&mut memory, &mut plain] {
                memory.write_bytes(*address, bytes);
            }
            let start = address.wrapping_add(40);
            memory.write_zeros(start, *zeros);
            plain.write_bytes(start, &vec![0; usize::try_from(*zeros).unwrap()]);
            prop_assert_eq!(memory.root(&PortableHasher), plain.root(&PortableHasher));
        }
        prop_assert!(memory.pages().eq(plain.pages()));
    }

    #[test]
    fn a_root_between_writes_does_not_change_the_last_one(
        writes in vec((address(), any::<u64>(), any::<bool>()), 1..40),
    ) {
        let mut often = Memory::new();
        let mut once = Memory::new();
        for (address, value, compute_root) in &writes {
            often.write_bytes(*address, &value.to_le_bytes());
            once.write_bytes(*address, &value.to_le_bytes());
            if *compute_root {
                often.root(&PortableHasher);
            }
        }
        let root = once.root(&PortableHasher);
        prop_assert_eq!(often.root(&PortableHasher), root);
        for (address, value, _) in &writes {
            let proof = once.prove(*address, &PortableHasher);
            prop_assert_eq!(proof.root(*address), root);
            let mut leaf = proof.leaf;
            leaf[0] ^= value.to_le_bytes()[0] | 1;
            prop_assert_ne!(proof.root_with(*address, &leaf), root);
        }
    }

    #[test]
    fn a_proof_and_a_new_leaf_give_the_root_after_the_write(
        writes in vec((address(), any::<u64>()), 1..20), target in address(), leaf in any::<[u8; 32]>(),
    ) {
        let mut memory = Memory::new();
        for (address, value) in writes {
            memory.write_bytes(address, &value.to_le_bytes());
        }
        let proof = memory.prove(target, &PortableHasher);
        memory.write_leaf(target, &leaf);
        prop_assert_eq!(memory.leaf(leaf_address(target)), leaf);
        prop_assert_eq!(proof.root_with(target, &leaf), memory.root(&PortableHasher));
    }
}

/// Two writes to different 64-byte blocks of one page after a root was computed: the case in which
/// another implementation kept a stale hash.
#[test]
fn writes_to_two_blocks_of_a_page_after_a_root_both_count() {
    let mut memory = Memory::new();
    memory.write_bytes(0x1000, &[1]);
    memory.root(&PortableHasher);
    memory.write_bytes(0x1000, &[2]);
    memory.write_bytes(0x1040, &[3]);
    let mut fresh = Memory::new();
    fresh.write_bytes(0x1000, &[2]);
    fresh.write_bytes(0x1040, &[3]);
    assert_eq!(memory.root(&PortableHasher), fresh.root(&PortableHasher));
}

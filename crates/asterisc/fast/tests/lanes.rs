//! Every vector unit of the machine that runs the test against the portable hasher.

use alloy_primitives::B256;
use asterisc_fast::LaneHasher;
use asterisc_state::{PairHasher, PortableHasher};
use proptest::{collection::vec, prelude::*};

fn pair() -> impl Strategy<Value = [u8; 64]> {
    (any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|(left, right)| {
        let mut pair = [0; 64];
        pair[..32].copy_from_slice(&left);
        pair[32..].copy_from_slice(&right);
        pair
    })
}

proptest! {
    #[test]
    fn every_unit_gives_the_portable_hashes(pairs in vec(pair(), 0..40)) {
        let mut expected = vec![B256::ZERO; pairs.len()];
        PortableHasher.hash_pairs(&pairs, &mut expected);
        for hasher in LaneHasher::available() {
            let mut hashes = vec![B256::ZERO; pairs.len()];
            hasher.hash_pairs(&pairs, &mut hashes);
            prop_assert_eq!(&hashes, &expected, "{}", hasher.name());
        }
    }
}

//! Every vector unit of the machine that runs the test, and several threads, against the portable
//! hasher.

use asterisc_fast::LaneHasher;
use asterisc_state::{PAGE_BYTES, Page, PairHasher, PortableHasher};
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
        let mut expected = vec![[0; 32]; pairs.len()];
        PortableHasher.hash_pairs(&pairs, &mut expected);
        for hasher in LaneHasher::available() {
            let mut hashes = vec![[0; 32]; pairs.len()];
            hasher.hash_pairs(&pairs, &mut hashes);
            prop_assert_eq!(&hashes, &expected, "{}", hasher.name());
        }
    }
}

#[test]
fn threads_give_the_roots_of_one() {
    // Some of them zero; as many as several threads get pieces of, and a rest.
    let page = |number: usize| -> Page {
        [number.to_le_bytes()[0] % 5; PAGE_BYTES].map(|byte| byte.wrapping_mul(3))
    };
    let pages: Vec<Page> = (0..205).map(page).collect();
    let pages: Vec<&Page> = pages.iter().collect();
    let mut expected = vec![[0; 32]; pages.len()];
    PortableHasher.page_roots(&pages, &mut expected);
    for hasher in LaneHasher::available() {
        for threads in [1, 2, 3, 64] {
            let mut roots = vec![[1; 32]; pages.len()];
            hasher.with_threads(threads).page_roots(&pages, &mut roots);
            assert_eq!(roots, expected, "{} with {threads} threads", hasher.name());
        }
    }
}

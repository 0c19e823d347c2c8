//! Measures the root of one page with every unit of this machine, in one run.

use std::{hint::black_box, time::Instant};

use asterisc_fast::LaneHasher;
use asterisc_state::{PAGE_BYTES, page_root};

fn main() {
    let page: [u8; PAGE_BYTES] = core::array::from_fn(|index| index.to_le_bytes()[0] ^ 0x5a);
    for hasher in LaneHasher::available() {
        let mut best = u128::MAX;
        for _ in 0..50 {
            let start = Instant::now();
            for _ in 0..20 {
                black_box(page_root(black_box(&page), &hasher));
            }
            best = best.min(start.elapsed().as_nanos() / 20);
        }
        eprintln!("{:>8}: {:>6} ns a page root (127 hashes)", hasher.name(), best);
    }
}

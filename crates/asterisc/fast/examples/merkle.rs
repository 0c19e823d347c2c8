//! Measures the Merkle tree: roots of pages with every unit of this machine, a root from nothing, and
//! the witness of one step of a live state.
//!
//! Each figure is the least of several, with the limit it has to keep beside it.

#![allow(clippy::unwrap_used, reason = "an example may fail where it stands")]

use std::{hint::black_box, time::Instant};

use alloy_primitives::B256;
use asterisc_fast::{FastVm, LaneHasher, MappedMemory};
use asterisc_state::{PAGE_BYTES, Page, PairHasher, SparseMemory, VmState, page_root};
use asterisc_step::{Host, OutputStream};

/// Bytes of the state of the larger measurements.
const STATE_BYTES: u64 = 200 << 20;
/// Where the program stands: a loop that stores to one page after the other.
const CODE: u64 = 0x1_0000;
/// `add x5, x5, x6; sd x5, 0(x5); jal x0, -8`.
const PROGRAM: [u32; 3] = [0x0062_82b3, 0x0052_b023, 0xff9f_f06f];

fn main() {
    let page: Page = core::array::from_fn(|index| index.to_le_bytes()[0] ^ 0x5a);
    for hasher in LaneHasher::available() {
        let one = hasher.with_threads(1);
        let alone = best(200, || page_root(black_box(&page), &one)) / 1e3;
        let pages = [&page; 64];
        let mut roots = [[0; 32]; 64];
        let group = best(20, || one.page_roots(black_box(&pages), &mut roots)) / 64e3;
        eprintln!(
            "{:>8}: a page root {alone:.1} us alone, {group:.1} us among many (one core)",
            hasher.name()
        );
    }
    eprintln!("          limits: 12 us with AVX-512, 20 us with AVX2");

    let hasher = LaneHasher::detect();
    let mut cold = f64::MAX;
    let mut vm = FastVm::from_state(VmState::default());
    for _ in 0..3 {
        vm = FastVm::from_state(state());
        cold = cold.min(best(1, || vm.state_mut().memory.root(&hasher)) / 1e9);
    }
    eprintln!("the root of 200 MiB from nothing: {cold:.3} s (limit on two cores: 0.5 s)");

    let mut witness = f64::MAX;
    for _ in 0..20 {
        vm.run(100, &mut NoHost).unwrap();
        // The pages written until now belong to the root before; a proof stands for one step.
        vm.witness(&hasher);
        // One of three steps is the store, which has two proofs and changes a page.
        let mut dearest = 0.0;
        for _ in 0..3 {
            let one = best(1, || vm.record_step(&mut NoHost, &hasher).unwrap()) / 1e6;
            dearest = f64::max(dearest, one);
        }
        witness = witness.min(dearest);
    }
    eprintln!("the witness of a store in a live state: {witness:.3} ms (limit: 5 ms)");
}

/// The least nanoseconds of `rounds` calls.
fn best<T>(rounds: usize, mut call: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(call());
        start.elapsed().as_secs_f64() * 1e9
    };
    (0..rounds).map(time).fold(f64::MAX, f64::min)
}

/// A state of [`STATE_BYTES`] and a program that stores to all of it.
fn state() -> VmState<MappedMemory> {
    let mut state: VmState<MappedMemory> = VmState::default();
    for (word, address) in PROGRAM.iter().zip((CODE..).step_by(4)) {
        state.memory.write_bytes(address, &word.to_le_bytes());
    }
    let start = 1 << 30;
    let mut page = [0; PAGE_BYTES];
    for address in (start..start + STATE_BYTES).step_by(PAGE_BYTES) {
        for (word, at) in page.as_chunks_mut::<8>().0.iter_mut().zip(0..) {
            *word = (address ^ at).to_le_bytes();
        }
        state.memory.write_bytes(address, &page);
    }
    state.hart.pc = CODE;
    state.hart.registers[5] = start;
    state.hart.registers[6] = PAGE_BYTES as u64;
    state
}

struct NoHost;

impl Host for NoHost {
    type Error = B256;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], B256> {
        Err(key)
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), B256> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

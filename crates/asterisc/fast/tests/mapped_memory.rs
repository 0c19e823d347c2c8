//! The engine's memory against the portable one: content, pages, roots and proofs, with more regions
//! than are reserved, and roots between writes.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use alloy_primitives::B256;
use asterisc_fast::{FastVm, LaneHasher, MappedMemory};
use asterisc_state::{Memory, PortableHasher, SparseMemory, VmState};
use asterisc_step::{Host, OutputStream};
use proptest::{collection::vec, prelude::*};

/// Twenty regions of 1 TiB, some bytes around a page's end in each, and the top of memory.
fn address() -> impl Strategy<Value = u64> {
    let near_the_end = (0..20u64, 0xff0..0x1010u64).prop_map(|(chunk, at)| chunk << 40 | at);
    prop_oneof![4 => near_the_end, 1 => (0..32u64).prop_map(|below| u64::MAX - below)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mapped_memory_is_memory(
        writes in vec((address(), vec(any::<u8>(), 1..40), any::<bool>()), 1..60),
    ) {
        let (mut mapped, mut portable) = (MappedMemory::default(), Memory::new());
        let hasher = LaneHasher::detect();
        for (address, bytes, compute_root) in &writes {
            mapped.write_bytes(*address, bytes);
            portable.write_bytes(*address, bytes);
            if *compute_root {
                prop_assert_eq!(mapped.root(&hasher), portable.root(&PortableHasher));
            }
        }
        prop_assert_eq!(mapped.page_count(), portable.page_count());
        prop_assert_eq!(mapped.page_indices(), portable.page_indices());
        for index in portable.page_indices() {
            prop_assert_eq!(mapped.page(index), portable.page(index));
        }
        for (address, bytes, _) in &writes {
            let mut read = [0; 48];
            mapped.read_bytes(address.wrapping_sub(4), &mut read);
            let mut expected = [0; 48];
            portable.read_bytes(address.wrapping_sub(4), &mut expected);
            prop_assert_eq!(read, expected, "{} bytes at {:#x}", bytes.len(), address);
            let proof = mapped.prove(*address, &hasher);
            prop_assert_eq!(&proof, &portable.prove(*address, &PortableHasher));
        }
    }
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

/// Whoever has the state between two runs may write to code that was translated.
#[test]
fn code_that_is_written_between_runs_is_the_code_that_runs() {
    let mut state: VmState<MappedMemory> = VmState::default();
    // `addi x5, x5, 1`, and a jump back to it.
    for (word, address) in [0x0012_8293u32, 0xffdf_f06f].iter().zip((0x1000u64..).step_by(4)) {
        state.memory.write_bytes(address, &word.to_le_bytes());
    }
    state.hart.pc = 0x1000;
    let mut vm = FastVm::from_state(state);
    vm.run(1000, &mut NoHost).unwrap();
    assert_eq!(vm.hart().registers[5], 500);
    // `addi x5, x5, 2`.
    vm.state_mut().memory.write_bytes(0x1000, &0x0022_8293u32.to_le_bytes());
    vm.run(1000, &mut NoHost).unwrap();
    assert_eq!(vm.hart().registers[5], 1500);
    assert_eq!(vm.hart().step, 2000);
}

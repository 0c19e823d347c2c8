//! Binary states: what is read takes no more memory than the input, and reads the same once it is
//! written.

use asterisc_snapshot::{read_binary, write_binary};
use asterisc_state::{Memory, PAGE_BYTES, PortableHasher, SparseMemory, VmState};

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let Ok(mut state) = read_binary::<Memory>(input) else { return };
    assert!(state.memory.page_count() <= input.len() / PAGE_BYTES, "pages from nowhere");
    assert!(state.last_hint.len() <= input.len(), "hints from nowhere");

    let witness = state.witness(&PortableHasher);
    let mut written = Vec::new();
    write_binary(&state, &witness, witness.hash(), &mut written).unwrap();
    let mut again: VmState = read_binary(&*written).expect("what is written can be read");
    assert_eq!(again.hart, state.hart);
    assert_eq!(again.last_hint, state.last_hint);
    assert_eq!(again.memory.page_indices(), state.memory.page_indices());
    assert_eq!(again.witness(&PortableHasher), witness);
    // The end is the same for all states: a list for the hint, one for the witness, and the hash.
    let end = 4 + witness.as_bytes().len() + 32;
    assert_eq!(
        written.len(),
        8 + (8 + PAGE_BYTES) * state.memory.page_count() + 330 + 4 + state.last_hint.len() + end
    );
    // An input in ascending order is what is written but for the stored witness and hash, and what
    // stands behind.
    let body = written.len() - end;
    if again.memory.page_count() <= 1 {
        assert_eq!(written[..body], input[..body]);
    }
}

//! JSON states: what is read takes no more memory than the input, and reads the same once it is
//! written, in either form.

use asterisc_snapshot::{read_binary, read_json, write_binary, write_json};
use asterisc_state::{Memory, PAGE_BYTES, PortableHasher, SparseMemory, VmState};

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let Ok(mut state) = read_json::<Memory>(input) else { return };
    assert!(state.memory.page_count() <= input.len() / (2 * PAGE_BYTES), "pages from nowhere");
    assert!(state.last_hint.len() <= input.len() / 2, "hints from nowhere");
    assert_eq!(state.hart.registers[0], 0);

    let witness = state.witness(&PortableHasher);
    let mut json = Vec::new();
    write_json(&state, &witness, witness.hash(), &mut json).unwrap();
    same(&state, read_json(&*json).expect("what is written can be read"));
    let mut binary = Vec::new();
    write_binary(&state, &witness, witness.hash(), &mut binary).unwrap();
    same(&state, read_binary(&*binary).expect("both forms hold the same states"));
}

fn same(state: &VmState, again: VmState) {
    assert_eq!(again.hart, state.hart);
    assert_eq!(again.last_hint, state.last_hint);
    assert_eq!(again.memory.page_indices(), state.memory.page_indices());
    for index in state.memory.page_indices() {
        assert_eq!(again.memory.page(index), state.memory.page(index), "page {index}");
    }
}

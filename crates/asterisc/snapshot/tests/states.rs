//! Round trips of both forms, and what is wrong in a state.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{env, fs, path::PathBuf, process};

use alloy_primitives::B256;
use asterisc_snapshot::{
    FileError, StateError, load_state, read_binary, read_json, save_document, save_state,
    write_binary, write_json,
};
use asterisc_state::{Hart, Memory, PageIndex, PortableHasher, SparseMemory, VmState};
use asterisc_step::HINT_BUFFER_BYTES_MAX;
use proptest::{collection::vec, prelude::*};

fn state() -> impl Strategy<Value = VmState> {
    let numbers = (any::<[u64; 6]>(), any::<[u64; 32]>(), any::<[u8; 32]>(), any::<(u8, bool)>());
    let rest = (vec((any::<u64>(), vec(any::<u8>(), 1..50)), 0..4), vec(any::<u8>(), 0..9));
    (numbers, rest).prop_map(|((numbers, mut registers, key, exit), (writes, last_hint))| {
        let [preimage_offset, pc, step, heap, load_reservation, zero_page] = numbers;
        registers[0] = 0;
        let (exit_code, exited) = exit;
        let preimage_key = B256::new(key);
        let hart = Hart {
            preimage_key,
            preimage_offset,
            pc,
            exit_code,
            exited,
            step,
            heap,
            load_reservation,
            registers,
        };
        let mut state: VmState = VmState { hart, last_hint, ..VmState::default() };
        for (address, bytes) in writes {
            state.memory.write_bytes(address, &bytes);
        }
        state.memory.page_mut(PageIndex::of(zero_page));
        state
    })
}

fn binary(state: &mut VmState) -> Vec<u8> {
    let witness = state.witness(&PortableHasher);
    let mut bytes = Vec::new();
    write_binary(state, &witness, witness.hash(), &mut bytes).unwrap();
    bytes
}

fn json(state: &mut VmState) -> Vec<u8> {
    let witness = state.witness(&PortableHasher);
    let mut bytes = Vec::new();
    write_json(state, &witness, witness.hash(), &mut bytes).unwrap();
    bytes
}

fn is_same(a: &VmState, b: &VmState) -> bool {
    a.hart == b.hart && a.last_hint == b.last_hint && a.memory.pages().eq(b.memory.pages())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_forms_give_the_state_back(mut state in state()) {
        prop_assert!(is_same(&read_binary::<Memory>(binary(&mut state).as_slice()).unwrap(), &state));
        prop_assert!(is_same(&read_json::<Memory>(json(&mut state).as_slice()).unwrap(), &state));
    }

    #[test]
    fn a_state_that_ends_early_is_an_error(mut state in state(), at in any::<prop::sample::Index>()) {
        let bytes = binary(&mut state);
        let cut = &bytes[..at.index(bytes.len())];
        let is_truncated = matches!(read_binary::<Memory>(cut), Err(StateError::Truncated { .. }));
        prop_assert!(is_truncated);
        let text = json(&mut state);
        // Not the line ends behind the object.
        let cut = &text[..at.index(text.len() - 2)];
        let is_malformed = matches!(read_json::<Memory>(cut), Err(StateError::Json(_)));
        prop_assert!(is_malformed);
    }

    #[test]
    fn a_changed_byte_never_panics(mut state in state(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = binary(&mut state);
        let index = at.index(bytes.len());
        bytes[index] = byte;
        let _ = read_binary::<Memory>(bytes.as_slice());
        let mut text = json(&mut state);
        let index = at.index(text.len());
        text[index] = byte;
        let _ = read_json::<Memory>(text.as_slice());
    }
}

#[test]
fn each_fault_of_a_binary_state_has_its_error() {
    let mut state: VmState = VmState::default();
    state.memory.write_bytes(0x5000, &[1]);
    let good = binary(&mut state);
    let hart_at = 8 + 8 + 4096;
    let broken = |at: usize, bytes: &[u8]| {
        let mut state = good.clone();
        state[at..at + bytes.len()].copy_from_slice(bytes);
        read_binary::<Memory>(state.as_slice()).unwrap_err()
    };
    assert!(matches!(broken(8, &[0xff; 8]), StateError::PageIndex { offset: 8, index: u64::MAX }));
    assert!(matches!(broken(hart_at + 49, &[2]), StateError::Exited { actual: 2, .. }));
    assert!(matches!(broken(hart_at + 74, &[1]), StateError::ZeroRegister { .. }));
    assert!(matches!(broken(hart_at + 330, &[0xff; 4]), StateError::TooLong { .. }));
    // A page count that the file does not hold: nothing is allocated for it.
    assert!(matches!(
        broken(0, &[0xff; 8]),
        StateError::PageIndex { .. }
            | StateError::Truncated { .. }
            | StateError::DuplicatePage { .. }
    ));
    let twice = [&2u64.to_be_bytes(), &good[8..hart_at], &good[8..]].concat();
    let error = read_binary::<Memory>(twice.as_slice()).unwrap_err();
    assert!(matches!(error, StateError::DuplicatePage { offset: 4112, index: 5 }));
}

#[test]
fn each_fault_of_a_json_state_has_its_error() {
    let message = |text: &str| match read_json::<Memory>(text.as_bytes()).unwrap_err() {
        StateError::Json(error) => error.to_string(),
        other => other.to_string(),
    };
    assert!(message(r#"{"memory": [{"index": 1, "data": "00"}]}"#).contains("8192 hexadecimal"));
    assert!(message(r#"{"memory": [{"index": 4503599627370496, "data": ""}]}"#).contains("line 1"));
    let page = "0".repeat(8192);
    let twice =
        format!(r#"{{"memory": [{{"index":1,"data":"{page}"}},{{"index":1,"data":"{page}"}}]}}"#);
    assert!(message(&twice).contains("page 0x1 stands twice"));
    assert!(message(r#"{"registers": [1]}"#).contains("32"));
    assert!(message("{} x").contains("trailing"));
    assert!(message(r#"{"lastHint": "0xzz"}"#).contains("line 1"));
    assert!(read_json::<Memory>(r#"{"unknown": 1}"#.as_bytes()).unwrap().hart == Hart::default());
}

/// A folder for one test that is removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("asterisc-snapshot-{name}-{}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn the_name_of_a_file_says_its_form() {
    let folder = Folder::new("forms");
    let mut state: VmState = VmState::default();
    state.memory.write_bytes(0x5000, &[1; 5000]);
    state.hart.pc = 7;
    let mut first_bytes = Vec::new();
    for name in ["a.json", "a.json.gz", "a.bin", "a.bin.gz", "a"] {
        let path = folder.0.join(name);
        save_state(&mut state, &path, &PortableHasher).unwrap();
        assert!(is_same(&load_state::<Memory>(&path).unwrap(), &state), "{name}");
        first_bytes.push(fs::read(&path).unwrap()[..2].to_vec());
    }
    assert_eq!(
        first_bytes,
        [b"{\n", &[0x1f, 0x8b], &[0, 0], &[0x1f, 0x8b], b"{\n"]
            .map(|bytes: &[u8; 2]| bytes.to_vec())
    );
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 5, "temporary files are gone");
}

#[test]
fn a_compressed_state_is_read_up_to_its_checksum() {
    let folder = Folder::new("checksum");
    let mut state: VmState = VmState::default();
    state.memory.write_bytes(0x5000, &[1; 5000]);
    for name in ["a.bin.gz", "a.json.gz"] {
        let path = folder.0.join(name);
        save_state(&mut state, &path, &PortableHasher).unwrap();
        let good = fs::read(&path).unwrap();
        // The checksum and the length, 4 bytes each.
        for at in good.len() - 8..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert!(load_state::<Memory>(&path).is_err(), "{name}: byte {at} is damaged");
            fs::write(&path, &good[..at]).unwrap();
            assert!(load_state::<Memory>(&path).is_err(), "{name}: cut at byte {at}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_stays_a_link() {
    let folder = Folder::new("link");
    fs::create_dir(folder.0.join("target")).unwrap();
    let (file, link) = (folder.0.join("target/out.json"), folder.0.join("out.json"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    save_document(&link, |out| out.write_all(b"new")).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&file).unwrap(), b"new");
    assert_eq!(fs::read_dir(folder.0.join("target")).unwrap().count(), 1);
}

#[test]
fn a_failed_write_leaves_the_old_file_alone() {
    let folder = Folder::new("atomic");
    let path = folder.0.join("out.json");
    fs::write(&path, "old").unwrap();
    let result = save_document(&path, |out| {
        out.write_all(b"new")?;
        Err(std::io::ErrorKind::StorageFull.into())
    });
    assert!(matches!(result, Err(FileError::Write { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "temporary files are gone");
    let missing = folder.0.join("none/out.json");
    let error = save_document(&missing, |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("none"));
}

#[test]
fn the_longest_hint_a_run_leaves_behind_can_be_read_again() {
    let mut state: VmState =
        VmState { last_hint: vec![7; HINT_BUFFER_BYTES_MAX], ..VmState::default() };
    let written = binary(&mut state);
    assert!(is_same(&read_binary(&*written).unwrap(), &state));
    let written = json(&mut state);
    assert!(is_same(&read_json(&*written).unwrap(), &state));
    state.last_hint.push(7);
    let written = binary(&mut state);
    assert!(matches!(read_binary::<Memory>(&*written), Err(StateError::TooLong { .. })));
}

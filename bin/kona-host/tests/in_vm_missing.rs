//! A server that lacks a pre-image, under asterisc.

#[path = "common/vm.rs"]
mod vm;

use std::fs;

use alloy_primitives::hex;
use asterisc_cli::{CliError, ServerError};
use asterisc_snapshot::load_state;
use asterisc_state::{Memory, VmState};

/// The program gets far enough for a snapshot before it asks for what is not there.
#[test]
fn a_run_whose_server_lacks_a_preimage_ends_with_an_error_and_can_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let Some((recorded, prestate)) = vm::prepare(folder.path()) else { return };
    let archive = folder.path().join("partial.kv.zst");
    let kept = without_longest(&fs::read(recorded.join("preimages.kv.zst")).unwrap());
    fs::write(&archive, zstd::encode_all(kept.as_slice(), 1).unwrap()).unwrap();

    let boot = recorded.join("boot.json").display().to_string();
    let archive = archive.display().to_string();
    let server = ["single", "--server", "--boot", &boot, "--witness", &archive].map(str::to_owned);
    let error = vm::run_in_vm(folder.path(), &prestate, u64::MAX, &server).unwrap_err();
    let CliError::Server(ServerError::Ended { status, task }) = &error else { panic!("{error:?}") };
    // The server itself names key and hint on stderr, which it shares with the VM.
    assert_eq!(status, "exit status: 2", "{error}");
    assert!(task.contains("asked for pre-image 0x02"), "{error}");

    assert!(!folder.path().join("final.bin.gz").exists());
    let snapshot = folder.path().join(format!("{}.bin.gz", vm::SNAPSHOT_STEPS));
    let state: VmState<Memory> = load_state(&snapshot).unwrap();
    assert_eq!((state.hart.step, state.hart.exited), (vm::SNAPSHOT_STEPS, false));

    let whole = recorded.join("preimages.kv.zst").display().to_string();
    let server = ["single", "--server", "--boot", &boot, "--witness", &whole].map(str::to_owned);
    vm::run_in_vm(folder.path(), &snapshot, u64::MAX, &server).unwrap();
    let last: VmState<Memory> = load_state(&folder.path().join("final.bin.gz")).unwrap();
    assert_eq!((last.hart.exited, last.hart.exit_code), (true, 0));
}

/// The archive without its longest pre-image, which is code that blocks run: it is asked for once
/// derivation has come to a block.
fn without_longest(archive: &[u8]) -> Vec<u8> {
    let records = zstd::decode_all(archive).expect("an archive");
    let mut longest: &[u8] = &[];
    let mut rest = records.as_slice();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[32..36].try_into().expect("four bytes")) as usize;
        let (record, after) = rest.split_at(36 + length);
        if record.len() > longest.len() && record[0] == 2 {
            longest = record;
        }
        rest = after;
    }
    assert!(longest.len() > 1000, "{}", hex::encode(&longest[..32]));
    let start = longest.as_ptr() as usize - records.as_ptr() as usize;
    [&records[..start], &records[start + longest.len()..]].concat()
}

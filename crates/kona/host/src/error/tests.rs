use std::io;

use kona_preimage::{OracleError, local_index};
use kona_program::{BootError as ProgramBootError, BootValue};
use support_cli::{Exit, OutputFormat, Report, write_error};

use super::*;
use crate::{ArchiveError, PackError};

fn key() -> PreimageKey {
    PreimageKey::keccak256(B256::repeat_byte(0xab))
}

fn show(error: HostError) -> String {
    let mut out = Vec::new();
    write_error(&mut out, OutputFormat::Text, &error).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn missing_pre_image_names_key_kind_and_hint() {
    let missing = OracleError::Missing { key: key() };
    let hint = Some("l1-block-header 0xab".to_owned());
    let failure = ReadFailure { key: key(), hint, source: None };
    let text = show(HostError::program(ProgramError::from(missing), Some(failure)));
    let abab = "ab".repeat(31);
    assert_eq!(
        text,
        format!(
            "error: the claim can't be judged [preimage-unusable]\n  \
             value: keccak256 key 0x02{abab}, last hint l1-block-header 0xab\n  \
             cause: a pre-image could not be had\n  \
             cause: no pre-image for keccak256 key 0x02{abab}\n  \
             try:   add a store with this pre-image (--witness or --data-dir), or record the run \
             again; check that the inputs are those it was recorded with\n"
        )
    );
}

#[test]
fn hint_of_another_key_is_not_shown() {
    let missing = ProgramError::from(OracleError::Missing { key: key() });
    let other = PreimageKey::local(local_index::L1_HEAD);
    let failure = ReadFailure { key: other, hint: Some("l1-blob 0x".into()), source: None };
    let error = HostError::program(missing, Some(failure));
    assert_eq!(error.value(), Some(format!("keccak256 key {}", key())));
}

#[test]
fn failure_of_the_store_goes_before_what_the_program_saw() {
    let seen = ProgramError::from(OracleError::SourceFailed { key: key() });
    let source =
        StoreError::Pack { path: "values.pack".into(), source: PackError::Record { offset: 16 } };
    let failure = ReadFailure { key: key(), hint: None, source: Some(source) };
    let error = HostError::program(seen, Some(failure));
    assert_eq!((error.code(), error.exit()), ("pack-broken", Exit::CannotJudge));
    let text = show(error);
    assert!(text.contains("cause: the record at byte 16 is damaged"), "{text}");
}

#[test]
fn every_error_ends_as_the_table_of_exit_codes_says() {
    let open = |kind: io::ErrorKind| StoreError::Open { path: "f".into(), source: kind.into() };
    let check = |error: HostError, exit: Exit, code: &str| {
        assert_eq!((error.exit(), error.code()), (exit, code), "{error:?}");
        assert!(error.advice().is_some_and(|advice| !advice.is_empty()), "{error:?}");
    };
    check(open(io::ErrorKind::NotFound).into(), Exit::NoInput, "file-unreadable");
    check(open(io::ErrorKind::Interrupted).into(), Exit::Io, "file-unreadable");
    check(StoreError::Exists { path: "f".into() }.into(), Exit::CannotCreate, "target-exists");
    let archive = StoreError::Archive { path: "f".into(), source: ArchiveError::StreamTruncated };
    check(archive.into(), Exit::CannotJudge, "archive-broken");
    let locked = StoreError::Pack { path: "f".into(), source: PackError::Locked };
    check(locked.into(), Exit::Io, "store-locked");
    let format = StoreError::FormatUnknown { dir: "d".into() };
    check(format.into(), Exit::Usage, "data-format-unknown");
    check(BootError::NoChain.into(), Exit::Usage, "chain-not-given");
    let json = serde_json::from_str::<u8>("").unwrap_err();
    let file = BootError::File { path: "f".into(), source: json };
    check(file.into(), Exit::CannotJudge, "boot-file-broken");
    let below = HostError::ClaimBelowAgreed { claimed: L2Number(1), agreed: L2Number(2) };
    check(below, Exit::CannotJudge, "claim-below-agreed-block");
    let length = ProgramBootError::Length { value: BootValue::L1_HEAD, expected: 32, actual: 1 };
    let program = HostError::program(length.into(), None);
    check(program, Exit::CannotJudge, "preimage-unusable");
}

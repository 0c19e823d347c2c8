//! The small guests, with and without compressed instructions, in two engines that must agree on
//! the last state to the bit.

use std::path::Path;

use alloy_primitives::keccak256;
use asterisc_step::StepError;
use guest_harness::{
    ArchiveHost, Engine, Guest, HarnessError, Missing, Run, compare_steps, guest_file,
    optional_guest_file,
};

const VARIANTS: [&str; 2] = [MEASURED, "riscv64ima"];
/// The variant whose steps are in the table.
const MEASURED: &str = "riscv64imac";

/// Runs a guest in both engines, and gives its run and host if it is built.
fn run(name: &str, variant: &str, host: &ArchiveHost) -> Option<(Run, ArchiveHost)> {
    Some(run_file(&guest_file(name, variant)?, host))
}

fn run_file(file: &Path, host: &ArchiveHost) -> (Run, ArchiveHost) {
    let guest = Guest::load(file).expect("loads");
    let name = file.display();
    let [fast, reference] = [Engine::Fast, Engine::Reference].map(|engine| {
        let mut host = host.clone();
        (guest.run(engine, &mut host).expect("every step has a next state"), host)
    });
    assert_eq!(fast.0.hash, reference.0.hash, "{name}: last state");
    assert_eq!(fast.0.hart, reference.0.hart, "{name}: registers");
    assert_eq!(fast.1.output, reference.1.output, "{name}: output");
    assert_eq!(fast.1.hints, reference.1.hints, "{name}: hints");
    fast
}

/// Runs both variants and checks exit code, status byte and output.
fn check(name: &str, host: &ArchiveHost, exit_code: u8, output: &str) {
    for variant in VARIANTS {
        let Some((run, host)) = run(name, variant, host) else { return };
        assert_eq!((run.hart.exit_code, host.text().as_str()), (exit_code, output), "{variant}");
        assert_eq!(run.hash.0[0], exit_code.min(2), "status byte");
        if variant == MEASURED {
            let differences = compare_steps(name, &[("alone", run.hart.step)]).expect("table");
            assert_eq!(differences, Vec::<String>::new());
        }
    }
}

#[test]
fn minimal_exits_with_zero() {
    check("minimal", &ArchiveHost::default(), 0, "");
}

#[test]
fn hello_prints_to_both_streams_and_exits_with_seven() {
    let output = "Hello, world\n{3: \"one\", 5: \"three\", 6: \"eleven\"} [3, 5, 6]\n";
    check("hello", &ArchiveHost::default(), 7, output);
}

#[test]
fn a_panic_says_where_and_why_and_exits_with_two() {
    let output = "panicked at guests/src/bin/panic.rs:13:5:\nonly 3 values\n";
    check("panic", &ArchiveHost::default(), 2, output);
}

#[test]
fn memory_functions_hash_and_heap_agree_with_plain_loops() {
    let output = "copies, fills, moves and compares agree\nhashes agree\nthe heap is sound\n";
    check("memory", &ArchiveHost::default(), 0, output);
}

#[test]
fn every_system_call_has_the_results_of_the_table() {
    let mut host = ArchiveHost::default();
    host.insert_local(1, (1..=40).collect::<Vec<u8>>());
    check("syscalls", &host, 0, "all as expected\n");
}

/// A host that lists the hashes of `values` under local key 1.
fn listing(values: &[Vec<u8>]) -> ArchiveHost {
    let mut host = ArchiveHost::default();
    let mut list = Vec::new();
    for value in values {
        let hash = keccak256(value);
        list.extend_from_slice(hash.as_slice());
        let mut key = hash;
        key[0] = 2;
        host.insert(key, value);
    }
    host.insert_local(1, list);
    host
}

#[test]
fn preimages_of_every_size_around_a_leaf_arrive_whole() {
    let sizes = [0, 1, 7, 8, 23, 24, 25, 31, 32, 33, 55, 56, 57, 135, 136, 137, 4095, 100_000];
    let value = |size: &usize| (0..=250).cycle().take(*size).collect();
    let values: Vec<Vec<u8>> = sizes.iter().map(value).collect();
    let line = |value: &Vec<u8>| format!("{}: {} bytes, right\n", keccak256(value), value.len());
    let output: String = values.iter().map(line).collect();
    let host = listing(&values);
    check("preimage", &host, 0, &output);
    for variant in VARIANTS {
        let Some((_, host)) = run("preimage", variant, &host) else { return };
        let hint = |value: &Vec<u8>| format!("l1-block-header {}", keccak256(value));
        assert_eq!(host.hints, values.iter().map(hint).collect::<Vec<_>>());
    }
}

#[test]
fn a_preimage_that_is_not_what_its_key_says_is_seen_by_a_guest_that_looks() {
    let mut host = listing(&[b"right".to_vec()]);
    let mut key = keccak256(b"right");
    key[0] = 2;
    host.insert(key, b"wrong");
    let Some((run, _)) = run("preimage", VARIANTS[0], &host) else { return };
    assert_eq!(run.hart.exit_code, 1);
}

#[test]
fn a_missing_preimage_ends_the_run_with_an_error_that_names_the_key() {
    let mut host = ArchiveHost::default();
    host.insert_local(1, [7; 32]);
    let mut missing = [7; 32];
    missing[0] = 2;
    let Some(file) = guest_file("preimage", VARIANTS[0]) else { return };
    let error = Guest::load(&file).unwrap().run(Engine::Fast, &mut host).unwrap_err();
    assert!(
        matches!(&error, HarnessError::Step { source: StepError::Host(Missing(key)), .. }
            if key.0 == missing),
        "{error:?}"
    );
}

#[test]
fn go_guest_starts_its_runtime_and_reads_a_preimage() {
    let text = b"a pre-image, read by Go".to_vec();
    let host = listing(std::slice::from_ref(&text));
    // The one guest that takes a compiler which a machine may lack.
    let Some(file) = optional_guest_file("go-preimage", "go-riscv64") else { return };
    let (run, host) = run_file(&file, &host);
    assert_eq!((run.hart.exit_code, host.text().as_str()), (0, "a pre-image, read by Go\n"));
    assert_eq!(host.hints, [format!("l1-block-header {}", keccak256(&text))]);
}

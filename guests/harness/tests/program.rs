//! The fault proof program in asterisc, on real data: verdicts, output roots and steps.

use std::{collections::BTreeMap, fs};

use alloy_primitives::B256;
use asterisc_state::PortableHasher;
use guest_harness::{
    ArchiveHost, Engine, Guest, RECORDED_RUNS, Run, SINGLE_BLOCKS, compare_steps, fixtures,
    guest_file, recorded_run, single_block,
};

/// The variant with compressed instructions; the other takes the same steps.
const VARIANT: &str = "riscv64imac";
/// All recorded runs are of 2024.
const PROGRAM: &str = "kona-client-2024";

fn run(guest: &Guest, host: &mut ArchiveHost) -> Run {
    guest.run(Engine::Fast, host).expect("every step has a next state")
}

/// What the program prints after `label`.
fn printed<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(label))
}

#[test]
fn recorded_claims_are_valid_and_others_invalid_with_the_same_computed_root() {
    let (Some(file), Some(fixtures)) = (guest_file(PROGRAM, VARIANT), fixtures()) else { return };
    let guest = Guest::load(&file).unwrap();
    let mut steps = Vec::new();
    for name in RECORDED_RUNS {
        let folder = fixtures.join("fpp").join(name);
        let mut host = recorded_run(&folder, None).unwrap();
        let valid = run(&guest, &mut host);
        let text = host.text();
        assert_eq!((valid.hart.exit_code, valid.hash.0[0]), (0, 0), "{name}: {text}");
        let claimed = printed(&text, "claimed output root ").unwrap();
        assert_eq!(printed(&text, "computed output root "), Some(claimed), "{name}");
        steps.push((name, valid.hart.step));

        let mut host = recorded_run(&folder, Some(B256::repeat_byte(0x77))).unwrap();
        let invalid = run(&guest, &mut host);
        assert_eq!((invalid.hart.exit_code, invalid.hash.0[0]), (1, 1), "{name}");
        assert_eq!(printed(&host.text(), "computed output root "), Some(claimed), "{name}");
    }
    assert_eq!(compare_steps(PROGRAM, &steps).unwrap(), Vec::<String>::new());
}

#[test]
fn a_short_run_ends_in_the_same_state_in_both_engines() {
    let (Some(file), Some(fixtures)) = (guest_file(PROGRAM, VARIANT), fixtures()) else { return };
    let guest = Guest::load(&file).unwrap();
    let folder = fixtures.join("fpp").join(RECORDED_RUNS[0]);
    let [fast, reference] = [Engine::Fast, Engine::Reference]
        .map(|engine| guest.run(engine, &mut recorded_run(&folder, None).unwrap()).unwrap());
    assert_eq!((fast.hash, fast.hart), (reference.hash, reference.hart));
}

#[test]
fn program_of_today_can_not_judge_without_its_preimages_and_exits_with_two() {
    let (Some(file), Some(fixtures)) = (guest_file("kona-client", VARIANT), fixtures()) else {
        return;
    };
    let guest = Guest::load(&file).unwrap();
    let mut host = recorded_run(&fixtures.join("fpp").join(RECORDED_RUNS[0]), None).unwrap();
    // The agreed output root is read as something else than an output.
    let mut key = B256::ZERO;
    key[0] = 2;
    host.insert_local(2, B256::ZERO);
    host.insert(key, [0; 5]);
    let run = run(&guest, &mut host);
    assert_eq!((run.hart.exit_code, run.hash.0[0]), (2, 2), "{}", host.text());
}

#[test]
fn single_blocks_have_their_hashes() {
    let (Some(file), Some(fixtures)) = (guest_file("execute-block", VARIANT), fixtures()) else {
        return;
    };
    let guest = Guest::load(&file).unwrap();
    let mut steps = Vec::new();
    for name in SINGLE_BLOCKS {
        let folder = fixtures.join("blocks").join(name);
        let mut host = single_block(&folder, None).unwrap();
        let run = run(&guest, &mut host);
        assert_eq!(run.hart.exit_code, 0, "{name}: {}", host.text());
        steps.push((name, run.hart.step));
    }
    assert_eq!(compare_steps("execute-block", &steps).unwrap(), Vec::<String>::new());

    let folder = fixtures.join("blocks").join(SINGLE_BLOCKS[0]);
    let mut host = single_block(&folder, Some(B256::ZERO)).unwrap();
    assert_eq!(run(&guest, &mut host).hart.exit_code, 1, "{}", host.text());
}

/// Builds are reproducible: whoever builds the program gets the state that games are about.
#[test]
fn prestates_are_those_on_record() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../prestates.json");
    let recorded: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert!(recorded.len() > 1);
    for (name, variants) in recorded {
        for (variant, hash) in variants {
            let Some(file) = guest_file(&name, &variant) else { return };
            let mut prestate = Guest::load(&file).unwrap().prestate;
            assert_eq!(prestate.hash(&PortableHasher).to_string(), hash, "{name}");
        }
    }
}

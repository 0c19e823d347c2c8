//! `single`: judge claims on one chain.

use axos_genesis::RuleSwitches;
use bumpalo::Bump;
use kona_preimage::{BlobKeyStyle, HintDialect, PrecompileKeyStyle};
use kona_program::ProgramOptions;
use support_cli::{Exit, OutputFormat, Report, note, print_error, print_result};

use super::{
    Generation,
    args::{SettingArgs, SingleArgs, SourceArgs},
};
use crate::{
    Archive, Boot, DisputeOracle, HostError, KeyForm, NativeOracle, Patience, ServerError, Store,
    StoreError, check_descriptors, judge, open_data_dir, serve, trace::Teller,
};

/// Judges all claims given, one after the other, and ends as the worst of them: with an error
/// before invalid, and invalid before valid.
pub(super) fn run(args: &SingleArgs, generation: Generation, format: OutputFormat) -> Exit {
    if args.nodes.is_any() {
        note("no node is asked: pre-images come from --witness and --data-dir");
    }
    if args.server {
        return match run_server(args, generation) {
            Ok(()) => Exit::Valid,
            Err(error) => {
                print_error(format, &error);
                error.exit()
            }
        };
    }
    let report = |error: HostError| {
        print_error(format, &error);
        error.exit()
    };
    let stores = match open_stores(&args.sources) {
        Ok(stores) => stores,
        Err(error) => return report(error.into()),
    };
    let arena = Bump::new();
    let oracle = NativeOracle::new(&stores, &arena);
    read_boots(args)
        .map(|boot| run_one(&oracle, &boot?, args, generation, format))
        .map(|exit| exit.unwrap_or_else(report))
        .max_by_key(|exit| severity(*exit))
        .unwrap_or(Exit::Valid)
}

/// Serves the one dispute given.
fn run_server(args: &SingleArgs, generation: Generation) -> Result<(), HostError> {
    // Before any file is opened, which could get one of the numbers.
    check_descriptors()?;
    let stores = open_stores(&args.sources)?;
    let boot = match args.dispute.boot.as_slice() {
        [] => Boot::from_flags(&args.dispute.flags())?,
        [path] => Boot::from_file(path)?,
        [_, second, ..] => return Err(ServerError::Disputes { second: second.clone() }.into()),
    };
    let arena = Bump::new();
    let native = NativeOracle::new(&stores, &arena);
    let dialect = options(&boot, &args.settings, generation).hint_dialect;
    let oracle = DisputeOracle::new(&native, &boot, dialect);
    let is_live = args.sources.data_dir.is_some();
    Ok(serve(&oracle, if is_live { Patience::SHORT } else { Patience::NONE })?)
}

fn open_stores(sources: &SourceArgs) -> Result<Vec<Box<dyn Store>>, StoreError> {
    let mut stores: Vec<Box<dyn Store>> = Vec::new();
    for path in &sources.witness {
        stores.push(Box::new(Archive::open(path, KeyForm::Typed)?));
    }
    if let Some(dir) = &sources.data_dir {
        stores.push(open_data_dir(dir, sources.data_format)?);
    }
    Ok(stores)
}

/// The disputes, each read when its turn comes.
fn read_boots(args: &SingleArgs) -> impl Iterator<Item = Result<Boot, HostError>> {
    let files = &args.dispute.boot;
    let flags = files.is_empty().then(|| Boot::from_flags(&args.dispute.flags()));
    flags
        .into_iter()
        .chain(files.iter().map(|path| Boot::from_file(path)))
        .map(|boot| boot.map_err(Into::into))
}

fn run_one(
    oracle: &NativeOracle<'_>,
    boot: &Boot,
    args: &SingleArgs,
    generation: Generation,
    format: OutputFormat,
) -> Result<Exit, HostError> {
    let mut teller = Teller::new(args.verbose > 0);
    let options = options(boot, &args.settings, generation);
    let outcome = judge(oracle, boot, &options, &mut teller);
    // The progress bar goes before anything else is printed.
    drop(teller);
    let outcome = outcome?;
    outcome.summary().print();
    print_result(format, &outcome)?;
    Ok(if outcome.is_valid() { Exit::Valid } else { Exit::Invalid })
}

/// Flags go before the boot file's word, and that before what programs of the time had.
fn options(boot: &Boot, settings: &SettingArgs, generation: Generation) -> ProgramOptions {
    let of_2024 = generation == Generation::Of2024;
    let blob_key_style = settings
        .blob_key_style
        .map(Into::into)
        .or(boot.blob_key_style)
        .or(of_2024.then_some(BlobKeyStyle::Index));
    let precompile_key_style = settings
        .precompile_key_style
        .map(Into::into)
        .or(boot.precompile_key_style)
        .or(of_2024.then_some(PrecompileKeyStyle::V1))
        .unwrap_or_default();
    // kona had keys without gas in 2024 alone.
    let dialect_of_keys = match precompile_key_style {
        PrecompileKeyStyle::V1 => HintDialect::Kona2024,
        PrecompileKeyStyle::V2 => HintDialect::Kona,
    };
    let without_overlap_check = RuleSwitches { holocene_overlap_check: false };
    ProgramOptions {
        blob_key_style: blob_key_style.unwrap_or_default(),
        precompile_key_style,
        hint_dialect: settings.hint_dialect.map_or(dialect_of_keys, Into::into),
        rule_switches: settings.no_holocene_overlap_check.then_some(without_overlap_check),
    }
}

/// Which exit tells more about a run of several claims.
const fn severity(exit: Exit) -> u8 {
    match exit {
        Exit::Valid => 0,
        Exit::Invalid => 1,
        _ => 2,
    }
}

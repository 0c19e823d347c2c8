//! `store`: work with stores of pre-images.

use std::{fmt, path::PathBuf};

use serde::Serialize;
use support_cli::{Exit, OutputFormat, Progress, print_result};

use super::args::{ConvertArgs, StoreArgs, StoreCommand};
use crate::{Archive, Converted, HostError, KeyForm, Store, convert, open_data_dir};

pub(super) fn run(args: &StoreArgs, format: OutputFormat) -> Result<Exit, HostError> {
    match &args.command {
        StoreCommand::Convert(args) => run_convert(args, format),
    }
}

fn run_convert(args: &ConvertArgs, format: OutputFormat) -> Result<Exit, HostError> {
    let from: Box<dyn Store> = if args.from.is_dir() {
        open_data_dir(&args.from, args.from_format)?
    } else {
        Box::new(Archive::open(&args.from, KeyForm::Typed)?)
    };
    let progress = Progress::new(0, "pre-images");
    let converted = convert(&*from, &args.to, args.to_format.data_format(), |done, total| {
        progress.set_total(total);
        progress.set(done);
    })?;
    drop(progress);
    print_result(format, &ConvertResult { to: args.to.clone(), converted })?;
    Ok(Exit::Valid)
}

/// What was copied where to.
#[derive(Serialize)]
struct ConvertResult {
    to: PathBuf,
    #[serde(flatten)]
    converted: Converted,
}

impl fmt::Display for ConvertResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Converted { values, bytes } = self.converted;
        write!(f, "copied {values} pre-images ({bytes} bytes) to {}", self.to.display())
    }
}

//! `execute-block`: execute one L2 block.

use bumpalo::Bump;
use support_cli::{Exit, OutputFormat, print_result};

use super::args::ExecuteBlockArgs;
use crate::{
    Archive, HostError, KeyForm, NativeOracle, Store, execute_block, execute_block::read_header,
};

pub(super) fn run(args: &ExecuteBlockArgs, format: OutputFormat) -> Result<Exit, HostError> {
    let expected = args.expected_header.as_deref().map(read_header).transpose()?;
    let mut stores: Vec<Box<dyn Store>> = Vec::new();
    for path in &args.witness {
        stores.push(Box::new(Archive::open(path, KeyForm::PlainKeccak)?));
    }
    let arena = Bump::new();
    let oracle = NativeOracle::new(&stores, &arena);
    let outcome = execute_block(&args.block, expected, &oracle)?;
    outcome.summary().print();
    print_result(format, &outcome)?;
    Ok(if outcome.is_match() { Exit::Valid } else { Exit::Invalid })
}

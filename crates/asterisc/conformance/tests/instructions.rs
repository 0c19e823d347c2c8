//! Every case in every engine.
//!
//! The Solidity VM takes a spread of them, and all with `CONFORMANCE_EVM=all`.

use std::env;

use asterisc_conformance::{Case, EngineFactory, check_case, engines, suite};
use libtest_mimic::{Arguments, Failed, Trial};

/// Of so many cases, the Solidity VM takes one. A prime, so that no loop of the suite has its step.
const EVM_SPREAD: usize = 7;

fn main() {
    let takes_all = env::var_os("CONFORMANCE_EVM").is_some_and(|value| value == "all");
    let trials = suite::cases().into_iter().enumerate().map(|(number, case)| {
        let has_evm = takes_all || number % EVM_SPREAD == 0;
        Trial::test(case.name.clone(), move || check(&case, has_evm))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn check(case: &Case, has_evm: bool) -> Result<(), Failed> {
    let engines = engines().iter().filter(|engine| has_evm || engine.name != "evm");
    let engines: Vec<EngineFactory> = engines.copied().collect();
    check_case(case, &engines).map(drop).map_err(Failed::from)
}

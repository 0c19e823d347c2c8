//! All cases, made by loops over instructions, operands, registers and places.

mod arithmetic;
mod atomic;
mod compressed;
mod control;
mod memory;
mod placement;
mod reserved;
mod system;
mod values;

use crate::case::{Case, CaseBuilder};

/// All cases, in an order and at addresses that never change from run to run.
pub fn cases() -> Vec<Case> {
    let mut suite = Suite::default();
    arithmetic::add_cases(&mut suite);
    memory::add_cases(&mut suite);
    control::add_cases(&mut suite);
    atomic::add_cases(&mut suite);
    compressed::add_cases(&mut suite);
    placement::add_cases(&mut suite);
    reserved::add_cases(&mut suite);
    system::add_cases(&mut suite);
    suite.cases
}

/// Cases, and the room they take.
#[derive(Debug, Default)]
struct Suite {
    cases: Vec<Case>,
    blocks: u64,
}

impl Suite {
    /// Adds the case `build` describes.
    fn add(&mut self, name: impl Into<String>, build: impl FnOnce(&mut CaseBuilder)) {
        let mut builder = CaseBuilder::new(name.into(), self.blocks);
        build(&mut builder);
        let case = builder.finish();
        self.blocks += case.blocks;
        self.cases.push(case);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let cases = cases();
        let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
        assert_eq!(names.len(), cases.len());
    }
}

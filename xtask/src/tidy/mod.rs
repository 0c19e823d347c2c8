//! `cargo xtask tidy`: checks of the tree that no compiler makes. They run as tests too.

mod banned;
mod crates;
mod dependencies;
mod layering;
mod links;
mod pipelines;
mod sizes;
mod specs;

use crate::{
    generate,
    process::{Failure, Result},
    workspace::Workspace,
};

/// One check: its name, and what finds the problems, one line each.
struct Check {
    name: &'static str,
    find: fn(&Workspace) -> Result<Vec<String>>,
}

const CHECKS: [Check; 9] = [
    Check { name: "layering", find: layering::find },
    Check { name: "crates", find: crates::find },
    Check { name: "dependencies", find: dependencies::find },
    Check { name: "spec references", find: specs::find },
    Check { name: "sizes", find: sizes::find },
    Check { name: "banned text", find: banned::find },
    Check { name: "links", find: links::find },
    Check { name: "pipelines", find: pipelines::find },
    Check { name: "generated files", find: generate::stale },
];

/// Runs all checks and prints every problem.
pub(crate) fn run(workspace: &Workspace) -> Result {
    let mut count = 0;
    for check in &CHECKS {
        for problem in (check.find)(workspace)? {
            eprintln!("{}: {problem}", check.name);
            count += 1;
        }
    }
    if count > 0 { Err(Failure::new(format!("tidy found {count} problems"))) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_finds_nothing(name: &str) {
        let workspace = Workspace::find().unwrap();
        let check = CHECKS.iter().find(|check| check.name == name).unwrap();
        let problems = (check.find)(&workspace).unwrap();
        assert!(problems.is_empty(), "{name}:\n{}", problems.join("\n"));
    }

    macro_rules! tests {
        ($($test:ident: $check:literal,)*) => {
            $(
                #[test]
                fn $test() {
                    assert_finds_nothing($check);
                }
            )*

            #[test]
            fn every_check_is_a_test() {
                let tested = [$($check),*];
                assert!(CHECKS.iter().all(|check| tested.contains(&check.name)));
            }
        };
    }

    tests! {
        crates_depend_only_downwards: "layering",
        crates_have_docs_readme_and_attributes: "crates",
        licences_and_duplicates_are_accounted_for: "dependencies",
        spec_references_exist: "spec references",
        files_are_of_a_readable_size: "sizes",
        files_have_no_banned_text: "banned text",
        links_lead_somewhere: "links",
        pipelines_are_pinned_and_install_by_the_lists: "pipelines",
        generated_files_are_fresh: "generated files",
    }
}

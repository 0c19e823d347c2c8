//! Who may depend on whom, and who has no standard library.
//!
//! The table is the architecture: `tidy` fails on any arrow that is not in it. A crate that is not
//! in it may not exist.

/// What the table says of one crate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    /// Name of the package.
    pub(crate) name: &'static str,
    /// Whether it is `no_std`.
    pub(crate) is_no_std: bool,
    /// Packages of ours it may depend on; `axos-*` stands for all that start so.
    may_use: &'static [&'static str],
}

/// Packages with a main only: parse, call, print. They may use anything.
const BIN_FOLDER: &str = "bin";

/// Packages of guests. Their entry point is defined by a macro, which counts as unsafe, so that they
/// can only deny it: each other use is marked where it is.
pub(crate) const GUEST_PACKAGES: [&str; 3] = ["guests", "guest-blocks", "kona-client"];

/// Crates that may have `unsafe` code.
pub(crate) const UNSAFE_CRATES: [&str; 3] = ["kona-guest", "asterisc-jit", "asterisc-fast"];

const fn no_std(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, is_no_std: true, may_use }
}

const fn std(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, is_no_std: false, may_use }
}

const LAYERS: [Layer; 35] = [
    no_std("axos-genesis", &[]),
    no_std("axos-protocol", &["axos-genesis"]),
    no_std("axos-pipeline", &["axos-genesis", "axos-protocol"]),
    no_std("axos-driver", &["axos-genesis", "axos-protocol", "axos-pipeline"]),
    //
    no_std("kona-preimage", &[]),
    no_std("kona-guest", &["kona-preimage"]),
    no_std("kona-mpt", &["kona-preimage", "axos-*"]),
    no_std("kona-executor", &["kona-mpt", "kona-preimage", "axos-*"]),
    no_std("kona-program", &["kona-executor", "kona-mpt", "kona-preimage", "axos-*"]),
    std(
        "kona-host",
        &[
            "kona-program",
            "kona-executor",
            "kona-mpt",
            "kona-guest",
            "kona-preimage",
            "axos-*",
            "support-*",
        ],
    ),
    //
    no_std("asterisc-isa", &[]),
    no_std("asterisc-state", &["asterisc-isa"]),
    no_std("asterisc-step", &["asterisc-isa", "asterisc-state"]),
    // The provable VM never meets the fast ones: what they share can't be checked by comparing.
    no_std("asterisc-slow", &["asterisc-isa", "asterisc-state", "asterisc-step"]),
    no_std("asterisc-elf", &["asterisc-isa", "asterisc-state", "asterisc-step"]),
    std("asterisc-snapshot", &["asterisc-isa", "asterisc-state", "asterisc-step", "asterisc-elf"]),
    std("asterisc-fast", &["asterisc-isa", "asterisc-state", "asterisc-step"]),
    // The contract in an EVM: the one engine that shares no code with the others.
    std("asterisc-evm", &["asterisc-isa", "asterisc-state", "asterisc-step"]),
    std(
        "asterisc-jit",
        &["asterisc-isa", "asterisc-state", "asterisc-step", "asterisc-fast", "asterisc-elf"],
    ),
    std(
        "asterisc-inspect",
        &[
            "asterisc-isa",
            "asterisc-state",
            "asterisc-step",
            "asterisc-slow",
            "asterisc-elf",
            "asterisc-snapshot",
            "asterisc-fast",
            "asterisc-jit",
        ],
    ),
    std(
        "asterisc-cli",
        &[
            "asterisc-isa",
            "asterisc-state",
            "asterisc-step",
            "asterisc-slow",
            "asterisc-elf",
            "asterisc-snapshot",
            "asterisc-evm",
            "asterisc-fast",
            "asterisc-jit",
            "asterisc-inspect",
            "support-*",
        ],
    ),
    // Compares all engines, so it knows them all; nothing depends on it.
    std(
        "asterisc-conformance",
        &[
            "asterisc-isa",
            "asterisc-state",
            "asterisc-step",
            "asterisc-slow",
            "asterisc-fast",
            "asterisc-evm",
        ],
    ),
    //
    no_std("dispute-game", &[]),
    no_std("dispute-solver", &["dispute-game"]),
    std("dispute-contracts", &["dispute-game"]),
    std("dispute-trace", &["dispute-game"]),
    std(
        "dispute-challenger",
        &["dispute-game", "dispute-solver", "dispute-contracts", "dispute-trace", "support-*"],
    ),
    //
    std("support-cli", &[]),
    std("support-telemetry", &["support-cli"]),
    // A second opinion is worth nothing if it shares code with the first.
    std("support-model", &[]),
    // Only ever used by tests and fuzz targets, so it may know what it tests.
    std("support-testkit", &["*"]),
    // Programs for the VMs.
    std("guests", &["kona-guest", "kona-preimage"]),
    std("guest-blocks", &["kona-guest", "kona-executor", "kona-mpt", "kona-preimage", "axos-*"]),
    // Runs programs that are built already, whatever they are made of.
    std(
        "guest-harness",
        &[
            "asterisc-elf",
            "asterisc-fast",
            "asterisc-state",
            "asterisc-step",
            "kona-host",
            "kona-preimage",
        ],
    ),
    // Constants of the Solidity VM are generated from what defines the machine, and prestates are
    // made of programs and written to files.
    std(
        "xtask",
        &["asterisc-isa", "asterisc-state", "asterisc-step", "asterisc-elf", "asterisc-snapshot"],
    ),
];

/// The row of a package. `None` if it is not in the table.
pub(crate) fn find(name: &str) -> Option<Layer> {
    LAYERS.into_iter().find(|layer| layer.name == name)
}

/// Whether a package at that path from the root is a thin main, which may use anything.
pub(crate) fn is_bin(path: &std::path::Path) -> bool {
    path.starts_with(BIN_FOLDER)
}

impl Layer {
    /// Whether this crate may depend on that one. Its tests may also use `support-*`, and all of
    /// its own part, for instance to compare one engine with another.
    pub(crate) fn may_use(&self, name: &str, in_tests: bool) -> bool {
        let matches = |pattern: &&str| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *pattern,
        };
        let is_same_part = self.name.split('-').next() == name.split('-').next();
        let of_tests = in_tests && (is_same_part || name.starts_with("support-"));
        of_tests || self.may_use.iter().any(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_allows_what_it_says_and_nothing_else() {
        let driver = find("axos-driver").unwrap();
        assert!(driver.may_use("axos-pipeline", false));
        assert!(!driver.may_use("kona-mpt", false));
        assert!(
            !driver.may_use("support-testkit", false) && driver.may_use("support-testkit", true)
        );
        let host = find("kona-host").unwrap();
        assert!(host.may_use("axos-driver", false) && !host.may_use("asterisc-fast", false));
        let slow = find("asterisc-slow").unwrap();
        assert!(!slow.may_use("asterisc-fast", false) && slow.may_use("asterisc-fast", true));
        assert!(!slow.may_use("kona-preimage", true));
        assert!(find("kona-common").is_none());
    }

    #[test]
    fn no_arrow_of_the_table_points_back() {
        for (place, layer) in LAYERS.iter().enumerate() {
            for later in &LAYERS[place..] {
                let is_open = ["support-testkit", "asterisc-inspect"].contains(&layer.name);
                let to_support = later.name.starts_with("support-");
                let back = layer.may_use(later.name, false);
                assert!(!back || is_open || to_support, "{} -> {}", layer.name, later.name);
            }
        }
    }
}

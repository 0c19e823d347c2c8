//! Changes that let a Go program run on one hart.

use asterisc_state::Memory;

use crate::{Symbol, load::write_range};

/// `ret`.
const RETURN: [u8; 4] = [0x67, 0x80, 0x00, 0x00];

/// Functions that return at once: background work of the Go runtime, which has no thread to run on,
/// and package start-up that is slow and of no use here.
const RETURN_AT_ONCE: [&str; 14] = [
    "runtime.gcenable",
    "runtime.init.5",
    "runtime.main.func1",
    "runtime.deductSweepCredit",
    "runtime.(*gcControllerState).commit",
    "github.com/prometheus/client_golang/prometheus.init",
    "github.com/prometheus/client_golang/prometheus.init.0",
    "github.com/prometheus/procfs.init",
    "github.com/prometheus/common/model.init",
    "github.com/prometheus/client_model/go.init",
    "github.com/prometheus/client_model/go.init.0",
    "github.com/prometheus/client_model/go.init.1",
    "flag.init",
    "runtime.check",
];

/// How often the Go runtime samples allocations; 0 turns it off.
const PROFILE_RATE: &str = "runtime.MemProfileRate";

/// Patches every symbol that has one of the names, whatever its type and size.
pub(crate) fn patch(memory: &mut Memory, symbols: &[Symbol]) {
    for symbol in symbols {
        if RETURN_AT_ONCE.contains(&symbol.name.as_str()) {
            write_range(memory, symbol.start, &RETURN);
        } else if symbol.name == PROFILE_RATE {
            write_range(memory, symbol.start, &[0; 8]);
        }
    }
}

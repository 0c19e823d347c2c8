//! How much memory the process has held at most.

use std::fs;

/// Most resident memory so far, in bytes; `None` where the system does not tell.
pub(crate) fn peak_memory_bytes() -> Option<u64> {
    parse(&fs::read_to_string("/proc/self/status").ok()?)
}

/// Linux tells it in a line like `VmHWM:     1234 kB`.
fn parse(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peak_is_read_off_the_status_file() {
        assert_eq!(parse("Name:\tx\nVmHWM:\t   1234 kB\nVmRSS:\t 5 kB\n"), Some(1_263_616));
        assert_eq!(parse("Name:\tx\n"), None);
        assert_eq!(parse("VmHWM:\tmany kB\n"), None);
    }
}

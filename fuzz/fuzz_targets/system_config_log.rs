//! Logs of the `SystemConfig` contract.
#![no_main]

#[path = "../src/system_config_log.rs"]
mod system_config_log;

libfuzzer_sys::fuzz_target!(|data: &[u8]| system_config_log::run(data));

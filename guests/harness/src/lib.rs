//! Runs guests in asterisc's engines, for tests and measurements.
//!
//! Pre-images come from the archives of the fixtures folder, in this process: no pipes, no server.
#![forbid(unsafe_code)]

mod archive;
pub use archive::{ArchiveHost, HarnessError, Missing};

mod guest;
pub use guest::{Engine, Guest, Run};

mod recorded_run;
pub use recorded_run::recorded_run;

mod single_block;
pub use single_block::single_block;

mod files;
pub use files::{RECORDED_RUNS, SINGLE_BLOCKS, fixtures, guest_file, optional_guest_file};

mod steps;
pub use steps::compare_steps;

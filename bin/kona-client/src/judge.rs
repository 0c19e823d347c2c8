//! Runs the program over the machine's oracle, and says what came out.

use kona_guest::{DescriptorOracle, eprintln, println};
use kona_program::{ProgramOptions, exit_status, run};

/// Judges the claim of the boot values, and gives the exit status.
pub(crate) fn judge(options: &ProgramOptions) -> u8 {
    let oracle = DescriptorOracle::new(options.hint_dialect);
    let outcome = run(&oracle, options);
    match &outcome {
        Ok(verdict) => {
            let word = if verdict.is_valid() { "valid" } else { "invalid" };
            println!("{word}: block {}", verdict.claimed_block_number);
            println!("claimed output root {}", verdict.claimed_output_root);
            if let Some(computed) = verdict.computed_output_root {
                println!("computed output root {computed}");
            }
        }
        Err(error) => {
            eprintln!("the claim can't be judged: {error}");
            let mut cause = core::error::Error::source(error);
            while let Some(error) = cause {
                eprintln!("because: {error}");
                cause = error.source();
            }
        }
    }
    exit_status(&outcome)
}

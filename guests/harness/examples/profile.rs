//! Where the steps of a guest go, by function, sampled.
//!
//! `cargo run --release -p guest-harness --example profile -- ELF [RUN_FOLDER]`

use std::{collections::HashMap, env, error::Error, path::Path, time::Instant};

use asterisc_fast::{FastVm, LaneHasher};
use guest_harness::{ArchiveHost, Guest, recorded_run, single_block};

/// Steps between two samples; a prime, so that loops do not keep in step with it.
const SAMPLE_STEPS: u64 = 997;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let guest = Guest::load(Path::new(&arguments.next().ok_or("give an ELF file")?))?;
    let mut host = match arguments.next() {
        Some(folder) if Path::new(&folder).join("block.json").exists() => {
            single_block(Path::new(&folder), None)?
        }
        Some(folder) => recorded_run(Path::new(&folder), None)?,
        None => ArchiveHost::default(),
    };
    eprintln!("prestate {}", guest.prestate.clone().hash(&LaneHasher::detect()));
    let start = Instant::now();
    let mut vm = FastVm::new(&guest.prestate);
    let mut samples: HashMap<&str, u64> = HashMap::new();
    let is_profile = env::var_os("NO_PROFILE").is_none();
    while !vm.hart().exited {
        vm.run(if is_profile { SAMPLE_STEPS } else { 1 << 40 }, &mut host)?;
        *samples.entry(guest.symbols.name(vm.hart().pc)).or_default() += 1;
    }
    eprint!("{}", host.text());
    let hart = vm.hart();
    eprintln!(
        "exit {} after {} steps, {} pages, {} hints, {:?}",
        hart.exit_code,
        hart.step,
        vm.page_count(),
        host.hints.len(),
        start.elapsed()
    );
    let mut rows: Vec<_> = samples.into_iter().collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (name, count) in rows.into_iter().take(60) {
        let share = 100.0 * count as f64 * SAMPLE_STEPS as f64 / hart.step as f64;
        eprintln!("{share:6.2} %  {name}");
    }
    Ok(())
}

//! A run takes hardly more memory than its state: reading it, stepping, proving and writing it.
//!
//! A state is passed through processes of its own, each of which reads one form, runs, and writes
//! the next form; each tells its peak memory, as the operating system counts it.
//! `PEAK_MEMORY_MIB` is the size of the state in MiB.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]
#![allow(clippy::print_stdout, reason = "what a process tells the one that started it")]

use std::{
    env,
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use alloy_primitives::B256;
use asterisc_fast::{FastVm, LaneHasher};
use asterisc_snapshot::{load_state, save_state};
use asterisc_state::{Hart, PAGE_BYTES, StateWitness};
use asterisc_step::{Host, OutputStream};
use libtest_mimic::{Arguments, Trial};

/// Peak memory for each byte of state, at most, in percent.
const PEAK_PERCENT_MAX: u64 = 120;
/// The variables that tell a process what to read and what to write.
const INPUT: &str = "PEAK_MEMORY_INPUT";
const OUTPUT: &str = "PEAK_MEMORY_OUTPUT";
/// Where the program stands.
const CODE: u64 = 0x1_0000;

fn main() -> ExitCode {
    if let (Some(input), Some(output)) = (env::var_os(INPUT), env::var_os(OUTPUT)) {
        load_run_save(Path::new(&input), Path::new(&output));
        return ExitCode::SUCCESS;
    }
    // Elsewhere there is no /proc to read peak memory from.
    let tests = cfg!(target_os = "linux").then(|| {
        Trial::test("slow_a_run_takes_hardly_more_memory_than_its_state", || {
            pass_through_all_forms();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), tests.into_iter().collect()).exit_code()
}

/// The chain of processes.
fn pass_through_all_forms() {
    let mib = env::var("PEAK_MEMORY_MIB").map_or(256, |text| text.parse::<u64>().unwrap());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("peak-{mib}"));
    fs::create_dir_all(&folder).unwrap();
    let first = folder.join("0.bin");
    write_state(&first, mib << 20);
    let mut input = first.clone();
    for name in ["1.bin", "2.bin.gz", "3.json", "4.json.gz", "5.bin"] {
        let output = folder.join(name);
        let started = Instant::now();
        let child = Command::new(env::current_exe().unwrap())
            .env(INPUT, &input)
            .env(OUTPUT, &output)
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        let peak = String::from_utf8(child.stdout).unwrap().trim().parse::<u64>().unwrap();
        let percent = peak * 100 / (mib << 20);
        eprintln!(
            "{} to {name}: peak {percent} % of the state, {:.1} s",
            input.file_name().unwrap().display(),
            started.elapsed().as_secs_f64()
        );
        assert!(percent <= PEAK_PERCENT_MAX, "{percent} % of the state to get {name}");
        if input != first {
            fs::remove_file(&input).unwrap();
        }
        input = output;
    }
    assert!(are_pages_same(&first, &input), "all pages went through all forms");
    fs::remove_dir_all(&folder).unwrap();
}

/// Writes a state of so many bytes of memory without holding it.
fn write_state(path: &Path, bytes: u64) {
    let count = bytes / PAGE_BYTES as u64;
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all(&count.to_be_bytes()).unwrap();
    for number in 0..count {
        let index = CODE / PAGE_BYTES as u64 + number;
        let mut page = [0; PAGE_BYTES];
        for (word, at) in page.as_chunks_mut::<8>().0.iter_mut().zip(0..) {
            *word = (index << 20 | (at % 8)).to_le_bytes();
        }
        if number == 0 {
            // A jump to itself.
            page[..4].copy_from_slice(&0x0000_006fu32.to_le_bytes());
        }
        out.write_all(&index.to_be_bytes()).unwrap();
        out.write_all(&page).unwrap();
    }
    let hart = Hart { pc: CODE, ..Hart::default() };
    out.write_all(&StateWitness::encode(&hart, B256::ZERO).as_bytes()[32..]).unwrap();
    out.write_all(&[0; 4 + 4 + 32]).unwrap();
    out.flush().unwrap();
}

/// What a process of the chain does: all that `run` does with a state.
fn load_run_save(input: &Path, output: &Path) {
    let hasher = LaneHasher::detect();
    let mut vm = FastVm::from_state(load_state(input).unwrap());
    vm.run(1_000_000, &mut NoHost).unwrap();
    let step = vm.record_step(&mut NoHost, &hasher).unwrap();
    assert_eq!(step.proof.len(), 60 * 32);
    save_state(vm.state_mut(), output, &hasher).unwrap();
    println!("{}", peak_bytes());
}

/// The most memory this process ever had.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

/// Whether two binary states have the same pages.
fn are_pages_same(a: &Path, b: &Path) -> bool {
    let open = |path: &Path| BufReader::new(File::open(path).unwrap());
    let (mut a, mut b) = (open(a), open(b));
    let [mut x, mut y] = [[0; 8 + PAGE_BYTES]; 2];
    let mut count = [[0; 8]; 2];
    a.read_exact(&mut count[0]).unwrap();
    b.read_exact(&mut count[1]).unwrap();
    count[0] == count[1]
        && (0..u64::from_be_bytes(count[0])).all(|_| {
            a.read_exact(&mut x).unwrap();
            b.read_exact(&mut y).unwrap();
            x == y
        })
}

struct NoHost;

impl Host for NoHost {
    type Error = String;

    fn preimage(&mut self, key: B256, _: u64) -> Result<&[u8], String> {
        Err(format!("no pre-image {key}"))
    }

    fn hint(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn output(&mut self, _: OutputStream, _: &[u8]) {}
}

//! Prints one table of all pairs: time, instructions and allocations of both sides.
//!
//! Times are medians of runs taken in turns, so that a drift of the machine touches both sides.
//! Instructions come from `valgrind --tool=callgrind` where that is installed; allocations are
//! counted by the allocator, which is the system's for both.

use benches::{Pair, Work, pairs};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    env, fmt,
    hint::black_box,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match &arguments[..] {
        [flag, side, name] if flag == "--once" => once(side, name),
        [] => table(""),
        [filter] => table(filter),
        _ => eprintln!("usage: benches [FILTER]"),
    }
}

/// Prints the pairs whose name contains `filter`.
fn table(filter: &str) {
    println!("| work | ours | published | time | instructions | outside keccak | allocations |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for pair in pairs(filter) {
        let (ours, published) = times(&pair);
        let time = ratio(published.as_secs_f64(), ours.as_secs_f64());
        let (all, outside_keccak) = match (count("ours", pair.name), count("published", pair.name))
        {
            (Some(ours), Some(published)) => (
                ratio(published.all, ours.all),
                ratio(published.all - published.keccak, ours.all - ours.keccak),
            ),
            _ => ("?".into(), "?".into()),
        };
        let ours_allocations = allocations((pair.ours)());
        let published_allocations = allocations((pair.published)());
        println!(
            "| {} | {ours:.1?} | {published:.1?} | {time} | {all} | {outside_keccak} | \
             {ours_allocations} : {published_allocations} |",
            pair.name
        );
    }
}

fn ratio(published: f64, ours: f64) -> String {
    format!("{:.1}x", published / ours)
}

/// Medians of both sides over about two seconds, in turns.
fn times(pair: &Pair) -> (Duration, Duration) {
    let (mut ours, mut published) = (Vec::new(), Vec::new());
    let start = Instant::now();
    while ours.len() < 5 || (start.elapsed() < Duration::from_secs(2) && ours.len() < 2001) {
        ours.push(time((pair.ours)()));
        published.push(time((pair.published)()));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    (median(&mut ours), median(&mut published))
}

fn time(work: Work) -> Duration {
    let start = Instant::now();
    let result = measured(work);
    let time = start.elapsed();
    drop(result);
    time
}

/// What callgrind counts: nothing but the work itself.
#[inline(never)]
fn measured(work: Work) -> Box<dyn std::any::Any> {
    black_box(work())
}

/// Runs one side of one pair once, for callgrind.
fn once(side: &str, name: &str) {
    let pair = pairs(name).into_iter().find(|pair| pair.name == name).expect("the pair is known");
    let prepare = if side == "ours" { pair.ours } else { pair.published };
    // Lazy parts of the standard library and of the CPU dispatch are not to be counted.
    drop(prepare()());
    std::mem::forget(measured(prepare()));
}

/// Instructions of one run.
struct Instructions {
    all: f64,
    /// Those of the hash function, which is the same for both sides.
    keccak: f64,
}

/// Counts the instructions of one side with callgrind, where that is installed.
fn count(side: &str, name: &str) -> Option<Instructions> {
    let profile = env::temp_dir().join(format!("benches.{}.callgrind", std::process::id()));
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*measured*"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(env::current_exe().ok()?)
        .args(["--once", side, name])
        .output();
    let report = Command::new("callgrind_annotate")
        .args(["--auto=no", "--threshold=100"])
        .arg(&profile)
        .output();
    let _ = std::fs::remove_file(&profile);
    let report = run.and(report).ok()?;
    let report = String::from_utf8(report.stdout).ok()?;
    // Lines of `1,234 (5.67%) file:function`.
    let sum = |what: &str| {
        let lines = report.lines().filter(|line| line.contains(what));
        let numbers = lines.filter_map(|line| line.split_whitespace().next());
        numbers.filter_map(|number| number.replace(',', "").parse::<f64>().ok()).sum::<f64>()
    };
    let all = sum("PROGRAM TOTALS");
    (all > 0.0).then(|| Instructions { all, keccak: sum("keccak") })
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
struct Counting;

// SAFETY: every call is handed on as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        BYTES.fetch_add(size, Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// How often one run asked for memory, and for how much.
struct Allocations {
    count: usize,
    bytes: usize,
}

fn allocations(work: Work) -> Allocations {
    let before = (ALLOCATIONS.load(Relaxed), BYTES.load(Relaxed));
    let result = work();
    let after = (ALLOCATIONS.load(Relaxed), BYTES.load(Relaxed));
    drop(result);
    Allocations { count: after.0 - before.0, bytes: after.1 - before.1 }
}

impl fmt::Display for Allocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} kB)", self.count, self.bytes / 1000)
    }
}

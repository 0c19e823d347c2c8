//! Hashes many pairs of nodes at a time, with the widest vector unit this machine has, and many
//! pages on all of its cores.

use std::{num::NonZero, sync::Mutex, thread};

use asterisc_state::{PAGE_GROUP, Page, PairHasher, PortableHasher};

#[cfg(target_arch = "x86_64")]
mod permutation;
#[cfg(target_arch = "x86_64")]
mod x86_64;

/// Pages one thread takes at a time: about a tenth of a millisecond of work.
const THREAD_PAGES: usize = 2 * PAGE_GROUP;
/// With fewer pages than this, starting threads costs more than it gains.
const PARALLEL_PAGES_MIN: usize = 8 * PAGE_GROUP;

/// Hashes pairs by the widest vector unit that was found: 8 lanes with AVX-512, 4 with AVX2, else
/// one after the other. Many pages are shared out to threads.
#[derive(Debug, Clone, Copy)]
pub struct LaneHasher {
    unit: Unit,
    threads: usize,
}

/// What the machine can do; each is proof that its instructions may be used.
#[derive(Debug, Clone, Copy)]
enum Unit {
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    Portable,
}

impl LaneHasher {
    /// Looks for the units of this machine.
    pub fn detect() -> Self {
        let unit = Unit::available().into_iter().next().unwrap_or(Unit::Portable);
        Self { unit, threads: thread_count() }
    }

    /// All hashers this machine can run, the fastest first; the last one is portable.
    pub fn available() -> Vec<Self> {
        let threads = thread_count();
        Unit::available().into_iter().map(|unit| Self { unit, threads }).collect()
    }

    /// The same unit with so many threads, at least one.
    #[must_use]
    pub fn with_threads(self, threads: usize) -> Self {
        Self { threads: threads.max(1), ..self }
    }

    /// Name of the unit, for reports.
    pub const fn name(&self) -> &'static str {
        match self.unit {
            #[cfg(target_arch = "x86_64")]
            Unit::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Unit::Avx2(_) => "AVX2",
            Unit::Portable => "portable",
        }
    }
}

fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

impl Unit {
    /// Units of this machine, the widest first.
    fn available() -> Vec<Self> {
        let mut units = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            units.extend(pulp::x86::V4::try_new().map(Self::Avx512));
            units.extend(pulp::x86::V3::try_new().map(Self::Avx2));
        }
        units.push(Self::Portable);
        units
    }
}

impl PairHasher for Unit {
    fn hash_pairs(&self, pairs: &[[u8; 64]], hashes: &mut [[u8; 32]]) {
        match *self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(unit) => x86_64::hash_pairs(unit, pairs, hashes),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(unit) => x86_64::hash_pairs(unit, pairs, hashes),
            Self::Portable => PortableHasher.hash_pairs(pairs, hashes),
        }
    }
}

impl PairHasher for LaneHasher {
    fn hash_pairs(&self, pairs: &[[u8; 64]], hashes: &mut [[u8; 32]]) {
        self.unit.hash_pairs(pairs, hashes);
    }

    fn page_roots(&self, pages: &[&Page], roots: &mut [[u8; 32]]) {
        if self.threads == 1 || pages.len() < PARALLEL_PAGES_MIN {
            return self.unit.page_roots(pages, roots);
        }
        let work = Mutex::new(pages.chunks(THREAD_PAGES).zip(roots.chunks_mut(THREAD_PAGES)));
        // A thread that panicked took its piece along; the scope passes the panic on.
        let take = || work.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
        let hash = || {
            while let Some((pages, roots)) = take() {
                self.unit.page_roots(pages, roots);
            }
        };
        thread::scope(|scope| {
            for _ in 1..self.threads {
                // Where the operating system refuses a thread, the others do its work.
                if thread::Builder::new().spawn_scoped(scope, hash).is_err() {
                    break;
                }
            }
            hash();
        });
    }
}

//! Times all pairs: `cargo bench`, or `cargo bench -- mainnet` for some.

use benches::{Pair, pairs};
use std::{fmt, sync::OnceLock};

fn main() {
    divan::main();
}

/// A pair by its name, which is how divan shows it.
#[derive(Clone, Copy)]
struct Named(usize);

thread_local! {
    static PAIRS: &'static [Pair] = Vec::leak(pairs(""));
}

static COUNT: OnceLock<usize> = OnceLock::new();

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PAIRS.with(|pairs| pairs[self.0].name))
    }
}

fn all() -> impl Iterator<Item = Named> {
    (0..*COUNT.get_or_init(|| PAIRS.with(|pairs| pairs.len()))).map(Named)
}

#[divan::bench(args = all())]
fn ours(bencher: divan::Bencher, pair: Named) {
    let prepare = PAIRS.with(|pairs| &pairs[pair.0].ours);
    bencher.with_inputs(prepare).bench_local_values(|work| work());
}

#[divan::bench(args = all())]
fn published(bencher: divan::Bencher, pair: Named) {
    let prepare = PAIRS.with(|pairs| &pairs[pair.0].published);
    bencher.with_inputs(prepare).bench_local_values(|work| work());
}

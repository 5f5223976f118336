//! How many random cases a test runs, and which.

use proptest::test_runner::{Config, RngSeed};

/// Returns a configuration of that many random cases, the same on every run. `PROPTEST_CASES` and
/// `PROPTEST_RNG_SEED` in the environment ask for more, or for others.
pub(crate) fn config(cases: u32) -> Config {
    let is_set = |name| std::env::var_os(name).is_some();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if !is_set("PROPTEST_CASES") {
        config.cases = cases;
    }
    if !is_set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

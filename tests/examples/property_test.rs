//! The property test of a downloader finds its bug, and nothing in the one without.

#[path = "../common/cases.rs"]
mod cases;
#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/property_test.rs"]
mod example;

use cases::config;
use example::{completes_anyhow, looks_first, tested};
use proptest::test_runner::TestError;

#[test]
fn the_bug_is_found_and_one_flaw_is_left_of_it() {
    let found = tested(completes_anyhow, config(48)).expect_err("it has a bug");
    let TestError::Fail(_, (world, incidents)) = &found else { panic!("{found}") };
    let flaws: usize = world.files.iter().map(|file| file.flaws.len()).sum();
    let size: u64 = world.files.iter().map(|file| file.size).sum();
    let too_small = usize::from(world.free < size);
    assert_eq!((world.files.len(), incidents.len() + flaws + too_small), (1, 1), "{found}");
}

#[test]
fn without_the_bug_every_promise_is_kept() {
    tested(looks_first, config(48)).unwrap_or_else(|found| panic!("{found}"));
}

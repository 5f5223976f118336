//! Strategies of [proptest](https://docs.rs/proptest) for the tests of downloaders (feature `proptest`): worlds,
//! what goes wrong in them and when, and traces of one job.
//!
//! [`explore::program`](crate::explore::program) makes every run within a bound, in one world. A property test makes
//! some runs, each in another world with other incidents at other times, and shrinks what breaks a promise. Both run
//! the same program and judge it by the same [monitors](crate::explore::Monitors).
//!
//! # A downloader under test
//!
//! ```
//! use std::time::Duration;
//!
//! use bits_emulator::explore::strategies::{WorldFile, incidents, worlds};
//! use bits_emulator::explore::{Budget, Life};
//! use bits_emulator::{Error, JobState, JobType};
//! use proptest::test_runner::{Config, TestRunner};
//!
//! fn download(life: &Life, files: &[WorldFile]) -> Result<(), Error> {
//!     let job = life.session().create_job("update", JobType::Download)?;
//!     for file in files {
//!         job.add_file(file.url(), file.local.as_str())?;
//!     }
//!     job.resume()?;
//!     while !matches!(job.state()?, JobState::Transferred | JobState::Error) {
//!         life.session().sleep(Duration::from_secs(60));
//!     }
//!     // The bug: Complete of a job in ERROR delivers what is there, and its success says nothing of the rest.
//!     job.complete().map(drop)
//! }
//!
//! let budget = Budget::default().network(1).http([503, 404]);
//! let cases = (worlds(1..=3), incidents(budget, Duration::from_secs(3600)));
//! let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
//! let result = runner.run(&cases, |(world, incidents)| {
//!     world.program(download).incidents(incidents).test()
//! });
//! // In a `proptest!` block the last line is `world.program(download).incidents(incidents).test()?`.
//! let shown = result.expect_err("it has a bug").to_string();
//! assert!(shown.contains("HTTP 404") && shown.contains("As a scenario:"), "{shown}");
//! ```
//!
//! A failed test shows the world and the incidents to which proptest shrank it, the run as a list of what happened,
//! and a [scenario](crate::explore::Counterexample::scenario) that `bits run` replays without the program. The
//! variables of proptest set the number of cases and the seed: `PROPTEST_CASES`, `PROPTEST_RNG_SEED`.
//!
//! # What is generated
//!
//! | strategy | what it makes |
//! |---|---|
//! | [`worlds`] | servers with files of all sizes, room on the disk, a standard user or an administrator; nothing is wrong |
//! | [`flawed_worlds`] | the same with requests that fail, for a while or for good, and with too little room on the disk |
//! | [`incidents`] | incidents of a [`Budget`](crate::explore::Budget), each at its time |
//! | [`traces`] | what can happen to one job: each step is [enabled](crate::machine::JobStateMachine::enabled) |
//! | [`refusals`] | a trace, and a call that is refused after it, with its code |
//!
//! The monitors know of the flaws of a world as of incidents, so that a program may fail where a file is not there.
//! With [`bound`](crate::explore::Program::bound) each case is explored in turn: `.bound(0, 1)` makes the program
//! late at each of its points, one after the other, in each world.

mod plans;
mod test;
mod traces;
mod worlds;

pub use plans::incidents;
pub use traces::{JobTrace, Refusal, refusals, traces};
pub use worlds::{World, WorldFile, flawed_worlds, worlds};

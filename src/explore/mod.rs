//! Model checking of application logic: every interleaving and fault within a bound, on the application's
//! own code.
//!
//! A test shows one way in which things go. [`program`] runs a program again and again, each time from its
//! start, and each time something else goes wrong at another point: a request fails, an operator cancels the
//! job, the process is killed between two calls, the client is late. The first way in which a promise is
//! broken is shown as a list of what happened, with a text that makes the same run again.
//!
//! # A first exploration
//!
//! This updater remembers the id of its job, so that after a crash it goes on with the download it began:
//!
//! ```
//! use std::time::Duration;
//! use bits_emulator::explore::{self, Budget, Life, Program};
//! use bits_emulator::{Error, JobState, JobType};
//!
//! const URL: &str = "https://example.com/app.exe";
//! const PATH: &str = r"C:\app\app.exe";
//!
//! fn updater(life: &Life) -> Result<(), Error> {
//!     let session = life.session();
//!     let known = life.store().get("job").and_then(|id| id.parse().ok());
//!     let job = match known.map(|id| session.job(id)) {
//!         Some(Ok(job)) => job,
//!         _ => {
//!             let job = session.create_job("update", JobType::Download)?;
//!             job.add_file(URL, PATH)?;
//!             life.store().set("job", job.id().to_string());
//!             job
//!         }
//!     };
//!     if job.state()? == JobState::Suspended {
//!         job.resume()?;
//!     }
//!     while job.state()? != JobState::Transferred {
//!         session.sleep(Duration::from_secs(60));
//!     }
//!     job.complete().map(drop)
//! }
//!
//! fn explored() -> Program {
//!     explore::program(updater)
//!         .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
//!         .wants(URL, PATH)
//!         .budget(Budget::default().network(1).http([503]).kill(1))
//! }
//!
//! // A test calls `explored().check()`, which panics with the counterexample. This is it:
//! let found = explored().explore().counterexample.expect("a bug");
//! let shown = r"broken promise: no job is left behind
//! what happened: the program ended and left 1 of its jobs in the queue
//!
//! 2024-01-01 00:00:00  the program starts
//! 2024-01-01 00:00:00    finds no job in its store
//! 2024-01-01 00:00:00  * before CreateJob, the process is killed once the call is carried out
//! 2024-01-01 00:00:00    CreateJob
//! 2024-01-01 00:00:00  the process is gone
//! 2024-01-01 00:00:00  the program starts again, life 2
//! 2024-01-01 00:00:00    finds no job in its store
//! 2024-01-01 00:00:00    CreateJob
//! 2024-01-01 00:00:00    AddFile
//! ";
//! assert!(found.to_string().starts_with(shown), "{found}");
//! assert_eq!(found.decisions(), "0:k");
//!
//! // The same run again, while the bug is looked for and after it is mended.
//! assert!(explored().replay("0:k").counterexample.is_some());
//! ```
//!
//! Lines with a `*` are what the explorer decided, those with a `|` what happened besides, with the
//! [rules](crate::rules) behind it; the others are what the program did and learned. What repeats itself stands once.
//! The counterexample is the one with the fewest incidents, then deviations, then calls; none of its decisions can be
//! left out. Its last line names them: [`replay`](Program::replay) makes that one run, and so does
//! [`check`](Program::check) if the environment says `BITS_EXPLORE_REPLAY=0:k cargo test my_updater`. In such a run
//! a debugger stops where it should, and the whole [`trace`](Counterexample::trace) is at hand. Once the program has
//! changed so that one of them cannot be made any more, it panics, and names that one.
//!
//! To keep it, [`rust_test`](Counterexample::rust_test) makes a test of it, which makes the run again, and
//! `Counterexample::scenario` (feature `scenario`) a text that `bits run` replays without the program.
//!
//! # The fix
//!
//! Killed between CreateJob and the store, the program never learns of its job. It is found by its name, so the
//! next life gives up what it does not know:
//!
//! ```
//! # use std::time::Duration;
//! # use bits_emulator::explore::{self, Budget, Life};
//! # use bits_emulator::{Error, JobState, JobType};
//! # const URL: &str = "https://example.com/app.exe";
//! # const PATH: &str = r"C:\app\app.exe";
//! fn updater(life: &Life) -> Result<(), Error> {
//!     let session = life.session();
//!     let known = life.store().get("job").and_then(|id| id.parse().ok());
//!     for job in session.jobs()? {
//!         if job.display_name()? == "update" && Some(job.id()) != known {
//!             let _ = job.cancel()?;
//!         }
//!     }
//!     // … as before
//! #     let job = match known.map(|id| session.job(id)) {
//! #         Some(Ok(job)) => job,
//! #         _ => {
//! #             let job = session.create_job("update", JobType::Download)?;
//! #             job.add_file(URL, PATH)?;
//! #             life.store().set("job", job.id().to_string());
//! #             job
//! #         }
//! #     };
//! #     if job.state()? == JobState::Suspended {
//! #         job.resume()?;
//! #     }
//! #     while job.state()? != JobState::Transferred {
//! #         session.sleep(Duration::from_secs(60));
//! #     }
//! #     job.complete().map(drop)
//! }
//! # let explored = || {
//! #     explore::program(updater)
//! #         .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
//! #         .wants(URL, PATH)
//! #         .budget(Budget::default().network(1).http([503]).kill(1))
//! # };
//!
//! assert!(explored().replay("0:k").counterexample.is_none());
//! let verdict = explored().check();
//! assert!(verdict.is_exhausted(), "{verdict}");
//! ```
//!
//! It is not ready: with `.http([404])` in its budget, the next counterexample is a loop that never ends. The rules
//! that a client has to follow are in [writing a client that survives](surviving); what it takes to find the bugs
//! of those that do not, in the [table of bugs](bugs).
//!
//! # What it asks of a program
//!
//! - It takes its session, and what outlives it, from its [`Life`]; it waits by
//!   [`Session::sleep`](crate::Session::sleep) and [`Session::wait`](crate::Session::wait). Callbacks may be used.
//!   Async code runs on [`Session::block_on`](crate::Session::block_on); which of several ready tasks goes on is
//!   a deviation, and timers of other libraries are not seen.
//! - It can be run any number of times. Each run begins with a copy of the [`world`](Program::world) and an empty
//!   [`Store`]; after a kill it runs again from its start, as the next life, and finds its store and its jobs;
//!   after a log off, with the logon.
//! - It is deterministic in what it observes: the same replies lead to the same calls. Otherwise runs do not
//!   replay, and futures may be taken for known that are not.
//!
//! - It keeps to what is explored. What lets time pass for everybody ([`advance`](crate::Emulator::advance),
//!   [`run_until_idle`](crate::Emulator::run_until_idle) and the like), an emulator that follows real time, and a disk
//!   in a real directory are refused inside of it, on whichever emulator; so is its session, its life and its store
//!   on another thread, for which of two threads comes first is not explored.
//!
//! # What is promised
//!
//! A program reports by what it returns, of the files that it [is to fetch](Program::wants), or by
//! [requests](Life::request), of several that it makes itself. What is promised of each run is a [`Monitor`]; these
//! are ready to use, and [`Monitors::standard`] are all of them but the last:
//!
//! | promise | what breaks it |
//! |---|---|
//! | always checked | the program does not come to its end, retries without bound, panics, does not do the same again, or does not keep to what is explored |
//! | [`truthful_success`](Monitor::truthful_success) | success, and a file is not there, whole and right |
//! | [`one_outcome`](Monitor::one_outcome) | a request without an outcome, with two, or with another code than that of its job |
//! | [`no_orphans`](Monitor::no_orphans) | a job or a temporary file that is left behind |
//! | [`legal_calls`](Monitor::legal_calls) | a call that the state forbids, a handle that is known to be dead, a wait in a callback |
//! | [`no_needless_failure`](Monitor::no_needless_failure) | failure or fallback after trouble that passes by itself |
//! | [`no_growth`](Monitor::no_growth) | each life leaves more jobs than the one before |
//!
//! A program for which no file is wanted and that makes no request keeps most of them by doing nothing: the verdict
//! says that it is [vacuous](Verdict::is_vacuous).
//!
//! # What "passed" means
//!
//! The [`Verdict`] says it in a line, which [`check`](Program::check) prints: *every promise was kept: up to 1 fault
//! and 1 deviation, decided at the first visit of each noticeable situation, exhausted*. That is less than a proof of the
//! program:
//!
//! - **Bounds.** Runs have at most the [incidents and deviations](Program::bound) of the bound, of the kinds in the
//!   [`Budget`]; outages last a minute. A deviation is a client that is late, by up to six changes that it could
//!   notice; a callback that is late, which comes after up to six calls of the client, or changes that it waits
//!   through; or another order of what is possible at once, of tasks that are ready too. If
//!   [`most_runs`](Program::most_runs) was reached, less was explored: [`is_exhausted`](Verdict::is_exhausted)
//!   says so, and [`check`](Program::check) does not panic.
//! - **Points.** Things go wrong before and after calls, when a wait begins, once on the way to what happens next,
//!   when something changed, and at callbacks; not at every instant.
//! - **First visits are a heuristic.** By default decisions are made where a situation is new in its run. A client
//!   that behaves otherwise the third time it sees the same is not explored there;
//!   [`Strategy::EveryPoint`] explores it, with many more runs.
//! - **Fingerprints.** A future counts as explored if what the program observed, its store and the
//!   [state of the emulator](crate::Emulator::hash_state) have a 128-bit hash that was there before. Two different
//!   ones with the same hash are possible, and unlikely; [`without_pruning`](Program::without_pruning) needs none. A
//!   monitor of your own that judges what is no part of a future, such as the trace, needs that too. Futures with
//!   [polls folded](Program::folding_polls) are known again more often, and of some clients wrongly.
//!   That a known future need not be explored again rests on the program being a function of what it observed since
//!   its life began: then it goes on alike from two points where that, and all that can still be done to it, are the
//!   same. What an incident or a stall leads to is foreseen on a copy of the emulator, unless callbacks or hooks are
//!   part of the state, so that most runs into known futures are never begun; an incident that changes nothing is no
//!   run at all.
//! - **What is not seen.** Statics, captured variables that change, `std::time` and timers of other libraries,
//!   `std::fs`, the real network, random numbers (tokio's `select!` draws one unless it is `biased`), the order
//!   of a `HashMap`, other emulators that the program was given, and what threads of its own do beside its session.
//! - **Ends.** That a program never ends is not proven, but [taken from what it does](#how-a-program-ends).
//! - **The model.** The BITS of these runs follows the documented [rules](crate::rules) in one reading of them.
//!
//! # How a program ends
//!
//! Each run has to come to its end. Of one that does not, the counterexample says one of two things:
//!
//! - *It does not end: GetState -> CANCELLED, every 4 s.* Nothing is left that could go wrong in the run, some 400
//!   calls and waits in a row have shown nothing new, and since then the program went through the same round four
//!   times: the same calls and waits, after which it observed the same, and the world stood as before. The shortest
//!   such round is shown.
//! - *No end within the bound*, and a limit: of [virtual time](Program::within), of
//!   [calls that notice nothing new](Program::most_idle_calls), or of [resumes](Program::most_resumes). The program
//!   does something else each time, and may end later. One that is slow on purpose needs a wider limit.
//!
//! Two states of the world are the same of a round if they go on alike, each from its own instant. That omits the
//! error count of a job, its times, and the removal of a job after 90 days [without any
//! activity](crate::service::Policies::inactivity_timeout): until then nothing happens but that time passes. It omits the variables of the program, too. So a
//! client that counts its polls, or measures real time, and would give up at a later one, is wrongly called endless:
//! [`most_rounds`](Program::most_rounds) allows it as many. One that looks at the [time](Life::now) observes another
//! one each time, and is not.
//!
//! Limits are no part of a future's fingerprint, for then hardly any future would be known. A run that comes to a
//! known one is cut short even if it would reach a limit there, by its last fault having been earlier, and the run
//! before did not: the limits hold for the runs that are made to their end.
//!
//! # Several programs
//!
//! [`processes`](Program::processes) runs the program in several processes of its user at once, with one store;
//! [`beside`](Program::beside) adds a program of another user, of the same one, or an administrator, with a store of
//! its own. All programs of a user share [another store](Life::user_store). Each is straight-line code:
//!
//! ```
//! use bits_emulator::explore::{self, Life};
//! use bits_emulator::{Error, JobType};
//!
//! fn makes_one_job(life: &Life) -> Result<(), Error> {
//!     if life.store().get("job").is_none() {
//!         let job = life.session().create_job("update", JobType::Download)?;
//!         life.store().set("job", job.id().to_string());
//!         assert_eq!(life.session().jobs()?.count(), 1, "there is one job");
//!         job.cancel()?;
//!     }
//!     Ok(())
//! }
//!
//! let found = explore::program(makes_one_job).processes(2).explore().counterexample.expect("a race");
//! assert!(found.to_string().contains("process 2 goes on"), "{found}");
//!
//! // With a lock one of them waits.
//! let locked = |life: &Life| {
//!     let _lock = life.store().lock("job");
//!     makes_one_job(life)
//! };
//! assert!(explore::program(locked).processes(2).check().is_exhausted());
//! ```
//!
//! One program goes on at a time, until it waits or ends; then the next one that can. That another one goes on first is
//! a deviation, decided before each call outside of callbacks and each use of a store, and where several can go on;
//! one whose sleep or wait is not over cannot. Time passes when all wait. If all do and nothing is left to happen, the
//! run does not end.
//!
//! The budget is that of the run. An incident of a call strikes that of the program that makes it, and a log off the
//! user of the first program. A kill strikes the program that acts or another one that waits, which begins its next life when
//! it is its turn; a [lock](Store::lock) that it held is free at once. Monitors judge [what each
//! returned](Ending::results), the wanted files those of the explored program alone, and jobs those of all their
//! users; further lives are lives of all. Limits hold of each program. With
//! several programs no futures are foreseen, so that more runs are made and then cut short. Each has a thread, between
//! which a run passes on; a program alone stays on one.
//!
//! # Large spaces
//!
//! An exploration ends with its bound, after a [number of runs](Program::most_runs), or after some
//! [real time](Program::most_real_time); the verdict names the largest bound that was explored to its end, and how many
//! runs wait. [`threads`](Program::threads) share the work in one process. [`Verdict::reached`] is a table of what
//! was met: which calls met which states and codes, and which transitions were never taken. For a space that cannot
//! be explored to its end, [`seeded`](Program::seeded) makes runs at random.
//!
//! ## Many processes
//!
//! A process makes the part of the runs that `BITS_EXPLORE_SHARD` names, and adds its verdict as a line of JSON to
//! the file that `BITS_EXPLORE_RESULTS` names. The command `bits merge` puts the parts together: it says what
//! was explored, prints the shortest counterexample of all, and complains if a part is missing. Whatever can set a
//! variable can share the work out:
//!
//! | with | the line |
//! |---|---|
//! | one computer | `for i in 0 1 2 3; do BITS_EXPLORE_SHARD=$i/4 BITS_EXPLORE_RESULTS=part-$i.jsonl cargo test --release my_updater & done; wait` |
//! | a matrix of GitHub Actions, `strategy: {matrix: {part: [0, 1, 2, 3]}}` | `env: {BITS_EXPLORE_SHARD: "${{ matrix.part }}/4", BITS_EXPLORE_RESULTS: "${{ github.workspace }}/part-${{ matrix.part }}.jsonl"}`, and the file kept by `actions/upload-artifact` |
//! | GNU parallel, on this and other hosts | `parallel -S host1,host2 --wd . BITS_EXPLORE_SHARD={}/8 BITS_EXPLORE_RESULTS=part-{}.jsonl cargo test --release my_updater ::: 0 1 2 3 4 5 6 7` |
//! | a Slurm array | `sbatch --array=0-63 --wrap 'BITS_EXPLORE_SHARD=$SLURM_ARRAY_TASK_ID/64 BITS_EXPLORE_RESULTS=$PWD/part-$SLURM_ARRAY_TASK_ID.jsonl cargo test --release my_updater'` |
//! | cargo-nextest | its `--partition slice:1/4` shares tests out, not runs: make a test for each part, with [`shard`](Program::shard) in it, or set the variable as above |
//!
//! and then `bits merge part-*.jsonl`. Tests run in the folder of their package: give results a full path if that
//! is not where you are. All runs with the same first decision are in the same part, and each part is pruned by
//! itself: the parts together make more runs than one process, and find the same.
//!
//! # Without a program
//!
//! What can be written as states is explored as a [`model`]; a text in the scenario language that leaves open what
//! happens, and asks questions in a line each, by the module `open_scenarios` (feature `scenario`) and by `bits check`.
//!
//! # Beside loom and shuttle
//!
//! | | explores | asks of the program | a pass means |
//! |---|---|---|---|
//! | this | what BITS, network, disk, users and crashes do around one client, in virtual time | the client on [`Life`] and its [`Session`](crate::Session), deterministic | no broken promise within the bound, as above |
//! | [loom](https://docs.rs/loom) | interleavings of threads and what atomics may yield under the C11 memory model | loom's types in place of those of `std::sync` and `std::thread`, deterministic | none of the valid executions fails, as far as the memory model is implemented, or within a bound of preemptions if one is set |
//! | [shuttle](https://docs.rs/shuttle) | interleavings of threads, drawn at random | shuttle's types in their place, deterministic | no drawn schedule failed; it does not prove the code |
//!
//! They answer other questions: threads within a client are theirs, what happens around it is explored here.

mod actor;
mod baton;
pub mod bugs;
mod choice;
mod counterexample;
mod crew;
mod decide;
mod decisions;
mod departure;
mod driver;
mod ending;
mod execution;
mod exploration;
mod fingerprints;
mod future;
mod late_callbacks;
mod legality;
mod life;
mod limits;
mod lives;
mod lots;
pub mod model;
mod monitors;
mod notes;
#[cfg(feature = "scenario")]
pub mod open_scenarios;
mod panics;
mod place;
mod plan;
mod planned;
mod polls;
mod program;
mod program_request;
mod progress;
mod promises;
mod reached;
mod reads;
mod record;
mod recording;
mod refusals;
mod requests;
mod results;
mod rounds;
mod run;
mod rust_test;
#[cfg(feature = "scenario")]
mod scenario;
mod scope;
pub(crate) mod search;
mod setup;
mod shard;
mod shrink;
mod situation;
mod steps;
mod stop;
mod store;
mod story;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod surviving;
mod timers;
mod verdict;
mod visits;
mod watchdog;
mod world;

pub use crate::emulator::StateChange;
pub use choice::{Budget, Incident};
pub use counterexample::Counterexample;
pub use ending::Ending;
pub use legality::IllegalCall;
pub use life::Life;
pub use monitors::{Monitor, Monitors};
pub use program::{Program, program};
pub use program_request::ProgramRequest;
pub use reached::Reached;
pub use requests::{RequestOutcome, RequestRecord};
pub use scope::Strategy;
pub use store::{Store, StoreLock};
pub use verdict::Verdict;

//! An emulator of the Windows Background Intelligent Transfer Service (BITS): its jobs, their
//! states, their errors and their clocks, on any platform.
//!
//! The tests of an application hold an [`Emulator`]: a whole BITS in the process, with virtual time,
//! [servers](ServerHandle) and a [disk](DiskHandle) that fail when the test says so, users and their
//! [sessions](Session), and the handles of the BITS interfaces: [`Job`], [`File`], [`Callback`]. Below
//! it stand [`Service`], many jobs and what they share, and [`World`], the servers and the disk.
//!
//! A test that wonders asks for an [explanation](Emulator::explain) or the [trace](Emulator::trace);
//! one that [expects](Job::expect_state) is shown both if it fails.
//!
//! The heart is [`JobStateMachine`]: one job, without input or output. A program, a test or a
//! service drives it by a simple contract.
//!
//! # The driving contract
//!
//! > Every step takes the present instant and returns its effects by value, and nothing happens
//! > between steps.
//!
//! 1. Ask [`next_deadline`](JobStateMachine::next_deadline) when a clock of the job acts.
//! 2. Let time pass until then, or until somebody wants something.
//! 3. A client's call goes through [`call`](JobStateMachine::call): an [`Outcome`], or an [`Error`]
//!    that changed nothing.
//! 4. What the world does goes through [`handle`](JobStateMachine::handle).
//! 5. A deadline that has come goes through [`handle_deadline`](JobStateMachine::handle_deadline).
//! 6. Carry out the [`Effect`]s of the outcome.
//! 7. A scheduler may pick the job while it [is eligible](JobStateMachine::is_eligible), and a dispatcher
//!    may begin a [due notification](JobStateMachine::due_notifications). Begin again.
//!
//! ```
//! use bits_emulator::{
//!     Call, Commit, Effect, Event, Failure, FileInfo, HResult, JobOptions, JobState,
//!     JobStateMachine, Success,
//! };
//! use chrono::{DateTime, TimeDelta};
//!
//! let mut now = DateTime::UNIX_EPOCH;
//! let mut job = JobStateMachine::new(JobOptions::default(), now);
//!
//! // 3. A client adds a file and resumes the job.
//! job.call(Call::add_file(FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe")), now)?;
//! job.call(Call::Resume, now)?;
//! assert_eq!(job.state(), JobState::Queued);
//!
//! // 4. The scheduler picks the job; the outcome asks for a transfer, which fails.
//! let picked = job.handle(Event::Picked, now);
//! assert!(picked.effects.contains(Effect::StartTransfer));
//! let name_not_resolved = Failure::new(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED)?;
//! let failed = job.handle(Event::Failed(name_not_resolved), now);
//! assert_eq!(job.state(), JobState::TransientError);
//! assert_eq!(job.error()?.code(), HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED);
//!
//! // 1, 2, 5. Its retry delay acts after ten minutes.
//! let (at, _) = job.next_deadline().ok_or("a clock runs")?;
//! assert_eq!(at - now, TimeDelta::minutes(10));
//! now = at;
//! let retried = job.handle_deadline(now);
//! assert_eq!(job.state(), JobState::Queued);
//!
//! // 4. This time all goes well. The error object is gone with the first byte (ERR-05).
//! for event in [Event::Picked, Event::Connected, Event::SizeKnown(4096), Event::FileTransferred] {
//!     let outcome = job.handle(event, now);
//!     assert!(!outcome.was_ignored());
//! }
//! assert_eq!(job.state(), JobState::Transferred);
//! assert!(job.error().is_err());
//!
//! // 3. The client keeps the file. Success is a value: it might have been `Partial`.
//! let completed = job.call(Call::Complete(Commit::default()), now)?;
//! assert_eq!(completed.success, Success::Ok);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Time
//!
//! `now` is the service's steady clock, which never runs backwards. Moving the wall clock is an
//! event ([`Event::ClockChanged`]) that moves no running timer until the service restarts (TIME-05).
//! [`JobTimes`] are wall times. All instants have the resolution of a FILETIME, 100 ns.
//!
//! # Rules
//!
//! Each behaviour has the id of the rule behind it, such as `ERR-05`: in the source, in the test
//! that would fail without it, and in [`Outcome::rules`]. Where the documents leave a case open, one
//! reading is fixed, or named in [`Readings`].
//!
//! # Features
//!
//! `scenario` adds the module `scenario`: a language for servers, users, jobs and expectations, its
//! runner, and the traces of any emulator as scenarios.
//!
//! `serde` adds `Serialize` and `Deserialize` to the words of BITS and to what happens to jobs. What the
//! Windows headers name is written by its name without prefix, such as `TRANSIENT_ERROR`, codes by their
//! whole name, or in hexadecimal if they have none; numbers of the headers are read too.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(test)]
#[path = "../tests/common/cases.rs"]
mod cases;
mod emulator;
mod expectation;
mod machine;
#[cfg(feature = "scenario")]
pub mod scenario;
mod service;
mod vocabulary;
mod world;

/// The crate whose instants and spans stand in the interface.
pub use chrono;
/// The crate whose ids stand in the interface.
pub use uuid;

pub use crate::emulator::*;
pub use crate::machine::*;
pub use crate::service::*;
pub use crate::vocabulary::*;
pub use crate::world::*;

/// The examples of the README run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! One job, without input or output: calls, events and deadlines go in, effects come out.
//!
//! # The driving contract
//!
//! > Every step takes the present instant and returns its effects by value, and nothing happens
//! > between steps.
//!
//! 1. Ask [`next_deadline`](JobStateMachine::next_deadline) when a clock of the job acts.
//! 2. Let time pass until then, or until a call or an event comes.
//! 3. A client's call goes through [`call`](JobStateMachine::call): an [`Outcome`], or an
//!    [`Error`](crate::Error) that changed nothing.
//! 4. What the world does goes through [`handle`](JobStateMachine::handle).
//! 5. A deadline that has come goes through [`handle_deadline`](JobStateMachine::handle_deadline).
//! 6. Carry out the [`Effect`]s of the outcome.
//! 7. A scheduler may pick the job while it [is eligible](JobStateMachine::is_eligible), and a dispatcher
//!    may begin a [due notification](JobStateMachine::due_notifications). Begin again.
//!
//! ```
//! use bits_emulator::{FileInfo, HResult, JobState};
//! use bits_emulator::machine::{
//!     Call, Commit, Effect, Event, Failure, JobOptions, JobStateMachine, Success,
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
//! event ([`ComputerEvent::ClockChanged`]) that moves no running timer until the service restarts (TIME-05).
//! [`JobTimes`](crate::JobTimes) are wall times. All instants have the resolution of a FILETIME, 100 ns.

mod access;
mod canonical;
mod certificates;
pub(crate) mod conditions;
mod config;
mod error_object;
mod files;
mod input;
pub(crate) mod limits;
mod live;
mod notifications;
mod options;
mod persist;
mod settings;
mod state_machine;
mod time;
mod transitions;

pub use canonical::CanonicalState;
#[cfg(feature = "scenario")]
pub(crate) use conditions::is_code_of_hold;
pub(crate) use conditions::{Block, Conditions};
pub use files::item::TransferItem;
pub use input::call::{
    Call, Commit, Deletion, Directory, FailedRename, FileAccess, ValidationInterface,
};
pub use input::event::{ComputerEvent, Deadline, Event, Input};
pub use input::failure::{Failure, NotAFailure};
pub use input::outcome::{Effect, Outcome, Success};
pub(crate) use input::phrases;
pub(crate) use limits::{CostDefaults, JobLimits};
pub use notifications::due::DueNotification;
pub use options::JobOptions;
pub(crate) use options::NINETY_DAYS;
#[cfg(feature = "serde")]
pub(crate) use persist::stored::StoredJob;
pub use state_machine::JobStateMachine;
pub(crate) use time::deadlines::NextClocks;
pub(crate) use time::moment::{Moment, whole_seconds};
pub use time::wait::Wait;
#[cfg(feature = "scenario")]
pub(crate) use transitions::diagram::Arrows;
pub use transitions::diagram::state_diagram;
pub use transitions::table::{TRANSITIONS, Transition, TransitionAction, transitions_on};
pub use transitions::trigger::{Guard, Trigger};

/// The values of the Windows headers that steps of a job take and yield.
pub use crate::vocabulary::{
    CallbackInterface, FileIndex, Recipient, ReplyProgress, StateClass, StateSet,
};

//! One job, without input or output: calls, events and deadlines go in, effects come out.
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
//! [`JobTimes`] are wall times. All instants have the resolution of a FILETIME, 100 ns.

mod access;
mod canonical;
mod certificates;
pub(crate) mod conditions;
mod error_object;
mod files;
mod input;
pub(crate) mod limits;
mod notifications;
mod persist;
mod settings;
mod time;
mod transitions;

pub use canonical::CanonicalState;
pub(crate) use conditions::{Block, Conditions};
pub use files::TransferItem;
pub use input::call::{
    Call, Commit, Deletion, Directory, FailedRename, FileAccess, ValidationInterface,
};
pub use input::event::{ComputerEvent, Deadline, Event, Input};
pub use input::failure::{Failure, NotAFailure};
pub use input::outcome::{Effect, Few, Outcome, Success};
pub(crate) use input::phrases;
pub(crate) use limits::JobLimits;
pub use notifications::delivery_state::DueNotification;
#[cfg(feature = "serde")]
pub(crate) use persist::stored::StoredJob;
pub(crate) use time::clocks::NextClocks;
pub(crate) use time::moment::{Moment, whole_seconds};
pub use time::wait::Wait;
pub use transitions::diagram::state_diagram;
pub use transitions::table::{TRANSITIONS, Transition, TransitionAction, transitions_on};
pub use transitions::trigger::{Guard, Trigger};

/// The values of the Windows headers that steps of a job take and yield.
pub use crate::vocabulary::{
    CallbackInterface, FileIndex, Recipient, ReplyProgress, StateClass, StateSet,
};

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::vocabulary::{
    Error, IntegrityLevel, JobId, JobState, JobTimes, JobType, Method, Readings, RemoteName,
    RuleId, Token,
};
use certificates::CertificateCheck;
use conditions::Hold;
use error_object::ErrorRecord;
use files::Files;
use files::upload::{Reply, UploadSession};
use notifications::delivery_state::Notices;
use settings::http_options::HttpOptions;
use settings::{Names, Settings};
use time::clocks::Clocks;

/// The default of both policies on the age of jobs (TIME-15, TIME-20).
pub(crate) const NINETY_DAYS: Duration = Duration::from_secs(7_776_000);

/// What is decided when a job is created.
///
/// ```
/// use std::time::Duration;
///
/// use bits_emulator::JobType;
/// use bits_emulator::machine::JobOptions;
///
/// let options = JobOptions { job_type: JobType::Upload, ..JobOptions::default() };
/// // TIME-15, TIME-20: 90 days each.
/// assert_eq!(options.maximum_download_time, Duration::from_secs(7_776_000));
/// assert_eq!(options.inactivity_timeout, Duration::from_secs(7_776_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobOptions {
    /// The id (CREATE-01).
    pub id: JobId,
    /// The type, which never changes (CREATE-03).
    pub job_type: JobType,
    /// The token of the creator, who owns the job (SEC-01).
    pub owner: Token,
    /// The policy MaxDownloadTime, which a job may override (TIME-15, TIME-19). Windows stores whole
    /// seconds, at most `u32::MAX`; the rest of a longer or finer duration does not count.
    pub maximum_download_time: Duration,
    /// The policy JobInactivityTimeout, of the same range (TIME-20).
    pub inactivity_timeout: Duration,
    /// The policies on numbers.
    pub limits: JobLimits,
    /// How far the wall clock is ahead of the steady clock, since somebody moved it (TIME-05).
    pub wall_ahead: TimeDelta,
    /// The answers to what the documents leave open.
    pub readings: Readings,
}

impl Default for JobOptions {
    /// A user's download under the default policies and the documented readings.
    fn default() -> Self {
        Self {
            id: JobId::default(),
            job_type: JobType::Download,
            owner: Token::default(),
            maximum_download_time: NINETY_DAYS,
            inactivity_timeout: NINETY_DAYS,
            limits: JobLimits::default(),
            wall_ahead: TimeDelta::zero(),
            readings: Readings::documented(),
        }
    }
}

/// One BITS job: its state, its error object, its files and its clocks.
///
/// It does nothing by itself. A client's [`Call`]s go through [`call`](Self::call), what the world
/// does through [`handle`](Self::handle), and its own clocks act through
/// [`handle_deadline`](Self::handle_deadline). Each step takes the present instant and returns its
/// [`Effect`]s by value, so that nothing is to be polled and nothing can be forgotten. Same
/// inputs, same outcome.
///
/// `now` is the service's steady clock, which should never run backwards; timers count no time
/// if it does. Somebody moving the system clock is an [`ComputerEvent::ClockChanged`].
///
/// Two jobs are `==` if they are the same to the last detail. Whether they will behave alike,
/// whenever each is looked at, says [`behaviour`](Self::behaviour).
///
/// ```
/// use bits_emulator::{FileInfo, JobState};
/// use bits_emulator::machine::{
///     Call, Deadline, Effect, Event, Failure, JobOptions, JobStateMachine,
/// };
/// use chrono::{DateTime, TimeDelta};
///
/// let start = DateTime::UNIX_EPOCH;
/// let mut job = JobStateMachine::new(JobOptions::default(), start);
/// let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
/// job.call(Call::add_file(file), start)?;
/// job.call(Call::Resume, start)?;
///
/// // The world acts: the scheduler picks the job, and the server answers 503.
/// let picked = job.handle(Event::Picked, start);
/// assert!(picked.effects.contains(Effect::StartTransfer));
/// let failed = job.handle(Event::Failed(Failure::http(503)), start);
/// assert!(failed.effects.is_empty());
/// assert_eq!(job.state(), JobState::TransientError);
/// assert_eq!(job.error()?.code().to_string(), "BG_E_HTTP_ERROR_503 (0x801901F7)");
///
/// // A clock acts: after the minimum retry delay the job is queued again.
/// let retry = start + TimeDelta::seconds(600);
/// assert_eq!(job.next_deadline(), Some((retry, Deadline::RetryDelay)));
/// let retried = job.handle_deadline(retry);
/// assert_eq!(job.state(), JobState::Queued);
/// assert!(retried.entered.contains(JobState::Queued));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobStateMachine {
    id: JobId,
    job_type: JobType,
    names: Names,
    owner: Token,
    /// How far the creator was trusted, whoever owns the job now (SEC-05).
    creator_integrity: IntegrityLevel,
    inactivity_timeout: u32,
    limits: JobLimits,
    readings: Readings,

    state: JobState,
    error: ErrorRecord,
    error_count: u32,
    /// Why the job is in TRANSIENT_ERROR, if it waits for the end of a cause (TIME-10).
    held_by: Option<Hold>,
    /// The present attempt began in TRANSIENT_ERROR (ERR-24).
    retrying: bool,
    /// What may be set only before the first `Resume` is fixed (PROP-34).
    was_resumed: bool,

    files: Files,
    /// Which file the server redirected in the present attempt, and where to (HTTP-12).
    redirected_to: Option<(FileIndex, RemoteName)>,
    reply: Reply,
    session: UploadSession,
    settings: Settings,
    http: HttpOptions,
    notices: Notices,
    certificates: CertificateCheck,
    conditions: Conditions,
    clocks: Clocks,
    times: Times,
}

/// What `GetTimes` tells, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
struct Times {
    creation: Moment,
    modification: Moment,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    transfer_completion: Option<Moment>,
}

impl JobStateMachine {
    /// `CreateJob`: a new job with a display name, which need not be unique (CREATE-01, CREATE-02).
    ///
    /// ```
    /// use bits_emulator::HResult;
    /// use bits_emulator::machine::{JobOptions, JobStateMachine};
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let job = JobStateMachine::create(Some("update".into()), JobOptions::default(), now)?;
    /// assert_eq!(job.display_name(), "update");
    ///
    /// let refused = JobStateMachine::create(None, JobOptions::default(), now).unwrap_err();
    /// assert_eq!(refused.code(), HResult::E_INVALIDARG);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` if the name is null or has more than 256 characters (CREATE-05),
    /// `E_ACCESSDENIED` if the creator's token is restricted (CREATE-16).
    pub fn create(
        display_name: Option<Arc<str>>,
        options: JobOptions,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let method = Method::CreateJob;
        if options.owner.restricted {
            let reason = "a token with restricting SIDs may not create jobs";
            let rule = const { RuleId::new("CREATE-16") };
            return Err(Error::AccessDenied { method, reason, rule });
        }
        settings::admit_display_name(method, display_name.as_deref())?;
        let names = Names { display: display_name, ..Names::default() };
        Ok(Self { names, ..Self::new(options, now) })
    }

    /// A new job without a name: SUSPENDED, without files, with the defaults of CREATE-07 (LIFE-03). Until an
    /// event says otherwise there is a network, and the owner is logged on.
    #[must_use]
    pub fn new(options: JobOptions, now: DateTime<Utc>) -> Self {
        let now = Moment::from(now);
        let clocks = Clocks::new(now, options.wall_ahead);
        let created = clocks.wall(now);
        Self {
            id: options.id,
            job_type: options.job_type,
            names: Names::default(),
            owner: options.owner,
            creator_integrity: options.owner.integrity,
            inactivity_timeout: whole_seconds(options.inactivity_timeout),
            limits: options.limits,
            readings: options.readings,
            state: JobState::Suspended,
            error: ErrorRecord::default(),
            error_count: 0,
            held_by: None,
            retrying: false,
            was_resumed: false,
            files: Files::default(),
            redirected_to: None,
            reply: Reply::default(),
            session: UploadSession::default(),
            settings: Settings::new(whole_seconds(options.maximum_download_time)),
            http: HttpOptions::default(),
            notices: Notices::new(),
            certificates: CertificateCheck::default(),
            conditions: Conditions::good(),
            clocks,
            times: Times { creation: created, modification: created, transfer_completion: None },
        }
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// The type.
    #[must_use]
    pub const fn job_type(&self) -> JobType {
        self.job_type
    }

    /// The readings by which the job behaves.
    #[must_use]
    pub const fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The state. It is readable in final states too: our reading (LIFE-27).
    #[must_use]
    pub const fn state(&self) -> JobState {
        self.state
    }

    /// The times by the wall clock (PROGRESS-12 to PROGRESS-15).
    #[must_use]
    pub fn times(&self) -> JobTimes {
        JobTimes {
            creation: self.times.creation.into(),
            modification: self.times.modification.into(),
            transfer_completion: self.times.transfer_completion.map(DateTime::from),
        }
    }

    /// Whether the server has still to confirm the cancellation of this upload (DONE-17). The job
    /// is CANCELLED and hidden from enumeration meanwhile: our reading.
    #[must_use]
    pub const fn is_cancelling_upload(&self) -> bool {
        self.clocks.cancellation.is_some()
    }
}

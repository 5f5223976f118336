//! The state machine of one job: its two halves, how it begins, and its plainest getters.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::config::JobConfig;
use super::limits::CostDefaults;
use super::live::LiveState;
use super::notifications::config::NotifyConfig;
use super::options::JobOptions;
use super::settings::http_options::HttpOptions;
use super::settings::plain::check_display_name;
use super::settings::values::Settings;
use super::time::clocks::Clocks;
use super::time::moment::{Moment, whole_seconds};
use crate::vocabulary::{Error, JobId, JobState, JobTimes, JobType, Method, Readings, rule};

/// One BITS job: its state, its error object, its files and its clocks.
///
/// It does nothing by itself. A client's [`Call`](super::Call)s go through [`call`](Self::call), what the world
/// does through [`handle`](Self::handle), and its own clocks act through
/// [`handle_deadline`](Self::handle_deadline). Each step takes the present instant and returns its
/// [`Effect`](super::Effect)s by value, so that nothing is to be polled and nothing can be forgotten. Same
/// inputs, same outcome.
///
/// `now` is the service's steady clock, which should never run backwards; timers count no time
/// if it does. Moving the system clock is a
/// [`ComputerEvent::ClockChanged`](super::ComputerEvent::ClockChanged).
///
/// Two jobs are `==` if they are the same to the last detail. Whether they will behave alike,
/// whenever each is looked at, says [`canonical_state`](Self::canonical_state).
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
    /// What was set, shared between copies of the job until one of them changes it.
    pub(crate) config: Arc<JobConfig>,
    /// What moves with each step.
    pub(crate) live: LiveState,
}

impl JobStateMachine {
    /// Creates a job with a display name (`CreateJob`), which need not be unique (CREATE-01, CREATE-02).
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
            let rule = rule!("CREATE-16");
            return Err(Error::denied(method, reason, rule));
        }
        check_display_name(method, display_name.as_deref())?;
        let mut job = Self::new(options, now);
        job.config_mut().display_name = display_name;
        Ok(job)
    }

    /// Returns a new job without a name: SUSPENDED, without files, with the defaults of CREATE-07
    /// (LIFE-03). Until an event says otherwise there is a network, and the owner is logged on.
    #[must_use]
    pub fn new(options: JobOptions, now: DateTime<Utc>) -> Self {
        let now = Moment::from(now);
        let clocks = Clocks::new(now, options.wall_ahead);
        let config = JobConfig {
            id: options.id,
            job_type: options.job_type,
            display_name: None,
            description: None,
            creation: clocks.wall(now),
            owner: options.owner,
            creator_integrity: options.owner.integrity,
            inactivity_timeout: whole_seconds(options.inactivity_timeout),
            limits: options.limits,
            cost_defaults: Some(options.cost_defaults)
                .filter(|defaults| *defaults != CostDefaults::default())
                .map(Box::new),
            readings: options.readings,
            files: Vec::new(),
            reply_file_name: None,
            settings: Settings::new(whole_seconds(options.maximum_download_time)),
            http: HttpOptions::default(),
            notify: NotifyConfig::default(),
        };
        Self { config: Arc::new(config), live: LiveState::new(clocks, now) }
    }

    /// What is set, to change it: copied first if copies of the job share it.
    pub(crate) fn config_mut(&mut self) -> &mut JobConfig {
        Arc::make_mut(&mut self.config)
    }

    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.config.id
    }

    /// Returns the type.
    #[must_use]
    pub fn job_type(&self) -> JobType {
        self.config.job_type
    }

    /// Returns the readings by which the job behaves.
    #[must_use]
    pub fn readings(&self) -> &Readings {
        &self.config.readings
    }

    /// Returns the state. It is readable in final states too: an interpretation (LIFE-27).
    #[must_use]
    pub const fn state(&self) -> JobState {
        self.live.state
    }

    /// Returns the times by the wall clock (PROGRESS-12 to PROGRESS-15).
    #[must_use]
    pub fn times(&self) -> JobTimes {
        JobTimes {
            creation: self.config.creation.into(),
            modification: self.live.modification.into(),
            transfer_completion: self.live.transfer_completion.map(DateTime::from),
        }
    }

    /// Returns whether the server has still to confirm the cancellation of this upload (DONE-17). The job
    /// is CANCELLED and hidden from enumeration meanwhile: an interpretation.
    #[must_use]
    pub const fn is_cancelling_upload(&self) -> bool {
        self.live.clocks.cancellation.is_some()
    }
}

//! Deadlines: one table of named instants, all derived from the clocks by
//! [`JobStateMachine::due`], and what each does.

use chrono::{DateTime, Utc};

use super::moment::{Moment, Span};
use crate::machine::JobStateMachine;
use crate::machine::input::event::Deadline;
use crate::machine::input::outcome::{Effect, Outcome};
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{ErrorContext, HResult, HeldClock, JobError, Notification, TimeoutCode};

/// The longest time for which BITS repeats the cancellation of an upload (DONE-17).
const UPLOAD_CANCELLATION_LIMIT: Span = Span::seconds(24 * 60 * 60);

/// Which clock of a job acts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NextClocks {
    /// The first that acts before the job is removed for want of activity.
    pub(crate) clock: Option<(Moment, Deadline)>,
    /// When the job is removed if nothing else happens (TIME-20).
    pub(crate) removal: Option<Moment>,
}

impl NextClocks {
    pub(crate) fn next(self) -> Option<(Moment, Deadline)> {
        self.clock.or(self.removal.map(|at| (at, Deadline::Inactivity)))
    }
}

impl JobStateMachine {
    /// Returns the next instant at which a clock of the job acts, and which clock.
    ///
    /// It changes with every step, so ask again after each. It may be in the past: then the clock
    /// acts as soon as [`handle_deadline`](Self::handle_deadline) is called.
    ///
    /// ```
    /// use bits_emulator::machine::{Deadline, JobOptions, JobStateMachine};
    /// use chrono::{DateTime, TimeDelta};
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let job = JobStateMachine::new(JobOptions::default(), now);
    /// // TIME-20: an idle job is cancelled after 90 days.
    /// assert_eq!(job.next_deadline(), Some((now + TimeDelta::days(90), Deadline::Inactivity)));
    /// ```
    #[must_use]
    pub fn next_deadline(&self) -> Option<(DateTime<Utc>, Deadline)> {
        self.due().map(|(moment, deadline)| (moment.into(), deadline))
    }

    /// The deadline that acts next: the earliest, and of several at one instant the first by
    /// TIME-24.
    pub(crate) fn due(&self) -> Option<(Moment, Deadline)> {
        self.next_clocks().next()
    }

    /// The same with the removal of the job, which comes after each other clock that it has.
    pub(crate) fn next_clocks(&self) -> NextClocks {
        let removal = self.removal();
        let mut next = removal.map(|at| (at, Deadline::Inactivity));
        for deadline in Deadline::ALL.iter().copied() {
            if let Some(at) = self.instant(deadline)
                && next.is_none_or(|first| (at, deadline) < first)
            {
                next = Some((at, deadline));
            }
        }
        let clock = next.filter(|(_, deadline)| *deadline != Deadline::Inactivity);
        NextClocks { clock, removal }
    }

    /// Returns when a given clock acts, whether it comes next or not; `None` if it does not run.
    #[must_use]
    pub fn deadline(&self, deadline: Deadline) -> Option<DateTime<Utc>> {
        self.instant(deadline).map(DateTime::from)
    }

    /// Returns when the no-progress period ends, from which on a failure is the last, in whatever state: its clock acts
    /// only in TRANSIENT_ERROR (TIME-06). `None` without a failure since the last progress, or while the period stands
    /// still (TIME-11).
    pub(crate) fn no_progress_until(&self) -> Option<DateTime<Utc>> {
        self.period_end().filter(|_| self.period_runs()).map(DateTime::from)
    }

    #[inline]
    fn instant(&self, deadline: Deadline) -> Option<Moment> {
        match deadline {
            Deadline::RetryDelay => self.retry(),
            Deadline::NoProgressTimeout => self.timeout(),
            Deadline::MaximumDownloadTime => self.download_limit(),
            Deadline::Inactivity => self.removal(),
            Deadline::UploadCancellation => {
                let since = self.live.clocks.cancellation?;
                Some(since.at.plus(self.cancellation_limit()))
            }
            Deadline::NotificationRepeat => self.repeat(),
            Deadline::ModificationInterval => {
                let (since, lane) =
                    (self.live.clocks.modification, self.live.deliveries.modification);
                self.interval_end(since, lane, Notification::JobModification)
            }
            Deadline::RangesInterval => {
                let (since, lane) = (Some(self.live.clocks.ranges?), self.live.deliveries.ranges);
                let file = self.live.files.first_with_untold_ranges()?;
                self.interval_end(since, lane, Notification::FileRangesTransferred(file))
            }
        }
    }

    /// TIME-01; TIME-10: not for causes whose end the job waits for.
    fn retry(&self) -> Option<Moment> {
        let since = self.live.clocks.stopped.filter(|_| self.live.held_by.is_none())?;
        Some(since.at.plus(Span::seconds(self.config.settings.minimum_retry_delay)))
    }

    /// TIME-06; TIME-08, TIME-09: no special case, the shorter clock acts first.
    fn timeout(&self) -> Option<Moment> {
        let since = self.live.clocks.stopped?;
        // TIME-14: a timeout of 0 leaves no job waiting, also if its clock stands still.
        if self.config.settings.no_progress_timeout == 0 {
            return Some(since.at.min(self.live.clocks.activity.at));
        }
        self.period_end().filter(|_| self.period_runs())
    }

    /// TIME-18; TIME-17: the steady clock runs while the computer sleeps. For every type of job. A
    /// limit of 0 fails as soon as any time has elapsed. Both are interpretations (TIME-19).
    fn download_limit(&self) -> Option<Moment> {
        let since = self.live.clocks.active?;
        let limit = Span::seconds(self.config.settings.maximum_download_time).max(Span::TICK);
        Some(since.plus(limit.minus(self.live.clocks.spent)))
    }

    /// TIME-20, TIME-13, LIFE-06: whatever else runs. Since the last activity, in every state that is
    /// not final, which is an interpretation (TIME-23).
    fn removal(&self) -> Option<Moment> {
        let end = self.live.clocks.activity.at.plus(Span::seconds(self.config.inactivity_timeout));
        (!self.live.state.is_final()).then_some(end)
    }

    /// TIME-26, NOTIFY-20, NOTIFY-27
    fn repeat(&self) -> Option<Moment> {
        let since = self.live.clocks.repeat.filter(|_| self.repeats())?;
        Some(since.at.plus(Span::seconds(self.config.settings.minimum_retry_delay)))
    }

    fn period_end(&self) -> Option<Moment> {
        let timeout = Span::seconds(self.config.settings.no_progress_timeout);
        self.live.clocks.period.map(|since| since.at.plus(timeout))
    }

    /// TIME-11: by default the no-progress period runs whatever the cause.
    pub(crate) fn period_runs(&self) -> bool {
        self.config.readings.held_clock == HeldClock::Runs || self.live.held_by.is_none()
    }

    /// TIME-06: so long without progress that nothing is retried any more.
    pub(crate) fn period_is_over(&self, now: Moment) -> bool {
        // TIME-11: time for which the clock stands still does not count.
        let still = self.live.clocks.stopped.filter(|_| !self.period_runs());
        let present = still.map_or(now, |since| since.at);
        self.period_end().is_some_and(|end| end <= present)
    }

    fn cancellation_limit(&self) -> Span {
        Span::seconds(self.config.settings.no_progress_timeout).min(UPLOAD_CANCELLATION_LIMIT)
    }

    /// DONE-17: asks for the cancellation at the server, and notes since when.
    pub(crate) fn begin_upload_cancellation(&mut self, step: &mut StepContext) {
        self.live.clocks.cancellation = Some(self.live.clocks.stamp(step.now));
        let give_up_at = step.now.plus(self.cancellation_limit()).into();
        step.out.effects.add(Effect::CancelUpload { give_up_at });
    }

    /// Lets the first deadline act that has come. Early or further calls do nothing
    /// ([`Outcome::was_ignored`]), and a late call is a late timer: call again until nothing is
    /// due.
    ///
    /// ```
    /// use bits_emulator::JobState;
    /// use bits_emulator::machine::{JobOptions, JobStateMachine};
    /// use chrono::{DateTime, TimeDelta};
    ///
    /// let start = DateTime::UNIX_EPOCH;
    /// let mut job = JobStateMachine::new(JobOptions::default(), start);
    ///
    /// let almost = start + TimeDelta::days(90) - TimeDelta::seconds(1);
    /// assert!(job.handle_deadline(almost).was_ignored());
    ///
    /// let purge = job.handle_deadline(start + TimeDelta::days(90));
    /// assert_eq!(job.state(), JobState::Cancelled);
    /// assert_eq!(purge.rules.iter().next().unwrap().to_string(), "TIME-20");
    /// ```
    #[must_use = "the effects of a step are to be carried out"]
    pub fn handle_deadline(&mut self, now: DateTime<Utc>) -> Outcome {
        let mut step = StepContext::new(now);
        if let Some((_, deadline)) = self.due().filter(|(at, _)| *at <= step.now) {
            self.act(deadline, &mut step);
        }
        self.check();
        step.out
    }

    fn act(&mut self, deadline: Deadline, step: &mut StepContext) {
        match deadline {
            Deadline::RetryDelay => self.fire(Trigger::RetryDelayElapsed, step),
            Deadline::NoProgressTimeout => {
                self.time_out();
                self.fire(Trigger::NoProgressTimeoutElapsed, step);
            }
            Deadline::MaximumDownloadTime => {
                self.live.error.create(JobError::new(
                    HResult::BG_E_MAXDOWNLOAD_TIMEOUT,
                    ErrorContext::GeneralQueueManager,
                    None,
                ));
                self.fire(Trigger::MaximumDownloadTimeExceeded, step);
            }
            Deadline::Inactivity => self.fire(Trigger::InactivityTimeoutElapsed, step),
            Deadline::UploadCancellation => self.end_upload_cancellation(step),
            Deadline::NotificationRepeat => self.repeat_notification(step),
            Deadline::ModificationInterval => {
                self.live.clocks.modification = None;
                self.fire(Trigger::NotificationIntervalElapsed, step);
            }
            Deadline::RangesInterval => {
                self.live.clocks.ranges = None;
                self.fire(Trigger::NotificationIntervalElapsed, step);
            }
        }
    }

    /// ERR-09: the timeout keeps the last transient error, under its own code in one reading.
    pub(crate) fn time_out(&mut self) {
        if let Some(last) = self.live.error.last() {
            self.live.error.create(match self.config.readings.timeout_code {
                TimeoutCode::LastError => last,
                TimeoutCode::NoProgress => last.with_code(HResult::BG_E_NO_PROGRESS),
            });
        }
    }
}

//! The clocks of a job: one table of named deadlines, all derived from [`Clocks`] by
//! [`JobStateMachine::due`].
//!
//! Elapsed time goes by the service's steady clock, so that moving the system clock moves no
//! running timer. A restart reads the wall clock anew (TIME-05).

use chrono::{DateTime, TimeDelta, Utc};

use super::moment::{Moment, Span};
use crate::machine::JobStateMachine;
use crate::machine::input::event::Deadline;
use crate::machine::input::outcome::{Effect, Outcome};
use crate::machine::transitions::trigger::Trigger;
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{ErrorContext, HResult, HeldClock, JobError, Notification, TimeoutCode};

/// The longest time for which BITS repeats the cancellation of an upload (DONE-17).
const UPLOAD_CANCELLATION_LIMIT: Span = Span::seconds(24 * 60 * 60);

/// An instant by both clocks: the steady one that timers go by, and the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Moment", into = "Moment"))]
pub(crate) struct Stamp {
    pub(crate) at: Moment,
    pub(crate) wall: Moment,
}

impl Stamp {
    /// Of a clock that runs, but not while the job is stored.
    pub(crate) const STORED: Self = Self { at: Moment::START, wall: Moment::START };

    /// The instant moved by as much as `from` is before `to`.
    fn postponed(self, from: Moment, to: Moment) -> Self {
        let pause = to.since(from);
        Self { at: self.at.plus(pause), wall: self.wall.plus(pause) }
    }
}

/// What the deadlines are derived from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct Clocks {
    /// How far the wall clock is ahead of the steady clock.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) wall_ahead: Span,
    /// The last activity: progress or a client's call (TIME-21, TIME-22).
    pub(crate) activity: Stamp,
    /// Since when the job is in TRANSIENT_ERROR for its present cause.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) stopped: Option<Stamp>,
    /// The first transient error of the present no-progress period (TIME-06).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) period: Option<Stamp>,
    /// Since when the job is CONNECTING or TRANSFERRING without a break.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) active: Option<Stamp>,
    /// The time that it was so before, since the last `Resume` (TIME-15, TIME-19).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) spent: Span,
    /// When an upload was cancelled whose server has not confirmed it yet (DONE-17).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) cancellation: Option<Stamp>,
    /// When a notification was not heard that is to be repeated (TIME-26).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) repeat: Option<Stamp>,
    /// When the client was last told of a modification, and of ranges, less than an interval ago
    /// (NOTIFY-12).
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) modification: Option<Stamp>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) ranges: Option<Stamp>,
}

impl Clocks {
    pub(crate) fn new(now: Moment, wall_ahead: TimeDelta) -> Self {
        let wall_ahead = Span::from(wall_ahead);
        Self {
            wall_ahead,
            activity: Stamp { at: now, wall: now.plus(wall_ahead) },
            stopped: None,
            period: None,
            active: None,
            spent: Span::ZERO,
            cancellation: None,
            repeat: None,
            modification: None,
            ranges: None,
        }
    }

    pub(crate) fn wall(&self, now: Moment) -> Moment {
        now.plus(self.wall_ahead)
    }

    pub(crate) fn stamp(&self, now: Moment) -> Stamp {
        Stamp { at: now, wall: self.wall(now) }
    }

    pub(crate) fn change_wall_clock(&mut self, by: TimeDelta) {
        self.wall_ahead = self.wall_ahead.plus(Span::from(by));
    }

    /// TIME-05, LIFE-30: after a restart elapsed time is what the wall clock says.
    pub(crate) fn restart(&mut self, now: Moment) {
        let wall_now = self.wall(now);
        let running =
            [&mut self.stopped, &mut self.period, &mut self.cancellation, &mut self.repeat]
                .into_iter()
                .flatten()
                .chain([&mut self.activity]);
        for stamp in running {
            let elapsed = wall_now.since(stamp.wall);
            stamp.at = now.plus(Span::ZERO.minus(elapsed));
        }
    }

    /// What persists (TIME-05): the instants by the wall clock, and the download time so far. That the
    /// present attempt takes time is all that counts of it; no notification is paced any more.
    pub(crate) fn store(&mut self, now: Moment) {
        let active = self.active.is_some();
        self.pause_download_time(now);
        self.active = active.then_some(Stamp::STORED);
        self.wall_ahead = Span::ZERO;
        let kept = [&mut self.stopped, &mut self.period, &mut self.cancellation, &mut self.repeat];
        for stamp in kept.into_iter().flatten().chain([&mut self.activity]) {
            stamp.at = stamp.wall;
        }
    }

    /// A service starts, on a steady clock of its own. [`restart`](Self::restart) does the rest.
    pub(crate) fn wake(&mut self, now: Moment, wall_ahead: Span) {
        self.wall_ahead = wall_ahead;
        self.active = self.active.map(|_| self.stamp(now));
    }

    /// TIME-16: time outside CONNECTING and TRANSFERRING does not count.
    pub(crate) fn pause_download_time(&mut self, now: Moment) {
        if let Some(since) = self.active.take() {
            self.spent = self.spent.plus(now.since(since.at).max(Span::ZERO));
        }
    }

    /// TIME-19: `Resume` sets the elapsed time back to zero.
    pub(crate) fn restart_download_time(&mut self, now: Moment) {
        self.spent = Span::ZERO;
        self.active = self.active.map(|_| self.stamp(now));
    }

    /// TIME-11: in the reading that the clock stands still while a job is held, the period is
    /// longer by the time of the hold.
    pub(crate) fn end_hold(&mut self, now: Moment) {
        if let (Some(period), Some(held)) = (self.period, self.stopped) {
            self.period = Some(period.postponed(held.at, now));
        }
    }
}

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
    /// The next instant at which a clock of the job acts, and which.
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
        // One after the other, because most of them stand still.
        let mut look = |at: Option<Moment>, deadline| {
            if let Some(at) = at
                && next.is_none_or(|first| (at, deadline) < first)
            {
                next = Some((at, deadline));
            }
        };
        look(self.retry(), Deadline::RetryDelay);
        look(self.timeout(), Deadline::NoProgressTimeout);
        look(self.download_limit(), Deadline::MaximumDownloadTime);
        look(self.cancellation_end(), Deadline::UploadCancellation);
        look(self.repeat(), Deadline::NotificationRepeat);
        look(self.modification_interval(), Deadline::ModificationInterval);
        look(self.ranges_interval(), Deadline::RangesInterval);
        let clock = next.filter(|(_, deadline)| *deadline != Deadline::Inactivity);
        NextClocks { clock, removal }
    }

    /// When a given clock acts, whether it comes next or not; `None` if it does not run.
    #[must_use]
    pub fn deadline(&self, deadline: Deadline) -> Option<DateTime<Utc>> {
        let at = match deadline {
            Deadline::RetryDelay => self.retry(),
            Deadline::NoProgressTimeout => self.timeout(),
            Deadline::MaximumDownloadTime => self.download_limit(),
            Deadline::Inactivity => self.removal(),
            Deadline::UploadCancellation => self.cancellation_end(),
            Deadline::NotificationRepeat => self.repeat(),
            Deadline::ModificationInterval => self.modification_interval(),
            Deadline::RangesInterval => self.ranges_interval(),
        };
        at.map(DateTime::from)
    }

    /// TIME-01; TIME-10: not for causes whose end the job waits for.
    fn retry(&self) -> Option<Moment> {
        let since = self.clocks.stopped.filter(|_| self.held_by.is_none())?;
        Some(since.at.plus(Span::seconds(self.settings.minimum_retry_delay)))
    }

    /// TIME-06; TIME-08, TIME-09: no special case, the shorter clock acts first.
    fn timeout(&self) -> Option<Moment> {
        let since = self.clocks.stopped?;
        // TIME-14: a timeout of 0 leaves no job waiting, also if its clock stands still.
        if self.settings.no_progress_timeout == 0 {
            return Some(since.at.min(self.clocks.activity.at));
        }
        self.period_end().filter(|_| self.period_runs())
    }

    /// TIME-18; TIME-17: the steady clock runs while the computer sleeps. For every type of job. A
    /// limit of 0 fails as soon as any time has elapsed. Both are our reading (TIME-19).
    fn download_limit(&self) -> Option<Moment> {
        let since = self.clocks.active?;
        let limit = Span::seconds(self.settings.maximum_download_time).max(Span::TICK);
        Some(since.at.plus(limit.minus(self.clocks.spent)))
    }

    /// TIME-20, TIME-13, LIFE-06: whatever else runs. Since the last activity, in every state that is
    /// not final: our reading (TIME-21, TIME-23).
    fn removal(&self) -> Option<Moment> {
        let end = self.clocks.activity.at.plus(Span::seconds(self.inactivity_timeout));
        (!self.state.is_final()).then_some(end)
    }

    fn cancellation_end(&self) -> Option<Moment> {
        self.clocks.cancellation.map(|since| since.at.plus(self.cancellation_limit()))
    }

    /// TIME-26, NOTIFY-20, NOTIFY-27
    fn repeat(&self) -> Option<Moment> {
        let since = self.clocks.repeat.filter(|_| self.repeats())?;
        Some(since.at.plus(Span::seconds(self.settings.minimum_retry_delay)))
    }

    fn modification_interval(&self) -> Option<Moment> {
        self.clocks.modification?;
        self.interval_end(Notification::JobModification)
    }

    fn ranges_interval(&self) -> Option<Moment> {
        self.clocks.ranges?;
        let file = self.files.first_with_news()?;
        self.interval_end(Notification::FileRangesTransferred(file))
    }

    fn period_end(&self) -> Option<Moment> {
        let timeout = Span::seconds(self.settings.no_progress_timeout);
        self.clocks.period.map(|since| since.at.plus(timeout))
    }

    /// TIME-11: by default the no-progress period runs whatever the cause.
    pub(crate) fn period_runs(&self) -> bool {
        self.readings.held_clock == HeldClock::Runs || self.held_by.is_none()
    }

    /// TIME-06: so long without progress that nothing is retried any more.
    pub(crate) fn period_is_over(&self, now: Moment) -> bool {
        // TIME-11: time for which the clock stands still does not count.
        let still = self.clocks.stopped.filter(|_| !self.period_runs());
        let present = still.map_or(now, |since| since.at);
        self.period_end().is_some_and(|end| end <= present)
    }

    fn cancellation_limit(&self) -> Span {
        Span::seconds(self.settings.no_progress_timeout).min(UPLOAD_CANCELLATION_LIMIT)
    }

    /// DONE-17: asks for the cancellation at the server, and notes since when.
    pub(crate) fn begin_upload_cancellation(&mut self, now: Moment, out: &mut Outcome) {
        self.clocks.cancellation = Some(self.clocks.stamp(now));
        let give_up_at = now.plus(self.cancellation_limit()).into();
        out.effects.add(Effect::CancelUpload { give_up_at });
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
        let now = Moment::from(now);
        let mut out = Outcome::nothing();
        if let Some((_, deadline)) = self.due().filter(|(at, _)| *at <= now) {
            self.act(deadline, now, &mut out);
        }
        self.check();
        out
    }

    fn act(&mut self, deadline: Deadline, now: Moment, out: &mut Outcome) {
        match deadline {
            Deadline::RetryDelay => self.fire(Trigger::RetryDelayElapsed, now, out),
            Deadline::NoProgressTimeout => {
                self.time_out();
                self.fire(Trigger::NoProgressTimeoutElapsed, now, out);
            }
            Deadline::MaximumDownloadTime => {
                self.error.create(JobError::new(
                    HResult::BG_E_MAXDOWNLOAD_TIMEOUT,
                    ErrorContext::GeneralQueueManager,
                    None,
                ));
                self.fire(Trigger::MaximumDownloadTimeExceeded, now, out);
            }
            Deadline::Inactivity => self.fire(Trigger::InactivityTimeoutElapsed, now, out),
            Deadline::UploadCancellation => self.end_upload_cancellation(now, out),
            Deadline::NotificationRepeat => self.repeat_notification(now, out),
            Deadline::ModificationInterval => {
                self.clocks.modification = None;
                self.fire(Trigger::NotificationIntervalElapsed, now, out);
            }
            Deadline::RangesInterval => {
                self.clocks.ranges = None;
                self.fire(Trigger::NotificationIntervalElapsed, now, out);
            }
        }
    }

    /// ERR-09: the timeout keeps the last transient error, under its own code in one reading.
    pub(crate) fn time_out(&mut self) {
        if let Some(last) = self.error.last() {
            self.error.create(match self.readings.timeout_code {
                TimeoutCode::LastError => last,
                TimeoutCode::NoProgress => last.with_code(HResult::BG_E_NO_PROGRESS),
            });
        }
    }
}

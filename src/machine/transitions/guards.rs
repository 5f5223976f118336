//! The conditions of the transition table, each a named function of one job.

use super::trigger::Guard;
use crate::machine::JobStateMachine;
use crate::machine::conditions::Hold;
use crate::machine::files::config::FileConfig;
use crate::machine::files::item::TransferItem;
use crate::machine::settings::values::HelperToken;
use crate::machine::time::moment::Moment;
use crate::vocabulary::{
    JobState, JobType, LongRetryDelay, RestartTransient, ResumeTransferred, SuspendStopped,
};

impl JobStateMachine {
    pub(crate) fn holds(&self, guard: Guard, now: Moment) -> bool {
        match guard {
            Guard::Always => true,
            Guard::NoFile => self.live.files.is_empty(),
            Guard::Incomplete => !self.is_complete(),
            Guard::UploadKind => self.is_upload_kind(),
            Guard::ReplyStarted => self.reply_started(),
            Guard::Eligible => self.is_eligible(),
            Guard::OverHttps => self.downloads_over_https(),
            Guard::NeverRetries => self.never_retries(),
            Guard::PeriodOver => self.period_is_over(now),
            Guard::NeedsHelperToken => self.needs_helper_token(),
            Guard::DelayBeyondTimeout => self.delay_is_beyond_timeout(),
            Guard::BlockEnded => self.block_ended(),
            Guard::VolumeLocked => self.live.held_by == Some(Hold::LockedVolume),
            Guard::SuspendLeaves => self.suspend_leaves(),
            Guard::ResumeRefused => {
                self.config.readings.resume_transferred == ResumeTransferred::Empty
            }
            Guard::ResumeRequeues => {
                self.config.readings.resume_transferred == ResumeTransferred::Requeues
            }
            Guard::RestartRequeues => {
                self.config.readings.restart_transient == RestartTransient::Requeues
            }
        }
    }

    /// Returns whether the scheduler may pick the job: QUEUED, the owner logged on, and network and
    /// policies allow a transfer (SCHED-10, NET-01).
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.live.state == JobState::Queued
            && self.live.conditions.network
            && self.live.conditions.owner_logged_on
            && self.blocked_by().is_none()
            && !self.waits_for_foreground()
    }

    /// PROP-33: dynamic content is transferred at FOREGROUND priority only. That it waits in QUEUED
    /// at another is an interpretation.
    pub(crate) fn waits_for_foreground(&self) -> bool {
        self.config.settings.dynamic_content && self.config.settings.priority.is_background()
    }

    /// TIME-07, PROP-39: with a timeout of 0, or a custom method, every failure is fatal.
    fn never_retries(&self) -> bool {
        self.config.settings.no_progress_timeout == 0 || self.config.http.has_custom_method()
    }

    /// What forbids the job to transfer, network and owner aside.
    pub(crate) fn blocked_by(&self) -> Option<Hold> {
        if !self.live.conditions.affords(self.cost_flags()) {
            return Some(Hold::Cost);
        }
        self.live.conditions.block_of(self.config.settings.priority).map(Hold::Block)
    }

    /// HTTP-16
    fn downloads_over_https(&self) -> bool {
        let Some(TransferItem::File(file)) = self.current() else { return false };
        let https = |file: &FileConfig| file.info.remote_name.is_https();
        self.config.job_type == JobType::Download && self.file_config(file).is_some_and(https)
    }

    /// NET-12: something is to transfer, and a token that the logoff discards is in use for it.
    /// That a SUSPENDED job counts too, and an ERROR gets no second error, is an interpretation.
    fn needs_helper_token(&self) -> bool {
        let held = matches!(self.live.helper_token, HelperToken::Held(_));
        held && !self.config.settings.helper_token_flags.is_empty() && !self.is_complete()
    }

    /// TIME-08, TIME-09: the effective values count, defaults included.
    fn delay_is_beyond_timeout(&self) -> bool {
        self.config.readings.long_retry_delay == LongRetryDelay::FailsAtOnce
            && self.config.settings.minimum_retry_delay > self.config.settings.no_progress_timeout
    }

    fn block_ended(&self) -> bool {
        match self.live.held_by {
            Some(Hold::Cost) => self.live.conditions.affords(self.cost_flags()),
            Some(Hold::Block(block)) => {
                !(self.live.conditions.has_block(block)
                    && block.holds(self.config.settings.priority))
            }
            Some(Hold::Network | Hold::LockedVolume) | None => false,
        }
    }

    /// LIFE-14
    fn suspend_leaves(&self) -> bool {
        match self.config.readings.suspend_stopped {
            SuspendStopped::NoChange => false,
            SuspendStopped::Suspends => true,
            SuspendStopped::SuspendsError => self.live.state == JobState::Error,
        }
    }
}

//! The conditions of the transition table, each a named function of one job.

use super::JobStateMachine;
use super::conditions::{Block, Hold};
use super::moment::Moment;
use super::settings::HelperToken;
use super::trigger::Guard;
use crate::vocabulary::{
    JobState, LongRetryDelay, RestartTransient, ResumeTransferred, SuspendStopped,
};

impl JobStateMachine {
    pub(super) fn holds(&self, guard: Guard, now: Moment) -> bool {
        match guard {
            Guard::Always => true,
            Guard::NoFile => self.files.is_empty(),
            Guard::Incomplete => !self.is_complete(),
            Guard::UploadKind => self.is_upload_kind(),
            Guard::ReplyStarted => self.reply_started(),
            Guard::Eligible => self.is_eligible(),
            Guard::NeverRetries => self.settings.no_progress_timeout == 0,
            Guard::PeriodOver => self.period_is_over(now),
            Guard::NeedsHelperToken => self.needs_helper_token(),
            Guard::DelayBeyondTimeout => self.delay_is_beyond_timeout(),
            Guard::BlockEnded => self.block_ended(),
            Guard::VolumeLocked => self.held_by == Some(Hold::LockedVolume),
            Guard::SuspendLeaves => self.suspend_leaves(),
            Guard::ResumeRefused => self.readings.resume_transferred == ResumeTransferred::Empty,
            Guard::ResumeRequeues => {
                self.readings.resume_transferred == ResumeTransferred::Requeues
            }
            Guard::RestartRequeues => self.readings.restart_transient == RestartTransient::Requeues,
        }
    }

    /// Whether the scheduler may pick the job: QUEUED, the owner logged on, and network and
    /// policies allow a transfer (SCHED-10, NET-01).
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.state == JobState::Queued
            && self.conditions.network
            && self.conditions.owner_logged_on
            && self.conditions.block_of(self.settings.priority).is_none()
    }

    /// NET-12: something is to transfer, and a token that the logoff discards is in use for it.
    /// That a SUSPENDED job counts too, and an ERROR gets no second error, is our reading.
    fn needs_helper_token(&self) -> bool {
        let held = self.settings.token == HelperToken::Held;
        held && !self.settings.token_flags.is_empty() && !self.is_complete()
    }

    /// TIME-08, TIME-09: the effective values count, defaults included.
    fn delay_is_beyond_timeout(&self) -> bool {
        self.readings.long_retry_delay == LongRetryDelay::FailsAtOnce
            && self.settings.minimum_retry_delay > self.settings.no_progress_timeout
    }

    fn block_ended(&self) -> bool {
        let holds =
            |block: Block| self.conditions.has_block(block) && block.holds(self.settings.priority);
        matches!(self.held_by, Some(Hold::Block(block)) if !holds(block))
    }

    /// LIFE-14
    fn suspend_leaves(&self) -> bool {
        match self.readings.suspend_stopped {
            SuspendStopped::NoChange => false,
            SuspendStopped::Suspends => true,
            SuspendStopped::SuspendsError => self.state == JobState::Error,
        }
    }
}

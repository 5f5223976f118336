//! The error object as clients see it, and the error count.

use super::JobStateMachine;
use super::input::outcome::Outcome;
use crate::vocabulary::{Error, FirstFailure, JobError, JobState, RuleId};

impl JobStateMachine {
    /// `GetError`: the error object while it exists (ERR-04, T2).
    ///
    /// # Errors
    ///
    /// `BG_E_ERROR_INFORMATION_UNAVAILABLE` if there is none: no error happened, the job was
    /// TRANSFERRING since (ERR-05), or the client exited (ERR-07).
    pub fn error(&self) -> Result<&JobError, Error> {
        let (state, client_exited) = (self.live.state, self.live.error.dropped);
        self.live.error.get().ok_or(Error::ErrorInformationUnavailable { state, client_exited })
    }

    /// How often attempts failed; never reset (`GetErrorCount`, ERR-22).
    #[must_use]
    pub const fn error_count(&self) -> u32 {
        self.live.error_count
    }

    /// ERR-23, ERR-24: a failed attempt counts. ERR-25: not when the job is held for network,
    /// locked disk or bandwidth policy; that cost and power are like those is an interpretation
    /// (ERR-27). That the no-progress timeout is no attempt is an interpretation too; whether a
    /// first attempt that fails in CONNECTING counts is a switch (ERR-26).
    pub(crate) fn count_error(
        &mut self,
        left: JobState,
        entered: JobState,
        held: bool,
        out: &mut Outcome,
    ) {
        let rule = match left {
            JobState::Transferring => const { RuleId::new("ERR-23") },
            JobState::Connecting if self.live.retrying => const { RuleId::new("ERR-24") },
            JobState::Connecting if self.config.readings.first_failure == FirstFailure::Counts => {
                const { RuleId::new("ERR-26") }
            }
            JobState::Connecting
            | JobState::Queued
            | JobState::Suspended
            | JobState::Error
            | JobState::TransientError
            | JobState::Transferred
            | JobState::Acknowledged
            | JobState::Cancelled => return,
        };
        if entered.is_error() && !held {
            self.live.error_count = self.live.error_count.saturating_add(1);
            out.rules.add(rule);
        }
    }

    /// Whether state and error object fit together (INV-10, INV-12, T2).
    pub(crate) fn error_fits(&self) -> bool {
        let last = self.live.error.last();
        let fits = match self.live.state {
            JobState::Error | JobState::TransientError => last.is_some(),
            JobState::Transferring | JobState::Transferred => last.is_none(),
            JobState::Suspended
            | JobState::Queued
            | JobState::Connecting
            | JobState::Acknowledged
            | JobState::Cancelled => true,
        };
        fits && last.is_none_or(|error| error.code().is_failure())
    }
}

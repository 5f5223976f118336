//! The error object and the error count: when one is made, when it expires, and what clients see of it.

use super::JobStateMachine;
use super::transitions::context::StepContext;
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{
    ClientExit, Error, ErrorLifetime, FinalError, FirstFailure, JobError, JobState, Readings, rule,
};

stored! {
    /// The last error of a job, and whether `GetError` yields it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub(crate) struct ErrorRecord {
        last: Option<JobError> = default,
        /// The last application of the job ended since the object was made (ERR-07), and JobError has not
        /// been called since (NOTIFY-05).
        pub(crate) dropped: bool = default,
    }
}

impl ErrorRecord {
    /// ERR-03: entry into an error state makes a new object, in place of the old one: an
    /// interpretation (ERR-09).
    pub(crate) fn create(&mut self, error: JobError) {
        *self = Self { last: Some(error), dropped: false };
    }

    /// The last error, even if `GetError` no longer yields it.
    pub(crate) const fn last(&self) -> Option<JobError> {
        self.last
    }

    pub(crate) const fn get(&self) -> Option<&JobError> {
        match (&self.last, self.dropped) {
            (Some(error), false) => Some(error),
            (Some(_), true) | (None, _) => None,
        }
    }

    /// ERR-07
    pub(crate) fn client_exited(&mut self, readings: &Readings) {
        match readings.client_exit {
            ClientExit::Drop => self.dropped = self.last.is_some(),
            ClientExit::Keep => {}
        }
    }

    /// Lets the object expire if it does so on entry into the state (T2). Says whether there was
    /// one.
    pub(crate) fn entered(&mut self, state: JobState, readings: &Readings) -> bool {
        let expires = self.last.is_some() && !survives(state, readings);
        if expires {
            *self = Self::default();
        }
        expires
    }
}

/// T2, as a function: whether an error object outlives entry into the state.
fn survives(state: JobState, readings: &Readings) -> bool {
    match state {
        // ERR-06: in both error states, as the method pages have it.
        JobState::Error | JobState::TransientError => true,
        // ERR-05, ERR-08: reached only through TRANSFERRING.
        JobState::Transferring | JobState::Transferred => false,
        // ERR-05: an interpretation by default, "until BITS begins transferring".
        JobState::Suspended | JobState::Queued | JobState::Connecting => {
            readings.error_object == ErrorLifetime::Latched
        }
        // ERR-08: an interpretation by default; the strict reading of ERR-05 ends it here too (T2).
        JobState::Acknowledged | JobState::Cancelled => {
            readings.error_object == ErrorLifetime::Latched
                && readings.final_error == FinalError::Keep
        }
    }
}

impl JobStateMachine {
    /// Returns the error object while it exists (`GetError`, ERR-04, T2).
    ///
    /// # Errors
    ///
    /// `BG_E_ERROR_INFORMATION_UNAVAILABLE` if there is none: no error happened, the job was
    /// TRANSFERRING since (ERR-05), or the client exited (ERR-07).
    pub fn error(&self) -> Result<&JobError, Error> {
        let (state, client_exited) = (self.live.state, self.live.error.dropped);
        self.live.error.get().ok_or(Error::ErrorInformationUnavailable { state, client_exited })
    }

    /// Returns how often attempts failed; never reset (`GetErrorCount`, ERR-22).
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
        step: &mut StepContext,
    ) {
        let rule = match left {
            JobState::Transferring => rule!("ERR-23"),
            JobState::Connecting if self.live.retrying => rule!("ERR-24"),
            JobState::Connecting if self.config.readings.first_failure == FirstFailure::Counts => {
                rule!("ERR-26")
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
            step.out.rules.add(rule);
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

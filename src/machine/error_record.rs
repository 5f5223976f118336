//! The error object: when it is made, when it expires.

#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{ClientExit, ErrorLifetime, FinalError, JobError, JobState, Readings};

/// The last error of a job, and whether `GetError` yields it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct ErrorRecord {
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    last: Option<JobError>,
    /// The client exited since the object was made (ERR-07).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) dropped: bool,
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

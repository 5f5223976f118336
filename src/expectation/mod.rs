//! Expectations of a test. One that is not met panics with everything that is known: what was expected,
//! why it is otherwise, the last steps and, with the feature `scenario`, a scenario to paste.

mod scenario;

use crate::emulator::{Job, WithRule};
use crate::vocabulary::{Error, HResult, JobState};

/// Expectations of a test. No time passes for them, and no hook applies. The scenario at the end of a
/// message holds all values that clients gave, passwords included.
impl Job {
    /// Expects the job to be in that state.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    /// job.expect_state(JobState::Suspended);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If it is in another, with a message that says why it is there, what happens next, and what
    /// happened last.
    #[track_caller]
    pub fn expect_state(&self, state: JobState) {
        let known = self.emulator.explain(self);
        if known.as_ref().map(|known| known.state) != Ok(state) {
            let is = known.map_or_else(|error| error.to_string(), |known| known.state.to_string());
            self.fail(&format!("expected the job to be {state}, but it is {is}"));
        }
    }

    /// Expects the job to have an error object with that code.
    ///
    /// # Panics
    ///
    /// If it has none, or one with another code, with the message of
    /// [`expect_state`](Self::expect_state).
    #[track_caller]
    pub fn expect_error(&self, code: HResult) {
        let is = match self.emulator.explain(self).map(|known| known.error) {
            Ok(Some((error, _))) if error.code() == code => return,
            Ok(Some((error, _))) => format!("it is {}", error.code()),
            Ok(None) => "there is no error object".to_owned(),
            Err(error) => format!("there is no job: {error}"),
        };
        self.fail(&format!("expected the error {code}, but {is}"));
    }

    /// Returns the value that a call on the job returned, which is expected to have succeeded.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobType};
    ///
    /// let emulator = Emulator::new();
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    /// let progress = job.expect(job.progress());
    /// assert_eq!(progress.files_total, 0);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If it failed, with a message that says why, and what happened last.
    #[track_caller]
    pub fn expect<T>(&self, returned: Result<T, Error>) -> T {
        match returned {
            Ok(value) => value,
            Err(error) => self.fail(&refusal(&error)),
        }
    }

    /// Expects a call on the job to have failed with that code.
    ///
    /// # Panics
    ///
    /// If it succeeded, or failed with another code, with the message of
    /// [`expect_state`](Self::expect_state).
    #[track_caller]
    pub fn expect_refusal<T>(&self, returned: Result<T, Error>, code: HResult) {
        match returned {
            Err(error) if error.code() == code => {}
            Err(error) => self.fail(&format!("expected {code}, but {}", refusal(&error))),
            Ok(_) => self.fail(&format!("expected {code}, but the call succeeded")),
        }
    }

    /// Fails with the report on the job, which is told by that.
    #[track_caller]
    #[allow(clippy::panic, reason = "a test that fails panics")]
    fn fail(&self, what: &str) -> ! {
        let report = match self.emulator.report(self) {
            Ok(report) => report.to_string(),
            Err(error) => format!("There is no such job any more: {error}.\n"),
        };
        self.emulator.lock().state.recent_calls.tell();
        panic!("{what}\n\n{report}{}", scenario::of(&self.emulator))
    }
}

/// Why a call failed, with the words of the rule.
fn refusal(error: &Error) -> String {
    format!("the call failed: {}", WithRule(error))
}

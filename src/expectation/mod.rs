//! Expectations of a test. One that is not met panics with everything that is known: what was expected,
//! why it is otherwise, the last steps and, with the feature `scenario`, a scenario to paste.

mod report;

use crate::emulator::{Emulator, Job};
use crate::vocabulary::{Error, HResult, JobState};
use report::Report;

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
        let error = self.emulator.explain(self).ok().and_then(|known| known.error);
        match error {
            Some((error, _)) if error.code() == code => {}
            Some((error, _)) => {
                let is = error.code();
                self.fail(&format!("expected the error {code}, but it is {is}"));
            }
            None => self.fail(&format!("expected the error {code}, but there is no error object")),
        }
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

    /// Returns the text with which an expectation of this job would fail now: why the job is in its state,
    /// what happens next, and what happened last.
    #[must_use]
    pub fn report(&self) -> String {
        Report::new(&self.emulator, Some(self.id())).to_string()
    }

    #[track_caller]
    #[allow(clippy::panic, reason = "a test that fails panics")]
    fn fail(&self, what: &str) -> ! {
        panic!("{what}\n\n{}", self.report())
    }
}

impl Emulator {
    /// Returns the last steps of all jobs, in the layout of failed expectations.
    #[must_use]
    pub fn report(&self) -> String {
        Report::new(self, None).to_string()
    }
}

/// Why a call failed, with the words of the rule.
fn refusal(error: &Error) -> String {
    let rule = crate::vocabulary::Rule::find(error.rule());
    let words = rule.map(|rule| format!("\n{}: {}", rule.id, rule.text)).unwrap_or_default();
    format!("the call failed: {error}{words}")
}

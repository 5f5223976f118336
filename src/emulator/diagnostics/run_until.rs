//! Waits for a state of a job, and if it does not come, what stands in the way.

use std::fmt;

use super::explain::Explanation;
use crate::emulator::engine::until::Until;
use crate::emulator::handles::emulator::Emulator;
use crate::emulator::handles::job_ref::JobRef;
use crate::emulator::handles::refusals::{self, Forbidden};
use crate::emulator::time::run_report::BusyJob;
use crate::vocabulary::{Error, JobState};

impl Emulator {
    /// Lets time pass until the job is in that state; none passes if it is in it already.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(503);
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    ///
    /// emulator.run_until(&job, JobState::TransientError).unwrap();
    /// assert_eq!(job.state()?, JobState::TransientError);
    ///
    /// let unreached = emulator.run_until(&job, JobState::Error).unwrap_err();
    /// assert!(unreached.to_string().starts_with("the job did not become ERROR, it is TRANSFERRED"));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What stands in the way, if the job is over, if nothing is left to happen but the removal of idle jobs,
    /// or if a job is kept going without end (as with [`run_until_idle`](Self::run_until_idle)); and
    /// `BG_E_NOT_FOUND`, at once, as of [`explain`](Self::explain).
    pub fn run_until<'job>(
        &self,
        job: impl Into<JobRef<'job>>,
        state: JobState,
    ) -> Result<(), Unreached> {
        refusals::ask(Forbidden::PassingTime("run_until"));
        let unreached = |known: Result<Explanation, Error>, busy_job: Option<BusyJob>| Unreached {
            state,
            known: known.map(Box::new),
            busy_job: busy_job.map(Box::new),
        };
        let job = self.id_of(job).map_err(|error| unreached(Err(error), None))?;
        let report = self.pass_time(Until::State(job, state));
        let known = self.explain(job);
        if known.as_ref().is_ok_and(|known| known.state == state) {
            return Ok(());
        }
        Err(unreached(known, report.busy_job))
    }
}

/// Why a job did not come into a state: the explanation of the job as it is, or why there is none.
/// `Debug` prints the same text as `Display`, for a failed `unwrap` or `?` of a test.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreached {
    state: JobState,
    known: Result<Box<Explanation>, Error>,
    busy_job: Option<Box<BusyJob>>,
}

impl Unreached {
    /// Returns the state that was waited for.
    #[must_use]
    pub const fn state(&self) -> JobState {
        self.state
    }

    /// Returns the explanation of the job.
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_FOUND` if there is no such job.
    pub fn explanation(&self) -> Result<&Explanation, Error> {
        self.known.as_deref().map_err(|error| *error)
    }

    /// Returns the job that was kept going without gain, if the wait gave up because of it.
    #[must_use]
    pub fn busy_job(&self) -> Option<&BusyJob> {
        self.busy_job.as_deref()
    }
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, known, busy_job } = self;
        match known {
            Err(error) => write!(f, "the job did not become {state}: {error}"),
            Ok(known) => {
                write!(f, "the job did not become {state}, it is {}, and ", known.state)?;
                match busy_job {
                    Some(busy_job) => write!(f, "{busy_job}")?,
                    None => f.write_str("nothing more happens to it by itself")?,
                }
                write!(f, "\n\n{known}")
            }
        }
    }
}

impl fmt::Debug for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Unreached {}

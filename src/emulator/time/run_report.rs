//! The report of a wait: whether all came to rest, and if not, what kept it going.

use std::fmt;
use std::sync::Arc;

use crate::emulator::trace::Process;
use crate::vocabulary::JobId;

/// What [`run_until_idle`](crate::Emulator::run_until_idle) and [`advance`](crate::Emulator::advance)
/// report: whether every job came to rest, and if not, which job and which client kept it going.
///
/// ```
/// use bits_emulator::{Callback, Emulator, HResult, Job, JobError, JobType};
///
/// /// Resumes its job whatever the error is.
/// struct Stubborn;
///
/// impl Callback for Stubborn {
///     fn job_error(&self, job: &Job, _: &JobError) -> HResult {
///         job.resume().map_or_else(|error| error.code(), |()| HResult::S_OK)
///     }
/// }
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com"); // has no such file
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.set_notify_interface(Stubborn)?;
/// job.resume()?;
///
/// let report = emulator.run_until_idle();
/// assert!(!report.is_at_rest());
/// assert_eq!(report.busy_job().map(|busy| busy.job), Some(job.id()));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    pub(crate) at_rest: bool,
    pub(crate) busy_job: Option<BusyJob>,
}

/// A job that was kept going without any gain: no byte beyond the highest so far, no state that it had not
/// had, and no time towards a deadline that ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BusyJob {
    /// The job.
    pub job: JobId,
    /// Its display name.
    pub name: Arc<str>,
    /// The client that called it last, or is notified of it; `None` if no client is concerned.
    pub client: Option<Process>,
    /// How many steps there were without gain.
    pub steps: u64,
}

impl RunReport {
    /// Returns whether nothing is left to happen by itself but the removal of idle jobs.
    #[must_use]
    pub const fn is_at_rest(&self) -> bool {
        self.at_rest
    }

    /// Returns the job that was kept going without gain, if there is one.
    #[must_use]
    pub const fn busy_job(&self) -> Option<&BusyJob> {
        self.busy_job.as_ref()
    }
}

impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.busy_job, self.at_rest) {
            (Some(busy), _) => busy.fmt(f),
            (None, true) => f.write_str("every job is at rest"),
            (None, false) => f.write_str("jobs are under way"),
        }
    }
}

impl fmt::Display for BusyJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, name, client, steps } = self;
        write!(f, "job `{name}` ({job}) went through {steps} steps without a new byte or state")?;
        match client {
            Some(client) => {
                write!(f, "; process {} of {} keeps it going", client.number, client.account)
            }
            None => f.write_str("; its server keeps it going"),
        }
    }
}

//! Jobs as a test names them to an emulator: by id, or by a handle that has to be one of its own.

use super::emulator::Emulator;
use super::job::Job;
use crate::vocabulary::{Error, HResult, JobId, Method, rule};

const FOREIGN: &str = "the handle is that of a job of another emulator, and jobs of two emulators may have \
                       the same id; take the handle of this one (of a fork, by counterpart)";

/// A job as methods of an [`Emulator`] take it: the id of one, or a handle, which has to be of the same
/// emulator.
///
/// ```
/// use bits_emulator::{Emulator, HResult, JobType};
///
/// let emulator = Emulator::new();
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// assert!(emulator.explain(&job).is_ok());
/// assert!(emulator.explain(job.id()).is_ok());
///
/// let fork = emulator.fork();
/// assert_eq!(fork.explain(&job).unwrap_err().code(), HResult::BG_E_NOT_FOUND);
/// assert!(fork.explain(&job.counterpart(&fork)).is_ok());
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct JobRef<'job> {
    id: JobId,
    /// The emulator of the handle.
    emulator: Option<&'job Emulator>,
}

impl From<JobId> for JobRef<'_> {
    fn from(id: JobId) -> Self {
        Self { id, emulator: None }
    }
}

impl<'job> From<&'job Job> for JobRef<'job> {
    fn from(job: &'job Job) -> Self {
        Self { id: job.id(), emulator: Some(&job.emulator) }
    }
}

impl<'job> JobRef<'job> {
    /// The id, and the emulator of the handle if it is one.
    pub(super) const fn parts(self) -> (JobId, Option<&'job Emulator>) {
        (self.id, self.emulator)
    }
}

impl Emulator {
    /// The id of a job, unless the handle is one of another emulator.
    pub(crate) fn id_of<'job>(&self, job: impl Into<JobRef<'job>>) -> Result<JobId, Error> {
        let JobRef { id, emulator } = job.into();
        match emulator {
            Some(other) if other != self => Err(Error::refused(
                Method::GetJob,
                FOREIGN,
                HResult::BG_E_NOT_FOUND,
                rule!("CREATE-11"),
            )),
            _ => Ok(id),
        }
    }

    /// The id of a job, for methods that return no error: a handle of another emulator is a mistake of the
    /// test.
    #[track_caller]
    #[allow(clippy::panic, reason = "documented at the methods that call it")]
    pub(crate) fn expect_id_of<'job>(&self, job: impl Into<JobRef<'job>>) -> JobId {
        match self.id_of(job) {
            Ok(id) => id,
            Err(_) => panic!("{FOREIGN}"),
        }
    }
}

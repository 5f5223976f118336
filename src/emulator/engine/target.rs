//! Targets: what a call is made on.

use crate::vocabulary::{FileIndex, JobId};

/// What a call is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) job: Option<JobId>,
    pub(crate) file: Option<FileIndex>,
}

impl From<Option<JobId>> for Target {
    fn from(job: Option<JobId>) -> Self {
        Self { job, file: None }
    }
}

impl Target {
    pub(crate) const fn job(job: JobId) -> Self {
        Self { job: Some(job), file: None }
    }

    pub(crate) const fn file(job: JobId, file: FileIndex) -> Self {
        Self { job: Some(job), file: Some(file) }
    }
}

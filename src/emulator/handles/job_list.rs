//! Lists of jobs, as a session enumerates them.

use std::sync::Arc;

use super::job::Job;

/// A list of jobs (`IEnumBackgroundCopyJobs`, CREATE-14, CREATE-15).
#[doc(alias = "IEnumBackgroundCopyJobs")]
#[derive(Debug, Clone)]
pub struct Jobs {
    list: Arc<[Job]>,
    next: usize,
}

impl Jobs {
    pub(super) const fn new(list: Arc<[Job]>) -> Self {
        Self { list, next: 0 }
    }

    /// Returns how many jobs the list has, those passed already included.
    #[doc(alias = "GetCount")]
    #[must_use]
    pub fn total(&self) -> usize {
        self.list.len()
    }

    /// Skips jobs. False, which is `S_FALSE`, if there were fewer (CREATE-15).
    #[doc(alias = "Skip")]
    pub fn skip_jobs(&mut self, count: usize) -> bool {
        let enough = self.list.len().saturating_sub(self.next) >= count;
        self.next = self.next.saturating_add(count).min(self.list.len());
        enough
    }

    /// Returns the next jobs; fewer than `count`, which is `S_FALSE`, if there are no more (CREATE-15).
    #[doc(alias = "Next")]
    pub fn next_jobs(&mut self, count: usize) -> Vec<Job> {
        self.take(count).collect()
    }

    /// Starts again at the first job.
    #[doc(alias = "Reset")]
    pub fn reset(&mut self) {
        self.next = 0;
    }
}

impl Iterator for Jobs {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        let job = self.list.get(self.next)?.clone();
        self.next += 1;
        Some(job)
    }
}

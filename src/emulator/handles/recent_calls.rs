//! The jobs that the last calls of clients touched, for the report on a test that fails.

use crate::vocabulary::{Error, JobId};

/// How many jobs are kept.
const MOST_JOBS: usize = 3;

/// What the last calls of clients were about.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentCalls {
    /// The latest first.
    jobs: [Option<JobId>; MOST_JOBS],
    /// Why the last call was refused.
    refusal: Option<Error>,
    /// Whether a test was told of them already.
    is_told: bool,
}

impl RecentCalls {
    /// A call was made.
    pub(crate) fn note(&mut self, job: Option<JobId>, refusal: Option<Error>) {
        self.refusal = refusal;
        self.is_told = false;
        if let Some(job) = job {
            self.touch(job);
        }
    }

    /// A call touched a job.
    pub(crate) fn touch(&mut self, job: JobId) {
        let known = self.jobs.iter().position(|known| *known == Some(job));
        let until = known.map_or(MOST_JOBS, |known| known.saturating_add(1));
        if let Some(before) = self.jobs.get_mut(..until) {
            before.rotate_right(1);
        }
        if let Some(first) = self.jobs.first_mut() {
            *first = Some(job);
        }
    }

    /// The jobs, the latest first.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = JobId> {
        self.jobs.iter().flatten().copied()
    }

    pub(crate) const fn refusal(&self) -> Option<Error> {
        self.refusal
    }

    /// The test is told of these calls; whether it was not before.
    pub(crate) const fn tell(&mut self) -> bool {
        let is_new = !self.is_told;
        self.is_told = true;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_three_jobs_are_kept_each_once() {
        let job = |number| JobId(uuid::Uuid::from_u128(number));
        let mut calls = RecentCalls::default();
        for (touched, kept) in
            [(1, vec![1]), (2, vec![2, 1]), (1, vec![1, 2]), (3, vec![3, 1, 2]), (4, vec![4, 3, 1])]
        {
            calls.touch(job(touched));
            assert!(calls.jobs().eq(kept.into_iter().map(job)));
        }
    }
}

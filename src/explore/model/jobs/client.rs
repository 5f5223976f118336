//! A client of the jobs of a model: what it may do in which observed state.

use std::fmt;
use std::hash::Hash;

use super::timed::TimedJob;
use crate::machine::{Call, FileIndex};
use crate::vocabulary::{Error, FileProgress, HResult, JobError, JobProgress, JobState};

/// A client as a small reactive machine: what it may do next, from what it keeps in mind and what it observes.
/// A closure from the observed jobs to calls, each with the place of its job, is a client that keeps nothing
/// in mind.
///
/// All that it may do is tried. A client that does exactly one thing returns that alone.
pub trait ReactiveClient {
    /// What it keeps in mind. It is lost when its process ends
    /// ([`Event::ClientExited`](crate::machine::Event::ClientExited)).
    type Memory: Clone + Eq + Hash + fmt::Debug;

    /// Returns what it has in mind when its process begins.
    fn begins(&self) -> Self::Memory;

    /// Returns what it may do next.
    fn reactions(
        &self,
        memory: &Self::Memory,
        jobs: &[ObservedJob<'_>],
    ) -> Vec<Reaction<Self::Memory>>;

    /// Returns what it has in mind after a call about a job was answered with a code: by default what it had
    /// before.
    fn answered(
        &self,
        memory: &Self::Memory,
        job: usize,
        call: &Call,
        code: HResult,
    ) -> Self::Memory {
        let _ = (job, call, code);
        memory.clone()
    }
}

impl<F: Fn(&[ObservedJob<'_>]) -> Vec<(usize, Call)>> ReactiveClient for F {
    type Memory = ();

    fn begins(&self) {}

    fn reactions(&self, (): &(), jobs: &[ObservedJob<'_>]) -> Vec<Reaction<()>> {
        self(jobs).into_iter().map(|(job, call)| Reaction::Call(job, call)).collect()
    }
}

/// A client to which all jobs are alike, so that [`check_symmetric`](crate::explore::model::check_symmetric) may merge
/// states that differ in their order only.
pub trait SymmetricClient: ReactiveClient {
    /// Returns what it would have in mind if the jobs had changed places: the job at each place is now the
    /// one that was at the place that `order` tells.
    fn permuted(&self, memory: &Self::Memory, order: &[usize]) -> Self::Memory;
}

impl<F: Fn(&[ObservedJob<'_>]) -> Vec<(usize, Call)>> SymmetricClient for F {
    fn permuted(&self, (): &(), _: &[usize]) {}
}

/// Something that a client may do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reaction<M> {
    /// It makes a call about the job at a place. That is a step also if the call is refused.
    Call(usize, Call),
    /// It keeps something in mind of what it observed.
    Note(M),
}

/// A job as a client sees it: of the getters those that tell nothing but what decides the future.
#[derive(Clone, Copy)]
pub struct ObservedJob<'s>(pub(super) &'s TimedJob);

impl ObservedJob<'_> {
    /// Returns its state (`GetState`).
    #[must_use]
    pub const fn state(&self) -> JobState {
        self.0.machine().state()
    }

    /// Returns its error object (`GetError`).
    ///
    /// # Errors
    ///
    /// `BG_E_ERROR_INFORMATION_UNAVAILABLE` if there is none.
    pub fn error(&self) -> Result<&JobError, Error> {
        self.0.machine().error()
    }

    /// Returns its progress (`GetProgress`).
    #[must_use]
    pub fn progress(&self) -> JobProgress {
        self.0.machine().progress()
    }

    /// Returns the progress of a file, `None` if the job has no such file.
    #[must_use]
    pub fn file_progress(&self, file: FileIndex) -> Option<FileProgress> {
        self.0.machine().file_progress(file)
    }
}

impl fmt::Debug for ObservedJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObservedJob").field(&self.state()).finish()
    }
}

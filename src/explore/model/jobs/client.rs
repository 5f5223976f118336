//! The client of the jobs of a model: what it may do, depending on its memory and on what it observes.

use std::fmt;
use std::hash::Hash;

use super::timed::TimedJob;
use crate::machine::{Call, FileIndex};
use crate::vocabulary::{Error, FileProgress, HResult, JobError, JobProgress, JobState};

/// A client of a model, which decides from its memory and from the jobs that it observes what it may do next. A closure
/// from the observed jobs to calls, each with the place of its job, is a client without a memory.
///
/// The exploration tries every reaction. A client that does exactly one thing returns only that.
pub trait ReactiveClient {
    /// The memory of the client. It is lost when its process ends
    /// ([`Event::ClientExited`](crate::machine::Event::ClientExited)).
    type Memory: Clone + Eq + Hash + fmt::Debug;

    /// Returns its memory when its process begins.
    fn begins(&self) -> Self::Memory;

    /// Returns what it may do next.
    fn reactions(
        &self,
        memory: &Self::Memory,
        jobs: &[ObservedJob<'_>],
    ) -> Vec<Reaction<Self::Memory>>;

    /// Returns its memory after a call about a job was answered with a code: by default the same as before.
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

/// A client that treats all jobs alike, so that [`check_symmetric`](crate::explore::model::check_symmetric) may merge
/// states that differ in the order of the jobs only.
pub trait SymmetricClient: ReactiveClient {
    /// Returns its memory after the jobs have changed places: the job at place `i` is now the one that was at place
    /// `order[i]`.
    fn permuted(&self, memory: &Self::Memory, order: &[usize]) -> Self::Memory;
}

impl<F: Fn(&[ObservedJob<'_>]) -> Vec<(usize, Call)>> SymmetricClient for F {
    fn permuted(&self, (): &(), _: &[usize]) {}
}

/// Something that a client may do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reaction<M> {
    /// It makes a call about the job at a place. A refused call is a step too.
    Call(usize, Call),
    /// It changes its memory, because of what it observed.
    Note(M),
}

/// A job as a client sees it, with those getters that tell only what decides the future of the job.
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

//! Requests of a program: the files that each asks for, and what the program reports of it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::execution::{Execution, Noted};
use crate::emulator::Emulator;
use crate::machine::JobStateMachine;
use crate::vocabulary::{FileIndex, HResult, JobState};

/// What a program reports of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// Every file is there.
    Success,
    /// The files are not fetched, for that reason.
    Failure(HResult),
    /// The files are fetched in another way, without BITS.
    Fallback,
}

impl fmt::Display for RequestOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("success"),
            Self::Failure(code) => write!(f, "failure with {code}"),
            Self::Fallback => f.write_str("a fallback"),
        }
    }
}

/// A request of a program, by [`Life::request`](super::Life::request), of which it reports exactly one outcome
/// before it ends. A clone is the same request: a callback may hold one.
#[derive(Debug, Clone)]
#[must_use = "a request that is never reported breaks a promise"]
pub struct Request {
    place: usize,
    emulator: Emulator,
    execution: Arc<Execution>,
}

impl Request {
    pub(super) fn new(
        emulator: &Emulator,
        execution: &Arc<Execution>,
        files: Vec<(String, String)>,
    ) -> Self {
        let mut progress = execution.progress();
        let place = progress.requests.len();
        progress.requests.push(RequestRecord { files, ..RequestRecord::default() });
        drop(progress);
        Self { place, emulator: emulator.clone(), execution: Arc::clone(execution) }
    }

    /// Reports that every file is there.
    pub fn success(&self) {
        self.report(RequestOutcome::Success);
    }

    /// Reports that the files are not fetched, with the code of the job's error or of the call that failed.
    pub fn failure(&self, code: HResult) {
        self.report(RequestOutcome::Failure(code));
    }

    /// Reports that the files are fetched in another way, without BITS.
    pub fn fallback(&self) {
        self.report(RequestOutcome::Fallback);
    }

    /// A program that is killed reports nothing any more.
    fn report(&self, outcome: RequestOutcome) {
        let Self { place, emulator, execution } = self;
        if execution.is_stopped() {
            return;
        }
        execution.note_job_errors(emulator);
        let files = execution.progress().requests.get(*place).map(|known| known.files.clone());
        let missing = files.as_deref().and_then(|files| missing_file(emulator, files));
        let mut progress = execution.progress();
        let Some(record) = progress.requests.get_mut(*place) else { return };
        record.outcomes.push(outcome);
        if let (RequestOutcome::Success, Some(missing)) = (outcome, missing) {
            record.missing.get_or_insert_with(|| missing.to_owned());
        }
        drop(progress);
        execution.note(emulator, Noted::Reports(outcome));
    }
}

/// A request as monitors judge it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestRecord {
    /// The files that it asked for: remote and local names.
    pub files: Vec<(String, String)>,
    /// What was reported, in that order.
    pub outcomes: Vec<RequestOutcome>,
    /// The first file that was not on the disk, whole and right, when success was reported.
    pub missing: Option<String>,
    /// The codes of the errors for which jobs with one of its files were in ERROR before it was reported.
    pub job_errors: BTreeSet<HResult>,
    /// The codes of calls that failed before it was reported.
    pub call_errors: BTreeSet<HResult>,
    /// Whether the process was killed before it was reported.
    pub was_killed: bool,
}

impl RequestRecord {
    const fn is_open(&self) -> bool {
        self.outcomes.is_empty() && !self.was_killed
    }

    fn has_file_of(&self, job: &JobStateMachine) -> bool {
        let files = (0..job.file_count()).filter_map(|file| job.file(FileIndex(file)));
        let mut names = files.map(|file| &*file.local_name);
        names.any(|name| self.files.iter().any(|(_, local)| local == name))
    }
}

/// Returns the first of these files that is not on the disk as its server has it.
pub(super) fn missing_file<'files>(
    emulator: &Emulator,
    files: &'files [(String, String)],
) -> Option<&'files str> {
    let is_there = |(remote, local): &(String, String)| {
        let there = emulator.disk().content(local);
        there.is_some() && there == emulator.observe(|engine| engine.world.content_at(remote))
    };
    files.iter().find(|file| !is_there(file)).map(|(_, local)| &**local)
}

impl Execution {
    /// Notes the errors of jobs in ERROR for the requests of their files.
    pub(super) fn note_job_errors(&self, emulator: &Emulator) {
        if !self.progress().requests.iter().any(RequestRecord::is_open) {
            return;
        }
        emulator.observe(|engine| {
            let mut progress = self.progress();
            let jobs = engine.service.every_job().filter(|job| job.state() == JobState::Error);
            for job in jobs {
                let Ok(error) = job.error() else { continue };
                let open = progress.requests.iter_mut().filter(|request| request.is_open());
                for request in open.filter(|request| request.has_file_of(job)) {
                    request.job_errors.insert(error.code());
                }
            }
        });
    }

    /// Notes the code of a call that failed for the requests that are not reported.
    pub(super) fn note_call_error(&self, code: HResult) {
        let mut progress = self.progress();
        let open = progress.requests.iter_mut().filter(|request| request.is_open());
        open.for_each(|request| _ = request.call_errors.insert(code));
    }

    /// The process was killed: what it has not reported it never will.
    pub(super) fn close_requests(&self) {
        let mut progress = self.progress();
        let open = progress.requests.iter_mut().filter(|request| request.is_open());
        open.for_each(|request| request.was_killed = true);
    }
}
